// Which route of a WebSocket API an event goes to: what `stagegate explain CONNECT`, `MESSAGE {…}` and `DISCONNECT` print.

import { parseJson } from '../../json-path/parse-json.ts';
import type { ThrottlePlan } from '../../model/http-api-plan.ts';
import type {
  WebSocketApiPlan,
  WebSocketAuthorizationPlan,
  WebSocketIntegrationPlan,
  WebSocketRoutePlan,
} from '../../model/websocket-api-plan.ts';
import { compileSelectionKey } from '../../selection-expression/selection-key.ts';

export interface EventExplanation {
  readonly apiId: string;
  readonly apiName: string;
  readonly stageName: string;
  readonly deploymentId: string;
  /** `CONNECT`, `MESSAGE` or `DISCONNECT`. */
  readonly method: string;
  /** The message. */
  readonly path: string;
  readonly considered: readonly { readonly routeKey: string; readonly outcome: 'matched' | 'other key'; readonly why: string }[];
  readonly match?: {
    readonly routeKey: string;
    readonly routeId: string;
    /** What the route selection expression gives for the message; undefined when it is not JSON. */
    readonly selectionKey?: string;
    readonly authorization: WebSocketAuthorizationPlan;
    readonly apiKeyRequired: boolean;
    readonly validates: boolean;
    readonly integration: WebSocketIntegrationPlan;
    readonly returnsResponse: boolean;
    readonly throttle?: ThrottlePlan;
    readonly accountThrottle?: ThrottlePlan;
  };
  readonly refusal?: { readonly refused: string; readonly reason: string };
}

/** One explanation, or none for a verb that is no event of a WebSocket API. */
export function explainWebSocketApi(plan: WebSocketApiPlan, event: string, message: string): EventExplanation[] {
  const { apiId, apiName, stageName, deploymentId } = plan;
  const about = { apiId, apiName, stageName, deploymentId, method: event, path: message };
  switch (event) {
    case 'CONNECT':
      return [withRoute(plan, about, '$connect', 'Without a $connect route everybody may connect, and nothing is called.')];
    case 'DISCONNECT':
      return [withRoute(plan, about, '$disconnect', 'The API has no $disconnect route: nothing is called.')];
    case 'MESSAGE':
      return [ofMessage(plan, about, message)];
    default:
      return [];
  }
}

type About = Omit<EventExplanation, 'considered' | 'match' | 'refusal'>;

function withRoute(plan: WebSocketApiPlan, about: About, routeKey: string, without: string): EventExplanation {
  const route = plan.routes.find((one) => one.routeKey === routeKey);
  if (route === undefined) return { ...about, considered: [], refusal: { refused: 'none', reason: without } };
  return { ...about, considered: [], match: matchOf(plan, route, undefined) };
}

function ofMessage(plan: WebSocketApiPlan, about: About, message: string): EventExplanation {
  const parsed = message === '' ? undefined : parseJson(message);
  const body = parsed?.fault === undefined ? parsed?.value : undefined;
  const key = compileSelectionKey(plan.routeSelection)({ requestBody: () => body });
  const routes = plan.routes.filter(({ routeKey }) => routeKey !== '$connect' && routeKey !== '$disconnect');
  const chosen =
    (key === undefined ? undefined : routes.find(({ routeKey }) => routeKey === key)) ??
    routes.find(({ routeKey }) => routeKey === '$default');
  const given = key === undefined || key === '' ? 'The message selects no key' : `The message selects the key "${key}"`;
  const considered = routes.map(({ routeKey }) => ({
    routeKey,
    outcome: routeKey === chosen?.routeKey ? ('matched' as const) : ('other key' as const),
    why: routeKey === '$default' && routeKey === chosen?.routeKey && key ? `${given}, which no other route has.` : `${given}.`,
  }));
  if (chosen !== undefined) return { ...about, considered, match: matchOf(plan, chosen, key) };
  return { ...about, considered, refusal: { refused: 'FORBIDDEN', reason: `${given}, and the API has no $default route.` } };
}

function matchOf(plan: WebSocketApiPlan, route: WebSocketRoutePlan, selectionKey: string | undefined): EventExplanation['match'] {
  const { routeKey, routeId, authorization, apiKeyRequired, validation, integration, returnsResponse, throttle } = route;
  return {
    routeKey,
    routeId,
    ...(selectionKey === undefined ? {} : { selectionKey }),
    authorization,
    apiKeyRequired,
    validates: validation !== undefined,
    integration,
    returnsResponse,
    ...(throttle === undefined ? {} : { throttle }),
    ...(plan.accountThrottle === undefined ? {} : { accountThrottle: plan.accountThrottle }),
  };
}
