// Series without gaps: the slots of a time range, FILL, and the clock functions (HOUR, DAY …).

import { mergeTimes, withPoints } from './time-series.ts';
import { POINTS_MAX, type TimeSeries } from './values.ts';

export interface TimeRange {
  /** ms since the epoch. */
  readonly startTime: number;
  /** ms since the epoch, exclusive. */
  readonly endTime: number;
}

/** The starts of all periods that begin in the range, or undefined when `copies` of them are more points than one expression may have. */
export function slotsOf({ startTime, endTime }: TimeRange, periodSeconds: number, copies = 1): readonly number[] | undefined {
  const period = periodSeconds * 1_000;
  const first = Math.ceil(startTime / period) * period;
  const slots = Math.max(0, Math.ceil((endTime - first) / period));
  // Not "more than": NaN must not pass either.
  if (!(slots * copies <= POINTS_MAX)) return undefined;
  return Array.from({ length: slots }, (_, index) => first + index * period);
}

/** A value for each slot that has none; a series fills with its own points. */
export type Filler = number | 'REPEAT' | 'LINEAR' | TimeSeries;

/**
 * AWS: REPEAT takes the last value before the gap, LINEAR a straight line between the values at both ends of it. Seen: user guide,
 * FILL. What lies before the first value (LINEAR: or behind the last one) is no such gap and stays missing.
 */
export function fillSeries(series: TimeSeries, slots: readonly number[], filler: Filler): TimeSeries {
  const fillerAt = fillerOf(series, filler);
  const times: number[] = [];
  const values: number[] = [];
  let passed = 0;
  mergeTimes(series, { ...series, times: slots, values: slots }, (time, value) => {
    if (value !== undefined) passed += 1;
    times.push(time);
    values.push(value ?? fillerAt(time, passed));
  });
  return withPoints(series, times, values);
}

/** The value for a time without a point that comes after `passed` points; NaN where there is none. */
function fillerOf({ times, values }: TimeSeries, filler: Filler): (time: number, passed: number) => number {
  if (typeof filler === 'number') return () => filler;
  if (filler === 'REPEAT') return (_, passed) => values[passed - 1] ?? Number.NaN;
  if (filler === 'LINEAR') {
    return (time, passed) => {
      const from = times[passed - 1] ?? Number.NaN;
      const to = times[passed] ?? Number.NaN;
      const before = values[passed - 1] ?? Number.NaN;
      const after = values[passed] ?? Number.NaN;
      return before + ((after - before) * (time - from)) / (to - from);
    };
  }
  const valueByTime = new Map(filler.times.map((time, index) => [time, filler.values[index] as number]));
  return (time) => valueByTime.get(time) ?? Number.NaN;
}

/** AWS: all in UTC; the days of the week are 1 (Monday) to 7 (Sunday). Seen: user guide, and the announcement of the functions. */
export const clocks = {
  MINUTE: (time) => new Date(time).getUTCMinutes(),
  HOUR: (time) => new Date(time).getUTCHours(),
  DAY: (time) => new Date(time).getUTCDay() || 7,
  DATE: (time) => new Date(time).getUTCDate(),
  MONTH: (time) => new Date(time).getUTCMonth() + 1,
  YEAR: (time) => new Date(time).getUTCFullYear(),
  EPOCH: (time) => Math.floor(time / 1_000),
} as const satisfies Record<string, (time: number) => number>;
