// The way out of a connection: one write for what is small, pieces for what is large, and a clock for a client that takes
// nothing of what waits for it.

import { performance } from 'node:perf_hooks';
import { latin1Text } from './latin1.ts';
import type { Transport } from './transport.ts';
import { TEXT_BYTES_MAX } from './whole-body.ts';

const NEVER = Number.POSITIVE_INFINITY;
/** Larger bodies are handed to the socket in pieces of this size, so that a stalled client is told from a slow one. */
const PIECE_BYTES = 65_536;

export class AnswerWriter {
  /** The socket is full; `drained` is called when it has room again. */
  congested = false;
  /** When a client that has not taken anything since is cut off, in performance.now() milliseconds. */
  stallDueMs = NEVER;
  private readonly transport: Transport;
  private readonly stallMs: number;
  private rest: Buffer | null = null;

  constructor(transport: Transport, stallMs: number) {
    this.transport = transport;
    this.stallMs = stallMs;
  }

  /** A large body has not left completely. */
  get isBusy(): boolean {
    return this.rest !== null;
  }

  write(data: string | Buffer): void {
    if (!this.transport.write(data)) this.stalls();
  }

  /** The socket takes no more for now. */
  stalls(): void {
    if (this.congested) return;
    this.congested = true;
    this.stallDueMs = performance.now() + this.stallMs;
  }

  /** A head and its whole body. Afterwards `isBusy` says whether some of it waits for `drained`. */
  writeMessage(head: string, body: string | Buffer): void {
    if (body.length <= TEXT_BYTES_MAX) {
      // One string is one write: the kernel takes it whole and nothing is left to keep track of.
      this.write(head + (typeof body === 'string' ? body : latin1Text(body, 0, body.length)));
      return;
    }
    this.transport.cork();
    this.write(head);
    this.rest = typeof body === 'string' ? Buffer.from(body, 'latin1') : body;
    this.writePieces();
    this.transport.uncork();
  }

  /** The socket has room again: the next piece goes, if there is one. */
  drained(): void {
    this.congested = false;
    this.stallDueMs = NEVER;
    if (this.rest !== null) this.writePieces();
  }

  /** Forgets what has not left. */
  clear(): void {
    this.rest = null;
  }

  private writePieces(): void {
    let rest = this.rest;
    do {
      const piece: Buffer | null = rest;
      if (piece === null) break;
      rest = piece.length > PIECE_BYTES ? piece.subarray(PIECE_BYTES) : null;
      this.write(rest === null ? piece : piece.subarray(0, PIECE_BYTES));
    } while (!this.congested);
    this.rest = rest;
  }
}
