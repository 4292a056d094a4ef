// Makes a deployment: an immutable copy of what the API says now.

import type { HttpApiSnapshot, WebSocketApiSnapshot } from '../../model/deployment-snapshot.ts';
import type { Api, Authorizer, Integration, Route } from '../../model/http-api.ts';
import type { Scope } from '../../model/scope.ts';
import type {
  IntegrationResponse,
  RouteResponse,
  WebSocketApi,
  WebSocketAuthorizer,
  WebSocketIntegration,
  WebSocketModel,
  WebSocketRoute,
} from '../../model/websocket-api.ts';
import type { Reader, Transaction } from '../../store/store.ts';
import {
  type AnyApi,
  authorizerKind,
  deploymentKind,
  integrationKind,
  integrationResponseKind,
  keyUnderApi,
  loadAll,
  modelKind,
  routeKind,
  routeResponseKind,
  type StoredDeployment,
  snapshotKind,
} from './documents.ts';
import { newIdentifier } from './identifiers.ts';
import { present, type ServiceContext } from './service.ts';

/** AWS: these words. Seen: mach-composer#42 (HTTP), serverless-application-model#2512 (WebSocket). */
export const noRoutesMessage = {
  HTTP: 'Unable to deploy API because no routes exist in this API',
  WEBSOCKET: 'At least one route is required before deploying the Api',
} as const;

interface DeploymentRequest {
  readonly autoDeployed: boolean;
  readonly description: string | undefined;
}

/** The new deployment, or undefined when the API has no routes and so cannot be deployed. A route may be without integration. */
export async function freezeDeployment(
  transaction: Transaction,
  context: ServiceContext,
  scope: Scope,
  api: AnyApi,
  { autoDeployed, description }: DeploymentRequest,
): Promise<StoredDeployment | undefined> {
  const { apiId } = api;
  if ((await transaction.list(scope, routeKind, apiId, { limit: 1 })).items.length === 0) return undefined;
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
  const snapshot =
    api.protocolType === 'WEBSOCKET'
      ? await webSocketSnapshot(transaction, scope, api, deploymentId)
      : await httpSnapshot(transaction, scope, api, deploymentId);
  await transaction.put(keyUnderApi(scope, snapshotKind, apiId, deploymentId), snapshot);
  await transaction.put(keyUnderApi(scope, deploymentKind, apiId, deploymentId), deployment);
  return deployment;
}

async function httpSnapshot(reader: Reader, scope: Scope, api: Api, deploymentId: string): Promise<HttpApiSnapshot> {
  const { apiId } = api;
  return {
    scope,
    apiId,
    deploymentId,
    apiName: api.name,
    disableExecuteApiEndpoint: api.disableExecuteApiEndpoint,
    corsConfiguration: api.corsConfiguration,
    routes: await loadAll<Route>(reader, scope, routeKind, apiId),
    integrations: await loadAll<Integration>(reader, scope, integrationKind, apiId),
    authorizers: await loadAll<Authorizer>(reader, scope, authorizerKind, apiId),
  };
}

async function webSocketSnapshot(
  reader: Reader,
  scope: Scope,
  api: WebSocketApi,
  deploymentId: string,
): Promise<WebSocketApiSnapshot> {
  const { apiId } = api;
  return present({
    scope,
    apiId,
    protocolType: api.protocolType,
    deploymentId,
    apiName: api.name,
    apiKeySelectionExpression: api.apiKeySelectionExpression,
    routeSelectionExpression: api.routeSelectionExpression,
    disableExecuteApiEndpoint: api.disableExecuteApiEndpoint,
    disableSchemaValidation: api.disableSchemaValidation,
    routes: await loadAll<WebSocketRoute>(reader, scope, routeKind, apiId),
    routeResponses: await loadAll<RouteResponse>(reader, scope, routeResponseKind, apiId),
    integrations: await loadAll<WebSocketIntegration>(reader, scope, integrationKind, apiId),
    integrationResponses: await loadAll<IntegrationResponse>(reader, scope, integrationResponseKind, apiId),
    models: await loadAll<WebSocketModel>(reader, scope, modelKind, apiId),
    authorizers: await loadAll<WebSocketAuthorizer>(reader, scope, authorizerKind, apiId),
  });
}
