// THE FLOW of a handshake. Read this first; receive.ts and disconnect.ts are the other two.
//
//   front-door finds the API and the stage
//        │
//        ▼
//   ┌──────────┐  who are you? may you? ────────────►  401, 403, 500          authorizers/
//   │ authorize│
//   ├──────────┤  API key, usage plan, throttles ───►  403, 429               ports.ts (MeterPort), throttle
//   │   meter  │
//   ├──────────┤  required headers and parameters ──►  400
//   │ request  │
//   ├──────────┤  $connect: anything but 2xx ────────►  its status; 500, 502, 504   integrations/
//   │ integrate│
//   └────┬─────┘
//        ▼
//   the connection is kept on disk (it will get its $disconnect), then 101
//
// Nothing here waits: what has to wait is called back through the event.

import type { ServerRequest } from '../../http1/message.ts';
import { ConnectEvent, type Handshake, type HandshakeAddress } from './connect-event.ts';
import type { WebSocketApiPipeline } from './pipeline.ts';

/** Serves one handshake. It is answered here or later; whatever happens it is answered once. */
export function connect(
  pipeline: WebSocketApiPipeline,
  request: ServerRequest,
  handshake: Handshake,
  address: HandshakeAddress,
): void {
  const event = new ConnectEvent(pipeline, request, handshake, address);
  const route = pipeline.connectRoute;
  event.route = route;
  event.capture?.step('route', route === undefined ? 'off' : 'passed', { routeKey: '$connect' });
  try {
    // AWS: without a $connect route everybody may connect. Seen: developer guide.
    if (route === undefined) event.letIn(undefined);
    else event.authorize(route);
  } catch (error) {
    event.crash(error);
  }
}
