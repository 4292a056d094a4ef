// The queries of GetMetricData, read and checked.

import type { Metric } from '../../model/metric.ts';
import { type Input, toMetric } from './cloudwatch-context.ts';
import type { MathExpression } from './metric-math/expression.ts';
import { parseMathExpression } from './metric-math/parser.ts';
import { expressionError, invalidCombination, invalidValue, missing } from './refusals.ts';
import { compileStatistic, type Statistic } from './statistic.ts';

// AWS: Seen: API reference, GetMetricData and MetricDataQuery.
const QUERIES_MAX = 500;
const PERIOD_MAX = 86_400;
const ID = /^[a-z][A-Za-z0-9_]*$/;

export type MetricDataQuery = NonNullable<Input<'GetMetricData'>['MetricDataQueries']>[number];

/** A statistic of one metric. */
export interface MetricStatQuery {
  readonly kind: 'metric';
  readonly metric: Metric;
  /** Seconds. */
  readonly period: number;
  readonly stat: string;
  readonly statistic: Statistic;
  readonly unit: string | undefined;
}

/** Mathematics over other queries. */
export interface ExpressionQuery {
  readonly kind: 'expression';
  readonly expression: MathExpression;
  /** Seconds; undefined where the queries it is made from say it. */
  readonly period: number | undefined;
}

export type MetricQuery = (MetricStatQuery | ExpressionQuery) & {
  readonly id: string;
  /** As the caller wants it to be called. */
  readonly label: string | undefined;
  /** What it is called otherwise. */
  readonly defaultLabel: string;
  readonly returned: boolean;
  /** `MetricDataQueries.member.1`, as refusals name it. */
  readonly path: string;
};

/** `member`: how the list is called, for refusals. Throws AwsError. */
export function readMetricQueries(
  queries: readonly MetricDataQuery[],
  member: 'MetricDataQueries' | 'Metrics' = 'MetricDataQueries',
): readonly MetricQuery[] {
  if (queries.length === 0) throw missing(member);
  if (queries.length > QUERIES_MAX) {
    throw invalidValue(`The collection ${member} must not have a size greater than ${QUERIES_MAX}.`);
  }
  const ids = new Set<string>();
  const read = queries.map((query, index) => {
    const path = `${member}.member.${index + 1}`;
    const id = query.Id ?? '';
    if (!ID.test(id)) throw invalidValue(`The value ${id} for parameter ${path}.Id is not matching the expected pattern.`);
    if (ids.has(id)) throw invalidValue(`The values for parameter id in ${member} are not unique: ${id}.`);
    ids.add(id);
    const { Label: label, ReturnData: returned = true, MetricStat: metricStat, Expression: text } = query;
    if (metricStat !== undefined && text !== undefined) {
      throw invalidCombination(
        `The parameters ${path}.Expression and ${path}.MetricStat are mutually exclusive and you have specified both.`,
      );
    }
    const common = { id, label: label === '' ? undefined : label, returned, path };
    if (text !== undefined) return { ...common, ...toExpression(id, text, query.Period, path) };
    if (metricStat === undefined) throw missing(`${path}.MetricStat`);
    return { ...common, ...toMetricStat(metricStat, path) };
  });
  const metricQueries = read.filter((query) => query.kind === 'metric');
  return read.map((query) => ({
    ...query,
    defaultLabel: query.kind === 'metric' ? defaultLabel(query, metricQueries) : query.id,
  }));
}

function toExpression(id: string, text: string, period: number | undefined, path: string): ExpressionQuery {
  const parsed = parseMathExpression(text);
  if ('problem' in parsed) {
    throw expressionError(id, `${parsed.problem.message} (character ${parsed.problem.at + 1})`);
  }
  return {
    ...{ kind: 'expression', expression: parsed.expression },
    period: period === undefined ? undefined : checkedPeriod(period, `${path}.Period`),
  };
}

function toMetricStat(metricStat: NonNullable<MetricDataQuery['MetricStat']>, path: string): MetricStatQuery {
  const { Metric: metric, Period: period = 60, Stat: stat = '', Unit: unit } = metricStat;
  if (metric?.Namespace === undefined) throw missing(`${path}.MetricStat.Metric.Namespace`);
  if (metric.MetricName === undefined) throw missing(`${path}.MetricStat.Metric.MetricName`);
  const statistic = compileStatistic(stat);
  if (statistic === undefined) throw invalidValue(`The value ${stat} for parameter ${path}.MetricStat.Stat is not supported.`);
  return {
    kind: 'metric',
    metric: toMetric(metric.Namespace, metric.MetricName, metric.Dimensions),
    period: checkedPeriod(period, `${path}.MetricStat.Period`),
    ...{ stat, statistic, unit },
  };
}

function checkedPeriod(period: number, path: string): number {
  if (([1, 5, 10, 20, 30].includes(period) || period % 60 === 0) && period <= PERIOD_MAX) return period;
  throw invalidValue(`The parameter ${path} must be 1, 5, 10, 20, 30 or a multiple of 60.`);
}

/** AWS: what tells the queries of a request apart, units never. Seen: recorded answers of GetMetricData. */
function defaultLabel(query: MetricStatQuery, all: readonly MetricStatQuery[]): string {
  const differs = (of: (query: MetricStatQuery) => unknown) => all.some((other) => of(other) !== of(query));
  const { metric, stat, period } = query;
  const dimensionsDiffer = differs((each) => JSON.stringify(each.metric.dimensions));
  return [
    ...(differs((each) => each.metric.namespace) ? [metric.namespace] : []),
    ...(dimensionsDiffer ? metric.dimensions.map(({ value }) => value) : []),
    metric.metricName,
    ...(differs((each) => each.stat) ? [stat] : []),
    ...(differs((each) => each.period) ? [`${period}`] : []),
  ].join(' ');
}
