// What APIs and functions are counted as, read with the SDK's CloudWatch client.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import {
  CreateDeploymentCommand,
  CreateRestApiCommand,
  PutIntegrationCommand,
  PutIntegrationResponseCommand,
  PutMethodCommand,
  PutMethodResponseCommand,
  UpdateStageCommand,
} from '@aws-sdk/client-api-gateway';
import { UpdateStageCommand as UpdateHttpStageCommand } from '@aws-sdk/client-apigatewayv2';
import {
  DescribeAlarmsCommand,
  GetMetricDataCommand,
  GetMetricStatisticsCommand,
  ListMetricsCommand,
  PutMetricAlarmCommand,
  PutMetricDataCommand,
  SetAlarmStateCommand,
  type Statistic,
} from '@aws-sdk/client-cloudwatch';
import { FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { type AwsClients, awsClients } from './aws-clients.ts';
import { createFunction, createLambdaApi, echoSource, hostOf } from './deployed-api.ts';
import { rawRequest } from './raw-http.ts';
import { type StartedServer, startServer, temporaryFolder } from './started-server.ts';

let server: StartedServer;
let clients: AwsClients;
const data = temporaryFolder();

before(async () => {
  server = await startServer({ dataDirectory: data.folder });
  clients = awsClients(server);
});

after(async () => {
  clients.destroy();
  await server.stop();
  data.remove();
});

/** One statistic of the last hour and the next minute; undefined when there is no value. */
async function figure(
  Namespace: string,
  MetricName: string,
  dimensions: Readonly<Record<string, string>>,
  statistic: Statistic = 'Sum',
): Promise<number | undefined> {
  const { Datapoints = [] } = await clients.metrics.send(
    new GetMetricStatisticsCommand({
      ...{ Namespace, MetricName, Period: 7200, Statistics: [statistic] },
      Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
      StartTime: new Date(Date.now() - 3_600_000),
      EndTime: new Date(Date.now() + 60_000),
    }),
  );
  return Datapoints[0]?.[statistic];
}

/** Waits until the figure is the expected one: the last words of an invocation come after its answer. */
async function becomes(expected: number, ...asked: Parameters<typeof figure>): Promise<void> {
  for (let attempt = 0; attempt < 50 && (await figure(...asked)) !== expected; attempt++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.equal(await figure(...asked), expected);
}

describe('REST APIs', () => {
  let restApiId = '';
  const get = (target: string) => rawRequest(server.port, { target, host: hostOf(restApiId) });

  before(async () => {
    const { restApis } = clients;
    const created = await restApis.send(new CreateRestApiCommand({ name: 'pets' }));
    restApiId = created.id ?? '';
    for (const httpMethod of ['GET', 'POST']) {
      const at = { restApiId, resourceId: created.rootResourceId, httpMethod };
      await restApis.send(new PutMethodCommand({ ...at, authorizationType: 'NONE' }));
      const requestTemplates = { 'application/json': '{"statusCode": 200}' };
      await restApis.send(new PutIntegrationCommand({ ...at, type: 'MOCK', requestTemplates }));
      await restApis.send(new PutMethodResponseCommand({ ...at, statusCode: '200' }));
      await restApis.send(new PutIntegrationResponseCommand({ ...at, statusCode: '200' }));
    }
    await restApis.send(new CreateDeploymentCommand({ restApiId, stageName: 'prod' }));
  });

  test('a stage is counted under its name and under that of its API', async () => {
    await get('/prod/');
    await get('/prod/');
    await get('/prod/none');
    const sets: Record<string, string>[] = [{ ApiName: 'pets' }, { ApiName: 'pets', Stage: 'prod' }];
    for (const dimensions of sets) {
      assert.equal(await figure('AWS/ApiGateway', 'Count', dimensions), 3);
      assert.equal(await figure('AWS/ApiGateway', '4XXError', dimensions), 1);
      assert.equal(await figure('AWS/ApiGateway', '4XXError', dimensions, 'SampleCount'), 3);
      assert.equal(await figure('AWS/ApiGateway', '5XXError', dimensions, 'Maximum'), 0);
      assert.ok(((await figure('AWS/ApiGateway', 'Latency', dimensions, 'Average')) ?? 0) > 0);
    }
    assert.equal(await figure('AWS/ApiGateway', 'Count', { ApiName: 'pets', Stage: 'other' }), undefined);
  });

  test('methods are counted by themselves where detailed metrics are on', async () => {
    const set = (path: string, value: string) =>
      clients.restApis.send(
        new UpdateStageCommand({ restApiId, stageName: 'prod', patchOperations: [{ op: 'replace', path, value }] }),
      );
    await set('/*/*/metrics/enabled', 'true');
    await set('/~1/POST/metrics/enabled', 'false');
    await get('/prod/');
    await rawRequest(server.port, { method: 'POST', target: '/prod/', host: hostOf(restApiId), body: '{}' });
    const of = (Method: string) => ({ ApiName: 'pets', Stage: 'prod', Resource: '/', Method });
    assert.equal(await figure('AWS/ApiGateway', 'Count', of('GET')), 1);
    assert.equal(await figure('AWS/ApiGateway', 'Count', of('POST')), undefined);
    await set('/*/*/metrics/enabled', 'false');
    await get('/prod/');
    assert.equal(await figure('AWS/ApiGateway', 'Count', of('GET')), 1);
  });

  test('expressions, SEARCH and percentiles', async () => {
    const { MetricDataResults = [] } = await clients.metrics.send(
      new GetMetricDataCommand({
        StartTime: new Date(Math.floor(Date.now() / 86_400_000) * 86_400_000),
        EndTime: new Date(Date.now() + 60_000),
        MetricDataQueries: [
          { Id: 'rate', Expression: '100 * errors / requests', Label: 'errors in percent' },
          ...['4XXError', 'Count'].map((MetricName, index) => ({
            Id: ['errors', 'requests'][index] as string,
            MetricStat: {
              Metric: { Namespace: 'AWS/ApiGateway', MetricName, Dimensions: [{ Name: 'ApiName', Value: 'pets' }] },
              ...{ Period: 86_400, Stat: 'Sum' },
            },
            ReturnData: false,
          })),
          { Id: 'all', Expression: `SEARCH('{AWS/ApiGateway,ApiName,Stage} MetricName="Latency"', 'p99', 86400)` },
        ],
      }),
    );
    const [rate, latency] = MetricDataResults;
    const requests = await figure('AWS/ApiGateway', 'Count', { ApiName: 'pets' });
    assert.deepEqual([rate?.Label, rate?.Values], ['errors in percent', [100 / (requests ?? 0)]]);
    assert.deepEqual([latency?.Id, latency?.Label, latency?.Values?.length], ['all', 'pets prod Latency', 1]);
  });
});

test('HTTP APIs are counted by id, functions by name and by what was invoked', async () => {
  const { FunctionArn: functionArn = '' } = await createFunction(clients, 'echo', echoSource);
  const apiId = await createLambdaApi(clients, functionArn, ['GET /items/{id}', '$default']);
  await clients.apis.send(
    new UpdateHttpStageCommand({
      ...{ ApiId: apiId, StageName: '$default' },
      RouteSettings: { 'GET /items/{id}': { DetailedMetricsEnabled: true } },
    }),
  );
  await rawRequest(server.port, { target: '/items/7', host: hostOf(apiId) });
  await rawRequest(server.port, { target: '/other', host: hostOf(apiId) });
  const stage = { ApiId: apiId, Stage: '$default' };
  assert.equal(await figure('AWS/ApiGateway', 'Count', stage), 2);
  assert.equal(await figure('AWS/ApiGateway', '5xx', { ApiId: apiId }), 0);
  assert.ok(((await figure('AWS/ApiGateway', 'DataProcessed', stage)) ?? 0) > 500);
  assert.equal(await figure('AWS/ApiGateway', 'Count', { ...stage, Resource: '/items/{id}', Method: 'GET' }), 1);
  assert.equal(await figure('AWS/ApiGateway', 'Count', { ...stage, Resource: '$default', Method: '$default' }), undefined);
  await becomes(2, 'AWS/Lambda', 'Invocations', { FunctionName: 'echo' });
  await becomes(2, 'AWS/Lambda', 'Invocations', { FunctionName: 'echo', Resource: 'echo' });
  assert.equal(await figure('AWS/Lambda', 'Errors', { FunctionName: 'echo' }), 0);
});

test('a function that throws is an invocation and an error', async () => {
  await createFunction(clients, 'throws', 'export const handler = async () => { throw new Error("no"); };');
  await clients.lambda.send(new InvokeCommand({ FunctionName: 'throws' }));
  await becomes(1, 'AWS/Lambda', 'Invocations', { FunctionName: 'throws' });
  await becomes(1, 'AWS/Lambda', 'Errors', { FunctionName: 'throws' });
  assert.ok(((await figure('AWS/Lambda', 'Duration', { FunctionName: 'throws' }, 'Maximum')) ?? 0) > 0);
  assert.equal(await figure('AWS/Lambda', 'ConcurrentExecutions', { FunctionName: 'throws' }, 'Maximum'), 1);
});

test('what a function writes into its log in the embedded metric format is a metric', async () => {
  const written = {
    _aws: {
      Timestamp: 0,
      CloudWatchMetrics: [{ Namespace: 'emf', Dimensions: [['service']], Metrics: [{ Name: 'orders', Unit: 'Count' }] }],
    },
    ...{ service: 'cart', orders: 3 },
  };
  const source = `const written = ${JSON.stringify(written)};
export const handler = async () => {
  written._aws.Timestamp = Date.now();
  console.log(JSON.stringify(written));
};`;
  await createFunction(clients, 'emf', source);
  await clients.lambda.send(new InvokeCommand({ FunctionName: 'emf' }));
  await becomes(3, 'emf', 'orders', { service: 'cart' });
});

test('an alarm on a function tells a webhook and a function, and is there after a restart', async () => {
  const heard: Record<string, unknown>[] = [];
  const hook = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      heard.push(JSON.parse(body) as Record<string, unknown>);
      response.end();
    });
  });
  await new Promise<void>((resolve) => hook.listen(0, '127.0.0.1', resolve));
  const { port } = hook.address() as AddressInfo;
  const source =
    'export const handler = async ({ alarmData }) => console.log("alarm", alarmData.alarmName, alarmData.state.value);';
  const { FunctionArn: tells = '' } = await createFunction(clients, 'tells', source);
  await clients.metrics.send(
    new PutMetricAlarmCommand({
      ...{ AlarmName: 'failing', Namespace: 'AWS/Lambda', MetricName: 'Errors', Statistic: 'Sum', Period: 60 },
      ...{ Threshold: 0, EvaluationPeriods: 1, ComparisonOperator: 'GreaterThanThreshold' },
      AlarmActions: [`http://127.0.0.1:${port}/hook`, tells],
    }),
  );
  const state = { AlarmName: 'failing', StateReason: 'a test' } as const;
  await clients.metrics.send(new SetAlarmStateCommand({ ...state, StateValue: 'ALARM' }));
  const lines = async () => {
    const input = { logGroupName: '/aws/lambda/tells', filterPattern: '"alarm failing ALARM"' };
    const found = await clients.logs.send(new FilterLogEventsCommand(input)).catch(() => ({ events: [] }));
    return found.events?.length ?? 0;
  };
  for (let attempt = 0; attempt < 100 && (heard.length === 0 || (await lines()) === 0); attempt++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.deepEqual([heard[0]?.['NewStateValue'], heard[0]?.['AlarmName'], await lines()], ['ALARM', 'failing', 1]);
  hook.close();
  await server.stop('SIGKILL');
  clients.destroy();
  server = await startServer({ dataDirectory: data.folder });
  clients = awsClients(server);
  const { MetricAlarms = [] } = await clients.metrics.send(new DescribeAlarmsCommand({ AlarmNames: ['failing'] }));
  assert.deepEqual([MetricAlarms[0]?.StateValue, MetricAlarms[0]?.StateReason], ['ALARM', 'a test']);
});

test('own metrics are put, listed page by page, and there after the process was killed', async () => {
  const names = Array.from({ length: 501 }, (_, index) => `m${String(index).padStart(3, '0')}`);
  await clients.metrics.send(
    new PutMetricDataCommand({ Namespace: 'shop', MetricData: names.map((MetricName) => ({ MetricName, Value: 1 })) }),
  );
  const first = await clients.metrics.send(new ListMetricsCommand({ Namespace: 'shop' }));
  assert.equal(first.Metrics?.length, 500);
  const second = await clients.metrics.send(new ListMetricsCommand({ Namespace: 'shop', NextToken: first.NextToken }));
  assert.deepEqual([second.Metrics?.map(({ MetricName }) => MetricName), second.NextToken], [['m500'], undefined]);
  await assert.rejects(clients.metrics.send(new ListMetricsCommand({ Namespace: 'other', NextToken: first.NextToken })), {
    name: 'InvalidNextToken',
  });
  await assert.rejects(
    clients.metrics.send(new PutMetricDataCommand({ Namespace: 'AWS/ApiGateway', MetricData: [{ MetricName: 'm', Value: 1 }] })),
    { name: 'InvalidParameterValueException', message: 'The value AWS/ApiGateway for parameter Namespace is invalid.' },
  );
  await server.stop('SIGKILL');
  clients.destroy();
  server = await startServer({ dataDirectory: data.folder });
  clients = awsClients(server);
  assert.equal(await figure('shop', 'm500', {}), 1);
});
