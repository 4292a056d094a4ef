// The body of a message being sent: writes its framing, keeps count, and never lets a part pass for the whole.

import { encodeChunk, LAST_CHUNK } from './chunked.ts';
import type { BodyFailure, BodySink } from './message.ts';

/** The connection a body goes out on. */
export interface SinkOwner {
  /** False when the connection wants to be left alone until it calls `drained`. */
  sendBody(data: string | Buffer): boolean;
  onSinkEnded(): void;
  /** The message cannot be completed: the connection must break visibly. */
  onSinkBroken(failure: BodyFailure): void;
}

/** How the end of a body is told; `swallow` is for what an answer to HEAD must not carry. */
export type BodyFraming = 'length' | 'chunked' | 'close' | 'swallow';

/** A sink with a known length, chunked, or delimited by close; or one that swallows what an answer to HEAD must not carry. */
export class OutgoingBody implements BodySink {
  onDrain: (() => void) | null = null;
  onSinkClosed: (() => void) | null = null;
  /** Content bytes given to the connection. */
  bytes = 0;
  private readonly owner: SinkOwner;
  private readonly framing: BodyFraming;
  private remaining: number;
  private over = false;

  constructor(owner: SinkOwner, framing: BodyFraming, contentLength: number) {
    this.owner = owner;
    this.framing = framing;
    this.remaining = contentLength;
  }

  write(chunk: Buffer): boolean {
    if (this.over || chunk.length === 0 || this.framing === 'swallow') return true;
    this.bytes += chunk.length;
    if (this.framing === 'chunked') return this.owner.sendBody(encodeChunk(chunk));
    if (this.framing === 'length') {
      this.remaining -= chunk.length;
      if (this.remaining < 0) {
        this.abort('malformed');
        return true;
      }
    }
    // The bytes may be in a read buffer that is about to be used again.
    return this.owner.sendBody(Buffer.from(chunk));
  }

  end(): void {
    if (this.over) return;
    if (this.framing === 'length' && this.remaining > 0) {
      this.abort('malformed');
      return;
    }
    this.over = true;
    if (this.framing === 'chunked') this.owner.sendBody(LAST_CHUNK);
    this.owner.onSinkEnded();
  }

  abort(failure: BodyFailure): void {
    if (this.over) return;
    this.closed();
    this.owner.onSinkBroken(failure);
  }

  /** The connection can take more. */
  drained(): void {
    if (!this.over) this.onDrain?.();
  }

  /** The connection is gone; the source is told once. */
  closed(): void {
    if (this.over) return;
    this.over = true;
    const tell = this.onSinkClosed;
    this.onDrain = null;
    this.onSinkClosed = null;
    tell?.();
  }
}
