// What the flow knows of an integration: it can be started, and it hears of what was started for it. The event passes its callbacks on to
// these methods, so that one integration object serves every event of its route without closures. Each ends in `event.answer`, in
// `event.refuse`, or in waiting for the next callback.

import type { UpstreamFailure, UpstreamResponse } from '../../../http1/message.ts';
import type { FunctionResult } from '../../ports.ts';
import type { WebSocketEvent } from '../websocket-event.ts';

export abstract class Integration {
  /** False when nothing is called. AWS: mocks have no integration latency. Seen: developer guide, metrics of WebSocket APIs. */
  readonly isTimed: boolean = true;

  abstract start(event: WebSocketEvent): void;

  onFunctionResult(_event: WebSocketEvent, _result: FunctionResult): void {
    throw unexpected('a function result');
  }

  onUpstreamResponse(_event: WebSocketEvent, _response: UpstreamResponse): void {
    throw unexpected('an upstream response');
  }

  onUpstreamFailure(_event: WebSocketEvent, _failure: UpstreamFailure): void {
    throw unexpected('an upstream failure');
  }
}

function unexpected(what: string): Error {
  return new Error(`This integration asked for no such thing as ${what}.`);
}
