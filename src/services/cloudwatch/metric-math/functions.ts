// The functions of metric math, by name. METRICS and SEARCH read the request and have their own parts of the tree.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html#metric-math-syntax-functions-list

import { chooseByCondition } from './conditional.ts';
import type { MathFunction } from './math-function.ts';
import * as arg from './math-function.ts';
import type { MathScope } from './math-scope.ts';
import { clocks, type Filler, fillSeries, slotsOf } from './slots.ts';
import * as statistics from './statistics.ts';
import { emptySeries, mapSteps, mapValues, runningSum, withPoints } from './time-series.ts';
import { listValue, type MathValue, scalarValue, seriesValue, type TimeSeries } from './values.ts';

/** AWS's functions that need what this service does not have. */
export const unsupportedFunctions: ReadonlySet<string> = new Set([
  'ANOMALY_DETECTION_BAND',
  'INSIGHT_RULE_METRIC',
  'SERVICE_QUOTA',
  'DB_PERF_INSIGHTS',
  'SELECT',
  'LAMBDA',
]);

const TOO_MANY_POINTS = 'the time range has too many periods';

/** TS → TS, and so for each series of TS[]. */
function ofEach(change: (series: TimeSeries) => TimeSeries): MathFunction {
  return {
    parameters: [arg.SERIES_OR_LIST],
    required: 1,
    apply: (given) =>
      given[0]?.kind === 'list' ? listValue(given[0].list.map(change)) : seriesValue(change(arg.seriesAt(given, 0))),
  };
}

/** TS → S, TS[] → TS. */
function ofPoints(statistic: statistics.Statistic): MathFunction {
  return {
    parameters: [arg.SERIES_OR_LIST],
    required: 1,
    apply: (given, { period }) =>
      given[0]?.kind === 'list'
        ? seriesValue(statistics.statisticOfList(statistic, given[0].list, period))
        : scalarValue(statistics.statisticOfSeries(statistic, arg.seriesAt(given, 0))),
  };
}

function ofList(change: (list: readonly TimeSeries[], scope: MathScope) => MathValue): MathFunction {
  return { parameters: [arg.LIST], required: 1, apply: (given, scope) => change(arg.listAt(given, 0), scope) };
}

/** AWS: a value for every period in the range, also where the series has no point. Seen: user guide, MINUTE … EPOCH. */
function ofClock(read: (time: number) => number): MathFunction {
  return {
    parameters: [arg.SERIES],
    required: 1,
    apply: (given, scope) => {
      const series = arg.seriesAt(given, 0);
      const slots = slotsOf(scope, series.period);
      return slots === undefined ? TOO_MANY_POINTS : seriesValue(withPoints(series, slots, slots.map(read)));
    },
  };
}

/** AWS: a metric may be the filler, of one series or of many. Seen: user guide, FILL(METRICS(), m1). */
const fill: MathFunction = {
  parameters: [arg.SERIES_OR_LIST, { ...arg.SCALAR_OR_SERIES, words: ['REPEAT', 'LINEAR'] }],
  required: 2,
  apply: ([filled, by], scope) => {
    const list = filled?.kind === 'list' ? filled.list : [arg.seriesAt([filled], 0)];
    // The parser takes no other words than those of the parameter.
    const filler = by?.kind === 'keyword' ? (by.word as Filler) : arg.operandAt([by], 0);
    const slotsByPeriod = new Map<number, readonly number[] | undefined>();
    const result: TimeSeries[] = [];
    for (const series of list) {
      if (!slotsByPeriod.has(series.period)) slotsByPeriod.set(series.period, slotsOf(scope, series.period, list.length));
      const slots = slotsByPeriod.get(series.period);
      if (slots === undefined) return TOO_MANY_POINTS;
      result.push(fillSeries(series, slots, filler));
    }
    return filled?.kind === 'list' ? listValue(result) : seriesValue(result[0] as TimeSeries);
  },
};

const timeSeries: MathFunction = {
  parameters: [arg.SCALAR],
  required: 1,
  apply: (given, scope) => {
    const slots = slotsOf(scope, scope.period);
    const value = arg.scalarAt(given, 0);
    return slots === undefined
      ? TOO_MANY_POINTS
      : seriesValue(
          withPoints(
            emptySeries(scope.period),
            slots,
            slots.map(() => value),
          ),
        );
  },
};

const sortedBy: Readonly<Record<string, statistics.Statistic>> = {
  AVG: statistics.average,
  MAX: statistics.maximum,
  MIN: statistics.minimum,
  SUM: statistics.sum,
};

/** Series without points come last in either order. */
const sort: MathFunction = {
  parameters: [arg.LIST, { accepts: [], words: Object.keys(sortedBy) }, { accepts: [], words: ['ASC', 'DESC'] }, arg.SCALAR],
  required: 3,
  apply: (given) => {
    const limit = given[3] === undefined ? Number.POSITIVE_INFINITY : arg.scalarAt(given, 3);
    if (limit !== Number.POSITIVE_INFINITY && !(Number.isInteger(limit) && limit >= 0))
      return 'argument 4 must be a whole number';
    // As with FILL: one of the words of the parameter.
    const statistic = sortedBy[arg.wordAt(given, 1)] as statistics.Statistic;
    const sign = arg.wordAt(given, 2) === 'DESC' ? -1 : 1;
    const ranked = arg
      .listAt(given, 0)
      .map((series) => ({ series, rank: sign * statistics.statisticOfSeries(statistic, series) }));
    const filled = ranked.filter(({ series }) => series.values.length > 0).sort((left, right) => left.rank - right.rank);
    const empty = ranked.filter(({ series }) => series.values.length === 0);
    return listValue([...filled, ...empty].slice(0, limit).map(({ series }) => series));
  },
};

const slice: MathFunction = {
  parameters: [arg.LIST, arg.SCALAR, arg.SCALAR],
  required: 2,
  apply: (given) => {
    const list = arg.listAt(given, 0);
    const start = arg.scalarAt(given, 1);
    const end = given[2] === undefined ? list.length : arg.scalarAt(given, 2);
    for (const [index, bound] of [start, end].entries()) {
      if (!Number.isInteger(bound) || bound < 0) return `argument ${index + 2} must be a whole number from 0`;
    }
    return listValue(list.slice(start, end));
  },
};

/** AWS: of a metric, not of the result of an expression. Seen: user guide, PERIOD. */
const period: MathFunction = {
  parameters: [{ ...arg.SERIES, idOnly: true }],
  required: 1,
  apply: (given) => scalarValue(arg.seriesAt(given, 0).period),
};

const choose: MathFunction = {
  parameters: [arg.SCALAR_OR_SERIES, arg.SCALAR_OR_SERIES, arg.SCALAR_OR_SERIES],
  required: 2,
  apply: (given) =>
    chooseByCondition(
      arg.operandAt(given, 0),
      arg.operandAt(given, 1),
      given[2] === undefined ? undefined : arg.operandAt(given, 2),
    ),
};

const edgeOf = (list: readonly TimeSeries[], at: number, scope: MathScope): MathValue =>
  seriesValue(list.at(at) ?? emptySeries(scope.period));

export const mathFunctions: ReadonlyMap<string, MathFunction> = new Map([
  ['ABS', ofEach((series) => mapValues(series, Math.abs))],
  ['AVG', ofPoints(statistics.average)],
  ['CEIL', ofEach((series) => mapValues(series, Math.ceil))],
  ['DATAPOINT_COUNT', ofPoints(statistics.count)],
  ['DIFF', ofEach((series) => mapSteps(series, (difference) => difference))],
  ['DIFF_TIME', ofEach((series) => mapSteps(series, (_, seconds) => seconds))],
  ['FILL', fill],
  ['FIRST', ofList((list, scope) => edgeOf(list, 0, scope))],
  ['FLOOR', ofEach((series) => mapValues(series, Math.floor))],
  ['IF', choose],
  ['LAST', ofList((list, scope) => edgeOf(list, -1, scope))],
  ['LOG', ofEach((series) => mapValues(series, Math.log))],
  ['LOG10', ofEach((series) => mapValues(series, Math.log10))],
  ['MAX', ofPoints(statistics.maximum)],
  ['METRIC_COUNT', ofList((list) => scalarValue(list.length))],
  ['MIN', ofPoints(statistics.minimum)],
  ['PERIOD', period],
  ['RATE', ofEach((series) => mapSteps(series, (difference, seconds) => difference / seconds))],
  ['REMOVE_EMPTY', ofList((list) => listValue(list.filter(({ values }) => values.length > 0)))],
  ['RUNNING_SUM', ofEach(runningSum)],
  ['SLICE', slice],
  ['SORT', sort],
  ['STDDEV', ofPoints(statistics.standardDeviation)],
  ['SUM', ofPoints(statistics.sum)],
  ['TIME_SERIES', timeSeries],
  ...Object.entries(clocks).map(([name, read]): [string, MathFunction] => [name, ofClock(read)]),
]);
