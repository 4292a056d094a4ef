// Access logs of REST APIs through the whole flow: what every variable says, and that no request can forge or break a line.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { invoke } from '../../data-plane/rest-api/invoke.ts';
import { FakeRequest, type FakeRequestOptions } from '../../data-plane/testing/fake-messages.ts';
import { fakeResponse } from '../../data-plane/testing/fake-ports.ts';
import { namedAccessLogFormats, parseAccessLogFormat } from '../http-api/access-log-format.ts';
import { httpProxy, lambdaProxy, mock, restApi } from '../testing/rest-api-builder.ts';
import { ServedRestApi } from '../testing/served-rest-api.ts';

const destinationArn = 'arn:aws:logs:us-east-1:000000000000:log-group:access';

const authorizer = {
  id: 'auth1',
  name: 'token',
  type: 'TOKEN' as const,
  authorizerUri:
    'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:000000000000:function:auth/invocations',
  identitySource: 'method.request.header.Authorization',
};

/** Denies one client, whoever he says he is. */
const resourcePolicy = {
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Principal: '*', Action: 'execute-api:Invoke', Resource: '*' },
    {
      ...{ Effect: 'Deny', Principal: '*', Action: 'execute-api:Invoke', Resource: '*' },
      Condition: { StringEquals: { 'aws:UserAgent': 'barred' } },
    },
  ],
};

function serve(format: string | undefined): ServedRestApi {
  const api = new ServedRestApi(
    restApi(
      {
        'GET /fn/{id}': { integration: lambdaProxy(), operationName: 'getOne' },
        'GET /proxy': { integration: httpProxy('http://backend/') },
        'GET /mock': { integration: mock() },
        'GET /signed': { authorizationType: 'AWS_IAM', integration: mock() },
        'GET /guarded': { authorizationType: 'CUSTOM', authorizerId: 'auth1', integration: mock() },
      },
      {
        authorizers: [authorizer],
        api: { policy: JSON.stringify(resourcePolicy) },
        stage: { accessLogSettings: { destinationArn, ...(format === undefined ? {} : { format }) } },
      },
    ),
    { ports: { callers: () => undefined } as never },
  );
  api.ports.functions.handler = (event) =>
    event.startsWith('{"type":"TOKEN"')
      ? {
          kind: 'returned',
          payload: JSON.stringify({
            principalId: 'ann',
            context: { n: 7, text: 'a "b"\nc' },
            policyDocument: {
              Version: '2012-10-17',
              Statement: [{ Effect: event.includes('"deny"') ? 'Deny' : 'Allow', Action: 'execute-api:Invoke', Resource: '*' }],
            },
          }),
        }
      : { kind: 'returned', payload: '{"statusCode":201,"body":"hello"}' };
  return api;
}

/** The values of variables in the line of one request, in order. */
function values(
  names: readonly string[],
  request: FakeRequestOptions,
  prepare: (api: ServedRestApi) => void = () => {},
): string[] {
  const api = serve(names.map((name) => `$context.${name}`).join('\t'));
  prepare(api);
  api.call(request);
  assert.equal(api.ports.stageLogs.lines.length, 1, 'one line for one request');
  return (api.ports.stageLogs.lines[0] as string).split('\t');
}

describe('variables', () => {
  test('of a custom domain: by which mapping key or which routing rule the request came', () => {
    for (const [path, routingRuleId, line] of [
      ['/mock', undefined, 'shop -'],
      ['/mock', 'abc123', '- abc123'],
    ] as const) {
      const api = serve('$context.customDomain.basePathMatched $context.customDomain.routingRuleIdMatched');
      const request = new FakeRequest({ target: '/shop/mock' });
      const address = { ...api.address(request), path, pathWithMapping: '/shop/mock', domainName: 'api.example.com' };
      invoke(api.pipeline, request, { ...address, routingRuleId });
      assert.deepEqual(api.ports.stageLogs.lines, [line]);
    }
  });

  for (const [desc, request, expected, prepare] of [
    [
      'of the API and the request',
      { target: '/fn/5?x=1', headers: [['User-Agent', 'test/1.0']] },
      {
        accountId: '000000000000',
        apiId: 'a1b2c3',
        deploymentId: 'd1e2f3',
        stage: 'prod',
        httpMethod: 'GET',
        path: '/prod/fn/5',
        protocol: 'HTTP/1.1',
        resourcePath: '/fn/{id}',
        resourceId: 'r2',
        operationName: 'getOne',
        routeKey: 'GET /fn/{id}',
        'identity.userAgent': 'test/1.0',
        'identity.sourceIp': '203.0.113.9',
        domainPrefix: 'a1b2c3',
        xrayTraceId: '-',
        'identity.user': '-',
        'authorizer.principalId': '-',
      },
    ],
    [
      "of a function's answer",
      { target: '/fn/5' },
      {
        status: '201',
        responseLength: '5',
        integrationStatus: '200',
        'integration.status': '201',
        integrationErrorMessage: '-',
        'error.message': '-',
      },
    ],
    [
      'of a function that failed',
      { target: '/fn/5' },
      {
        status: '502',
        integrationStatus: '200',
        'integration.error': 'Lambda Customer Function Error:boom',
        'error.message': 'Internal server error',
        'error.messageString': '"Internal server error"',
        'error.responseType': 'INTEGRATION_FAILURE',
      },
      (api) => {
        api.ports.functions.handler = () => ({ kind: 'functionError', payload: '{"errorMessage":"boom"}' });
      },
    ],
    [
      "of a backend's answer",
      { target: '/proxy' },
      { status: '404', integrationStatus: '404', 'integration.status': '404', awsEndpointRequestId: 'r-1' },
      (api) => {
        api.upstreams.answer = () => fakeResponse(404, [['x-amzn-RequestId', 'r-1']], '');
      },
    ],
    [
      'of a backend that could not be reached',
      { target: '/proxy' },
      {
        status: '504',
        integrationStatus: '-',
        integrationErrorMessage: 'no answer',
        'error.responseType': 'INTEGRATION_TIMEOUT',
      },
      (api) => {
        api.upstreams.answer = () => ({ kind: 'timeout', message: 'no answer' });
      },
    ],
    ['of a mock, which calls nobody', { target: '/mock' }, { status: '200', integrationStatus: '-' }],
    [
      'of a caller that an authorizer let in',
      { target: '/guarded', headers: [['Authorization', 't']] },
      { 'authorizer.principalId': 'ann', 'authorizer.n': '7', 'authorizer.text': 'a \\"b\\"\\u000ac', 'authorizer.error': '-' },
    ],
    [
      'of the phases of an authorizer that lets in',
      { target: '/guarded', headers: [['Authorization', 't']] },
      {
        ...{ 'authenticate.status': '-', 'authorizer.status': '200', 'authorize.status': '200', 'authorize.error': '-' },
        'authorizer.integrationStatus': '200',
      },
    ],
    [
      'of one whose policy denies',
      { target: '/guarded', headers: [['Authorization', 'deny']] },
      {
        ...{ status: '403', 'authorizer.status': '200', 'authorizer.error': '-', 'authorize.status': '403' },
        'error.responseType': 'ACCESS_DENIED',
      },
    ],
    [
      'of a client that the resource policy denies: the authorizer is not asked',
      { target: '/guarded', headers: ['Authorization', 'User-Agent'].map((name) => [name, 'barred'] as const) },
      {
        ...{ status: '403', 'authorizer.status': '-', 'authorizer.integrationStatus': '-', 'authorize.status': '403' },
        'authorize.error': "The API's resource policy denies it (anonymous).",
      },
    ],
    [
      'of a signature that is missing',
      { target: '/signed' },
      { 'authenticate.status': '403', 'authenticate.error': 'The method asks for a signed request.', 'authorize.status': '-' },
    ],
    [
      'of a method that asks for nothing',
      { target: '/mock' },
      { 'authorizer.status': '-', 'authorize.status': '-', xrayTraceId: '-' },
    ],
    [
      'of one that brought no token',
      { target: '/guarded' },
      {
        status: '401',
        'authorizer.error': 'The request has no header Authorization, which the authorizer \\"token\\" needs.',
        'error.responseType': 'UNAUTHORIZED',
      },
    ],
    [
      'of a request that reached no method',
      { target: '/none' },
      { status: '403', resourcePath: '-', 'error.responseType': 'MISSING_AUTHENTICATION_TOKEN' },
    ],
  ] as readonly (readonly [string, FakeRequestOptions, Readonly<Record<string, string>>, ((api: ServedRestApi) => void)?])[]) {
    test(desc, () => {
      const names = Object.keys(expected);
      assert.deepEqual(Object.fromEntries(values(names, request, prepare).map((value, i) => [names[i], value])), expected);
    });
  }

  test('ids and times', () => {
    const [id = '', extended = '', time = '', epoch = '', latency = '', integration = ''] = values(
      ['requestId', 'extendedRequestId', 'requestTime', 'requestTimeEpoch', 'responseLatency', 'integrationLatency'],
      { target: '/fn/5' },
    );
    assert.match(id, /^[0-9a-f-]{36}$/);
    assert.match(extended, /^[A-Za-z0-9_-]{15}=$/);
    assert.match(time, /^\d\d\/\w{3}\/\d{4}:\d\d:\d\d:\d\d \+0000$/);
    assert.match(epoch, /^\d{13}$/);
    assert.match(latency, /^\d+$/);
    assert.match(integration, /^\d+$/);
  });
});

test('no request can end a line or forge a member of it', () => {
  const api = serve('{"requestId":"$context.requestId","agent":"$context.identity.userAgent","path":"$context.path"}');
  const agent = 'x","status":200}\n{"requestId":"forged';
  api.call({ target: '/mock', headers: [['User-Agent', agent]] });
  const [line = ''] = api.ports.stageLogs.lines;
  assert.equal(line.includes('\n'), false);
  const read = JSON.parse(line) as Record<string, unknown>;
  assert.deepEqual(Object.keys(read), ['requestId', 'agent', 'path']);
  assert.equal(read['agent'], agent);
});

test('a destination without a format writes nothing, and every stage writes to the operator', () => {
  const silent = serve(undefined);
  silent.call({ target: '/mock' });
  assert.deepEqual(silent.ports.stageLogs.opened, []);

  const lines: string[] = [];
  const built = restApi({ 'GET /mock': { integration: mock() } });
  const stageLogs = {
    open: () => ({ write: () => {} }),
    ofEveryStage: {
      format: parseAccessLogFormat(namedAccessLogFormats['json'] as string),
      sink: { write: (line: string) => void lines.push(line) },
    },
  };
  new ServedRestApi(built, { ports: { stageLogs } as never }).call({ target: '/mock' });
  const line = JSON.parse(lines[0] ?? '') as Record<string, unknown>;
  assert.deepEqual([line['routeKey'], line['status'], line['path']], ['GET /mock', 200, '/prod/mock']);
});
