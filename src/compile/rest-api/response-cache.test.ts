// The response cache in the flow of REST APIs: what is answered again, to whom, and who may ask for a fresh response.
import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { describe, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { signRequest } from '../../aws/sigv4-sign.ts';
import type { CallerCredentials } from '../../data-plane/iam/caller-credentials.ts';
import { StageCaches } from '../../data-plane/method-cache/stage-caches.ts';
import type { FakeRequestOptions } from '../../data-plane/testing/fake-messages.ts';
import { fakeResponse } from '../../data-plane/testing/fake-ports.ts';
import { parsePolicy } from '../../iam-policy/policy-document.ts';
import type { RestApi, RestIntegration, RestMethodSetting } from '../../model/rest-api.ts';
import { httpProxy, lambdaProxy, type MethodOptions, restApi } from '../testing/rest-api-builder.ts';
import { ServedRestApi } from '../testing/served-rest-api.ts';

const cached: RestMethodSetting = {
  metricsEnabled: false,
  loggingLevel: 'OFF',
  dataTraceEnabled: false,
  throttlingBurstLimit: -1,
  throttlingRateLimit: -1,
  cachingEnabled: true,
  cacheTtlInSeconds: 300,
  cacheDataEncrypted: false,
  requireAuthorizationForCacheControl: true,
  unauthorizedCacheControlHeaderStrategy: 'SUCCEED_WITH_RESPONSE_HEADER',
};

interface Options {
  readonly settings?: Readonly<Record<string, Partial<RestMethodSetting>>>;
  readonly integration?: Partial<RestIntegration>;
  readonly method?: Partial<MethodOptions>;
  readonly api?: Partial<RestApi>;
  readonly caches?: StageCaches;
  readonly cluster?: boolean;
  readonly key?: string;
}

/** The backend answers with how often it was asked. */
function served({
  settings = { '*/*': {} },
  integration,
  method,
  api,
  caches,
  cluster = true,
  key = 'GET /pets/{id}',
}: Options = {}) {
  const one = new ServedRestApi(
    restApi(
      { [key]: { ...method, integration: httpProxy('http://backend/', integration) } },
      {
        ...(api === undefined ? {} : { api }),
        stage: {
          cacheClusterEnabled: cluster,
          methodSettings: Object.fromEntries(Object.entries(settings).map(([name, some]) => [name, { ...cached, ...some }])),
        },
      },
    ),
    caches === undefined ? {} : { responseCaches: caches },
  );
  one.upstreams.answer = () =>
    fakeResponse(
      200,
      [
        ['Content-Type', 'text/plain'],
        ['X-Own', 'yes'],
      ],
      `answer ${one.upstreams.calls.length}`,
    );
  return one;
}

const get = (api: ServedRestApi, target = '/pets/5', more: FakeRequestOptions = {}) => api.call({ target, ...more });
const textOf = (api: ServedRestApi, target?: string, more?: FakeRequestOptions) => get(api, target, more).responseText;
const refresh = { headers: [['Cache-Control', 'max-age=0']] as const };

describe('which methods are cached', () => {
  for (const [desc, options, verb, isCached] of [
    ['GET by the settings of all methods', {}, 'GET', true],
    ['no other verb by the settings of all methods', { key: 'POST /pets/{id}' }, 'POST', false],
    ['nor ANY', { key: 'ANY /pets/{id}' }, 'GET', false],
    ['another verb by settings of its own', { key: 'POST /pets/{id}', settings: { '~1pets~1{id}/POST': {} } }, 'POST', true],
    ['none when the stage has no cache cluster', { cluster: false }, 'GET', false],
    ['none with caching off', { settings: { '*/*': { cachingEnabled: false } } }, 'GET', false],
    ['none with a time to live of nothing', { settings: { '*/*': { cacheTtlInSeconds: 0 } } }, 'GET', false],
    [
      "a method's own settings come first",
      { settings: { '*/*': {}, '~1pets~1{id}/GET': { cachingEnabled: false } } },
      'GET',
      false,
    ],
    ['encrypted ones, too', { settings: { '*/*': { cacheDataEncrypted: true } } }, 'GET', true],
  ] as readonly (readonly [string, Options, string, boolean])[]) {
    test(desc, () => {
      const api = served(options);
      assert.equal(textOf(api, '/pets/5', { method: verb }), 'answer 1');
      assert.equal(textOf(api, '/pets/5', { method: verb }), isCached ? 'answer 1' : 'answer 2');
    });
  }
});

describe('what is answered again', () => {
  test('status, headers and body, with ids and a date of its own', () => {
    const api = served();
    const [first, second] = [get(api), get(api)];
    assert.equal(second.status, 200);
    assert.equal(second.responseHeader('Content-Type'), 'text/plain');
    assert.equal(second.responseHeader('X-Own'), 'yes');
    assert.notEqual(second.responseHeader('x-amzn-RequestId'), first.responseHeader('x-amzn-RequestId'));
    assert.deepEqual(
      second.responseHeaders.map(([name]) => name),
      ['Date', 'Content-Type', 'X-Own', 'x-amzn-RequestId', 'x-amz-apigw-id'],
    );
  });

  test('packed for a client that wants it packed, whoever came first', () => {
    const api = served({ api: { minimumCompressionSize: 0 } });
    assert.equal(textOf(api), 'answer 1');
    const packed = get(api, '/pets/5', { headers: [['Accept-Encoding', 'gzip']] });
    assert.equal(gunzipSync(packed.responseBody).toString(), 'answer 1');
    assert.equal(textOf(api), 'answer 1');
  });

  for (const [desc, status] of [
    ['no error of the backend', 500],
    ['nor one of the client', 404],
  ] as const) {
    test(desc, () => {
      const api = served();
      api.upstreams.answer = () => fakeResponse(status, [], '');
      assert.equal(get(api).status, status);
      get(api);
      assert.equal(api.upstreams.calls.length, 2);
    });
  }

  test('the stage keeps it when it is assembled again, and loses it with its cluster', () => {
    const caches = new StageCaches(1_000_000);
    assert.equal(textOf(served({ caches })), 'answer 1');
    const again = served({ caches });
    assert.equal(textOf(again), 'answer 1');
    assert.equal(again.upstreams.calls.length, 0);
    served({ caches, cluster: false });
    const last = served({ caches });
    textOf(last);
    assert.equal(last.upstreams.calls.length, 1);
  });

  test('until the cache is flushed', () => {
    const api = served();
    textOf(api);
    const { scope, apiId, stageName } = api.pipeline.plan;
    api.ports.responseCaches.flush(scope, apiId, stageName);
    assert.equal(textOf(api), 'answer 2');
  });
});

describe('which requests are the same', () => {
  for (const [desc, keyParameters, first, second, same] of [
    ['all of a method without key parameters', [], ['/pets/5?q=1'], ['/pets/6?q=2'], true],
    ['not with another path variable', ['method.request.path.id'], ['/pets/5'], ['/pets/6'], false],
    ['not with another query parameter', ['method.request.querystring.q'], ['/pets/5?q=1'], ['/pets/5?q=2'], false],
    ['with the same, whatever else differs', ['method.request.querystring.q'], ['/pets/5?q=1&r=1'], ['/pets/5?q=1&r=2'], true],
    ['none is not an empty one', ['method.request.querystring.q'], ['/pets/5'], ['/pets/5?q='], false],
    ['not with another header', ['method.request.header.X-A'], ['/pets/5', '1'], ['/pets/5', '2'], false],
    [
      'a parameter of the integration is what it is mapped from',
      ['integration.request.header.B'],
      ['/pets/5', '1'],
      ['/pets/5', '2'],
      false,
    ],
  ] as readonly (readonly [string, readonly string[], readonly [string, string?], readonly [string, string?], boolean])[]) {
    test(desc, () => {
      const api = served({
        integration: {
          cacheKeyParameters: keyParameters,
          requestParameters: { 'integration.request.header.B': 'method.request.header.X-A' },
        },
      });
      const send = ([target, header]: readonly [string, string?]) =>
        textOf(api, target, header === undefined ? {} : { headers: [['X-A', header]] });
      send(first);
      assert.equal(send(second), same ? 'answer 1' : 'answer 2');
      assert.equal(send(first), 'answer 1');
    });
  }

  test('a key parameter that cannot be read answers 500 rather than with the response of another request', () => {
    const api = served({ integration: { cacheKeyParameters: ['integration.request.header.Unknown'] } });
    assert.equal(get(api).status, 500);
    assert.match(api.ports.exchanges.records[0]?.reason ?? '', /cache key parameter integration\.request\.header\.Unknown/);
  });

  test('each verb of a method ANY has responses of its own', () => {
    const api = served({ key: 'ANY /pets/{id}', settings: { '~1pets~1{id}/ANY': {} } });
    assert.equal(textOf(api, '/pets/5', { method: 'DELETE' }), 'answer 1');
    assert.equal(textOf(api, '/pets/5', { method: 'GET' }), 'answer 2');
  });

  test('what was answered to one caller is answered to no other', () => {
    const authorizer = {
      id: 'auth1',
      name: 'token',
      type: 'TOKEN' as const,
      authorizerUri:
        'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:000000000000:function:auth/invocations',
      identitySource: 'method.request.header.Authorization',
    };
    const api = new ServedRestApi(
      restApi(
        { 'GET /': { authorizationType: 'CUSTOM', authorizerId: 'auth1', integration: httpProxy('http://backend/') } },
        { authorizers: [authorizer], stage: { cacheClusterEnabled: true, methodSettings: { '*/*': cached } } },
      ),
    );
    api.upstreams.answer = () => fakeResponse(200, [], `answer ${api.upstreams.calls.length}`);
    api.ports.functions.handler = (event) => {
      const { authorizationToken } = JSON.parse(event) as { authorizationToken: string };
      const policyDocument = {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Action: 'execute-api:Invoke', Resource: '*' }],
      };
      // The same principal for everybody, as many examples have it.
      return {
        kind: 'returned',
        payload: JSON.stringify({ principalId: 'user', policyDocument, context: { authorizationToken } }),
      };
    };
    const as = (token: string) => api.call({ headers: [['Authorization', token]] }).responseText;
    assert.deepEqual([as('ann'), as('bob'), as('ann'), as('bob')], ['answer 1', 'answer 2', 'answer 1', 'answer 2']);
  });
});

describe('Cache-Control: max-age=0', () => {
  test('of anybody, where nobody has to be asked, replaces what is kept', () => {
    const api = served({ settings: { '*/*': { requireAuthorizationForCacheControl: false } } });
    textOf(api);
    assert.equal(textOf(api, '/pets/5', refresh), 'answer 2');
    assert.equal(textOf(api), 'answer 2');
  });

  for (const [strategy, status, warned] of [
    ['SUCCEED_WITH_RESPONSE_HEADER', 200, true],
    ['SUCCEED_WITHOUT_RESPONSE_HEADER', 200, false],
    ['FAIL_WITH_403', 403, false],
  ] as const) {
    test(`of somebody who may not: ${strategy}`, () => {
      const api = served({ settings: { '*/*': { unauthorizedCacheControlHeaderStrategy: strategy } } });
      textOf(api);
      const answer = get(api, '/pets/5', refresh);
      assert.equal(answer.status, status);
      assert.equal(answer.responseHeader('Warning') !== undefined, warned);
      assert.equal(api.upstreams.calls.length, 1);
      assert.equal(get(api).responseHeader('Warning'), undefined, 'the warning is for the one who asked');
    });
  }
});

describe('Cache-Control: max-age=0 of somebody who signs', () => {
  const callerOf = (accessKeyId: string, ...actions: string[]): CallerCredentials => ({
    accessKeyId,
    secretAccessKey: 'secret',
    account: '000000000000',
    arn: `arn:aws:iam::000000000000:user/${accessKeyId}`,
    userId: `AIDA${accessKeyId}`,
    userName: accessKeyId,
    tags: [],
    policies: [
      parsePolicy(
        JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }] }),
        'identity',
      ) as never,
    ],
  });
  const callers: Readonly<Record<string, CallerCredentials>> = {
    AKIDREADER: callerOf('AKIDREADER', 'execute-api:Invoke'),
    AKIDKEEPER: callerOf('AKIDKEEPER', 'execute-api:Invoke', 'execute-api:InvalidateCache'),
  };

  for (const [accessKeyId, refreshed] of [
    ['AKIDREADER', false],
    ['AKIDKEEPER', true],
  ] as const) {
    test(`${accessKeyId}: ${refreshed ? 'is' : 'is not'} answered afresh`, () => {
      const api = new ServedRestApi(
        restApi(
          { 'GET /p': { authorizationType: 'AWS_IAM', integration: httpProxy('http://backend/') } },
          { stage: { cacheClusterEnabled: true, methodSettings: { '*/*': cached } } },
        ),
        { ports: { callers: (id: string) => callers[id] } as never },
      );
      api.upstreams.answer = () => fakeResponse(200, [], `answer ${api.upstreams.calls.length}`);
      const host = 'a1b2c3.execute-api.us-east-1.amazonaws.com';
      const signed = signRequest(
        { method: 'GET', path: '/p', query: '', rawHeaders: ['Host', host], bodyHash: hash('sha256', '', 'hex') },
        { accessKeyId, secretAccessKey: 'secret' },
        { region: 'us-east-1', service: 'execute-api', now: Date.now() },
      );
      assert.equal(textOf(api, '/p', { headers: signed }), 'answer 1');
      const answer = get(api, '/p', { headers: [...signed, ['Cache-Control', 'max-age=0']] });
      assert.equal(answer.responseText, refreshed ? 'answer 2' : 'answer 1');
      assert.equal(answer.responseHeader('Warning') === undefined, refreshed);
    });
  }
});

describe('many that ask at once', () => {
  const slow = () => {
    const api = new ServedRestApi(
      restApi(
        { 'GET /': { integration: lambdaProxy() } },
        { stage: { cacheClusterEnabled: true, methodSettings: { '*/*': cached } } },
      ),
    );
    api.ports.functions.handler = () => undefined;
    return api;
  };

  test('wait for one call of the integration', () => {
    const api = slow();
    const requests = [api.call({}), api.call({}), api.call({})];
    assert.equal(api.ports.functions.events.length, 1);
    api.ports.functions.waiting[0]?.onFunctionResult({ kind: 'returned', payload: '{"body":"one"}' });
    assert.deepEqual(
      requests.map(({ responseText, answers }) => [responseText, answers]),
      [
        ['one', 1],
        ['one', 1],
        ['one', 1],
      ],
    );
  });

  test('ask by themselves when that call fails, and when its client goes away', () => {
    for (const end of [
      (api: ServedRestApi) => api.ports.functions.waiting[0]?.onFunctionResult({ kind: 'functionError', payload: '{}' }),
      (api: ServedRestApi) => api.ports.deadlines.expireAll(),
    ]) {
      const api = slow();
      api.call({});
      const second = api.call({});
      end(api);
      assert.equal(api.ports.functions.events.length, 2);
      api.ports.functions.waiting[1]?.onFunctionResult({ kind: 'returned', payload: '{"body":"two"}' });
      assert.equal(second.responseText, 'two');
    }
    const api = slow();
    const first = api.call({});
    api.call({});
    first.leave();
    assert.equal(api.ports.functions.events.length, 2);
  });

  test('one that goes away while it waits is not answered', () => {
    const api = slow();
    api.call({});
    const second = api.call({});
    second.leave();
    api.ports.functions.waiting[0]?.onFunctionResult({ kind: 'returned', payload: '{}' });
    assert.equal(second.answers, 0);
  });
});

test('the developer sees whether a response was kept', () => {
  const api = served();
  api.ports.exchanges.captureLevel = 2;
  get(api);
  get(api);
  const found = api.ports.exchanges.records.map(({ steps }) => steps?.find(({ stage }) => stage === 'methodCache')?.finding);
  assert.deepEqual(found, [{ found: 'miss' }, { found: 'hit' }]);
  assert.equal(api.ports.exchanges.records[1]?.integrationUs, undefined);
});
