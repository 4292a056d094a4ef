// Alarms over metrics in memory, with a clock of the test's own.

import assert from 'node:assert/strict';
import { after, beforeEach, describe, test } from 'node:test';
import type { Caller } from '../../aws/operations.ts';
import { createMemoryStore } from '../../store/memory.ts';
import type { AlarmNotification } from './alarm-notification.ts';
import { type CloudWatchService, createCloudWatchService } from './cloudwatch-service.ts';

const caller: Caller = { account: '000000000000', region: 'eu-west-1', requestId: 'r' };
const MINUTE = 60_000;
const begin = Date.UTC(2026, 10, 28, 12);

let now = begin;
let service: CloudWatchService;
let done: { readonly action: string; readonly notification: AlarmNotification }[] = [];
let actionProblem: string | undefined;

const start = () => {
  now = begin;
  done = [];
  actionProblem = undefined;
  service = createCloudWatchService({
    store: createMemoryStore(),
    dataDirectory: undefined,
    collect: () => [],
    now: () => now,
    onNotice: () => {},
    async act(action, notification) {
      done.push({ action, notification });
      return actionProblem;
    },
  });
};
beforeEach(async () => {
  await service?.close();
  start();
});
after(() => service.close());

type Members = Record<string, unknown>;

// The table is typed by operation; the test calls by name.
const call = async (operation: string, input: Members): Promise<Members> =>
  (await (service.operations as Record<string, (input: Members, caller: Caller) => Promise<Members>>)[operation]?.(
    input,
    caller,
  )) ?? assert.fail(operation);

const webhook = 'https://hooks.example.com/alarms';

const alarm = (name: string, more: Members = {}) =>
  call('PutMetricAlarm', {
    ...{ AlarmName: name, Namespace: 'shop', MetricName: 'errors', Statistic: 'Sum', Period: 60 },
    ...{ Threshold: 5, EvaluationPeriods: 2, ComparisonOperator: 'GreaterThanThreshold', AlarmActions: [webhook] },
    ...more,
  });

/** A minute goes by, in which the metric had this sum; undefined: no value. */
async function minute(value: number | undefined): Promise<void> {
  if (value !== undefined) {
    await call('PutMetricData', { Namespace: 'shop', MetricData: [{ MetricName: 'errors', Value: value }] });
  }
  now += MINUTE;
  await service.minuteOver();
}

async function described(name: string, members: readonly string[] = ['StateValue']): Promise<readonly unknown[]> {
  const input = { AlarmNames: [name], AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] };
  const { MetricAlarms, CompositeAlarms } = (await call('DescribeAlarms', input)) as Record<string, Members[]>;
  const [found] = [...(MetricAlarms ?? []), ...(CompositeAlarms ?? [])];
  return members.map((member) => found?.[member]);
}

describe('metric alarms', () => {
  test('come into ALARM and back with the sentences of AWS, and tell once each', async () => {
    await alarm('errors', { OKActions: [webhook], Unit: 'None' });
    await minute(1);
    await minute(2);
    assert.deepEqual(await described('errors'), ['OK']);
    await minute(9);
    assert.deepEqual(await described('errors'), ['OK']);
    await minute(7);
    await minute(8);
    assert.deepEqual(await described('errors', ['StateValue', 'StateReason']), [
      'ALARM',
      'Threshold Crossed: 2 datapoints [7.0 (28/11/26 12:03:00), 9.0 (28/11/26 12:02:00)] were greater than the threshold (5.0).',
    ]);
    const subjects = done.map(({ action, notification }) => [action, notification.subject]);
    assert.deepEqual(subjects, [
      [webhook, 'OK: "errors" in EU (Ireland)'],
      [webhook, 'ALARM: "errors" in EU (Ireland)'],
    ]);
    await minute(0);
    assert.deepEqual(await described('errors', ['StateValue', 'StateReason']), [
      'OK',
      'Threshold Crossed: 2 datapoints [0.0 (28/11/26 12:05:00), 8.0 (28/11/26 12:04:00)] were not greater than the threshold (5.0).',
    ]);
  });

  test('M of N says how many made it so', async () => {
    await alarm('errors', { EvaluationPeriods: 3, DatapointsToAlarm: 2 });
    for (const value of [0, 9, 0, 9]) await minute(value);
    const [state, reason] = await described('errors', ['StateValue', 'StateReason']);
    assert.equal(state, 'ALARM');
    assert.match(
      String(reason),
      /: 3 out of the last 3 datapoints \[9\.0 .*\] were greater .* \(minimum 2 datapoints for OK -> ALARM transition\)\.$/,
    );
  });

  test('missing values are treated as they are said to be', async () => {
    for (const TreatMissingData of ['breaching', 'notBreaching', 'ignore', 'missing']) {
      await alarm(TreatMissingData, { TreatMissingData });
    }
    await minute(undefined);
    await minute(undefined);
    const states = await Promise.all(['breaching', 'notBreaching', 'ignore', 'missing'].map((name) => described(name)));
    assert.deepEqual(states.flat(), ['ALARM', 'OK', 'INSUFFICIENT_DATA', 'INSUFFICIENT_DATA']);
    assert.deepEqual(await described('notBreaching', ['StateReason']), [
      'Threshold Crossed: no datapoints were received for 2 periods and 2 missing datapoints were treated as [NonBreaching].',
    ]);
  });

  test('an expression over two metrics', async () => {
    const stat = (MetricName: string) => ({
      Metric: { Namespace: 'shop', MetricName },
      ...{ Period: 60, Stat: 'Sum' },
    });
    await call('PutMetricAlarm', {
      ...{ AlarmName: 'rate', Threshold: 50, EvaluationPeriods: 1, ComparisonOperator: 'GreaterThanOrEqualToThreshold' },
      Metrics: [
        { Id: 'rate', Expression: '100 * errors / requests' },
        { Id: 'errors', MetricStat: stat('errors'), ReturnData: false },
        { Id: 'requests', MetricStat: stat('requests'), ReturnData: false },
      ],
    });
    const requests = (Value: number) =>
      call('PutMetricData', { Namespace: 'shop', MetricData: [{ MetricName: 'requests', Value }] });
    await requests(10);
    await minute(4);
    assert.deepEqual(await described('rate'), ['OK']);
    await requests(10);
    await minute(5);
    assert.deepEqual(await described('rate'), ['ALARM']);
  });

  test('percentiles of few samples can be left alone', async () => {
    const more = {
      Statistic: undefined,
      ExtendedStatistic: 'p90',
      EvaluationPeriods: 1,
      EvaluateLowSampleCountPercentile: 'ignore',
    };
    await alarm('slow', more);
    await minute(99);
    assert.deepEqual(await described('slow'), ['INSUFFICIENT_DATA']);
    await call('PutMetricData', { Namespace: 'shop', MetricData: [{ MetricName: 'errors', Values: [99], Counts: [200] }] });
    await minute(undefined);
    assert.deepEqual(await described('slow'), ['ALARM']);
  });

  test('actions that are off do nothing; one that fails is told in the history', async () => {
    await alarm('errors', { EvaluationPeriods: 1, ActionsEnabled: false });
    await minute(9);
    assert.equal(done.length, 0);
    await call('EnableAlarmActions', { AlarmNames: ['errors'] });
    await minute(0);
    actionProblem = 'nobody is there';
    await minute(9);
    await new Promise((resolve) => setImmediate(resolve));
    const { AlarmHistoryItems } = (await call('DescribeAlarmHistory', { AlarmName: 'errors' })) as Record<string, Members[]>;
    assert.deepEqual(
      AlarmHistoryItems?.map(({ HistorySummary }) => HistorySummary).toSorted(),
      [
        'Alarm "errors" created',
        'Alarm updated from ALARM to OK',
        'Alarm updated from INSUFFICIENT_DATA to ALARM',
        'Alarm updated from OK to ALARM',
        `Failed to execute action ${webhook}`,
      ].toSorted(),
    );
  });

  test('put again it keeps its state and its tags', async () => {
    await alarm('errors', { EvaluationPeriods: 1, Tags: [{ Key: 'a', Value: '1' }] });
    await minute(9);
    await alarm('errors', { EvaluationPeriods: 3, Tags: [{ Key: 'b', Value: '2' }] });
    assert.deepEqual(await described('errors', ['StateValue', 'EvaluationPeriods']), ['ALARM', 3]);
    const ResourceARN = 'arn:aws:cloudwatch:eu-west-1:000000000000:alarm:errors';
    assert.deepEqual(await call('ListTagsForResource', { ResourceARN }), { Tags: [{ Key: 'a', Value: '1' }] });
  });

  for (const [what, more, message] of [
    [
      'a comparison that is not run',
      { ComparisonOperator: 'LessThanLowerOrGreaterThanUpperThreshold' },
      /not supported here yet/,
    ],
    ['more than a day', { EvaluationPeriods: 1441 }, /more than a day/],
    ['more datapoints than periods', { DatapointsToAlarm: 3 }, /DatapointsToAlarm must not be greater/],
    ['a period of no minute', { Period: 45 }, /Period must be/],
    ['no statistic', { Statistic: undefined }, /Statistic is required/],
    ['an action that nothing runs', { AlarmActions: ['arn:aws:automate:us-east-1:ec2:stop'] }, /not supported here/],
    ['an unknown treatment', { TreatMissingData: 'good' }, /not supported for TreatMissingData/],
    ['a member that nothing runs', { EvaluationInterval: 60 }, /EvaluationInterval is not supported here yet/],
  ] as const) {
    test(`refused: ${what}`, () => assert.rejects(alarm('refused', more), message));
  }
});

describe('composite alarms', () => {
  const composite = (AlarmName: string, AlarmRule: string) =>
    call('PutCompositeAlarm', { AlarmName, AlarmRule, AlarmActions: [webhook] });

  test('follow their children, also through another composite alarm', async () => {
    await alarm('errors', { EvaluationPeriods: 1, AlarmActions: [] });
    await alarm('other', { EvaluationPeriods: 1, Threshold: 100, AlarmActions: [] });
    await composite('any', 'ALARM(errors) OR ALARM("other")');
    await composite('night', 'NOT OK(any) AND NOT ALARM(arn:aws:cloudwatch:eu-west-1:000000000000:alarm:other)');
    await minute(0);
    assert.deepEqual([await described('any'), await described('night')], [['OK'], ['OK']]);
    await minute(9);
    assert.deepEqual([await described('any'), await described('night')], [['ALARM'], ['ALARM']]);
    const [reason, data] = await described('any', ['StateReason', 'StateReasonData']);
    assert.match(String(reason), /alarm:errors transitioned to ALARM at Saturday 28 November, 2026 12:02:00 UTC$/);
    assert.equal(JSON.parse(String(data)).triggeringAlarms[0].state.value, 'ALARM');
    await minute(101);
    assert.deepEqual([await described('any'), await described('night')], [['ALARM'], ['OK']]);
    assert.ok(done.some(({ notification }) => notification.subject === 'ALARM: "night" in EU (Ireland)'));
  });

  test('are listed when they are asked for, with their relatives', async () => {
    await alarm('errors');
    await composite('any', 'ALARM(errors)');
    const names = async (input: Members) => {
      const { MetricAlarms = [], CompositeAlarms = [] } = (await call('DescribeAlarms', input)) as Record<string, Members[]>;
      return [...MetricAlarms, ...CompositeAlarms].map(({ AlarmName }) => AlarmName);
    };
    assert.deepEqual(await names({}), ['errors']);
    assert.deepEqual(await names({ AlarmTypes: ['CompositeAlarm'] }), ['any']);
    assert.deepEqual(await names({ ChildrenOfAlarmName: 'any' }), ['errors']);
    assert.deepEqual(await names({ ParentsOfAlarmName: 'errors' }), ['any']);
    assert.deepEqual(await names({ ActionPrefix: 'https:' }), ['errors']);
    const page = (await call('DescribeAlarms', { AlarmTypes: ['MetricAlarm', 'CompositeAlarm'], MaxRecords: 1 })) as Members;
    assert.deepEqual(
      await names({ AlarmTypes: ['MetricAlarm', 'CompositeAlarm'], MaxRecords: 1, NextToken: page['NextToken'] }),
      ['errors'],
    );
  });

  test('refused: a rule that cannot be read, an alarm that is not there, itself', async () => {
    await assert.rejects(composite('c', 'ALARM('), /Invalid AlarmRule/);
    await assert.rejects(composite('c', 'ALARM(nobody)'), /alarms \[nobody\] in the alarm rule do not exist/);
    await assert.rejects(composite('c', 'ALARM(c)'), /its own AlarmRule/);
  });
});

test('a state that is set by hand holds until the next evaluation', async () => {
  await alarm('errors', { EvaluationPeriods: 1 });
  await minute(0);
  await call('SetAlarmState', { AlarmName: 'errors', StateValue: 'ALARM', StateReason: 'a test' });
  assert.deepEqual(await described('errors', ['StateValue', 'StateReason']), ['ALARM', 'a test']);
  assert.equal(done.length, 1);
  const event = JSON.parse(done[0]?.notification.event ?? '') as { alarmData: { previousState: { value: string } } };
  assert.equal(event.alarmData.previousState.value, 'OK');
  await minute(0);
  assert.deepEqual(await described('errors'), ['OK']);
});

test('deleting: all or none, and its history stays', async () => {
  await alarm('one');
  await assert.rejects(call('DeleteAlarms', { AlarmNames: ['one', 'two'] }), { code: 'ResourceNotFound' });
  assert.deepEqual(await described('one'), ['INSUFFICIENT_DATA']);
  await call('DeleteAlarms', { AlarmNames: ['one'] });
  assert.deepEqual(await described('one'), [undefined]);
  const { AlarmHistoryItems } = (await call('DescribeAlarmHistory', { AlarmName: 'one' })) as Record<string, unknown[]>;
  assert.equal(AlarmHistoryItems?.length, 2);
});
