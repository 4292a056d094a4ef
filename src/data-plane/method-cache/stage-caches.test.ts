import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MethodCache } from './method-cache.ts';
import { StageCaches } from './stage-caches.ts';

const scope = { account: '000000000000', region: 'eu-west-1' };

function fill(cache: MethodCache, key: string, bytes: number): void {
  const found = cache.lookUp({ key, ttlMs: 1000, encrypted: false, refresh: false }, { onShared: () => {} }, 0);
  if (found.kind === 'fetch') found.flight.settle({ status: 200, headers: [], body: Buffer.alloc(bytes) }, 0);
}

test('a stage keeps its cache when it is deployed again; stages are apart; a flush is of one stage', () => {
  const caches = new StageCaches(1_000_000_000);
  const prod = caches.open(scope, 'pets', 'prod', '0.5');
  assert.equal(caches.open(scope, 'pets', 'prod', '1.6'), prod);
  const others = [
    caches.open(scope, 'pets', 'test'),
    caches.open(scope, 'cats', 'prod'),
    caches.open({ ...scope, region: 'us-east-1' }, 'pets', 'prod'),
  ];
  assert.equal(new Set([prod, ...others]).size, 4);
  for (const cache of [prod, ...others]) fill(cache, 'k', 1000);
  caches.flush(scope, 'pets', 'prod');
  assert.deepEqual(
    [prod, ...others].map(({ bytes }) => bytes > 0),
    [false, true, true, true],
  );
  const before = caches.bytes;
  caches.close(scope, 'cats', 'prod');
  assert.ok(caches.bytes < before);
  assert.notEqual(caches.open(scope, 'cats', 'prod'), others[1]);
});

test('the size of the cluster bounds a stage, and so does the gateway', () => {
  const caches = new StageCaches(50_000);
  const cache = caches.open(scope, 'pets', 'prod', '237');
  for (let i = 0; i < 20; i++) fill(cache, `k${i}`, 10_000);
  assert.ok(cache.bytes <= 50_000 && cache.bytes > 30_000, `${cache.bytes}`);
  assert.throws(() => caches.open(scope, 'pets', 'prod', '3'), /no cache cluster of size 3/);
});
