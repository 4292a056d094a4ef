// How fast an environment's handler is, and so how many events its process may be given ahead.

/** Nothing is known before so many answers. */
const CALLS_MIN = 16;
/** An answer's weight in the mean: one that takes a second keeps the next hundred calls from being given ahead. */
const WEIGHT = 1 / 16;
/** Longest time, in microseconds, that the last of the events given ahead should have to wait. */
const WAIT_US = 1000;
/** So many at most; with nine a call costs 2 us more, with four 4 us. */
export const AHEAD_MAX = 16;

export class HandlerPace {
  #calls = 0;
  #meanUs = 0;

  /** A handler has answered after so many microseconds. */
  note(us: number): void {
    this.#calls++;
    this.#meanUs += (us - this.#meanUs) * (this.#calls < CALLS_MIN ? 1 / this.#calls : WEIGHT);
  }

  /** What was known does not count any more. */
  forget(): void {
    this.#calls = 0;
    this.#meanUs = 0;
  }

  /** So many events a process may hold that it has not begun. */
  get ahead(): number {
    if (this.#calls < CALLS_MIN) return 0;
    return Math.min(AHEAD_MAX, Math.floor(WAIT_US / Math.max(1, this.#meanUs)));
  }
}
