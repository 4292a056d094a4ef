import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AHEAD_MAX, HandlerPace } from './handler-pace.ts';

function paceOf(...times: readonly number[]): HandlerPace {
  const pace = new HandlerPace();
  for (const us of times) pace.note(us);
  return pace;
}

const times = (count: number, us: number): number[] => Array<number>(count).fill(us);

const cases: readonly { desc: string; times: readonly number[]; ahead: number }[] = [
  { desc: 'nothing is known yet', times: times(15, 20), ahead: 0 },
  { desc: 'a fast handler', times: times(16, 20), ahead: AHEAD_MAX },
  { desc: 'one of a fifth of a millisecond: the last of five waits one', times: times(16, 200), ahead: 5 },
  { desc: 'one that is no faster than the wait', times: times(16, 1001), ahead: 0 },
  { desc: 'one call that took long', times: [...times(100, 20), 300_000], ahead: 0 },
  { desc: 'the first call took long and is forgotten', times: [50_000, ...times(150, 20)], ahead: AHEAD_MAX },
];

for (const { desc, times, ahead } of cases) test(`events ahead: ${desc}`, () => assert.equal(paceOf(...times).ahead, ahead));

test('what is forgotten has to be learned again', () => {
  const pace = paceOf(...times(16, 20));
  pace.forget();
  assert.equal(pace.ahead, 0);
  for (const us of times(16, 20)) pace.note(us);
  assert.equal(pace.ahead, AHEAD_MAX);
});
