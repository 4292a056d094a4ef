// Mapping templates read text: bytes that one is for are a 500, on the way in and on the way out.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { FakeBody } from '../../data-plane/testing/fake-messages.ts';
import { fakeResponse } from '../../data-plane/testing/fake-ports.ts';
import { http, mock, restApi } from '../testing/rest-api-builder.ts';
import { ServedRestApi } from '../testing/served-rest-api.ts';

const json = 'application/json';
const bytes = Buffer.from([1, 2, 0xff]);
const base64 = bytes.toString('base64');
const template = '{"data":"$input.body"}';
const internal = [500, '{"message": "Internal server error"}'];

describe('request', () => {
  for (const [desc, contentType, contentHandling, body, sent] of [
    ['text', 'text/plain', undefined, base64, `{"data":"${base64}"}`],
    ['text to text', 'text/plain', 'CONVERT_TO_TEXT', base64, `{"data":"${base64}"}`],
    ['text to binary', 'text/plain', 'CONVERT_TO_BINARY', base64, undefined],
    ['binary', 'image/png', undefined, bytes, undefined],
    ['binary to binary', 'image/png', 'CONVERT_TO_BINARY', bytes, undefined],
    ['binary to text', 'image/png', 'CONVERT_TO_TEXT', bytes, `{"data":"${base64}"}`],
  ] as const) {
    test(desc, () => {
      const integration = http('http://b/', {
        ...{ httpMethod: 'POST', requestTemplates: { $default: template } },
        ...(contentHandling === undefined ? {} : { contentHandling }),
      });
      const api = new ServedRestApi(restApi({ 'POST /': { integration } }, { api: { binaryMediaTypes: ['image/*'] } }));
      const answer = api.call({ method: 'POST', headers: [['Content-Type', contentType]], body: new FakeBody(body) });
      if (sent === undefined) assert.deepEqual([answer.status, answer.responseText], internal);
      assert.equal(api.upstreams.calls[0]?.body, sent);
    });
  }
});

describe('response', () => {
  for (const [desc, list, contentType, accept, contentHandling, payload, expected] of [
    ['text', ['image/*'], 'text/plain', '*/*', undefined, base64, `{"data":"${base64}"}`],
    ['text for somebody who accepts binary', ['image/*'], 'text/plain', 'image/png', undefined, base64, undefined],
    ['the same, kept as text', ['image/*'], 'text/plain', 'image/png', 'CONVERT_TO_TEXT', base64, `{"data":"${base64}"}`],
    ['text to binary', ['image/*'], 'text/plain', '*/*', 'CONVERT_TO_BINARY', base64, undefined],
    ['text to binary without a list', [], 'text/plain', '*/*', 'CONVERT_TO_BINARY', base64, undefined],
    ['binary for somebody who accepts it', ['image/*'], 'image/png', 'image/png', undefined, bytes, undefined],
    ['binary as base64', ['image/*'], 'image/png', '*/*', undefined, bytes, `{"data":"${base64}"}`],
  ] as const) {
    test(desc, () => {
      const response = { responseTemplates: { [json]: template }, ...(contentHandling === undefined ? {} : { contentHandling }) };
      const api = new ServedRestApi(
        restApi(
          { 'GET /': { integration: http('http://b/', { responses: { 200: response } }) } },
          { api: { binaryMediaTypes: list } },
        ),
      );
      api.upstreams.answer = () => fakeResponse(200, [['content-type', contentType]], new FakeBody(payload));
      const answer = api.call({ headers: [['Accept', accept]] });
      assert.deepEqual([answer.status, answer.responseText], expected === undefined ? internal : [200, expected]);
    });
  }

  test('a mock has no bytes', () => {
    const responses = { 200: { contentHandling: 'CONVERT_TO_BINARY' as const, responseTemplates: { [json]: 'x' } } };
    const api = new ServedRestApi(restApi({ 'GET /': { integration: mock({ responses }) } }));
    assert.equal(api.call().status, 200);
  });
});
