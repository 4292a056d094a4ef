// THE END of a connection: it leaves the table and its channels, its $disconnect is run, and then nothing is kept of it any more. A process that dies in
// between runs $disconnect when it is started again.

import type { Connection } from './connection.ts';
import { DisconnectEvent } from './message-event.ts';
import type { WebSocketApiPipeline } from './pipeline.ts';
import type { Farewell } from './websocket-event.ts';

/** Must be called once for each connection that was let in. */
export function disconnect(pipeline: WebSocketApiPipeline, connection: Connection, farewell: Farewell): void {
  pipeline.connections.remove(connection);
  pipeline.channels.leave(connection);
  connection.socket = undefined;
  const route = pipeline.disconnectRoute;
  const { journal, departures } = pipeline;
  if (route === undefined) {
    journal.closed(connection.id);
    return;
  }
  departures.add((done) => {
    const event = new DisconnectEvent(pipeline, connection, farewell, () => {
      journal.closed(connection.id);
      done();
    });
    event.route = route;
    event.capture?.step('route', 'passed', { routeKey: route.routeKey });
    try {
      event.integrate(route);
    } catch (error) {
      event.crash(error);
    }
  });
}
