// A WebSocket in memory: a server of the http1 core, a client that feeds it bytes, and everything both sides heard.

import { BytesTransport } from '../../http1/bytes-transport.ts';
import { createHttp1Server, type Http1Server } from '../../http1/server.ts';
import { acceptWebSocket, readHandshake } from '../handshake.ts';
import type { WebSocketConnection } from '../websocket-connection.ts';
import { WebSocketEndpoint, type WebSocketHandler } from '../websocket-endpoint.ts';
import type { WebSocketLimits } from '../websocket-limits.ts';
import { inWords, serverFrames } from './client-frames.ts';

export const handshakeRequest =
  'GET /chat HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';

export interface MemoryWebSocket {
  readonly server: Http1Server;
  readonly transport: BytesTransport;
  readonly endpoint: WebSocketEndpoint<undefined>;
  readonly connection: WebSocketConnection<undefined>;
  /** What the handler heard, in words. */
  readonly heard: string[];
  readonly faults: unknown[];
  /** What was sent since the 101, in words. */
  sent(): string[];
}

/** An open WebSocket. `handler` adds to what is recorded, it does not replace it. */
export function openWebSocket(
  limits: Partial<WebSocketLimits> = {},
  handler: Partial<WebSocketHandler<undefined>> = {},
): MemoryWebSocket {
  const heard: string[] = [];
  const faults: unknown[] = [];
  let connection: WebSocketConnection<undefined> | undefined;
  const endpoint = new WebSocketEndpoint<undefined>(
    {
      onMessage(from, message, isText, at): void {
        heard.push(isText ? `text ${message.toString('utf8')}`.trimEnd() : `binary ${message.toString('hex')}`.trimEnd());
        handler.onMessage?.(from, message, isText, at);
      },
      onPong(from, payload): void {
        heard.push(`pong ${payload.toString('latin1')}`.trimEnd());
        handler.onPong?.(from, payload);
      },
      onDrain: (from) => handler.onDrain?.(from),
      onClose(from, code, reason, wasClean): void {
        heard.push(`closed ${code}${reason === '' ? '' : ` ${reason}`}${wasClean ? ' clean' : ''}`);
        handler.onClose?.(from, code, reason, wasClean);
      },
    },
    limits,
  );
  const server = createHttp1Server({
    onFault: (error) => faults.push(error),
    onRequest(request): void {
      const handshake = readHandshake(request);
      if ('refused' in handshake) throw new Error(handshake.message);
      connection = acceptWebSocket(request, handshake, endpoint, undefined);
    },
  });
  const transport = new BytesTransport();
  server.accept(transport);
  transport.feed(handshakeRequest);
  if (connection === undefined) throw new Error('the handshake was not accepted');
  transport.writes.length = 0;
  return {
    server,
    transport,
    endpoint,
    connection,
    heard,
    faults,
    sent: () => serverFrames(transport.sent).map(inWords),
  };
}

/** One turn of the event loop. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
