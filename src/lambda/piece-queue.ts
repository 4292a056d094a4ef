// Pieces of an answer between the function that makes them and the client that takes them, as events of the wire.

import type { FunctionStreamError, FunctionStreamSink } from '../data-plane/ports.ts';

/** More than this waiting holds the function back. */
const WAITING_BYTES_MAX = 262_144;

type PieceEvent = { readonly PayloadChunk: { readonly Payload: Buffer } } | { readonly InvokeComplete: object };

export class PieceQueue implements FunctionStreamSink, AsyncIterable<PieceEvent> {
  onDrain: (() => void) | null = null;
  onEnd: ((error: FunctionStreamError | undefined) => void) | undefined;
  #events: PieceEvent[] = [];
  #bytes = 0;
  #isFinished = false;
  /** The client went away: the function goes on, as on AWS, and nobody keeps what it says. */
  #isAbandoned = false;
  #wake: (() => void) | undefined;

  write(chunk: Buffer): boolean {
    if (this.#isAbandoned) return true;
    this.#bytes += chunk.length;
    this.#push({ PayloadChunk: { Payload: Buffer.from(chunk) } });
    return this.#bytes < WAITING_BYTES_MAX;
  }

  end(error: FunctionStreamError | undefined): void {
    this.onEnd?.(error);
  }

  /** The last event; nothing follows. */
  finish(event: PieceEvent): void {
    this.#isFinished = true;
    this.#push(event);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<PieceEvent> {
    try {
      for (;;) {
        const event = this.#events.shift();
        if (event !== undefined) {
          if ('PayloadChunk' in event) this.#took(event.PayloadChunk.Payload.length);
          yield event;
        } else if (this.#isFinished) {
          return;
        } else {
          await new Promise<void>((resolve) => {
            this.#wake = resolve;
          });
        }
      }
    } finally {
      this.#isAbandoned = true;
      this.#events = [];
      this.onDrain?.();
    }
  }

  #push(event: PieceEvent): void {
    this.#events.push(event);
    this.#wake?.();
  }

  #took(bytes: number): void {
    const wasFull = this.#bytes >= WAITING_BYTES_MAX;
    this.#bytes -= bytes;
    if (wasFull && this.#bytes < WAITING_BYTES_MAX) this.onDrain?.();
  }
}
