import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { SlotAllocator } from '../slot-allocator.ts';
import { httpApi, httpProxy, lambda } from '../testing/http-api-builder.ts';
import { explainRoute } from './explain.ts';
import { ACCOUNT_LIMITS, planHttpApi } from './plan.ts';

const { snapshot, stage } = httpApi(
  {
    'GET /pets/{id}': httpProxy('http://h/{id}'),
    'GET /pets': lambda(),
    'POST /pets/{id}': lambda(),
    'ANY /{proxy+}': lambda(),
  },
  { routeSettings: { 'GET /pets/{id}': { throttlingBurstLimit: 1, throttlingRateLimit: 1 } } },
);
const plan = planHttpApi(snapshot, stage, new SlotAllocator(new Int32Array(new SharedArrayBuffer(4096))), ACCOUNT_LIMITS);

describe('explainRoute', () => {
  test('says which route serves, with what, and why the others do not', () => {
    const found = explainRoute(plan, 'GET', '/pets/a%20b');
    assert.equal(found.match?.routeKey, 'GET /pets/{id}');
    assert.deepEqual(found.match?.pathParameters, { id: 'a b' });
    assert.equal(found.match?.integration.type, 'HTTP_PROXY');
    assert.equal(found.match?.throttle?.rateLimit, 1);
    assert.equal(found.match?.accountThrottle?.rateLimit, 10_000);
    assert.deepEqual(
      found.considered.map(({ routeKey, outcome }) => `${routeKey}: ${outcome}`),
      ['GET /pets: other path', 'GET /pets/{id}: matched', 'POST /pets/{id}: other method', 'ANY /{proxy+}: less specific'],
    );
    assert.doesNotThrow(() => structuredClone(found));
  });

  test('a trailing slash is explained', () => {
    const found = explainRoute(plan, 'GET', '/pets/');
    assert.equal(found.match?.routeKey, 'ANY /{proxy+}');
    assert.match(found.considered[0]?.why ?? '', /trailing slash/);
  });

  test('no route, and a refused path', () => {
    assert.equal(explainRoute(plan, 'GET', '/').refusal?.refused, 'NOT_FOUND');
    assert.match(explainRoute(plan, 'GET', '/a/../b').refusal?.reason ?? '', /"\.\."/);
  });
});
