// What an alarm tells when it comes into a state: the message of a topic, which webhooks get, too, and the event of a function.

import type { Scope } from '../../model/scope.ts';
import { type AlarmDocument, alarmArn, type MetricAlarmDocument } from './alarm-document.ts';
import { isoDate } from './alarm-reasons.ts';

export interface AlarmNotification {
  /** `ALARM: "errors" in US East (N. Virginia)` */
  readonly subject: string;
  /** JSON text, as SNS and webhooks get it. */
  readonly message: string;
  /** JSON text, as functions get it. */
  readonly event: string;
}

const REGIONS: Readonly<Record<string, string>> = {
  'us-east-1': 'US East (N. Virginia)',
  'us-east-2': 'US East (Ohio)',
  'us-west-1': 'US West (N. California)',
  'us-west-2': 'US West (Oregon)',
  'af-south-1': 'Africa (Cape Town)',
  'ap-east-1': 'Asia Pacific (Hong Kong)',
  'ap-south-1': 'Asia Pacific (Mumbai)',
  'ap-south-2': 'Asia Pacific (Hyderabad)',
  'ap-southeast-1': 'Asia Pacific (Singapore)',
  'ap-southeast-2': 'Asia Pacific (Sydney)',
  'ap-southeast-3': 'Asia Pacific (Jakarta)',
  'ap-southeast-4': 'Asia Pacific (Melbourne)',
  'ap-northeast-1': 'Asia Pacific (Tokyo)',
  'ap-northeast-2': 'Asia Pacific (Seoul)',
  'ap-northeast-3': 'Asia Pacific (Osaka)',
  'ca-central-1': 'Canada (Central)',
  'ca-west-1': 'Canada West (Calgary)',
  'eu-central-1': 'EU (Frankfurt)',
  'eu-central-2': 'Europe (Zurich)',
  'eu-west-1': 'EU (Ireland)',
  'eu-west-2': 'EU (London)',
  'eu-west-3': 'EU (Paris)',
  'eu-north-1': 'EU (Stockholm)',
  'eu-south-1': 'EU (Milan)',
  'eu-south-2': 'Europe (Spain)',
  'il-central-1': 'Israel (Tel Aviv)',
  'me-south-1': 'Middle East (Bahrain)',
  'me-central-1': 'Middle East (UAE)',
  'sa-east-1': 'South America (Sao Paulo)',
};

export function alarmNotification(scope: Scope, alarm: AlarmDocument, former: AlarmDocument): AlarmNotification {
  const region = REGIONS[scope.region] ?? scope.region;
  return {
    subject: `${alarm.state}: "${alarm.alarmName}" in ${region}`,
    message: JSON.stringify(messageOf(scope, alarm, former, region)),
    event: JSON.stringify(eventOf(scope, alarm, former)),
  };
}

/** AWS: members and their order. Seen: recorded messages. */
function messageOf(scope: Scope, alarm: AlarmDocument, former: AlarmDocument, region: string) {
  return {
    AlarmName: alarm.alarmName,
    AlarmDescription: alarm.description ?? null,
    AWSAccountId: scope.account,
    AlarmConfigurationUpdatedTimestamp: isoDate(alarm.configurationUpdatedAt),
    NewStateValue: alarm.state,
    NewStateReason: alarm.stateReason,
    StateChangeTime: isoDate(alarm.stateUpdatedAt),
    Region: region,
    AlarmArn: alarmArn(scope, alarm.alarmName),
    OldStateValue: former.state,
    OKActions: alarm.okActions,
    AlarmActions: alarm.alarmActions,
    InsufficientDataActions: alarm.insufficientDataActions,
    ...(alarm.kind === 'metric' ? { Trigger: triggerOf(alarm) } : { AlarmRule: alarm.alarmRule }),
    // AWS: since 2026. Seen: recorded messages. Nothing is muted here.
    ActionExecutedAfterMuteWindow: false,
  };
}

function triggerOf(alarm: MetricAlarmDocument) {
  const { watched } = alarm;
  const rules = {
    EvaluationPeriods: alarm.evaluationPeriods,
    ...(alarm.datapointsToAlarm === undefined ? {} : { DatapointsToAlarm: alarm.datapointsToAlarm }),
    ComparisonOperator: alarm.comparison,
    Threshold: alarm.threshold,
    TreatMissingData: alarm.treatMissingData ?? 'missing',
    EvaluateLowSampleCountPercentile: alarm.evaluateLowSampleCountPercentile ?? '',
  };
  if (watched.kind === 'queries') return { ...rules, Metrics: watched.queries };
  const { metric, stat, isExtended, period, unit } = watched;
  return {
    ...{ MetricName: metric.metricName, Namespace: metric.namespace },
    ...(isExtended
      ? { StatisticType: 'ExtendedStatistic', ExtendedStatistic: stat }
      : { StatisticType: 'Statistic', Statistic: SNS_STATISTICS[stat] ?? stat }),
    Unit: unit ?? null,
    Dimensions: metric.dimensions.map(({ name, value }) => ({ value, name })),
    Period: period,
    ...rules,
  };
}

const SNS_STATISTICS: Readonly<Record<string, string>> = {
  ...{ SampleCount: 'SAMPLE_COUNT', Average: 'AVERAGE', Sum: 'SUM', Minimum: 'MINIMUM', Maximum: 'MAXIMUM' },
};

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-actions-Lambda.html */
function eventOf(scope: Scope, alarm: AlarmDocument, former: AlarmDocument) {
  const stateOf = ({ state, stateReason, stateReasonData, stateUpdatedAt }: AlarmDocument) => ({
    value: state,
    reason: stateReason,
    ...(stateReasonData === undefined ? {} : { reasonData: stateReasonData }),
    timestamp: isoDate(stateUpdatedAt),
  });
  return {
    source: 'aws.cloudwatch',
    alarmArn: alarmArn(scope, alarm.alarmName),
    accountId: scope.account,
    time: isoDate(alarm.stateUpdatedAt),
    region: scope.region,
    alarmData: {
      alarmName: alarm.alarmName,
      state: stateOf(alarm),
      previousState: stateOf(former),
      configuration: {
        ...(alarm.description === undefined ? {} : { description: alarm.description }),
        ...(alarm.kind === 'metric' ? { metrics: metricsOf(alarm) } : { alarmRule: alarm.alarmRule }),
      },
    },
  };
}

function metricsOf({ alarmName, watched }: MetricAlarmDocument) {
  if (watched.kind === 'metric') {
    const { metric, period, stat, unit } = watched;
    const dimensions = Object.fromEntries(metric.dimensions.map(({ name, value }) => [name, value]));
    const named = { namespace: metric.namespace, name: metric.metricName, dimensions };
    const metricStat = { metric: named, period, stat, ...(unit === undefined ? {} : { unit }) };
    return [{ id: alarmName, metricStat, returnData: true }];
  }
  return watched.queries.map(
    ({ Id: id, Expression: expression, MetricStat: metricStat, Label: label, ReturnData: returned }) => ({
      id,
      ...(expression === undefined ? {} : { expression }),
      ...(label === undefined ? {} : { label }),
      ...(metricStat === undefined
        ? {}
        : {
            metricStat: {
              metric: {
                namespace: metricStat.Metric?.Namespace,
                name: metricStat.Metric?.MetricName,
                dimensions: Object.fromEntries((metricStat.Metric?.Dimensions ?? []).map(({ Name, Value }) => [Name, Value])),
              },
              ...{ period: metricStat.Period, stat: metricStat.Stat },
            },
          }),
      returnData: returned ?? true,
    }),
  );
}
