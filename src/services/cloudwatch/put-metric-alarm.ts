// PutMetricAlarm: an alarm on a metric or on an expression.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html

import type { Caller } from '../../aws/operations.ts';
import {
  alarmKey,
  type Comparison,
  findAlarm,
  initialState,
  keptState,
  type MetricAlarmDocument,
  type MissingData,
  type Watched,
} from './alarm-document.ts';
import { configurationItem, keepHistory } from './alarm-history.ts';
import { commonSettings } from './alarm-settings.ts';
import { type CloudWatchContext, type CloudWatchOperations, type Input, scopeOf, toMetric } from './cloudwatch-context.ts';
import { readMetricQueries } from './metric-queries.ts';
import { invalidCombination, invalidValue, missing } from './refusals.ts';
import { compileStatistic } from './statistic.ts';

type PutInput = Input<'PutMetricAlarm'>;

const COMPARISONS = new Set([
  ...['GreaterThanOrEqualToThreshold', 'GreaterThanThreshold', 'LessThanThreshold', 'LessThanOrEqualToThreshold'],
]);
const TREATMENTS = new Set(['breaching', 'notBreaching', 'ignore', 'missing']);
// AWS: Seen: API reference, PutMetricAlarm.
const DAY = 86_400;
const WEEK = 7 * DAY;
const QUERIES_MAX = 10;

/** Newer members that nothing here runs. */
const NOT_RUN = [
  ...['ThresholdMetricId', 'EvaluationWindow', 'WarmUpConfiguration', 'EvaluationCriteria', 'EvaluationInterval'],
  'ActionConfiguration',
] as const;

export function putMetricAlarmOperations({ store, now, alarmsChanged }: CloudWatchContext) {
  return {
    async PutMetricAlarm(input: PutInput, caller: Caller) {
      const scope = scopeOf(caller);
      const at = now();
      const settings = readSettings(input);
      await store.transact(async (transaction) => {
        const former = await findAlarm(transaction, scope, input.AlarmName ?? '');
        const alarm: MetricAlarmDocument = {
          ...{ kind: 'metric', alarmName: input.AlarmName ?? '', configurationUpdatedAt: at },
          ...settings,
          ...commonSettings(input, former?.tags),
          ...(former?.kind === 'metric' ? keptState(former) : initialState(at)),
        };
        await transaction.put(alarmKey(scope, alarm.alarmName), alarm);
        await keepHistory(transaction, scope, configurationItem(alarm, former === undefined ? 'created' : 'updated', at));
      });
      alarmsChanged();
      return {};
    },
  } satisfies CloudWatchOperations;
}

function readSettings(input: PutInput) {
  const unrun = NOT_RUN.find((member) => input[member] !== undefined);
  if (unrun !== undefined) throw invalidValue(`The parameter ${unrun} is not supported here yet.`);
  const { EvaluationPeriods: evaluationPeriods, DatapointsToAlarm: datapointsToAlarm, Threshold: threshold } = input;
  if (evaluationPeriods === undefined) throw missing('EvaluationPeriods');
  if (threshold === undefined) throw missing('Threshold');
  if (input.ComparisonOperator === undefined) throw missing('ComparisonOperator');
  if (!COMPARISONS.has(input.ComparisonOperator)) {
    throw invalidValue(`The value ${input.ComparisonOperator} for parameter ComparisonOperator is not supported here yet.`);
  }
  if (datapointsToAlarm !== undefined && datapointsToAlarm > evaluationPeriods) {
    throw invalidValue('The parameter DatapointsToAlarm must not be greater than the parameter EvaluationPeriods.');
  }
  const { TreatMissingData: treatMissingData, EvaluateLowSampleCountPercentile: lowSamples } = input;
  if (treatMissingData !== undefined && !TREATMENTS.has(treatMissingData)) {
    throw invalidValue(`The value ${treatMissingData} is not supported for TreatMissingData parameter.`);
  }
  if (lowSamples !== undefined && lowSamples !== 'evaluate' && lowSamples !== 'ignore') {
    throw invalidValue(`The value ${lowSamples} is not supported for EvaluateLowSampleCountPercentile parameter.`);
  }
  const { watched, period } = readWatched(input);
  const most = period >= 3_600 ? WEEK : DAY;
  if (period * evaluationPeriods > most) {
    throw invalidValue(
      most === DAY
        ? 'Metrics cannot be checked across more than a day (EvaluationPeriods * Period must be <= 86400).'
        : 'Metrics cannot be checked across more than seven days (EvaluationPeriods * Period must be <= 604800).',
    );
  }
  return {
    ...{ watched, evaluationPeriods, threshold, comparison: input.ComparisonOperator as Comparison },
    ...(datapointsToAlarm === undefined ? {} : { datapointsToAlarm }),
    ...(treatMissingData === undefined ? {} : { treatMissingData: treatMissingData as MissingData }),
    ...(lowSamples === undefined ? {} : { evaluateLowSampleCountPercentile: lowSamples as 'evaluate' | 'ignore' }),
  };
}

/** What is watched, and how long its periods are. */
function readWatched(input: PutInput): { readonly watched: Watched; readonly period: number } {
  const { Metrics: queries = [], MetricName: metricName, Namespace: namespace, Period: period, Unit: unit } = input;
  if (queries.length > 0) {
    if (metricName !== undefined) {
      throw invalidCombination('The parameters MetricName and Metrics are mutually exclusive and you have specified both.');
    }
    return readQueries(queries);
  }
  if (metricName === undefined) throw missing('MetricName');
  if (namespace === undefined) throw missing('Namespace');
  if (period === undefined) throw missing('Period');
  if (![10, 20, 30].includes(period) && period % 60 !== 0) {
    throw invalidValue('Period must be 10, 20, 30 or a multiple of 60');
  }
  const { Statistic: plain, ExtendedStatistic: extended } = input;
  if (plain !== undefined && extended !== undefined) {
    throw invalidCombination(
      'The parameters Statistic and ExtendedStatistic are mutually exclusive and you have specified both.',
    );
  }
  const stat = plain ?? extended;
  if (stat === undefined) throw missing('Statistic');
  if (compileStatistic(stat) === undefined) {
    throw invalidValue(`The value ${stat} for parameter ExtendedStatistic is not supported.`);
  }
  const metric = toMetric(namespace, metricName, input.Dimensions);
  const watched = { kind: 'metric', metric, stat, isExtended: extended !== undefined, period } as const;
  return { watched: unit === undefined ? watched : { ...watched, unit }, period };
}

function readQueries(queries: NonNullable<PutInput['Metrics']>): { readonly watched: Watched; readonly period: number } {
  if (queries.length > QUERIES_MAX) {
    throw invalidValue(`The collection Metrics must not have a size greater than ${QUERIES_MAX}.`);
  }
  const read = readMetricQueries(queries, 'Metrics');
  if (read.filter(({ returned }) => returned).length !== 1) {
    // AWS: from memory of the service.
    throw invalidValue('Exactly one element of the metrics list should return data.');
  }
  const periods = read.flatMap((query) => (query.period === undefined ? [] : [query.period]));
  return { watched: { kind: 'queries', queries }, period: Math.max(60, ...periods) };
}
