// The flow of REST APIs from snapshot to bytes: who is refused how, and what every answer carries.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { FakeBody, linesOf } from '../../data-plane/testing/fake-messages.ts';
import { http, httpProxy, lambdaProxy, mock, restApi } from '../testing/rest-api-builder.ts';
import { ServedRestApi } from '../testing/served-rest-api.ts';

describe('routing', () => {
  const api = new ServedRestApi(
    restApi({
      'GET /': { integration: named('root') },
      'GET /pets': { integration: named('pets') },
      'ANY /pets/{id}': { integration: named('any pet') },
      'GET /pets/{id}': { integration: named('pet') },
      'GET /pets/special': { integration: named('special') },
      'GET /pets/{id}/toys/{toy}': { integration: named('toy') },
      'ANY /{proxy+}': { integration: named('proxy') },
      'GET /files/{path+}': { integration: named('files') },
    }),
  );
  for (const [desc, method, target, expected] of [
    ['the root', 'GET', '/', 'root'],
    ['a literal', 'GET', '/pets', 'pets'],
    ['a slash at the end is ignored', 'GET', '/pets/', 'pets'],
    ['a literal before a variable', 'GET', '/pets/special', 'special'],
    ['a variable', 'GET', '/pets/5', 'pet'],
    ['a verb before ANY', 'GET', '/pets/5/', 'pet'],
    ['ANY for the other verbs', 'DELETE', '/pets/5', 'any pet'],
    ['HEAD is a verb of ANY, not of GET', 'HEAD', '/pets/5', 'any pet'],
    ['two variables', 'GET', '/pets/5/toys/9', 'toy'],
    ['a greedy variable', 'GET', '/files/a/b', 'files'],
    ['a path that only begins like a resource goes to the greedy one', 'GET', '/pets/5/toys', 'proxy'],
    ['a percent-encoded literal is the literal', 'GET', '/p%65ts', 'pets'],
  ] as const) {
    test(desc, () => assert.equal(api.call({ method, target }).responseHeader('x-name'), expected));
  }

  for (const [desc, method, override, expected] of [
    ['another verb', 'POST', 'GET', 'pet'],
    ['in any case', 'GET', ' delete ', 'any pet'],
    ['none', 'GET', '', 'pet'],
  ] as const) {
    test(`X-HTTP-Method-Override: ${desc}`, () => {
      const answer = api.call({ method, target: '/pets/5', headers: [['X-HTTP-Method-Override', override]] });
      assert.equal(answer.responseHeader('x-name'), expected);
    });
  }

  test('X-HTTP-Method-Override that names no method of the resource', () => {
    for (const override of ['PROPFIND', 'POST', 'GET, GET']) {
      const answer = api.call({ method: 'GET', target: '/pets', headers: [['X-HTTP-Method-Override', override]] });
      assert.equal(answer.responseText, '{"message":"Missing Authentication Token"}', override);
    }
  });

  for (const [desc, method, target] of [
    ['a resource without this method refuses, whatever its siblings take', 'POST', '/pets'],
    ['HEAD is not served by GET', 'HEAD', '/pets'],
    ['a verb that ANY does not stand for', 'PROPFIND', '/pets/5'],
    ['an empty segment is no value', 'DELETE', '/'],
  ] as const) {
    test(desc, () => {
      const answer = api.call({ method, target });
      assert.equal(answer.status, 403);
      assert.equal(answer.responseText, '{"message":"Missing Authentication Token"}');
      assert.equal(answer.responseHeader('x-amzn-ErrorType'), 'MissingAuthenticationTokenException');
    });
  }

  for (const [desc, authorization, message] of [
    [
      'no pairs',
      'Bearer abc',
      "Invalid key=value pair (missing equal-sign) in Authorization header (hashed with SHA-256 and encoded with Base64): 'w1Xc6WwWEogNEZQP/dkBTThsJT4MNlKmzQanIm970rY='.",
    ],
    [
      'pairs of something else',
      'Basic YTpi=',
      "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter. Authorization header requires 'SignedHeaders' parameter. Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. Authorization=Basic YTpi=",
    ],
  ] as const) {
    test(`what is not there refuses an Authorization that is no signature: ${desc}`, () => {
      const answer = api.call({ method: 'POST', target: '/pets', headers: [['Authorization', authorization]] });
      assert.equal(answer.status, 403);
      assert.deepEqual(JSON.parse(answer.responseText), { message });
      assert.equal(answer.responseHeader('x-amzn-ErrorType'), 'IncompleteSignatureException');
    });
  }

  test('what is not there, asked for with a signature', () => {
    const authorization =
      'AWS4-HMAC-SHA256 Credential=A/20261127/us-east-1/execute-api/aws4_request, SignedHeaders=host, Signature=0';
    const headers: [string, string][] = [
      ['Authorization', authorization],
      ['X-Amz-Date', '20261127T000000Z'],
    ];
    const answer = api.call({ method: 'POST', target: '/pets', headers });
    assert.equal(answer.responseText, '{"message":"Missing Authentication Token"}');
  });

  test('a path with two readings is never routed', () => {
    assert.equal(api.call({ target: '/pets/%2e%2e' }).status, 400);
  });
});

describe('the headers of answers', () => {
  test('a mock answers with the ids and nothing of the trace', () => {
    const answer = new ServedRestApi(restApi({ 'GET /': { integration: mock() } })).call({});
    assert.equal(answer.status, 200);
    assert.equal(answer.responseText, '');
    assert.deepEqual(
      answer.responseHeaders.map(([name]) => name),
      ['Date', 'Content-Type', 'x-amzn-RequestId', 'x-amz-apigw-id'],
    );
    assert.match(
      answer.responseHeader('x-amzn-requestid') ?? '',
      /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
    assert.match(answer.responseHeader('x-amz-apigw-id') ?? '', /^[A-Za-z0-9_-]{15}=$/);
  });

  test('a client may choose the request id when it is a UUID', () => {
    const api = new ServedRestApi(restApi({ 'GET /': { integration: mock() } }));
    const chosen = '7c4a0a35-8f2e-4a53-a3c3-1f0c52a5b0aa';
    assert.equal(api.call({ headers: [['x-amzn-RequestId', chosen]] }).responseHeader('x-amzn-RequestId'), chosen);
    assert.notEqual(api.call({ headers: [['x-amzn-RequestId', 'mine']] }).responseHeader('x-amzn-RequestId'), 'mine');
  });

  test('an error has its name between the ids', () => {
    const answer = new ServedRestApi(restApi({ 'GET /': { integration: mock() } })).call({ target: '/nothing' });
    assert.deepEqual(
      answer.responseHeaders.map(([name]) => name),
      ['Date', 'Content-Type', 'x-amzn-RequestId', 'x-amzn-ErrorType', 'x-amz-apigw-id'],
    );
  });
});

describe('gateway responses', () => {
  const custom = (responseType: string, more: object) =>
    new ServedRestApi(
      restApi(
        { 'GET /': { integration: mock() } },
        {
          stage: { variables: { tier: 'gold' } },
          gatewayResponses: [{ responseType, responseParameters: {}, responseTemplates: {}, ...more }],
        },
      ),
    ).call({ target: '/nothing?q=1', headers: [['X-Who', 'me']] });

  test('status, template and headers of a type of its own', () => {
    const answer = custom('MISSING_AUTHENTICATION_TOKEN', {
      statusCode: '404',
      responseTemplates: {
        'application/json':
          '{"m":$context.error.messageString,"t":"$context.error.responseType","s":"$stageVariables.tier","x":"$context.nope"}',
      },
      responseParameters: {
        'gatewayresponse.header.X-Static': "'yes'",
        'gatewayresponse.header.X-Who': 'method.request.header.X-Who',
        'gatewayresponse.header.X-Query': 'method.request.querystring.q',
        'gatewayresponse.header.X-Stage': 'context.stage',
        'gatewayresponse.header.X-None': 'method.request.header.X-None',
      },
    });
    assert.equal(answer.status, 404);
    assert.equal(
      answer.responseText,
      '{"m":"Missing Authentication Token","t":"MISSING_AUTHENTICATION_TOKEN","s":"gold","x":""}',
    );
    assert.equal(answer.responseHeader('X-Static'), 'yes');
    assert.equal(answer.responseHeader('X-Who'), 'me');
    assert.equal(answer.responseHeader('X-Query'), '1');
    assert.equal(answer.responseHeader('X-Stage'), 'prod');
    assert.equal(answer.responseHeader('X-None'), undefined);
    assert.equal(answer.responseHeader('x-amzn-ErrorType'), 'MissingAuthenticationTokenException');
  });

  test('a type of its own without a status keeps its default status', () => {
    assert.equal(custom('MISSING_AUTHENTICATION_TOKEN', {}).status, 403);
  });

  test('DEFAULT_4XX answers for the types that have none, with its status', () => {
    const answer = custom('DEFAULT_4XX', {
      statusCode: '418',
      responseTemplates: { 'text/plain': 'no: $context.error.message' },
    });
    assert.equal(answer.status, 418);
    assert.equal(answer.responseText, 'no: Missing Authentication Token');
    assert.equal(answer.responseHeader('content-type'), 'text/plain');
  });

  test('DEFAULT_5XX does not answer for a 403', () => {
    assert.equal(custom('DEFAULT_5XX', { statusCode: '503' }).status, 403);
  });

  test('a header value that no message can carry is left out', () => {
    const answer = custom('DEFAULT_4XX', { responseParameters: { 'gatewayresponse.header.X-Bad': "'a\r\nSet-Cookie: b'" } });
    assert.equal(answer.responseHeader('x-bad'), undefined);
    assert.equal(answer.responseHeader('set-cookie'), undefined);
  });
});

describe('throttles and keys', () => {
  const setting = (throttlingRateLimit: number, throttlingBurstLimit: number) => ({
    metricsEnabled: false,
    loggingLevel: 'OFF' as const,
    dataTraceEnabled: false,
    throttlingBurstLimit,
    throttlingRateLimit,
    cachingEnabled: false,
    cacheTtlInSeconds: 300,
    cacheDataEncrypted: false,
    requireAuthorizationForCacheControl: true,
    unauthorizedCacheControlHeaderStrategy: 'SUCCEED_WITH_RESPONSE_HEADER' as const,
  });

  test("a method's own limit, and the one of all methods", () => {
    const api = new ServedRestApi(
      restApi(
        { 'GET /a': { integration: mock() }, 'GET /b': { integration: mock() } },
        { stage: { methodSettings: { '~1a/GET': setting(0, 0), '*/*': setting(1, 1) } } },
      ),
    );
    const refused = api.call({ target: '/a' });
    assert.equal(refused.status, 429);
    assert.equal(refused.responseText, '{"message":"Too Many Requests"}');
    assert.equal(refused.responseHeader('x-amzn-ErrorType'), 'TooManyRequestsException');
    assert.deepEqual([api.call({ target: '/b' }).status, api.call({ target: '/b' }).status], [200, 429]);
  });

  const keyed = restApi({ 'GET /': { apiKeyRequired: true, integration: lambdaProxy() } });

  test('without anybody who checks keys, a method that requires one is closed', () => {
    const answer = new ServedRestApi(keyed).call({ headers: [['x-api-key', 'k']] });
    assert.equal(answer.status, 403);
    assert.equal(answer.responseText, '{"message":"Forbidden"}');
  });

  test('the meter decides, and the key is shown to the function', () => {
    const seen: (string | undefined)[] = [];
    const api = new ServedRestApi(keyed, {
      meter: {
        bind: (method) => ({
          take: (apiKey) => {
            seen.push(`${method.httpMethod} ${method.resourcePath} ${apiKey}`);
            return apiKey === 'good'
              ? { kind: 'passed', apiKeyId: 'id1' }
              : { kind: 'refused', refused: 'QUOTA_EXCEEDED', reason: 'spent' };
          },
        }),
      },
    });
    assert.equal(api.call({ headers: [['X-Api-Key', 'good']] }).status, 200);
    const identity = (api.lastEvent['requestContext'] as { identity: Record<string, unknown> }).identity;
    assert.equal(identity['apiKey'], 'good');
    assert.equal(identity['apiKeyId'], 'id1');
    const refused = api.call({ headers: [['X-Api-Key', 'bad']] });
    assert.equal(refused.status, 429);
    assert.equal(refused.responseText, '{"message":"Limit Exceeded"}');
    assert.deepEqual(seen, ['GET / good', 'GET / bad']);
  });
});

describe('bodies of requests', () => {
  const api = new ServedRestApi(restApi({ 'POST /': { integration: lambdaProxy() } }));

  for (const [desc, body, encoding, status] of [
    ['gzip is unpacked', gzipSync('{"a":1}'), 'gzip', 200],
    ['an encoding that nobody knows', Buffer.from('x'), 'br', 415],
    ['what is not gzip', Buffer.from('x'), 'gzip', 415],
    ['a small body that unpacks to more than 10 MB', gzipSync(Buffer.alloc(11 * 2 ** 20)), 'gzip', 413],
    ['a body over 10 MB', Buffer.alloc(10 * 2 ** 20 + 1), 'identity', 413],
  ] as const) {
    test(desc, () => {
      const answer = api.call({ method: 'POST', headers: [['Content-Encoding', encoding]], body: new FakeBody(body) });
      assert.equal(answer.status, status);
      if (status === 200) assert.equal(api.lastEvent['body'], '{"a":1}');
    });
  }

  test('the answer to a body that is too large', () => {
    const answer = api.call({ method: 'POST', body: new FakeBody(Buffer.alloc(10 * 2 ** 20 + 1), { chunked: true }) });
    assert.equal(answer.responseText, '{"message":"Request Too Long"}');
  });
});

test('a backend and a function see the method that X-HTTP-Method-Override says, a backend not the header', () => {
  const api = new ServedRestApi(
    restApi({ 'ANY /proxy': { integration: httpProxy('http://h/p') }, 'ANY /fn': { integration: lambdaProxy() } }),
  );
  const headers: [string, string][] = [['X-HTTP-Method-Override', 'PUT']];
  api.call({ method: 'POST', target: '/proxy', headers });
  assert.equal(api.upstreams.calls[0]?.method, 'PUT');
  assert.doesNotMatch(JSON.stringify(linesOf(api.upstreams.calls[0]?.headers ?? assert.fail())), /override/i);
  api.call({ method: 'POST', target: '/fn', headers });
  const event = JSON.parse(api.ports.functions.events.at(-1) as string);
  assert.deepEqual([event.httpMethod, event.requestContext.httpMethod], ['PUT', 'PUT']);
  assert.deepEqual(
    api.ports.exchanges.records.map(({ method }) => method),
    ['PUT', 'PUT'],
  );
});

test('a method without integration, and one whose integration cannot be called, answer 500', () => {
  const api = new ServedRestApi(restApi({ 'GET /': {}, 'GET /bad': { integration: http('ftp://x/') } }));
  for (const target of ['/', '/bad']) {
    const answer = api.call({ target });
    assert.equal(answer.status, 500);
    assert.equal(answer.responseText, '{"message": "Internal server error"}');
    assert.equal(answer.responseHeader('x-amzn-ErrorType'), 'InternalServerErrorException');
  }
});

test('each exchange is recorded once, with its resource and what refused it', () => {
  const api = new ServedRestApi(restApi({ 'GET /pets/{id}': { integration: httpProxy('http://backend/') } }));
  api.ports.exchanges.captureLevel = 2;
  api.call({ target: '/pets/5' });
  api.call({ target: '/none' });
  const [served, refused] = api.ports.exchanges.records;
  assert.equal(api.ports.exchanges.records.length, 2);
  assert.equal(served?.apiKind, 'rest-api');
  assert.equal(served?.routeKey, 'GET /pets/{id}');
  assert.deepEqual(
    served?.steps?.map(({ stage }) => stage),
    ['route', 'authorize', 'meter', 'methodRequest', 'integrationRequest', 'integration', 'response'],
  );
  assert.equal(refused?.refusedAt, 'route');
  assert.equal(refused?.status, 403);
});

test('a client that goes away ends its exchange', () => {
  const api = new ServedRestApi(restApi({ 'GET /': { integration: lambdaProxy() } }));
  api.ports.functions.handler = () => undefined;
  const request = api.call({});
  request.leave();
  assert.equal(api.ports.exchanges.records[0]?.status, 499);
  api.ports.functions.waiting[0]?.onFunctionResult({ kind: 'returned', payload: '{}' });
  assert.equal(request.answers, 0);
});

function named(name: string) {
  return mock({ responses: { 200: { responseParameters: { 'method.response.header.x-name': `'${name}'` } } } });
}
