// A Lambda custom integration as a call of Invoke: what mappings ask of it, and which headers of its answer they can use.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { FunctionResult } from '../../data-plane/ports.ts';
import { FakeBody } from '../../data-plane/testing/fake-messages.ts';
import type { RestIntegration } from '../../model/rest-api.ts';
import { aws, restApi } from '../testing/rest-api-builder.ts';
import { ServedRestApi } from '../testing/served-rest-api.ts';

function served(options: Parameters<typeof aws>[0], result?: FunctionResult): ServedRestApi {
  const api = new ServedRestApi(restApi({ 'POST /': { integration: aws(options) }, 'ANY /any': { integration: aws(options) } }));
  const { functions } = api.ports;
  functions.requestId = 'function-request-1';
  functions.version = '7';
  if (result !== undefined) functions.handler = () => result;
  return api;
}

const header = (name: string, value: string) => ({ [`integration.request.header.${name}`]: value });
const mapped = (...names: string[]) =>
  Object.fromEntries(names.map((name) => [`method.response.header.X-${name}`, `integration.response.header.${name}`]));

describe('headers of the answer', () => {
  const names = ['X-Amz-Executed-Version', 'X-Amz-Function-Error', 'x-amzn-RequestId', 'Content-Length', 'Content-Type'];
  const responses = {
    200: { responseParameters: mapped(...names, 'Date', 'X-Amzn-Trace-Id') },
    500: { selectionPattern: '.+', responseParameters: mapped(...names) },
  };
  const call = (result: FunctionResult) => {
    const answer = served({ responses }, result).call({ method: 'POST' });
    return { answer, values: [answer.status, ...names.map((name) => answer.responseHeader(`X-${name}`))] };
  };

  test('of a function that returned', () => {
    const { answer, values } = call({ kind: 'returned', payload: '{"a":"ä"}' });
    assert.deepEqual(values, [200, '7', undefined, 'function-request-1', '10', 'application/json']);
    assert.ok(Number.isFinite(Date.parse(answer.responseHeader('X-Date') ?? '')));
    assert.match(answer.responseHeader('X-X-Amzn-Trace-Id') ?? '', /^Root=1-/);
  });

  test('of a function that failed', () => {
    const { values } = call({ kind: 'functionError', payload: '{"errorMessage":"x"}' });
    assert.deepEqual(values, [500, '7', 'Unhandled', 'function-request-1', '20', 'application/json']);
  });

  test('the end of the log, where it is asked for', () => {
    const options = {
      requestParameters: header('X-Amz-Log-Type', "'Tail'"),
      responses: { 200: { responseParameters: mapped('X-Amz-Log-Result') } },
    };
    const api = served(options, { kind: 'returned', payload: '{}', log: 'bGluZQo=' });
    assert.equal(api.call({ method: 'POST' }).responseHeader('X-X-Amz-Log-Result'), 'bGluZQo=');
    assert.equal(api.ports.functions.options?.wantsLog, true);
  });
});

describe('what is asked of Invoke', () => {
  test('client context and qualifier', () => {
    const api = served({
      requestParameters: {
        ...header('X-Amz-Client-Context', "'e30='"),
        'integration.request.querystring.Qualifier': 'method.request.querystring.v',
      },
    });
    api.call({ method: 'POST', target: '/?v=live' });
    const { options } = api.ports.functions;
    assert.deepEqual([options?.clientContext, options?.qualifier], ['e30=', 'live']);
    api.call({ method: 'POST' });
    assert.equal(api.ports.functions.options?.qualifier, undefined);
  });

  test('X-Amz-Invocation-Type DryRun: nothing runs, and a 204 is mapped', () => {
    const responses = { 200: { responseTemplates: { 'application/json': '"$input.body"' } } };
    const api = served({ responses, requestParameters: header('X-Amz-Invocation-Type', "'DryRun'") });
    const answer = api.call({ method: 'POST', body: new FakeBody('{"a":1}') });
    assert.deepEqual([answer.status, answer.responseText], [200, '"{}"']);
    assert.deepEqual(api.ports.functions.events, []);
    assert.equal(api.ports.deadlines.waiting.size, 0);
  });

  test('options that Lambda does not take: its 400 is mapped', () => {
    const api = served({}, { kind: 'refused', refusal: 'InvalidRequest', message: 'no context' });
    const answer = api.call({ method: 'POST' });
    assert.deepEqual([answer.status, answer.responseText], [200, '{"Type":"User","message":"no context"}']);
  });
});

describe('Lambda is called with something else than POST', () => {
  for (const [httpMethod, verb, asks] of [
    ['GET', 'POST', false],
    ['ANY', 'POST', true],
    ['ANY', 'GET', false],
    ['POST', 'GET', true],
  ] as const) {
    test(`${httpMethod} by ${verb}: ${asks ? 'runs' : "Lambda's answer is mapped"}`, () => {
      const options: Partial<RestIntegration> = { httpMethod };
      const api = served(options, { kind: 'returned', payload: '{}' });
      const answer = api.call({ method: verb, target: '/any' });
      assert.equal(answer.status, 200);
      assert.match(answer.responseText, asks ? /^\{\}$/ : /^<AccessDeniedException>\n {2}<Message>Unable to determine service/);
      assert.equal(api.ports.functions.events.length, asks ? 1 : 0);
    });
  }
});
