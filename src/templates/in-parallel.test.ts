import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { inParallel } from './in-parallel.ts';

test('all are waited for, and the first failure in their order is thrown', async () => {
  const ended: number[] = [];
  const work = async (ms: number) => {
    await wait(ms);
    ended.push(ms);
    if (ms > 5) throw new Error(`after ${ms} ms`);
  };
  await assert.rejects(inParallel([30, 10, 1], work), /after 30 ms/);
  assert.deepEqual(ended, [1, 10, 30]);
  await inParallel([], work);
});
