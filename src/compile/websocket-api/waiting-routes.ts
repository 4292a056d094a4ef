// The routes of a WebSocket API that fail until the operator sets something.

import type { WebSocketApiPlan } from '../../model/websocket-api-plan.ts';

/** A sentence or two for each. */
export function waitingWebSocketRoutes(plan: WebSocketApiPlan): readonly string[] {
  return plan.routes.flatMap(({ routeKey, integration }) =>
    integration.type === 'UNSERVABLE' && integration.waitsForOperator === true
      ? [`Route "${routeKey}" of API ${plan.apiId} fails. ${integration.reason}`]
      : [],
  );
}
