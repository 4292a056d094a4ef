// biome-ignore-all lint/suspicious/noTemplateCurlyInString: AWS's notation for variables, not templates
// Parameter mapping through the whole flow: what backends and functions receive, what clients get back.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { FakeBody, type FakeRequestOptions, linesOf } from '../../data-plane/testing/fake-messages.ts';
import { fakeResponse } from '../../data-plane/testing/fake-ports.ts';
import type { UpstreamCall } from '../../http1/message.ts';
import { httpApi, httpProxy, lambda } from '../testing/http-api-builder.ts';
import { ServedApi } from '../testing/served-api.ts';

type Entries = Readonly<Record<string, string>>;

function mapped(requestParameters: Entries, stageVariables: Entries = {}): ServedApi {
  const integration = httpProxy('http://h/base', { requestParameters });
  return new ServedApi(httpApi({ 'ANY /pets/{id}/{rest+}': integration }, { stageName: 'prod', stageVariables }));
}

function send(api: ServedApi, request: FakeRequestOptions): UpstreamCall {
  const response = api.call(request);
  const call = api.upstreams.calls[0];
  assert.ok(call !== undefined, response.responseText);
  return call;
}

/** The values of a field that the backend received. */
function received(call: UpstreamCall, name: string): string[] {
  return linesOf(call.headers)
    .filter(([found]) => found.toLowerCase() === name)
    .map(([, value]) => value);
}

const request: FakeRequestOptions = {
  method: 'POST',
  target: '/pets/a%20b/c/d%2Fe?q=1&q=two%20words&Q=3',
  headers: [
    ['X-One', '1'],
    ['x-one', '2'],
    ['Accept', 'text/plain'],
    ['User-Agent', 'tester'],
    ['x-utf8', Buffer.from('grün', 'utf8').toString('latin1')],
  ],
  body: new FakeBody('{"user":{"name":"Zoë","tags":["a","b"],"id":12345678901234567890,"none":null},"n":1.50}'),
};

describe('values', () => {
  const rows: [desc: string, value: string, expected: string | undefined][] = [
    ['text', 'static', 'static'],
    ['a header, whatever its case; several values joined', '$request.header.x-One', '1,2'],
    ['a header in UTF-8', '$request.header.x-utf8', 'grün'],
    ['a missing header', '$request.header.missing', undefined],
    ['a query parameter, decoded; several values joined', '$request.querystring.q', '1,two words'],
    ['query names are case-sensitive', '$request.querystring.Q', '3'],
    ['the path without the stage, as received', '$request.path', '/pets/a%20b/c/d%2Fe'],
    ['a path variable, decoded', '$request.path.id', 'a b'],
    ['a greedy path variable', '$request.path.rest', 'c/d/e'],
    ['the body', '$request.body', '{"user":{"name":"Zoë","tags":["a","b"],"id":12345678901234567890,"none":null},"n":1.50}'],
    ['a member of the body', '$request.body.user.name', 'Zoë'],
    ['an element of the body', '$request.body.user.tags[1]', 'b'],
    ['an object of the body', '$request.body.user.tags', '["a","b"]'],
    ['a number with all its digits', '$request.body.user.id', '12345678901234567890'],
    ['a number as it was written', '$request.body.n', '1.50'],
    [
      'numbers inside an object too',
      '$request.body.user',
      '{"name":"Zoë","tags":["a","b"],"id":12345678901234567890,"none":null}',
    ],
    ['null is no value', '$request.body.user.none', undefined],
    ['a missing member', '$request.body.user.missing', undefined],
    ['the account', '$context.accountId', '000000000000'],
    ['the API', '$context.apiId', 'a1b2c3'],
    ['the stage', '$context.stage', 'prod'],
    ['the route key', '$context.routeKey', 'ANY /pets/{id}/{rest+}'],
    ['the method', '$context.httpMethod', 'POST'],
    ['the path with the stage', '$context.path', '/prod/pets/a%20b/c/d%2Fe'],
    ['the protocol', '$context.protocol', 'HTTP/1.1'],
    ['the domain name', '$context.domainName', 'a1b2c3.execute-api.us-east-1.amazonaws.com'],
    ['who calls', '${context.identity.sourceIp} ${context.identity.userAgent}', '203.0.113.9 tester'],
    ['an authorizer value on a route without authorizer', '$context.authorizer.claims.sub', undefined],
    ['a stage variable', '$stageVariables.color', 'red'],
    ['a stage variable that is not set', '$stageVariables.missing', undefined],
    ['several with text', 'id=${request.path.id};${stageVariables.color}', 'id=a b;red'],
    ['a missing one between text is empty', '[${request.header.missing}]', '[]'],
  ];
  for (const [desc, value, expected] of rows) {
    test(`${desc}: ${value}`, () => {
      const call = send(mapped({ 'append:header.x-out': value }, { color: 'red' }), request);
      const [out, ...more] = received(call, 'x-out');
      assert.equal(out === undefined ? undefined : Buffer.from(out, 'latin1').toString('utf8'), expected);
      assert.deepEqual(more, []);
    });
  }

  test('ids and times', () => {
    const value = '${context.requestId} ${context.extendedRequestId} ${context.requestTimeEpoch} ${context.requestTime}';
    const [out = ''] = received(send(mapped({ 'append:header.x-out': value }), request), 'x-out');
    assert.match(out, /^([\w-]{15}=) \1 \d{13} \d\d\/\w{3}\/\d{4}:\d\d:\d\d:\d\d \+0000$/);
  });

  test('a JSON path reads the first 100 KB of a body', () => {
    const bodyOf = (length: number) => new FakeBody(JSON.stringify({ a: 'x', pad: 'p'.repeat(length) }), { chunked: true });
    const api = () => mapped({ 'append:header.x-out': '$request.body.a' });
    assert.deepEqual(received(send(api(), { ...request, body: bodyOf(100 * 1024) }), 'x-out'), []);
    assert.deepEqual(received(send(api(), { ...request, body: bodyOf(100 * 1024 - 20) }), 'x-out'), ['x']);
  });

  test('a value that is longer than anything that may hold it is refused', () => {
    const body = () => new FakeBody('p'.repeat(10_241));
    for (const key of ['append:header.x-out', 'append:querystring.q', 'overwrite:path']) {
      const response = mapped({ [key]: '$request.body' }).call({ ...request, body: body() });
      assert.equal(response.status, 400, key);
    }
    assert.equal(
      received(
        send(mapped({ 'append:header.x-out': '$request.body' }), { ...request, body: new FakeBody('p'.repeat(10_240)) }),
        'x-out',
      )[0]?.length,
      10_240,
    );
  });

  test('a mapped content type is the only one of an empty body', () => {
    const headers = [['Content-Length', '0']] as const;
    const call = send(mapped({ 'append:header.content-type': 'text/plain' }), { ...request, headers, body: new FakeBody('') });
    assert.deepEqual(received(call, 'content-type'), ['text/plain']);
  });

  test('a body that a mapping reads is sent on whole', () => {
    const call = send(mapped({ 'append:header.x-out': '$request.body.a' }), {
      ...request,
      body: new FakeBody('{"a":"é"}', { chunked: true }),
    });
    assert.equal(String(call.body), '{"a":"é"}');
    const none = send(mapped({ 'append:header.x-out': '$request.body.a' }), { ...request, body: new FakeBody('') });
    assert.equal(none.body, null);
  });

  test('JSON nested deeper than the stack has no value and harms nobody', () => {
    const body = new FakeBody(`{"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}`, { chunked: true });
    const call = send(mapped({ 'append:header.x-out': '$request.body.a' }), { ...request, body });
    assert.ok(received(call, 'x-out').length <= 1);
  });
});

describe('request headers', () => {
  test('append keeps what is there, overwrite replaces every value, remove takes all away', () => {
    const api = mapped({
      'append:header.accept': 'text/html',
      'overwrite:header.X-ONE': 'new',
      'remove:header.user-agent': "''",
    });
    const call = send(api, request);
    assert.deepEqual(received(call, 'accept'), ['text/plain', 'text/html']);
    assert.deepEqual(received(call, 'x-one'), ['new']);
    assert.deepEqual(received(call, 'user-agent'), []);
  });

  test('overwrite with a missing source keeps nobody’s own value', () => {
    const call = send(mapped({ 'overwrite:header.x-one': '$context.authorizer.principalId' }), request);
    assert.deepEqual(received(call, 'x-one'), []);
  });

  test('overwrite and append of one name go together in either order', () => {
    const entries = { 'append:header.x-one': 'b', 'overwrite:header.x-one': 'a' };
    assert.deepEqual(received(send(mapped(entries), request), 'x-one'), ['a', 'b']);
  });

  test('Host can be another one, and is one', () => {
    const call = send(mapped({ 'overwrite:header.host': 'shop.example:8443' }), request);
    assert.deepEqual(received(call, 'host'), ['shop.example:8443']);
    assert.deepEqual(received(send(mapped({ 'overwrite:header.host': '$request.header.missing' }), request), 'host'), ['h']);
    const api = mapped({ 'overwrite:header.host': '$request.querystring.q' });
    assert.equal(api.call({ ...request, target: '/pets/1/2?q=a%20b' }).status, 400);
  });

  test('a value with a line break is refused, not sent', () => {
    const api = mapped({ 'append:header.x-out': '$request.querystring.q' });
    const response = api.call({ ...request, target: '/pets/1/2?q=a%0d%0aX-Injected:%201' });
    assert.equal(response.status, 400);
    assert.deepEqual(api.upstreams.calls, []);
    assert.match(api.ports.exchanges.records[0]?.reason ?? '', /x-out.*line break/);
  });
});

describe('request query and path', () => {
  const queries: [desc: string, entries: Entries, expected: string][] = [
    ['append', { 'append:querystring.q': 'x y' }, 'q=1&q=two%20words&Q=3&q=x%20y'],
    ['overwrite, case-sensitive', { 'overwrite:querystring.q': '$request.path.id' }, 'Q=3&q=a%20b'],
    ['remove', { 'remove:querystring.q': "''" }, 'Q=3'],
    ['remove all', { 'remove:querystring.q': "''", 'remove:querystring.Q': "''" }, ''],
    ['a value adds no parameter', { 'append:querystring.a': 'x&admin=1#' }, 'q=1&q=two%20words&Q=3&a=x%26admin%3D1%23'],
    ['a missing source', { 'append:querystring.a': '$request.header.missing' }, 'q=1&q=two%20words&Q=3'],
  ];
  for (const [desc, entries, expected] of queries) {
    test(`query: ${desc}`, () => {
      assert.equal(send(mapped(entries), request).target, expected === '' ? '/base' : `/base?${expected}`);
    });
  }

  const paths: [desc: string, value: string, expected: string][] = [
    ['the request path, as received', '$request.path', '/pets/a%20b/c/d%2Fe'],
    ['text', '/fixed', '/fixed'],
    ['text without a slash', 'fixed', '/fixed'],
    ['path variables, as received', '/v2/${request.path.rest}/${request.path.id}', '/v2/c/d%2Fe/a%20b'],
    ['other sources are encoded, slashes excepted', '/v2/${request.querystring.q}', '/v2/1%2Ctwo%20words'],
    ['a missing source keeps the path', '$request.header.missing', '/base'],
    ['a stage variable', '/${stageVariables.version}/x', '/v7/x'],
  ];
  for (const [desc, value, expected] of paths) {
    test(`path: ${desc}`, () => {
      const { target } = send(mapped({ 'overwrite:path': value }, { version: 'v7' }), request);
      assert.equal(target, `${expected}?q=1&q=two%20words&Q=3`);
    });
  }

  test('a mapped path that climbs is refused', () => {
    for (const q of ['../admin', '..%2Fadmin', 'a/./b', '%2e%2e', '..;']) {
      const api = mapped({ 'overwrite:path': '/files/${request.querystring.q}' });
      assert.equal(
        api.call({ ...request, target: `/pets/1/2?q=${encodeURIComponent(q)}` }).status,
        q.includes('%') ? 200 : 400,
        q,
      );
    }
  });
});

describe('responses', () => {
  const responseParameters = {
    '200': {
      'append:header.x-req': '$context.requestId',
      'overwrite:header.x-kind': '$response.body.kind',
      'remove:header.server': "''",
    },
    '500': { 'overwrite:statuscode': '403', 'append:header.x-was': '${context.integration.status}/$response' },
    '404': { 'overwrite:statuscode': '$response.header.x-status' },
  };

  function answered(status: number, headers: readonly (readonly [string, string])[], body: string | FakeBody, method = 'GET') {
    const api = new ServedApi(httpApi({ 'ANY /a': httpProxy('http://h/', { responseParameters }) }));
    api.upstreams.answer = () => fakeResponse(status, headers, body);
    return api.call({ method, target: '/a' });
  }

  for (const chunked of [false, true]) {
    test(`headers change, the body stays${chunked ? ', also one that is streamed' : ''}`, () => {
      const body = new FakeBody('{"kind":"pet"}', { chunked });
      const response = answered(
        200,
        [
          ['Server', 'x'],
          ['X-Kind', 'old'],
          ['X-Kept', 'y'],
        ],
        body,
      );
      assert.equal(response.status, 200);
      assert.equal(response.responseText, '{"kind":"pet"}');
      assert.match(response.responseHeader('x-req') ?? '', /=$/);
      assert.equal(response.responseHeader('x-kind'), 'pet');
      assert.equal(response.responseHeader('server'), undefined);
      assert.equal(response.responseHeader('x-kept'), 'y');
      assert.equal(response.answers, 1);
    });
  }

  test('the status code is overwritten, and read from the response', () => {
    const response = answered(500, [], 'no');
    assert.deepEqual([response.status, response.responseHeader('x-was')], [403, '500/$response']);
    assert.equal(answered(404, [['x-status', '410']], '').status, 410);
    assert.equal(answered(404, [], '').status, 404);
    assert.equal(answered(404, [['x-status', '99999']], '').status, 500);
  });

  test('other status codes pass unchanged', () => {
    const response = answered(201, [['Server', 'x']], 'made');
    assert.deepEqual([response.status, response.responseHeader('server'), response.responseText], [201, 'x', 'made']);
  });

  test('a HEAD answer keeps its length and is not waited for', () => {
    const response = answered(200, [['Content-Length', '14']], '', 'HEAD');
    assert.deepEqual([response.status, response.contentLength], [200, 14]);
  });

  test('a backend that breaks off is a 500, and one that injects too', () => {
    assert.equal(answered(200, [], new FakeBody('{"kind":', { failure: 'aborted' })).status, 500);
    const response = answered(200, [], '{"kind":"a\\r\\nX-Injected: 1"}');
    assert.equal(response.status, 500);
    assert.doesNotMatch(response.headerText, /injected/i);
  });
});

describe('Lambda', () => {
  const requestParameters = {
    'append:header.x-user': '$request.path.id',
    'overwrite:header.Accept': 'application/json',
    'remove:header.x-one': "''",
    'overwrite:querystring.q': '$context.stage',
    'overwrite:path': '/mapped/${request.path.id}',
  };
  for (const payloadFormatVersion of ['1.0', '2.0'] as const) {
    test(`the event of payload ${payloadFormatVersion} shows the mapped request`, () => {
      const api = new ServedApi(
        httpApi({ 'POST /pets/{id}/{rest+}': lambda({ requestParameters, payloadFormatVersion }) }, { stageName: 'prod' }),
      );
      assert.equal(api.call(request).status, 200);
      const event = api.lastEvent as { headers: Record<string, string>; queryStringParameters: Record<string, string> };
      const headers = Object.fromEntries(Object.entries(event.headers).map(([name, value]) => [name.toLowerCase(), value]));
      assert.equal(headers['x-user'], 'a b');
      assert.equal(headers['accept'], 'application/json');
      assert.equal(headers['x-one'], undefined);
      assert.equal(headers['user-agent'], 'tester');
      assert.deepEqual(event.queryStringParameters, { Q: '3', q: 'prod' });
      const path = payloadFormatVersion === '1.0' ? api.lastEvent['path'] : api.lastEvent['rawPath'];
      assert.equal(path, payloadFormatVersion === '1.0' ? '/mapped/a%20b' : '/mapped/a b');
      assert.deepEqual(api.lastEvent['pathParameters'], { id: 'a b', rest: 'c/d/e' });
    });
  }

  test('its answer is mapped by the status it returned', () => {
    const responseParameters = {
      '403': { 'overwrite:statuscode': '401', 'append:header.x-why': '$response.body.why', 'remove:header.x-gone': "''" },
    };
    const api = new ServedApi(httpApi({ 'GET /a': lambda({ responseParameters }) }));
    const payload = JSON.stringify({ statusCode: 403, headers: { 'x-gone': '1' }, body: '{"why":"grün"}' });
    api.ports.functions.handler = () => ({ kind: 'returned', payload });
    const response = api.call({ target: '/a' });
    assert.equal(response.status, 401);
    assert.equal(response.responseText, '{"why":"grün"}');
    assert.equal(Buffer.from(response.responseHeader('x-why') ?? '', 'latin1').toString('utf8'), 'grün');
    assert.equal(response.responseHeader('x-gone'), undefined);
  });
});

test('path variables in the query string of the URI are encoded values', () => {
  const api = new ServedApi(httpApi({ 'GET /u/{id}': httpProxy('http://h/x?id={id}&k=v') }));
  assert.equal(send(api, { target: '/u/a%26b=c%20d' }).target, '/x?id=a%26b%3Dc%20d&k=v');
});
