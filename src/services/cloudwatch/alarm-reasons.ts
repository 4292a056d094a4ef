// Why an alarm is in its state, in AWS's words. Seen: recorded alarms; what a line marks as from memory was not recorded.

import type { Decision } from './alarm-decision.ts';
import type { AlarmState, Comparison, MetricAlarmDocument } from './alarm-document.ts';

/** One period that was looked at. */
export interface WatchedPeriod {
  /** When it began, milliseconds. */
  readonly at: number;
  readonly value: number | undefined;
  readonly sampleCount: number | undefined;
}

const COMPARED: Readonly<Record<Comparison, string>> = {
  GreaterThanOrEqualToThreshold: 'greater than or equal to',
  GreaterThanThreshold: 'greater than',
  LessThanThreshold: 'less than',
  LessThanOrEqualToThreshold: 'less than or equal to',
};

const TREATED = { breaching: 'Breaching', notBreaching: 'NonBreaching' } as const;

export function reasonOf(
  alarm: MetricAlarmDocument,
  { evaluated, filled }: Decision,
  state: AlarmState,
  periods: readonly WatchedPeriod[],
): string {
  const { evaluationPeriods, datapointsToAlarm, threshold, comparison, treatMissingData = 'missing' } = alarm;
  if (state === 'INSUFFICIENT_DATA') {
    // From memory of the service.
    return `Insufficient Data: ${counted(evaluationPeriods, 'datapoint')} ${wasOrWere(evaluationPeriods)} unknown.`;
  }
  const treated =
    filled > 0 && (treatMissingData === 'breaching' || treatMissingData === 'notBreaching')
      ? `${counted(filled, 'missing datapoint')} ${wasOrWere(filled)} treated as [${TREATED[treatMissingData]}]`
      : undefined;
  if (evaluated.length === 0) {
    return `Threshold Crossed: no datapoints were received for ${counted(evaluationPeriods, 'period')} and ${treated}.`;
  }
  // The newest first. From memory of the service.
  const listed = evaluated
    .map((index) => periods[index] as WatchedPeriod)
    .toReversed()
    .map(({ at, value }) => `${javaNumber(value as number)} (${timeOf(at)})`);
  const compared = `${wasOrWere(listed.length)} ${state === 'ALARM' ? '' : 'not '}${COMPARED[comparison]} the threshold (${javaNumber(threshold)})`;
  // From memory of the service: who says how many datapoints make an alarm is told how many did.
  const [subject, transition] =
    datapointsToAlarm === undefined
      ? [counted(listed.length, 'datapoint'), '']
      : [
          `${listed.length} out of the last ${counted(evaluationPeriods, 'datapoint')}`,
          ` (minimum ${counted(datapointsToAlarm, 'datapoint')} for ${state === 'ALARM' ? 'OK -> ALARM' : 'ALARM -> OK'} transition)`,
        ];
  const missing = treated === undefined ? '' : ` and ${treated}`;
  return `Threshold Crossed: ${subject} [${listed.join(', ')}] ${compared}${missing}${transition}.`;
}

/** The same as JSON text, as `StateReasonData`. AWS: members and their order. Seen: recorded alarms. */
export function reasonDataOf(
  alarm: MetricAlarmDocument,
  { evaluated }: Decision,
  periods: readonly WatchedPeriod[],
  queriedAt: number,
): string {
  const { watched, threshold, evaluationPeriods } = alarm;
  const known = evaluated.map((index) => periods[index] as WatchedPeriod);
  const shown = known.length > 0 ? known.toReversed() : periods.slice(-evaluationPeriods).toReversed();
  const first = known[0];
  return JSON.stringify({
    version: '1.0',
    queryDate: isoDate(queriedAt),
    ...(first === undefined ? {} : { startDate: isoDate(first.at) }),
    ...(watched.kind === 'metric' && {
      ...(watched.unit === undefined ? {} : { unit: watched.unit }),
      statistic: watched.stat,
      period: watched.period,
    }),
    recentDatapoints: known.map(({ value }) => value),
    threshold,
    evaluatedDatapoints: shown.map(({ at, value, sampleCount }) => ({
      timestamp: isoDate(at),
      ...(sampleCount === undefined ? {} : { sampleCount }),
      ...(value === undefined ? {} : { value }),
    })),
  });
}

/** `2026-11-28T00:31:14.123+0000` */
export function isoDate(at: number): string {
  return new Date(at).toISOString().replace('Z', '+0000');
}

/** `28/11/26 00:31:00` */
function timeOf(at: number): string {
  const [date = '', time = ''] = new Date(at).toISOString().split('T');
  const [year = '', month, day] = date.split('-');
  return `${day}/${month}/${year.slice(2)} ${time.slice(0, 8)}`;
}

/** A whole number has a `.0`, as Java prints doubles. */
export function javaNumber(value: number): string {
  return Number.isInteger(value) && Math.abs(value) < 1e7 ? value.toFixed(1) : String(value);
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function wasOrWere(count: number): string {
  return count === 1 ? 'was' : 'were';
}
