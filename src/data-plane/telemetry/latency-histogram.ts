// Times of one kind, counted as they come: what percentiles are made from. Adding one is a few machine instructions; nothing is
// allocated but at the first.

import type { Distribution } from '../../model/metric.ts';

/** Below so many microseconds each has a bucket of its own; above it 32 buckets share a doubling, which is right to 1.6 %. */
const EXACT = 64;
const STEPS = 32;
/** Up to 2^30 us, eighteen minutes; what took longer is in the last. */
const BUCKETS = EXACT + 24 * STEPS;
const LONGEST_US = 2 ** 30 - 1;

export class LatencyHistogram {
  #buckets: Uint32Array | undefined = undefined;
  #count = 0;
  #sumUs = 0;
  #minimumUs = 0;
  #maximumUs = 0;

  get count(): number {
    return this.#count;
  }

  /** `us`: a whole number of microseconds. */
  add(us: number): void {
    this.#buckets ??= new Uint32Array(BUCKETS);
    const time = us < 0 ? 0 : us > LONGEST_US ? LONGEST_US : us;
    if (this.#count === 0) {
      this.#minimumUs = time;
      this.#maximumUs = time;
    } else if (time < this.#minimumUs) this.#minimumUs = time;
    else if (time > this.#maximumUs) this.#maximumUs = time;
    this.#count++;
    this.#sumUs += time;
    const bucket = bucketOf(time);
    this.#buckets[bucket] = (this.#buckets[bucket] as number) + 1;
  }

  /** The times in milliseconds; begins anew. Undefined when there were none. */
  take(): Distribution | undefined {
    const buckets = this.#buckets;
    if (buckets === undefined || this.#count === 0) return undefined;
    const values: number[] = [];
    const counts: number[] = [];
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      const count = buckets[bucket] as number;
      if (count === 0) continue;
      const us = Math.min(Math.max(middleOf(bucket), this.#minimumUs), this.#maximumUs);
      values.push(us / 1000);
      counts.push(count);
    }
    const taken = {
      sampleCount: this.#count,
      sum: this.#sumUs / 1000,
      minimum: this.#minimumUs / 1000,
      maximum: this.#maximumUs / 1000,
      ...{ values, counts },
    };
    this.#count = 0;
    this.#sumUs = 0;
    buckets.fill(0);
    return taken;
  }

  /** Gives its memory back until the next time. */
  rest(): void {
    if (this.#count === 0) this.#buckets = undefined;
  }
}

function bucketOf(us: number): number {
  if (us < EXACT) return us;
  const power = 31 - Math.clz32(us);
  return EXACT + (power - 6) * STEPS + ((us >>> (power - 5)) & (STEPS - 1));
}

function middleOf(bucket: number): number {
  if (bucket < EXACT) return bucket;
  const power = Math.floor((bucket - EXACT) / STEPS) + 6;
  const step = (bucket - EXACT) % STEPS;
  return (STEPS + step + 0.5) * 2 ** (power - 5);
}
