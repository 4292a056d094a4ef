// JWT authorizers in the flow, with a verifier that knows its tokens: where the token is looked for, scopes, answers, events.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { invoke } from '../../data-plane/http-api/invoke.ts';
import { FakeRequest, type FakeRequestOptions } from '../../data-plane/testing/fake-messages.ts';
import type { JwtAuthorizer } from '../../model/http-api.ts';
import { httpApi, jwtAuthorizer, lambda } from '../testing/http-api-builder.ts';
import { ServedApi } from '../testing/served-api.ts';
import { assembleHttpApi } from './assemble.ts';

const ann = {
  claims: { sub: 'u-1', admin: true, 'cognito:groups': ['admin', 'ops'], scope: 'orders/read email', gone: null },
  scopes: ['orders/read', 'email'],
  expiresAt: Number.POSITIVE_INFINITY,
};

function guarded(authorizer: Partial<JwtAuthorizer> = {}, payloadFormatVersion: '1.0' | '2.0' = '2.0') {
  const routes = {
    'GET /any': lambda({ payloadFormatVersion }),
    'GET /read': lambda({ payloadFormatVersion }),
    'GET /write': lambda({ payloadFormatVersion }),
  };
  const served = new ServedApi(
    httpApi(routes, {
      authorizers: [jwtAuthorizer('users', authorizer)],
      guards: { 'GET /any': 'users', 'GET /read': 'users', 'GET /write': 'users' },
      scopes: { 'GET /read': ['admin', 'orders/read'], 'GET /write': ['orders/write', 'admin'] },
    }),
  );
  served.ports.exchanges.captureLevel = 2;
  served.ports.tokens.verdicts.set('ann', ann);
  const call = (target: string, headers: FakeRequestOptions['headers'] = [['Authorization', 'Bearer ann']]) =>
    served.call({ target, headers });
  const shown = () => (served.lastEvent['requestContext'] as Record<string, unknown>)['authorizer'];
  const record = () => served.ports.exchanges.records.at(-1);
  return { served, call, shown, record };
}

describe('the token', () => {
  test('the verifier is asked for once with the rules of the authorizer', () => {
    const { served } = guarded();
    assert.deepEqual(served.ports.tokens.rules, [{ issuer: 'https://issuer.example', audiences: ['client-1'] }]);
  });

  const forms: [desc: string, source: string, target: string, headers: [string, string][], asked: string | undefined][] = [
    ['behind Bearer', '$request.header.Authorization', '/any', [['Authorization', 'Bearer ann']], 'ann'],
    ['behind bearer', '$request.header.Authorization', '/any', [['authorization', 'bearer ann']], 'ann'],
    ['bare', '$request.header.Authorization', '/any', [['Authorization', 'ann']], 'ann'],
    ['in another header', '$request.header.X-Token', '/any', [['X-Token', 'ann']], 'ann'],
    ['in the query', '$request.querystring.access_token', '/any?access_token=ann', [], 'ann'],
    ['behind another scheme', '$request.header.Authorization', '/any', [['Authorization', 'Basic ann']], 'Basic ann'],
    ['Bearer alone', '$request.header.Authorization', '/any', [['Authorization', 'Bearer']], 'Bearer'],
    [
      'sent twice',
      '$request.header.Authorization',
      '/any',
      [
        ['Authorization', 'ann'],
        ['Authorization', 'ann'],
      ],
      'ann,ann',
    ],
    ['missing', '$request.header.Authorization', '/any', [], undefined],
    ['empty', '$request.header.Authorization', '/any', [['Authorization', '']], undefined],
    ['in the wrong place', '$request.header.Authorization', '/any?Authorization=ann', [], undefined],
  ];
  for (const [desc, source, target, headers, asked] of forms) {
    test(`${desc}: ${asked === 'ann' ? 200 : 401}`, () => {
      const { served, call, record } = guarded({ identitySource: [source] });
      const response = call(target, headers);
      assert.deepEqual(served.ports.tokens.asked, asked === undefined ? [] : [asked]);
      assert.equal(response.status, asked === 'ann' ? 200 : 401);
      assert.equal(served.ports.functions.events.length, asked === 'ann' ? 1 : 0);
      if (asked !== undefined) return;
      assert.equal(response.responseText, '{"message":"Unauthorized"}');
      assert.equal(response.responseHeader('www-authenticate'), 'Bearer');
      assert.match(record()?.reason ?? '', /has no \$request.*, where the JWT authorizer "users" looks for the token/);
    });
  }

  test('refused: 401 with AWS header; the reason stays with us', () => {
    const { served, call, record } = guarded();
    const description = 'the token does not have a valid audience';
    served.ports.tokens.verdicts.set('ann', { fault: 'The token was refused: it is for "other".', description });
    const response = call('/any');
    assert.equal(response.status, 401);
    assert.equal(response.responseText, '{"message":"Unauthorized"}');
    assert.equal(
      response.responseHeader('www-authenticate'),
      `Bearer scope="" error="invalid_token" error_description="${description}"`,
    );
    assert.equal(record()?.refusedAt, 'authorize');
    assert.equal(record()?.reason, 'JWT authorizer "users": The token was refused: it is for "other".');
  });
});

describe('scopes', () => {
  test('one of the route is enough', () => {
    assert.equal(guarded().call('/read').status, 200);
  });

  test('none of them: 403', () => {
    const { served, call, record } = guarded();
    const response = call('/write');
    assert.equal(response.status, 403);
    assert.equal(response.responseText, '{"message":"Forbidden"}');
    assert.equal(response.responseHeader('www-authenticate'), 'Bearer scope="orders/write admin" error="insufficient_scope"');
    assert.match(record()?.reason ?? '', /grants none of the route's scopes \(orders\/write admin\)/);
    assert.equal(served.ports.functions.events.length, 0);
  });

  test('what one route decided about a token is not what another decides', () => {
    const { call } = guarded();
    assert.deepEqual(
      ['/read', '/write', '/any', '/write', '/read'].map((target) => call(target).status),
      [200, 403, 200, 403, 200],
    );
  });
});

describe('requestContext.authorizer', () => {
  const claims = { sub: 'u-1', admin: 'true', 'cognito:groups': '[admin ops]', scope: 'orders/read email' };

  test('payload format 2.0: all scopes of the token where the route wants some, null where it wants none', () => {
    const { call, shown } = guarded();
    call('/read');
    assert.deepEqual(shown(), { jwt: { claims, scopes: ['orders/read', 'email'] } });
    call('/any');
    assert.deepEqual(shown(), { jwt: { claims, scopes: null } });
  });

  test('payload format 1.0: without jwt around it', () => {
    const { call, shown } = guarded({}, '1.0');
    call('/read');
    assert.deepEqual(shown(), { claims, scopes: ['orders/read', 'email'] });
  });

  test('the finding names claims, and none of their values', () => {
    const { call, record } = guarded();
    call('/read');
    assert.deepEqual(record()?.steps?.find(({ stage }) => stage === 'authorize')?.finding, {
      authorizationType: 'JWT',
      authorizerId: 'users-id',
      claims: ['sub', 'admin', 'cognito:groups', 'scope'],
      scopes: ['orders/read', 'email'],
    });
  });
});

describe('a verdict that comes later', () => {
  test('lets the request pass then', async () => {
    const { served, call } = guarded();
    served.ports.tokens.verdicts.set('ann', Promise.resolve(ann));
    const request = call('/any');
    assert.equal(request.answers, 0);
    await Promise.resolve().then(() => {});
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(request.status, 200);
    assert.equal(served.ports.deadlines.waiting.size > 0, false);
  });

  test('does not come: 500, and a late one starts nothing', async () => {
    const { served, call, record } = guarded();
    let tell: (verdict: typeof ann) => void = () => {};
    served.ports.tokens.verdicts.set(
      'ann',
      new Promise((resolve) => {
        tell = resolve;
      }),
    );
    const request = call('/any');
    served.ports.deadlines.expireAll();
    assert.equal(request.status, 500);
    assert.match(record()?.reason ?? '', /could not verify the token within/);
    tell(ann);
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(request.answers, 1);
    assert.equal(served.ports.functions.events.length, 0);
  });

  test('a client that left gets nothing started', async () => {
    const { served, call } = guarded();
    served.ports.tokens.verdicts.set('ann', Promise.resolve(ann));
    const request = call('/any');
    request.leave();
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(served.ports.functions.events.length, 0);
  });

  test('a verifier that rejects, against its word, is a 500', async () => {
    const { served, call, record } = guarded();
    served.ports.tokens.verdicts.set('ann', Promise.reject(new Error('bug')));
    const request = call('/any');
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(request.status, 500);
    assert.equal(record()?.refusedAt, 'authorize');
    assert.equal(served.ports.functions.events.length, 0);
  });
});

test('without anybody who verifies tokens, everybody is refused', () => {
  const api = httpApi({ 'GET /a': lambda() }, { authorizers: [jwtAuthorizer('users')], guards: { 'GET /a': 'users' } });
  const { pipeline, ports, upstreams } = new ServedApi(api);
  const { functions, exchanges, counters, deadlines, authorizerResults } = ports;
  const deaf = assembleHttpApi(pipeline.plan, { functions, exchanges, counters, deadlines, authorizerResults }, upstreams);
  const request = new FakeRequest({ target: '/a', headers: [['Authorization', 'Bearer ann']] });
  invoke(deaf, request, {
    path: '/a',
    pathWithStage: '/a',
    pathWithMapping: '/a',
    domainName: 'h',
    domainPrefix: 'h',
    protocol: 'http',
  });
  assert.equal(request.status, 500);
  assert.match(exchanges.records[0]?.reason ?? '', /nothing here verifies tokens/);
});
