// What the queries of one GetMetricData give: each is answered once, whoever asks for it.

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Metric } from '../../model/metric.ts';
import type { Scope } from '../../model/scope.ts';
import { evaluateMath, resultSeries } from './metric-math/evaluate.ts';
import { type MathSearch, referencedIds } from './metric-math/expression.ts';
import type { MathScope } from './metric-math/math-scope.ts';
import { matchesSearch } from './metric-math/search-expression.ts';
import { type MathValue, SERIES_MAX, type TimeSeries } from './metric-math/values.ts';
import type { ExpressionQuery, MetricQuery, MetricStatQuery } from './metric-queries.ts';
import type { MetricStore } from './metric-store.ts';
import { type Periods, readPeriods } from './periods.ts';
import { expressionError } from './refusals.ts';
import { compileStatistic, type Statistic } from './statistic.ts';

/** One series that a query gives: a metric's own, or one of those that an expression makes. */
export interface AnsweredSeries {
  readonly series: TimeSeries;
  /** What tells it from others of the same query; undefined when there is one only. */
  readonly name: string | undefined;
  readonly messages: readonly { readonly Code: string; readonly Value: string }[];
}

export interface QueryAnswersOptions {
  readonly metrics: MetricStore;
  readonly scope: Scope;
  readonly queries: readonly MetricQuery[];
  /** Milliseconds; inclusive. */
  readonly start: number;
  /** Milliseconds; exclusive. */
  readonly end: number;
  readonly now: number;
}

const DEFAULT_PERIOD = 300;
const DAY_MS = 86_400_000;
/** AWS: SEARCH finds metrics with values of the last two weeks. Seen: CloudWatch user guide, search expressions. */
const SEARCHED_MS = 14 * DAY_MS;
const SEARCH_STEP = 2_000;

/** AWS: the unit whose values are told when there are several and none was asked for. Seen: moto's and LocalStack's findings. */
const UNIT_ORDER = [
  ...['Megabits', 'Terabits', 'Gigabits', 'Count', 'Bytes', 'Gigabytes', 'Gigabytes/Second', 'Kilobytes', 'Kilobits/Second'],
  ...['Terabytes', 'Terabits/Second', 'Bytes/Second', 'Percent', 'Megabytes', 'Megabits/Second', 'Milliseconds', 'Microseconds'],
  ...['Kilobytes/Second', 'Gigabits/Second', 'Megabytes/Second', 'Bits', 'Bits/Second', 'Count/Second', 'Seconds', 'Kilobits'],
  ...['Terabytes/Second', 'None'],
];

export class QueryAnswers {
  readonly #options: QueryAnswersOptions;
  readonly #answers = new Map<string, readonly AnsweredSeries[]>();
  readonly #values = new Map<string, MathValue>();
  readonly #underWay = new Set<string>();

  constructor(options: QueryAnswersOptions) {
    this.#options = options;
  }

  /** Throws AwsError when an expression cannot be evaluated. */
  async of(query: MetricQuery): Promise<readonly AnsweredSeries[]> {
    const known = this.#answers.get(query.id);
    if (known !== undefined) return known;
    if (this.#underWay.has(query.id)) throw expressionError(query.id, 'it needs its own value');
    this.#underWay.add(query.id);
    const answer = query.kind === 'metric' ? [await this.#metric(query)] : await this.#expression(query);
    this.#underWay.delete(query.id);
    this.#answers.set(query.id, answer);
    return answer;
  }

  async #metric(query: MetricStatQuery & { readonly id: string; readonly defaultLabel: string }): Promise<AnsweredSeries> {
    const { series, units } = await this.#read(query);
    const answered = { ...series, id: query.id, label: query.defaultLabel };
    this.#values.set(query.id, { kind: 'series', series: answered });
    const several = units.length > 1 && query.unit === undefined;
    const messages = several ? [{ Code: 'MultipleUnits', Value: `Multiple units returned: '[${units.join(', ')}]'` }] : [];
    return { series: answered, name: undefined, messages };
  }

  async #read(query: Pick<MetricStatQuery, 'metric' | 'period' | 'statistic' | 'stat' | 'unit'>) {
    const { metrics, scope, start, end, now } = this.#options;
    const { metric, period, statistic, stat, unit } = query;
    const found = await readPeriods(metrics, {
      ...{ scope, metric, period, unit },
      from: roundedStart(start, now, period),
      to: end,
      origin: 0,
      withValues: needsValues(stat),
    });
    // What many series take is taken in many turns.
    await nextTurn();
    const units = [...found.keys()].sort((a, b) => UNIT_ORDER.indexOf(a) - UNIT_ORDER.indexOf(b));
    return { units, series: toSeries(found.get(units[0] ?? ''), period, statistic) };
  }

  async #expression(
    query: ExpressionQuery & { readonly id: string; readonly returned: boolean },
  ): Promise<readonly AnsweredSeries[]> {
    const { queries, start, end } = this.#options;
    const { ids, allMetrics, searches } = referencedIds(query.expression);
    const needed = queries.filter(({ id, kind }) => ids.has(id) || (allMetrics && kind === 'metric'));
    for (const each of needed) await this.of(each);
    const period = query.period ?? this.#periodOf(needed);
    const found = new Map<MathSearch, readonly TimeSeries[]>();
    for (const search of searches) found.set(search, await this.#search(query.id, search, period));
    const scope: MathScope = {
      valueOf: (id) => this.#values.get(id),
      metrics: () => this.#metricSeries(),
      search: (search) => found.get(search) ?? [],
      // Slots begin with whole periods, as those of metrics do.
      ...{ period, startTime: Math.floor(start / (period * 1000)) * period * 1000, endTime: end },
    };
    const value = evaluateMath(query.expression, scope);
    if (value.kind === 'problem') throw expressionError(query.id, `${value.message} (character ${value.at + 1})`);
    this.#values.set(query.id, value);
    const answered = query.returned ? resultSeries(value) : [];
    if ('kind' in answered) throw expressionError(query.id, answered.message);
    const isList = value.kind === 'list';
    return answered.map((series) => ({ series, name: isList ? series.label : undefined, messages: [] }));
  }

  #metricSeries(): readonly TimeSeries[] {
    return this.#options.queries.flatMap(({ id, kind }) => {
      const value = kind === 'metric' ? this.#values.get(id) : undefined;
      return value?.kind === 'series' ? [value.series] : [];
    });
  }

  /** AWS: the finest period of what an expression is made from is not said; its coarsest holds all of them. */
  #periodOf(needed: readonly MetricQuery[]): number {
    const periods = needed.map((query) => (query.kind === 'metric' ? query.period : this.#expressionPeriod(query.id)));
    return periods.length === 0 ? DEFAULT_PERIOD : Math.max(...periods);
  }

  #expressionPeriod(id: string): number {
    const value = this.#values.get(id);
    if (value?.kind === 'series') return value.series.period;
    return value?.kind === 'list' ? (value.list[0]?.period ?? DEFAULT_PERIOD) : DEFAULT_PERIOD;
  }

  async #search(id: string, search: MathSearch, ownPeriod: number): Promise<readonly TimeSeries[]> {
    const { metrics, scope, now } = this.#options;
    const statistic = compileStatistic(search.statistic);
    if (statistic === undefined) throw expressionError(id, `'${search.statistic}' is no statistic`);
    const period = search.period ?? ownPeriod;
    const found: Metric[] = [];
    for (let after = 0; found.length < SERIES_MAX; ) {
      const step = metrics.list(scope, { since: now - SEARCHED_MS, after, limit: SEARCH_STEP });
      found.push(...step.filter((metric) => matchesSearch(search.search, metric)));
      if (step.length < SEARCH_STEP) break;
      after = step.at(-1)?.number ?? after;
      await nextTurn();
    }
    const series: TimeSeries[] = [];
    for (const metric of found.slice(0, SERIES_MAX)) {
      const read = await this.#read({ metric, period, statistic, stat: search.statistic, unit: undefined });
      series.push({ ...read.series, label: [...metric.dimensions.map(({ value }) => value), metric.metricName].join(' ') });
    }
    return series;
  }
}

/** AWS: Seen: API reference, GetMetricData, StartTime. */
function roundedStart(start: number, now: number, period: number): number {
  const age = now - start;
  const to = age > 63 * DAY_MS ? 3_600 : age > 15 * DAY_MS ? 300 : period < 60 ? period : 60;
  return Math.floor(start / (to * 1000)) * to * 1000;
}

/** The five plain statistics are made from totals. */
function needsValues(stat: string): boolean {
  return !['SampleCount', 'Sum', 'Average', 'Minimum', 'Maximum'].includes(stat);
}

function toSeries(periods: Periods | undefined, period: number, statistic: Statistic): TimeSeries {
  const times: number[] = [];
  const values: number[] = [];
  for (const [time, distribution] of periods ?? []) {
    const value = statistic(distribution);
    if (value === undefined) continue;
    times.push(time);
    values.push(value);
  }
  return { label: '', period, times, values };
}
