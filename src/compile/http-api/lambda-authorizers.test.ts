// biome-ignore-all lint/suspicious/noTemplateCurlyInString: AWS's notation for stage variables, not templates
// Lambda authorizers in the flow: what their function is asked, what its answers mean, what is kept.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { FakeRequestOptions } from '../../data-plane/testing/fake-messages.ts';
import type { LambdaAuthorizer } from '../../model/http-api.ts';
import { type HttpApiOptions, httpApi, httpProxy, lambda, lambdaAuthorizer } from '../testing/http-api-builder.ts';
import { ServedApi } from '../testing/served-api.ts';

const arn = 'arn:aws:execute-api:us-east-1:000000000000:a1b2c3';

interface Guarded {
  readonly served: ServedApi;
  /** Answers of the authorizer's function from now on. */
  answer(output: unknown): void;
  /** Events that the authorizer's function and the integration's function got. */
  asked(): Record<string, unknown>[];
  reached(): Record<string, unknown>[];
  call(options?: FakeRequestOptions): ReturnType<ServedApi['call']>;
  reason(): string | undefined;
}

const token: readonly (readonly [string, string])[] = [['Authorization', 'good']];

/** Routes behind one authorizer; the authorizer's function is told apart by its event's type. */
function guarded(
  authorizer: Partial<LambdaAuthorizer> = {},
  routes: Parameters<typeof httpApi>[0] = { 'GET /a': lambda(), 'ANY /pets/{id}': lambda(), $default: lambda() },
  options: HttpApiOptions = {},
): Guarded {
  const guards = Object.fromEntries(Object.keys(routes).map((routeKey) => [routeKey, 'edge']));
  const served = new ServedApi(httpApi(routes, { authorizers: [lambdaAuthorizer('edge', authorizer)], guards, ...options }));
  served.ports.exchanges.captureLevel = 2;
  let output: unknown = { isAuthorized: true };
  const events = () => served.ports.functions.events.map((event) => JSON.parse(event) as Record<string, unknown>);
  served.ports.functions.handler = (event) => {
    if (!event.includes('"type":"REQUEST"')) return { kind: 'returned', payload: '{"statusCode":200,"body":"in"}' };
    if (output === undefined) return undefined;
    if (output instanceof Error) return { kind: 'functionError', payload: JSON.stringify({ errorMessage: output.message }) };
    return { kind: 'returned', payload: typeof output === 'string' ? output : JSON.stringify(output) };
  };
  return {
    served,
    answer: (next) => {
      output = next;
    },
    asked: () => events().filter(({ type }) => type === 'REQUEST'),
    reached: () => events().filter(({ type }) => type !== 'REQUEST'),
    call: (request = {}) => served.call({ target: '/a', headers: token, ...request }),
    reason: () => served.ports.exchanges.records.at(-1)?.reason,
  };
}

function policy(effect: 'Allow' | 'Deny', resource: string | readonly string[], more: object = {}) {
  const statement = { Effect: effect, Action: 'execute-api:Invoke', Resource: resource, ...more };
  return { principalId: 'ann', policyDocument: { Version: '2012-10-17', Statement: [statement] } };
}

const policies = { enableSimpleResponses: false } as const;

describe('the function of an authorizer', () => {
  test('is bound with the source ARN of the authorizer, once for all routes', () => {
    const { served } = guarded();
    assert.deepEqual(
      served.ports.functions.bound.filter(({ functionArn }) => functionArn.endsWith(':guard')),
      [
        {
          scope: { account: '000000000000', region: 'us-east-1' },
          functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:guard',
          sourceArn: `${arn}/authorizers/edge-id`,
          credentials: undefined,
        },
      ],
    );
  });

  test('is bound with its role, which a stage variable may say', () => {
    const { served } = guarded(
      { authorizerCredentialsArn: 'arn:aws:iam::000000000000:role/${stageVariables.guard}' },
      { 'ANY /pets/{id}': lambda() },
      { stageVariables: { guard: 'guards' }, stageName: 'dev' },
    );
    const bound = served.ports.functions.bound.find(({ functionArn }) => functionArn.endsWith(':guard'));
    assert.deepEqual(bound?.credentials, { type: 'role', roleArn: 'arn:aws:iam::000000000000:role/guards' });
  });

  test('payload format 2.0, key by key', () => {
    const { asked, call } = guarded(
      { identitySource: ['$request.header.authorization', '$request.querystring.q', '$stageVariables.tenant'] },
      { 'ANY /pets/{id}': lambda() },
      { stageVariables: { tenant: 'north' }, stageName: 'dev' },
    );
    call({
      method: 'POST',
      target: '/pets/one%20cat?q=1&q=2',
      headers: [...token, ['Cookie', 'a=1; b=2'], ['User-Agent', 'tester'], ['X-Amzn-Trace-Id', traceId]],
      sourceIp: '203.0.113.9',
    });
    const [event] = asked();
    assert.ok(event !== undefined);
    assert.deepEqual(Object.keys(event), [
      ...['version', 'type', 'routeArn', 'identitySource', 'routeKey', 'rawPath', 'rawQueryString', 'cookies', 'headers'],
      ...['queryStringParameters', 'requestContext', 'pathParameters', 'stageVariables'],
    ]);
    const { requestContext, headers, ...rest } = event as Record<string, Record<string, unknown>>;
    assert.deepEqual(rest, {
      version: '2.0',
      type: 'REQUEST',
      routeArn: `${arn}/dev/POST/pets/one cat`,
      identitySource: ['good', '1,2', 'north'],
      routeKey: 'ANY /pets/{id}',
      rawPath: '/dev/pets/one cat',
      rawQueryString: 'q=1&q=2',
      cookies: ['a=1', 'b=2'],
      queryStringParameters: { q: '1,2' },
      pathParameters: { id: 'one cat' },
      stageVariables: { tenant: 'north' },
    });
    assert.equal(headers?.['authorization'], 'good');
    assert.equal(headers?.['x-amzn-trace-id'], traceId);
    assert.deepEqual(Object.keys(requestContext ?? {}), [
      ...['accountId', 'apiId', 'domainName', 'domainPrefix', 'http', 'requestId', 'routeKey', 'stage', 'time', 'timeEpoch'],
    ]);
  });

  test('payload format 2.0 leaves out what is not there', () => {
    const { asked, call } = guarded();
    call({ headers: token });
    assert.deepEqual(Object.keys(asked()[0] ?? {}), [
      ...['version', 'type', 'routeArn', 'identitySource', 'routeKey', 'rawPath', 'rawQueryString', 'headers', 'requestContext'],
    ]);
  });

  test('payload format 1.0, key by key', () => {
    const { asked, call } = guarded(
      {
        authorizerPayloadFormatVersion: '1.0',
        enableSimpleResponses: false,
        identitySource: ['$request.header.authorization', '$request.querystring.q'],
      },
      { 'GET /pets/{id}': lambda() },
    );
    call({ target: '/pets/5?q=1' });
    const [event] = asked();
    assert.ok(event !== undefined);
    assert.deepEqual(Object.keys(event), [
      ...['version', 'type', 'methodArn', 'identitySource', 'authorizationToken', 'resource', 'path', 'httpMethod', 'headers'],
      ...['multiValueHeaders', 'queryStringParameters', 'multiValueQueryStringParameters', 'requestContext', 'pathParameters'],
      'stageVariables',
    ]);
    const { requestContext, headers, multiValueHeaders, ...rest } = event as Record<string, Record<string, unknown>>;
    assert.deepEqual(rest, {
      version: '1.0',
      type: 'REQUEST',
      methodArn: `${arn}/$default/GET/pets/5`,
      identitySource: 'good,1',
      authorizationToken: 'good,1',
      resource: '/pets/{id}',
      path: '/pets/5',
      httpMethod: 'GET',
      queryStringParameters: { q: '1' },
      multiValueQueryStringParameters: { q: ['1'] },
      pathParameters: { id: '5' },
      stageVariables: {},
    });
    assert.equal(headers?.['Authorization'], 'good');
    assert.deepEqual(multiValueHeaders?.['Authorization'], ['good']);
    assert.ok(!('authorizer' in (requestContext ?? {})));
  });

  test('gets the same trace id as the integration', () => {
    const { asked, reached, call } = guarded();
    call();
    const traceOf = (event: Record<string, unknown> | undefined) =>
      (event?.['headers'] as Record<string, string> | undefined)?.['x-amzn-trace-id'];
    assert.ok(traceOf(asked()[0]) !== undefined);
    assert.equal(traceOf(asked()[0]), traceOf(reached()[0]));
  });
});

const traceId = 'Root=1-6740a1b2-0123456789abcdef01234567';

describe('identity sources', () => {
  const missing: [desc: string, sources: string[], request: FakeRequestOptions][] = [
    ['a header that is not sent', ['$request.header.X-Key'], { headers: [] }],
    ['an empty header', ['$request.header.X-Key'], { headers: [['X-Key', '']] }],
    ['a query parameter that is not sent', ['$request.querystring.key'], { target: '/a?Key=1' }],
    ['an empty query parameter', ['$request.querystring.key'], { target: '/a?key=' }],
    ['one of two', ['$request.header.Authorization', '$request.querystring.key'], {}],
    ['a stage variable that is not set', ['$stageVariables.tenant'], {}],
    ['no User-Agent', ['$context.identity.userAgent'], {}],
    ['no custom domain', ['$context.customDomain.basePathMatched'], {}],
    ['nobody who signed', ['$context.identity.userArn'], {}],
    ['what is known afterwards', ['$context.status'], {}],
    ['what is counted until then', ['$context.dataProcessed', '$context.responseLatency'], {}],
  ];
  for (const [desc, identitySource, request] of missing) {
    test(`${desc}: 401, and the function is not called`, () => {
      const { asked, reached, call, reason } = guarded({ identitySource });
      const response = call(request);
      assert.equal(response.status, 401);
      assert.equal(response.responseText, '{"message":"Unauthorized"}');
      assert.equal(response.responseHeader('www-authenticate'), undefined);
      assert.deepEqual([...asked(), ...reached()], []);
      assert.match(reason() ?? '', /has no \$.*, which the Lambda authorizer "edge" needs/);
    });
  }

  test('$context values', () => {
    const identitySource = ['$context.routeKey', '$context.httpMethod', '$context.identity.sourceIp', '$context.path'];
    const { asked, call } = guarded({ identitySource });
    call({ target: '/pets/5', sourceIp: '203.0.113.9', headers: [] });
    assert.deepEqual(asked()[0]?.['identitySource'], ['ANY /pets/{id}', 'GET', '203.0.113.9', '/pets/5']);
  });

  test('the time as text and the protocol', () => {
    const { asked, call } = guarded({
      identitySource: ['$context.requestTime', '$context.protocol', '$context.requestTimeEpoch'],
    });
    call({ target: '/pets/5', headers: [] });
    const [time, protocol, epoch] = (asked()[0]?.['identitySource'] ?? []) as string[];
    assert.match(time ?? '', /^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/);
    assert.deepEqual([protocol, /^\d{13}$/.test(epoch ?? '')], ['HTTP/1.1', true]);
  });

  test('without identity sources everybody is asked about', () => {
    const { asked, call } = guarded({ identitySource: [] });
    assert.equal(call({ headers: [] }).status, 200);
    assert.equal(asked()[0]?.['identitySource'], null);
  });
});

describe('simple responses', () => {
  const rows: [desc: string, output: unknown, status: number, reason?: RegExp][] = [
    ['true', { isAuthorized: true }, 200],
    ['false', { isAuthorized: false }, 403, /said isAuthorized: false/],
    ['the text "true"', { isAuthorized: 'true' }, 500, /must be true or false/],
    ['the text "false"', { isAuthorized: 'false' }, 500, /must be true or false/],
    ['1', { isAuthorized: 1 }, 500, /must be true or false/],
    ['null', { isAuthorized: null }, 500, /must be true or false/],
    ['nothing', {}, 500, /must be true or false/],
    ['a policy', policy('Allow', '*'), 500, /only without enableSimpleResponses/],
    ['no object', true, 500, /no JSON object/],
    ['an array', [{ isAuthorized: true }], 500, /no JSON object/],
    ['no JSON', 'yes', 500, /no JSON\./],
    ['null as a whole', 'null', 500, /no JSON object/],
    ['a context that is a list', { isAuthorized: true, context: [1] }, 500, /"context" must be an object/],
    ['a context over 8 KB', { isAuthorized: true, context: { a: 'x'.repeat(8_200) } }, 500, /larger than 8192 bytes/],
    ['an answer over 128 KB', { isAuthorized: true, padding: 'x'.repeat(140_000) }, 500, /longer than/],
    ['a context of null', { isAuthorized: true, context: null }, 200],
    ['a function that throws', new Error('broken'), 500, /failed: .*broken/],
    ['a function that throws Unauthorized', new Error('Unauthorized'), 500, /failed/],
  ];
  for (const [desc, output, status, reason] of rows) {
    for (const resultTtl of [0, 300]) {
      test(`${desc} (TTL ${resultTtl}): ${status}`, () => {
        const edge = guarded({ authorizerResultTtlInSeconds: resultTtl });
        edge.answer(output);
        const response = edge.call();
        assert.equal(response.status, status);
        assert.equal(edge.reached().length, status === 200 ? 1 : 0);
        if (reason !== undefined) assert.match(edge.reason() ?? '', reason);
        if (status === 500) assert.equal(response.responseText, '{"message":"Internal Server Error"}');
        if (status === 403) assert.equal(response.responseText, '{"message":"Forbidden"}');
        if (status !== 200) assert.equal(edge.served.ports.exchanges.records[0]?.refusedAt, 'authorize');
      });
    }
  }

  test('the context arrives as it is, nested values and all', () => {
    const context = { tenant: 'north', level: 3, admin: false, groups: ['a', { b: null }], __proto__x: 1 };
    const edge = guarded();
    edge.answer({ isAuthorized: true, context });
    edge.call();
    const requestContext = edge.reached()[0]?.['requestContext'] as Record<string, unknown>;
    assert.deepEqual(requestContext['authorizer'], { lambda: context });
  });

  test('without a context the event says null', () => {
    const edge = guarded();
    edge.call();
    const requestContext = edge.reached()[0]?.['requestContext'] as Record<string, unknown>;
    assert.deepEqual(requestContext['authorizer'], { lambda: null });
  });

  test('a member called __proto__ is data', () => {
    const edge = guarded();
    edge.answer('{"isAuthorized":true,"context":{"__proto__":{"admin":true}}}');
    assert.equal(edge.call().status, 200);
    assert.match(edge.served.ports.functions.events.at(-1) ?? '', /"lambda":\{"__proto__":\{"admin":true\}\}/);
  });

  test('isAuthorized of a prototype is none', () => {
    const edge = guarded();
    edge.answer('{"__proto__":{"isAuthorized":true}}');
    assert.equal(edge.call().status, 500);
  });
});

describe('policies', () => {
  const here = `${arn}/$default/GET/pets/5`;
  const rows: [desc: string, output: unknown, status: number, reason?: RegExp][] = [
    ['allows this', policy('Allow', here), 200],
    ['allows everything', policy('Allow', '*'), 200],
    ['allows with wildcards', policy('Allow', `${arn}/*/GET/pets/*`), 200],
    ['allows a list', policy('Allow', [`${arn}/$default/GET/a`, here]), 200],
    [
      'allows another path',
      policy('Allow', `${arn}/$default/GET/pets/6`),
      403,
      /does not allow execute-api:Invoke on .*\/pets\/5/,
    ],
    ['allows another method', policy('Allow', `${arn}/$default/POST/pets/5`), 403, /does not allow/],
    ['allows another stage', policy('Allow', `${arn}/dev/GET/pets/5`), 403, /does not allow/],
    ['allows another API', policy('Allow', here.replace('a1b2c3', 'other1')), 403, /does not allow/],
    ['allows another action', policy('Allow', here, { Action: 'execute-api:ManageConnections' }), 403, /does not allow/],
    ['allows the route key only', policy('Allow', `${arn}/$default/ANY/pets/{id}`), 403, /does not allow/],
    ['denies', policy('Deny', here), 403, /denies/],
    [
      'allows everything and denies this',
      {
        principalId: 'ann',
        policyDocument: {
          Statement: [
            { Effect: 'Allow', Action: '*', Resource: '*' },
            { Effect: 'Deny', Action: 'execute-api:*', Resource: here },
          ],
        },
      },
      403,
      /denies/,
    ],
    ['a condition that holds', policy('Allow', here, { Condition: { IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } } }), 200],
    ['a condition that does not', policy('Allow', here, { Condition: { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } } }), 403],
    ['no statements', { principalId: 'a', policyDocument: { Version: '2012-10-17', Statement: [] } }, 403, /does not allow/],
    ['no policy', { principalId: 'ann' }, 500, /no "policyDocument"/],
    ['a simple response', { isAuthorized: true }, 500, /only with enableSimpleResponses/],
    ['no principal', { policyDocument: policy('Allow', '*').policyDocument }, 500, /"principalId" must be text/],
    ['a principal that is no text', { ...policy('Allow', '*'), principalId: 7 }, 500, /"principalId" must be text/],
    ['a policy that is text', { principalId: 'a', policyDocument: '{}' }, 500, /its policy: .*JSON object/],
    ['an effect nobody knows', policy('allow' as 'Allow', '*'), 500, /Effect is Allow or Deny/],
    ['an unknown element', policy('Allow', '*', { Efect: 'Deny' }), 500, /Unknown element/],
    ['a statement without resource', policy('Allow', undefined as never), 500, /Resource/],
    ['a nested context', { ...policy('Allow', '*'), context: { a: { b: 1 } } }, 200],
  ];
  for (const [desc, output, status, reason] of rows) {
    test(`${desc}: ${status}`, () => {
      const edge = guarded(policies);
      edge.answer(output);
      assert.equal(edge.call({ target: '/pets/5', sourceIp: '203.0.113.9' }).status, status);
      assert.equal(edge.reached().length, status === 200 ? 1 : 0);
      if (reason !== undefined) assert.match(edge.reason() ?? '', reason);
    });
  }

  test('payload format 1.0 takes no nested context', () => {
    const edge = guarded({ ...policies, authorizerPayloadFormatVersion: '1.0' });
    edge.answer({ ...policy('Allow', '*'), context: { a: { b: 1 } } });
    assert.equal(edge.call().status, 500);
    edge.answer({ ...policy('Allow', '*'), context: { a: 'b', c: 1, d: true } });
    assert.equal(edge.call().status, 200);
  });

  test('an event of payload format 1.0 has the principal beside the context', () => {
    const edge = guarded(policies, { 'GET /a': lambda({ payloadFormatVersion: '1.0' }) });
    edge.answer({ ...policy('Allow', '*'), context: { tenant: 'north' } });
    edge.call();
    const requestContext = edge.reached()[0]?.['requestContext'] as Record<string, unknown>;
    assert.deepEqual(requestContext['authorizer'], { tenant: 'north', principalId: 'ann' });
  });

  const spellings: [target: string, path: string][] = [
    ['/a', '/a'],
    ['/%61', '/a'],
    ['/pets/5', '/pets/5'],
    ['/pets/5/', '/pets/5'],
    ['/pets/%35', '/pets/5'],
    ['/pets/a%2Fb', '/pets/a%2Fb'],
    ['/pets/a%2fb', '/pets/a%2Fb'],
    ['/pets/a%252Fb', '/pets/a%252Fb'],
    ['/pets/one%20cat', '/pets/one cat'],
    ['/pets/*', '/pets/*'],
    ['/other', '/other'],
    ['/other/', '/other/'],
    ['/', '/'],
    ['//', '//'],
  ];
  for (const [target, path] of spellings) {
    test(`${target} is asked about as ${path}`, () => {
      const edge = guarded(policies);
      edge.answer(policy('Allow', '*'));
      assert.equal(edge.call({ target }).status, 200);
      assert.equal(edge.asked()[0]?.['routeArn'], `${arn}/$default/GET${path}`);
    });
  }
});

describe('kept results', () => {
  const kept = { authorizerResultTtlInSeconds: 300 } as const;

  test('the function is asked once for one identity, whatever the route', () => {
    const edge = guarded(kept);
    assert.equal(edge.call({ target: '/a' }).status, 200);
    assert.equal(edge.call({ target: '/pets/5' }).status, 200);
    assert.equal(edge.call({ headers: [['authorization', 'other']] }).status, 200);
    assert.deepEqual(
      edge.asked().map(({ identitySource }) => identitySource),
      [['good'], ['other']],
    );
  });

  test('TTL 0 asks every time', () => {
    const edge = guarded();
    edge.call();
    edge.call();
    assert.equal(edge.asked().length, 2);
  });

  test('a no is kept, too', () => {
    const edge = guarded(kept);
    edge.answer({ isAuthorized: false });
    assert.equal(edge.call().status, 403);
    edge.answer({ isAuthorized: true });
    assert.equal(edge.call().status, 403);
    assert.equal(edge.asked().length, 1);
    assert.match(edge.reason() ?? '', /Its answer is kept for 300 s\./);
  });

  test('the developer is shown that an answer was kept', () => {
    const edge = guarded(kept);
    edge.call();
    edge.call();
    const findings = edge.served.ports.exchanges.records.map(
      ({ steps }) => steps?.find(({ stage }) => stage === 'authorize')?.finding as Record<string, unknown>,
    );
    assert.deepEqual(
      findings.map((finding) => finding['kept']),
      [undefined, true],
    );
  });

  test('a failure is not', () => {
    const edge = guarded(kept);
    for (const failure of [new Error('broken'), { isAuthorized: 'yes' }]) {
      edge.answer(failure);
      assert.equal(edge.call().status, 500);
    }
    edge.answer({ isAuthorized: true });
    assert.equal(edge.call().status, 200);
    assert.equal(edge.asked().length, 3);
  });

  test('a kept policy is asked about each request', () => {
    const edge = guarded({ ...kept, ...policies });
    edge.answer(policy('Allow', `${arn}/$default/GET/pets/*`));
    assert.equal(edge.call({ target: '/pets/5' }).status, 200);
    assert.equal(edge.call({ target: '/a' }).status, 403);
    assert.equal(edge.call({ method: 'POST', target: '/pets/5' }).status, 403);
    assert.equal(edge.call({ target: '/pets/6' }).status, 200);
    assert.equal(edge.asked().length, 1);
  });

  test('$context.routeKey parts them by route', () => {
    const edge = guarded({ ...kept, identitySource: ['$request.header.Authorization', '$context.routeKey'] });
    edge.call({ target: '/a' });
    edge.call({ target: '/pets/5' });
    edge.call({ target: '/pets/6' });
    assert.equal(edge.asked().length, 2);
  });

  test('values that read alike with a separator are two identities', () => {
    const edge = guarded({ ...kept, identitySource: ['$request.header.a', '$request.header.b'] });
    const pairs: [string, string][] = [
      ['1', '23'],
      ['12', '3'],
      ['1:2', '3'],
      ['1', '2:3'],
      ['1,2', '3'],
      ['1', '2,3'],
    ];
    for (const [a, b] of pairs)
      edge.call({
        headers: [
          ['a', a],
          ['b', b],
        ],
      });
    assert.equal(edge.asked().length, pairs.length);
  });

  test('the time runs out', (t) => {
    const edge = guarded({ ...kept, authorizerResultTtlInSeconds: 1 });
    let now = performance.now();
    t.mock.method(performance, 'now', () => now);
    edge.call();
    now += 999;
    edge.call();
    assert.equal(edge.asked().length, 1);
    now += 2;
    edge.call();
    assert.equal(edge.asked().length, 2);
  });

  test('requests of one identity wait for one call; each gets its own verdict', () => {
    const edge = guarded({ ...kept, ...policies });
    edge.answer(undefined);
    const allowed = edge.call({ target: '/pets/5' });
    const denied = edge.call({ target: '/a' });
    const stranger = edge.call({ target: '/a', headers: [['Authorization', 'other']] });
    assert.equal(edge.asked().length, 2);
    const payload = JSON.stringify(policy('Allow', `${arn}/$default/GET/pets/*`));
    edge.served.ports.functions.waiting[0]?.onFunctionResult({ kind: 'returned', payload });
    assert.deepEqual([allowed.status, denied.status, stranger.answers], [200, 403, 0]);
    edge.served.ports.functions.waiting[1]?.onFunctionResult({ kind: 'returned', payload: '{"isAuthorized":true}' });
    assert.equal(stranger.status, 500);
  });

  test('a client that leaves does not end the call that others wait for', () => {
    const edge = guarded(kept);
    edge.answer(undefined);
    const first = edge.call();
    const second = edge.call();
    first.leave();
    edge.served.ports.functions.waiting[0]?.onFunctionResult({ kind: 'returned', payload: '{"isAuthorized":true}' });
    assert.equal(first.answers, 0);
    assert.equal(second.status, 200);
    assert.equal(edge.reached().length, 1);
    assert.equal(edge.served.ports.exchanges.records[0]?.refusedAt, 'authorize');
    assert.equal(edge.served.ports.deadlines.waiting.size, 0);
  });

  test('without a TTL nobody waits for another', () => {
    const edge = guarded();
    edge.answer(undefined);
    edge.call();
    edge.call();
    assert.equal(edge.asked().length, 2);
  });

  test('a redeploy keeps them; a reset, a change or another stage does not', () => {
    const routes = { 'GET /a': lambda() };
    const edge = guarded(kept, routes);
    edge.call();
    const results = edge.served.ports.authorizerResults;
    const askedBy = (options: HttpApiOptions, authorizer: Partial<LambdaAuthorizer> = {}): number => {
      const next = guarded({ ...kept, ...authorizer }, routes, options);
      const { pipeline } = next.served;
      const again = new ServedApi(
        {
          ...httpApi(routes, {
            authorizers: [lambdaAuthorizer('edge', { ...kept, ...authorizer })],
            guards: { 'GET /a': 'edge' },
            ...options,
          }),
        },
        { authorizerResults: results },
      );
      assert.equal(again.pipeline.plan.apiId, pipeline.plan.apiId);
      again.ports.functions.handler = next.served.ports.functions.handler;
      assert.equal(again.call({ target: '/a', headers: token }).status, 200);
      return again.ports.functions.events.filter((event) => event.includes('"type":"REQUEST"')).length;
    };
    assert.equal(askedBy({}), 0, 'the same authorizer');
    assert.equal(askedBy({ authorizersCacheResets: 1 }), 1, 'after ResetAuthorizersCache');
    assert.equal(askedBy({ stageName: 'dev' }), 1, 'another stage');
    assert.equal(askedBy({ apiId: 'other1' }), 1, 'another API');
    assert.equal(askedBy({ region: 'eu-west-1' }), 1, 'another region');
    assert.equal(askedBy({}, { authorizerId: 'new-id' }), 1, 'another authorizer');
    assert.equal(askedBy({}, { authorizerResultTtlInSeconds: 200 }), 1, 'another setting');
    assert.equal(askedBy({}), 0, 'and the first still');
  });
});

describe('an authorizer that does not answer', () => {
  for (const authorizerResultTtlInSeconds of [0, 300]) {
    test(`TTL ${authorizerResultTtlInSeconds}: 500 at its deadline, and a late answer changes nothing`, () => {
      const edge = guarded({ authorizerResultTtlInSeconds });
      edge.answer(undefined);
      const request = edge.call();
      const [due] = edge.served.ports.deadlines.waiting.values();
      assert.ok(due !== undefined && due - performance.now() > 9_000 && due - performance.now() <= 10_000);
      edge.served.ports.deadlines.expireAll();
      assert.equal(request.status, 500);
      assert.match(edge.reason() ?? '', /did not answer within 10000 ms/);
      edge.served.ports.functions.waiting[0]?.onFunctionResult({ kind: 'returned', payload: '{"isAuthorized":true}' });
      assert.equal(edge.reached().length, 0);
      assert.equal(edge.served.ports.authorizerResults.size, 0);
      edge.answer({ isAuthorized: true });
      assert.equal(edge.call().status, 200, 'the next request is asked about anew');
    });
  }

  test('Lambda that refuses is a 500 with its reason', () => {
    const edge = guarded();
    edge.served.ports.functions.handler = () => ({ kind: 'refused', refusal: 'AccessDenied', message: 'no permission' });
    assert.equal(edge.call().status, 500);
    assert.match(edge.reason() ?? '', /\(AccessDenied\): no permission/);
  });

  test('a port that throws is a 500, and nothing waits for it', () => {
    const edge = guarded({ authorizerResultTtlInSeconds: 300 });
    edge.served.ports.functions.handler = () => {
      throw new Error('bug');
    };
    assert.equal(edge.call().status, 500);
    assert.equal(edge.served.ports.deadlines.waiting.size, 0);
    assert.equal(edge.call().status, 500, 'the next one does not wait for the broken call');
  });
});

test('an HTTP backend behind an authorizer is not called without its yes', () => {
  const edge = guarded({}, { 'GET /a': httpProxy('http://h/') });
  edge.answer({ isAuthorized: false });
  edge.call();
  assert.equal(edge.served.upstreams.calls.length, 0);
  edge.answer({ isAuthorized: true });
  edge.call();
  assert.equal(edge.served.upstreams.calls.length, 1);
});

test('parameter mapping passes on what the authorizer said', () => {
  const requestParameters = {
    'append:header.X-Tenant': '$context.authorizer.tenant',
    'append:header.X-Gone': '$context.authorizer.gone',
  };
  const edge = guarded({}, { 'GET /a': httpProxy('http://h/', { requestParameters }) });
  edge.answer({ isAuthorized: true, context: { tenant: 'north' } });
  edge.call();
  const sent = edge.served.upstreams.calls[0]?.headers.text ?? '';
  assert.match(sent, /x-tenant: north/i);
  assert.doesNotMatch(sent, /x-gone/i);
});

test('what the developer is shown holds neither token nor context values', () => {
  const edge = guarded();
  edge.answer({ isAuthorized: true, context: { secretNote: 'hidden-value' } });
  edge.call({ headers: [['Authorization', 'top-secret']] });
  const step = edge.served.ports.exchanges.records[0]?.steps?.find(({ stage }) => stage === 'authorize');
  assert.equal(step?.outcome, 'passed');
  assert.deepEqual(step?.finding, { authorizationType: 'CUSTOM', authorizerId: 'edge-id', context: ['secretNote'] });
});
