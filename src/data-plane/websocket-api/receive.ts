// THE FLOW of a message.
//
//   a message of a connection
//        │
//   ┌──────────┐  no such route, and no $default ──────►  frame "Forbidden"
//   │   route  │
//   ├──────────┤  needs a key, connected without one ───►  frame "Forbidden"
//   │   meter  │
//   ├──────────┤  the route's throttle, the account's ──►  frame "Too Many Requests"
//   │ throttle │
//   ├──────────┤  does not fit the route's model ───────►  frame "Bad request body"
//   │ validate │
//   ├──────────┤  failed, too slow ─────────────────────►  frame "Internal server error", "Endpoint request timed out"
//   │ integrate│
//   └────┬─────┘
//        ▼
//   two-way routes: the integration's body, as a frame
//
// Messages of one connection are worked on side by side; the client is held back when too many are.

import type { Connection } from './connection.ts';
import { MessageEvent } from './message-event.ts';
import type { RoutePipeline, WebSocketApiPipeline } from './pipeline.ts';

/** Serves one text message of so many bytes, which was there `at` performance.now(). Whatever happens its connection lives on. */
export function receive(pipeline: WebSocketApiPipeline, connection: Connection, text: string, bytes: number, at: number): void {
  const event = new MessageEvent(pipeline, connection, text, bytes, at);
  connection.messageStarted();
  try {
    const route = selectRoute(pipeline, event);
    if (route === undefined) {
      event.refuse('route', {
        refused: 'FORBIDDEN',
        reason: 'The route selection expression gives the key of no route, and the API has no $default.',
      });
      return;
    }
    event.route = route;
    event.capture?.step('route', 'passed', { routeKey: route.routeKey });
    if (route.meter !== undefined && connection.facts.apiKey === undefined) {
      event.refuse('meter', {
        refused: 'FORBIDDEN',
        reason: 'The route asks for an API key, and the connection came without one.',
      });
      return;
    }
    const throttled = throttle(pipeline, route, event.at);
    if (throttled !== undefined) {
      event.refuse('throttle', { refused: 'THROTTLED', reason: throttled.reason });
      return;
    }
    const invalid = route.validator?.validate(event);
    if (invalid !== undefined) {
      event.refuse('methodRequest', invalid);
      return;
    }
    event.integrate(route);
  } catch (error) {
    event.crash(error);
  }
}

/** AWS: a message that is no JSON, and a key that no route has, go to $default. Seen: developer guide. */
function selectRoute(pipeline: WebSocketApiPipeline, event: MessageEvent): RoutePipeline | undefined {
  const key = pipeline.selectRoute(event);
  return (key === undefined ? undefined : pipeline.routes.get(key)) ?? pipeline.defaultRoute;
}

function throttle({ accountThrottle }: WebSocketApiPipeline, route: RoutePipeline, at: number): { reason: string } | undefined {
  const byRoute = route.throttle?.take(at);
  if (byRoute !== undefined) return byRoute;
  const byAccount = accountThrottle?.take(at);
  if (byAccount !== undefined) route.throttle?.giveBack();
  return byAccount;
}
