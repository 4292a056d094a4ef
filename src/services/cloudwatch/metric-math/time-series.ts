// Arithmetic on one or two series. Everything is one pass over the points.

import type { TimeSeries } from './values.ts';

/** The series with other points; points that are no finite number are dropped. */
export function withPoints(series: TimeSeries, times: readonly number[], values: readonly number[]): TimeSeries {
  if (values.every(Number.isFinite)) return { ...series, times, values };
  const keptTimes: number[] = [];
  const keptValues: number[] = [];
  values.forEach((value, index) => {
    if (!Number.isFinite(value)) return;
    keptTimes.push(times[index] as number);
    keptValues.push(value);
  });
  return { ...series, times: keptTimes, values: keptValues };
}

export function emptySeries(period: number): TimeSeries {
  return { label: '', period, times: [], values: [] };
}

/** AWS: a point that would be divided by zero is dropped. Seen: user guide, "Basic arithmetic functions". So are other infinities. */
export function mapValues(series: TimeSeries, change: (value: number) => number): TimeSeries {
  return withPoints(series, series.times, series.values.map(change));
}

/** AWS: where only one of two series has a point, the other counts as 0. Seen: user guide, "Basic arithmetic functions". */
export function combineSeries(left: TimeSeries, right: TimeSeries, combine: (left: number, right: number) => number): TimeSeries {
  const times: number[] = [];
  const values: number[] = [];
  mergeTimes(left, right, (time, leftValue, rightValue) => {
    times.push(time);
    values.push(combine(leftValue ?? 0, rightValue ?? 0));
  });
  return withPoints(left, times, values);
}

/** Calls `visit` for every time one of the series has a point at, in order. */
export function mergeTimes(
  left: TimeSeries,
  right: TimeSeries,
  visit: (time: number, leftValue: number | undefined, rightValue: number | undefined) => void,
): void {
  let leftAt = 0;
  let rightAt = 0;
  while (leftAt < left.times.length || rightAt < right.times.length) {
    const leftTime = left.times[leftAt] ?? Number.POSITIVE_INFINITY;
    const rightTime = right.times[rightAt] ?? Number.POSITIVE_INFINITY;
    const hasLeft = leftTime <= rightTime;
    const hasRight = rightTime <= leftTime;
    visit(
      hasLeft ? leftTime : rightTime,
      hasLeft ? left.values[leftAt] : undefined,
      hasRight ? right.values[rightAt] : undefined,
    );
    if (hasLeft) leftAt += 1;
    if (hasRight) rightAt += 1;
  }
}

/** What each point but the first makes with the one before it. */
export function mapSteps(series: TimeSeries, change: (difference: number, seconds: number) => number): TimeSeries {
  const times = series.times.slice(1);
  const values = times.map((time, index) => {
    const difference = (series.values[index + 1] as number) - (series.values[index] as number);
    return change(difference, (time - (series.times[index] as number)) / 1_000);
  });
  return withPoints(series, times, values);
}

export function runningSum(series: TimeSeries): TimeSeries {
  let sum = 0;
  return mapValues(series, (value) => {
    sum += value;
    return sum;
  });
}
