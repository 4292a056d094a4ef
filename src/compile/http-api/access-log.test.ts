// Access logs through the whole flow: what every variable says, and that no request can forge or break a line.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { invoke } from '../../data-plane/http-api/invoke.ts';
import { FakeRequest, type FakeRequestOptions } from '../../data-plane/testing/fake-messages.ts';
import { fakeResponse } from '../../data-plane/testing/fake-ports.ts';
import type { AbortListener } from '../../http1/message.ts';
import { type HttpApiOptions, httpApi, httpProxy, jwtAuthorizer, lambda } from '../testing/http-api-builder.ts';
import { ServedApi } from '../testing/served-api.ts';
import { parseAccessLogFormat } from './access-log-format.ts';

const routes = {
  'GET /fn/{id}': lambda(),
  'ANY /proxy': httpProxy('http://backend.example/x'),
  'GET /none': undefined,
};

function serve(accessLogFormat: string, options: HttpApiOptions = {}): ServedApi {
  return new ServedApi(httpApi(routes, { accessLogFormat, ...options }));
}

/** The values of variables in the line of one request, in order. */
function values(names: readonly string[], request: FakeRequestOptions, prepare: (api: ServedApi) => void = () => {}): string[] {
  const api = serve(names.map((name) => `$context.${name}`).join('\t'));
  prepare(api);
  api.call(request);
  assert.equal(api.ports.stageLogs.lines.length, 1, 'one line for one request');
  return (api.ports.stageLogs.lines[0] as string).split('\t');
}

const fn = { target: '/fn/5?x=1', headers: [['User-Agent', 'test/1.0']] } as const satisfies FakeRequestOptions;

describe('variables', () => {
  test('of an answered Lambda request', () => {
    const names = ['accountId', 'apiId', 'stage', 'routeKey', 'httpMethod', 'path', 'protocol', 'status', 'identity.userAgent'];
    assert.deepEqual(values(names, fn), [
      ...['000000000000', 'a1b2c3', '$default', 'GET /fn/{id}', 'GET', '/fn/5', 'HTTP/1.1', '200', 'test/1.0'],
    ]);
    const [id, extended] = values(['requestId', 'extendedRequestId'], fn);
    assert.match(id ?? '', /^[A-Za-z0-9_=-]{10,}$/);
    assert.equal(extended, id);
    const [time, epoch] = values(['requestTime', 'requestTimeEpoch'], fn);
    assert.match(time ?? '', /^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/);
    assert.match(epoch ?? '', /^\d{13}$/);
    const latencies = values(
      ['responseLatency', 'integrationLatency', 'integration.latency', 'responseLength', 'dataProcessed'],
      fn,
    );
    for (const latency of latencies) assert.match(latency, /^\d+$/);
    assert.deepEqual(values(['integrationStatus', 'integration.integrationStatus', 'integration.status'], fn), [
      '200',
      '200',
      '200',
    ]);
    assert.deepEqual(
      values(['integrationErrorMessage', 'integration.error', 'error.message', 'error.messageString', 'error.responseType'], fn),
      ['-', '-', '-', '-', '-'],
    );
  });

  test("the function's status is one thing, Lambda's another", () => {
    const found = values(['status', 'integration.status', 'integrationStatus'], fn, (api) => {
      api.ports.functions.handler = () => ({ kind: 'returned', payload: '{"statusCode":418}' });
    });
    assert.deepEqual(found, ['418', '418', '200']);
  });

  test('of the bearer of a token, and of whom an authorizer let in', () => {
    const claims = { sub: 'u-1', 'cognito:groups': ['admin'] };
    const names = ['authorizer.claims.sub', 'authorizer.claims.gone', 'authorizer.principalId', 'identity.caller'];
    const guarded = new ServedApi(
      httpApi(routes, {
        accessLogFormat: names.map((name) => `$context.${name}`).join(' '),
        authorizers: [jwtAuthorizer('users')],
        guards: { 'GET /fn/{id}': 'users' },
      }),
    );
    guarded.ports.tokens.verdicts.set('good', { claims, scopes: [], expiresAt: Number.POSITIVE_INFINITY });
    guarded.call({ target: '/fn/5', headers: [['Authorization', 'Bearer good']] });
    guarded.call({ target: '/fn/5', headers: [['Authorization', 'Bearer bad']] });
    assert.deepEqual(guarded.ports.stageLogs.lines, ['u-1 - - -', '- - - -']);
  });

  test('of a function that failed', () => {
    const names = [
      'status',
      'integrationStatus',
      'integration.status',
      'integration.error',
      'error.message',
      'error.responseType',
    ];
    const found = values(names, fn, (api) => {
      api.ports.functions.handler = () => ({ kind: 'functionError', payload: '{"errorType":"Error","errorMessage":"no\\nway"}' });
    });
    assert.deepEqual(found, [
      ...['500', '200', '-', 'Lambda Customer Function Error:no\\u000away', 'Internal Server Error', 'INTEGRATION_FAILURE'],
    ]);
  });

  test('of a function that Lambda did not run', () => {
    const found = values(['status', 'integrationStatus', 'integration.error'], fn, (api) => {
      api.ports.functions.handler = () => ({ kind: 'refused', refusal: 'AccessDenied', message: 'no permission' });
    });
    assert.deepEqual(found.slice(0, 2), ['500', '403']);
    assert.match(found[2] ?? '', /no permission/);
  });

  test('of a backend, with the request ids of AWS services', () => {
    const names = [
      'status',
      'integrationStatus',
      'integration.status',
      'awsEndpointRequestId',
      'integration.requestId',
      'awsEndpointRequestId2',
    ];
    const found = values(names, { target: '/proxy' }, (api) => {
      api.upstreams.answer = () =>
        fakeResponse(
          503,
          [
            ['x-amzn-RequestId', 'one'],
            ['x-amz-id-2', 'two'],
          ],
          'busy',
        );
    });
    assert.deepEqual(found, ['503', '503', '503', 'one', 'one', 'two']);
  });

  test('of a backend that failed', () => {
    const found = values(['status', 'integrationStatus', 'integrationErrorMessage'], { target: '/proxy' }, (api) => {
      api.upstreams.answer = () => ({ kind: 'connect', message: 'ECONNREFUSED' });
    });
    assert.deepEqual(found, ['503', '-', 'ECONNREFUSED']);
  });

  test('of a request that no route matches', () => {
    const names = [
      'status',
      'routeKey',
      'integrationLatency',
      'error.message',
      'error.messageString',
      'error.responseType',
      'integration.error',
    ];
    assert.deepEqual(values(names, { target: '/nowhere' }), [
      ...['404', '-', '-', 'Not Found', '"Not Found"', 'RESOURCE_NOT_FOUND', '-'],
    ]);
  });

  test('that have no value, or that HTTP APIs do not have', () => {
    const names = [
      'authorizer.claims.sub',
      'authorizer.principalId',
      'identity.caller',
      'resourcePath',
      'xrayTraceId',
      'no.such',
    ];
    assert.deepEqual(values(names, fn), ['-', '-', '-', '-', '-', '-']);
  });

  test('of a custom domain: the mapping key that was matched', () => {
    for (const [received, path, key] of [
      ['/shop/v1/fn/5', '/fn/5', 'shop/v1'],
      ['/shop', '/', 'shop'],
      ['/fn/5', '/fn/5', '-'],
    ] as const) {
      const api = serve('$context.customDomain.basePathMatched $context.domainName $context.requestId');
      const request = new FakeRequest({ target: received });
      const address = {
        path,
        pathWithStage: path,
        pathWithMapping: received,
        domainName: 'api.example.com',
        domainPrefix: 'api',
      };
      invoke(api.pipeline, request, { ...address, protocol: 'http' });
      assert.match(api.ports.stageLogs.lines[0] ?? '', new RegExp(`^${key} api\\.example\\.com `));
    }
    assert.deepEqual(values(['customDomain.basePathMatched'], fn), ['-']);
  });

  test('a named stage stands in the path', () => {
    const api = serve('$context.requestId $context.stage $context.path', { stageName: 'prod' });
    api.call(fn);
    assert.match(api.ports.stageLogs.lines[0] ?? '', / prod \/prod\/fn\/5$/);
  });
});

describe('formats', () => {
  test('the stage names its log group; the log of every stage has a line of its own', () => {
    const api = httpApi(routes, { accessLogFormat: '$context.requestId own' });
    const everywhere: string[] = [];
    const served = new ServedApi(api, {
      everyStage: { format: parseAccessLogFormat('$context.apiId all'), sink: { write: (line) => everywhere.push(line) } },
    });
    served.call(fn);
    served.call({ method: 'OPTIONS', target: '/fn/5' });
    assert.deepEqual(served.ports.stageLogs.opened, [
      { scope: { account: '000000000000', region: 'us-east-1' }, logGroupName: '/apigw/access' },
    ]);
    assert.equal(served.ports.stageLogs.lines.length, 2);
    assert.match(served.ports.stageLogs.lines[0] ?? '', / own$/);
    assert.deepEqual(everywhere, ['a1b2c3 all', 'a1b2c3 all']);
  });

  test('a dollar sign, a name that ends a sentence, a line end at the end', () => {
    assert.deepEqual(parseAccessLogFormat('5$ $context.status. $context.identity.sourceIp\n'), {
      escaping: 'text',
      pieces: ['5$ ', { variable: 'status' }, '. ', { variable: 'identity.sourceIp' }],
    });
  });

  test('a line is written for a client that has gone', () => {
    const api = serve('$context.requestId $context.status');
    api.ports.functions.handler = () => undefined;
    (api.call(fn).onAbort as AbortListener).onClientGone();
    assert.match(api.ports.stageLogs.lines[0] ?? '', / 499$/);
  });
});

describe('no request forges or breaks a line', () => {
  const attacks = [
    'x\r\n{"status":200}',
    'a\u001b[31mred',
    'say "hi" \\',
    '", "admin": "true',
    '</request><request id="forged">',
    'nul\u0000 del\u007f c1\u0085',
    'tab\tand more',
    "single ' quote & ampersand",
    Buffer.from('ü \u2028 \u202e \u{1F600}').toString('latin1'),
    '\u00ff\u00fe broken utf-8',
    'x'.repeat(9_000),
  ];
  for (const attack of attacks) {
    test(JSON.stringify(attack).slice(0, 60), () => {
      const request: FakeRequestOptions = { target: '/fn/5', headers: [['User-Agent', attack]] };
      const lineOf = (format: string): string => {
        const api = serve(format);
        api.call(request);
        assert.equal(api.ports.stageLogs.lines.length, 1);
        const line = api.ports.stageLogs.lines[0] as string;
        assert.doesNotMatch(line, /[\u0000-\u001f\u007f-\u009f\u2028-\u202e]/u, 'no control character reaches the line');
        assert.ok(line.isWellFormed());
        assert.ok(line.length < 30_000);
        return line;
      };
      const json = JSON.parse(
        lineOf('{"id":"$context.requestId","agent":"$context.identity.userAgent","status":$context.status}'),
      );
      assert.deepEqual(Object.keys(json), ['id', 'agent', 'status']);
      assert.equal(json.status, 200);
      const text = lineOf('$context.requestId "$context.identity.userAgent" $context.status');
      assert.match(text, /^\S+ "(?:[^"\\]|\\.)*" 200$/, 'a quoted value ends at its quote');
      const xml = lineOf('<request id="$context.requestId"><agent>$context.identity.userAgent</agent></request>');
      assert.match(xml, /^<request id="[^"]+"><agent>[^<>"]*<\/agent><\/request>$/);
    });
  }

  test('text that is UTF-8 stays readable', () => {
    const agent = 'Grüße \u{1F600}';
    const api = serve('{"agent":"$context.identity.userAgent","id":"$context.requestId"}');
    api.call({ target: '/fn/5', headers: [['User-Agent', Buffer.from(agent).toString('latin1')]] });
    assert.equal(JSON.parse(api.ports.stageLogs.lines[0] as string).agent, agent);
  });
});
