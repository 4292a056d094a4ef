// The plans of WebSocket APIs, as golden pairs; rewrite them with `npm run golden` and read the diff.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { ACCOUNT_LIMITS } from '../http-api/plan.ts';
import { SlotAllocator } from '../slot-allocator.ts';
import {
  lambdaProxy,
  mock,
  type RouteOptions,
  type WebSocketApiOptions,
  webSocketApi,
} from '../testing/websocket-api-builder.ts';
import { webSocketGoldenCases } from '../testing/websocket-golden-cases.ts';
import { planWebSocketApi } from './plan.ts';

const allocator = () => new SlotAllocator(new Int32Array(new SharedArrayBuffer(4096)));

function planned(routes: Readonly<Record<string, RouteOptions>>, options: WebSocketApiOptions = {}) {
  const { snapshot, stage } = webSocketApi(routes, options);
  return planWebSocketApi(snapshot, stage, allocator(), ACCOUNT_LIMITS);
}

describe('golden plans', () => {
  const cases = webSocketGoldenCases();
  test('there are enough of them', () => assert.ok(cases.length >= 5, `${cases.length} cases`));
  for (const { name, planFile, plan } of cases) {
    test(name, () => {
      assert.ok(existsSync(planFile), `${planFile} is missing: run npm run golden and read what it wrote`);
      assert.equal(plan, readFileSync(planFile, 'utf8'), 'the plan changed: run npm run golden and read the diff');
    });
  }
});

describe('planWebSocketApi', () => {
  test('is plain JSON, and pure', () => {
    const plan = planned({ $connect: { integration: lambdaProxy() }, $default: { integration: mock(), answers: true } });
    assert.deepEqual(JSON.parse(JSON.stringify(plan)), plan);
    assert.deepEqual(
      planned({ $connect: { integration: lambdaProxy() }, $default: { integration: mock(), answers: true } }),
      plan,
    );
  });

  test('a route that asks for authorization is never served without it', () => {
    const [connect] = planned({ $connect: { integration: mock(), authorizationType: 'AWS_IAM' } }).routes;
    assert.deepEqual(connect?.authorization, { type: 'AWS_IAM' });
    for (const authorizationType of ['AWS_IAM', 'CUSTOM'] as const) {
      const [route] = planned({ send: { integration: mock(), authorizationType } }).routes;
      assert.equal(route?.authorization.type, 'UNSERVABLE');
    }
    const [custom] = planned({ $connect: { integration: mock(), authorizationType: 'CUSTOM' } }).routes;
    assert.equal(custom?.authorization.type, 'UNSERVABLE');
  });

  test('an expression that cannot be read stops the whole stage: no message is routed by guess', () => {
    assert.throws(
      () => planned({}, { api: { routeSelectionExpression: '$request.method' } }),
      /\$request\.method cannot be used/,
    );
  });

  test('a route answers with a route response and the expression, not with one of them, and never on $connect', () => {
    const answers = (routes: Readonly<Record<string, RouteOptions>>, options?: WebSocketApiOptions) =>
      planned(routes, options).routes.map((route) => route.returnsResponse);
    assert.deepEqual(answers({ a: { integration: mock(), answers: true } }), [true]);
    assert.deepEqual(answers({ a: { integration: mock(), answers: true } }, { api: { routeResponses: [] } }), [false]);
    const { snapshot } = webSocketApi({ a: { integration: mock(), answers: true } });
    const silent = snapshot.routes.map(({ routeResponseSelectionExpression: _, ...route }) => route);
    assert.deepEqual(answers({ a: { integration: mock(), answers: true } }, { api: { routes: silent } }), [false]);
    assert.deepEqual(answers({ $connect: { integration: mock(), answers: true } }), [false]);
  });

  test('a redeploy keeps the buckets of routes that stay', () => {
    const slots = allocator();
    const stage = { defaultRouteSettings: { throttlingBurstLimit: 5, throttlingRateLimit: 5 } };
    const before = webSocketApi({ a: { integration: mock() }, b: { integration: mock() } }, { stage });
    const after = webSocketApi({ new: { integration: mock() }, b: { integration: mock() } }, { stage });
    const slotOf = (plan: ReturnType<typeof planWebSocketApi>, key: string) =>
      plan.routes.find((route) => route.routeKey === key)?.throttle?.slot;
    const first = planWebSocketApi(before.snapshot, before.stage, slots, ACCOUNT_LIMITS);
    const second = planWebSocketApi(after.snapshot, after.stage, slots, ACCOUNT_LIMITS);
    assert.equal(slotOf(second, 'b'), slotOf(first, 'b'));
    assert.notEqual(slotOf(second, 'new'), slotOf(first, 'a'));
  });
});
