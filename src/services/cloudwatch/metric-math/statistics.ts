// SUM, AVG, MIN, MAX, STDDEV, DATAPOINT_COUNT: of one series a scalar, of an array of series a series.

import { withPoints } from './time-series.ts';
import type { TimeSeries } from './values.ts';

/** `values` are the points there are; `slots` how many there could be. No point at all gives NaN where there is no answer. */
export type Statistic = (values: readonly number[], slots: number) => number;

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** AWS: in an array, missing values count as 0. Seen: user guide, AVG. */
export function average(values: readonly number[], slots: number): number {
  return sum(values) / slots;
}

export function minimum(values: readonly number[]): number {
  return values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
}

export function maximum(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
}

/** Of the population. The guide does not say what missing values of an array are; here they are left out. */
export function standardDeviation(values: readonly number[]): number {
  const mean = average(values, values.length);
  return Math.sqrt(sum(values.map((value) => (value - mean) ** 2)) / values.length);
}

export function count(values: readonly number[]): number {
  return values.length;
}

/** The statistic of all points of one series. */
export function statisticOfSeries(statistic: Statistic, series: TimeSeries): number {
  return statistic(series.values, series.values.length);
}

/** The statistic of the points at each time any of the series has one. */
export function statisticOfList(statistic: Statistic, list: readonly TimeSeries[], period: number): TimeSeries {
  const valuesByTime = new Map<number, number[]>();
  for (const series of list) {
    series.times.forEach((time, index) => {
      const value = series.values[index] as number;
      const values = valuesByTime.get(time);
      if (values === undefined) valuesByTime.set(time, [value]);
      else values.push(value);
    });
  }
  const times = [...valuesByTime.keys()].sort((left, right) => left - right);
  const result = { label: '', period: list[0]?.period ?? period, times: [], values: [] };
  return withPoints(
    result,
    times,
    times.map((time) => statistic(valuesByTime.get(time) as number[], list.length)),
  );
}
