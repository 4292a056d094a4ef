// Traces from a request to a stage through a function to what its own SDK says, read with the SDK's X-Ray client.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  CreateDeploymentCommand,
  CreateRestApiCommand,
  PutIntegrationCommand,
  PutMethodCommand,
  UpdateStageCommand,
} from '@aws-sdk/client-api-gateway';
import { InvokeCommand, UpdateFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import {
  BatchGetTracesCommand,
  CreateGroupCommand,
  CreateSamplingRuleCommand,
  DeleteSamplingRuleCommand,
  GetServiceGraphCommand,
  GetTimeSeriesServiceStatisticsCommand,
  GetTraceSummariesCommand,
  PutTraceSegmentsCommand,
  type TraceSummary,
} from '@aws-sdk/client-xray';
import { type AwsClients, awsClients } from './aws-clients.ts';
import { activeFunction, allowApi, createFunction, hostOf } from './deployed-api.ts';
import { rawRequest } from './raw-http.ts';
import { type StartedServer, startServer, temporaryFolder } from './started-server.ts';

let server: StartedServer;
let clients: AwsClients;
let restApiId = '';
const data = temporaryFolder();

/** Sends a subsegment of its own to the daemon, as X-Ray's SDK does. */
const source = `import dgram from 'node:dgram';
export const handler = async () => {
  const of = (name) => new RegExp(name + '=([^;]+)').exec(process.env._X_AMZN_TRACE_ID)?.[1];
  const now = Date.now() / 1000;
  const segment = {
    ...{ type: 'subsegment', id: 'aaaaaaaaaaaaaaaa', trace_id: of('Root'), parent_id: of('Parent'), name: 'orders' },
    ...{ start_time: now, end_time: now + 0.01, namespace: 'aws', aws: { operation: 'Query', table_name: 'orders' } },
  };
  const [host, port] = process.env.AWS_XRAY_DAEMON_ADDRESS.split(':');
  const socket = dgram.createSocket('udp4');
  await new Promise((resolve) => socket.send('{"format": "json", "version": 1}\\n' + JSON.stringify(segment), Number(port), host, resolve));
  socket.close();
  return { statusCode: 200, body: process.env._X_AMZN_TRACE_ID };
};`;

before(async () => {
  server = await startServer({ dataDirectory: data.folder });
  clients = awsClients(server);
  const { FunctionArn: functionArn = '' } = await createFunction(clients, 'traced', source);
  const { restApis } = clients;
  const created = await restApis.send(new CreateRestApiCommand({ name: 'pets' }));
  restApiId = created.id ?? '';
  const at = { restApiId, resourceId: created.rootResourceId, httpMethod: 'GET' };
  await restApis.send(new PutMethodCommand({ ...at, authorizationType: 'NONE' }));
  const uri = `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${functionArn}/invocations`;
  await restApis.send(new PutIntegrationCommand({ ...at, type: 'AWS_PROXY', integrationHttpMethod: 'POST', uri }));
  await allowApi(clients, 'traced', restApiId);
  await restApis.send(new CreateDeploymentCommand({ restApiId, stageName: 'prod' }));
  await trace('true');
});

after(async () => {
  clients.destroy();
  await server.stop();
  data.remove();
});

const trace = (value: 'true' | 'false') =>
  clients.restApis.send(
    new UpdateStageCommand({
      ...{ restApiId, stageName: 'prod' },
      patchOperations: [{ op: 'replace', path: '/tracingEnabled', value }],
    }),
  );

const get = (trace?: string, userAgent = 'a test') =>
  rawRequest(server.port, {
    ...{ target: '/prod/', host: hostOf(restApiId) },
    headers: [['User-Agent', userAgent], ...(trace === undefined ? [] : [['X-Amzn-Trace-Id', trace] as const])],
  });

const newRoot = () =>
  `1-${Math.floor(Date.now() / 1000).toString(16)}-${'0123456789abcdef'.repeat(2).slice(0, 18)}${Math.random().toString(16).slice(2, 8).padEnd(6, '0')}`;

async function summaries(FilterExpression?: string): Promise<readonly TraceSummary[]> {
  const window = { StartTime: new Date(Date.now() - 600_000), EndTime: new Date(Date.now() + 60_000) };
  const { TraceSummaries = [] } = await clients.traces.send(new GetTraceSummariesCommand({ ...window, FilterExpression }));
  return TraceSummaries;
}

interface Document {
  readonly id: string;
  readonly parent_id?: string;
  readonly name: string;
  readonly origin?: string;
  readonly subsegments?: readonly Document[];
  readonly [member: string]: unknown;
}

/** The segments of a trace by origin or name, once there are so many. */
async function segments(root: string, count: number): Promise<ReadonlyMap<string, Document>> {
  for (let attempt = 0; ; attempt++) {
    const { Traces = [] } = await clients.traces.send(new BatchGetTracesCommand({ TraceIds: [root] }));
    const documents = (Traces[0]?.Segments ?? []).map(({ Document: text = '' }) => JSON.parse(text) as Document);
    if (documents.length >= count || attempt === 60) {
      return new Map(documents.map((document) => [document.origin ?? document.name, document]));
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

test('the stage, Lambda, the function and what its SDK says make one trace', async () => {
  const root = newRoot();
  const answer = await get(`Root=${root};Parent=53995c3f42cd8ad8;Sampled=1`);
  assert.equal(answer.status, 200);
  const all = await segments(root, 4);
  const stage = all.get('AWS::ApiGateway::Stage');
  const service = all.get('AWS::Lambda');
  const ran = all.get('AWS::Lambda::Function');
  const own = all.get('orders');
  const [call] = stage?.subsegments ?? [];
  assert.deepEqual(
    [stage?.parent_id, service?.parent_id, ran?.parent_id, own?.parent_id],
    ['53995c3f42cd8ad8', call?.id, service?.id, ran?.id],
  );
  assert.deepEqual([stage?.name, call?.name, ran?.name], ['pets/prod', 'Lambda', 'traced']);
  assert.deepEqual(stage?.['annotations'], { 'aws:api_id': restApiId, 'aws:api_stage': 'prod' });
  const http = stage?.['http'] as { request: Record<string, unknown>; response: Record<string, unknown> };
  assert.deepEqual(
    [http.request['method'], http.request['user_agent'], http.request['client_ip'], http.response['status']],
    ['GET', 'a test', '127.0.0.1', 200],
  );
  assert.ok(ran?.subsegments?.some(({ name }) => name === 'Invocation'));
  assert.ok(answer.text().includes(`Parent=${ran?.id};Sampled=1`), answer.text());

  const [found] = await summaries('service("pets/prod") AND http.method = "GET"');
  assert.equal(found?.Id, root);
  assert.deepEqual(await summaries('service("other")'), []);
  const window = { StartTime: new Date(Date.now() - 600_000), EndTime: new Date(Date.now() + 60_000) };
  const { Services = [] } = await clients.traces.send(new GetServiceGraphCommand(window));
  const typed = Services.map(({ Name, Type }) => `${Name} ${Type}`);
  assert.ok(typed.includes('pets/prod AWS::ApiGateway::Stage') && typed.includes('traced AWS::Lambda::Function'), typed.join());
});

test('clients decide, then the sampling rules; a stage that is not traced tells nothing', async () => {
  const ofStage = async () => (await summaries('service("pets/prod")')).length;
  const before = await ofStage();
  await get(`Root=${newRoot()};Sampled=0`);
  assert.equal(await ofStage(), before);
  const rule = {
    ...{ RuleName: 'none', ResourceARN: '*', Priority: 1, FixedRate: 0, ReservoirSize: 0, ServiceName: 'pets/*' },
    ...{ ServiceType: '*', Host: '*', HTTPMethod: '*', URLPath: '*', Version: 1 },
  };
  await clients.traces.send(new CreateSamplingRuleCommand({ SamplingRule: rule }));
  for (let i = 0; i < 5; i++) await get();
  assert.equal(await ofStage(), before);
  await clients.traces.send(new DeleteSamplingRuleCommand({ RuleName: 'none' }));
  const all = { ...rule, RuleName: 'all', FixedRate: 1 };
  await clients.traces.send(new CreateSamplingRuleCommand({ SamplingRule: all }));
  for (let i = 0; i < 5; i++) await get();
  assert.equal(await ofStage(), before + 5);
  const [latest] = (await summaries('service("pets/prod")')).toReversed();
  assert.ok(latest?.Id?.startsWith('1-'));
  await trace('false');
  await get(`Root=${newRoot()};Sampled=1`);
  assert.equal(await ofStage(), before + 5);
});

test('a function that traces by itself is sampled without a caller; one that throws is a fault', async () => {
  await createFunction(clients, 'failing', 'export const handler = async () => { throw new Error("no"); };');
  await clients.lambda.send(
    new UpdateFunctionConfigurationCommand({ FunctionName: 'failing', TracingConfig: { Mode: 'Active' } }),
  );
  await activeFunction(clients, 'failing');
  await clients.lambda.send(new InvokeCommand({ FunctionName: 'failing' }));
  let found: readonly TraceSummary[] = [];
  for (let attempt = 0; attempt < 60 && found.length === 0; attempt++) {
    found = await summaries('service("failing") AND fault = true');
    if (found.length === 0) await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.equal(found.length, 1);
});

test('own segments are kept, also when the process is killed; bad ones are told', async () => {
  const root = newRoot();
  const now = Date.now() / 1000;
  const segment = { id: '1111111111111111', trace_id: root, name: 'shop', start_time: now, end_time: now + 1 };
  const { UnprocessedTraceSegments = [] } = await clients.traces.send(
    new PutTraceSegmentsCommand({ TraceSegmentDocuments: [JSON.stringify(segment), '{', '{"id":"x"}'] }),
  );
  assert.deepEqual(
    UnprocessedTraceSegments.map(({ ErrorCode }) => ErrorCode),
    ['ParseError', 'InvalidSegmentId'],
  );
  await server.stop('SIGKILL');
  clients.destroy();
  server = await startServer({ dataDirectory: data.folder });
  clients = awsClients(server);
  assert.equal((await segments(root, 1)).get('shop')?.id, '1111111111111111');
});

test('a graph of a group has the traces of its filter only', async () => {
  const window = { StartTime: new Date(Date.now() - 600_000), EndTime: new Date(Date.now() + 60_000) };
  const names = async (group: object) => {
    const { Services = [] } = await clients.traces.send(new GetServiceGraphCommand({ ...window, ...group }));
    return Services.map(({ Name }) => Name);
  };
  await clients.traces.send(new CreateGroupCommand({ GroupName: 'others', FilterExpression: 'service("others")' }));
  await clients.traces.send(new CreateGroupCommand({ GroupName: 'pets', FilterExpression: 'service("pets/prod")' }));
  assert.deepEqual(await names({ GroupName: 'others' }), []);
  assert.ok((await names({ GroupName: 'pets' })).includes('pets/prod'));
  assert.ok((await names({ GroupName: 'Default' })).includes('pets/prod'));
  await assert.rejects(names({ GroupName: 'nobody' }), { name: 'InvalidRequestException' });
  const { TimeSeriesServiceStatistics: periods = [] } = await clients.traces.send(
    new GetTimeSeriesServiceStatisticsCommand({ ...window, GroupName: 'pets', EntitySelectorExpression: 'service("pets/prod")' }),
  );
  assert.ok((periods[0]?.ServiceSummaryStatistics?.TotalCount ?? 0) > 0);
});
