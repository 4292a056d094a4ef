// What expressions are made of: AWS's S (scalar), TS (time series) and TS[] (array of time series).

/** Points of one series, oldest first. A period without a point is simply absent. */
export interface TimeSeries {
  /** Id of the metric query it comes from; `METRICS("text")` looks into it. */
  readonly id?: string;
  /** Name of the series. The result of arithmetic keeps the label of its first series; what sums up an array has none. */
  readonly label: string;
  /** Seconds between two slots. */
  readonly period: number;
  /** Starts of the periods: ms since the epoch, ascending, without doubles. */
  readonly times: readonly number[];
  /** Finite numbers, one for each time. */
  readonly values: readonly number[];
}

export interface ScalarValue {
  readonly kind: 'scalar';
  /** NaN is a scalar without a value (`AVG` of an empty series, `5/0`); what is computed with it has no value either. */
  readonly value: number;
}

export interface SeriesValue {
  readonly kind: 'series';
  readonly series: TimeSeries;
}

export interface ListValue {
  readonly kind: 'list';
  readonly list: readonly TimeSeries[];
}

/** The value of an expression or of a part of it. */
export type MathValue = ScalarValue | SeriesValue | ListValue;

/** AWS: one request has at most 500 series. Seen: user guide, "Search expression limits"; GetMetricData has as many queries. */
export const SERIES_MAX = 500;

/** Ours: what one expression may handle, so that 2,048 characters keep nobody else waiting: some tens of milliseconds. */
export const POINTS_MAX = 500_000;

export function scalarValue(value: number): ScalarValue {
  return { kind: 'scalar', value: Number.isFinite(value) ? value : Number.NaN };
}

export function seriesValue(series: TimeSeries): SeriesValue {
  return { kind: 'series', series };
}

export function listValue(list: readonly TimeSeries[]): ListValue {
  return { kind: 'list', list };
}

/** The series a value consists of; a scalar has none. */
export function seriesOf(value: MathValue): readonly TimeSeries[] {
  if (value.kind === 'list') return value.list;
  return value.kind === 'series' ? [value.series] : [];
}
