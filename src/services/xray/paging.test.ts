import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pageOf } from './paging.ts';

test('pages follow each other until the list is over', () => {
  const seen: number[][] = [];
  let token: string | undefined;
  do {
    const { items, next } = pageOf([1, 2, 3, 4, 5], token, ['numbers'], 2);
    seen.push(items);
    token = next.NextToken;
  } while (token !== undefined);
  assert.deepEqual(seen, [[1, 2], [3, 4], [5]]);
  assert.deepEqual(pageOf([1, 2], undefined, [], 2), { items: [1, 2], next: {} });
});

test('a token of another list is refused', () => {
  const { NextToken: token } = pageOf([1, 2, 3], undefined, ['numbers'], 2).next;
  assert.ok(token !== undefined && token.length <= 100);
  for (const [wrong, list] of [
    [token, ['letters']],
    [Buffer.from(`${Buffer.from(token, 'base64url')}x`).toString('base64url'), ['numbers']],
    ['', ['numbers']],
  ] as const) {
    assert.throws(() => pageOf([1], wrong, list, 2), { code: 'InvalidRequestException' });
  }
});
