// What happened to alarms: kept for 30 days.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarmHistory.html

import { randomBytes } from 'node:crypto';
import type { Caller } from '../../aws/operations.ts';
import type { Scope } from '../../model/scope.ts';
import type { DocumentKey, Store, Transaction } from '../../store/store.ts';
import type { AlarmDocument, AlarmState } from './alarm-document.ts';
import { type CloudWatchContext, type CloudWatchOperations, type Input, scopeOf } from './cloudwatch-context.ts';
import { fromPageToken, toPageToken } from './paging.ts';
import { metricAlarmMembers } from './wire-alarm.ts';

export interface HistoryItem {
  readonly alarmName: string;
  readonly alarmType: 'MetricAlarm' | 'CompositeAlarm';
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly type: 'ConfigurationUpdate' | 'StateUpdate' | 'Action';
  readonly summary: string;
  /** JSON text. */
  readonly data: string;
}

const historyKind = 'cloudwatch/alarm-history';
/** AWS: Seen: CloudWatch user guide. */
const KEPT_MS = 30 * 86_400_000;
const PAGE = 100;
const AT_DIGITS = 15;

/** Items of one alarm in their order. */
function keyOf(scope: Scope, { alarmName, at }: HistoryItem): DocumentKey {
  const id = `${String(at).padStart(AT_DIGITS, '0')}-${randomBytes(4).toString('hex')}`;
  return { scope, kind: historyKind, parent: alarmName, id };
}

export async function keepHistory(transaction: Transaction, scope: Scope, item: HistoryItem): Promise<void> {
  await transaction.put(keyOf(scope, item), item);
}

export function configurationItem(alarm: AlarmDocument, what: 'created' | 'updated' | 'deleted', at: number): HistoryItem {
  const type = { created: 'Create', updated: 'Update', deleted: 'Delete' }[what];
  const subject = alarm.kind === 'metric' ? { updatedAlarm: metricAlarmMembers(alarm) } : { updatedAlarm: alarm.alarmRule };
  return {
    ...itemOf(alarm, at),
    type: 'ConfigurationUpdate',
    summary: `Alarm "${alarm.alarmName}" ${what}`,
    data: JSON.stringify({ version: '1.0', type, ...subject }),
  };
}

/** AWS: the members and their order. Seen: recorded history. */
export function stateItem(alarm: AlarmDocument, next: AlarmDocument, at: number): HistoryItem {
  const stateOf = ({ state, stateReason, stateReasonData }: AlarmDocument) => ({
    stateValue: state satisfies AlarmState,
    stateReason,
    ...(stateReasonData === undefined ? {} : { stateReasonData: parsed(stateReasonData) }),
  });
  return {
    ...itemOf(alarm, at),
    type: 'StateUpdate',
    summary: `Alarm updated from ${alarm.state} to ${next.state}`,
    data: JSON.stringify({ version: '1.0', oldState: stateOf(alarm), newState: stateOf(next) }),
  };
}

export function actionItem(alarm: AlarmDocument, action: string, problem: string | undefined, at: number): HistoryItem {
  const verb = problem === undefined ? 'Successfully executed' : 'Failed to execute';
  return {
    ...itemOf(alarm, at),
    type: 'Action',
    summary: `${verb} action ${action}`,
    data: JSON.stringify({
      actionState: problem === undefined ? 'Succeeded' : 'Failed',
      notificationResource: action,
      stateUpdateTimestamp: alarm.stateUpdatedAt,
      ...(problem === undefined ? {} : { error: problem }),
    }),
  };
}

function itemOf({ alarmName, kind }: AlarmDocument, at: number): Pick<HistoryItem, 'alarmName' | 'alarmType' | 'at'> {
  return { alarmName, alarmType: kind === 'metric' ? 'MetricAlarm' : 'CompositeAlarm', at };
}

/** Callers may give anything as the reason's data. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Forgets what is older than 30 days. */
export async function sweepHistory(store: Store, now: number): Promise<void> {
  const old = (await store.scan<HistoryItem>(historyKind)).filter(({ document }) => document.at < now - KEPT_MS);
  if (old.length === 0) return;
  await store.transact(async (transaction) => {
    for (const { key } of old) await transaction.delete(key);
  });
}

export function alarmHistoryOperations({ store }: CloudWatchContext) {
  return {
    async DescribeAlarmHistory(input: Input<'DescribeAlarmHistory'>, caller: Caller) {
      const { AlarmName: name, HistoryItemType: type, AlarmTypes: kinds = ['MetricAlarm'], ScanBy: scanBy } = input;
      const question = [JSON.stringify({ ...input, NextToken: undefined, MaxRecords: undefined })];
      const from = fromPageToken(input.NextToken, question) ?? 0;
      const scope = scopeOf(caller);
      const all =
        name === undefined ? await scanned(store, scope) : (await store.list<HistoryItem>(scope, historyKind, name)).items;
      const start = input.StartDate?.getTime() ?? 0;
      const end = input.EndDate?.getTime() ?? Number.POSITIVE_INFINITY;
      const wanted = all
        .filter((item) => (type === undefined || item.type === type) && item.at >= start && item.at <= end)
        // An alarm that is named may be of either kind.
        .filter((item) => name !== undefined || kinds.includes(item.alarmType))
        .toSorted((a, b) => (scanBy === 'TimestampAscending' ? a.at - b.at : b.at - a.at));
      const size = input.MaxRecords ?? PAGE;
      const page = wanted.slice(from, from + size);
      return {
        AlarmHistoryItems: page.map((item) => ({
          ...{ AlarmName: item.alarmName, AlarmType: item.alarmType, Timestamp: new Date(item.at) },
          ...{ HistoryItemType: item.type, HistorySummary: item.summary, HistoryData: item.data },
        })),
        ...(from + size < wanted.length && { NextToken: toPageToken(question, from + size) }),
      };
    },
  } satisfies CloudWatchOperations;
}

async function scanned(store: Store, { account, region }: Scope): Promise<readonly HistoryItem[]> {
  const all = await store.scan<HistoryItem>(historyKind);
  return all.filter(({ key }) => key.scope.account === account && key.scope.region === region).map(({ document }) => document);
}
