import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FunctionEnvironments } from './function-environments.ts';
import { Invocation } from './invocation.ts';
import { WaitingCalls } from './waiting-calls.ts';

type Given = ConstructorParameters<typeof FunctionEnvironments>;

/** The environments of a function; what it is does not matter to a line. */
function environmentsOf(): FunctionEnvironments {
  return new FunctionEnvironments({} as Given[0], {} as Given[1], () => {});
}

function call(length: number): Invocation {
  return new Invocation({ requestId: '', event: 'x'.repeat(length), traceId: '', receiver: { onFunctionResult() {} } });
}

function lineOf(calls: WaitingCalls, lengths: readonly number[]): FunctionEnvironments {
  const environments = environmentsOf();
  for (const length of lengths) calls.add(environments, call(length));
  return environments;
}

for (const [desc, lengths, count, taken] of [
  ['as many as are asked for', [1, 1, 1, 1], 3, 3],
  ['as many as there are', [1, 1], 3, 2],
  ['none', [1, 1], 0, 0],
  ['of an empty line', [], 3, 0],
  ['no more than fits', [30_000, 30_000, 5_000, 1_000], 9, 3],
  ['no large one', [70_000, 1], 9, 0],
] as const) {
  test(`to be given ahead: ${desc}`, () => {
    const calls = new WaitingCalls();
    const environments = lineOf(calls, lengths);
    assert.equal(calls.takeAhead(environments, count).length, taken);
    assert.equal(calls.count, lengths.length - taken);
    assert.equal(
      calls.bytes,
      lengths.slice(taken).reduce((sum, length) => sum + length, 0),
    );
    assert.equal(environments.taken, taken);
  });
}

test('a call that is put back is the next to be taken, and one for a start is not counted as taken', () => {
  const calls = new WaitingCalls();
  const environments = lineOf(calls, [1, 2]);
  const first = call(3);
  calls.putBack(environments, first);
  assert.equal(calls.bytes, 6);
  assert.equal(calls.takeForStart(environments), first);
  assert.equal(environments.taken, 0);
  assert.equal(calls.take(environments)?.event.length, 1);
  assert.equal(environments.taken, 1);
});

test('functions are served in turn', () => {
  const calls = new WaitingCalls();
  const [one, two] = [lineOf(calls, [1, 1]), lineOf(calls, [1])];
  assert.equal(calls.nextHungry(), one);
  calls.serveLast(one);
  assert.equal(calls.nextHungry(), two);
  calls.serveNext(two);
  assert.equal(calls.nextHungry(), two);
  assert.equal(calls.nextHungry(), one);
  assert.equal(calls.isEmpty, true);
});
