// Methods that are tested as they are defined: what they answer, and the log of it.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { AuthorizerResults } from '../../data-plane/authorizers/authorizer-results.ts';
import type { CallerCredentials } from '../../data-plane/iam/caller-credentials.ts';
import type { RestLambdaAnswer } from '../../data-plane/rest-api/authorizers/lambda-answer.ts';
import type { TestInvocation } from '../../data-plane/rest-api/test-invocation.ts';
import { FakePorts, FakeUpstreams, fakeResponse } from '../../data-plane/testing/fake-ports.ts';
import type { RestMethod } from '../../model/rest-api.ts';
import { nothingAround } from '../http-api/surroundings.ts';
import { type BuiltRestApi, http, httpProxy, lambdaProxy, mock, restApi } from '../testing/rest-api-builder.ts';
import { type TestedAnswer, testInvoke } from './test-invoke.ts';

const newPorts = () => Object.assign(new FakePorts(), { restAuthorizerResults: new AuthorizerResults<RestLambdaAnswer>() });

const tester: CallerCredentials = {
  ...{ accessKeyId: 'AKIATESTER', secretAccessKey: 'secret', account: '000000000000', userId: 'AIDATESTER' },
  ...{ arn: 'arn:aws:iam::000000000000:user/tester', userName: 'tester', tags: [], policies: [] },
};

function run(
  { snapshot }: BuiltRestApi,
  invocation: Partial<TestInvocation>,
  { ports = newPorts(), upstreams = new FakeUpstreams() } = {},
): Promise<TestedAnswer> {
  const method = snapshot.methods[0] as RestMethod;
  const whole = { httpMethod: 'GET', target: '/', headers: [], body: '', ...invocation };
  const tested = { snapshot, method, stageVariables: { backend: 'blue' }, signer: tester, invocation: whole };
  return testInvoke(tested, { surroundings: nothingAround, ports, upstreams });
}

/** The log without what differs each time: dates, the id, times. */
function linesOf({ log }: TestedAnswer): string[] {
  const id = /^Execution log for request (\S+)$/m.exec(log)?.[1] ?? 'none';
  assert.ok(log.endsWith('\n'));
  return log
    .slice(0, -1)
    .split('\n')
    .map((line) => line.replace(/^\w{3} \w{3} \d\d \d\d:\d\d:\d\d UTC \d{4} : /, '').replaceAll(id, 'ID'))
    .map((line) => line.replace(/latency: \d+ ms/, 'latency: N ms').replace(/Root=[^,}]+/, 'Root=T'));
}

describe('a method under test', () => {
  test('whoever would not be let in is: authorization, API keys and the resource policy are not asked', async () => {
    const policy = JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Deny', Principal: '*', Action: 'execute-api:Invoke', Resource: 'execute-api:/*' }],
    });
    const guarded = restApi(
      { 'GET /': { integration: mock(), authorizationType: 'CUSTOM', authorizerId: 'nobody', apiKeyRequired: true } },
      { api: { policy } },
    );
    const ports = newPorts();
    const answer = await run(guarded, {}, { ports });
    assert.equal(answer.status, 200);
    assert.deepEqual(answer.headers, [['Content-Type', 'application/json']]);
    assert.equal(ports.functions.events.length, 0);
  });

  test('without headers the event has none', async () => {
    const ports = newPorts();
    ports.functions.handler = () => ({ kind: 'returned', payload: '{}' });
    await run(restApi({ 'GET /': { integration: lambdaProxy() } }), {}, { ports });
    const event = JSON.parse(ports.functions.events[0] ?? '{}') as Record<string, unknown>;
    assert.deepEqual([event['headers'], event['multiValueHeaders']], [null, null]);
  });

  test('it is not seen in the counters and the records of the gateway', async () => {
    const ports = newPorts();
    const before = [...ports.counters];
    await run(restApi({ 'GET /': { integration: mock() } }), {}, { ports });
    assert.deepEqual([...ports.counters], before);
  });

  test('a function sees a stage that does not exist, and the log what went to it and came back', async () => {
    const ports = newPorts();
    ports.functions.handler = () => ({ kind: 'returned', payload: '{"statusCode":201,"headers":{"X-A":"ä"},"body":"wörld"}' });
    const api = restApi({ 'POST /pets/{id}': { integration: lambdaProxy() } });
    const target = '/pets/5?a=1&a=2';
    const answer = await run(api, { httpMethod: 'POST', target, headers: [['X-B', '1']], body: 'hällo' }, { ports });
    const event = JSON.parse(ports.functions.events[0] ?? '{}') as Record<string, unknown>;
    const context = event['requestContext'] as { stage: string; identity: Record<string, string> };
    assert.deepEqual([event['headers'], event['multiValueHeaders']], [{ 'X-B': '1' }, { 'X-B': ['1'] }]);
    assert.equal(context.stage, 'test-invoke-stage');
    assert.equal(context.identity['sourceIp'], 'test-invoke-source-ip');
    assert.equal(context.identity['apiKey'], 'test-invoke-api-key');
    assert.equal(context.identity['userArn'], 'arn:aws:iam::000000000000:user/tester');
    assert.deepEqual(event['pathParameters'], { id: '5' });
    assert.deepEqual(event['stageVariables'], { backend: 'blue' });
    assert.equal(event['body'], 'hällo');
    assert.equal(answer.status, 201);
    assert.equal(answer.body, 'wörld');
    assert.equal(answer.headers[0]?.[0], 'X-Amzn-Trace-Id');
    const arn = ports.functions.bound[0]?.functionArn ?? '';
    const lines = linesOf(answer);
    assert.deepEqual(
      lines.filter((line) => !/^Endpoint request body|^Endpoint \w+ headers/.test(line)),
      [
        'Execution log for request ID',
        'Starting execution for request: ID',
        'HTTP Method: POST, Resource Path: /pets/5',
        'Method request path: {id=5}',
        'Method request query string: {a=1,2}',
        'Method request headers: {X-B=1}',
        'Method request body before transformations: hällo',
        `Endpoint request URI: https://lambda.us-east-1.amazonaws.com/2015-03-31/functions/${arn}/invocations`,
        `Sending request to https://lambda.us-east-1.amazonaws.com/2015-03-31/functions/${arn}/invocations`,
        'Received response. Status: 200, Integration latency: N ms',
        'Endpoint response body before transformations: {"statusCode":201,"headers":{"X-A":"ä"},"body":"wörld"}',
        'Method response body after transformations: wörld',
        lines.find((line) => line.startsWith('Method response headers: {X-Amzn-Trace-Id=Root=T')),
        'Successfully completed execution',
        'Method completed with status: 201',
      ],
    );
    const sent = lines.find((line) => line.startsWith('Endpoint request headers')) ?? '';
    assert.match(
      sent,
      /^Endpoint request headers: \{x-amzn-lambda-integration-tag=ID, Authorization=\*+, .*test-invoke-stage\/POST/,
    );
    assert.ok(lines.some((line) => line.startsWith('Endpoint response headers: {Date=')));
    assert.match(lines.find((line) => /^Endpoint request body/.test(line)) ?? '', /"stage":"test-invoke-stage"/);
  });

  test('a backend is called, and what authorizes at it is not in the log', async () => {
    const upstreams = new FakeUpstreams();
    upstreams.answer = () => fakeResponse(404, [['X-From', 'backend']], 'none');
    const answer = await run(
      restApi({ 'ANY /': { integration: httpProxy('https://backend.example.com/a', { httpMethod: 'ANY' }) } }),
      { httpMethod: 'PUT', headers: [['Authorization', 'secret']], body: '{}' },
      { upstreams },
    );
    assert.equal(upstreams.calls[0]?.method, 'PUT');
    assert.equal(answer.status, 404);
    assert.equal(answer.body, 'none');
    const lines = linesOf(answer);
    assert.ok(lines.includes('Endpoint request URI: https://backend.example.com:443/a'));
    assert.ok(lines.includes('Received response. Status: 404, Integration latency: N ms'));
    assert.ok(lines.includes('Endpoint response headers: {X-From=backend}'));
    assert.ok(lines.every((line) => !line.startsWith('Endpoint request headers') || line.includes('Authorization=****')));
  });

  test('a streamed answer is gathered', async () => {
    const upstreams = new FakeUpstreams();
    upstreams.answer = () => fakeResponse(200, [], 'piece by piece');
    const integration = httpProxy('https://backend.example.com/', { responseTransferMode: 'STREAM' });
    const answer = await run(restApi({ 'GET /': { integration } }), {}, { upstreams });
    assert.equal(answer.status, 200);
    assert.equal(answer.body, 'piece by piece');
    assert.ok(linesOf(answer).includes('Method response body after transformations: piece by piece'));
  });

  const failures: readonly [desc: string, kind: 'timeout' | 'reset' | 'connect' | 'lookup', status: number, line: string][] = [
    ['a backend that is too slow', 'timeout', 504, 'Execution failed due to a timeout error'],
    ['a backend that hangs up', 'reset', 504, 'Execution failed due to a network error communicating with endpoint'],
    ['a backend that is not there', 'connect', 504, 'Execution failed due to a network error communicating with endpoint'],
    ['a backend whose name nobody knows', 'lookup', 500, 'Execution failed due to configuration error: Invalid endpoint address'],
  ];
  for (const [desc, kind, status, line] of failures) {
    test(`${desc} ends the log`, async () => {
      const upstreams = new FakeUpstreams();
      upstreams.answer = () => ({ kind, message: 'no' });
      const answer = await run(restApi({ 'GET /': { integration: http('https://backend.example.com/') } }), {}, { upstreams });
      assert.equal(answer.status, status);
      assert.deepEqual(
        answer.headers.map(([name]) => name),
        ['x-amzn-ErrorType'],
      );
      assert.deepEqual(linesOf(answer).slice(-2), [line, `Method completed with status: ${status}`]);
    });
  }

  test('an error that is customised shows its headers', async () => {
    const upstreams = new FakeUpstreams();
    upstreams.answer = () => ({ kind: 'timeout', message: 'slow' });
    const gatewayResponses = [
      {
        responseType: 'INTEGRATION_TIMEOUT',
        statusCode: '503',
        responseParameters: { 'gatewayresponse.header.Retry-After': "'1'" },
        responseTemplates: { 'application/json': '{"late":true}' },
      },
    ];
    const answer = await run(
      restApi({ 'GET /': { integration: http('https://backend.example.com/') } }, { gatewayResponses }),
      {},
      { upstreams },
    );
    assert.equal(answer.status, 503);
    assert.equal(answer.body, '{"late":true}');
    assert.ok(answer.headers.some(([name, value]) => name === 'Retry-After' && value === '1'));
  });
});
