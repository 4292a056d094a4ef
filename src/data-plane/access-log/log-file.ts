// Access logs in a file or on standard output: appended in batches, never waited for, bounded in memory. A file that was moved away
// or removed (logrotate) is opened anew within a second.

import { closeSync, fstatSync, openSync, stat, write } from 'node:fs';
import type { LineSink } from '../ports.ts';

export interface LogFileOptions {
  /** A path, or `stdout`. */
  readonly target: string;
  /** Lines were lost: the disk failed, or whoever reads standard output is too slow. */
  readonly onLoss: (lines: number, reason: string) => void;
  /** Bytes that may wait. */
  readonly queueMax?: number;
}

const DELAY_MS = 50;
/** From so many waiting bytes on nobody waits for the clock. */
const HURRY = 65_536;
/** Lines are gathered in pieces of memory of this size; only a longer line has one of its own. */
const PIECE_BYTES = 131_072;
const QUEUE_MAX = 16 * 2 ** 20;
const LOOK_AGAIN_MS = 1_000;
const LINE_END = 10;

export class LogFile implements LineSink {
  readonly #options: LogFileOptions;
  readonly #queueMax: number;
  #file: number | undefined;
  #inode = 0;
  #lookedAt = 0;
  /** What waits: full pieces, and the one that is being filled. Bytes, because a long text of thousands of lines costs twice as much. */
  #full: Buffer<ArrayBuffer>[] = [];
  #piece = Buffer.allocUnsafeSlow(PIECE_BYTES);
  #used = 0;
  /** Memory that was written out. */
  #spare: Buffer<ArrayBuffer> | undefined;
  #waiting = 0;
  #lines = 0;
  #lost = 0;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> | undefined;

  /** Throws the system's error when the file cannot be opened. */
  constructor(options: LogFileOptions) {
    this.#options = options;
    this.#queueMax = options.queueMax ?? QUEUE_MAX;
    if (options.target !== 'stdout') this.#open();
  }

  write(line: string): void {
    if (this.#waiting + line.length >= this.#queueMax) {
      this.#lost++;
      return;
    }
    // Three bytes at most for a code unit, and the line's end.
    if (line.length * 3 + 1 > this.#piece.length - this.#used) this.#nextPiece(line.length * 3 + 1);
    const written = this.#piece.write(line, this.#used, 'utf8') + 1;
    this.#used += written;
    this.#piece[this.#used - 1] = LINE_END;
    this.#waiting += written;
    this.#lines++;
    this.#timer ??= setTimeout(() => void this.flush(), DELAY_MS).unref();
    if (this.#waiting > HURRY && this.#writing === undefined) void this.flush();
  }

  /** Resolves when everything that was queued before is written or counted as lost. Never rejects. */
  async flush(): Promise<void> {
    // One under way may have begun before the caller's last line; one that begins after it has everything.
    if (this.#writing !== undefined) await this.#writing;
    if (this.#writing !== undefined) return this.#writing;
    if (this.#waiting === 0 && this.#lost === 0) return;
    this.#writing = this.#flush().finally(() => {
      this.#writing = undefined;
    });
    await this.#writing;
  }

  async close(): Promise<void> {
    await this.flush();
    clearTimeout(this.#timer);
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }

  async #flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const lines = this.#lines;
    this.#nextPiece(0);
    const pieces = this.#full;
    this.#full = [];
    this.#waiting = 0;
    this.#lines = 0;
    try {
      if (this.#options.target === 'stdout') {
        for (const piece of pieces) await toStandardOutput(piece);
      } else {
        await this.#look();
        if (this.#file === undefined) this.#open();
        for (const piece of pieces) await toFile(this.#file as number, piece);
      }
      this.#spare = pieces.find(({ buffer }) => buffer.byteLength === PIECE_BYTES);
    } catch (error) {
      this.#options.onLoss(lines, (error as Error).message);
    }
    if (this.#lost > 0) {
      this.#options.onLoss(this.#lost, 'they came faster than they can be written');
      this.#lost = 0;
    }
  }

  /** Puts what was filled among the full pieces; the next one has room for `bytes`. */
  #nextPiece(bytes: number): void {
    if (this.#used > 0) this.#full.push(this.#piece.subarray(0, this.#used));
    else if (bytes <= this.#piece.length) return;
    const spare = bytes <= PIECE_BYTES ? this.#spare : undefined;
    if (spare !== undefined) this.#spare = undefined;
    this.#piece = spare === undefined ? Buffer.allocUnsafeSlow(Math.max(PIECE_BYTES, bytes)) : Buffer.from(spare.buffer);
    this.#used = 0;
  }

  /** Opens the file anew when its name has another inode, or none. */
  async #look(): Promise<void> {
    const now = performance.now();
    if (this.#file === undefined || now - this.#lookedAt < LOOK_AGAIN_MS) return;
    this.#lookedAt = now;
    const inode = await new Promise<number | undefined>((resolve) => {
      stat(this.#options.target, (error, found) => resolve(error === null ? found.ino : undefined));
    });
    if (inode === this.#inode) return;
    closeSync(this.#file);
    this.#file = undefined;
  }

  #open(): void {
    this.#file = openSync(this.#options.target, 'a', 0o640);
    this.#inode = fstatSync(this.#file).ino;
    this.#lookedAt = performance.now();
  }
}

async function toFile(file: number, bytes: Buffer): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const from = at;
    at += await new Promise<number>((resolve, reject) => {
      write(file, bytes, from, (error, written) => (error === null ? resolve(written) : reject(error)));
    });
  }
}

function toStandardOutput(bytes: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(bytes, (error) => (error == null ? resolve() : reject(error)));
  });
}
