// Snapshot and stage -> plan: every decision that can be made before the first request. Pure data in, pure data out, so that
// golden files, `stagegate explain` and the console all see what the gateway will do.

import { partitionOf } from '../../aws/arn.ts';
import { THROTTLE_WORDS } from '../../data-plane/http-api/bucket-limits.ts';
import type { HttpApiSnapshot } from '../../model/deployment-snapshot.ts';
import type { Integration, Route, RouteSettings, Stage } from '../../model/http-api.ts';
import type { HttpApiPlan, IntegrationPlan, RoutePlan, ThrottlePlan } from '../../model/http-api-plan.ts';
import type { CounterSlots } from '../slot-allocator.ts';
import { planAccessLog } from './access-log-format.ts';
import { planAuthorizer } from './authorizer-plan.ts';
import { planIntegration, unservable } from './integration-plan.ts';
import { compareRoutes, type ParsedRouteKey, parseRouteKey } from './route-key.ts';
import { nothingAround, type Surroundings } from './surroundings.ts';

/** Requests a second and burst that all APIs of one account and region share; `undefined` lifts the limit. */
export interface AccountLimits {
  readonly rateLimit: number;
  readonly burstLimit: number;
}

/** AWS: 10,000 requests a second with a burst of 5,000 for each account and region. Seen: developer guide, quotas. */
export const ACCOUNT_LIMITS: AccountLimits = { rateLimit: 10_000, burstLimit: 5_000 };

/** The prefix of every counter key of an API, or of one of its stages: what `SlotAllocator.release` takes. */
export function counterKeyPrefix(snapshot: Pick<HttpApiSnapshot, 'scope' | 'apiId'>, stageName?: string): string {
  const api = `${snapshot.scope.account}/${snapshot.scope.region}/${snapshot.apiId}/`;
  return stageName === undefined ? api : `${api}${stageName}/`;
}

export function planHttpApi(
  snapshot: HttpApiSnapshot,
  stage: Stage,
  slots: CounterSlots,
  accountLimits: AccountLimits | undefined,
  surroundings: Surroundings = nothingAround,
): HttpApiPlan {
  const keyPrefix = counterKeyPrefix(snapshot, stage.stageName);
  const integrations = new Map(snapshot.integrations.map((integration) => [integration.integrationId, integration]));
  const routes = snapshot.routes
    .map((route) => ({ route, parsed: parseRouteKey(route.routeKey) }))
    .sort((a, b) => compareRoutes(a.parsed, b.parsed))
    .map(({ route, parsed }) => planRoute(route, parsed));
  return {
    scope: snapshot.scope,
    apiId: snapshot.apiId,
    apiName: snapshot.apiName,
    stageName: stage.stageName,
    deploymentId: snapshot.deploymentId,
    disableExecuteApiEndpoint: snapshot.disableExecuteApiEndpoint,
    ...(snapshot.corsConfiguration === undefined ? {} : { corsConfiguration: snapshot.corsConfiguration }),
    stageVariables: stage.stageVariables,
    ...(accountLimits === undefined ? {} : { accountThrottle: planAccountThrottle(accountLimits) }),
    ...(stage.accessLogSettings === undefined ? {} : { accessLog: planAccessLog(stage.accessLogSettings) }),
    routes,
  };

  function planRoute(route: Route, parsed: ParsedRouteKey): RoutePlan {
    const settings = settingsOf(stage, route.routeKey);
    const throttle = planThrottle(settings, route.routeKey);
    return {
      routeId: route.routeId,
      routeKey: route.routeKey,
      method: parsed.method,
      segments: parsed.segments,
      authorizationType: route.authorizationType,
      ...planAuthorizer(snapshot, stage, route),
      ...(throttle === undefined ? {} : { throttle }),
      integration: planTarget(route, parsed),
      detailedMetricsEnabled: settings.detailedMetricsEnabled ?? false,
    };
  }

  function planThrottle(settings: RouteSettings, routeKey: string): ThrottlePlan | undefined {
    if (settings.throttlingRateLimit === undefined && settings.throttlingBurstLimit === undefined) return undefined;
    return {
      slot: slots.allocate(`${keyPrefix}throttle/${routeKey}`, THROTTLE_WORDS),
      rateLimit: settings.throttlingRateLimit ?? ACCOUNT_LIMITS.rateLimit,
      burstLimit: settings.throttlingBurstLimit ?? ACCOUNT_LIMITS.burstLimit,
    };
  }

  function planAccountThrottle(limits: AccountLimits): ThrottlePlan {
    const key = `${snapshot.scope.account}/${snapshot.scope.region}//throttle`;
    return { slot: slots.allocate(key, THROTTLE_WORDS), ...limits };
  }

  function planTarget(route: Route, parsed: ParsedRouteKey): IntegrationPlan {
    if (route.apiKeyRequired) return unservable(`Route "${route.routeKey}" requires an API key, which HTTP APIs do not check.`);
    const integration = integrationOf(route, integrations);
    if (typeof integration === 'string') return unservable(integration);
    return planIntegration(integration, {
      stageVariables: stage.stageVariables,
      sourceArn: sourceArn(snapshot, stage.stageName, route.routeKey),
      pathVariables: new Set(parsed.segments.flatMap((segment) => (segment.kind === 'literal' ? [] : [segment.name]))),
      isDefaultRoute: parsed.method === '$default',
      isSigned: route.authorizationType === 'AWS_IAM',
      region: snapshot.scope.region,
      surroundings,
    });
  }
}

/** AWS: settings of a route replace the default settings as a whole; members do not inherit. Seen: terraform-aws-apigateway-v2#8 and its read-backs. */
function settingsOf(stage: Stage, routeKey: string): RouteSettings {
  return Object.hasOwn(stage.routeSettings, routeKey)
    ? (stage.routeSettings[routeKey] as RouteSettings)
    : stage.defaultRouteSettings;
}

function integrationOf(route: Route, integrations: ReadonlyMap<string, Integration>): Integration | string {
  if (route.target === undefined) return `Route "${route.routeKey}" has no integration.`;
  const integrationId = route.target.replace(/^integrations\//, '');
  return (
    integrations.get(integrationId) ?? `Route "${route.routeKey}" points at integration ${integrationId}, which does not exist.`
  );
}

/** AWS: `…:{apiId}/{stage}/{METHOD}{path}`, ANY as `*`, the default route as `$default`. Seen: developer guide, Lambda permissions. */
function sourceArn(snapshot: HttpApiSnapshot, stageName: string, routeKey: string): string {
  const { account, region } = snapshot.scope;
  const space = routeKey.indexOf(' ');
  const what = space < 0 ? routeKey : `${routeKey.slice(0, space)}${routeKey.slice(space + 1)}`;
  return `arn:${partitionOf(region)}:execute-api:${region}:${account}:${snapshot.apiId}/${stageName}/${what.replace(/^ANY\//, '*/')}`;
}
