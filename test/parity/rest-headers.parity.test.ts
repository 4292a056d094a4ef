// Headers of REST APIs as AWS was recorded to treat them: which reach a template, which are renamed on their way back, which cannot be
// mapped, and the bytes of the refusal.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { aws, lambdaProxy, restApi } from '../../src/compile/testing/rest-api-builder.ts';
import { ServedRestApi } from '../../src/compile/testing/served-rest-api.ts';
import { readRecordings, skipWithoutRecordings } from './recordings.ts';

type Headers = Readonly<Record<string, string>>;
interface Recorded {
  readonly body: Headers;
  readonly headers: Headers | null;
  readonly 'response-headers': Headers;
}

const skip = skipWithoutRecordings('aws/recorded');

function recordsOf(type: string): Readonly<Record<string, Recorded>> {
  const name = `test_apigateway_header_remapping_aws[${type}]`;
  const recording = readRecordings('../recorded/apigateway.test_apigateway_integrations.json').find((each) =>
    each.name.endsWith(name),
  );
  assert.ok(recording !== undefined, `${name} is not recorded`);
  return recording.records as Readonly<Record<string, Recorded>>;
}

describe('recorded headers', { skip }, () => {
  if (skip !== false) return;
  const full = recordsOf('AWS')['full-integration'] as Recorded;
  const names = Object.keys(full.body);
  const sent = names
    .filter((name) => name !== 'Host')
    .map((name): [string, string] => [name, name === 'Content-Type' ? 'application/json' : 'sent']);

  test('which headers of a request a template sees', () => {
    const template = `{${names.map((name) => `"${name}":"$input.params('${name}')"`).join(',')}}`;
    const api = new ServedRestApi(
      restApi({ 'GET /': { integration: aws({ requestTemplates: { 'application/json': template } }) } }),
    );
    api.call({ headers: sent });
    const seen = JSON.parse(api.ports.functions.events[0] as string) as Headers;
    assert.deepEqual(
      Object.keys(seen).filter((name) => seen[name] === ''),
      names.filter((name) => full.body[name] === ''),
    );
  });

  test('which mapped headers of an answer are renamed', () => {
    const responseParameters = Object.fromEntries(
      names.map((name) => [`method.response.header.${name}`, `'response_param_${name}'`]),
    );
    const api = new ServedRestApi(restApi({ 'GET /': { integration: aws({ responses: { 200: { responseParameters } } }) } }));
    const answer = api.call({});
    const expected = Object.keys(full['response-headers']).filter((name) => !['Connection', 'Content-Length'].includes(name));
    // `TE` belongs to the connection: the core writes no such field, whoever asks.
    const withoutTe = expected.filter((name) => name !== 'TE');
    assert.deepEqual(answer.responseHeaders.map(([name]) => name).sort(), withoutTe.sort());
    for (const name of withoutTe) {
      const value = full['response-headers'][name] as string;
      if (value.startsWith('response_param_')) assert.equal(answer.responseHeader(name), value, name);
    }
  });

  test('which headers a function behind a proxy sees', () => {
    const recorded = recordsOf('AWS_PROXY')['no-param-integration'] as Recorded;
    const api = new ServedRestApi(restApi({ 'GET /': { integration: lambdaProxy() } }));
    api.call({ headers: sent });
    assert.deepEqual(Object.keys(api.lastEvent['headers'] as Headers).sort(), Object.keys(recorded.headers ?? {}).sort());
  });

  for (const type of ['AWS', 'AWS_PROXY'] as const) {
    const refused = Object.entries(recordsOf(type)).filter(([, { body }]) => body?.['message'] === 'Internal server error');
    assert.ok(refused.length > 5, 'the test must see its cases');
    for (const [name, recorded] of refused) {
      test(`${type}: ${name} cannot be mapped`, () => {
        const make = type === 'AWS' ? aws : lambdaProxy;
        const integration = make({ requestParameters: { [`integration.request.header.${name}`]: "'x'" } });
        const answer = new ServedRestApi(restApi({ 'GET /': { integration } })).call({});
        assert.equal(answer.status, 500);
        assert.equal(String(answer.responseBody.length), recorded['response-headers']['Content-Length']);
        assert.deepEqual(JSON.parse(answer.responseText), recorded.body);
        assert.equal(answer.responseHeader('x-amzn-ErrorType'), recorded['response-headers']['x-amzn-ErrorType']);
        assert.equal(answer.responseHeader('x-amzn-trace-id'), undefined);
      });
    }
  }
});
