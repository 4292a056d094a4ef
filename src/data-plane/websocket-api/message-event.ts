// A message on its way, and what its client hears of it.

import { Buffer } from 'node:buffer';
import { performance } from 'node:perf_hooks';
import type { StageName } from '../../model/exchange-record.ts';
import { textFrame } from '../../websocket/frame.ts';
import { newRequestId } from '../http-api/request-id.ts';
import { newEventCapture } from '../telemetry/capture.ts';
import type { ReportedRequest } from '../telemetry/finished-exchange.ts';
import { applyChannelRequest } from './channels/channel-request.ts';
import type { Connection, HandshakeSigning } from './connection.ts';
import { errorFrame } from './error-frame.ts';
import type { WebSocketApiPipeline } from './pipeline.ts';
import { isRefusal, type Refusal, statusOf } from './refusal.ts';
import { type Farewell, type IntegrationOutcome, WebSocketEvent } from './websocket-event.ts';

/** An event that is no HTTP request: what telemetry reads of one is its own. */
abstract class ConnectionEvent extends WebSocketEvent implements ReportedRequest {
  override readonly signing: HandshakeSigning | undefined;
  readonly startedAt: number;
  bytesOut = 0;

  constructor(pipeline: WebSocketApiPipeline, connection: Connection, startedAt: number, text: string) {
    super(pipeline, connection.facts, startedAt, newEventCapture(pipeline, startedAt, text));
    this.signing = connection.signing;
    this.startedAt = startedAt;
  }

  get method(): string {
    return this.eventType;
  }

  get remoteAddress(): string {
    return this.facts.sourceIp;
  }

  override get request(): ReportedRequest {
    return this;
  }
}

export class MessageEvent extends ConnectionEvent {
  override readonly eventType = 'MESSAGE';
  override readonly body: string;
  override readonly bytesIn: number;
  readonly #connection: Connection;
  #messageId: string | undefined = undefined;

  constructor(pipeline: WebSocketApiPipeline, connection: Connection, text: string, bytes: number, startedAt: number) {
    super(pipeline, connection, startedAt, text);
    this.body = text;
    this.bytesIn = bytes;
    this.#connection = connection;
  }

  override get messageId(): string {
    this.#messageId ??= newRequestId();
    return this.#messageId;
  }

  protected override onOutcome(outcome: IntegrationOutcome | Refusal, _stage: StageName): void {
    if (isRefusal(outcome)) {
      this.#tellRefusal(outcome);
    } else if (!this.#asksTooMuch(outcome)) {
      // AWS: whatever status the integration gave, the body of a two-way route is an ordinary message. Seen: React-Chat#2.
      this.status = 200;
      if (this.route?.plan.returnsResponse === true && outcome.body.length > 0) this.#send(outcome);
    }
    this.#connection.messageEnded();
    this.report();
  }

  /** What is asked of channels comes before the answer: it says that it was done. True when a limit refused it. */
  #asksTooMuch({ channels }: IntegrationOutcome): boolean {
    // A client that left meanwhile has left its channels.
    if (channels === undefined || this.#connection.socket === undefined) return false;
    const refused = applyChannelRequest(this.pipeline.channels, this.#connection, channels);
    if (refused === undefined) return false;
    this.refusal = { refused: 'CHANNEL_LIMIT', reason: refused.limit };
    this.refusedAt = 'integrationResponse';
    this.status = statusOf(this.refusal);
    this.#tellRefusal(this.refusal);
    return true;
  }

  #tellRefusal(refusal: Refusal): void {
    const { connectionId } = this.facts;
    this.#tell(errorFrame(refusal, { connectionId, requestId: this.requestId, messageId: this.messageId }));
  }

  #send({ body, isText }: IntegrationOutcome): void {
    if (typeof body === 'string') {
      this.#tell(body);
      return;
    }
    this.bytesOut += body.length;
    this.capture?.responseChunk(body);
    if (this.#connection.socket?.sendBytes(body, isText) === undefined) this.pipeline.metrics?.sent(1);
  }

  #tell(text: string): void {
    const frame = textFrame(text);
    this.bytesOut += frame.payloadBytes;
    this.capture?.responseChunk(Buffer.from(text, 'utf8'));
    if (this.#connection.socket?.send(frame) === undefined) this.pipeline.metrics?.sent(1);
  }
}

export class DisconnectEvent extends ConnectionEvent {
  override readonly eventType = 'DISCONNECT';
  override readonly bytesIn = 0;
  override readonly farewell: Farewell;
  readonly #onDone: () => void;

  constructor(pipeline: WebSocketApiPipeline, connection: Connection, farewell: Farewell, onDone: () => void) {
    super(pipeline, connection, performance.now(), '');
    this.farewell = farewell;
    this.#onDone = onDone;
  }

  /** AWS: nobody is left to be told. Seen: developer guide, "best effort". */
  protected override onOutcome(outcome: IntegrationOutcome | Refusal): void {
    if (!isRefusal(outcome)) this.status = outcome.status;
    this.report();
    this.#onDone();
  }
}
