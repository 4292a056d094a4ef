// Every recorded CloudWatch test of metrics is made again against our server, over the protocol it was recorded with. What the
// recordings leave out (they name no calls) is written out here by test name; the answers are compared with AWS's word for word.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import * as cloudwatchModule from '@aws-sdk/client-cloudwatch';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { type AwsClients, awsClients } from '../wire/aws-clients.ts';
import { account, createFunction } from '../wire/deployed-api.ts';
import { awsKeys, type FakeAws, startFakeAws } from '../wire/fake-aws.ts';
import { type StartedServer, startServer } from '../wire/started-server.ts';
import { type Bindings, compare } from './compare.ts';
import { type RecordedTest, readRecordings, skipWithoutRecordings } from './recordings.ts';

type Answer = Record<string, unknown>;
type Call = (operation: string, input: Record<string, unknown>) => Promise<Answer>;

const skip = skipWithoutRecordings();
const recordings = skip === false ? readRecordings('cloudwatch.test_cloudwatch.json') : [];

/** Recorded tests of what is not there yet. */
const NOT_YET_MADE = /insight|metric_stream|aws_sqs_metrics/;

const hourAgo = () => new Date(Date.now() - 3_600_000);
const soon = () => new Date(Date.now() + 120_000);

/** One query of one metric, as `get_metric_data` asks it. */
const queryOf = (id: string, metric: Record<string, unknown>, stat: string, more: Record<string, unknown> = {}) => ({
  MetricDataQueries: [{ Id: id, MetricStat: { Metric: metric, Period: 86_400, Stat: stat, ...more } }],
  StartTime: new Date(Math.floor(Date.now() / 86_400_000) * 86_400_000),
  EndTime: soon(),
});

const statisticsOf = (metric: Record<string, unknown>, statistics: readonly string[]) => ({
  ...metric,
  ...{ StartTime: hourAgo(), EndTime: soon(), Period: 7_200, Statistics: statistics },
});

/** What each recorded test did, by its name without the protocol. `variant` is the rest of its parameters. */
const tests: Readonly<Record<string, (call: Call, space: string, variant: string) => Promise<Record<string, unknown>>>> = {
  async test_put_metric_data_values_list(call, Namespace) {
    const data = { MetricName: 'test-metric', Values: [1, 10], Counts: [2, 4], Unit: 'Count' };
    await call('PutMetricData', { Namespace, MetricData: [data] });
    const metric = { Namespace, MetricName: 'test-metric' };
    return {
      get_metric_statistics: await call('GetMetricStatistics', statisticsOf(metric, ['SampleCount', 'Sum', 'Maximum'])),
    };
  },
  async test_get_metric_data_stats(call, Namespace, stat) {
    for (let value = 1; value <= 11; value++) {
      await call('PutMetricData', { Namespace, MetricData: [{ MetricName: 'metric1', Value: value }] });
    }
    return { get_metric_data: await call('GetMetricData', queryOf('result1', { Namespace, MetricName: 'metric1' }, stat)) };
  },
  async test_get_metric_data_with_dimensions(call, Namespace) {
    const Dimensions = [{ Name: 'InstanceId', Value: 'one' }];
    await call('PutMetricData', {
      Namespace,
      MetricData: [
        { MetricName: 'metric1', Value: 11, Dimensions },
        { MetricName: 'metric1', Value: 22, Dimensions: [{ Name: 'InstanceId', Value: 'two' }] },
        { MetricName: 'metric1', Value: 33 },
      ],
    });
    const metric = { Namespace, MetricName: 'metric1', Dimensions };
    return { get_metric_data: await call('GetMetricData', queryOf('result1', metric, 'Sum')) };
  },
  async test_get_metric_statistics(call, Namespace) {
    const data = Array.from({ length: 10 }, (_, value) => ({ MetricName: 'metric', Value: value }));
    await call('PutMetricData', { Namespace, MetricData: data });
    const all = ['SampleCount', 'Sum', 'Minimum', 'Maximum', 'Average'];
    const metric = { Namespace, MetricName: 'metric' };
    return { get_metric_statistics: await call('GetMetricStatistics', statisticsOf(metric, all)) };
  },
  async test_handle_different_units(call, Namespace) {
    const MetricName = 'm-test';
    const data = [{ Value: 10 }, { Value: 5, Unit: 'Count' }, { Value: 1, Unit: 'Seconds' }];
    await call('PutMetricData', { Namespace, MetricData: data.map((datum) => ({ MetricName, ...datum })) });
    return {
      get_metric_statistics_with_different_units: await call(
        'GetMetricStatistics',
        statisticsOf({ Namespace, MetricName }, ['Average']),
      ),
    };
  },
  async test_get_metric_data_with_different_units(call, Namespace) {
    const MetricName = 'm-test';
    const data = [
      { Value: 1, Unit: 'Seconds' },
      { Value: 5, Unit: 'Count' },
    ];
    await call('PutMetricData', { Namespace, MetricData: data.map((datum) => ({ MetricName, ...datum })) });
    const asked = queryOf('m1', { Namespace, MetricName }, 'Sum', { Unit: 'Seconds' });
    return { get_metric_data_with_different_units: await call('GetMetricData', asked) };
  },
  async test_get_metric_data_different_units_no_unit_in_query(call, Namespace, variant) {
    const MetricName = 'm-test';
    const base = [
      { Value: 60_000, Unit: 'Milliseconds' },
      { Value: 60, Unit: 'Seconds' },
    ];
    const data = {
      metric_data0: base,
      metric_data1: [...base, ...base],
      metric_data2: [...base, ...base, { Value: 5, Unit: 'Count' }],
    }[variant];
    assert.ok(data !== undefined, variant);
    await call('PutMetricData', { Namespace, MetricData: data.map((datum) => ({ MetricName, ...datum })) });
    const asked = queryOf('m1', { Namespace, MetricName }, 'Sum');
    return { get_metric_data_with_no_unit_specified: await call('GetMetricData', asked) };
  },
  async test_get_metric_with_null_dimensions(call, Namespace) {
    const Dimensions = [{ Name: 'foo', Value: 'bar' }];
    await call('PutMetricData', { Namespace, MetricData: [{ MetricName: 'm', Value: 1, Dimensions }] });
    return { get_metric_with_null_dimensions: await call('GetMetricData', queryOf('m', { Namespace, MetricName: 'm' }, 'Sum')) };
  },
  async test_get_metric_with_no_results(call, Namespace) {
    return { result: await call('GetMetricData', queryOf('result', { Namespace, MetricName: 'nothing' }, 'Sum')) };
  },
  async test_multiple_dimensions_statistics(call, Namespace) {
    const MetricName = 'http.server.requests.count';
    const Dimensions = Object.entries({
      ...{ error: 'none', exception: 'none', method: 'GET', outcome: 'SUCCESS', status: '200', uri: '/greetings' },
    }).map(([Name, Value]) => ({ Name, Value }));
    await call('PutMetricData', { Namespace, MetricData: [{ MetricName, Value: 2, Dimensions }] });
    await call('PutMetricData', { Namespace, MetricData: [{ MetricName, Value: 5, Dimensions }] });
    return {
      'get-metric-stats-max': await call(
        'GetMetricData',
        queryOf('result1', { Namespace, MetricName, Dimensions: Dimensions.toReversed() }, 'Maximum'),
      ),
      'list-metrics': await call('ListMetrics', { Namespace }),
    };
  },
  async test_invalid_amount_of_datapoints(call) {
    const metric = { Namespace: 'namespace', MetricName: 'metric_name' };
    const ask = (seconds: number, Period: number) =>
      call('GetMetricStatistics', {
        ...metric,
        ...{ Period, Statistics: ['SampleCount'] },
        StartTime: new Date(Date.UTC(2026, 10, 1)),
        EndTime: new Date(Date.UTC(2026, 10, 1) + seconds * 1000),
      });
    return {
      'error-invalid-amount-datapoints': await ask(86_400, 1),
      'error-invalid-time-frame': await ask(0, 1),
      'get-metric-statitics': await ask(60, 60),
    };
  },
};

const topic = `arn:aws:sns:us-east-1:${account}:alarms`;

/** The alarm of most recorded tests. */
const alarmOf = (AlarmName: string, more: Record<string, unknown>) => ({
  ...{ AlarmName, Threshold: 30, EvaluationPeriods: 1, ComparisonOperator: 'GreaterThanThreshold' },
  ...{ Period: 60, Statistic: 'Sum' },
  ...more,
});

/** An alarm on a metric of ten seconds that tells a topic. */
const watchingAlarm = (AlarmName: string, Namespace: string, more: Record<string, unknown>) => ({
  ...{ AlarmName, Namespace, AlarmDescription: 'testing cloudwatch alarms', ComparisonOperator: 'GreaterThanThreshold' },
  ...{ Period: 10, Unit: 'Seconds', Statistic: 'Average', AlarmActions: [topic], OKActions: [topic] },
  Dimensions: [{ Name: 'InstanceId', Value: 'abc' }],
  ...more,
});

/** What the topic was told about an alarm, once it came into a state. */
async function told(alarmName: string, state: string): Promise<unknown> {
  for (let attempt = 0; attempt < 400; attempt++) {
    for (const { body } of aws.calls) {
      const message = JSON.parse(new URLSearchParams(body).get('Message') ?? '{}') as Answer;
      if (message['AlarmName'] === alarmName && message['NewStateValue'] === state) return message;
    }
    await sleep(100);
  }
  return undefined;
}

/** Recorded tests of alarms. Those that wait for an evaluation wait side by side. */
const alarmTests: typeof tests = {
  async test_describe_alarms_converts_date_format_correctly(call, Namespace) {
    await call('PutMetricAlarm', alarmOf(Namespace, { Namespace, MetricName: 'm' }));
    return { 'describe-alarms': await call('DescribeAlarms', { AlarmNames: [Namespace] }) };
  },
  async test_put_metric_alarm_escape_character(call, Namespace) {
    const more = {
      ...{ AlarmDescription: '<', Period: 600, Threshold: 1 },
      AlarmActions: ['arn:aws:sns:us-east-1:111122223333:MyTopic'],
    };
    await call('PutMetricAlarm', alarmOf(Namespace, { Namespace, MetricName: 'm', ...more }));
    return { 'describe-alarms-escaped-character': await call('DescribeAlarms', { AlarmNames: [Namespace] }) };
  },
  async test_delete_alarm(call, Namespace) {
    await call('PutMetricAlarm', alarmOf(Namespace, { Namespace, MetricName: 'metric1' }));
    return {
      'describe-alarm': await call('DescribeAlarms', { AlarmNames: [Namespace] }),
      'delete-alarm': await call('DeleteAlarms', { AlarmNames: [Namespace] }),
      'describe-after-delete': await call('DescribeAlarms', { AlarmNames: [Namespace] }),
    };
  },
  async test_store_tags(call, Namespace) {
    const ResourceARN = `arn:aws:cloudwatch:us-east-1:${account}:alarm:${Namespace}`;
    const put = await call('PutMetricAlarm', alarmOf(Namespace, { Namespace, MetricName: 'store_tags' }));
    const described = await call('DescribeAlarms', { AlarmNames: [Namespace] });
    const none = await call('ListTagsForResource', { ResourceARN });
    const Tags = [
      { Key: 'tag1', Value: 'foo' },
      { Key: 'tag2', Value: 'bar' },
    ];
    await call('TagResource', { ResourceARN, Tags });
    const two = await call('ListTagsForResource', { ResourceARN });
    await call('UntagResource', { ResourceARN, TagKeys: ['tag1'] });
    return {
      ...{ put_metric_alarm: put, describe_alarms: described, 'list_tags_for_resource_empty ': none },
      ...{ list_tags_for_resource: two, list_tags_for_resource_post_untag: await call('ListTagsForResource', { ResourceARN }) },
    };
  },
  async test_tagging_metric_alarm(call, Namespace) {
    const ResourceARN = `arn:aws:cloudwatch:us-east-1:${account}:alarm:${Namespace}`;
    const list = () => call('ListTagsForResource', { ResourceARN });
    const Tags = [{ Key: 'Environment', Value: 'Production' }];
    const put = await call('PutMetricAlarm', alarmOf(Namespace, { Namespace, MetricName: 'm', Tags }));
    const created = await list();
    const more = [
      { Key: 'tag1', Value: 'foo' },
      { Key: 'tag2', Value: 'bar' },
    ];
    await call('TagResource', { ResourceARN, Tags: more });
    const updated = await list();
    await call('UntagResource', { ResourceARN, TagKeys: ['tag1'] });
    const untagged = await list();
    await call('DeleteAlarms', { AlarmNames: [Namespace] });
    return {
      ...{ put_metric_alarm: put, list_tags_for_resource_after_creation: created },
      ...{ list_tags_for_resource_updated: updated, list_tags_for_resource_post_untag: untagged },
      list_tags_for_deleted_resource: await list(),
    };
  },
  async test_enable_disable_alarm_actions(call, Namespace) {
    const names = { AlarmNames: [Namespace] };
    const more = { MetricName: 'my-metric101', EvaluationPeriods: 2, Threshold: 2, TreatMissingData: 'ignore' };
    await call('PutMetricAlarm', watchingAlarm(Namespace, Namespace, { ...more, OKActions: [topic] }));
    const first = await call('DescribeAlarms', names);
    const set = (StateValue: string, StateReason: string) =>
      call('SetAlarmState', { AlarmName: Namespace, StateValue, StateReason });
    await set('ALARM', 'testing alarm');
    const message = await told(Namespace, 'ALARM');
    const alarmed = await call('DescribeAlarms', names);
    await call('DisableAlarmActions', names);
    await set('OK', 'testing OK state');
    const disabled = await call('DescribeAlarms', names);
    await call('EnableAlarmActions', names);
    return {
      ...{ describe_alarm: first, 'alarm-state-sqs-msg': message, 'alarm-state-describe': alarmed },
      ...{ describe_alarm_disabled: disabled, 'ok-state-action-disabled-describe': disabled },
      describe_alarm_enabled: await call('DescribeAlarms', names),
    };
  },
  async test_breaching_alarm_actions(call, Namespace) {
    const more = { MetricName: 'my-metric101', EvaluationPeriods: 2, Threshold: 2, TreatMissingData: 'breaching' };
    await call('PutMetricAlarm', watchingAlarm(Namespace, Namespace, more));
    const message = await told(Namespace, 'ALARM');
    return { 'alarm-1-sqs-msg': message, 'alarm-1-describe': await call('DescribeAlarms', { AlarmNames: [Namespace] }) };
  },
  async test_put_metric_alarm(call, Namespace) {
    const more = { MetricName: 'my-metric1', EvaluationPeriods: 1, Threshold: 21, TreatMissingData: 'ignore' };
    await call('PutMetricAlarm', watchingAlarm(Namespace, Namespace, { ...more, ActionsEnabled: true }));
    const described = await call('DescribeAlarms', { AlarmNames: [Namespace] });
    const datum = { MetricName: 'my-metric1', Dimensions: [{ Name: 'InstanceId', Value: 'abc' }], Unit: 'Seconds' };
    const data = [21, 22].map((Value) => ({ ...datum, Value, Timestamp: new Date() }));
    await call('PutMetricData', { Namespace, MetricData: data });
    const message = await told(Namespace, 'ALARM');
    return {
      ...{ 'describe-alarm': described, 'alarm-triggered-sqs-msg': message },
      'describe-alarm-history': await call('DescribeAlarmHistory', { AlarmName: Namespace, HistoryItemType: 'StateUpdate' }),
      'describe-alarms-for-metric': await call('DescribeAlarmsForMetric', {
        ...{ MetricName: 'my-metric1', Namespace, Dimensions: datum.Dimensions, Statistic: 'Average' },
      }),
    };
  },
};

/** Recorded tests of dashboards. */
const dashboardTests: typeof tests = {
  async test_invalid_dashboard_name(call) {
    const DashboardBody = '{"widgets":[]}';
    return { 'error-invalid-dashboardname': await call('PutDashboard', { DashboardName: 'test:dashboard', DashboardBody }) };
  },
  async test_dashboard_lifecycle(call, DashboardName) {
    const properties = {
      ...{ metrics: [['AWS/EC2', 'CPUUtilization', 'InstanceId', 'i-12345678']], region: 'us-east-1' },
      ...{ view: 'timeSeries', stacked: false },
    };
    const DashboardBody = JSON.stringify({ widgets: [{ ...{ type: 'metric', x: 0, y: 0, width: 6, height: 6 }, properties }] });
    await call('PutDashboard', { DashboardName, DashboardBody });
    const got = await call('GetDashboard', { DashboardName });
    const list = (DashboardNamePrefix: string) => call('ListDashboards', { DashboardNamePrefix });
    const [all, none, some] = [await list(DashboardName), await list('no-such-prefix'), await list(DashboardName.slice(0, -1))];
    await call('DeleteDashboards', { DashboardNames: [DashboardName] });
    return {
      ...{ get_dashboard: got, list_dashboards: all, list_dashboards_prefix_empty: none, list_dashboards_prefix: some },
      list_dashboards_empty: await list(DashboardName),
    };
  },
};

let server: StartedServer;
let clients: AwsClients;
let aws: FakeAws;

describe('recorded answers of CloudWatch', { skip, concurrency: true }, () => {
  before(async () => {
    aws = await startFakeAws();
    server = await startServer({ environment: awsKeys, arguments: ['--aws-endpoint', aws.url] });
    clients = awsClients(server);
  });

  after(async () => {
    clients.destroy();
    await server.stop();
    await aws.close();
  });

  for (const recorded of recordings.filter(({ name }) => !NOT_YET_MADE.test(name))) {
    test(recorded.name, () => check(recorded));
  }

  test('TestCloudWatchLambdaMetrics::test_lambda_invoke_successful', async () => {
    const [recorded] = readRecordings('cloudwatch.test_cloudwatch_metrics.json').filter(({ name }) => name.includes('lambda'));
    await createFunction(clients, 'counted', 'export const handler = async () => ({ success: "ok" });');
    await clients.lambda.send(new InvokeCommand({ FunctionName: 'counted' }));
    const call = callOver('smithy-rpc-v2-cbor');
    const metric = {
      ...{ Namespace: 'AWS/Lambda', MetricName: 'Invocations' },
      Dimensions: [{ Name: 'FunctionName', Value: 'counted' }],
    };
    // The last words of an invocation come after its answer.
    let answer: Answer = {};
    for (let attempt = 0; attempt < 50; attempt++) {
      answer = await call('GetMetricData', queryOf('m1', metric, 'Sum'));
      const [result] = answer['MetricDataResults'] as { Values: number[] }[];
      if ((result?.Values.length ?? 0) > 0) break;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    assert.deepEqual(differences(recorded?.records['get-metric-data'], answer, 'get-metric-data'), []);
  });

  test('every recorded test is made again or is of what is not there yet', () => {
    const made = recordings
      .filter(({ name }) => !NOT_YET_MADE.test(name) && !name.includes('no_shape'))
      .map(({ name }) => parts(name).test);
    assert.deepEqual(
      [...new Set(made)].sort(),
      [...Object.keys(tests), ...Object.keys(alarmTests), ...Object.keys(dashboardTests)].sort(),
    );
    assert.equal(made.length, 79);
  });
});

/** `TestCloudwatch::test_get_metric_data_stats[query-Sum]` */
function parts(name: string): { readonly test: string; readonly protocol: string; readonly variant: string } {
  const [, test = '', protocol = 'smithy-rpc-v2-cbor', variant = ''] =
    /::(\w+)(?:\[(query|json|smithy-rpc-v2-cbor)(?:-(\w+))?\])?$/.exec(name) ?? [];
  return { test, protocol, variant };
}

/** Errors as they go over the wire: these two have no shape of their own. */
async function checkErrors(recorded: RecordedTest, protocol: string): Promise<void> {
  const set = (StateValue: string, queryMode: boolean) =>
    rawError(protocol, 'SetAlarmState', { AlarmName: 'nothing', StateValue, StateReason: 'test' }, queryMode);
  const answers: Record<string, unknown> = {
    'invalid-value-response': await set('INVALID', false),
    'not-found-response': await set('OK', false),
    'not-found-response-query-mode-true': await set('OK', true),
  };
  for (const [record, expected] of Object.entries(recorded.records)) {
    const { ErrorResponse: asXml } = expected as { ErrorResponse?: { Error: unknown } };
    assert.deepEqual(answers[record], asXml?.Error ?? expected, record);
  }
}

async function rawError(
  protocol: string,
  operation: string,
  input: Record<string, string>,
  queryMode: boolean,
): Promise<unknown> {
  const mode = queryMode ? { 'x-amzn-query-mode': 'true' } : {};
  const ask = (path: string, headers: Record<string, string>, body: string | Uint8Array<ArrayBuffer>) =>
    fetch(`${server.controlUrl}${path}`, { method: 'POST', headers: { ...headers, ...mode }, body });
  if (protocol === 'json') {
    const headers = {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `GraniteServiceVersion20100801.${operation}`,
    };
    return (await ask('/', headers, JSON.stringify(input))).json();
  }
  if (protocol === 'query') {
    const form = new URLSearchParams({ Action: operation, Version: '2010-08-01', ...input });
    const signed = { authorization: 'AWS4-HMAC-SHA256 Credential=test/20261128/us-east-1/monitoring/aws4_request' };
    const answer = await ask('/', { ...signed, 'content-type': 'application/x-www-form-urlencoded' }, form.toString());
    const [, error = ''] = /<Error>(.*)<\/Error>/s.exec(await answer.text()) ?? [];
    return Object.fromEntries(
      [...error.matchAll(/<(\w+)>([^<]*)</g)].map(([, name, text]) => [name, text?.replaceAll('&apos;', "'")]),
    );
  }
  const headers = { 'content-type': 'application/cbor', 'smithy-protocol': 'rpc-v2-cbor' };
  const path = `/service/GraniteServiceVersion20100801/operation/${operation}`;
  const { cbor } = await import('@smithy/core/cbor');
  const answer = await ask(path, headers, new Uint8Array(cbor.serialize(input)));
  return cbor.deserialize(new Uint8Array(await answer.arrayBuffer()));
}

async function check(recorded: RecordedTest): Promise<void> {
  const { test: name, protocol, variant } = parts(recorded.name);
  if (name === 'test_exception_serializing_with_no_shape_in_spec') return checkErrors(recorded, protocol);
  const made = tests[name] ?? alarmTests[name] ?? dashboardTests[name];
  assert.ok(made !== undefined, `nothing says how to make ${recorded.name}`);
  const records = await made(callOver(protocol), `space-${randomBytes(4).toString('hex')}`, variant);
  for (const [record, expected] of Object.entries(recorded.records)) {
    assert.deepEqual(differences(expected, records[record], record), [], JSON.stringify(records[record]));
  }
}

/** Of messages of 2026. */
const laterMembers = new Set(['ActionExecutedAfterMuteWindow']);

function differences(expected: unknown, actual: unknown, path: string) {
  const bindings: Bindings = new Map();
  return compare(asTemplate(expected), asTemplate(actual), path, bindings, { account, laterMembers });
}

function callOver(protocol: string): Call {
  return async (operation, input) => {
    const { AwsJson1_0Protocol, AwsQueryProtocol } = await import('@aws-sdk/core/protocols');
    const { SmithyRpcV2CborProtocol } = await import('@smithy/core/cbor');
    const protocols: Record<string, unknown> = {
      query: AwsQueryProtocol,
      json: AwsJson1_0Protocol,
      'smithy-rpc-v2-cbor': SmithyRpcV2CborProtocol,
    };
    const client = new cloudwatchModule.CloudWatchClient({
      ...{ endpoint: server.controlUrl, region: 'us-east-1', maxAttempts: 1 },
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      // The client's types know its own protocol alone.
      protocol: protocols[protocol] as never,
    });
    const Command = (cloudwatchModule as unknown as Record<string, new (input: unknown) => never>)[`${operation}Command`];
    assert.ok(Command !== undefined, `the SDK has no ${operation}`);
    try {
      const { $metadata: metadata, ...members } = (await client.send(new Command(input))) as Answer & {
        $metadata: { httpStatusCode?: number };
      };
      return { ...members, ResponseMetadata: { HTTPStatusCode: metadata.httpStatusCode } };
    } catch (error) {
      if (!(error instanceof Error) || !('$metadata' in error)) throw error;
      const { httpStatusCode } = (error as Error & { $metadata: { httpStatusCode?: number } }).$metadata;
      return { Error: { Code: error.name, Message: error.message }, ResponseMetadata: { HTTPStatusCode: httpStatusCode } };
    } finally {
      client.destroy();
    }
  };
}

/**
 * Answers and recordings in one form: times are left out, as the recordings have words for them, datapoints come in no order, names of
 * this test's own are no names, and the codes of errors are those of the shapes, which is what the SDK tells. Recorded by botocore they
 * are those of the query protocol.
 */
function asTemplate(record: unknown): unknown {
  const text = JSON.stringify(record, (key, value: unknown) => (isJsonText(key, value) ? JSON.parse(value) : value));
  return JSON.parse(text, (key, value: unknown) => {
    if (
      /^(?:HTTPHeaders|QueryErrorCode|Type|message|StateChangeTime|queryDate|startDate|LastModified|Size)$|Timestamps?$|^timestamp$/.test(
        key,
      )
    ) {
      return undefined;
    }
    if (/^(?:Id|Label|AlarmName|DashboardName|DashboardArn|Namespace|MetricName|AlarmArn)$/.test(key))
      return nameless(String(value));
    if (key === 'Code' && typeof value === 'string') return value.replace(/Exception$/, '');
    if (key === 'Datapoints') return (value as { Unit: string }[]).toSorted((a, b) => (a.Unit < b.Unit ? -1 : 1));
    if (typeof value !== 'string') return value;
    return value
      .replace(/\(\d\d\/\d\d\/\d\d \d\d:\d\d:\d\d\)/, '(MM/DD/YY HH:MM:SS)')
      .replace('US East (N. Virginia)', '<region-name-full:1>')
      .replace(topic, 'arn:<partition>:sns:<region>:111111111111:<topic_arn>');
  });
}

/** Recordings have such texts as what they say. */
function isJsonText(key: string, value: unknown): value is string {
  return (key === 'HistoryData' || key === 'DashboardBody' || key === 'StateReasonData') && typeof value === 'string';
}

/** Names that the recordings have as placeholders, and ours for them. */
function nameless(name: string): string | undefined {
  return name.includes('<') || name.includes('space-') || name === 'nothing' || name === 'm' ? undefined : name;
}
