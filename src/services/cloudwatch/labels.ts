// Labels of answers: what a caller wrote, with `${MAX}` and the like filled in.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/graph-dynamic-labels.html

import type { TimeSeries } from './metric-math/values.ts';
import type { MetricQuery } from './metric-queries.ts';
import type { AnsweredSeries } from './query-answers.ts';

/** AWS: at most six are filled in. Seen: CloudWatch user guide, dynamic labels. */
const FILLED_MAX = 6;

/** The label of one series of a query. `timezone` is an offset like `-0500`. */
export function fillLabel(
  query: MetricQuery,
  { series, name }: Pick<AnsweredSeries, 'series' | 'name'>,
  timezone?: string,
): string {
  const own = name ?? query.defaultLabel;
  if (query.label === undefined) return own;
  let filled = 0;
  let shown = false;
  const text = query.label.replace(/\$\{([A-Z_]+(?:\('[^'}]{1,255}'\))?)\}/g, (whole, word: string) => {
    if (filled === FILLED_MAX) return whole;
    const value = wordOf(word, { query, series, own, timezone });
    if (value === undefined) return whole;
    filled++;
    shown ||= word === 'LABEL' || word.startsWith('PROP(');
    return value;
  });
  // Series of one array would all be called the same.
  return name === undefined || shown ? text : `${text} ${name}`;
}

interface Words {
  readonly query: MetricQuery;
  readonly series: TimeSeries;
  readonly own: string;
  readonly timezone: string | undefined;
}

function wordOf(word: string, { query, series, own, timezone }: Words): string | undefined {
  const [, property] = /^PROP\('(.+)'\)$/.exec(word) ?? [];
  if (property !== undefined) return propertyOf(query, property);
  const { values, times } = series;
  const [base = word, suffix] = word.endsWith('_TIME') ? [word.slice(0, -5), 'time'] : [word];
  switch (base) {
    case 'LABEL':
      return own;
    case 'DATAPOINT_COUNT':
      return `${values.length}`;
    case 'SUM':
      return numberText(values.reduce((sum, value) => sum + value, 0));
    case 'AVG':
      return values.length === 0 ? '--' : numberText(values.reduce((sum, value) => sum + value, 0) / values.length);
    default: {
      const index = indexOf(base, values);
      if (index === undefined) return undefined;
      if (index < 0) return '--';
      if (suffix === undefined) return numberText(values[index] as number);
      return timeText(times[index] as number, timezone);
    }
  }
}

/** Undefined for a word that names no point; -1 without points. */
function indexOf(word: string, values: readonly number[]): number | undefined {
  const best = (better: (a: number, b: number) => boolean) =>
    values.reduce((found, value, index) => (found < 0 || better(value, values[found] as number) ? index : found), -1);
  switch (word) {
    case 'MIN':
      return best((a, b) => a < b);
    case 'MAX':
      return best((a, b) => a > b);
    case 'FIRST':
      return values.length === 0 ? -1 : 0;
    case 'LAST':
      return values.length - 1;
    default:
      return undefined;
  }
}

function propertyOf(query: MetricQuery, name: string): string | undefined {
  if (query.kind !== 'metric') return undefined;
  const { metric, stat, period } = query;
  switch (name) {
    case 'Namespace':
      return metric.namespace;
    case 'MetricName':
      return metric.metricName;
    case 'Stat':
      return stat;
    case 'Period':
      return `${period}`;
    default: {
      const dimension = name.startsWith('Dim.') ? name.slice('Dim.'.length) : undefined;
      return metric.dimensions.find((each) => each.name === dimension)?.value;
    }
  }
}

function numberText(value: number): string {
  return `${Math.round(value * 1000) / 1000}`;
}

/** In UTC, or in the zone of an offset like `+0200`. */
function timeText(at: number, timezone = '+0000'): string {
  const [, sign, hours, minutes] = /^([+-])(\d{2})(\d{2})$/.exec(timezone) ?? [];
  const offset = (sign === '-' ? -1 : 1) * (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * 60_000;
  return new Date(at + offset).toISOString().slice(0, 19).replace('T', ' ');
}
