// Where the nouns of API Gateway v1 lie in the store, and how they are read. Everybody who needs one goes through here.

import type {
  RequestValidator,
  RestApi,
  RestApiSnapshot,
  RestAuthorizer,
  RestDeployment,
  RestIntegration,
  RestMethod,
  RestModel,
  RestResource,
  RestStage,
} from '../../model/rest-api.ts';
import type { Scope } from '../../model/scope.ts';
import type { DocumentKey, Reader } from '../../store/store.ts';
import { notFound, unknownApi } from './refusals.ts';

export const restApiKind = 'apigateway/rest-api';
export const resourceKind = 'apigateway/resource';
/** Id: `{resourceId}/{httpMethod}`. With its responses, its integration and that one's responses. */
export const methodKind = 'apigateway/method';
/** Id: the model's name. */
export const modelKind = 'apigateway/model';
export const requestValidatorKind = 'apigateway/request-validator';
/** Id: the response type. Only what was customised. */
export const gatewayResponseKind = 'apigateway/gateway-response';
export const authorizerKind = 'apigateway/authorizer';
export const deploymentKind = 'apigateway/deployment';
/** Id: the deployment id. What the deployment froze; written once, never changed. */
export const snapshotKind = 'apigateway/snapshot';
/** Id: the stage name. */
export const stageKind = 'apigateway/stage';
export const documentationPartKind = 'apigateway/documentation-part';
/** Id: the version. */
export const documentationVersionKind = 'apigateway/documentation-version';

/** Every kind whose documents hang under an API and go with it. */
export const kindsUnderApi = [
  resourceKind,
  methodKind,
  modelKind,
  requestValidatorKind,
  gatewayResponseKind,
  authorizerKind,
  deploymentKind,
  snapshotKind,
  stageKind,
  documentationPartKind,
  documentationVersionKind,
] as const;

export type KindUnderApi = (typeof kindsUnderApi)[number];

export function restApiKey(scope: Scope, restApiId: string): DocumentKey {
  return { scope, kind: restApiKind, parent: '', id: restApiId };
}

/** The key of a noun under an API. */
export function keyUnderApi(scope: Scope, kind: KindUnderApi, restApiId: string, id: string): DocumentKey {
  return { scope, kind, parent: restApiId, id };
}

/** A noun under an API, or undefined; whatever the ids say. */
export async function find<T>(
  reader: Reader,
  scope: Scope,
  kind: KindUnderApi,
  restApiId: string | undefined,
  id: string | undefined,
): Promise<T | undefined> {
  return isId(restApiId) && isId(id) ? reader.get<T>(keyUnderApi(scope, kind, restApiId, id)) : undefined;
}

/** Every document of one kind under one API, by id. */
export async function loadAll<T>(reader: Reader, scope: Scope, kind: KindUnderApi, restApiId: string): Promise<readonly T[]> {
  return (await reader.list<T>(scope, kind, restApiId)).items;
}

export async function findRestApi(reader: Reader, scope: Scope, restApiId: string | undefined): Promise<RestApi | undefined> {
  return isId(restApiId) ? reader.get<RestApi>(restApiKey(scope, restApiId)) : undefined;
}

export async function loadRestApi(reader: Reader, scope: Scope, restApiId: string | undefined): Promise<RestApi> {
  const restApi = await findRestApi(reader, scope, restApiId);
  if (restApi === undefined) throw unknownApi(scope, restApiId);
  return restApi;
}

// AWS: a noun under an API that is not there is the unknown noun, not the unknown API. Seen: recorded answers.

export async function loadResource(
  reader: Reader,
  scope: Scope,
  restApiId: string | undefined,
  resourceId: string | undefined,
): Promise<RestResource> {
  const resource = await find<RestResource>(reader, scope, resourceKind, restApiId, resourceId);
  if (resource === undefined) throw notFound('Invalid Resource identifier specified');
  return resource;
}

export function methodId(resourceId: string, httpMethod: string): string {
  return `${resourceId}/${httpMethod}`;
}

interface MethodNames {
  readonly restApiId?: string | undefined;
  readonly resourceId?: string | undefined;
  readonly httpMethod?: string | undefined;
}

export async function findMethod(reader: Reader, scope: Scope, names: MethodNames): Promise<RestMethod | undefined> {
  const { id } = await loadResource(reader, scope, names.restApiId, names.resourceId);
  return find<RestMethod>(reader, scope, methodKind, names.restApiId, methodId(id, names.httpMethod ?? ''));
}

export async function loadMethod(reader: Reader, scope: Scope, names: MethodNames): Promise<RestMethod> {
  const method = await findMethod(reader, scope, names);
  if (method === undefined) throw notFound('Invalid Method identifier specified');
  return method;
}

/** A method that has an integration. */
export type IntegratedMethod = RestMethod & { readonly methodIntegration: RestIntegration };

export async function loadIntegratedMethod(reader: Reader, scope: Scope, names: MethodNames): Promise<IntegratedMethod> {
  const method = await loadMethod(reader, scope, names);
  return assertIntegrated(method);
}

export function assertIntegrated(method: RestMethod | undefined): IntegratedMethod {
  if (method?.methodIntegration === undefined) throw notFound('Invalid Integration identifier specified');
  return { ...method, methodIntegration: method.methodIntegration };
}

export async function loadModel(
  reader: Reader,
  scope: Scope,
  restApiId: string | undefined,
  modelName: string | undefined,
): Promise<RestModel> {
  const model = await find<RestModel>(reader, scope, modelKind, restApiId, modelName);
  if (model === undefined) throw notFound(`Invalid model name specified: ${modelName}`);
  return model;
}

export async function loadRequestValidator(
  reader: Reader,
  scope: Scope,
  restApiId: string | undefined,
  id: string | undefined,
): Promise<RequestValidator> {
  const validator = await find<RequestValidator>(reader, scope, requestValidatorKind, restApiId, id);
  if (validator === undefined) throw notFound('Invalid Request Validator identifier specified');
  return validator;
}

export async function loadAuthorizer(
  reader: Reader,
  scope: Scope,
  restApiId: string | undefined,
  id: string | undefined,
): Promise<RestAuthorizer> {
  const authorizer = await find<RestAuthorizer>(reader, scope, authorizerKind, restApiId, id);
  if (authorizer === undefined) throw notFound('Invalid Authorizer identifier specified');
  return authorizer;
}

export async function loadDeployment(
  reader: Reader,
  scope: Scope,
  restApiId: string | undefined,
  id: string | undefined,
): Promise<RestDeployment> {
  const deployment = await find<RestDeployment>(reader, scope, deploymentKind, restApiId, id);
  if (deployment === undefined) throw notFound('Invalid Deployment identifier specified');
  return deployment;
}

export async function loadStage(
  reader: Reader,
  scope: Scope,
  restApiId: string | undefined,
  stageName: string | undefined,
): Promise<RestStage> {
  const stage = await find<RestStage>(reader, scope, stageKind, restApiId, stageName);
  if (stage === undefined) throw notFound('Invalid stage identifier specified');
  return stage;
}

/** A stage with what it serves. */
export interface DeployedRestStage {
  readonly scope: Scope;
  readonly restApiId: string;
  readonly stage: RestStage;
  readonly snapshot: RestApiSnapshot;
  /** What the stage's canary serves, when it has one. */
  readonly canarySnapshot?: RestApiSnapshot;
}

/** The live stages of one API; empty when the API is gone: for a subscriber that saw one of the API's documents change. */
export async function loadDeployedRestStagesOf(
  reader: Reader,
  scope: Scope,
  restApiId: string,
): Promise<readonly DeployedRestStage[]> {
  const deployed: DeployedRestStage[] = [];
  for (const stage of await loadAll<RestStage>(reader, scope, stageKind, restApiId)) {
    const snapshot = await find<RestApiSnapshot>(reader, scope, snapshotKind, restApiId, stage.deploymentId);
    if (snapshot === undefined) continue;
    const canaryId = stage.canarySettings?.deploymentId;
    const canarySnapshot = await find<RestApiSnapshot>(reader, scope, snapshotKind, restApiId, canaryId);
    deployed.push({ scope, restApiId, stage, snapshot, ...(canarySnapshot === undefined ? {} : { canarySnapshot }) });
  }
  return deployed;
}

/** Ids come from outside: what could not be a document id names nothing. */
function isId(id: string | undefined): id is string {
  return id !== undefined && id !== '' && id.isWellFormed() && !id.includes('\0');
}
