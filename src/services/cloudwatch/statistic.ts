// Statistics of a period's values: `Sum`, `p99`, `TM(10%:90%)`, … compiled once for a query, asked for each period.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html

import type { Distribution } from '../../model/metric.ts';

/** The value for one period; undefined when it has none: nothing is left after trimming, or only totals were put. */
export type Statistic = (values: Distribution) => number | undefined;

const PLAIN: Readonly<Record<string, Statistic>> = {
  SampleCount: ({ sampleCount }) => sampleCount,
  Sum: ({ sum }) => sum,
  Average: ({ sum, sampleCount }) => sum / sampleCount,
  Minimum: ({ minimum }) => minimum,
  Maximum: ({ maximum }) => maximum,
};

/** The part of a period's samples that a statistic looks at: of values in order, from a lower to an upper bound. */
interface Range {
  readonly lower: number;
  readonly upper: number;
  /** Whether the bounds are shares of the samples (0 to 1) or values. */
  readonly shares: boolean;
}

type RangedName = 'TM' | 'WM' | 'TC' | 'TS' | 'PR';

const NUMBER = String.raw`\d+(?:\.\d{0,10})?(?:[Ee][+-]?\d{1,3})?`;
const PERCENTILE = /^p(\d{1,2}(?:\.\d{0,10})?|100)$/;
const SHORT = /^(tm|wm|tc|ts)(\d{1,2}(?:\.\d{0,10})?|100)$/;
const LONG = new RegExp(`^(TM|WM|TC|TS|PR)\\((?:(${NUMBER})(%?))?:(?:(${NUMBER})(%?))?\\)$`);

/** Undefined for a text that names no statistic. */
export function compileStatistic(text: string): Statistic | undefined {
  const plain = Object.hasOwn(PLAIN, text) ? PLAIN[text] : undefined;
  if (plain !== undefined) return plain;
  const [, percent] = PERCENTILE.exec(text) ?? [];
  if (percent !== undefined) return percentile(Number(percent) / 100);
  // AWS: the interquartile mean is the mean of the middle half. Seen: CloudWatch statistics definitions.
  if (text === 'IQM') return ranged('TM', { lower: 0.25, upper: 0.75, shares: true });
  const [, short, upTo] = SHORT.exec(text) ?? [];
  if (short !== undefined) {
    return ranged(short.toUpperCase() as RangedName, { lower: 0, upper: Number(upTo) / 100, shares: true });
  }
  const [, name, lower, lowerUnit, upper, upperUnit] = LONG.exec(text) ?? [];
  if (name === undefined || (lower === undefined && upper === undefined)) return undefined;
  const shares = (lower === undefined ? upperUnit : lowerUnit) === '%';
  if (lower !== undefined && upper !== undefined && (lowerUnit === '%') !== (upperUnit === '%')) return undefined;
  // AWS: a percentile rank is asked with values. Seen: CloudWatch statistics definitions.
  if (name === 'PR' && shares) return undefined;
  const unit = shares ? 100 : 1;
  const range = {
    lower: lower === undefined ? (shares ? 0 : Number.NEGATIVE_INFINITY) : Number(lower) / unit,
    upper: upper === undefined ? (shares ? 1 : Number.POSITIVE_INFINITY) : Number(upper) / unit,
    shares,
  };
  if (range.lower >= range.upper || (shares && range.upper > 1)) return undefined;
  return ranged(name as RangedName, range);
}

/** AWS: percentiles of statistic sets are there when there is one sample or all are the same. Seen: CloudWatch, percentiles. */
function knownValues(values: Distribution): { values: readonly number[]; counts: readonly number[] } | undefined {
  if (values.values !== undefined && values.counts !== undefined) return { values: values.values, counts: values.counts };
  if (values.minimum !== values.maximum) return undefined;
  return { values: [values.minimum], counts: [values.sampleCount] };
}

function percentile(share: number): Statistic {
  return (distribution) => {
    const known = knownValues(distribution);
    if (known === undefined) return undefined;
    return valueAt(known, share * distribution.sampleCount);
  };
}

/** The value below which so many samples lie. */
function valueAt({ values, counts }: { values: readonly number[]; counts: readonly number[] }, samples: number): number {
  let before = 0;
  for (let index = 0; index < values.length; index++) {
    before += counts[index] as number;
    // Shares like 0.07 are no exact numbers.
    if (before >= samples - 1e-9) return values[index] as number;
  }
  return values.at(-1) as number;
}

function ranged(name: RangedName, range: Range): Statistic {
  return (distribution) => {
    const known = knownValues(distribution);
    if (known === undefined) return undefined;
    const inside = within(known, range, distribution.sampleCount);
    switch (name) {
      case 'TC':
        return inside.count;
      case 'TS':
        return inside.sum;
      case 'TM':
        return inside.count === 0 ? undefined : inside.sum / inside.count;
      case 'PR':
        return (inside.count / distribution.sampleCount) * 100;
      case 'WM':
        return (inside.sum + inside.below * inside.lowest + inside.above * inside.highest) / distribution.sampleCount;
    }
  };
}

/** AWS: the upper bound belongs to the range, the lower does not. Seen: CloudWatch statistics definitions. */
function within(
  { values, counts }: { values: readonly number[]; counts: readonly number[] },
  { lower, upper, shares }: Range,
  sampleCount: number,
): { count: number; sum: number; below: number; above: number; lowest: number; highest: number } {
  let count = 0;
  let sum = 0;
  let below = 0;
  let before = 0;
  for (let index = 0; index < values.length; index++) {
    const value = values[index] as number;
    const samples = counts[index] as number;
    const after = before + samples;
    const taken = shares
      ? Math.max(0, Math.min(after, upper * sampleCount) - Math.max(before, lower * sampleCount))
      : value > lower && value <= upper
        ? samples
        : 0;
    if (shares) below += Math.max(0, Math.min(after, lower * sampleCount) - before);
    else if (value <= lower) below += samples;
    count += taken;
    sum += taken * value;
    before = after;
  }
  const known = { values, counts };
  return {
    ...{ count, sum, below, above: sampleCount - below - count },
    // What lies outside counts as the bound it lies beyond.
    lowest: shares ? valueAt(known, lower * sampleCount) : lower,
    highest: shares ? valueAt(known, upper * sampleCount) : upper,
  };
}
