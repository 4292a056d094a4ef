// What `stagegate explain CONNECT | MESSAGE TEXT | DISCONNECT` prints of a route of a WebSocket API.

import type { WebSocketAuthorizationPlan, WebSocketIntegrationPlan } from '../model/websocket-api-plan.ts';
import { plainText } from './terminal.ts';

/** What the running system says about the route that serves an event. */
export interface EventMatch {
  readonly routeKey: string;
  readonly selectionKey?: string;
  readonly authorization: WebSocketAuthorizationPlan;
  readonly apiKeyRequired: boolean;
  readonly validates: boolean;
  readonly integration: WebSocketIntegrationPlan;
  readonly returnsResponse: boolean;
}

export const eventVerbs: ReadonlySet<string> = new Set(['CONNECT', 'MESSAGE', 'DISCONNECT']);

export function eventMatchRows(match: EventMatch): readonly (readonly [string, string])[] {
  const { authorization, integration } = match;
  const ofConnect = match.routeKey === '$connect';
  return [
    ...(match.selectionKey === undefined
      ? []
      : [['selected key', match.selectionKey === '' ? 'none' : plainText(match.selectionKey)] as const]),
    ...(ofConnect ? [['authorization', describeAuthorization(authorization)] as const] : []),
    ...(ofConnect ? [['API key', match.apiKeyRequired ? 'required' : 'not required'] as const] : []),
    ['request model', match.validates ? 'must fit' : 'none'],
    ['integration', describeIntegration(integration)],
    ['answer', match.returnsResponse ? 'the integration’s body, as a frame' : 'none'],
  ];
}

function describeAuthorization(plan: WebSocketAuthorizationPlan): string {
  if (plan.type === 'REQUEST') return `REQUEST ${plan.functionArn}`;
  return plan.type === 'UNSERVABLE' ? `nobody gets in: ${plan.reason}` : plan.type;
}

function describeIntegration(plan: WebSocketIntegrationPlan): string {
  if (plan.type === 'UNSERVABLE') return `cannot be called: ${plan.reason}`;
  const what = 'functionArn' in plan ? ` ${plan.functionArn}` : 'service' in plan ? ` ${plan.service} at ${plan.endpoint}` : '';
  return `${plan.type}${what}, waits ${plan.timeoutInMillis} ms`;
}
