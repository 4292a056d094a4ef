// One call to an upstream: its deadline, its one outcome, and the response as its receiver sees it.

import { performance } from 'node:perf_hooks';
import { HeaderFields } from './header-view.ts';
import type { IncomingBody } from './incoming-body.ts';
import type {
  MessageBody,
  UpstreamCall,
  UpstreamFailure,
  UpstreamFailureKind,
  UpstreamResponse,
  UpstreamTicket,
} from './message.ts';
import type { ResponseParser } from './response-parser.ts';
import { TimerNode, type TimerWheel } from './timer-wheel.ts';
import { noBody } from './whole-body.ts';

/** The connection a call is on. */
export interface ExchangeCarrier {
  /** The call is over for its caller: the connection cannot be used again. */
  dropped(): void;
}

const noOffsets: readonly number[] = [];
const idempotent: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE']);

export class UpstreamExchange extends TimerNode implements UpstreamResponse, UpstreamTicket {
  readonly call: UpstreamCall;
  readonly maxResponseBytes: number;
  /** When the caller waits no longer, in performance.now() milliseconds. Its connection keeps it; until it has one, the exchange does. */
  readonly deadlineMs: number;
  /** The outcome is known to the receiver, or it does not want to know any more. */
  over = false;
  status = 0;
  body: MessageBody = noBody;
  headers: HeaderFields = emptyHeaders;
  declaredLength: number | undefined = undefined;
  carrier: ExchangeCarrier | null = null;
  /** The text of a request body taken from a MessageBody; kept so that it can be sent again. */
  takenBody: string | undefined = undefined;
  /** A streamed request body cannot be sent twice. */
  streamed = false;
  retried = false;
  private responding: IncomingBody | null = null;
  private readonly wheel: TimerWheel;

  constructor(call: UpstreamCall, maxResponseBytes: number, wheel: TimerWheel) {
    super();
    this.call = call;
    this.maxResponseBytes = maxResponseBytes;
    this.deadlineMs = (call.startedAt ?? performance.now()) + call.timeoutMs;
    this.wheel = wheel;
  }

  /** Keeps its own deadline: there is no open connection for it yet. */
  wait(): void {
    this.wheel.schedule(this, this.deadlineMs);
  }

  /** It can be sent on another connection when nothing of it has left on this one. */
  get unsentRepeatable(): boolean {
    return !this.retried && !this.streamed;
  }

  /** True when the request may be sent a second time without the first one's effect being repeated. */
  get repeatable(): boolean {
    return this.unsentRepeatable && idempotent.has(this.call.method);
  }

  /** Takes the head that `parser` has just read. */
  accept(parser: ResponseParser, body: MessageBody): void {
    this.status = parser.status;
    this.headers = parser.takeHeaders();
    this.declaredLength = parser.declaredLength < 0 ? undefined : parser.declaredLength;
    this.body = body;
  }

  /** Hands the response to the receiver; `arriving` is its body when more of it is to come, and the deadline runs on. */
  deliver(arriving: IncomingBody | null): void {
    this.over = true;
    this.responding = arriving;
    if (arriving === null) this.complete();
    this.call.receiver.onResponse(this);
  }

  /** Nothing of the call is under way any more. */
  complete(): void {
    this.wheel.cancel(this);
    this.carrier = null;
    this.responding = null;
  }

  /** Ends the call without a response, or breaks off the response's body. */
  fail(kind: UpstreamFailureKind, message: string, bodyFailure?: UpstreamFailure['bodyFailure']): void {
    const responding = this.responding;
    const told = this.over;
    this.over = true;
    this.complete();
    responding?.fail(
      kind === 'timeout' ? 'timeout' : kind === 'tooLarge' ? 'tooLarge' : kind === 'malformed' ? 'malformed' : 'aborted',
    );
    if (told) return;
    this.discardRequestBody();
    this.call.receiver.onFailure(bodyFailure === undefined ? { kind, message } : { kind, message, bodyFailure });
  }

  cancel(): void {
    const { carrier, responding } = this;
    if (this.over && responding === null) return;
    this.over = true;
    this.complete();
    responding?.fail('aborted');
    this.discardRequestBody();
    carrier?.dropped();
  }

  onDeadline(): void {
    const carrier = this.carrier;
    this.fail('timeout', `no complete response within ${this.call.timeoutMs} ms`);
    carrier?.dropped();
  }

  /** A request body that was never asked for is let go, so that its connection can go on. */
  private discardRequestBody(): void {
    const { body } = this.call;
    if (body === null || typeof body === 'string' || Buffer.isBuffer(body)) return;
    if (!this.streamed && this.takenBody === undefined) body.discard();
  }
}

const emptyHeaders = new HeaderFields('', noOffsets, false, false);
