// Who called and the trace are among the headers of a method request, whatever its integration is.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { invoke } from '../../data-plane/rest-api/invoke.ts';
import { FakeRequest, type FakeRequestOptions, linesOf } from '../../data-plane/testing/fake-messages.ts';
import { fakeResponse } from '../../data-plane/testing/fake-ports.ts';
import type { RestAuthorizer } from '../../model/rest-api.ts';
import { http, lambdaProxy, mock, restApi } from '../testing/rest-api-builder.ts';
import { ServedRestApi } from '../testing/served-rest-api.ts';

const json = 'application/json';
const trace = 'Root=1-6740a1b2-0123456789abcdef01234567';
const through: FakeRequestOptions = {
  headers: [
    ['x-forwarded-for', '198.51.100.1'],
    ['X-Amzn-Trace-Id', trace],
    ['x-forwarded-proto', 'gopher'],
    ['X-A', 'a'],
  ],
};

const answering = (template: string) =>
  new ServedRestApi(
    restApi({ 'GET /': { integration: mock({ responses: { 200: { responseTemplates: { [json]: template } } } }) } }),
  );

describe('templates', () => {
  test('by name, in any case', () => {
    const api = answering(
      "$input.params('X-Forwarded-For')|$input.params('x-forwarded-for')|$input.params('X-Forwarded-Port')" +
        "|$input.params('X-Forwarded-Proto')|$input.params('X-Amzn-Trace-Id')",
    );
    const chain = '198.51.100.1, 203.0.113.9';
    assert.equal(api.call(through).responseText, `${chain}|${chain}|8080|http|${trace}`);
    assert.match(api.call().responseText, /^203\.0\.113\.9\|203\.0\.113\.9\|8080\|http\|Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/);
  });

  test('in the map of all, once and under their own names', () => {
    const api = answering('#foreach($name in $input.params().header.keySet())$name=$input.params().header.get($name);#end');
    assert.equal(
      api.call(through).responseText,
      'Host=a1b2c3.execute-api.us-east-1.amazonaws.com;X-A=a;' +
        `X-Amzn-Trace-Id=${trace};X-Forwarded-For=198.51.100.1, 203.0.113.9;X-Forwarded-Port=8080;X-Forwarded-Proto=http;`,
    );
  });

  test('a template that changes the map of all changes its own alone', () => {
    const api = answering(
      "#set($old = $input.params().header.put('X-Forwarded-For', 'me'))$input.params('X-Forwarded-For')|$old|$input.params('X-Amzn-Trace-Id')",
    );
    for (let i = 0; i < 2; i++) assert.equal(api.call(through).responseText, `me|198.51.100.1, 203.0.113.9|${trace}`);
  });

  test('requests of one connection share what it says, and not the trace', () => {
    const api = answering("$input.params('X-Forwarded-For') $input.params().header.get('X-Amzn-Trace-Id')");
    const first = new FakeRequest();
    const headers = Object.assign(first.headers, { repeats: true });
    const answers = [first, new FakeRequest(), new FakeRequest()].map((request) => {
      request.headers = headers;
      invoke(api.pipeline, request, api.address(request));
      return request.responseText;
    });
    assert.equal(new Set(answers).size, 3);
    for (const answer of answers) assert.match(answer, /^203\.0\.113\.9 Root=1-/);
  });
});

test('parameter mappings', () => {
  const api = new ServedRestApi(
    restApi({
      'GET /': {
        integration: http('https://backend.example.com/', {
          requestParameters: {
            'integration.request.header.x-chain': 'method.request.header.X-Forwarded-For',
            'integration.request.header.x-proto': 'method.request.multivalueheader.X-Forwarded-Proto',
            'integration.request.querystring.trace': 'method.request.header.X-Amzn-Trace-Id',
          },
        }),
      },
    }),
  );
  api.upstreams.answer = () => fakeResponse(200, [], '');
  api.call(through);
  const call = api.upstreams.calls[0];
  assert.ok(call !== undefined);
  const sent = new Map(linesOf(call.headers));
  assert.deepEqual([sent.get('x-chain'), sent.get('x-proto')], ['198.51.100.1, 203.0.113.9', 'http']);
  assert.equal(call.target, `/?trace=${encodeURIComponent(trace)}`);
});

test('parameters that a method requires are there', () => {
  const api = new ServedRestApi(
    restApi(
      {
        'GET /': {
          ...{ integration: mock(), requestValidatorId: 'v' },
          requestParameters: { 'method.request.header.X-Forwarded-For': true, 'method.request.header.X-Amzn-Trace-Id': true },
        },
      },
      { requestValidators: [{ id: 'v', name: 'v', validateRequestBody: false, validateRequestParameters: true }] },
    ),
  );
  assert.equal(api.call().status, 200);
});

test('identity sources of a REQUEST authorizer', () => {
  const authorizer: RestAuthorizer = {
    ...{ id: 'auth1', name: 'by address', type: 'REQUEST', identitySource: 'method.request.header.X-Forwarded-For' },
    authorizerUri:
      'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:000000000000:function:auth/invocations',
  };
  const api = new ServedRestApi(
    restApi(
      { 'GET /': { authorizationType: 'CUSTOM', authorizerId: 'auth1', integration: lambdaProxy() } },
      { authorizers: [authorizer] },
    ),
  );
  const policyDocument = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'execute-api:Invoke', Resource: '*' }] };
  api.ports.functions.handler = (event) => ({
    kind: 'returned',
    payload: event.startsWith('{"type":') ? JSON.stringify({ principalId: 'u', policyDocument }) : '{}',
  });
  assert.equal(api.call().status, 200);
  assert.equal(api.call(through).status, 200);
  assert.equal(api.call(through).status, 200);
  const asked = api.ports.functions.events.filter((event) => event.startsWith('{"type":'));
  assert.equal(asked.length, 2, 'one for each chain');
});

test('gateway responses', () => {
  const gatewayResponses = [
    {
      responseType: 'MISSING_AUTHENTICATION_TOKEN',
      responseParameters: { 'gatewayresponse.header.x-chain': 'method.request.header.X-Forwarded-For' },
      responseTemplates: { [json]: '"$method.request.header.X-Amzn-Trace-Id"' },
    },
  ];
  const api = new ServedRestApi(restApi({ 'GET /': { integration: mock() } }, { gatewayResponses }));
  const answer = api.call({ ...through, target: '/none' });
  assert.deepEqual([answer.responseHeader('x-chain'), answer.responseText], ['198.51.100.1, 203.0.113.9', `"${trace}"`]);
});

test('a signature for the gateway is not shown to templates', () => {
  const api = answering("[$input.params('Authorization')]#foreach($name in $input.params().header.keySet())$name;#end");
  const shown = (value: string) => api.call({ headers: [['authorization', value]] }).responseText;
  assert.match(shown('Bearer t'), /^\[Bearer t\]Host;Authorization;X-Amzn-Trace-Id;/);
  assert.match(shown('AWS4-HMAC-SHA256 Credential=a'), /^\[\]Host;X-Amzn-Trace-Id;/);
});
