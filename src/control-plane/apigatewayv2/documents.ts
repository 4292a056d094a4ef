// Where the nouns of API Gateway v2 lie in the store, and how they are read. Everybody who needs one goes through here.

import type { HttpApiSnapshot, WebSocketApiSnapshot } from '../../model/deployment-snapshot.ts';
import type { Api, Authorizer, Deployment, Integration, Route, Stage, VpcLink } from '../../model/http-api.ts';
import type { Scope } from '../../model/scope.ts';
import type {
  IntegrationResponse,
  RouteResponse,
  WebSocketApi,
  WebSocketAuthorizer,
  WebSocketIntegration,
  WebSocketModel,
  WebSocketRoute,
  WebSocketStage,
} from '../../model/websocket-api.ts';
import type { DocumentKey, Reader } from '../../store/store.ts';
import { badRequest, notFound, ofWebSocketApis } from './refusals.ts';

export const apiKind = 'apigatewayv2/api';
export const routeKind = 'apigatewayv2/route';
export const integrationKind = 'apigatewayv2/integration';
export const authorizerKind = 'apigatewayv2/authorizer';
/** Id: the stage name. */
export const stageKind = 'apigatewayv2/stage';
export const deploymentKind = 'apigatewayv2/deployment';
/** Id: the deployment id. What the deployment froze; written once, never changed. */
export const snapshotKind = 'apigatewayv2/snapshot';

export const vpcLinkKind = 'apigatewayv2/vpc-link';

/** Of WebSocket APIs. Id: the model id. */
export const modelKind = 'apigatewayv2/model';
/** Of WebSocket APIs. Id: see childId. */
export const routeResponseKind = 'apigatewayv2/route-response';
/** Of WebSocket APIs. Id: see childId. */
export const integrationResponseKind = 'apigatewayv2/integration-response';

/** Every kind whose documents hang under an API and go with it. */
export const kindsUnderApi = [
  routeKind,
  integrationKind,
  authorizerKind,
  stageKind,
  deploymentKind,
  snapshotKind,
  modelKind,
  routeResponseKind,
  integrationResponseKind,
] as const;

export type KindUnderApi = (typeof kindsUnderApi)[number];

// HTTP and WebSocket APIs are kept side by side; which of the two shapes a document has is said by its API's protocolType alone.
export type AnyApi = Api | WebSocketApi;
export type AnyRoute = Route | WebSocketRoute;
export type AnyIntegration = Integration | WebSocketIntegration;
export type AnyAuthorizer = Authorizer | WebSocketAuthorizer;
export type AnyStage = Stage | WebSocketStage;

/** A deployment as it is kept: `ordinal` counts the deployments of an API, because creation times are whole seconds. */
export interface StoredDeployment extends Deployment {
  readonly ordinal: number;
}

export function apiKey(scope: Scope, apiId: string): DocumentKey {
  return { scope, kind: apiKind, parent: '', id: apiId };
}

export function vpcLinkKey(scope: Scope, vpcLinkId: string): DocumentKey {
  return { scope, kind: vpcLinkKind, parent: '', id: vpcLinkId };
}

/** The key of a noun under an API. */
export function keyUnderApi(scope: Scope, kind: KindUnderApi, apiId: string, id: string): DocumentKey {
  return { scope, kind, parent: apiId, id };
}

export async function findApi(reader: Reader, scope: Scope, apiId: string | undefined): Promise<AnyApi | undefined> {
  return isId(apiId) ? reader.get<AnyApi>(apiKey(scope, apiId)) : undefined;
}

export async function loadApi(reader: Reader, scope: Scope, apiId: string | undefined): Promise<AnyApi> {
  const api = await findApi(reader, scope, apiId);
  // AWS: these words, with the account. Seen: aws/aws-sdk-js#2458 (GetApi), aws/aws-sam-cli#7030 (CreateStage).
  if (api === undefined) throw notFound('Api', `Invalid API identifier specified ${scope.account}:${apiId}`);
  return api;
}

/** For what only HTTP APIs have; `member` names it. */
export async function loadHttpApi(reader: Reader, scope: Scope, apiId: string | undefined, member: string): Promise<Api> {
  const api = await loadApi(reader, scope, apiId);
  if (api.protocolType === 'HTTP') return api;
  throw badRequest(`${member} is not supported on protocolType ${api.protocolType}`);
}

/** For the nouns that only WebSocket APIs have. */
export async function loadWebSocketApi(
  reader: Reader,
  scope: Scope,
  apiId: string | undefined,
  nouns: keyof typeof ofWebSocketApis,
): Promise<WebSocketApi> {
  const api = await loadApi(reader, scope, apiId);
  if (api.protocolType === 'WEBSOCKET') return api;
  throw badRequest(ofWebSocketApis[nouns]);
}

export async function loadRoute(reader: Reader, scope: Scope, apiId: string, routeId: string | undefined): Promise<AnyRoute> {
  const route = isId(routeId) ? await reader.get<AnyRoute>(keyUnderApi(scope, routeKind, apiId, routeId)) : undefined;
  if (route === undefined) throw notFound('Route', `Invalid Route identifier specified ${routeId}`);
  return route;
}

export async function loadIntegration(
  reader: Reader,
  scope: Scope,
  apiId: string,
  id: string | undefined,
): Promise<AnyIntegration> {
  const integration = isId(id) ? await reader.get<AnyIntegration>(keyUnderApi(scope, integrationKind, apiId, id)) : undefined;
  if (integration === undefined) throw notFound('Integration', `Invalid Integration identifier specified ${id}`);
  return integration;
}

export async function loadAuthorizer(
  reader: Reader,
  scope: Scope,
  apiId: string,
  id: string | undefined,
): Promise<AnyAuthorizer> {
  const authorizer = await findAuthorizer(reader, scope, apiId, id);
  if (authorizer === undefined) throw notFound('Authorizer', `Invalid Authorizer identifier specified ${id}`);
  return authorizer;
}

/** The authorizer with this id, if there is one. */
export async function findAuthorizer(
  reader: Reader,
  scope: Scope,
  apiId: string,
  id: string | undefined,
): Promise<AnyAuthorizer | undefined> {
  return isId(id) ? await reader.get<AnyAuthorizer>(keyUnderApi(scope, authorizerKind, apiId, id)) : undefined;
}

export async function loadStage(reader: Reader, scope: Scope, apiId: string, stageName: string | undefined): Promise<AnyStage> {
  const stage = isId(stageName) ? await reader.get<AnyStage>(keyUnderApi(scope, stageKind, apiId, stageName)) : undefined;
  if (stage === undefined) throw notFound('Stage', 'Invalid stage identifier specified');
  return stage;
}

export async function loadDeployment(
  reader: Reader,
  scope: Scope,
  apiId: string,
  id: string | undefined,
): Promise<StoredDeployment> {
  const deployment = isId(id) ? await reader.get<StoredDeployment>(keyUnderApi(scope, deploymentKind, apiId, id)) : undefined;
  if (deployment === undefined) throw notFound('Deployment', `Invalid Deployment identifier specified ${id}`);
  return deployment;
}

export async function loadVpcLink(reader: Reader, scope: Scope, vpcLinkId: string | undefined): Promise<VpcLink> {
  const vpcLink = isId(vpcLinkId) ? await reader.get<VpcLink>(vpcLinkKey(scope, vpcLinkId)) : undefined;
  if (vpcLink === undefined) throw notFound('VpcLink', `Invalid VpcLink identifier specified ${vpcLinkId}`);
  return vpcLink;
}

/** The id of what hangs under a route or an integration: `{parentId}/{id}`, so that all of one parent lie side by side. */
export function childId(parentId: string, id: string): string {
  return `${parentId}/${id}`;
}

/** A route response of a WebSocket API's route. */
export async function loadRouteResponse(
  reader: Reader,
  scope: Scope,
  apiId: string,
  routeId: string,
  id: string | undefined,
): Promise<RouteResponse> {
  const found = await findChild<RouteResponse>(reader, scope, routeResponseKind, apiId, routeId, id);
  if (found === undefined) throw notFound('RouteResponse', `Invalid RouteResponse identifier specified ${id}`);
  return found;
}

/** An integration response of a WebSocket API's integration. */
export async function loadIntegrationResponse(
  reader: Reader,
  scope: Scope,
  apiId: string,
  integrationId: string,
  id: string | undefined,
): Promise<IntegrationResponse> {
  const found = await findChild<IntegrationResponse>(reader, scope, integrationResponseKind, apiId, integrationId, id);
  if (found === undefined) throw notFound('IntegrationResponse', `Invalid IntegrationResponse identifier specified ${id}`);
  return found;
}

async function findChild<T>(
  reader: Reader,
  scope: Scope,
  kind: KindUnderApi,
  apiId: string,
  parentId: string,
  id: string | undefined,
): Promise<T | undefined> {
  return isId(id) ? reader.get<T>(keyUnderApi(scope, kind, apiId, childId(parentId, id))) : undefined;
}

/** Everything of one kind that hangs under a route or an integration. */
export async function loadChildren<T extends { readonly routeId: string } | { readonly integrationId: string }>(
  reader: Reader,
  scope: Scope,
  kind: typeof routeResponseKind | typeof integrationResponseKind,
  apiId: string,
  parentId: string,
): Promise<readonly T[]> {
  const all = await loadAll<T>(reader, scope, kind, apiId);
  return all.filter((each) => ('routeId' in each ? each.routeId : each.integrationId) === parentId);
}

export async function loadModel(reader: Reader, scope: Scope, apiId: string, id: string | undefined): Promise<WebSocketModel> {
  const model = isId(id) ? await reader.get<WebSocketModel>(keyUnderApi(scope, modelKind, apiId, id)) : undefined;
  if (model === undefined) throw notFound('Model', `Invalid Model identifier specified ${id}`);
  return model;
}

/** Every document of one kind under one API, by id. */
export async function loadAll<T>(reader: Reader, scope: Scope, kind: KindUnderApi, apiId: string): Promise<readonly T[]> {
  return (await reader.list<T>(scope, kind, apiId)).items;
}

/** A live stage of an HTTP API. */
export interface DeployedStage {
  readonly scope: Scope;
  readonly apiId: string;
  readonly stage: Stage;
  readonly snapshot: HttpApiSnapshot;
}

/** A live stage of a WebSocket API. */
export interface DeployedWebSocketStage {
  readonly scope: Scope;
  readonly apiId: string;
  readonly stage: WebSocketStage;
  readonly snapshot: WebSocketApiSnapshot;
}

/** The APIs of one protocol in every scope: for start-up. */
export async function loadApisOf(
  reader: Reader,
  protocolType: AnyApi['protocolType'],
): Promise<readonly { readonly scope: Scope; readonly apiId: string }[]> {
  return (await reader.scan<AnyApi>(apiKind))
    .filter(({ document }) => document.protocolType === protocolType)
    .map(({ key }) => ({ scope: key.scope, apiId: key.id }));
}

/** Every live stage of every HTTP API in every scope: for start-up. */
export async function loadDeployedStages(reader: Reader): Promise<readonly DeployedStage[]> {
  const apis = await loadApisOf(reader, 'HTTP');
  return (await Promise.all(apis.map(({ scope, apiId }) => loadDeployedStagesOf(reader, scope, apiId)))).flat();
}

/** The live stages of one HTTP API; empty when it is gone: for a subscriber that saw one of the API's documents change. */
export async function loadDeployedStagesOf(reader: Reader, scope: Scope, apiId: string): Promise<readonly DeployedStage[]> {
  const deployed: DeployedStage[] = [];
  for (const stage of await loadAll<Stage>(reader, scope, stageKind, apiId)) {
    const snapshot = await snapshotOf<HttpApiSnapshot | WebSocketApiSnapshot>(reader, scope, apiId, stage);
    if (snapshot !== undefined && snapshot.protocolType === undefined) deployed.push({ scope, apiId, stage, snapshot });
  }
  return deployed;
}

/** The same of one WebSocket API. */
export async function loadDeployedWebSocketStagesOf(
  reader: Reader,
  scope: Scope,
  apiId: string,
): Promise<readonly DeployedWebSocketStage[]> {
  const deployed: DeployedWebSocketStage[] = [];
  for (const stage of await loadAll<WebSocketStage>(reader, scope, stageKind, apiId)) {
    const snapshot = await snapshotOf<HttpApiSnapshot | WebSocketApiSnapshot>(reader, scope, apiId, stage);
    if (snapshot?.protocolType === 'WEBSOCKET') deployed.push({ scope, apiId, stage, snapshot });
  }
  return deployed;
}

async function snapshotOf<T>(reader: Reader, scope: Scope, apiId: string, stage: AnyStage): Promise<T | undefined> {
  if (stage.deploymentId === undefined) return undefined;
  return reader.get<T>(keyUnderApi(scope, snapshotKind, apiId, stage.deploymentId));
}

/** Ids come from outside: what could not be a document id names nothing. */
function isId(id: string | undefined): id is string {
  return id !== undefined && id !== '' && id.isWellFormed() && !id.includes('\0');
}
