// Why a request to an API would be served by one route and not by another: what `stagegate explain METHOD PATH` prints. It asks the
// same route table that requests ask, and adds why each other route was passed over.

import { isRefusal } from '../../data-plane/http-api/refusal.ts';
import { parseRequestPath, type RequestPath } from '../../data-plane/http-api/request-path.ts';
import { RouteTable } from '../../data-plane/http-api/route-selection.ts';
import type { AuthorizationType } from '../../model/http-api.ts';
import type { AuthorizerPlan, HttpApiPlan, IntegrationPlan, RoutePlan, ThrottlePlan } from '../../model/http-api-plan.ts';

export interface ConsideredRoute {
  readonly routeKey: string;
  readonly outcome: 'matched' | 'less specific' | 'other method' | 'other path';
  /** One sentence for the developer. */
  readonly why: string;
}

export interface RouteExplanation {
  readonly apiId: string;
  readonly apiName: string;
  readonly stageName: string;
  readonly deploymentId: string;
  readonly method: string;
  readonly path: string;
  /** In the order in which they are asked. */
  readonly considered: readonly ConsideredRoute[];
  /** Absent when the gateway answers by itself. */
  readonly match?: {
    readonly routeKey: string;
    readonly routeId: string;
    readonly pathParameters: Readonly<Record<string, string>>;
    readonly authorizationType: AuthorizationType;
    readonly authorizer?: AuthorizerPlan;
    readonly integration: IntegrationPlan;
    readonly throttle?: ThrottlePlan;
    readonly accountThrottle?: ThrottlePlan;
  };
  /** What the gateway answers instead, and why. */
  readonly refusal?: { readonly refused: string; readonly reason: string };
}

/** `path` is what follows the stage, e.g. `/pets/5`. */
export function explainRoute(plan: HttpApiPlan, method: string, path: string): RouteExplanation {
  const about = {
    apiId: plan.apiId,
    apiName: plan.apiName,
    stageName: plan.stageName,
    deploymentId: plan.deploymentId,
    method,
    path,
  };
  const match = new RouteTable(plan.routes).select(method, path);
  const parsed = parseRequestPath(path);
  const chosen = isRefusal(match) ? undefined : match.route;
  const considered = isRefusal(parsed) ? [] : plan.routes.map((route) => consider(route, chosen, method, parsed));
  if (isRefusal(match)) return { ...about, considered, refusal: { refused: match.refused, reason: match.reason } };
  const { route } = match;
  return {
    ...about,
    considered,
    match: {
      routeKey: route.routeKey,
      routeId: route.routeId,
      pathParameters: Object.fromEntries(match.pathParameters.map(({ name, value }) => [name, value])),
      authorizationType: route.authorizationType,
      ...(route.authorizer === undefined ? {} : { authorizer: route.authorizer }),
      integration: route.integration,
      ...(route.throttle === undefined ? {} : { throttle: route.throttle }),
      ...(plan.accountThrottle === undefined ? {} : { accountThrottle: plan.accountThrottle }),
    },
  };
}

function consider(route: RoutePlan, chosen: RoutePlan | undefined, method: string, path: RequestPath): ConsideredRoute {
  const { routeKey } = route;
  if (route === chosen) return { routeKey, outcome: 'matched', why: whyMatched(route) };
  const mismatch = pathMismatch(route, path);
  if (mismatch !== undefined) return { routeKey, outcome: 'other path', why: mismatch };
  if (route.method !== 'ANY' && route.method !== '$default' && route.method !== method) {
    return { routeKey, outcome: 'other method', why: `The path matches, but the route is for ${route.method}, not ${method}.` };
  }
  return { routeKey, outcome: 'less specific', why: `It would match, but "${chosen?.routeKey}" is more specific.` };
}

function whyMatched(route: RoutePlan): string {
  if (route.method === '$default') return 'No other route matches, and $default takes the rest.';
  const method = route.method === 'ANY' ? 'ANY takes every method' : 'the method is the same';
  if (route.segments.at(-1)?.kind === 'greedy') return `The greedy variable takes the rest of the path, and ${method}.`;
  return `The path matches in full, and ${method}.`;
}

/** Where the path leaves the route, or undefined when it does not. Only for the explanation: the route table decides. */
function pathMismatch(route: RoutePlan, path: RequestPath): string | undefined {
  if (route.method === '$default') return undefined;
  const { segments } = path;
  for (let i = 0; i < route.segments.length; i++) {
    const expected = route.segments[i];
    const actual = segments[i];
    if (actual === undefined) return `The path ends after ${countOf(i, 'segment')}; the route has ${route.segments.length}.`;
    if (expected?.kind === 'greedy') return undefined;
    if (expected?.kind === 'literal' && expected.text !== actual)
      return `Segment ${i + 1} is "${actual}", the route has "${expected.text}".`;
    if (expected?.kind === 'variable' && actual === '') return `Segment ${i + 1} is empty; {${expected.name}} needs a value.`;
  }
  if (segments.length > route.segments.length)
    return `The path has ${countOf(segments.length, 'segment')}; the route has ${route.segments.length}.`;
  if (path.trailingSlash && segments.length > 0 && route.segments.at(-1)?.kind === 'literal') {
    return 'The path ends with "/"; HTTP APIs do not ignore a trailing slash after a literal segment.';
  }
  return undefined;
}

function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
