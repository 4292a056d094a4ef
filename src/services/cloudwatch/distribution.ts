// Values of one period: put together, kept small, and as bytes on disk.

import type { Distribution } from '../../model/metric.ts';

/** Different values that are kept as they are; beyond that close ones are told as one. */
const DISTINCT_MAX = 512;
/** Steps between a power of two and the next: a value is told with an error of at most 1.6 %. */
const STEPS = 32;

/** Of values and how often each came. Values must be finite numbers, counts positive. */
export function distributionOf(values: readonly number[], counts: readonly number[]): Distribution {
  const order = values.map((_, index) => index).sort((a, b) => (values[a] as number) - (values[b] as number));
  const sorted: number[] = [];
  const times: number[] = [];
  let sampleCount = 0;
  let sum = 0;
  for (const index of order) {
    const value = values[index] as number;
    const count = counts[index] as number;
    sampleCount += count;
    sum += value * count;
    if (sorted.at(-1) === value) times[times.length - 1] = (times.at(-1) as number) + count;
    else {
      sorted.push(value);
      times.push(count);
    }
  }
  return { sampleCount, sum, minimum: sorted[0] ?? 0, maximum: sorted.at(-1) ?? 0, ...bounded(sorted, times) };
}

/** Both together. Their values are known when those of both are. */
export function merge(one: Distribution, other: Distribution): Distribution {
  const together = {
    sampleCount: one.sampleCount + other.sampleCount,
    sum: one.sum + other.sum,
    minimum: Math.min(one.minimum, other.minimum),
    maximum: Math.max(one.maximum, other.maximum),
  };
  const values = one.values;
  const others = other.values;
  if (values === undefined || others === undefined) return together;
  const counts = one.counts as readonly number[];
  const otherCounts = other.counts as readonly number[];
  const merged: number[] = [];
  const times: number[] = [];
  let a = 0;
  let b = 0;
  while (a < values.length || b < others.length) {
    const left = values[a] ?? Number.POSITIVE_INFINITY;
    const right = others[b] ?? Number.POSITIVE_INFINITY;
    merged.push(Math.min(left, right));
    times.push((left <= right ? (counts[a++] as number) : 0) + (right <= left ? (otherCounts[b++] as number) : 0));
  }
  return { ...together, ...bounded(merged, times) };
}

/** Close values as one when there are too many; the smallest and the largest stay themselves. */
function bounded(values: number[], counts: number[]): Pick<Distribution, 'values' | 'counts'> {
  if (values.length <= DISTINCT_MAX) return { values, counts };
  const fewer: number[] = [];
  const times: number[] = [];
  let last = Number.NaN;
  for (let index = 0; index < values.length; index++) {
    const value = values[index] as number;
    const count = counts[index] as number;
    const bucket = index === 0 || index === values.length - 1 ? value : middleOf(value);
    if (bucket === last) times[times.length - 1] = (times.at(-1) as number) + count;
    else {
      fewer.push(bucket);
      times.push(count);
      last = bucket;
    }
  }
  return { values: fewer, counts: times };
}

/** The middle of the step that a value lies in. */
function middleOf(value: number): number {
  if (value === 0) return 0;
  const size = Math.abs(value);
  const power = 2 ** Math.floor(Math.log2(size));
  const step = Math.floor((size / power - 1) * STEPS);
  return Math.sign(value) * power * (1 + (step + 0.5) / STEPS);
}

/** The values and their counts as bytes: pairs of doubles. Undefined when they are not known. */
export function toBytes({ values, counts }: Distribution): Uint8Array | undefined {
  if (values === undefined || counts === undefined) return undefined;
  const numbers = new Float64Array(values.length * 2);
  for (let index = 0; index < values.length; index++) {
    numbers[2 * index] = values[index] as number;
    numbers[2 * index + 1] = counts[index] as number;
  }
  return new Uint8Array(numbers.buffer);
}

export function fromBytes(bytes: Uint8Array): Required<Pick<Distribution, 'values' | 'counts'>> {
  // Bytes of a database need not lie where doubles may.
  const numbers = new Float64Array(bytes.slice().buffer);
  const values: number[] = [];
  const counts: number[] = [];
  for (let index = 0; index < numbers.length; index += 2) {
    values.push(numbers[index] as number);
    counts.push(numbers[index + 1] as number);
  }
  return { values, counts };
}
