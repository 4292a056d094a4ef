// Everything that is counted for CloudWatch, minute by minute. What counts keeps itself small: a stage or route that serves nothing is
// not even asked.

import type { MetricPoint } from '../../model/metric.ts';

/** Something that counts. */
export interface Counting {
  /** What was counted since it was asked last, as of the minute that began at `at`; begins anew. */
  take(at: number, into: MetricPoint[]): void;
  /** Nothing was counted for a whole minute. */
  rest(): void;
}

const MINUTE_MS = 60_000;

export class MetricsCollector {
  readonly #now: () => number;
  /** When what is being counted began, milliseconds: the beginning of its minute. */
  #minute: number;
  #counting: Counting[] = [];
  #before: Counting[] = [];

  constructor(now: () => number = Date.now) {
    this.#now = now;
    this.#minute = minuteOf(now());
  }

  /** Called by what counts, with the first thing that it counts after it was asked. */
  counts(counting: Counting): void {
    this.#counting.push(counting);
  }

  /** What was counted since this was called last. To be called at the end of each minute, and before anybody reads. */
  collect(): readonly MetricPoint[] {
    const points: MetricPoint[] = [];
    const counted = this.#counting;
    this.#counting = [];
    for (const counting of counted) counting.take(this.#minute, points);
    const minute = minuteOf(this.#now());
    if (minute === this.#minute) this.#before = [...new Set([...this.#before, ...counted])];
    else {
      const busy = new Set(counted);
      for (const counting of this.#before) if (!busy.has(counting)) counting.rest();
      this.#before = counted;
    }
    this.#minute = minute;
    return points;
  }
}

function minuteOf(at: number): number {
  return Math.floor(at / MINUTE_MS) * MINUTE_MS;
}
