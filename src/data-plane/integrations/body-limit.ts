// The limit on request bodies, for integrations that read them and for those that pass them on.
// AWS: payloads of HTTP APIs are limited to 10 MB. Seen: API Gateway quotas.

import type { BodyFailure, BodyReceiver, BodySink, MessageBody } from '../../http1/message.ts';
import { answerRefusal } from '../http-api/error-response.ts';
import type { Exchange } from '../http-api/exchange.ts';
import type { Refusal } from '../http-api/refusal.ts';

/** Bytes of a request body, and of a backend's response body. */
export const BODY_LIMIT_BYTES = 10 * 2 ** 20;

/** A body that did not arrive whole. */
export function bodyRefusal(failure: BodyFailure): Refusal {
  return failure === 'tooLarge'
    ? { refused: 'REQUEST_TOO_LARGE', reason: 'The request body is larger than 10 MB.' }
    : { refused: 'BAD_REQUEST', reason: `The request body did not arrive whole (${failure}).` };
}

/** Ends an exchange whose request body could not be had. */
export function refuseRequestBody(exchange: Exchange, failure: BodyFailure): void {
  const refusal = bodyRefusal(failure);
  exchange.capture?.step('integrationRequest', 'refused', refusal);
  answerRefusal(exchange, 'integrationRequest', refusal);
}

/** A request body that is passed on as it arrives: counted, captured, and cut off at the limit. */
export class MeteredBody implements MessageBody {
  readonly #exchange: Exchange;
  readonly #body: MessageBody;

  constructor(exchange: Exchange) {
    this.#exchange = exchange;
    this.#body = exchange.body;
    exchange.bodyBytes = 0;
  }

  get length(): number | undefined {
    return this.#body.length;
  }

  takeText(): string | undefined {
    const text = this.#body.takeText();
    if (text !== undefined) {
      this.#exchange.bodyBytes = text.length;
      this.#exchange.capture?.requestBody(text);
    }
    return text;
  }

  readAll(limitBytes: number, receiver: BodyReceiver): void {
    this.#body.readAll(Math.min(limitBytes, BODY_LIMIT_BYTES), receiver);
  }

  pipeTo(sink: BodySink): void {
    this.#body.pipeTo(new MeteredSink(this.#exchange, sink));
  }

  discard(): void {
    this.#body.discard();
  }
}

class MeteredSink implements BodySink {
  readonly #exchange: Exchange;
  readonly #sink: BodySink;
  #cut = false;

  constructor(exchange: Exchange, sink: BodySink) {
    this.#exchange = exchange;
    this.#sink = sink;
  }

  get onDrain(): (() => void) | null {
    return this.#sink.onDrain;
  }

  set onDrain(listener: (() => void) | null) {
    this.#sink.onDrain = listener;
  }

  get onSinkClosed(): (() => void) | null {
    return this.#sink.onSinkClosed;
  }

  set onSinkClosed(listener: (() => void) | null) {
    this.#sink.onSinkClosed = listener;
  }

  write(chunk: Buffer): boolean {
    if (this.#cut) return true;
    const bytes = (this.#exchange.bodyBytes ?? 0) + chunk.length;
    this.#exchange.bodyBytes = bytes;
    if (bytes > BODY_LIMIT_BYTES) {
      this.#cut = true;
      this.#sink.abort('tooLarge');
      return true;
    }
    this.#exchange.capture?.requestBody(chunk);
    return this.#sink.write(chunk);
  }

  end(): void {
    if (!this.#cut) this.#sink.end();
  }

  abort(failure: BodyFailure): void {
    if (!this.#cut) this.#sink.abort(failure);
  }
}
