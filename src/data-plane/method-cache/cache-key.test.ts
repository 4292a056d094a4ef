import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cacheKey, cacheKeyPrefix } from './cache-key.ts';
import type { CachedResponse } from './cached-response.ts';
import { MethodCache } from './method-cache.ts';

const method = {
  scope: { account: '1', region: 'r' },
  ...{ apiId: 'a', stageName: 's', deploymentId: 'd', namespace: 'n', resourcePath: '/p', httpMethod: 'GET' },
};

test('whatever differs makes another key; the same makes the same', () => {
  const key = (changed: object, principal: string | undefined = 'me', parameters: (string | undefined)[] = ['1', '2']) =>
    cacheKey(cacheKeyPrefix({ ...method, ...changed }), principal, parameters);
  assert.match(key({}), /^[\w-]{43}$/);
  assert.equal(key({}), key({}));
  const keys = [
    key({}),
    key({ scope: { account: '2', region: 'r' } }),
    key({ scope: { account: '1', region: 's' } }),
    ...['apiId', 'stageName', 'deploymentId', 'namespace', 'resourcePath', 'httpMethod'].map((name) => key({ [name]: 'x' })),
    key({}, 'you'),
    key({}, ''),
    cacheKey(cacheKeyPrefix(method), undefined, ['1', '2']),
    // Nothing of a value can be taken for the end of one.
    key({}, 'me', ['12', '']),
    key({}, 'me', ['', '12']),
    key({}, 'me', ['1', undefined]),
    key({}, 'me', [undefined, '1']),
    key({}, 'me', ['1']),
    key({}, 'me', ['1:2', '']),
    key({}, 'me', ['11:2']),
    key({}, 'me', ['1', '2', '-']),
    key({}, 'me-', ['1', '2']),
    key({ stageName: 's1:d' }),
  ];
  assert.equal(new Set(keys).size, keys.length);
});

// The oracle: every response carries whom it was made for and what for. Random requests of many principals at once, with refreshes,
// flushes, slow answers and small memory: nobody may see what was made for another.
function strangersSeen(keyOf: typeof cacheKey): number {
  let seed = 20_261_127;
  const random = (below: number): number => {
    seed = (seed * 1_103_515_245 + 12_345) & 0x7fffffff;
    return (seed >> 8) % below;
  };
  const cache = new MethodCache(20_000);
  const prefixes = ['GET', 'POST'].map((httpMethod) => cacheKeyPrefix({ ...method, httpMethod }));
  const waiting: { settle(nowMs: number): void }[] = [];
  const figures = { hit: 0, wait: 0, fetch: 0 };
  let strangers = 0;
  let now = 0;
  for (let i = 0; i < 100_000; i++) {
    now += random(5);
    const principal = ['alice', 'bob', 'alice:1', '', 'al', 'ice', undefined][random(7)];
    const parameters = [['1', '2', '12', ''][random(4)], ['', '2', undefined][random(3)]];
    const which = random(2);
    const madeFor = JSON.stringify([principal ?? null, parameters, which]);
    const check = (response: CachedResponse | undefined): void => {
      if (response !== undefined && response.body.toString() !== madeFor) strangers++;
    };
    const key = keyOf(prefixes[which] ?? '', principal, parameters);
    const request = { key, ttlMs: 500, encrypted: random(10) === 0, refresh: random(20) === 0 };
    const found = cache.lookUp(request, { onShared: check }, now);
    figures[found.kind]++;
    if (found.kind === 'hit') check(found.response);
    if (found.kind === 'fetch') {
      const body = Buffer.from(madeFor);
      waiting.push({ settle: (at) => found.flight.settle({ status: 200, headers: [], body }, at) });
    }
    while (waiting.length > random(12)) waiting.splice(random(waiting.length), 1)[0]?.settle(now);
    if (random(5000) === 0) cache.flush();
    assert.ok(cache.bytes <= 20_000);
  }
  assert.ok(
    Object.values(figures).every((count) => count > 1000),
    JSON.stringify(figures),
  );
  return strangers;
}

test('100,000 random requests of 7 principals: no response reaches anybody but the one it was made for', () => {
  assert.equal(strangersSeen(cacheKey), 0);
});

test('the test above sees a key without the principal, and one whose parts run into each other', () => {
  assert.ok(strangersSeen((prefix, _, parameters) => cacheKey(prefix, undefined, parameters)) > 100);
  assert.ok(strangersSeen((prefix, principal, parameters) => `${prefix}${principal ?? ''}${parameters.join('')}`) > 100);
});
