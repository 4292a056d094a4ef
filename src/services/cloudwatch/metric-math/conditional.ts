// IF(condition, then[, otherwise]): each may be a scalar or a series.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html#using-IF-expressions

import { emptySeries, withPoints } from './time-series.ts';
import { type MathValue, scalarValue, seriesValue, type TimeSeries } from './values.ts';

type Operand = number | TimeSeries;

/**
 * AWS: a condition that is not 0 is true. Where the condition is true and `then` has no point the result is 0; where it is false and
 * `otherwise` has none (or is left out) there is no point, nor where the condition has none. Seen: user guide, "Using IF expressions".
 */
export function chooseByCondition(condition: Operand, then: Operand, otherwise: Operand | undefined): MathValue {
  if (typeof condition === 'number') return chooseOne(condition, then, otherwise);
  const times: number[] = [];
  const values: number[] = [];
  const thenAt = valueReader(then);
  const otherwiseAt = valueReader(otherwise ?? Number.NaN);
  condition.times.forEach((time, index) => {
    times.push(time);
    values.push(condition.values[index] !== 0 ? (thenAt(time) ?? 0) : (otherwiseAt(time) ?? Number.NaN));
  });
  return seriesValue(withPoints(typeof then === 'number' ? condition : { ...then, period: condition.period }, times, values));
}

/** The value at each of a row of ascending times. */
function valueReader(operand: Operand): (time: number) => number | undefined {
  if (typeof operand === 'number') return () => operand;
  let at = 0;
  return (time) => {
    while ((operand.times[at] ?? Number.POSITIVE_INFINITY) < time) at += 1;
    return operand.times[at] === time ? operand.values[at] : undefined;
  };
}

/**
 * AWS: IF(S, TS, TS) gives one of the series. Seen: the same. A scalar beside a series, which the guide does not list, becomes a series
 * with the times of the other one.
 */
function chooseOne(condition: number, then: Operand, otherwise: Operand | undefined): MathValue {
  const chosen = Number.isNaN(condition) ? undefined : condition !== 0 ? then : otherwise;
  const series = [then, otherwise].find((operand) => typeof operand === 'object');
  if (typeof chosen === 'object') return seriesValue(chosen);
  if (series === undefined) return scalarValue(chosen ?? Number.NaN);
  if (chosen === undefined) return seriesValue(emptySeries(series.period));
  return seriesValue(
    withPoints(
      series,
      series.times,
      series.times.map(() => chosen),
    ),
  );
}
