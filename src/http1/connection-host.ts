// What an accepted connection, and whoever takes it over, needs from the server it belongs to.

import type { ServerConnection } from './connection.ts';
import type { Http1Limits } from './limits.ts';
import type { CoreAnswer, RequestAddress, ServerRequest } from './message.ts';
import type { ProtocolOwner, SwitchHost } from './protocol-switch.ts';
import type { RequestParser } from './request-parser.ts';
import type { Transport } from './transport.ts';

export interface ConnectionHost extends SwitchHost {
  readonly limits: Http1Limits;
  readonly parser: RequestParser;
  /** Answers after which the connection stays open say so to HTTP/1.1 clients, too. */
  readonly announceKeepAlive: boolean;
  /** True while the server is closing down: every answer is the last on its connection. */
  readonly draining: boolean;
  onRequest(request: ServerRequest): void;
  /** `address`: of a request whose head was read; undefined when there is none. */
  refusal(status: number, reason: string, address: RequestAddress | undefined): CoreAnswer;
  refused(status: number, reason: string, transport: Transport): void;
  gone(connection: ServerConnection): void;
  /** The connection's transport belongs to `owner` from now on; it keeps the connection's place. */
  switched(connection: ServerConnection, owner: ProtocolOwner): void;
}
