// Execution logs of stages through the whole flow: which lines each level has, in which group, and what they hide.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { MeterVerdict } from '../../data-plane/ports.ts';
import { ExchangeLog } from '../../data-plane/telemetry/exchange-log.ts';
import { FakeBody, type FakeRequestOptions } from '../../data-plane/testing/fake-messages.ts';
import type { WebAcl } from '../../data-plane/web-acls.ts';
import type { ExchangeRecord } from '../../model/exchange-record.ts';
import type { RestMethodSetting } from '../../model/rest-api.ts';
import { lambdaProxy, mock, restApi } from '../testing/rest-api-builder.ts';
import { ServedRestApi } from '../testing/served-rest-api.ts';

const off: RestMethodSetting = {
  ...{ metricsEnabled: false, loggingLevel: 'OFF', dataTraceEnabled: false, throttlingBurstLimit: -1, throttlingRateLimit: -1 },
  ...{ cachingEnabled: false, cacheTtlInSeconds: 300, cacheDataEncrypted: false, requireAuthorizationForCacheControl: true },
  unauthorizedCacheControlHeaderStrategy: 'SUCCEED_WITH_RESPONSE_HEADER',
};
const logged = (loggingLevel: 'ERROR' | 'INFO', dataTraceEnabled = false): RestMethodSetting => ({
  ...off,
  ...{ loggingLevel, loggingLevelChosen: true, dataTraceEnabled },
});

const authorizer = {
  ...{ id: 'auth1', name: 'token', type: 'TOKEN' as const, identitySource: 'method.request.header.Authorization' },
  authorizerUri:
    'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:000000000000:function:auth/invocations',
};

interface Settings {
  readonly methodSettings?: Readonly<Record<string, RestMethodSetting>>;
  readonly verdict?: MeterVerdict;
  /** What every function returns. */
  readonly payload?: string;
  readonly failed?: boolean;
  /** The resource policy denies everybody. */
  readonly denied?: boolean;
  /** The web ACL does. */
  readonly blocked?: boolean;
}

const denial = '{"Version":"2012-10-17","Statement":{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*"}}';

const blocking: WebAcl = {
  ...{ arn: 'arn:aws:wafv2:us-east-1:000000000000:regional/webacl/shop/a1', bodyBytes: 0 },
  inspect: () => ({ action: 'BLOCK', reason: 'The rule "bad" blocks it.', insertedHeaders: [], answer: undefined }),
};

function serve(settings: Settings = {}): ServedRestApi {
  const { methodSettings = { '*/*': logged('INFO') }, verdict, payload, failed, denied, blocked } = settings;
  const api = new ServedRestApi(
    restApi(
      {
        'GET /mock': { integration: mock() },
        'POST /fn/{id}': { integration: lambdaProxy() },
        'GET /guarded': { authorizationType: 'CUSTOM', authorizerId: 'auth1', integration: mock() },
        'GET /keyed': { apiKeyRequired: true, integration: mock() },
      },
      { authorizers: [authorizer], stage: { methodSettings }, api: denied === true ? { policy: denial } : {} },
    ),
    {
      ...(verdict === undefined ? {} : { meter: { bind: () => ({ take: () => verdict }) } }),
      ...(blocked === true ? { webAcls: { bind: () => ({ current: blocking }) } } : {}),
    },
  );
  api.ports.functions.requestId = 'function-request-1';
  api.ports.functions.handler = () => ({
    kind: failed === true ? 'functionError' : 'returned',
    payload: payload ?? '{"statusCode":201,"body":"hello"}',
  });
  return api;
}

/** The lines of one request, without its ids. */
function linesOf(request: FakeRequestOptions, settings?: Settings): string[] {
  const api = serve(settings);
  const answer = api.call(request);
  const id = answer.responseHeader('x-amzn-requestid') ?? '';
  const extendedId = answer.responseHeader('x-amz-apigw-id') ?? '';
  return api.ports.stageLogs.lines.map((line) => {
    assert.ok(line.startsWith(`(${id}) `), line);
    return line
      .slice(id.length + 3)
      .replaceAll(id, 'ID')
      .replaceAll(extendedId, 'XID')
      .replace(/Root=1-[0-9a-f]{8}-[0-9a-f]{24}/g, 'ROOT')
      .replace(/latency: \d+ ms/, 'latency: N ms');
  });
}

const openMethod = (key: string) => [
  'Extended Request Id: XID',
  'Verifying Usage Plan for request: ID. API Key:  API Stage: a1b2c3/prod',
  `API Key  authorized because method '${key}' does not require API Key. Request will not contribute to throttle or quota limits`,
  'Usage Plan check succeeded for API Key  and API Stage a1b2c3/prod',
  'Starting execution for request: ID',
];

describe('level INFO', () => {
  test('says what was done, without headers and bodies', () => {
    assert.deepEqual(linesOf({ target: '/mock' }), [
      ...openMethod('GET /mock'),
      'HTTP Method: GET, Resource Path: /mock',
      'Successfully completed execution',
      'Method completed with status: 200',
      'X-ray Tracing ID : ROOT',
    ]);
  });

  test('with a data trace says what came in, what the function was asked and answered, and what went out', () => {
    const request = { method: 'POST', target: '/fn/5?a=1', headers: [['X-B', '1'] as const], body: new FakeBody('hi') };
    const lines = linesOf(request, { methodSettings: { '*/*': logged('INFO', true) } });
    const event = lines.find((line) => line.startsWith('Endpoint request body')) ?? '';
    assert.match(event, /^Endpoint request body after transformations: \{"resource":"\/fn\/\{id\}".* \[TRUNCATED\]$/);
    const uri = lines.find((line) => line.startsWith('Sending'))?.slice('Sending request to '.length);
    assert.match(uri ?? '', /^https:\/\/lambda\.us-east-1\.amazonaws\.com\/2015-03-31\/functions\/arn:.*\/invocations$/);
    assert.match(
      lines.find((line) => line.startsWith('Endpoint request headers')) ?? '',
      new RegExp(
        '^Endpoint request headers: \\{x-amzn-lambda-integration-tag=ID, Authorization=\\*+, X-Amz-Date=\\d{8}T\\d{6}Z, ' +
          'x-amzn-apigateway-api-id=a1b2c3, X-Amz-Source-Arn=arn:aws:execute-api:us-east-1:000000000000:a1b2c3/prod/POST/fn/\\{id\\}, ' +
          'Accept=application/json, User-Agent=AmazonAPIGateway_a1b2c3, Host=lambda.us-east-1.amazonaws.com, X-Amzn-Trace-Id=ROOT, ' +
          'X-Amz-Security-Token=\\*+\\}$',
      ),
    );
    assert.match(
      lines.find((line) => line.startsWith('Endpoint response headers')) ?? '',
      new RegExp(
        '^Endpoint response headers: \\{Date=[^=]+ GMT, Content-Type=application/json, Content-Length=33, Connection=keep-alive, ' +
          'x-amzn-RequestId=function-request-1, x-amzn-Remapped-Content-Length=0, X-Amzn-Trace-Id=ROOT\\}$',
      ),
    );
    assert.deepEqual(
      lines.filter((line) => line !== event && !/^(?:Method response|Endpoint \w+) headers/.test(line)),
      [
        ...openMethod('POST /fn/{id}'),
        'HTTP Method: POST, Resource Path: /fn/5',
        'Method request path: {id=5}',
        'Method request query string: {a=1}',
        lines.find((line) => /^Method request headers: \{.*X-B=1, X-Amzn-Trace-Id=ROOT, X-Forwarded-For=203/.test(line)),
        'Method request body before transformations: hi',
        `Endpoint request URI: ${uri}`,
        `Sending request to ${uri}`,
        'Received response. Status: 200, Integration latency: N ms',
        'Endpoint response body before transformations: {"statusCode":201,"body":"hello"}',
        'Method response body after transformations: hello',
        'Successfully completed execution',
        'Method completed with status: 201',
        'AWS Integration Endpoint RequestId : function-request-1',
        'X-ray Tracing ID : ROOT',
      ],
    );
  });

  test('masks keys and credentials', () => {
    const headers = [
      ['Authorization', `Bearer ${'t'.repeat(30)}abcdef`],
      ['x-api-key', 'short-key'],
    ] as const;
    const lines = linesOf({ target: '/mock', headers: [...headers] }, { methodSettings: { '*/*': logged('INFO', true) } });
    const line = lines.find((text) => text.startsWith('Method request headers')) ?? '';
    assert.match(line, /Authorization=\*{37}abcdef/);
    assert.match(line, /x-api-key=\*{9}[,}]/);
    assert.ok(!lines.join('\n').includes('short-key'));
  });

  test('an event has at most 1,024 bytes, cut between characters', () => {
    const body = new FakeBody('ä'.repeat(3_000));
    const lines = linesOf({ method: 'POST', target: '/fn/1', body }, { methodSettings: { '*/*': logged('INFO', true) } });
    const line = lines.find((text) => text.startsWith('Method request body')) ?? '';
    assert.match(line, /ä \[TRUNCATED\]$/);
    assert.ok(!line.includes('\ufffd'));
  });
});

describe('requests that are refused', () => {
  for (const [name, request, settings, expected] of [
    [
      'by an authorizer without a token',
      { target: '/guarded' },
      {},
      ['Starting authorizer: auth1 for request: ID', 'Unauthorized request: ID', 'Method completed with status: 401'],
    ],
    [
      'by an authorizer that fails',
      { target: '/guarded', headers: [['Authorization', 'x']] },
      { failed: true, payload: '{"errorMessage":"boom"}' },
      [
        'Starting authorizer: auth1 for request: ID',
        'Execution failed due to configuration error: Authorizer error',
        'Method completed with status: 500',
      ],
    ],
    [
      'without an API key',
      { target: '/keyed' },
      { verdict: { kind: 'refused', refused: 'INVALID_API_KEY', reason: 'No key was sent.' } },
      [
        'Verifying Usage Plan for request: ID. API Key:  API Stage: a1b2c3/prod',
        "API Key  not authorized because method 'GET /keyed' requires API Key and API Key is not associated with a Usage Plan for API Stage a1b2c3/prod: No key was sent.",
        'Method completed with status: 403',
      ],
    ],
    [
      'by the throttle of a usage plan',
      { target: '/keyed', headers: [['x-api-key', `${'k'.repeat(34)}ReKPrb`]] },
      { verdict: { kind: 'refused', refused: 'THROTTLED', reason: 'too fast' } },
      [
        `Verifying Usage Plan for request: ID. API Key: ${'*'.repeat(34)}ReKPrb API Stage: a1b2c3/prod`,
        'Key throttle limit exceeded for RestApi a1b2c3, Stage prod, Resource r5, HttpMethod GET',
        'Method completed with status: 429',
      ],
    ],
    [
      'by a resource policy, before the authorizer is asked',
      { target: '/guarded', headers: [['Authorization', 'x']] },
      { denied: true },
      [
        'User: anonymous is not authorized to perform: execute-api:Invoke on resource: arn:aws:execute-api:us-east-1:********0000:a1b2c3/prod/GET/guarded with an explicit deny in a resource-based policy',
        'Method completed with status: 403',
      ],
    ],
    [
      'by a web ACL, before anybody is asked',
      { target: '/guarded', headers: [['Authorization', 'x']] },
      { blocked: true },
      ['The rule "bad" blocks it.', 'Method completed with status: 403'],
    ],
  ] as const satisfies readonly (readonly [string, FakeRequestOptions, Settings, readonly string[]])[]) {
    test(name, () => {
      const lines = linesOf(request as FakeRequestOptions, settings);
      assert.deepEqual(lines, ['Extended Request Id: XID', ...expected, 'X-ray Tracing ID : ROOT']);
    });
  }

  test('a function that failed is quoted, and one that returned nonsense is named', () => {
    const call = { method: 'POST', target: '/fn/1' };
    const failed = linesOf(call, { failed: true, payload: '{"errorMessage":"no database"}' });
    assert.ok(
      failed.includes(
        'Lambda execution failed with status 200 due to customer function error: no database. Lambda request id: function-request-1',
      ),
      failed.join('\n'),
    );
    const malformed = linesOf(call, { payload: '"text"' });
    assert.ok(malformed.includes('Execution failed due to configuration error: Malformed Lambda proxy response'));
    assert.ok(malformed.includes('Method completed with status: 502'));
  });

  test('a path without a method leaves nothing', () => {
    assert.deepEqual(linesOf({ target: '/nowhere' }), []);
  });
});

describe('settings', () => {
  test('level ERROR says failures alone', () => {
    const methodSettings = { '*/*': logged('ERROR', true) };
    assert.deepEqual(linesOf({ target: '/mock' }, { methodSettings }), []);
    const failed = linesOf({ method: 'POST', target: '/fn/1' }, { methodSettings, payload: '"text"' });
    assert.deepEqual(failed, [
      'Execution failed due to configuration error: Malformed Lambda proxy response',
      'Method completed with status: 502',
      'AWS Integration Endpoint RequestId : function-request-1',
      'X-ray Tracing ID : ROOT',
    ]);
  });

  test('a method’s own level comes before that of all methods', () => {
    const methodSettings = { '*/*': logged('INFO'), '~1mock/GET': { ...off, loggingLevelChosen: true } };
    assert.deepEqual(linesOf({ target: '/mock' }, { methodSettings }), []);
    assert.notEqual(linesOf({ method: 'POST', target: '/fn/1' }, { methodSettings }).length, 0);
    // Its own settings say nothing about logs: those of all methods hold.
    const throttled = { '*/*': logged('INFO'), '~1mock/GET': { ...off, throttlingRateLimit: 5 } };
    assert.notEqual(linesOf({ target: '/mock' }, { methodSettings: throttled }).length, 0);
  });

  test('the group is the stage’s, opened only when something is logged', () => {
    const scope = { account: '000000000000', region: 'us-east-1' };
    assert.deepEqual(serve().ports.stageLogs.opened, [{ scope, logGroupName: 'API-Gateway-Execution-Logs_a1b2c3/prod' }]);
    assert.deepEqual(serve({ methodSettings: { '*/*': off } }).ports.stageLogs.opened, []);
  });

  test('the exchange log keeps the facts alone of what was captured for an execution log', () => {
    const quiet = new ExchangeLog({ level: 0, maxRecords: 3 });
    const built = restApi({ 'GET /': { integration: mock() } }, { stage: { methodSettings: { '*/*': logged('INFO', true) } } });
    const served = new ServedRestApi(built, { ports: { exchanges: quiet } as never });
    served.call();
    const [kept] = quiet.recent();
    assert.deepEqual([kept?.level, kept?.steps, kept?.request], [0, undefined, undefined]);
    const told: ExchangeRecord[] = [];
    quiet.onExchange((record) => told.push(record));
    served.call();
    assert.deepEqual([told[0]?.level, told[0]?.steps, told[0]?.response], [0, undefined, undefined]);
  });

  test('a data trace captures for the log whatever others ask for', () => {
    const api = serve({ methodSettings: { '*/*': logged('INFO', true) } });
    api.ports.exchanges.off = true;
    api.call({ method: 'POST', target: '/fn/1', body: new FakeBody('for the log') });
    assert.ok(api.ports.stageLogs.lines.some((line) => line.endsWith('before transformations: for the log')));
  });
});
