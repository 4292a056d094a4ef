// The WebSocket API of a desired state as API Gateway v2 operations. What is there is read once and compared; what differs is changed,
// and a change of the definition is deployed to the stage at the end: no message sees half of it, and connections stay open.

import { createHash } from 'node:crypto';
import { isAuthorizer } from './apply-authorizers.ts';
import type { ApplySession } from './apply-desired-state.ts';
import { sameTexts } from './apply-functions.ts';
import { ensureLogGroup } from './apply-log-groups.ts';
import { type DesiredState, WEBSOCKET_API_SUBJECT, WEBSOCKET_STAGE_SUBJECT, webSocketRouteSubject } from './desired-state.ts';
import type { DesiredWebSocketApi, DesiredWebSocketRoute } from './desired-websocket-api.ts';
import {
  type Answer,
  isWebSocketRoute,
  stageChanges,
  webSocketAuthorizerInput,
  webSocketIntegrationInput,
  webSocketRouteInput,
  webSocketStageInput,
} from './websocket-api-input.ts';

/** Asks for the API id; Stagegate and other emulators take it. */
const ID_TAG = '_custom_id_';
/** What the stage was deployed from last: a run that ended half-way is then made good by the next. */
const DEPLOYED_TAG = 'stagegate:deployed';
/** Deployments that a stage can be pointed back at. */
const DEPLOYMENTS_KEPT = 20;
const PAGING = { items: 'Items', token: 'NextToken', nextToken: 'NextToken' };

/** The id of the API, or undefined when the state has none. */
export async function applyWebSocketApi(session: ApplySession, desired: DesiredState): Promise<string | undefined> {
  const { webSocketApi: api, webSocketApiId } = desired;
  const found = await session.find('apigatewayv2', 'GetApi', { ApiId: webSocketApiId });
  if (api !== undefined) return new WebSocketApiUpdate(session, desired, api, found).run();
  if (found === undefined) return undefined;
  await session.call('apigatewayv2', 'DeleteApi', { ApiId: webSocketApiId });
  session.changed('deleted', 'websocket api', String(found['Name']));
  return undefined;
}

class WebSocketApiUpdate {
  readonly #session: ApplySession;
  readonly #desired: DesiredState;
  readonly #api: DesiredWebSocketApi;
  readonly #found: Answer | undefined;
  readonly #id: { readonly ApiId: string };
  /** Something that a deployment freezes differed. */
  #isOther = false;

  constructor(session: ApplySession, desired: DesiredState, api: DesiredWebSocketApi, found: Answer | undefined) {
    this.#session = session;
    this.#desired = desired;
    this.#api = api;
    this.#found = found;
    this.#id = { ApiId: desired.webSocketApiId };
  }

  async run(): Promise<string> {
    if (this.#found === undefined) await this.#createApi();
    else await this.#updateApi(this.#found);
    const integrations = await this.#list('GetIntegrations');
    const integrationIds = await this.#applyIntegrations(integrations);
    const authorizers = await this.#list('GetAuthorizers');
    const authorizerIds = await this.#applyAuthorizers(authorizers);
    await this.#applyRoutes(await this.#list('GetRoutes'), integrationIds, authorizerIds);
    // After the routes: AWS refuses to delete what a route still uses.
    await this.#deleteOthers('Integration', integrations, integrationIds);
    await this.#deleteOthers('Authorizer', authorizers, authorizerIds);
    await this.#applyStage();
    return this.#id.ApiId;
  }

  async #createApi(): Promise<void> {
    const { name, description, routeSelectionExpression, tags } = this.#api;
    await this.#call('CreateApi', {
      Name: name,
      ProtocolType: 'WEBSOCKET',
      Description: description,
      RouteSelectionExpression: routeSelectionExpression,
      Tags: { ...tags, [ID_TAG]: this.#id.ApiId },
    });
    this.#session.changed('created', 'websocket api', name);
  }

  async #updateApi(found: Answer): Promise<void> {
    const { name, description, routeSelectionExpression } = this.#api;
    const wanted = { Name: name, Description: description, RouteSelectionExpression: routeSelectionExpression };
    const changes = Object.entries(wanted).filter(([member, value]) => (found[member] ?? '') !== value);
    if (changes.length > 0) {
      await this.#call('UpdateApi', { ...this.#id, ...Object.fromEntries(changes) });
      this.#isOther = true;
      this.#session.changed('updated', 'websocket api', name);
    }
    await this.#updateTags((found['Tags'] ?? {}) as Record<string, string>);
  }

  async #updateTags(found: Readonly<Record<string, string>>): Promise<void> {
    const { [ID_TAG]: _, [DEPLOYED_TAG]: __, ...current } = found;
    const { tags } = this.#api;
    if (sameTexts(tags, current)) return;
    const gone = Object.keys(current).filter((key) => !Object.hasOwn(tags, key));
    if (gone.length > 0) await this.#call('UntagResource', { ResourceArn: this.#arn, TagKeys: gone });
    if (Object.keys(tags).length > 0) await this.#call('TagResource', { ResourceArn: this.#arn, Tags: tags });
    this.#session.changed('updated', 'websocket api', this.#api.name);
  }

  /** Ids by function name: each function has one. */
  async #applyIntegrations(found: readonly Answer[]): Promise<ReadonlyMap<string, string>> {
    const ids = new Map<string, string>();
    for (const functionName of new Set(this.#api.routes.map((route) => route.functionName))) {
      const input = webSocketIntegrationInput(functionName, this.#desired);
      const there = found.find((item) => Object.entries(input).every(([name, value]) => item[name] === value));
      const item = there ?? (await this.#call('CreateIntegration', { ...this.#id, ...input }, functionName));
      ids.set(functionName, String(item['IntegrationId']));
      if (there === undefined) this.#note('created', 'integration', functionName);
    }
    return ids;
  }

  /** Ids by name. */
  async #applyAuthorizers(found: readonly Answer[]): Promise<ReadonlyMap<string, string>> {
    const ids = new Map<string, string>();
    for (const authorizer of this.#api.authorizers) {
      const input = webSocketAuthorizerInput(authorizer, this.#desired);
      const there = found.find((item) => item['Name'] === authorizer.name);
      if (there === undefined) {
        const { AuthorizerId } = await this.#call('CreateAuthorizer', { ...this.#id, ...input });
        ids.set(authorizer.name, String(AuthorizerId));
        this.#note('created', 'authorizer', authorizer.name);
        continue;
      }
      ids.set(authorizer.name, String(there['AuthorizerId']));
      if (isAuthorizer(there, input)) continue;
      await this.#call('UpdateAuthorizer', { ...this.#id, AuthorizerId: there['AuthorizerId'], ...input });
      this.#note('updated', 'authorizer', authorizer.name);
    }
    return ids;
  }

  async #applyRoutes(
    found: readonly Answer[],
    integrations: ReadonlyMap<string, string>,
    authorizers: ReadonlyMap<string, string>,
  ): Promise<void> {
    const { routes } = this.#api;
    for (const item of found) {
      const routeKey = String(item['RouteKey']);
      if (routes.some((route) => route.routeKey === routeKey)) continue;
      await this.#call('DeleteRoute', { ...this.#id, RouteId: item['RouteId'] }, webSocketRouteSubject(routeKey));
      this.#note('deleted', 'route', routeKey);
    }
    for (const route of routes) {
      const { routeKey } = route;
      const subject = webSocketRouteSubject(routeKey);
      const there = found.find((item) => item['RouteKey'] === routeKey);
      const input = webSocketRouteInput(route, integrations, authorizers);
      const item =
        there ?? (await this.#call('CreateRoute', { ...this.#id, RouteKey: routeKey, ...withoutNothing(input) }, subject));
      const differs = there !== undefined && !isWebSocketRoute(there, input);
      if (differs) await this.#call('UpdateRoute', { ...this.#id, RouteId: item['RouteId'], ...input }, subject);
      const isOther = await this.#applyRouteResponse(route, String(item['RouteId']), there === undefined);
      if (there === undefined) this.#note('created', 'route', routeKey);
      else if (differs || isOther) this.#note('updated', 'route', routeKey);
    }
  }

  /** AWS: only a route that has one answers. True when it was another before. */
  async #applyRouteResponse({ routeKey, returnsResponse }: DesiredWebSocketRoute, RouteId: string, isNew: boolean) {
    const subject = webSocketRouteSubject(routeKey);
    const found = isNew ? [] : await this.#list('GetRouteResponses', { RouteId });
    if (returnsResponse === found.length > 0) return false;
    if (returnsResponse) {
      await this.#call('CreateRouteResponse', { ...this.#id, RouteId, RouteResponseKey: '$default' }, subject);
      return true;
    }
    for (const { RouteResponseId } of found) {
      await this.#call('DeleteRouteResponse', { ...this.#id, RouteId, RouteResponseId }, subject);
    }
    return true;
  }

  async #deleteOthers(
    noun: 'Integration' | 'Authorizer',
    found: readonly Answer[],
    kept: ReadonlyMap<string, string>,
  ): Promise<void> {
    const ids = new Set(kept.values());
    for (const item of found) {
      const id = String(item[`${noun}Id`]);
      if (ids.has(id)) continue;
      await this.#call(`Delete${noun}`, { ...this.#id, [`${noun}Id`]: id });
      this.#note('deleted', noun === 'Integration' ? 'integration' : 'authorizer', String(item['Name'] ?? id));
    }
  }

  async #applyStage(): Promise<void> {
    const { stageName, description, accessLog } = this.#api;
    const id = { ...this.#id, StageName: stageName };
    const stage = this.#found && (await this.#session.find('apigatewayv2', 'GetStage', id));
    const settings = webSocketStageInput(this.#api, this.#desired);
    const digest = digestOf(this.#api);
    const tags = (this.#found?.['Tags'] ?? {}) as Record<string, string>;
    const isDeployed = stage !== undefined && !this.#isOther && tags[DEPLOYED_TAG] === digest;
    const changes = stage === undefined ? settings : stageChanges(stage, settings);
    if (accessLog !== undefined && 'AccessLogSettings' in changes) {
      await ensureLogGroup(this.#session, accessLog.logGroup, WEBSOCKET_STAGE_SUBJECT);
    }
    if (stage === undefined) {
      const { DeploymentId } = await this.#call('CreateDeployment', { ...this.#id, Description: description });
      await this.#call('CreateStage', { ...id, DeploymentId, ...settings }, WEBSOCKET_STAGE_SUBJECT);
      this.#session.changed('created', 'stage', stageName);
    } else {
      if (!isDeployed) await this.#call('CreateDeployment', { ...id, Description: description });
      const loses = accessLog === undefined && stage['AccessLogSettings'] !== undefined;
      if (loses) await this.#call('DeleteAccessLogSettings', id);
      const isSetOtherwise = Object.keys(changes).length > 0;
      if (isSetOtherwise) await this.#call('UpdateStage', { ...id, ...changes }, WEBSOCKET_STAGE_SUBJECT);
      if (!isDeployed || loses || isSetOtherwise) this.#session.changed('updated', 'stage', stageName);
    }
    if (isDeployed) return;
    await this.#call('TagResource', { ResourceArn: this.#arn, Tags: { [DEPLOYED_TAG]: digest } });
    if (stage !== undefined) await this.#deleteOldDeployments(id);
  }

  /** Each change leaves one; those that no stage uses go when there are many. */
  async #deleteOldDeployments(id: Answer): Promise<void> {
    const deployments = await this.#list('GetDeployments');
    if (deployments.length <= DEPLOYMENTS_KEPT) return;
    const stages = await this.#list('GetStages');
    const used = new Set(stages.map((stage) => stage['DeploymentId']));
    const latestFirst = deployments.toSorted((a, b) => Number(b['CreatedDate']) - Number(a['CreatedDate']));
    for (const { DeploymentId } of latestFirst.slice(DEPLOYMENTS_KEPT)) {
      if (used.has(DeploymentId)) continue;
      await this.#call('DeleteDeployment', { ApiId: id['ApiId'], DeploymentId });
    }
  }

  get #arn(): string {
    return `arn:aws:apigateway:${this.#desired.region}::/apis/${this.#id.ApiId}`;
  }

  /** A new API has nothing yet. */
  async #list(operation: string, more: Answer = {}): Promise<readonly Answer[]> {
    if (this.#found === undefined) return [];
    return this.#session.list('apigatewayv2', operation, { ...this.#id, ...more }, PAGING);
  }

  #call(operation: string, input: Answer, subject = WEBSOCKET_API_SUBJECT): Promise<Answer> {
    return this.#session.call('apigatewayv2', operation, input, subject);
  }

  /** A change of the definition. */
  #note(action: 'created' | 'updated' | 'deleted', noun: 'route' | 'authorizer' | 'integration', name: string): void {
    this.#isOther = true;
    this.#session.changed(action, noun, name);
  }
}

/** A creation says only what it wants. */
function withoutNothing(input: Answer): Answer {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== ''));
}

function digestOf({ tags: _, accessLog: __, executionLog: ___, ...frozen }: DesiredWebSocketApi): string {
  return createHash('sha256').update(JSON.stringify(frozen)).digest('hex').slice(0, 16);
}
