// What functions return and what clients then see, through the whole flow.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { FakeRequest } from '../../data-plane/testing/fake-messages.ts';
import { httpApi, lambda } from '../testing/http-api-builder.ts';
import { ServedApi } from '../testing/served-api.ts';

function answer(version: '1.0' | '2.0', payload: unknown, cors = false): FakeRequest {
  const api = new ServedApi(
    httpApi({ 'GET /': lambda({ payloadFormatVersion: version }) }, cors ? { cors: { allowOrigins: ['*'] } } : {}),
  );
  const text = typeof payload === 'string' ? payload : JSON.stringify(payload);
  api.ports.functions.handler = () => ({ kind: 'returned', payload: text });
  return api.call({ headers: [['Origin', 'https://a.example']] });
}

const unusable = '{"message":"Internal Server Error"}';

describe('payload format 2.0', () => {
  const inferred: [desc: string, payload: string, body: string][] = [
    ['an object', '{"name":"x"}', '{"name":"x"}'],
    ['an array', '[1, 2]', '[1, 2]'],
    ['a number', '42', '42'],
    ['true', 'true', 'true'],
    ['null', 'null', 'null'],
    ['a string loses its quotes', '"te\\"st"', 'te"st'],
    ['an empty string', '""', ''],
    ['broken JSON as it is', '{"name": "John Doe", "age":', '{"name": "John Doe", "age":'],
    ['plain text as it is', 'hello', 'hello'],
    ['UTF-8', '{"é":"😀"}', '{"é":"😀"}'],
    ['statusCode in the prototype chain only', '{"__proto__":{"statusCode":500}}', '{"__proto__":{"statusCode":500}}'],
  ];
  for (const [desc, payload, body] of inferred) {
    test(`inferred: ${desc}`, () => {
      const response = answer('2.0', payload);
      assert.equal(response.status, 200);
      assert.equal(response.responseHeader('Content-Type'), 'application/json');
      assert.equal(response.responseText, body);
    });
  }

  const statuses: [statusCode: unknown, status: number][] = [
    [200, 200],
    [204, 204],
    [404, 404],
    [599, 599],
    ['201', 201],
    [0, 500],
    [200.5, 500],
    [100, 500],
    [600, 500],
    ['abc', 500],
    [null, 500],
    [true, 500],
    [-200, 500],
  ];
  for (const [statusCode, status] of statuses) {
    test(`statusCode ${JSON.stringify(statusCode)} -> ${status}`, () => {
      const response = answer('2.0', { statusCode, body: 'x' });
      assert.equal(response.status, status);
      if (status === 500) assert.equal(response.responseText, unusable);
    });
  }

  test('headers in Title-Case, cookies, default content type', () => {
    const response = answer('2.0', {
      statusCode: 200,
      headers: { myheader: 'a', ETAG: '"1"', 'x-n': 5, 'x-b': false, 'x-null': null },
      cookies: ['a=1', 'b=2; Path=/'],
    });
    const headers = response.responseHeaders.filter(([name]) => name !== 'Date' && name !== 'Apigw-Requestid');
    assert.deepEqual(headers, [
      ['Myheader', 'a'],
      ['Etag', '"1"'],
      ['X-N', '5'],
      ['X-B', 'false'],
      ['Content-Type', 'text/plain; charset=utf-8'],
      ['Set-Cookie', 'a=1'],
      ['Set-Cookie', 'b=2; Path=/'],
    ]);
    assert.match(response.responseHeader('Apigw-Requestid') ?? '', /^[A-Za-z0-9_-]{15}=$/);
    assert.match(response.responseHeader('Date') ?? '', / GMT$/);
    assert.equal(response.responseHeaders[0]?.[0], 'Date');
  });

  test('cookies win over a Set-Cookie header', () => {
    const response = answer('2.0', { statusCode: 200, headers: { 'set-cookie': 'old=1' }, cookies: ['new=1'] });
    assert.deepEqual(
      response.responseHeaders.filter(([name]) => name === 'Set-Cookie'),
      [['Set-Cookie', 'new=1']],
    );
  });

  test('base64 is decoded whatever Accept says', () => {
    const response = answer('2.0', {
      statusCode: 200,
      isBase64Encoded: true,
      body: Buffer.from([0, 255, 10]).toString('base64'),
    });
    assert.deepEqual([...response.responseBody], [0, 255, 10]);
  });

  test('the gateway keeps its own headers and all framing', () => {
    const response = answer(
      '2.0',
      {
        statusCode: 200,
        headers: {
          date: 'x',
          'apigw-requestid': 'x',
          'content-length': '1',
          connection: 'close',
          'transfer-encoding': 'chunked',
          'access-control-allow-origin': 'backend',
        },
      },
      true,
    );
    const names = response.responseHeaders.map(([name]) => name);
    assert.deepEqual(names, ['Date', 'Content-Type', 'Access-Control-Allow-Origin', 'Apigw-Requestid']);
    assert.equal(response.responseHeader('Access-Control-Allow-Origin'), '*');
  });

  test('without CORS configured the function may send CORS headers', () => {
    const response = answer('2.0', { statusCode: 200, headers: { 'access-control-allow-origin': 'backend' } });
    assert.equal(response.responseHeader('Access-Control-Allow-Origin'), 'backend');
  });

  const refused: [desc: string, payload: unknown][] = [
    ['an object body', { statusCode: 200, body: {} }],
    ['a header value that splits the response', { statusCode: 200, headers: { a: 'x\r\nSet-Cookie: y' } }],
    ['a header name that splits the response', { statusCode: 200, headers: { 'a: b\r\nc': 'x' } }],
    ['a cookie that splits the response', { statusCode: 200, cookies: ['a=1\r\nX: y'] }],
    ['a header that is an object', { statusCode: 200, headers: { a: {} } }],
    ['headers that are a list', { statusCode: 200, headers: [] }],
    ['cookies that are text', { statusCode: 200, cookies: 'a=1' }],
  ];
  for (const version of ['1.0', '2.0'] as const) {
    for (const [desc, payload] of refused) {
      if (version === '1.0' && desc.includes('cookie')) continue;
      test(`${version}: ${desc} is a 500 and nothing of it is sent`, () => {
        const response = answer(version, payload);
        assert.equal(response.status, 500);
        assert.equal(response.responseText, unusable);
        assert.deepEqual(
          response.responseHeaders.map(([name]) => name),
          ['Date', 'Content-Type', 'Apigw-Requestid'],
        );
      });
    }
  }
});

describe('payload format 1.0', () => {
  for (const payload of ['{"name":"x"}', '"text"', '[]', '42', 'null', '{"statusCode":', '{"statusCode":0}']) {
    test(`${payload} is a 500: nothing is inferred`, () => {
      const response = answer('1.0', payload);
      assert.equal(response.status, 500);
      assert.equal(response.responseText, unusable);
      assert.equal(response.responseBody.length, 35);
      assert.equal(response.responseHeader('Content-Type'), 'application/json');
    });
  }

  test('the single value first, then the multi values, as lines of their own', () => {
    const response = answer('1.0', {
      statusCode: 200,
      headers: { 'X-Test': 'single-value', 'x-test': 'ignored' },
      multiValueHeaders: { 'x-test': ['multi-value1', 'multi-value2'], 'Set-Cookie': ['a=1', 'b=2'] },
    });
    assert.deepEqual(
      response.responseHeaders.filter(([name]) => name === 'X-Test' || name === 'Set-Cookie'),
      [
        ['X-Test', 'single-value'],
        ['X-Test', 'multi-value1'],
        ['X-Test', 'multi-value2'],
        ['Set-Cookie', 'a=1'],
        ['Set-Cookie', 'b=2'],
      ],
    );
    assert.equal(response.responseHeader('Content-Type'), 'text/plain; charset=utf-8');
  });

  test('multiValueHeaders must hold lists', () => {
    assert.equal(answer('1.0', { statusCode: 200, multiValueHeaders: { a: 'x' } }).status, 500);
  });

  test('a body of text is UTF-8', () => {
    assert.equal(answer('1.0', { statusCode: 201, body: 'é😀' }).responseText, 'é😀');
  });
});
