// The HTTP API of a desired state as API Gateway v2 operations.

import { authorizerInput, isAuthorizer } from './apply-authorizers.ts';
import type { ApplySession } from './apply-desired-state.ts';
import { sameTexts } from './apply-functions.ts';
import { API_SUBJECT, type DesiredHttpApi, type DesiredState } from './desired-state.ts';
import {
  accessLogInput,
  authorizationInput,
  corsInput,
  createLogGroup,
  hasAuthorization,
  integrationInput,
  sameCors,
  stageInput,
  withoutStar,
} from './http-api-input.ts';
import { inParallel } from './in-parallel.ts';

/** Asks for the API id; Stagegate and other emulators take it. */
const ID_TAG = '_custom_id_';
const PAGING = { items: 'Items', token: 'NextToken', nextToken: 'NextToken' };

type Answer = Record<string, unknown>;

/** The id of the API, or undefined when the state has none. */
export async function applyHttpApi(session: ApplySession, desired: DesiredState): Promise<string | undefined> {
  const { api, apiId } = desired;
  const found = await session.find('apigatewayv2', 'GetApi', { ApiId: apiId });
  if (api === undefined) {
    if (found === undefined) return undefined;
    await session.call('apigatewayv2', 'DeleteApi', { ApiId: apiId });
    session.changed('deleted', 'api', String(found['Name']));
    return undefined;
  }
  if (found === undefined) return createApi(session, desired, api);
  return new ApiUpdate(session, desired, api).run(found);
}

/** The stage comes last: with auto-deploy on it deploys once, when everything is there. */
async function createApi(session: ApplySession, desired: DesiredState, api: DesiredHttpApi): Promise<string> {
  const created = await session.call(
    'apigatewayv2',
    'CreateApi',
    {
      Name: api.name,
      ProtocolType: 'HTTP',
      ...(api.description === undefined ? {} : { Description: api.description }),
      ...(api.corsConfiguration === undefined ? {} : { CorsConfiguration: corsInput(api.corsConfiguration) }),
      DisableExecuteApiEndpoint: api.disableExecuteApiEndpoint,
      Tags: { ...api.tags, [ID_TAG]: desired.apiId },
    },
    API_SUBJECT,
  );
  session.changed('created', 'api', api.name);
  const apiId = String(created['ApiId']);
  const targets = new Map<string, string>();
  await inParallel(api.integrations, async (integration) => {
    const input = { ApiId: apiId, ...integrationInput(integration, desired) };
    const answer = await session.call('apigatewayv2', 'CreateIntegration', input, integration.functionName);
    targets.set(integration.key, `integrations/${answer['IntegrationId']}`);
  });
  const authorizers = new Map<string, string>();
  await inParallel(api.authorizers, async (authorizer) => {
    const input = { ApiId: apiId, ...authorizerInput(authorizer, desired) };
    const answer = await session.call('apigatewayv2', 'CreateAuthorizer', input, API_SUBJECT);
    authorizers.set(authorizer.name, String(answer['AuthorizerId']));
    session.changed('created', 'authorizer', authorizer.name);
  });
  await inParallel(api.routes, async (route) => {
    const input = {
      ApiId: apiId,
      RouteKey: route.routeKey,
      Target: targets.get(route.integration),
      ...authorizationInput(route, authorizers),
    };
    await session.call('apigatewayv2', 'CreateRoute', input, route.routeKey);
    session.changed('created', 'route', route.routeKey);
  });
  await createLogGroup(session, api);
  await session.call('apigatewayv2', 'CreateStage', stageInput(apiId, desired, api), API_SUBJECT);
  session.changed('created', 'stage', api.stageName);
  return apiId;
}

/**
 * Brings an API that exists up to date. Changes are gathered first; when there are several, auto-deploy is off while they
 * are made and turning it on again deploys them at once, so that no request sees half of them.
 */
class ApiUpdate {
  readonly #session: ApplySession;
  readonly #desired: DesiredState;
  readonly #api: DesiredHttpApi;
  readonly #steps: (() => Promise<void>)[] = [];

  constructor(session: ApplySession, desired: DesiredState, api: DesiredHttpApi) {
    this.#session = session;
    this.#desired = desired;
    this.#api = api;
  }

  async run(found: Answer): Promise<string> {
    const session = this.#session;
    const { apiId } = this.#desired;
    const integrations = await session.list('apigatewayv2', 'GetIntegrations', { ApiId: apiId }, PAGING);
    const routes = await session.list('apigatewayv2', 'GetRoutes', { ApiId: apiId }, PAGING);
    const stage = await session.find('apigatewayv2', 'GetStage', { ApiId: apiId, StageName: this.#api.stageName });
    this.#planApi(found);
    const targets = this.#planIntegrations(integrations);
    const guards = await session.list('apigatewayv2', 'GetAuthorizers', { ApiId: apiId }, PAGING);
    const authorizers = this.#planAuthorizers(guards);
    this.#planRoutes(routes, targets, authorizers);
    this.#planGoneIntegrations(integrations, targets);
    this.#planGoneAuthorizers(guards);
    if (stage === undefined) {
      for (const step of this.#steps) await step();
      await createLogGroup(session, this.#api);
      await session.call('apigatewayv2', 'CreateStage', stageInput(apiId, this.#desired, this.#api), API_SUBJECT);
      session.changed('created', 'stage', this.#api.stageName);
      return apiId;
    }
    const pause = this.#steps.length > 1 && stage['AutoDeploy'] === true;
    if (pause) await this.#updateStage({ AutoDeploy: false });
    for (const step of this.#steps) await step();
    const settings = stage['DefaultRouteSettings'] as { DetailedMetricsEnabled?: boolean } | undefined;
    const settingsDiffer = (settings?.DetailedMetricsEnabled ?? false) !== this.#api.detailedMetricsEnabled;
    const logs = this.#accessLogChange(stage);
    if (logs !== undefined) await createLogGroup(session, this.#api);
    if (logs === null) {
      const input = { ApiId: apiId, StageName: this.#api.stageName };
      await session.call('apigatewayv2', 'DeleteAccessLogSettings', input, API_SUBJECT);
    }
    if (pause || stage['AutoDeploy'] !== true || settingsDiffer || logs) {
      await this.#updateStage({
        AutoDeploy: true,
        ...(settingsDiffer ? { DefaultRouteSettings: { DetailedMetricsEnabled: this.#api.detailedMetricsEnabled } } : {}),
        ...(logs ? { AccessLogSettings: logs } : {}),
      });
      if (settingsDiffer || logs !== undefined) session.changed('updated', 'stage', this.#api.stageName);
    }
    return apiId;
  }

  /** Null when the access log is to go; undefined when it is as it was. */
  #accessLogChange(stage: Answer): Answer | null | undefined {
    const found = stage['AccessLogSettings'] as { DestinationArn?: string; Format?: string } | undefined;
    const wanted = accessLogInput(this.#api, this.#desired);
    if (wanted === undefined) return found?.DestinationArn === undefined ? undefined : null;
    const isSame = found?.Format === wanted.Format && withoutStar(found.DestinationArn) === withoutStar(wanted.DestinationArn);
    return isSame ? undefined : wanted;
  }

  async #updateStage(change: Answer): Promise<void> {
    const input = { ApiId: this.#desired.apiId, StageName: this.#api.stageName, ...change };
    await this.#session.call('apigatewayv2', 'UpdateStage', input, API_SUBJECT);
  }

  #planApi(found: Answer): void {
    const api = this.#api;
    const change: Answer = {};
    if (found['Name'] !== api.name) change['Name'] = api.name;
    if ((found['Description'] ?? '') !== (api.description ?? '')) change['Description'] = api.description ?? '';
    if ((found['DisableExecuteApiEndpoint'] ?? false) !== api.disableExecuteApiEndpoint) {
      change['DisableExecuteApiEndpoint'] = api.disableExecuteApiEndpoint;
    }
    const cors = api.corsConfiguration && corsInput(api.corsConfiguration);
    const foundCors = found['CorsConfiguration'] as Answer | undefined;
    if (cors !== undefined && !sameCors(cors, foundCors)) change['CorsConfiguration'] = cors;
    const dropCors = cors === undefined && foundCors !== undefined;
    if (Object.keys(change).length > 0) {
      this.#step('updated', 'api', api.name, 'UpdateApi', () => ({ ApiId: this.#desired.apiId, ...change }));
    }
    if (dropCors) this.#step('updated', 'api', api.name, 'DeleteCorsConfiguration', () => ({ ApiId: this.#desired.apiId }));
    this.#planTags((found['Tags'] ?? {}) as Record<string, string>);
  }

  #planTags(found: Record<string, string>): void {
    const { [ID_TAG]: _, ...current } = found;
    if (sameTexts(this.#api.tags, current)) return;
    const resource = `arn:aws:apigateway:${this.#desired.region}::/apis/${this.#desired.apiId}`;
    const gone = Object.keys(current).filter((key) => !Object.hasOwn(this.#api.tags, key));
    if (gone.length > 0) {
      this.#step('updated', 'api', this.#api.name, 'UntagResource', () => ({ ResourceArn: resource, TagKeys: gone }));
    }
    if (Object.keys(this.#api.tags).length > 0) {
      this.#step('updated', 'api', this.#api.name, 'TagResource', () => ({ ResourceArn: resource, Tags: this.#api.tags }));
    }
  }

  /** Returns, by key of the desired integration, the id it has or will have when its step has run. */
  #planIntegrations(found: readonly Answer[]): Map<string, { id: string | undefined }> {
    const targets = new Map<string, { id: string | undefined }>();
    const free = new Set(found);
    const wanted = this.#api.integrations.map((one) => ({ one, input: integrationInput(one, this.#desired) }));
    const take = (key: string, matches: (item: Answer) => boolean): Answer | undefined => {
      const item = [...free].find(matches);
      if (item === undefined) return undefined;
      free.delete(item);
      targets.set(key, { id: String(item['IntegrationId']) });
      return item;
    };
    const changing = wanted.filter(
      ({ one, input }) => take(one.key, (item) => Object.keys(input).every((name) => item[name] === input[name])) === undefined,
    );
    for (const { one, input } of changing) {
      const item = take(one.key, (other) => other['IntegrationUri'] === input['IntegrationUri']);
      if (item !== undefined) {
        this.#step('updated', 'integration', one.key, 'UpdateIntegration', () => ({
          ApiId: this.#desired.apiId,
          IntegrationId: item['IntegrationId'],
          ...input,
        }));
        continue;
      }
      const target: { id: string | undefined } = { id: undefined };
      targets.set(one.key, target);
      this.#steps.push(async () => {
        const answer = await this.#session.call(
          'apigatewayv2',
          'CreateIntegration',
          { ApiId: this.#desired.apiId, ...input },
          one.functionName,
        );
        target.id = String(answer['IntegrationId']);
        this.#session.changed('created', 'integration', one.key);
      });
    }
    return targets;
  }

  /** Ids by name; those of new ones are there when their step has run. */
  #planAuthorizers(found: readonly Answer[]): Map<string, string> {
    const ids = new Map(found.map((item) => [String(item['Name']), String(item['AuthorizerId'])]));
    const { apiId } = this.#desired;
    for (const authorizer of this.#api.authorizers) {
      const input = authorizerInput(authorizer, this.#desired);
      const { name } = authorizer;
      const item = found.find((other) => other['Name'] === name);
      if (item !== undefined && isAuthorizer(item, input)) continue;
      const isOfType = item?.['AuthorizerType'] === input['AuthorizerType'];
      this.#steps.push(async () => {
        if (item !== undefined && isOfType) {
          const update = { ApiId: apiId, AuthorizerId: item['AuthorizerId'], ...input };
          await this.#session.call('apigatewayv2', 'UpdateAuthorizer', update, API_SUBJECT);
        } else {
          const answer = await this.#session.call('apigatewayv2', 'CreateAuthorizer', { ApiId: apiId, ...input }, API_SUBJECT);
          ids.set(name, String(answer['AuthorizerId']));
        }
        this.#session.changed(item === undefined ? 'created' : 'updated', 'authorizer', name);
      });
    }
    return ids;
  }

  /** After the routes: AWS refuses to delete an authorizer that a route still uses. */
  #planGoneAuthorizers(found: readonly Answer[]): void {
    for (const item of found) {
      const wanted = this.#api.authorizers.find(({ name }) => name === item['Name']);
      if (wanted !== undefined && item['AuthorizerType'] === wanted.type) continue;
      this.#step('deleted', 'authorizer', String(item['Name']), 'DeleteAuthorizer', () => ({
        ApiId: this.#desired.apiId,
        AuthorizerId: item['AuthorizerId'],
      }));
    }
  }

  #planRoutes(
    found: readonly Answer[],
    targets: ReadonlyMap<string, { readonly id: string | undefined }>,
    authorizers: ReadonlyMap<string, string>,
  ): void {
    const ApiId = this.#desired.apiId;
    const byKey = new Map(found.map((item) => [String(item['RouteKey']), item]));
    const wantedKeys = new Set(this.#api.routes.map((route) => route.routeKey));
    for (const [routeKey, item] of byKey) {
      if (!wantedKeys.has(routeKey)) {
        this.#step('deleted', 'route', routeKey, 'DeleteRoute', () => ({ ApiId, RouteId: item['RouteId'] }));
      }
    }
    for (const route of this.#api.routes) {
      const target = targets.get(route.integration);
      const item = byKey.get(route.routeKey);
      const targetOf = () => `integrations/${target?.id}`;
      const isGuardedOtherwise = item !== undefined && !hasAuthorization(item, route, authorizers);
      // AWS takes no authorizer away from a route: one that is guarded otherwise is made anew. Auto-deploy is off meanwhile.
      if (isGuardedOtherwise) this.#steps.push(() => this.#deleteRoute(item));
      if (item === undefined || isGuardedOtherwise) {
        this.#step(item === undefined ? 'created' : 'updated', 'route', route.routeKey, 'CreateRoute', () => ({
          ApiId,
          RouteKey: route.routeKey,
          Target: targetOf(),
          ...authorizationInput(route, authorizers),
        }));
      } else if (target?.id === undefined || item['Target'] !== targetOf()) {
        this.#step('updated', 'route', route.routeKey, 'UpdateRoute', () => ({
          ApiId,
          RouteId: item['RouteId'],
          Target: targetOf(),
        }));
      }
    }
  }

  /** After the routes: AWS refuses to delete an integration that a route still leads to. */
  #planGoneIntegrations(found: readonly Answer[], targets: ReadonlyMap<string, { readonly id: string | undefined }>): void {
    const kept = new Set([...targets.values()].map((target) => target.id));
    for (const item of found) {
      const id = String(item['IntegrationId']);
      if (kept.has(id)) continue;
      this.#step('deleted', 'integration', id, 'DeleteIntegration', () => ({ ApiId: this.#desired.apiId, IntegrationId: id }));
    }
  }

  async #deleteRoute(item: Answer): Promise<void> {
    const input = { ApiId: this.#desired.apiId, RouteId: item['RouteId'] };
    await this.#session.call('apigatewayv2', 'DeleteRoute', input, String(item['RouteKey']));
  }

  #step(
    action: 'created' | 'updated' | 'deleted',
    noun: 'api' | 'authorizer' | 'route' | 'integration',
    name: string,
    operation: string,
    input: () => Answer,
  ): void {
    this.#steps.push(async () => {
      await this.#session.call(
        'apigatewayv2',
        operation,
        input(),
        noun === 'route' ? name : noun === 'integration' ? undefined : API_SUBJECT,
      );
      this.#session.changed(action, noun, name);
    });
  }
}
