// A token bucket in shared memory. All threads of the gateway take from the same words with compare-and-swap, so the count is
// exact whatever the number of threads. It holds no lock and allocates nothing. Many buckets with the same limits share one object.
//
// Words of a bucket: [units left, time of the last refill (ms), its limits, unused]. A token is many units so that slow rates
// do not drown in rounding: 1,048,576 units for bursts up to 1,024, fewer for larger ones (31 bits must hold the full bucket).

/** Words that one bucket takes in the counters buffer. */
export const THROTTLE_WORDS = 4;

const MAX_UNITS = 2 ** 30;
const MAX_UNITS_PER_TOKEN = 2 ** 20;
/** The word of the limits: units per token below, and above them the burst and one, where the units do not tell the burst. */
const BURST_SHIFT = 21;
const UNITS_PER_TOKEN_MASK = 2 ** BURST_SHIFT - 1;
const SMALL_BURST_MAX = MAX_UNITS / MAX_UNITS_PER_TOKEN;
/** A refill smaller than this waits, so that rounding stays under 0.1 %. */
const MIN_REFILL_UNITS = 512;
/** A clock that went back further than this, or a bucket untouched so long that 32 bits wrapped, starts full again. */
const CLOCK_TOLERANCE_MS = -5_000;

type Counters = Int32Array<SharedArrayBuffer>;

export class BucketLimits {
  readonly #burst: number;
  readonly #capacity: number;
  readonly #unitsPerToken: number;
  readonly #unitsPerMs: number;

  constructor(rateLimit: number, burstLimit: number) {
    const burst = Math.min(Math.max(Math.floor(burstLimit), 0), MAX_UNITS);
    this.#burst = burst;
    this.#unitsPerToken = Math.max(1, Math.min(MAX_UNITS_PER_TOKEN, Math.floor(MAX_UNITS / Math.max(burst, 1))));
    this.#capacity = burst * this.#unitsPerToken;
    this.#unitsPerMs = (Math.max(rateLimit, 0) * this.#unitsPerToken) / 1000;
  }

  /** Takes one token of the bucket at `slot`. `nowMs` is wall-clock time, the same in all threads. */
  take(counters: Counters, slot: number, nowMs: number): boolean {
    this.#refill(counters, slot, nowMs);
    let left = Atomics.load(counters, slot);
    while (left >= this.#unitsPerToken) {
      const before = Atomics.compareExchange(counters, slot, left, left - this.#unitsPerToken);
      if (before === left) return true;
      left = before;
    }
    return false;
  }

  /** Puts a token back that was taken for a request which another limit then refused. */
  giveBack(counters: Counters, slot: number): void {
    this.#addUnits(counters, slot, this.#unitsPerToken);
  }

  /** Whole tokens left, for `explain` and tests. */
  tokensLeft(counters: Counters, slot: number): number {
    return Math.floor(Atomics.load(counters, slot) / this.#unitsPerToken);
  }

  /** A new bucket starts full; one that had other limits keeps what was used: a larger burst is there at once, and no more than that. */
  adopt(counters: Counters, slot: number, nowMs: number): void {
    const before = Atomics.exchange(counters, slot + 2, this.#limitsWord());
    if (before === 0) {
      Atomics.store(counters, slot, this.#capacity);
      Atomics.store(counters, slot + 1, nowMs | 0);
      return;
    }
    const left = Atomics.load(counters, slot);
    const unitsBefore = before & UNITS_PER_TOKEN_MASK;
    const burstBefore = before >>> BURST_SHIFT === 0 ? Math.floor(MAX_UNITS / unitsBefore) : (before >>> BURST_SHIFT) - 1;
    const tokens = left / unitsBefore + Math.max(0, this.#burst - burstBefore);
    const next = Math.min(Math.floor(tokens * this.#unitsPerToken), this.#capacity);
    if (next !== left) Atomics.compareExchange(counters, slot, left, next);
  }

  #limitsWord(): number {
    return this.#unitsPerToken | (this.#burst > SMALL_BURST_MAX ? 0 : (this.#burst + 1) << BURST_SHIFT);
  }

  #refill(counters: Counters, slot: number, nowMs: number): void {
    const now = nowMs | 0;
    const last = Atomics.load(counters, slot + 1);
    const elapsed = (now - last) | 0;
    if (elapsed === 0) return;
    if (elapsed < 0) {
      if (elapsed < CLOCK_TOLERANCE_MS && Atomics.compareExchange(counters, slot + 1, last, now) === last) {
        this.#addUnits(counters, slot, this.#capacity);
      }
      return;
    }
    const units = Math.round(Math.min(elapsed * this.#unitsPerMs, this.#capacity));
    if (units < MIN_REFILL_UNITS && units < this.#capacity) return;
    // Whoever moves the time adds the units for it: exactly one thread does.
    if (Atomics.compareExchange(counters, slot + 1, last, now) === last) this.#addUnits(counters, slot, units);
  }

  #addUnits(counters: Counters, slot: number, units: number): void {
    let left = Atomics.load(counters, slot);
    for (;;) {
      const next = Math.min(left + units, this.#capacity);
      const before = Atomics.compareExchange(counters, slot, left, next);
      if (before === left) return;
      left = before;
    }
  }
}
