// Where the nouns of API Gateway v2 lie in the store, and how they are read. Everybody who needs one goes through here.

import type { HttpApiSnapshot } from '../../model/deployment-snapshot.ts';
import type { Api, Authorizer, Deployment, Integration, Route, Stage, VpcLink } from '../../model/http-api.ts';
import type { Scope } from '../../model/scope.ts';
import type { DocumentKey, Reader } from '../../store/store.ts';
import { notFound } from './refusals.ts';

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

/** Every kind whose documents hang under an API and go with it. */
export const kindsUnderApi = [routeKind, integrationKind, authorizerKind, stageKind, deploymentKind, snapshotKind] as const;

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
export function keyUnderApi(scope: Scope, kind: (typeof kindsUnderApi)[number], apiId: string, id: string): DocumentKey {
  return { scope, kind, parent: apiId, id };
}

export async function loadApi(reader: Reader, scope: Scope, apiId: string | undefined): Promise<Api> {
  const api = isId(apiId) ? await reader.get<Api>(apiKey(scope, apiId)) : undefined;
  if (api === undefined) throw notFound('Api', `Invalid API identifier specified ${apiId}`);
  return api;
}

export async function loadRoute(reader: Reader, scope: Scope, apiId: string, routeId: string | undefined): Promise<Route> {
  const route = isId(routeId) ? await reader.get<Route>(keyUnderApi(scope, routeKind, apiId, routeId)) : undefined;
  if (route === undefined) throw notFound('Route', `Invalid Route identifier specified ${routeId}`);
  return route;
}

export async function loadIntegration(reader: Reader, scope: Scope, apiId: string, id: string | undefined): Promise<Integration> {
  const integration = isId(id) ? await reader.get<Integration>(keyUnderApi(scope, integrationKind, apiId, id)) : undefined;
  if (integration === undefined) throw notFound('Integration', `Invalid Integration identifier specified ${id}`);
  return integration;
}

export async function loadAuthorizer(reader: Reader, scope: Scope, apiId: string, id: string | undefined): Promise<Authorizer> {
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
): Promise<Authorizer | undefined> {
  return isId(id) ? await reader.get<Authorizer>(keyUnderApi(scope, authorizerKind, apiId, id)) : undefined;
}

export async function loadStage(reader: Reader, scope: Scope, apiId: string, stageName: string | undefined): Promise<Stage> {
  const stage = isId(stageName) ? await reader.get<Stage>(keyUnderApi(scope, stageKind, apiId, stageName)) : undefined;
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

/** Every document of one kind under one API, by id. */
export async function loadAll<T>(
  reader: Reader,
  scope: Scope,
  kind: (typeof kindsUnderApi)[number],
  apiId: string,
): Promise<readonly T[]> {
  return (await reader.list<T>(scope, kind, apiId)).items;
}

export interface DeployedStage {
  readonly scope: Scope;
  readonly apiId: string;
  readonly stage: Stage;
  readonly snapshot: HttpApiSnapshot;
}

/** Every live stage of every API in every scope: for start-up. */
export async function loadDeployedStages(reader: Reader): Promise<readonly DeployedStage[]> {
  const deployed: DeployedStage[] = [];
  for (const { key, document } of await reader.scan<Stage>(stageKind)) {
    const one = await deployedStage(reader, key.scope, key.parent, document);
    if (one !== undefined) deployed.push(one);
  }
  return deployed;
}

/** The live stages of one API; empty when the API is gone: for a subscriber that saw one of the API's documents change. */
export async function loadDeployedStagesOf(reader: Reader, scope: Scope, apiId: string): Promise<readonly DeployedStage[]> {
  const deployed: DeployedStage[] = [];
  for (const stage of await loadAll<Stage>(reader, scope, stageKind, apiId)) {
    const one = await deployedStage(reader, scope, apiId, stage);
    if (one !== undefined) deployed.push(one);
  }
  return deployed;
}

async function deployedStage(reader: Reader, scope: Scope, apiId: string, stage: Stage): Promise<DeployedStage | undefined> {
  if (stage.deploymentId === undefined) return undefined;
  const snapshot = await reader.get<HttpApiSnapshot>(keyUnderApi(scope, snapshotKind, apiId, stage.deploymentId));
  return snapshot === undefined ? undefined : { scope, apiId, stage, snapshot };
}

/** Ids come from outside: what could not be a document id names nothing. */
function isId(id: string | undefined): id is string {
  return id !== undefined && id !== '' && id.isWellFormed() && !id.includes('\0');
}
