import assert from 'node:assert/strict';
import { test } from 'node:test';
import { functionTrace, lineageOf } from './function-trace.ts';

const lineage = lineageOf('arn:aws:lambda:us-east-1:000000000000:function:f');
const root = '1-6740a1b2-0123456789abcdef01234567';

for (const [received, expected] of [
  [`Root=${root}`, /^Root=1-6740a1b2-0123456789abcdef01234567;Parent=[0-9a-f]{16};Sampled=0;Lineage=1:[0-9a-f]{8}:0$/],
  [`Root=${root};Sampled=1`, /;Parent=[0-9a-f]{16};Sampled=1;/],
  // A sampled invocation is the parent of what the function does.
  [`Root=${root};Parent=53995c3f42cd8ad8`, /^Root=[^;]+;Parent=(?!53995c3f42cd8ad8)[0-9a-f]{16};Sampled=1;/],
  [`sampled=0; parent=53995c3f42cd8ad8 ;ROOT=${root}`, /^Root=1-6740a1b2-[^;]+;Parent=53995c3f42cd8ad8;Sampled=0;/],
  [`Root=${root};Sampled=?;Lineage=a:1|b:2`, /;Sampled=0;Lineage=a:1\|b:2$/],
  ['', /^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0;Lineage=1:/],
] as const) {
  test(`"${received}" becomes whole`, () => assert.match(functionTrace(received, lineage), expected));
}

test('a function that traces by itself decides where its caller did not', () => {
  const taken = (received: string, isTaken: boolean) => /Sampled=(.)/.exec(functionTrace(received, lineage, () => isTaken))?.[1];
  assert.deepEqual(
    ['', `Root=${root}`, `Root=${root};Sampled=0`].map((received) => [taken(received, true), taken(received, false)]),
    [
      ['1', '0'],
      ['1', '0'],
      ['0', '0'],
    ],
  );
});

test('no two invocations have one parent or root', () => {
  const traces = Array.from({ length: 2_000 }, () => functionTrace('', lineage));
  assert.equal(new Set(traces.map((trace) => /Parent=(\w+)/.exec(trace)?.[1])).size, 2_000);
  assert.equal(new Set(traces.map((trace) => /Root=([\w-]+)/.exec(trace)?.[1])).size, 2_000);
});
