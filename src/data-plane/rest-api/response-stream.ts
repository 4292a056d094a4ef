// The way out for an answer with responseTransferMode STREAM: passed on piece by piece, with backpressure, and broken off when the
// integration falls silent or takes too long. Nothing is packed or converted here.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode.html

import { performance } from 'node:perf_hooks';
import type { HeaderBlock } from '../../http1/header-block.ts';
import type { BodyFailure, BodySink } from '../../http1/message.ts';
import { TimerNode } from '../../http1/timer-wheel.ts';
import type { RestStreamPlan } from '../../model/rest-api-plan.ts';
import { reportExchange } from '../telemetry/exchange-report.ts';
import type { Exchange } from './exchange.ts';
import { addRequestIds } from './response-headers.ts';

/**
 * Sends status and header section; what is written into the sink follows. Undefined when the client is gone or answered already.
 * `headers` was begun with beginResponseHeaders(). The record is written when the last byte was given away or the stream broke.
 */
export function startStream(
  exchange: Exchange,
  status: number,
  headers: HeaderBlock,
  contentLength: number | undefined,
  plan: RestStreamPlan,
  timeoutInMillis: number,
): BodySink | undefined {
  if (exchange.settled) return undefined;
  exchange.settled = true;
  exchange.status = status;
  if (exchange.request.answered) {
    exchange.refusal = { refused: 'INTEGRATION_FAILURE', reason: 'The client went away before it was answered.' };
    reportExchange(exchange);
    return undefined;
  }
  addRequestIds(exchange, headers);
  exchange.capture?.step('response', 'passed', { status, streamed: true });
  exchange.capture?.response(headers, '');
  const client = exchange.request.startResponse(status, headers, contentLength);
  return new ResponseStream(exchange, client, plan.idleTimeoutInMillis, exchange.integrationStartedAt + timeoutInMillis);
}

class ResponseStream extends TimerNode implements BodySink {
  readonly #exchange: Exchange;
  readonly #client: BodySink;
  readonly #idleMs: number;
  readonly #endsAtMs: number;
  #heardAtMs = performance.now();
  #isOver = false;
  onSinkClosed: (() => void) | null = null;

  constructor(exchange: Exchange, client: BodySink, idleMs: number, endsAtMs: number) {
    super();
    this.#exchange = exchange;
    this.#client = client;
    this.#idleMs = idleMs;
    this.#endsAtMs = endsAtMs;
    client.onSinkClosed = () => {
      this.#breakOff('The client went away before the response was complete.');
      this.onSinkClosed?.();
    };
    exchange.pipeline.deadlines.schedule(this, this.#dueAtMs);
  }

  get onDrain(): (() => void) | null {
    return this.#client.onDrain;
  }

  set onDrain(listener: (() => void) | null) {
    this.#client.onDrain = listener;
  }

  write(chunk: Buffer): boolean {
    if (this.#isOver) return true;
    this.#heardAtMs = performance.now();
    this.#exchange.capture?.responseChunk(chunk);
    return this.#client.write(chunk);
  }

  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#exchange.pipeline.deadlines.cancel(this);
    this.#client.end();
    reportExchange(this.#exchange);
  }

  abort(failure: BodyFailure): void {
    if (this.#isOver) return;
    this.#breakOff(`The integration's answer broke off (${failure}); the client's connection was cut.`);
    this.#client.abort(failure);
  }

  /** Looked at when it would be due: a write costs no timer. */
  override onDeadline(): void {
    if (this.#isOver) return;
    const now = performance.now();
    // Wheels may be a moment early; a deadline that moved on is waited for again.
    if (now + 1 < this.#dueAtMs) {
      this.#exchange.pipeline.deadlines.schedule(this, this.#dueAtMs);
      return;
    }
    const why = now + 1 < this.#endsAtMs ? `nothing came for ${this.#idleMs} ms` : "the integration's time was over";
    this.#breakOff(`The answer was broken off: ${why}; the client's connection was cut.`);
    this.#client.abort('timeout');
    this.#exchange.upstream?.cancel();
  }

  get #dueAtMs(): number {
    return Math.min(this.#heardAtMs + this.#idleMs, this.#endsAtMs);
  }

  #breakOff(reason: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#exchange.pipeline.deadlines.cancel(this);
    this.#exchange.refusal ??= { refused: 'INTEGRATION_FAILURE', reason };
    reportExchange(this.#exchange);
  }
}
