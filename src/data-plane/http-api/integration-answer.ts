// The way out for an integration's answer: whole in one write, or streamed with backpressure.

import type { HeaderBlock } from '../../http1/header-block.ts';
import type { BodyFailure, BodySink, MessageBody } from '../../http1/message.ts';
import { reportExchange } from '../telemetry/exchange-report.ts';
import type { Exchange } from './exchange.ts';
import type { Refusal } from './refusal.ts';
import { completeResponseHeaders } from './response-headers.ts';

/** Answers with a complete body. A string is latin1. `headers` was begun with beginResponseHeaders(). */
export function answerWhole(exchange: Exchange, status: number, headers: HeaderBlock, body: string | Buffer): void {
  if (exchange.settled) return;
  exchange.settled = true;
  exchange.status = status;
  completeResponseHeaders(exchange, headers);
  exchange.capture?.response(headers, body);
  if (!exchange.request.respond(status, headers, body)) exchange.refusal = clientGone;
  reportExchange(exchange);
}

const clientGone: Refusal = { refused: 'UNAVAILABLE', reason: 'The client went away before it was answered.' };

/** Passes `body` on as it arrives; the record is written when the last byte was given to the client or the stream broke. */
export function answerStreaming(
  exchange: Exchange,
  status: number,
  headers: HeaderBlock,
  body: MessageBody,
  contentLength: number | undefined,
): void {
  if (exchange.settled) return;
  exchange.settled = true;
  exchange.status = status;
  if (exchange.request.answered) {
    exchange.refusal = clientGone;
    body.discard();
    reportExchange(exchange);
    return;
  }
  completeResponseHeaders(exchange, headers);
  exchange.capture?.response(headers, '');
  body.pipeTo(new ResponseStream(exchange, exchange.request.startResponse(status, headers, contentLength)));
}

/** Stands between an upstream body and the client's connection to see the stream's end. */
class ResponseStream implements BodySink {
  readonly #exchange: Exchange;
  readonly #client: BodySink;
  onSinkClosed: (() => void) | null = null;

  constructor(exchange: Exchange, client: BodySink) {
    this.#exchange = exchange;
    this.#client = client;
    client.onSinkClosed = () => {
      this.#note('The client went away before the response was complete.');
      this.onSinkClosed?.();
    };
  }

  get onDrain(): (() => void) | null {
    return this.#client.onDrain;
  }

  set onDrain(listener: (() => void) | null) {
    this.#client.onDrain = listener;
  }

  write(chunk: Buffer): boolean {
    this.#exchange.capture?.responseChunk(chunk);
    return this.#client.write(chunk);
  }

  end(): void {
    this.#client.end();
    reportExchange(this.#exchange);
  }

  abort(failure: BodyFailure): void {
    this.#note(`The backend's response body failed (${failure}); the client's connection was cut.`);
    this.#client.abort(failure);
  }

  #note(reason: string): void {
    this.#exchange.refusal ??= { refused: 'UNAVAILABLE', reason };
    reportExchange(this.#exchange);
  }
}
