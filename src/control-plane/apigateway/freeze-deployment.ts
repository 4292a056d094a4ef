// Makes a deployment: an immutable copy of what the API says now.

import { isCallerCredentials } from '../../model/integration-credentials.ts';
import type {
  RequestValidator,
  RestApi,
  RestApiSnapshot,
  RestAuthorizer,
  RestDeployment,
  RestGatewayResponse,
  RestMethod,
  RestModel,
  RestResource,
} from '../../model/rest-api.ts';
import type { Scope } from '../../model/scope.ts';
import type { Reader, Transaction } from '../../store/store.ts';
import {
  authorizerKind,
  deploymentKind,
  gatewayResponseKind,
  type KindUnderApi,
  keyUnderApi,
  loadAll,
  methodKind,
  modelKind,
  requestValidatorKind,
  resourceKind,
  snapshotKind,
} from './documents.ts';
import { newIdentifier } from './identifiers.ts';
import { badRequest } from './refusals.ts';
import { present, type ServiceContext } from './service.ts';

export async function freezeDeployment(
  transaction: Transaction,
  context: ServiceContext,
  scope: Scope,
  restApi: RestApi,
  description: string | undefined,
): Promise<RestDeployment> {
  const all = <T>(kind: KindUnderApi) => loadAll<T>(transaction, scope, kind, restApi.id);
  const resources = await all<RestResource>(resourceKind);
  const methods = await all<RestMethod>(methodKind);
  // AWS: these words. Seen: moto's carried texts; the status of the second in terraform-provider-aws issues.
  if (methods.length === 0) throw badRequest("The REST API doesn't contain any methods");
  if (methods.some(({ methodIntegration }) => methodIntegration === undefined))
    throw badRequest('No integration defined for method');
  // AWS: the sentence. Seen: public reports of failed deployments.
  if (restApi.endpointConfiguration.types.includes('PRIVATE') && !restApi.policy) {
    throw badRequest("Private REST API doesn't have a resource policy attached to it");
  }
  // AWS: the sentence and the moment. Seen: public reports of failed deployments.
  const passesOn = methods.some(({ methodIntegration }) => isCallerCredentials(methodIntegration?.credentials ?? ''));
  if (passesOn && restApi.policy) throw badRequest('Caller provided credentials not allowed when resource policy is set');
  const id = await newIdentifier(transaction, 6, (each) => keyUnderApi(scope, deploymentKind, restApi.id, each));
  const deployment: RestDeployment = present({
    id,
    description: description || undefined,
    createdDate: context.timestamp(),
    apiSummary: apiSummaryOf(resources, methods),
  });
  const snapshot = await snapshotOf(transaction, scope, restApi, id);
  await transaction.put(keyUnderApi(scope, snapshotKind, restApi.id, id), snapshot);
  await transaction.put(keyUnderApi(scope, deploymentKind, restApi.id, id), deployment);
  return deployment;
}

/** What the API says now. */
export async function snapshotOf(reader: Reader, scope: Scope, restApi: RestApi, deploymentId: string): Promise<RestApiSnapshot> {
  const all = <T>(kind: KindUnderApi) => loadAll<T>(reader, scope, kind, restApi.id);
  return {
    scope,
    deploymentId,
    restApi,
    resources: await all<RestResource>(resourceKind),
    methods: await all<RestMethod>(methodKind),
    models: await all<RestModel>(modelKind),
    requestValidators: await all<RequestValidator>(requestValidatorKind),
    authorizers: await all<RestAuthorizer>(authorizerKind),
    gatewayResponses: await all<RestGatewayResponse>(gatewayResponseKind),
  };
}

function apiSummaryOf(resources: readonly RestResource[], methods: readonly RestMethod[]): RestDeployment['apiSummary'] {
  const summary = new Map<string, Record<string, { authorizationType: string; apiKeyRequired: boolean }>>();
  const paths = new Map(resources.map(({ id, path }) => [id, path]));
  for (const { resourceId, httpMethod, authorizationType, apiKeyRequired } of methods) {
    const path = paths.get(resourceId) ?? '';
    summary.set(path, { ...summary.get(path), [httpMethod]: { authorizationType, apiKeyRequired } });
  }
  return Object.fromEntries(summary);
}
