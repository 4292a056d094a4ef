// Alarms as operations answer them. AWS: lists are there when they are empty, other members when they are set. Seen: recorded answers.

import type { Scope } from '../../model/scope.ts';
import { type AlarmDocument, alarmArn, type CompositeAlarmDocument, type MetricAlarmDocument } from './alarm-document.ts';
import type { MetricDataQuery } from './metric-queries.ts';

type Unit = NonNullable<NonNullable<MetricDataQuery['MetricStat']>['Unit']>;

/** How it is set, without what became of it. */
export function metricAlarmMembers(alarm: MetricAlarmDocument) {
  const { watched, evaluateLowSampleCountPercentile: lowSamples } = alarm;
  return {
    ...commonMembers(alarm),
    ...(watched.kind === 'metric'
      ? {
          ...{ MetricName: watched.metric.metricName, Namespace: watched.metric.namespace, Period: watched.period },
          ...(watched.isExtended ? { ExtendedStatistic: watched.stat } : { Statistic: watched.stat as 'Sum' }),
          Dimensions: watched.metric.dimensions.map(({ name, value }) => ({ Name: name, Value: value })),
          ...(watched.unit === undefined ? {} : { Unit: watched.unit as Unit }),
        }
      : { Dimensions: [], Metrics: [...watched.queries] }),
    EvaluationPeriods: alarm.evaluationPeriods,
    ...(alarm.datapointsToAlarm === undefined ? {} : { DatapointsToAlarm: alarm.datapointsToAlarm }),
    Threshold: alarm.threshold,
    ComparisonOperator: alarm.comparison,
    ...(alarm.treatMissingData === undefined ? {} : { TreatMissingData: alarm.treatMissingData }),
    ...(lowSamples === undefined ? {} : { EvaluateLowSampleCountPercentile: lowSamples }),
  };
}

export function toMetricAlarm(alarm: MetricAlarmDocument, scope: Scope) {
  return { AlarmArn: alarmArn(scope, alarm.alarmName), ...metricAlarmMembers(alarm), ...stateMembers(alarm) };
}

export function toCompositeAlarm(alarm: CompositeAlarmDocument, scope: Scope) {
  return {
    AlarmArn: alarmArn(scope, alarm.alarmName),
    ...commonMembers(alarm),
    AlarmRule: alarm.alarmRule,
    ...stateMembers(alarm),
  };
}

function commonMembers(alarm: AlarmDocument) {
  return {
    AlarmName: alarm.alarmName,
    ...(alarm.description === undefined ? {} : { AlarmDescription: alarm.description }),
    ActionsEnabled: alarm.actionsEnabled,
    OKActions: [...alarm.okActions],
    AlarmActions: [...alarm.alarmActions],
    InsufficientDataActions: [...alarm.insufficientDataActions],
  };
}

function stateMembers(alarm: AlarmDocument) {
  return {
    AlarmConfigurationUpdatedTimestamp: new Date(alarm.configurationUpdatedAt),
    StateValue: alarm.state,
    StateReason: alarm.stateReason,
    ...(alarm.stateReasonData === undefined ? {} : { StateReasonData: alarm.stateReasonData }),
    StateUpdatedTimestamp: new Date(alarm.stateUpdatedAt),
    StateTransitionedTimestamp: new Date(alarm.stateTransitionedAt),
  };
}
