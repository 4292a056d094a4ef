// What the connections of one endpoint share: who hears of them, their limits, a spare reader, and what waits for all of them.

import { MessageReader } from './message-reader.ts';
import type { WebSocketConnection } from './websocket-connection.ts';
import { defaultWebSocketLimits, type WebSocketLimits } from './websocket-limits.ts';

/**
 * Hears what happens on the connections of an endpoint; one object for all of them. `T` is what it attaches to each. A call
 * that throws is reported, and its connection closed with 1011.
 */
export interface WebSocketHandler<T> {
  /**
   * A message. Text is valid UTF-8. The bytes are valid until the call returns: copy what is kept. Not called after `close` or
   * `pause`; what arrives meanwhile is dropped and kept, respectively. `at`: performance.now() when it was there.
   */
  onMessage(connection: WebSocketConnection<T>, message: Buffer, isText: boolean, at: number): void;
  /** A text message as text of its own, of so many bytes: in place of `onMessage`, for who has it. */
  onText?(connection: WebSocketConnection<T>, text: string, bytes: number, at: number): void;
  /**
   * The connection is over; called exactly once, last, and never from within a method of the connection. `code` and `reason` are
   * those of the side that closed first: 1005 when the client gave no code, 1006 when there was no Close frame.
   * `wasClean`: both sides have said Close.
   */
  onClose(connection: WebSocketConnection<T>, code: number, reason: string, wasClean: boolean): void;
  /** The answer to a ping, or a pong that nobody asked for. The bytes are valid until the call returns. */
  onPong?(connection: WebSocketConnection<T>, payload: Buffer): void;
  /** What had to wait for the client (`queuedBytes`) has left: who holds messages back for it may go on. */
  onDrain?(connection: WebSocketConnection<T>): void;
}

export class WebSocketEndpoint<T> {
  readonly handler: WebSocketHandler<T>;
  readonly limits: WebSocketLimits;
  /** Bytes that wait for clients which read too slowly. */
  queuedBytes = 0;
  /** Whole milliseconds of performance.now() while a message is told: its answers need no other look at the clock. 0 otherwise. */
  tellingMs = 0;
  private spare: MessageReader | null = null;

  constructor(handler: WebSocketHandler<T>, limits: Partial<WebSocketLimits> = {}) {
    this.handler = handler;
    this.limits = { ...defaultWebSocketLimits, ...limits };
  }

  /** A reader at rest. A connection has one only while a message is under way. */
  takeReader(): MessageReader {
    const reader = this.spare ?? new MessageReader(this.limits);
    this.spare = null;
    return reader;
  }

  returnReader(reader: MessageReader): void {
    this.spare = reader;
  }
}
