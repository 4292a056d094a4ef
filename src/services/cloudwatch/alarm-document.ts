// Alarms as the store keeps them.

import { partitionOf } from '../../aws/arn.ts';
import type { Metric } from '../../model/metric.ts';
import type { Scope } from '../../model/scope.ts';
import type { DocumentKey, Reader } from '../../store/store.ts';
import type { MetricDataQuery } from './metric-queries.ts';

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

export type Comparison =
  | 'GreaterThanOrEqualToThreshold'
  | 'GreaterThanThreshold'
  | 'LessThanThreshold'
  | 'LessThanOrEqualToThreshold';

export type MissingData = 'breaching' | 'notBreaching' | 'ignore' | 'missing';

interface AlarmCommon {
  readonly alarmName: string;
  readonly description?: string;
  readonly actionsEnabled: boolean;
  readonly okActions: readonly string[];
  readonly alarmActions: readonly string[];
  readonly insufficientDataActions: readonly string[];
  /** Milliseconds since the epoch. */
  readonly configurationUpdatedAt: number;
  readonly state: AlarmState;
  readonly stateReason: string;
  /** JSON text. */
  readonly stateReasonData?: string;
  readonly stateUpdatedAt: number;
  readonly stateTransitionedAt: number;
  readonly tags: Readonly<Record<string, string>>;
}

/** What a metric alarm looks at: a statistic of one metric, or one of several queries. */
export type Watched =
  | {
      readonly kind: 'metric';
      readonly metric: Metric;
      readonly stat: string;
      /** Named as an ExtendedStatistic. */
      readonly isExtended: boolean;
      /** Seconds. */
      readonly period: number;
      readonly unit?: string;
    }
  | { readonly kind: 'queries'; readonly queries: readonly MetricDataQuery[] };

export interface MetricAlarmDocument extends AlarmCommon {
  readonly kind: 'metric';
  readonly watched: Watched;
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm?: number;
  readonly threshold: number;
  readonly comparison: Comparison;
  /** As it was said; `missing` when it was not. */
  readonly treatMissingData?: MissingData;
  readonly evaluateLowSampleCountPercentile?: 'evaluate' | 'ignore';
}

export interface CompositeAlarmDocument extends AlarmCommon {
  readonly kind: 'composite';
  readonly alarmRule: string;
}

export type AlarmDocument = MetricAlarmDocument | CompositeAlarmDocument;

export const alarmKind = 'cloudwatch/alarm';

/** Alarms of both kinds share their names. */
export function alarmKey(scope: Scope, alarmName: string): DocumentKey {
  return { scope, kind: alarmKind, parent: '', id: alarmName };
}

export function alarmArn({ account, region }: Scope, alarmName: string): string {
  return `arn:${partitionOf(region)}:cloudwatch:${region}:${account}:alarm:${alarmName}`;
}

/** The name in an alarm's ARN of this account and region, or undefined. */
export function alarmNameIn(arn: string, scope: Scope): string | undefined {
  const prefix = alarmArn(scope, '');
  return arn.startsWith(prefix) && arn.length > prefix.length ? arn.slice(prefix.length) : undefined;
}

export async function findAlarm(reader: Reader, scope: Scope, alarmName: string): Promise<AlarmDocument | undefined> {
  return alarmName === '' ? undefined : reader.get<AlarmDocument>(alarmKey(scope, alarmName));
}

/** What a new alarm begins with, and what one that is put again keeps. */
export function initialState(at: number): Pick<AlarmCommon, 'state' | 'stateReason' | 'stateUpdatedAt' | 'stateTransitionedAt'> {
  return {
    state: 'INSUFFICIENT_DATA',
    // AWS: these words. Seen: recorded answers.
    stateReason: 'Unchecked: Initial alarm creation',
    stateUpdatedAt: at,
    stateTransitionedAt: at,
  };
}

export function keptState(former: AlarmDocument) {
  const { state, stateReason, stateReasonData, stateUpdatedAt, stateTransitionedAt } = former;
  return {
    ...{ state, stateReason, stateUpdatedAt, stateTransitionedAt },
    ...(stateReasonData === undefined ? {} : { stateReasonData }),
  };
}
