import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RateLimiter } from './rate-limiter.ts';
import { inspectionOf } from './testing/inspection-examples.ts';

const LIMIT = 10;
/** As many keys as are counted. */
const KEYS = 20_000;
const NOW = Date.UTC(2026, 10, 1);

/** Counts requests by their paths. */
function newLimiter() {
  const limiter = new RateLimiter({
    ...{ limit: LIMIT, windowSeconds: 60, scope: undefined, keyOf: ({ request: { path } }) => path },
  });
  return (path: string, now = NOW) => limiter.take({ ...inspectionOf({ path }), now });
}

function repeat(take: (path: string) => unknown, path: string, times: number): void {
  for (let i = 0; i < times; i++) take(path);
}

test('a key that is limited stays so while ever new keys come', () => {
  const take = newLimiter();
  repeat(take, '/greedy', LIMIT + 1);
  for (let i = 0; i < 3 * KEYS; i++) take(`/${i}`);
  assert.equal(take('/greedy'), '/greedy');
});

test('a key that is not limited is forgotten when more come than are counted', () => {
  const take = newLimiter();
  repeat(take, '/modest', LIMIT);
  for (let i = 0; i < KEYS; i++) take(`/${i}`);
  assert.equal(take('/modest'), undefined);
});

test('a key whose window is over makes room, and the newer ones are still counted', () => {
  const take = newLimiter();
  for (let i = 0; i < KEYS / 2; i++) take(`/early${i}`);
  const later = NOW + 60_000;
  for (let i = 0; i < KEYS / 2 - 1; i++) take(`/late${i}`, later);
  for (let i = 0; i < LIMIT; i++) take('/counted', later);
  for (let i = 0; i < KEYS / 2; i++) take(`/new${i}`, later);
  assert.equal(take('/counted', later), '/counted');
});

test('long keys are told apart by all of their characters', () => {
  const take = newLimiter();
  const long = '/'.padEnd(5_000, 'a');
  repeat(take, `${long}1`, LIMIT);
  assert.equal(take(`${long}2`), undefined);
  assert.equal(take(`${long}1`), `${long}1`);
});
