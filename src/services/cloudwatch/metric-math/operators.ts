// Operators between values: S with S, S with TS, TS with TS, and either of them with each series of a TS[].

import type { MathOperator } from './expression.ts';
import { combineSeries, mapValues } from './time-series.ts';
import {
  listValue,
  type MathValue,
  POINTS_MAX,
  type ScalarValue,
  type SeriesValue,
  scalarValue,
  seriesValue,
  type TimeSeries,
} from './values.ts';

/** What may stand beside an array. */
type Single = ScalarValue | SeriesValue;

type Combine = (left: number, right: number) => number;

const combinations: Readonly<Record<MathOperator, Combine>> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / right,
  '^': (left, right) => left ** right,
  '==': (left, right) => Number(left === right),
  '!=': (left, right) => Number(left !== right),
  '<': (left, right) => Number(left < right),
  '<=': (left, right) => Number(left <= right),
  '>': (left, right) => Number(left > right),
  '>=': (left, right) => Number(left >= right),
  '&&': (left, right) => Number(left !== 0 && right !== 0),
  '||': (left, right) => Number(left !== 0 || right !== 0),
};

/** The result; a text says why there is none. */
export function operate(operator: MathOperator, left: MathValue, right: MathValue): MathValue | string {
  const combine = combinations[operator];
  if (left.kind === 'list' && right.kind === 'list') {
    // From memory of the service, words included; the guide lists no operator between two arrays.
    return `Unsupported operand type(s) for ${operator}: '[Array[TimeSeries], Array[TimeSeries]]'`;
  }
  if (left.kind === 'list') return withList(combine, left.list, right as Single);
  if (right.kind === 'list') return withList(flipped(combine), right.list, left as Single);
  if (left.kind === 'series') return seriesValue(withSeries(combine, left.series, right));
  if (right.kind === 'series') return seriesValue(withSeries(flipped(combine), right.series, left));
  return scalarValue(known(combine, left.value, right.value));
}

export function negate(value: MathValue): MathValue {
  const zero = scalarValue(0);
  // A scalar goes with every kind of value: there is always a result.
  return operate('-', zero, value) as MathValue;
}

function withList(combine: Combine, list: readonly TimeSeries[], other: Single): MathValue | string {
  // Each result has the points of the other series too; they are counted before they are made.
  if (other.kind === 'series' && list.length * other.series.times.length > POINTS_MAX)
    return 'Too many data points for the result';
  return listValue(list.map((item) => withSeries(combine, item, other)));
}

function withSeries(combine: Combine, series: TimeSeries, other: Single): TimeSeries {
  if (other.kind === 'series') return combineSeries(series, other.series, combine);
  return mapValues(series, (value) => known(combine, value, other.value));
}

/** What has no value gives none, in comparisons too. */
function known(combine: Combine, left: number, right: number): number {
  return Number.isNaN(left) || Number.isNaN(right) ? Number.NaN : combine(left, right);
}

function flipped(combine: Combine): Combine {
  return (left, right) => combine(right, left);
}
