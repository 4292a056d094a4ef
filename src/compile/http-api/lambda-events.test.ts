// The events that functions receive, through the whole flow: what is sent in is an HTTP request, what is looked at is the event.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { FakeBody } from '../../data-plane/testing/fake-messages.ts';
import { httpApi, lambda } from '../testing/http-api-builder.ts';
import { ServedApi } from '../testing/served-api.ts';

const format1 = lambda({ payloadFormatVersion: '1.0' });
type Json = Record<string, unknown>;

describe('payload format 2.0', () => {
  test('a plain GET: members with nothing to say are absent', () => {
    const api = new ServedApi(httpApi({ 'GET /hello': lambda() }));
    api.call({
      target: '/hello',
      headers: [
        ['User-Agent', 'curl/8.9'],
        ['Accept', '*/*'],
        ['Connection', 'keep-alive'],
      ],
    });
    const event = api.lastEvent;
    const context = event['requestContext'] as Json;
    const headers = event['headers'] as Json;
    assert.match(context['requestId'] as string, /^[A-Za-z0-9_-]{15}=$/);
    assert.match(context['time'] as string, /^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/);
    assert.ok(Math.abs((context['timeEpoch'] as number) - Date.now()) < 60_000);
    assert.match(headers['x-amzn-trace-id'] as string, /^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/);
    assert.deepEqual(
      {
        ...event,
        headers: { ...headers, 'x-amzn-trace-id': 'T' },
        requestContext: { ...context, requestId: 'R', time: 't', timeEpoch: 0 },
      },
      {
        version: '2.0',
        routeKey: 'GET /hello',
        rawPath: '/hello',
        rawQueryString: '',
        headers: {
          accept: '*/*',
          'content-length': '0',
          host: 'a1b2c3.execute-api.us-east-1.amazonaws.com',
          'user-agent': 'curl/8.9',
          'x-amzn-trace-id': 'T',
          'x-forwarded-for': '203.0.113.9',
          'x-forwarded-port': '8080',
          'x-forwarded-proto': 'http',
        },
        requestContext: {
          accountId: '000000000000',
          apiId: 'a1b2c3',
          domainName: 'a1b2c3.execute-api.us-east-1.amazonaws.com',
          domainPrefix: 'a1b2c3',
          http: { method: 'GET', path: '/hello', protocol: 'HTTP/1.1', sourceIp: '203.0.113.9', userAgent: 'curl/8.9' },
          requestId: 'R',
          routeKey: 'GET /hello',
          stage: '$default',
          time: 't',
          timeEpoch: 0,
        },
        isBase64Encoded: false,
      },
    );
  });

  test('cookies, repeated headers and query keys, path parameters, stage variables, stage in the path', () => {
    const api = new ServedApi(
      httpApi({ 'POST /orders/{orderId}/{rest+}': lambda() }, { stageName: 'prod', stageVariables: { backend: 'blue' } }),
    );
    api.call({
      method: 'POST',
      target: '/orders/4%202/a/%F0%9F%98%80?tag=a&tag=b%2Bc&q=x+y&empty&=n&bad=%zz',
      headers: [
        ['Cookie', 'sid=abc; theme=dark'],
        ['cookie', 'third=1'],
        ['X-Shop', 'north'],
        ['x-shop', 'south'],
        ['Content-Type', 'application/json; charset=utf-8'],
        ['X-Forwarded-For', '198.51.100.1'],
        ['X-Forwarded-Proto', 'gopher'],
        ['x-amzn-trace-id', 'Root=1-6740a1b2-0123456789abcdef01234567;Sampled=1'],
      ],
      body: new FakeBody('{"é":2}'),
    });
    const event = api.lastEvent;
    const headers = event['headers'] as Json;
    assert.equal(event['rawPath'], '/prod/orders/4 2/a/😀');
    assert.equal(((event['requestContext'] as Json)['http'] as Json)['path'], '/prod/orders/4 2/a/😀');
    assert.equal(event['rawQueryString'], 'tag=a&tag=b%2Bc&q=x+y&empty&=n&bad=%zz');
    assert.deepEqual(event['queryStringParameters'], { tag: 'a,b+c', q: 'x y', empty: '', '': 'n', bad: '%zz' });
    assert.deepEqual(event['cookies'], ['sid=abc', 'theme=dark', 'third=1']);
    assert.deepEqual(event['pathParameters'], { orderId: '4 2', rest: 'a/😀' });
    assert.deepEqual(event['stageVariables'], { backend: 'blue' });
    assert.equal(headers['cookie'], undefined);
    assert.equal(headers['x-shop'], 'north,south');
    assert.equal(headers['x-forwarded-for'], '198.51.100.1, 203.0.113.9');
    assert.equal(headers['x-forwarded-proto'], 'http');
    assert.equal(headers['x-amzn-trace-id'], 'Root=1-6740a1b2-0123456789abcdef01234567;Sampled=1');
    assert.equal(headers['content-length'], '8');
    assert.equal(event['body'], '{"é":2}');
    assert.equal(event['isBase64Encoded'], false);
    assert.equal((event['requestContext'] as Json)['stage'], 'prod');
  });

  const bodies: [
    desc: string,
    contentType: string | undefined,
    body: string | Buffer,
    expected: string | undefined,
    base64: boolean,
  ][] = [
    ['text/plain', 'text/plain', 'hi', 'hi', false],
    ['text/* in any case', 'TEXT/Csv', 'a,b', 'a,b', false],
    ['application/json', 'application/json', '{}', '{}', false],
    ['application/xml with parameters', 'application/xml ; charset=utf-8', '<a/>', '<a/>', false],
    ['application/javascript', 'application/javascript', '1', '1', false],
    ['a suffix type is base64', 'application/problem+json', '{}', 'e30=', true],
    ['a form is base64', 'application/x-www-form-urlencoded', 'a=1', 'YT0x', true],
    ['no content type is base64', undefined, 'hi', 'aGk=', true],
    ['bytes', 'application/octet-stream', Buffer.from([0xff, 0]), '/wA=', true],
    ['an empty body is absent and no base64', 'application/octet-stream', '', undefined, false],
    ['invalid UTF-8 in text is replaced', 'text/plain', Buffer.from([0x61, 0xff]), 'a\uFFFD', false],
    ['quotes and controls survive', 'text/plain', '"\\\u0000\n\u2028', '"\\\u0000\n\u2028', false],
  ];
  for (const [desc, contentType, body, expected, base64] of bodies) {
    for (const chunked of [false, true]) {
      test(`body: ${desc}${chunked ? ' (arriving late)' : ''}`, () => {
        const api = new ServedApi(httpApi({ 'POST /': lambda() }));
        const headers: [string, string][] = contentType === undefined ? [] : [['Content-Type', contentType]];
        api.call({ method: 'POST', headers, body: new FakeBody(body, { chunked }) });
        assert.equal(api.lastEvent['body'], expected);
        assert.equal(api.lastEvent['isBase64Encoded'], base64);
        assert.equal((api.lastEvent['headers'] as Json)['content-length'], String(Buffer.byteLength(body)));
      });
    }
  }

  test('names from the client cannot reach a prototype or break the JSON', () => {
    const api = new ServedApi(httpApi({ 'GET /{__proto__}': lambda() }));
    api.call({
      target: '/v?__proto__=1&constructor=2&a"b=%22',
      headers: [
        ['__proto__', 'x'],
        ["'quote'", '"\\'],
      ],
    });
    const text = api.ports.functions.events.at(-1) as string;
    assert.match(text, /"queryStringParameters":\{"__proto__":"1","constructor":"2","a\\"b":"\\""\}/);
    assert.match(text, /"__proto__":"x"/);
    assert.doesNotThrow(() => JSON.parse(text));
  });

  test('no header can choose the source address', () => {
    const names = ['X-Forwarded-For', 'Forwarded', 'X-Real-Ip', 'True-Client-Ip', 'X-Client-Ip', 'Cf-Connecting-Ip', 'Via'];
    for (const payloadFormatVersion of ['1.0', '2.0'] as const) {
      for (const name of names) {
        for (const value of ['198.51.100.1', 'for=198.51.100.1', '198.51.100.1, 203.0.113.9', '']) {
          const api = new ServedApi(httpApi({ 'GET /': lambda({ payloadFormatVersion }) }));
          api.call({ headers: [[name, value]] });
          const context = api.lastEvent['requestContext'] as Record<string, Json>;
          assert.equal((context['http'] ?? context['identity'])?.['sourceIp'], '203.0.113.9', `${name}: ${value}`);
          assert.equal(api.ports.exchanges.records[0]?.sourceIp, '203.0.113.9');
        }
      }
    }
  });

  test('a missing User-Agent is empty text', () => {
    const api = new ServedApi(httpApi({ $default: lambda() }));
    api.call({ target: '/any' });
    assert.equal(((api.lastEvent['requestContext'] as Json)['http'] as Json)['userAgent'], '');
    assert.equal(api.lastEvent['pathParameters'], undefined);
    assert.equal(api.lastEvent['routeKey'], '$default');
  });

  test('the function gets the trace id of the event', () => {
    const api = new ServedApi(httpApi({ 'GET /': lambda() }));
    let seen = '';
    api.ports.functions.handler = (_, traceId) => {
      seen = traceId;
      return { kind: 'returned', payload: '1' };
    };
    api.call();
    assert.equal((api.lastEvent['headers'] as Json)['x-amzn-trace-id'], seen);
  });
});

describe('payload format 1.0', () => {
  test('a GET without anything: nulls instead of absence', () => {
    const api = new ServedApi(httpApi({ 'GET /hello': format1 }));
    api.call({ target: '/hello', headers: [['user-agent', 'x']] });
    const event = api.lastEvent;
    for (const member of [
      'queryStringParameters',
      'multiValueQueryStringParameters',
      'pathParameters',
      'stageVariables',
      'body',
    ]) {
      assert.equal(event[member], null, member);
    }
    const context = event['requestContext'] as Json;
    assert.deepEqual(Object.keys(event), [
      'version',
      'resource',
      'path',
      'httpMethod',
      'headers',
      'multiValueHeaders',
      'queryStringParameters',
      'multiValueQueryStringParameters',
      'requestContext',
      'pathParameters',
      'stageVariables',
      'body',
      'isBase64Encoded',
    ]);
    assert.equal(event['version'], '1.0');
    assert.equal(event['resource'], '/hello');
    assert.equal(context['resourceId'], 'GET /hello');
    assert.equal(context['resourcePath'], '/hello');
    assert.equal(context['requestId'], context['extendedRequestId']);
    assert.deepEqual(context['authorizer'], { claims: null, scopes: null });
    assert.equal((context['identity'] as Json)['userAgent'], 'x');
    assert.equal((context['identity'] as Json)['user'], null);
    assert.match(context['requestTime'] as string, / \+0000$/);
    assert.equal(event['isBase64Encoded'], false);
  });

  test('encoded path, decoded context path, Title-Case names, last and all values', () => {
    const api = new ServedApi(httpApi({ 'POST /orders/{orderId}': format1 }, { stageName: 'prod', stageVariables: { v: '1' } }));
    api.call({
      method: 'POST',
      target: '/orders/4%202?tag=a&tag=b',
      headers: [
        ['x-shop', 'north'],
        ['X-SHOP', 'south'],
        ['cookie', 'a=1; b=2'],
        ['content-type', 'text/plain'],
      ],
      body: new FakeBody('hi'),
    });
    const event = api.lastEvent;
    const context = event['requestContext'] as Json;
    assert.equal(event['path'], '/prod/orders/4%202');
    assert.equal(context['path'], '/prod/orders/4 2');
    assert.deepEqual(event['pathParameters'], { orderId: '4 2' });
    assert.deepEqual(event['queryStringParameters'], { tag: 'b' });
    assert.deepEqual(event['multiValueQueryStringParameters'], { tag: ['a', 'b'] });
    assert.equal((event['headers'] as Json)['X-Shop'], 'south');
    assert.deepEqual((event['multiValueHeaders'] as Json)['X-Shop'], ['north', 'south']);
    assert.equal((event['headers'] as Json)['Cookie'], 'a=1; b=2');
    assert.equal((event['headers'] as Json)['Content-Length'], '2');
    assert.equal((event['headers'] as Json)['X-Forwarded-Port'], '8080');
    assert.deepEqual(event['stageVariables'], { v: '1' });
    assert.equal(event['body'], 'hi');
  });

  test('the default route is its own resource', () => {
    const api = new ServedApi(httpApi({ $default: format1 }));
    api.call({ target: '/any' });
    assert.equal(api.lastEvent['resource'], '$default');
    assert.equal((api.lastEvent['requestContext'] as Json)['resourceId'], '$default');
  });
});
