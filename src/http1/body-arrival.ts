// A request body on its way in: where it ends, and whether its sender is fast enough.

import { performance } from 'node:perf_hooks';
import { BROKEN, ChunkedDecoder } from './chunked.ts';
import type { IncomingBody } from './incoming-body.ts';
import type { Http1Limits } from './limits.ts';

/** The framing and the pace of one request body that did not come complete with its head. */
export class BodyArrival {
  readonly body: IncomingBody;
  /** The last byte of the body was received. */
  complete = false;
  /** The client waits for 100 Continue before it sends anything. */
  continueOwed: boolean;
  paused = false;
  private readonly limits: Http1Limits;
  private readonly decoder: ChunkedDecoder | null;
  private remaining: number;
  private unwantedFrom = -1;
  private startedMs: number;
  private heardMs: number;
  private heardBytes = 0;
  private pausedMs = 0;

  /** `length` is negative for the chunked coding. */
  constructor(body: IncomingBody, length: number, continueOwed: boolean, limits: Http1Limits) {
    this.body = body;
    this.remaining = Math.max(0, length);
    this.decoder = length < 0 ? new ChunkedDecoder(limits.trailerBytes) : null;
    body.decoder = this.decoder;
    this.continueOwed = continueOwed;
    this.limits = limits;
    this.startedMs = performance.now();
    this.heardMs = this.startedMs;
  }

  /** Bytes that must still come; 0 when chunked, where nobody knows. */
  get declaredRest(): number {
    return this.remaining;
  }

  /** Bytes that came after nobody wanted the body any more. */
  get unwantedBytes(): number {
    return this.unwantedFrom < 0 ? 0 : this.body.received - this.unwantedFrom;
  }

  /** Takes bytes of the body; returns the position behind them (`end`, or where the body ended), or BROKEN. */
  receive(bytes: Buffer, start: number, end: number): number {
    if (this.decoder !== null) {
      const at = this.decoder.decode(bytes, start, end, this.body);
      this.complete = at !== BROKEN && this.decoder.done;
      return at;
    }
    const at = Math.min(end, start + this.remaining);
    this.remaining -= at - start;
    if (at > start) this.body.push(bytes, start, at);
    this.complete = this.remaining === 0;
    return at;
  }

  /** Only now does the client send anything; its time begins. */
  continued(): void {
    this.continueOwed = false;
    this.startedMs = performance.now();
    this.heardMs = this.startedMs;
  }

  /** The consumer holds the client back: the client's time stands still. */
  pause(): void {
    this.paused = true;
    this.pausedMs -= performance.now();
  }

  resume(): void {
    const now = performance.now();
    this.paused = false;
    this.pausedMs += now;
    this.heardMs = now;
  }

  unwanted(): void {
    this.unwantedFrom = this.body.received;
  }

  /** Asked about once a second: has the client been silent for too long, or is it slower than the least rate? */
  isLate(now: number): boolean {
    if (this.paused || this.continueOwed) return false;
    const { limits } = this;
    const { received } = this.body;
    if (received > this.heardBytes) {
      this.heardBytes = received;
      this.heardMs = now;
    }
    const activeMs = now - this.startedMs - this.pausedMs;
    const tooSlow = activeMs > limits.bodyGraceMs && received * 1000 < limits.bodyBytesPerSecond * activeMs;
    return tooSlow || now - this.heardMs >= limits.bodyIdleMs;
  }
}
