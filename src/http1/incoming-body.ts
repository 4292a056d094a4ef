// The body of a received message: whoever consumes it chooses once how, and the connection it comes from is held back
// when the consumer is slower than the peer.

import type { ChunkedDecoder, ChunkTarget } from './chunked.ts';
import { latin1Text } from './latin1.ts';
import type { BodyFailure, BodyReceiver, BodySink, MessageBody } from './message.ts';
import { TEXT_BYTES_MAX } from './whole-body.ts';

/** What is held of a body that nobody has asked for yet, before its sender is held back. */
const HELD_BYTES_MAX = 65_536;
const FIRST_BUFFER_BYTES = 16_384;

/** The connection a body arrives on. */
export interface BodySource {
  /** Somebody asked for a body of which not everything has arrived. */
  onBodyWanted(): void;
  pauseBody(): void;
  resumeBody(): void;
  /** Nobody will take the rest. */
  onBodyUnwanted(): void;
  /** More arrived than `capBytes`; the body is about to fail with `tooLarge`. */
  onBodyTooLarge(): void;
}

type Use = 'unclaimed' | 'text' | 'readAll' | 'pipe' | 'discard';

/** A body under way or complete. The connection calls `push`, `finish` and `fail`; the consumer the methods of MessageBody. */
export class IncomingBody implements MessageBody, ChunkTarget {
  readonly length: number | undefined;
  /** Bytes of content that arrived. */
  received = 0;
  complete = false;
  /** Of the chunked coding: it keeps the trailer fields. */
  decoder: ChunkedDecoder | null = null;
  private readonly source: BodySource;
  private readonly capBytes: number;
  private use: Use = 'unclaimed';
  private failure: BodyFailure | undefined = undefined;
  private memory: Buffer | null = null;
  private filled = 0;
  private limitBytes = 0;
  private receiver: BodyReceiver | null = null;
  private sink: BodySink | null = null;

  /** `capBytes`: a body longer than this fails whatever its consumer says. */
  constructor(source: BodySource, length: number | undefined, capBytes: number) {
    this.source = source;
    this.length = length;
    this.capBytes = capBytes;
  }

  trailer(lowerCaseName: string): string | undefined {
    return this.decoder?.trailer(lowerCaseName);
  }

  takeText(): string | undefined {
    if (this.use !== 'unclaimed' || !this.complete) return undefined;
    if (this.filled > TEXT_BYTES_MAX) return undefined;
    const text = this.memory === null ? '' : latin1Text(this.memory, 0, this.filled);
    this.memory = null;
    this.use = 'text';
    return text;
  }

  readAll(limitBytes: number, receiver: BodyReceiver): void {
    this.claim('readAll');
    if (this.failure !== undefined) {
      receiver.onBodyFailure(this.failure);
      return;
    }
    this.receiver = receiver;
    this.limitBytes = limitBytes;
    if ((this.length ?? this.received) > limitBytes || this.received > limitBytes) {
      this.refuseRest();
      return;
    }
    if (this.complete) {
      this.deliver();
      return;
    }
    this.source.onBodyWanted();
    this.source.resumeBody();
  }

  pipeTo(sink: BodySink): void {
    this.claim('pipe');
    if (this.failure !== undefined) {
      sink.abort(this.failure);
      return;
    }
    this.sink = sink;
    sink.onSinkClosed = () => this.sinkClosed();
    sink.onDrain = () => this.sinkDrained();
    const held = this.memory?.subarray(0, this.filled);
    this.memory = null;
    const flows = held === undefined || held.length === 0 || sink.write(held);
    if (this.sink === null) return;
    if (this.complete) {
      this.endSink();
      return;
    }
    this.source.onBodyWanted();
    if (flows) this.source.resumeBody();
    else this.source.pauseBody();
  }

  discard(): void {
    this.claim('discard');
    this.memory = null;
    if (!this.complete && this.failure === undefined) this.source.onBodyUnwanted();
  }

  /** Content arrived; the bytes are copied or written before this returns. */
  push(bytes: Buffer, start: number, end: number): void {
    this.received += end - start;
    if (this.failure !== undefined || this.use === 'discard') return;
    if (this.received > this.capBytes) {
      this.source.onBodyTooLarge();
      this.fail('tooLarge');
      return;
    }
    if (this.use === 'pipe') {
      if (this.sink?.write(bytes.subarray(start, end)) === false) this.source.pauseBody();
      return;
    }
    if (this.use === 'readAll' && this.received > this.limitBytes) {
      this.refuseRest();
      return;
    }
    this.append(bytes, start, end);
    if (this.use === 'unclaimed' && this.filled >= HELD_BYTES_MAX) this.source.pauseBody();
  }

  onChunkBytes(bytes: Buffer, start: number, end: number): void {
    this.push(bytes, start, end);
  }

  /** Everything arrived. */
  finish(): void {
    this.complete = true;
    if (this.use === 'readAll') this.deliver();
    else if (this.use === 'pipe') this.endSink();
  }

  /** Nothing more will arrive. The consumer hears of it now, or when it comes. */
  fail(failure: BodyFailure): void {
    if (this.failure === undefined && !this.complete) this.breakOff(failure);
  }

  private breakOff(failure: BodyFailure): void {
    this.failure = failure;
    this.memory = null;
    const { receiver, sink } = this;
    this.receiver = null;
    this.sink = null;
    receiver?.onBodyFailure(failure);
    if (sink !== null) {
      sink.onDrain = null;
      sink.onSinkClosed = null;
      sink.abort(failure);
    }
  }

  /** The exchange is over: whoever still consumes the body is told that it breaks off. */
  abandon(): void {
    if (this.use === 'unclaimed') this.discard();
    else if (this.use === 'readAll' || this.use === 'pipe') {
      this.fail('aborted');
      this.use = 'discard';
      if (!this.complete) this.source.onBodyUnwanted();
    }
  }

  private claim(use: Use): void {
    if (this.use !== 'unclaimed')
      throw new Error(`the body was already consumed (${this.use}); it cannot be consumed again (${use})`);
    this.use = use;
  }

  private append(bytes: Buffer, start: number, end: number): void {
    const needed = this.filled + end - start;
    if (this.memory === null || this.memory.length < needed) {
      // Grows with what has arrived, not with what was announced: an announcement costs its sender nothing.
      const size = Math.max(needed, Math.min(this.length ?? Number.MAX_SAFE_INTEGER, Math.max(FIRST_BUFFER_BYTES, needed * 2)));
      const larger = Buffer.allocUnsafeSlow(size);
      this.memory?.copy(larger, 0, 0, this.filled);
      this.memory = larger;
    }
    bytes.copy(this.memory, this.filled, start, end);
    this.filled = needed;
  }

  private refuseRest(): void {
    this.use = 'discard';
    this.breakOff('tooLarge');
    if (!this.complete) this.source.onBodyUnwanted();
  }

  private deliver(): void {
    const receiver = this.receiver;
    this.receiver = null;
    const body = (this.memory ?? Buffer.alloc(0)).subarray(0, this.filled);
    this.memory = null;
    receiver?.onBody(body);
  }

  private endSink(): void {
    const sink = this.sink;
    this.sink = null;
    if (sink === null) return;
    sink.onDrain = null;
    sink.onSinkClosed = null;
    sink.end();
  }

  private sinkDrained(): void {
    if (this.sink !== null && !this.complete) this.source.resumeBody();
  }

  private sinkClosed(): void {
    this.sink = null;
    this.use = 'discard';
    if (!this.complete && this.failure === undefined) this.source.onBodyUnwanted();
  }
}
