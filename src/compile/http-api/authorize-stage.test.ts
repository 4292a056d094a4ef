// The authorize stage of the flow: what the conductor does with an authorizer's answer, whenever it comes.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type AuthDecision, lambdaDecision, openDecision } from '../../data-plane/authorizers/auth-decision.ts';
import { Authorizer } from '../../data-plane/authorizers/authorizer.ts';
import type { Exchange } from '../../data-plane/http-api/exchange.ts';
import { invoke } from '../../data-plane/http-api/invoke.ts';
import type { HttpApiPipeline } from '../../data-plane/http-api/pipeline.ts';
import type { Refusal } from '../../data-plane/http-api/refusal.ts';
import { RouteTable } from '../../data-plane/http-api/route-selection.ts';
import { FakeRequest } from '../../data-plane/testing/fake-messages.ts';
import type { RoutePlan } from '../../model/http-api-plan.ts';
import { httpApi, httpProxy, lambda } from '../testing/http-api-builder.ts';
import { ServedApi } from '../testing/served-api.ts';
import { assembleHttpApi } from './assemble.ts';

class ScriptedAuthorizer extends Authorizer {
  readonly asked: Exchange[] = [];
  answer: () => AuthDecision | Refusal | undefined = () => undefined;

  override decide(exchange: Exchange): AuthDecision | Refusal | undefined {
    this.asked.push(exchange);
    return this.answer();
  }
}

const allowed = lambdaDecision({ authorizerId: 'auth01', principalId: 'ann', context: { tenant: 'north' } });

/** GET /a behind a scripted authorizer. */
function guarded(integration = lambda(), routeKey = 'GET /a', options: Parameters<typeof httpApi>[1] = {}) {
  const served = new ServedApi(httpApi({ [routeKey]: integration }, options));
  served.ports.exchanges.captureLevel = 2;
  const authorizer = new ScriptedAuthorizer();
  const [route] = served.pipeline.plan.routes.map((plan) => {
    const match = served.pipeline.routes.select(plan.routeKey.startsWith('OPTIONS') ? 'OPTIONS' : 'GET', '/a');
    assert.ok('route' in match);
    return { ...match.route, plan: { ...plan, authorizationType: 'CUSTOM' } satisfies RoutePlan, authorizer };
  });
  assert.ok(route !== undefined);
  const pipeline: HttpApiPipeline = { ...served.pipeline, routes: new RouteTable([route]) };
  const call = (request = new FakeRequest({ target: '/a' })) => {
    invoke(pipeline, request, served.address(request));
    return request;
  };
  return { served, authorizer, call, record: () => served.ports.exchanges.records[0] };
}

describe('the authorize stage', () => {
  test('a decision at once lets the request pass, and the event shows it', () => {
    const { served, authorizer, call, record } = guarded();
    authorizer.answer = () => allowed;
    assert.equal(call().status, 200);
    assert.deepEqual((served.lastEvent['requestContext'] as Record<string, unknown>)['authorizer'], {
      lambda: { tenant: 'north' },
    });
    assert.deepEqual(record()?.steps?.find(({ stage }) => stage === 'authorize')?.finding, {
      authorizationType: 'CUSTOM',
      authorizerId: 'auth01',
      principalId: 'ann',
      context: ['tenant'],
    });
  });

  test('payload format 1.0 shows the context beside the principal', () => {
    const { served, authorizer, call } = guarded(lambda({ payloadFormatVersion: '1.0' }));
    authorizer.answer = () => allowed;
    call();
    assert.deepEqual((served.lastEvent['requestContext'] as Record<string, unknown>)['authorizer'], {
      tenant: 'north',
      principalId: 'ann',
    });
  });

  test('nothing is started before the decision that comes later', () => {
    const { served, authorizer, call } = guarded();
    const request = call();
    assert.equal(request.answers, 0);
    assert.equal(served.ports.functions.events.length, 0);
    authorizer.asked[0]?.onAuthDecision(allowed);
    assert.equal(request.status, 200);
    assert.equal(served.ports.functions.events.length, 1);
  });

  const refusals: [refusal: Refusal, status: number, body: string, challenge?: string][] = [
    [{ refused: 'UNAUTHORIZED', reason: 'no token' }, 401, '{"message":"Unauthorized"}'],
    [{ refused: 'UNAUTHORIZED', reason: 'x', challenge: 'Bearer' }, 401, '{"message":"Unauthorized"}', 'Bearer'],
    [{ refused: 'FORBIDDEN', reason: 'denied' }, 403, '{"message":"Forbidden"}'],
    [{ refused: 'INTERNAL_ERROR', reason: 'broken' }, 500, '{"message":"Internal Server Error"}'],
  ];
  for (const [refusal, status, body, challenge] of refusals) {
    for (const later of [false, true]) {
      test(`${status}${challenge ?? ''} ${later ? 'later' : 'at once'}; the integration is not started`, () => {
        const { served, authorizer, call, record } = guarded();
        if (!later) authorizer.answer = () => refusal;
        const request = call();
        if (later) authorizer.asked[0]?.onAuthDecision(refusal);
        assert.equal(request.status, status);
        assert.equal(request.responseText, body);
        assert.equal(request.responseHeader('content-type'), 'application/json');
        assert.equal(request.responseHeader('www-authenticate'), challenge);
        assert.equal(served.ports.functions.events.length, 0);
        assert.equal(record()?.refusedAt, 'authorize');
        assert.equal(record()?.reason, refusal.reason);
        assert.equal(record()?.steps?.at(-1)?.outcome, 'refused');
      });
    }
  }

  test('a client that left while the authorizer ran gets nothing started for it', () => {
    const { served, authorizer, call, record } = guarded();
    const request = call();
    request.leave();
    assert.equal(record()?.status, 499);
    assert.equal(record()?.refusedAt, 'authorize');
    authorizer.asked[0]?.onAuthDecision(allowed);
    assert.equal(served.ports.functions.events.length, 0);
    assert.equal(served.ports.exchanges.records.length, 1);
  });

  test('an authorizer that throws is a 500, and the integration is not started', () => {
    const { served, authorizer, call, record } = guarded();
    authorizer.answer = () => {
      throw new Error('bug');
    };
    assert.equal(call().status, 500);
    assert.equal(record()?.refusedAt, 'authorize');
    assert.equal(served.ports.functions.events.length, 0);
  });

  test('a second decision starts nothing', () => {
    const { served, authorizer, call } = guarded();
    served.ports.functions.handler = () => undefined;
    const request = call();
    authorizer.asked[0]?.onAuthDecision(allowed);
    authorizer.asked[0]?.onAuthDecision(allowed);
    assert.equal(served.ports.functions.events.length, 1);
    assert.equal(request.status, 500);
  });

  test('a request waits no bucket out before it is authorized', () => {
    const api = httpApi({ 'GET /a': lambda() }, { defaultRouteSettings: { throttlingRateLimit: 0, throttlingBurstLimit: 0 } });
    const { snapshot } = api;
    const routes = snapshot.routes.map((each) => ({ ...each, authorizationType: 'JWT' as const }));
    const served = new ServedApi({ ...api, snapshot: { ...snapshot, routes } });
    assert.equal(served.call({ target: '/a' }).status, 500, 'refused by the authorizer, not 429');
  });
});

describe('default deny', () => {
  const plans: [desc: string, change: Partial<RoutePlan>][] = [
    ['JWT without authorizer', { authorizationType: 'JWT' }],
    ['CUSTOM without authorizer', { authorizationType: 'CUSTOM' }],
    ['AWS_IAM without authorizer', { authorizationType: 'AWS_IAM' }],
    ['no authorizationType', { authorizationType: undefined as never }],
    ['an authorizationType that nobody knows', { authorizationType: 'OPEN' as never }],
  ];
  for (const [desc, change] of plans) {
    test(`${desc} does not compile`, () => {
      const { pipeline, ports, upstreams } = new ServedApi(httpApi({ 'GET /a': httpProxy('http://h/') }));
      const routes = pipeline.plan.routes.map((route) => ({ ...route, ...change }));
      assert.throws(() => assembleHttpApi({ ...pipeline.plan, routes }, ports, upstreams), /and no authorizer/);
    });
  }

  test('the open decision is made for routes that ask for none only', () => {
    assert.throws(() => openDecision({ authorizationType: 'CUSTOM', routeKey: 'GET /a' }), /no authorizer/);
  });

  test('a type that nothing here can decide about refuses everybody', () => {
    const api = httpApi({ 'GET /a': lambda() });
    const routes = api.snapshot.routes.map((each) => ({ ...each, authorizationType: 'AWS_IAM' as const }));
    const served = new ServedApi({ ...api, snapshot: { ...api.snapshot, routes } });
    assert.equal(served.call({ target: '/a' }).status, 500);
    assert.equal(served.ports.exchanges.records[0]?.refusedAt, 'authorize');
    assert.match(served.ports.exchanges.records[0]?.reason ?? '', /AWS_IAM is not served/);
    assert.equal(served.ports.functions.events.length, 0);
  });
});

describe('a preflight on a route that takes OPTIONS and has an authorizer', () => {
  const cors = { allowOrigins: ['https://ok'], allowMethods: ['PUT'] };
  const preflight = () =>
    new FakeRequest({
      method: 'OPTIONS',
      target: '/a',
      headers: [
        ['Origin', 'https://ok'],
        ['Access-Control-Request-Method', 'PUT'],
      ],
    });

  for (const routeKey of ['ANY /a', '$default', 'OPTIONS /a']) {
    test(`${routeKey}: is refused like any other request without credentials`, () => {
      const { served, authorizer, call, record } = guarded(lambda(), routeKey, { cors });
      authorizer.answer = () => ({ refused: 'UNAUTHORIZED', reason: 'No token.' });
      const response = call(preflight());
      assert.equal(response.status, 401);
      assert.equal(response.responseText, '{"message":"Unauthorized"}');
      assert.equal(response.responseHeader('Access-Control-Allow-Origin'), 'https://ok');
      assert.equal(record()?.refusedAt, 'authorize');
      assert.equal(served.ports.functions.events.length, 0);
    });
  }

  test('is answered by the gateway once it passed, also later', () => {
    const { served, authorizer, call } = guarded(lambda(), 'ANY /a', { cors });
    const response = call(preflight());
    assert.equal(response.status, 0, 'nobody has decided yet');
    authorizer.asked[0]?.onAuthDecision(allowed);
    assert.equal(response.status, 204);
    assert.equal(response.responseHeader('Access-Control-Allow-Methods'), 'PUT');
    assert.equal(served.ports.functions.events.length, 0);
  });

  test('a route of another method is not asked', () => {
    const { authorizer, call } = guarded(lambda(), 'GET /a', { cors });
    assert.equal(call(preflight()).status, 204);
    assert.deepEqual(authorizer.asked, []);
  });
});
