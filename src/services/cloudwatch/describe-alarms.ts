// Reads of alarms.

import type { Caller } from '../../aws/operations.ts';
import type { Scope } from '../../model/scope.ts';
import type { Store } from '../../store/store.ts';
import { type AlarmDocument, alarmArn, alarmKind, alarmNameIn } from './alarm-document.ts';
import { alarmsOf, parseAlarmRule } from './alarm-rule.ts';
import { type CloudWatchContext, type CloudWatchOperations, type Input, scopeOf } from './cloudwatch-context.ts';
import { fromPageToken, toPageToken } from './paging.ts';
import { invalidCombination } from './refusals.ts';
import { toCompositeAlarm, toMetricAlarm } from './wire-alarm.ts';

/** AWS: Seen: API reference, DescribeAlarms. */
const PAGE = 50;

export function describeAlarmsOperations({ store }: CloudWatchContext) {
  return {
    async DescribeAlarms(input: Input<'DescribeAlarms'>, caller: Caller) {
      const scope = scopeOf(caller);
      const { AlarmNames: names = [], AlarmNamePrefix: prefix } = input;
      if (names.length > 0 && prefix !== undefined) {
        throw invalidCombination(
          'The parameters AlarmNames and AlarmNamePrefix are mutually exclusive and you have specified both.',
        );
      }
      const question = [JSON.stringify({ ...input, NextToken: undefined, MaxRecords: undefined })];
      const from = fromPageToken(input.NextToken, question) ?? 0;
      const all = await alarmsIn(store, scope);
      const found = all.filter((alarm) => isAsked(alarm, input, { all, scope }));
      const size = input.MaxRecords ?? PAGE;
      const page = found.slice(from, from + size);
      return {
        MetricAlarms: page.flatMap((alarm) => (alarm.kind === 'metric' ? [toMetricAlarm(alarm, scope)] : [])),
        CompositeAlarms: page.flatMap((alarm) => (alarm.kind === 'composite' ? [toCompositeAlarm(alarm, scope)] : [])),
        ...(from + size < found.length && { NextToken: toPageToken(question, from + size) }),
      };
    },

    async DescribeAlarmsForMetric(input: Input<'DescribeAlarmsForMetric'>, caller: Caller) {
      const scope = scopeOf(caller);
      const key = (dimensions: readonly { Name?: string | undefined; Value?: string | undefined }[]) =>
        JSON.stringify(dimensions.map(({ Name, Value }) => [Name, Value]).toSorted());
      const found = (await alarmsIn(store, scope)).filter((alarm) => {
        if (alarm.kind !== 'metric' || alarm.watched.kind !== 'metric') return false;
        const { metric, stat, period, unit } = alarm.watched;
        const dimensions = metric.dimensions.map(({ name, value }) => ({ Name: name, Value: value }));
        const asked = input.Statistic ?? input.ExtendedStatistic;
        return (
          metric.namespace === input.Namespace &&
          metric.metricName === input.MetricName &&
          key(dimensions) === key(input.Dimensions ?? []) &&
          (asked === undefined || asked === stat) &&
          (input.Period === undefined || input.Period === period) &&
          (input.Unit === undefined || input.Unit === unit)
        );
      });
      return { MetricAlarms: found.flatMap((alarm) => (alarm.kind === 'metric' ? [toMetricAlarm(alarm, scope)] : [])) };
    },
  } satisfies CloudWatchOperations;
}

/** By name. */
export async function alarmsIn(store: Store, scope: Scope): Promise<readonly AlarmDocument[]> {
  return (await store.list<AlarmDocument>(scope, alarmKind, '')).items;
}

function isAsked(
  alarm: AlarmDocument,
  input: Input<'DescribeAlarms'>,
  { all, scope }: { readonly all: readonly AlarmDocument[]; readonly scope: Scope },
): boolean {
  const { AlarmNames: names = [], AlarmNamePrefix: prefix, StateValue: state, ActionPrefix: actionPrefix } = input;
  const { ChildrenOfAlarmName: parent, ParentsOfAlarmName: child, AlarmTypes: types = [] } = input;
  const type = alarm.kind === 'metric' ? 'MetricAlarm' : 'CompositeAlarm';
  // AWS: metric alarms alone, unless others are asked for; relatives are of both kinds. Seen: API reference, DescribeAlarms.
  if (types.length > 0 ? !types.includes(type) : alarm.kind !== 'metric' && parent === undefined && child === undefined)
    return false;
  if (names.length > 0 && !names.includes(alarm.alarmName)) return false;
  if (prefix !== undefined && !alarm.alarmName.startsWith(prefix)) return false;
  if (state !== undefined && alarm.state !== state) return false;
  const actions = [...alarm.okActions, ...alarm.alarmActions, ...alarm.insufficientDataActions];
  if (actionPrefix !== undefined && !actions.some((action) => action.startsWith(actionPrefix))) return false;
  if (
    parent !== undefined &&
    !isChild(
      alarm.alarmName,
      all.find(({ alarmName }) => alarmName === parent),
      scope,
    )
  )
    return false;
  return child === undefined || isChild(child, alarm, scope);
}

function isChild(alarmName: string, parent: AlarmDocument | undefined, scope: Scope): boolean {
  if (parent?.kind !== 'composite') return false;
  const rule = parseAlarmRule(parent.alarmRule);
  if (rule.kind === 'problem') return false;
  return alarmsOf(rule).some(
    (named) => (alarmNameIn(named, scope) ?? named) === alarmName || named === alarmArn(scope, alarmName),
  );
}
