// The flow as a whole: which stage answers, that it answers once, and what is recorded.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { FakeBody } from '../../data-plane/testing/fake-messages.ts';
import type { UpstreamReceiver } from '../../http1/message.ts';
import { httpApi, httpProxy, lambda } from '../testing/http-api-builder.ts';
import { ServedApi } from '../testing/served-api.ts';

describe('refusals', () => {
  test('404: no route', () => {
    const api = new ServedApi(httpApi({ 'GET /a': lambda() }));
    const body = new FakeBody('left');
    const response = api.call({ method: 'POST', target: '/b', body });
    assert.equal(response.status, 404);
    assert.equal(response.responseText, '{"message":"Not Found"}');
    assert.deepEqual(
      response.responseHeaders.map(([name]) => name),
      ['Date', 'Content-Type', 'Apigw-Requestid'],
    );
    assert.equal(response.responseHeader('Content-Type'), 'application/json');
    assert.equal(body.discarded, true);
    const record = api.ports.exchanges.records[0];
    assert.equal(record?.refusedAt, 'route');
    assert.equal(record?.reason, 'No route of this API matches POST /b.');
    assert.equal(record?.requestId, response.responseHeader('Apigw-Requestid'));
  });

  test('developers get the request id in a second header, only on refusals', () => {
    const api = new ServedApi(httpApi({ 'GET /a': lambda() }), { developerHeaders: true });
    const refused = api.call({ target: '/b' });
    assert.equal(refused.responseHeader('x-stagegate-request'), refused.responseHeader('Apigw-Requestid'));
    assert.equal(api.call({ target: '/a' }).responseHeader('x-stagegate-request'), undefined);
  });

  test('429: the bucket of the route, then of the account; other routes go on', () => {
    const api = new ServedApi(
      httpApi(
        { 'GET /a': lambda(), 'GET /b': lambda() },
        { routeSettings: { 'GET /a': { throttlingBurstLimit: 2, throttlingRateLimit: 0 } } },
      ),
    );
    const statuses = ['/a', '/a', '/a', '/b'].map((target) => api.call({ target }).status);
    assert.deepEqual(statuses, [200, 200, 429, 200]);
    assert.equal(api.ports.exchanges.records[2]?.refusedAt, 'throttle');
    assert.match(api.ports.exchanges.records[2]?.reason ?? '', /route "GET \/a" allows 0 requests a second with a burst of 2/);
    assert.equal(api.ports.functions.events.length, 3);
  });

  test('429: stored 0/0', () => {
    const api = new ServedApi(
      httpApi({ 'GET /a': lambda() }, { defaultRouteSettings: { throttlingBurstLimit: 0, throttlingRateLimit: 0 } }),
    );
    const response = api.call({ target: '/a' });
    assert.equal(response.status, 429);
    assert.equal(response.responseText, '{"message":"Too Many Requests"}');
  });

  test('500: a route that cannot be served says why in the record only', () => {
    const api = new ServedApi(httpApi({ 'GET /a': undefined }));
    const response = api.call({ target: '/a' });
    assert.equal(response.responseText, '{"message":"Internal Server Error"}');
    assert.match(api.ports.exchanges.records[0]?.reason ?? '', /has no integration/);
  });

  test('400: a path with two readings', () => {
    const api = new ServedApi(httpApi({ $default: lambda() }));
    assert.equal(api.call({ target: '/a/%2e%2e/b' }).status, 400);
    assert.equal(api.ports.functions.events.length, 0);
  });

  test('refusals carry CORS headers, so that browsers can read them', () => {
    const api = new ServedApi(httpApi({ 'GET /a': lambda() }, { cors: { allowOrigins: ['*'] } }));
    assert.equal(
      api.call({ target: '/b', headers: [['Origin', 'https://x']] }).responseHeader('Access-Control-Allow-Origin'),
      '*',
    );
  });
});

describe('CORS preflight', () => {
  const cors = { allowOrigins: ['https://ok'], allowMethods: ['PUT'] };
  const headers: [string, string][] = [
    ['Origin', 'https://ok'],
    ['Access-Control-Request-Method', 'PUT'],
  ];

  test('is answered without a route, and when an open route would take OPTIONS', () => {
    const api = new ServedApi(httpApi({ 'ANY /a': lambda() }, { cors }));
    for (const target of ['/a', '/nowhere']) {
      const response = api.call({ method: 'OPTIONS', target, headers });
      assert.equal(response.status, 204);
      assert.equal(response.responseHeader('Access-Control-Allow-Methods'), 'PUT');
      assert.equal(response.responseBody.length, 0);
    }
    assert.equal(api.ports.functions.events.length, 0);
  });

  test('another origin: 204 without CORS headers', () => {
    const api = new ServedApi(httpApi({}, { cors }));
    const response = api.call({
      method: 'OPTIONS',
      headers: [
        ['Origin', 'https://no'],
        ['Access-Control-Request-Method', 'PUT'],
      ],
    });
    assert.equal(response.status, 204);
    assert.deepEqual(
      response.responseHeaders.map(([name]) => name),
      ['Date', 'Apigw-Requestid'],
    );
  });

  test('without CORS configured, OPTIONS is an ordinary method', () => {
    const api = new ServedApi(httpApi({ 'OPTIONS /a': lambda() }));
    assert.equal(api.call({ method: 'OPTIONS', target: '/a', headers }).status, 200);
    assert.equal(api.ports.functions.events.length, 1);
  });
});

describe('Lambda integration', () => {
  test('binds each function once, with the ARN that its policy is asked about', () => {
    const api = new ServedApi(httpApi({ 'GET /a/{id}': lambda(), $default: lambda() }, { stageName: 'prod' }));
    assert.deepEqual(
      api.ports.functions.bound.map(({ sourceArn }) => sourceArn),
      [
        'arn:aws:execute-api:us-east-1:000000000000:a1b2c3/prod/GET/a/{id}',
        'arn:aws:execute-api:us-east-1:000000000000:a1b2c3/prod/$default',
      ],
    );
  });

  test('503 at the deadline; the late answer is ignored', () => {
    const api = new ServedApi(httpApi({ 'GET /a': lambda({ timeoutInMillis: 50 }) }));
    api.ports.functions.handler = () => undefined;
    const response = api.call({ target: '/a' });
    assert.equal(response.answers, 0);
    api.ports.deadlines.expireAll();
    assert.equal(response.status, 503);
    assert.equal(response.responseText, '{"message":"Service Unavailable"}');
    api.ports.functions.waiting[0]?.onFunctionResult({ kind: 'returned', payload: '1' });
    assert.equal(response.answers, 1);
    assert.equal(api.ports.exchanges.records.length, 1);
  });

  test('an answer in time cancels the deadline', () => {
    const api = new ServedApi(httpApi({ 'GET /a': lambda() }));
    api.ports.functions.handler = () => undefined;
    api.call({ target: '/a' });
    assert.equal(api.ports.deadlines.waiting.size, 1);
    api.ports.functions.waiting[0]?.onFunctionResult({ kind: 'returned', payload: '1' });
    assert.equal(api.ports.deadlines.waiting.size, 0);
  });

  const failures: [
    desc: string,
    result: Parameters<ServedApi['ports']['functions']['waiting'][0]['onFunctionResult']>[0],
    status: number,
  ][] = [
    ['a function error', { kind: 'functionError', payload: '{"errorMessage":"boom"}' }, 500],
    ['no permission', { kind: 'refused', refusal: 'AccessDenied', message: 'no policy' }, 500],
    ['no such function', { kind: 'refused', refusal: 'ResourceNotFound', message: 'gone' }, 500],
    ['throttled by Lambda', { kind: 'refused', refusal: 'TooManyRequests', message: 'busy' }, 500],
    ['event too large', { kind: 'refused', refusal: 'RequestTooLarge', message: 'big' }, 413],
  ];
  for (const [desc, result, status] of failures) {
    test(`${desc} -> ${status}`, () => {
      const api = new ServedApi(httpApi({ 'GET /a': lambda() }));
      api.ports.functions.handler = () => result;
      const response = api.call({ target: '/a' });
      assert.equal(response.status, status);
      assert.equal(api.ports.exchanges.records[0]?.refusedAt, 'integration');
    });
  }

  test('413: a body over 10 MB, and an event over 6 MB', () => {
    const api = new ServedApi(httpApi({ 'POST /a': lambda() }));
    const tooLong = api.call({ method: 'POST', target: '/a', body: new FakeBody(Buffer.alloc(10 * 2 ** 20 + 1)) });
    const tooLarge = api.call({ method: 'POST', target: '/a', body: new FakeBody(Buffer.alloc(5 * 2 ** 20)) });
    for (const response of [tooLong, tooLarge]) {
      assert.equal(response.status, 413);
      assert.equal(response.responseText, '{"message":"Request Entity Too Large"}');
    }
    assert.equal(api.ports.functions.events.length, 0);
  });

  test('a body that never arrives whole is no call', () => {
    const api = new ServedApi(httpApi({ 'POST /a': lambda() }));
    assert.equal(api.call({ method: 'POST', target: '/a', body: new FakeBody('x', { failure: 'aborted' }) }).status, 400);
    assert.equal(api.ports.functions.events.length, 0);
  });

  test('a bug in a neighbour is a 500 for its request, answered once, and recorded', () => {
    const api = new ServedApi(httpApi({ 'GET /a': lambda() }));
    api.ports.functions.handler = () => {
      throw new Error('bug');
    };
    const response = api.call({ target: '/a' });
    assert.equal(response.status, 500);
    assert.equal(response.answers, 1);
    assert.match(api.ports.exchanges.records[0]?.reason ?? '', /Internal fault: Error: bug/);
  });
});

describe('records and metrics', () => {
  test('facts of a served request', () => {
    const api = new ServedApi(httpApi({ 'GET /a/{id}': httpProxy('http://h/') }, { stageName: 'prod' }));
    api.call({ target: '/a/5?token=x' });
    const record = api.ports.exchanges.records[0];
    assert.equal(record?.path, '/prod/a/5');
    assert.equal(record?.routeKey, 'GET /a/{id}');
    assert.equal(record?.status, 200);
    assert.equal(record?.level, 0);
    assert.equal(record?.steps, undefined);
    assert.equal(record?.refusedAt, undefined);
    assert.ok((record?.totalUs ?? -1) >= (record?.integrationUs ?? 0));
    assert.equal(record?.bytesOut, 2);
  });

  test('level 2 has the steps in order, both messages and both sides of the integration', () => {
    const api = new ServedApi(httpApi({ 'POST /a': lambda() }));
    api.ports.exchanges.captureLevel = 2;
    api.ports.functions.handler = () => ({ kind: 'returned', payload: '{"statusCode":201,"body":"é"}' });
    api.call({ method: 'POST', target: '/a', headers: [['Content-Type', 'text/plain']], body: new FakeBody('hé') });
    const record = api.ports.exchanges.records[0];
    assert.deepEqual(
      record?.steps?.map(({ stage, outcome }) => `${stage} ${outcome}`),
      [
        'route passed',
        'authorize passed',
        'throttle passed',
        'integrationRequest passed',
        'integration passed',
        'integrationResponse passed',
      ],
    );
    assert.equal(record?.request?.body, 'hé');
    assert.equal(record?.response?.body, 'é');
    assert.equal((JSON.parse(record?.integrationRequest?.body ?? '') as { body: string }).body, 'hé');
    assert.equal(record?.integrationResponse?.body, '{"statusCode":201,"body":"é"}');
    assert.doesNotThrow(() => structuredClone(record), 'findings are plain data');
  });

  test('level 2 keeps the first 64 KB of long bodies, streamed or not', () => {
    const api = new ServedApi(httpApi({ 'POST /a': httpProxy('http://h/') }));
    api.ports.exchanges.captureLevel = 2;
    const body = new FakeBody(Buffer.alloc(70_000, 0x61), { chunked: true });
    api.upstreams.answer = (call) => {
      if (typeof call.body === 'object' && call.body !== null && 'pipeTo' in call.body) {
        call.body.pipeTo({ write: () => true, end() {}, abort() {}, onDrain: null, onSinkClosed: null });
      }
      return { kind: 'timeout', message: 't' };
    };
    api.call({ method: 'POST', target: '/a', body });
    const request = api.ports.exchanges.records[0]?.request;
    assert.equal(request?.bodyBytes, 70_000);
    assert.equal(request?.body?.length, 65_536);
    assert.equal(request?.truncated, true);
  });

  test('counts, 4xx, 5xx and latencies', () => {
    const api = new ServedApi(httpApi({ 'GET /a': lambda(), 'GET /bad': undefined }));
    for (const target of ['/a', '/a', '/none', '/bad']) api.call({ target });
    const points = api.ports.metrics.collect();
    const figuresOf = (name: string, dimension: string) => {
      const point = points.find(
        ({ metric: { metricName, dimensions } }) =>
          metricName === name && dimensions.map((each) => `${each.name}=${each.value}`).join() === dimension,
      );
      return point?.distribution;
    };
    const { apiId, stageName } = api.pipeline.plan;
    for (const dimension of [`ApiId=${apiId}`, `ApiId=${apiId},Stage=${stageName}`]) {
      assert.equal(figuresOf('Count', dimension)?.sum, 4);
      assert.deepEqual([figuresOf('4xx', dimension)?.sum, figuresOf('4xx', dimension)?.sampleCount], [1, 4]);
      assert.deepEqual([figuresOf('5xx', dimension)?.sum, figuresOf('5xx', dimension)?.sampleCount], [1, 4]);
      assert.equal(figuresOf('IntegrationLatency', dimension)?.sampleCount, 2);
      const latency = figuresOf('Latency', dimension)?.sum ?? 0;
      assert.ok(latency >= (figuresOf('IntegrationLatency', dimension)?.sum ?? 0));
    }
    assert.deepEqual(api.ports.metrics.collect(), []);
  });

  test('a sink that is off costs no record', () => {
    const api = new ServedApi(httpApi({ 'GET /a': lambda() }));
    api.ports.exchanges.off = true;
    assert.equal(api.call({ target: '/a' }).status, 200);
    assert.equal(api.ports.exchanges.records.length, 0);
    assert.ok(api.ports.metrics.collect().length > 0);
  });
});

describe('a client that goes away', () => {
  test('before its backend answered: the call is given up', () => {
    const api = new ServedApi(httpApi({ 'GET /a': httpProxy('http://h/') }));
    let cancelled = 0;
    let receiver: UpstreamReceiver | undefined;
    api.upstreams.send = (call) => {
      receiver = call.receiver;
      return { cancel: () => cancelled++ };
    };
    const request = api.call({ target: '/a' });
    request.leave();
    assert.equal(cancelled, 1);
    assert.deepEqual(
      api.ports.exchanges.records.map(({ status, refusedAt }) => [status, refusedAt]),
      [[499, 'integration']],
    );
    receiver?.onFailure({ kind: 'reset', message: 'late' });
    request.leave();
    assert.equal(api.ports.exchanges.records.length, 1);
    assert.equal(request.answers, 0);
  });

  test('before its function answered: the answer is dropped and no deadline is left', () => {
    const api = new ServedApi(httpApi({ 'GET /a': lambda() }));
    api.ports.functions.handler = () => undefined;
    const request = api.call({ target: '/a' });
    assert.equal(api.ports.deadlines.waiting.size, 1);
    request.leave();
    assert.equal(api.ports.deadlines.waiting.size, 0);
    api.ports.functions.waiting[0]?.onFunctionResult({ kind: 'returned', payload: '{"statusCode":200}' });
    assert.equal(request.answers, 0);
    assert.equal(api.ports.exchanges.records.length, 1);
    assert.match(api.ports.exchanges.records[0]?.reason ?? '', /went away/);
  });

  test('after it was answered: nothing more is recorded', () => {
    const api = new ServedApi(httpApi({ 'GET /a': httpProxy('http://h/') }));
    const request = api.call({ target: '/a' });
    request.leave();
    assert.equal(api.ports.exchanges.records.length, 1);
    assert.equal(api.ports.exchanges.records[0]?.status, 200);
  });
});
