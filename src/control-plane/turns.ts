// Long work that leaves everybody else their turns: requests are served in between.

import { performance } from 'node:perf_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';

/** So long nobody else may have to wait. */
const TURN_MS = 8;

export class Turns {
  #since = performance.now();

  /** Waits for a turn of the event loop when this one has taken long enough. */
  async next(): Promise<void> {
    if (performance.now() - this.#since < TURN_MS) return;
    await nextTurn();
    this.#since = performance.now();
  }
}
