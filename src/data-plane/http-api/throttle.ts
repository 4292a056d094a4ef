// A token bucket in shared memory. All threads of the gateway take from the same words with compare-and-swap, so the count is
// exact whatever the number of threads. It holds no lock and allocates nothing.
//
// Words of a bucket: [units left, time of the last refill (ms), units per token, unused]. A token is many units so that slow rates
// do not drown in rounding: 1,048,576 units for bursts up to 1,024, fewer for larger ones (31 bits must hold the full bucket).

import type { ThrottlePlan } from '../../model/http-api-plan.ts';
import type { Refusal } from './refusal.ts';

/** Words that one bucket takes in the counters buffer. */
export const THROTTLE_WORDS = 4;

const MAX_UNITS = 2 ** 30;
const MAX_UNITS_PER_TOKEN = 2 ** 20;
/** A refill smaller than this waits, so that rounding stays under 0.1 %. */
const MIN_REFILL_UNITS = 512;
/** A clock that went back further than this, or a bucket untouched so long that 32 bits wrapped, starts full again. */
const CLOCK_TOLERANCE_MS = -5_000;

export class TokenBucket {
  readonly #counters: Int32Array<SharedArrayBuffer>;
  readonly #slot: number;
  readonly #capacity: number;
  readonly #unitsPerToken: number;
  readonly #unitsPerMs: number;
  readonly #minRefill: number;
  readonly #refusal: Refusal;

  /** `what` names the limit in the reason of a refusal: `route "GET /pets"`, `the account`. */
  constructor(counters: Int32Array<SharedArrayBuffer>, plan: ThrottlePlan, what: string, nowMs: number = Date.now()) {
    this.#counters = counters;
    this.#slot = plan.slot;
    const burst = Math.min(Math.max(Math.floor(plan.burstLimit), 0), MAX_UNITS);
    this.#unitsPerToken = Math.max(1, Math.min(MAX_UNITS_PER_TOKEN, Math.floor(MAX_UNITS / Math.max(burst, 1))));
    this.#capacity = burst * this.#unitsPerToken;
    this.#unitsPerMs = (Math.max(plan.rateLimit, 0) * this.#unitsPerToken) / 1000;
    this.#minRefill = Math.min(MIN_REFILL_UNITS, Math.max(1, this.#unitsPerToken >> 8));
    this.#refusal = {
      refused: 'THROTTLED',
      reason: `Throttled: ${what} allows ${plan.rateLimit} requests a second with a burst of ${plan.burstLimit}.`,
    };
    this.#adopt(nowMs);
  }

  /** Takes one token. `nowMs` is wall-clock time, the same in all threads. */
  take(nowMs: number): Refusal | undefined {
    this.#refill(nowMs);
    const counters = this.#counters;
    const slot = this.#slot;
    let left = Atomics.load(counters, slot);
    while (left >= this.#unitsPerToken) {
      const before = Atomics.compareExchange(counters, slot, left, left - this.#unitsPerToken);
      if (before === left) return undefined;
      left = before;
    }
    return this.#refusal;
  }

  /** Puts a token back that was taken for a request which another limit then refused. */
  giveBack(): void {
    this.#addUnits(this.#unitsPerToken);
  }

  /** Whole tokens left, for `explain` and tests. */
  tokensLeft(): number {
    return Math.floor(Atomics.load(this.#counters, this.#slot) / this.#unitsPerToken);
  }

  #refill(nowMs: number): void {
    const now = nowMs | 0;
    const last = Atomics.load(this.#counters, this.#slot + 1);
    const elapsed = (now - last) | 0;
    if (elapsed === 0) return;
    if (elapsed < 0) {
      if (elapsed < CLOCK_TOLERANCE_MS && Atomics.compareExchange(this.#counters, this.#slot + 1, last, now) === last) {
        this.#addUnits(this.#capacity);
      }
      return;
    }
    const units = Math.round(Math.min(elapsed * this.#unitsPerMs, this.#capacity));
    if (units < this.#minRefill && units < this.#capacity) return;
    // Whoever moves the time adds the units for it: exactly one thread does.
    if (Atomics.compareExchange(this.#counters, this.#slot + 1, last, now) === last) this.#addUnits(units);
  }

  #addUnits(units: number): void {
    const counters = this.#counters;
    let left = Atomics.load(counters, this.#slot);
    for (;;) {
      const next = Math.min(left + units, this.#capacity);
      const before = Atomics.compareExchange(counters, this.#slot, left, next);
      if (before === left) return;
      left = before;
    }
  }

  /** A new bucket starts full; one that a redeploy takes over keeps its tokens, in the units of its new limits. */
  #adopt(nowMs: number): void {
    const counters = this.#counters;
    const unitsBefore = Atomics.exchange(counters, this.#slot + 2, this.#unitsPerToken);
    if (unitsBefore === 0) {
      Atomics.store(counters, this.#slot, this.#capacity);
      Atomics.store(counters, this.#slot + 1, nowMs | 0);
      return;
    }
    const left = Atomics.load(counters, this.#slot);
    const tokens = left / unitsBefore;
    const next = Math.min(Math.floor(tokens * this.#unitsPerToken), this.#capacity);
    if (next !== left) Atomics.compareExchange(counters, this.#slot, left, next);
  }
}
