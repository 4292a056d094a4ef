// Makes a deployment: an immutable copy of what the API says now.

import type { HttpApiSnapshot } from '../../model/deployment-snapshot.ts';
import type { Api, Authorizer, Integration, Route } from '../../model/http-api.ts';
import type { Scope } from '../../model/scope.ts';
import type { Transaction } from '../../store/store.ts';
import {
  authorizerKind,
  deploymentKind,
  integrationKind,
  keyUnderApi,
  loadAll,
  routeKind,
  type StoredDeployment,
  snapshotKind,
} from './documents.ts';
import { newIdentifier } from './identifiers.ts';
import { present, type ServiceContext } from './service.ts';

/** AWS: these words. Seen: mach-composer#42. */
export const noRoutesMessage = 'Unable to deploy API because no routes exist in this API';

interface DeploymentRequest {
  readonly autoDeployed: boolean;
  readonly description: string | undefined;
}

/** The new deployment, or undefined when the API has no routes and so cannot be deployed. A route may be without integration. */
export async function freezeDeployment(
  transaction: Transaction,
  context: ServiceContext,
  scope: Scope,
  api: Api,
  { autoDeployed, description }: DeploymentRequest,
): Promise<StoredDeployment | undefined> {
  const { apiId } = api;
  const routes = await loadAll<Route>(transaction, scope, routeKind, apiId);
  if (routes.length === 0) return undefined;
  const integrations = await loadAll<Integration>(transaction, scope, integrationKind, apiId);
  const authorizers = await loadAll<Authorizer>(transaction, scope, authorizerKind, apiId);
  const former = await loadAll<StoredDeployment>(transaction, scope, deploymentKind, apiId);
  const deploymentId = await newIdentifier(transaction, 'deployment', (id) => keyUnderApi(scope, deploymentKind, apiId, id));
  const deployment: StoredDeployment = present({
    deploymentId,
    autoDeployed,
    deploymentStatus: 'DEPLOYED',
    description,
    createdDate: context.timestamp(),
    ordinal: former.reduce((highest, each) => Math.max(highest, each.ordinal), 0) + 1,
  });
  const snapshot: HttpApiSnapshot = {
    scope,
    apiId,
    deploymentId,
    apiName: api.name,
    disableExecuteApiEndpoint: api.disableExecuteApiEndpoint,
    corsConfiguration: api.corsConfiguration,
    routes,
    integrations,
    authorizers,
  };
  await transaction.put(keyUnderApi(scope, snapshotKind, apiId, deploymentId), snapshot);
  await transaction.put(keyUnderApi(scope, deploymentKind, apiId, deploymentId), deployment);
  return deployment;
}
