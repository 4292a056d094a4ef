// Keeps the log store small: events past their group's retention go, and when the store is full the oldest events go.

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Store } from '../../store/store.ts';
import type { EventStore } from './event-store.ts';
import { type LogGroupDocument, logGroupKind, retainedSince } from './log-group-document.ts';

/** Retention counts in days. */
const SWEEP_INTERVAL_MS = 600_000;
const STEPS_MAX = 4;

export interface HousekeepingOptions {
  readonly store: Store;
  readonly events: EventStore;
  /** Bytes that all events together may take. */
  readonly bytesMax: number;
  readonly now: () => number;
  readonly onTrimmed: (events: number) => void;
  readonly onError: (error: unknown) => void;
}

export class Housekeeping {
  readonly #options: HousekeepingOptions;
  readonly #timer: NodeJS.Timeout;
  #closed = false;

  constructor(options: HousekeepingOptions) {
    this.#options = options;
    this.#timer = setInterval(() => void this.sweep().catch(options.onError), SWEEP_INTERVAL_MS).unref();
  }

  /** After events were kept. Does a bounded amount of work. */
  kept(): void {
    const { events, bytesMax, onTrimmed, onError } = this.#options;
    try {
      // One call keeps at most two steps' worth of events.
      for (let step = 0; step < STEPS_MAX; step++) {
        const trimmed = events.trim(bytesMax);
        if (trimmed === 0) return;
        onTrimmed(trimmed);
      }
    } catch (error) {
      onError(error);
    }
  }

  /** Removes what was hidden, in steps between which others get their turn. Resolves when it is gone. */
  async removeHidden(): Promise<void> {
    while (!this.#closed && this.#options.events.removeHidden()) await nextTurn();
  }

  /** Forgets what is past its group's retention; readers do not see it anyway. */
  async sweep(): Promise<void> {
    const { store, events, now } = this.#options;
    const groups = await store.scan<LogGroupDocument>(logGroupKind);
    for (const { document } of groups) {
      if (this.#closed) return;
      if (document.retentionInDays === undefined) continue;
      while (!this.#closed && events.deleteBefore(document.groupId, retainedSince(document, now()))) await nextTurn();
    }
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#timer);
  }
}
