// Every recorded CloudWatch test of metrics is made again against our server, over the protocol it was recorded with. What the
// recordings leave out (they name no calls) is written out here by test name; the answers are compared with AWS's word for word.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import * as cloudwatchModule from '@aws-sdk/client-cloudwatch';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { type AwsClients, awsClients } from '../wire/aws-clients.ts';
import { account, createFunction } from '../wire/deployed-api.ts';
import { type StartedServer, startServer } from '../wire/started-server.ts';
import { type Bindings, compare } from './compare.ts';
import { type RecordedTest, readRecordings, skipWithoutRecordings } from './recordings.ts';

type Answer = Record<string, unknown>;
type Call = (operation: string, input: Record<string, unknown>) => Promise<Answer>;

const skip = skipWithoutRecordings();
const recordings = skip === false ? readRecordings('cloudwatch.test_cloudwatch.json') : [];

/** Recorded tests of what is not there yet. */
const NOT_YET_MADE = /alarm|dashboard|insight|metric_stream|store_tags|sqs|no_shape_in_spec/;

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

let server: StartedServer;
let clients: AwsClients;

describe('recorded answers of CloudWatch', { skip }, () => {
  before(async () => {
    server = await startServer();
    clients = awsClients(server);
  });

  after(async () => {
    clients.destroy();
    await server.stop();
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
    const made = recordings.filter(({ name }) => !NOT_YET_MADE.test(name)).map(({ name }) => parts(name).test);
    assert.deepEqual([...new Set(made)].sort(), Object.keys(tests).sort());
    assert.equal(made.length, 51);
  });
});

/** `TestCloudwatch::test_get_metric_data_stats[query-Sum]` */
function parts(name: string): { readonly test: string; readonly protocol: string; readonly variant: string } {
  const [, test = '', protocol = '', variant = ''] = /::(\w+)\[(query|json|smithy-rpc-v2-cbor)(?:-(\w+))?\]$/.exec(name) ?? [];
  return { test, protocol, variant };
}

async function check(recorded: RecordedTest): Promise<void> {
  const { test: name, protocol, variant } = parts(recorded.name);
  const made = tests[name];
  assert.ok(made !== undefined, `nothing says how to make ${recorded.name}`);
  const records = await made(callOver(protocol), `space-${randomBytes(4).toString('hex')}`, variant);
  for (const [record, expected] of Object.entries(recorded.records)) {
    assert.deepEqual(differences(expected, records[record], record), [], JSON.stringify(records[record]));
  }
}

function differences(expected: unknown, actual: unknown, path: string) {
  const bindings: Bindings = new Map();
  return compare(asTemplate(expected), asTemplate(actual), path, bindings, { account, laterMembers: new Set() });
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
 * Answers and recordings in one form: times are left out as the recordings leave them out, datapoints come in no order, and the codes of
 * errors are those of the shapes, which is what the SDK tells. Recorded by botocore they are those of the query protocol.
 */
function asTemplate(record: unknown): unknown {
  return JSON.parse(JSON.stringify(record), (key, value: unknown) => {
    if (['HTTPHeaders', 'Timestamp', 'Timestamps', 'QueryErrorCode', 'Type'].includes(key)) return undefined;
    if (key === 'message') return undefined;
    if (key === 'Code' && typeof value === 'string') return value.replace(/Exception$/, '');
    if (key === 'Id' || key === 'Label') return String(value).startsWith('<') ? undefined : nameless(value);
    if (key === 'Datapoints') return (value as { Unit: string }[]).toSorted((a, b) => (a.Unit < b.Unit ? -1 : 1));
    return value;
  });
}

/** Names that the recordings have as placeholders. */
function nameless(value: unknown): unknown {
  return value === 'nothing' || value === 'm' ? undefined : value;
}
