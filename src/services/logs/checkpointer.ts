// Moves what is in the write-ahead log into the database file, in a thread of its own: only that waits for the disk. A commit of the
// log store does not, so no request or invocation does. Measured on a busy disk: without it one batch of 500 events in a hundred
// held up everybody for 30 to 150 ms.

import { Worker } from 'node:worker_threads';

export interface CheckpointerOptions {
  /** The database file. */
  readonly file: string;
  /** True while the thread does the work; false when the connection that writes must do it itself. */
  readonly onTakenOver: (takenOver: boolean) => void;
  readonly onError: (error: unknown) => void;
  /** Bytes of messages between two checkpoints. */
  readonly everyBytes?: number;
}

/** About 10 MB of write-ahead log. */
const EVERY_BYTES = 4 * 2 ** 20;

/** Starts its thread when there is much to write for the first time; few lines need none. */
export class Checkpointer {
  readonly #options: CheckpointerOptions;
  readonly #everyBytes: number;
  #worker: Worker | undefined;
  #doneAt = 0;
  #busy = false;
  #failed = false;

  constructor(options: CheckpointerOptions) {
    this.#options = options;
    this.#everyBytes = options.everyBytes ?? EVERY_BYTES;
  }

  /** `bytes`: written since the store was opened. */
  written(bytes: number): void {
    if (this.#busy || this.#failed || bytes - this.#doneAt < this.#everyBytes) return;
    this.#doneAt = bytes;
    this.#busy = true;
    this.#worker ??= this.#start();
    this.#worker.postMessage('checkpoint');
  }

  /** Lets a checkpoint under way end; then the thread is gone. */
  async close(): Promise<void> {
    this.#failed = true;
    await this.#worker?.terminate();
  }

  #start(): Worker {
    const worker = new Worker(new URL('./checkpoint-thread.ts', import.meta.url), { workerData: this.#options.file });
    worker.unref();
    worker.on('message', () => {
      this.#busy = false;
      if (!this.#failed) this.#options.onTakenOver(true);
    });
    worker.on('error', (error) => {
      if (this.#failed) return;
      this.#failed = true;
      this.#options.onTakenOver(false);
      this.#options.onError(error);
    });
    return worker;
  }
}
