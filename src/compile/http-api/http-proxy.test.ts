// What backends receive and what clients get back, through the whole flow.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  FakeBody,
  type FakeRequest,
  type FakeRequestOptions,
  linesOf,
  MemorySink,
} from '../../data-plane/testing/fake-messages.ts';
import { fakeResponse } from '../../data-plane/testing/fake-ports.ts';
import type { UpstreamCall, UpstreamFailureKind } from '../../http1/message.ts';
import { httpApi, httpProxy } from '../testing/http-api-builder.ts';
import { ServedApi } from '../testing/served-api.ts';

function proxied(
  routeKey: string,
  uri: string,
  request: FakeRequestOptions,
  stageName = '$default',
): { readonly call: UpstreamCall; readonly response: FakeRequest; readonly api: ServedApi } {
  const api = new ServedApi(httpApi({ [routeKey]: httpProxy(uri) }, { stageName }));
  const response = api.call(request);
  assert.equal(api.upstreams.calls.length, 1, response.responseText);
  return { call: api.upstreams.calls[0] as UpstreamCall, response, api };
}

describe('HTTP_PROXY request', () => {
  const targets: [desc: string, routeKey: string, uri: string, target: string, expected: string, stageName?: string][] = [
    ['the URI as it is', 'GET /a', 'http://h/x', '/a', '/x'],
    ['no path in the URI', 'GET /a', 'http://h', '/a', '/'],
    ['the query is passed on', 'GET /a', 'http://h/x', '/a?q=1&q=2', '/x?q=1&q=2'],
    ['both queries', 'GET /a', 'http://h/x?k=v', '/a?q=1', '/x?k=v&q=1'],
    ['the URI query alone', 'GET /a', 'http://h/x?k=v', '/a', '/x?k=v'],
    ['a path variable, encoded as received', 'GET /u/{id}', 'http://h/v/{id}', '/u/a%2Fb%20c', '/v/a%2Fb%20c'],
    ['a greedy variable', 'ANY /{proxy+}', 'http://h/api/{proxy}', '/a/b//c', '/api/a/b//c'],
    ['the default route appends the path', '$default', 'http://h', '/a/b', '/a/b'],
    ['the default route appends to a base', '$default', 'http://h/base/', '/a%2Fb?q=1', '/base/a%2Fb?q=1'],
    ['the stage is not part of it', '$default', 'http://h/base', '/a', '/base/a', 'prod'],
  ];
  for (const [desc, routeKey, uri, target, expected, stageName] of targets) {
    test(desc, () => assert.equal(proxied(routeKey, uri, { target }, stageName).call.target, expected));
  }

  test('headers: the backend sees its own host, Forwarded, Via and a trace id', () => {
    const { call } = proxied('GET /a', 'http://backend.example:3000/x', {
      target: '/a',
      headers: [
        ['X-Forwarded-For', '198.51.100.1, 2001:db8::1'],
        ['X-Forwarded-Proto', 'https'],
        ['X-Forwarded-Host', 'evil;host="x'],
        ['Via', '1.0 fred'],
        ['Connection', 'keep-alive'],
        ['Authorization', 'Bearer t'],
        ['x-CaSe', 'kept'],
      ],
    });
    const lines = linesOf(call.headers);
    const trace = lines.find(([name]) => name === 'X-Amzn-Trace-Id')?.[1];
    assert.match(trace ?? '', /^Root=1-/);
    assert.deepEqual(
      lines.filter(([name]) => name !== 'X-Amzn-Trace-Id'),
      [
        ['Host', 'backend.example:3000'],
        ['Authorization', 'Bearer t'],
        ['x-CaSe', 'kept'],
        [
          'Forwarded',
          'for=198.51.100.1;host="evil;host=\\"x";proto=https, for="[2001:db8::1]", ' +
            'by=_stagegate;for=203.0.113.9;host=a1b2c3.execute-api.us-east-1.amazonaws.com;proto=http',
        ],
        ['Via', '1.0 fred, HTTP/1.1 AmazonAPIGateway'],
      ],
    );
  });

  test('a Forwarded field of the client is kept in front', () => {
    const { call } = proxied('GET /a', 'http://h/', { target: '/a', headers: [['Forwarded', 'for=1.2.3.4']] });
    assert.match(
      linesOf(call.headers).find(([name]) => name === 'Forwarded')?.[1] ?? '',
      /^for=1\.2\.3\.4, by=_stagegate;for=203\.0\.113\.9/,
    );
  });

  test('an empty body that was announced gets a content type', () => {
    const { call } = proxied('POST /a', 'http://h/', { method: 'POST', target: '/a', headers: [['Content-Length', '0']] });
    assert.deepEqual(
      linesOf(call.headers).find(([name]) => name === 'Content-Type'),
      ['Content-Type', 'application/octet-stream'],
    );
  });

  test('method: ANY passes it on, a fixed one replaces it', () => {
    assert.equal(proxied('ANY /a', 'http://h/', { method: 'PATCH', target: '/a' }).call.method, 'PATCH');
    const api = new ServedApi(httpApi({ 'ANY /a': httpProxy('http://h/', { integrationMethod: 'PUT' } as never) }));
    api.call({ method: 'GET', target: '/a' });
    assert.equal(api.upstreams.calls[0]?.method, 'PUT');
  });

  test('body: none, in one piece, streamed', () => {
    assert.equal(proxied('ANY /a', 'http://h/', { target: '/a' }).call.body, null);
    assert.equal(proxied('ANY /a', 'http://h/', { method: 'POST', target: '/a', body: new FakeBody('é') }).call.body, 'Ã©');
    const { call } = proxied('ANY /a', 'http://h/', {
      method: 'POST',
      target: '/a',
      body: new FakeBody('abc', { chunked: true }),
    });
    assert.ok(typeof call.body === 'object' && call.body !== null && 'pipeTo' in call.body);
    let received = '';
    call.body.pipeTo(new MemorySink((bytes) => (received = bytes.toString())));
    assert.equal(received, 'abc');
  });

  test('a body over 10 MB: declared is refused at once, undeclared is cut where it passes the limit', () => {
    const long = Buffer.alloc(10 * 2 ** 20 + 1, 0x61);
    const api = new ServedApi(httpApi({ 'POST /a': httpProxy('http://h/') }));
    const declared = api.call({ method: 'POST', target: '/a', body: new FakeBody(long) });
    assert.equal(declared.status, 413);
    assert.equal(declared.responseText, '{"message":"Request Entity Too Large"}');
    assert.equal(api.upstreams.calls.length, 0);

    const { call } = proxied('POST /a', 'http://h/', {
      method: 'POST',
      target: '/a',
      body: new FakeBody(long, { chunked: true }),
    });
    assert.ok(typeof call.body === 'object' && call.body !== null && 'pipeTo' in call.body);
    let failure: string | undefined;
    let bytes = 0;
    call.body.pipeTo(
      new MemorySink((received, failed) => {
        bytes = received.length;
        failure = failed;
      }),
    );
    assert.equal(failure, 'tooLarge');
    assert.ok(bytes <= 10 * 2 ** 20);
  });

  test('a host made of path variables must be a host', () => {
    const api = new ServedApi(httpApi({ 'GET /{t}': httpProxy('http://{t}.example.com/') }));
    api.call({ target: '/blue' });
    assert.equal(api.upstreams.calls[0]?.origin.host, 'blue.example.com');
    for (const evil of ['a%2Fb', 'x%40y', 'a%3A80%23', 'a%20b', '%5B']) {
      assert.equal(api.call({ target: `/${evil}` }).status, 500, evil);
    }
    assert.equal(api.upstreams.calls.length, 1);
  });
});

describe('HTTP_PROXY response', () => {
  function answered(
    headers: [string, string][],
    body: string | FakeBody,
    options: FakeRequestOptions = {},
    cors = false,
  ): FakeRequest {
    const api = new ServedApi(
      httpApi({ 'ANY /a': httpProxy('http://h/') }, cors ? { cors: { allowOrigins: ['https://ok'] } } : {}),
    );
    api.upstreams.answer = () => fakeResponse(201, headers, body);
    return api.call({ target: '/a', ...options });
  }

  test('status, body and headers in Title-Case; the gateway adds its own', () => {
    const response = answered(
      [
        ['server', 'x'],
        ['ETag', '"1"'],
        ['date', 'theirs'],
        ['connection', 'close'],
      ],
      'héllo',
    );
    assert.equal(response.status, 201);
    assert.equal(response.responseText, 'héllo');
    assert.deepEqual(
      response.responseHeaders.map(([name]) => name),
      ['Date', 'Server', 'Etag', 'Apigw-Requestid'],
    );
    assert.notEqual(response.responseHeader('Date'), 'theirs');
  });

  test('a long body is streamed with its length', () => {
    const body = new FakeBody(Buffer.alloc(200_000, 0x62));
    const response = answered([['Content-Length', '200000']], body);
    assert.equal(response.contentLength, 200_000);
    assert.equal(response.responseBody.length, 200_000);
    assert.equal(response.aborted, undefined);
  });

  test('a body that breaks cuts the client and is told in the record', () => {
    const api = new ServedApi(httpApi({ 'GET /a': httpProxy('http://h/') }));
    api.upstreams.answer = () => fakeResponse(200, [], new FakeBody('half', { failure: 'aborted' }));
    const response = api.call({ target: '/a' });
    assert.equal(response.aborted, 'aborted');
    assert.match(api.ports.exchanges.records[0]?.reason ?? '', /body failed \(aborted\)/);
    assert.equal(api.ports.exchanges.records.length, 1);
  });

  test('HEAD keeps the length that the backend declared', () => {
    const response = answered([['Content-Length', '1234']], new FakeBody(''), { method: 'HEAD' });
    assert.equal(response.contentLength, 1234);
    assert.equal(response.responseBody.length, 0);
  });

  test('CORS headers of the backend are replaced, also when the origin is not allowed', () => {
    const theirs: [string, string][] = [
      ['Access-Control-Allow-Origin', '*'],
      ['access-control-allow-credentials', 'true'],
    ];
    const allowed = answered(theirs, '', { headers: [['Origin', 'https://ok']] }, true);
    assert.deepEqual(
      allowed.responseHeaders.filter(([name]) => name.startsWith('Access')),
      [['Access-Control-Allow-Origin', 'https://ok']],
    );
    const other = answered(theirs, '', { headers: [['Origin', 'https://other']] }, true);
    assert.deepEqual(
      other.responseHeaders.filter(([name]) => name.startsWith('Access')),
      [],
    );
  });

  const failures: [kind: UpstreamFailureKind, status: number, body: string][] = [
    ['timeout', 503, '{"message":"Service Unavailable"}'],
    ['connect', 503, '{"message":"Service Unavailable"}'],
    ['reset', 503, '{"message":"Service Unavailable"}'],
    ['refused', 503, '{"message":"Service Unavailable"}'],
    ['malformed', 500, '{"message":"Internal Server Error"}'],
    ['tooLarge', 500, '{"message":"Internal Server Error"}'],
  ];
  for (const [kind, status, body] of failures) {
    test(`${kind} -> ${status}; the reason stays inside`, () => {
      const api = new ServedApi(httpApi({ 'GET /a': httpProxy('http://h/') }));
      api.upstreams.answer = () => ({ kind, message: 'secret detail' });
      const response = api.call({ target: '/a' });
      assert.equal(response.status, status);
      assert.equal(response.responseText, body);
      assert.match(api.ports.exchanges.records[0]?.reason ?? '', /secret detail/);
    });
  }

  test('a request body that fails on the way', () => {
    const api = new ServedApi(httpApi({ 'POST /a': httpProxy('http://h/') }));
    api.upstreams.answer = () => ({ kind: 'requestBody', message: '', bodyFailure: 'tooLarge' });
    assert.equal(api.call({ method: 'POST', target: '/a', body: new FakeBody('x') }).status, 413);
  });
});
