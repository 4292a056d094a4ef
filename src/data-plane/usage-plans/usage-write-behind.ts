// Writes what keys used to the store, a moment after it was counted: the request path does not wait for a disk. A process that is
// killed loses what was counted since the last write, so that a key may use at most one interval's requests once more. Whoever stops
// the process in order loses nothing.

import type { UsageRecord } from '../../model/usage-record.ts';
import type { Meter } from './meter.ts';

/** Where usage is kept; the writes of one call are durable together. */
export interface UsageStore {
  save(records: readonly UsageRecord[]): Promise<void>;
}

export const FLUSH_INTERVAL_MS = 1_000;
/** One transaction holds up every other writer: it stays short. */
const RECORDS_PER_SAVE = 1_000;

export interface UsageWriteBehindOptions {
  readonly meter: Meter;
  readonly store: UsageStore;
  /** Told once when writing begins to fail; it is tried again until it works. */
  readonly onNotice: (notice: string) => void;
  readonly intervalMs?: number;
}

export class UsageWriteBehind {
  readonly #options: UsageWriteBehindOptions;
  readonly #timer: NodeJS.Timeout;
  #writing: Promise<void> = Promise.resolve();
  #waiting = false;
  #failing = false;

  constructor(options: UsageWriteBehindOptions) {
    this.#options = options;
    this.#timer = setInterval(() => {
      // The next turn takes what this one would have: writes do not pile up behind a slow disk. A failure is told in #write.
      if (!this.#waiting) this.settle().catch(() => {});
    }, options.intervalMs ?? FLUSH_INTERVAL_MS);
    this.#timer.unref();
  }

  /** Resolves when everything that was counted before the call is durable; rejects when it could not be kept, and keeps trying. */
  settle(): Promise<void> {
    this.#waiting = true;
    const done = this.#writing.then(() => {
      this.#waiting = false;
      return this.#write();
    });
    // Who asked learns of the failure from `done`; the next write must not wait behind it for ever.
    this.#writing = done.catch(() => {});
    return done;
  }

  /** Writes for the last time. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.settle();
  }

  async #write(): Promise<void> {
    const { meter, store, onNotice } = this.#options;
    const collected = meter.collect();
    try {
      for (let at = 0; at < collected.records.length; at += RECORDS_PER_SAVE) {
        await store.save(collected.records.slice(at, at + RECORDS_PER_SAVE));
      }
    } catch (error) {
      meter.putBack(collected);
      if (!this.#failing) {
        onNotice(
          `What API keys use cannot be written: ${error instanceof Error ? error.message : String(error)} It is counted on in memory.`,
        );
      }
      this.#failing = true;
      throw error;
    }
    this.#failing = false;
    meter.sweep(Date.now());
  }
}
