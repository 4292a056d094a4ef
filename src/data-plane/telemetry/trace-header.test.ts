import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decideTrace, type SamplingVerdict } from './trace-header.ts';

const never = (): SamplingVerdict => ({ isSampled: false, ruleName: 'never' });
const always = (): SamplingVerdict => ({ isSampled: true, ruleName: 'always' });
const root = 'Root=1-6740a1b2-0123456789abcdef01234567';

for (const [received, expected] of [
  [undefined, /^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Sampled=0$/],
  [`${root};Sampled=1`, /^Root=1-6740a1b2-0123456789abcdef01234567;Parent=[0-9a-f]{16};Sampled=1$/],
  [`sampled=0; parent=53995C3F42CD8AD8 ;${root}`, /^Root=1-6740a1b2-[^;]+;Parent=53995C3F42CD8AD8;Sampled=0$/],
  [`${root};Parent=53995c3f42cd8ad8;Sampled=1`, /Parent=(?!53995c3f42cd8ad8)[0-9a-f]{16};Sampled=1$/],
  [`${root};Parent=<x>`, /^Root=1-6740a1b2-[^;]+;Sampled=0$/],
  ['Root=nonsense;Sampled=0', /^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Sampled=0$/],
  [`${root};${'x'.repeat(300)}`, /^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Sampled=0$/],
] as const) {
  test(`"${received}" goes on as ${expected}`, () => assert.match(decideTrace(received, 1_001, never).header, expected));
}

test('rules are asked about requests that nobody decided about', () => {
  assert.deepEqual(
    [undefined, `${root};Sampled=?`, `${root};Sampled=0`, `${root};Sampled=1`].map((received) => {
      const { isSampled, ruleName } = decideTrace(received, 1_000, always);
      return [isSampled, ruleName];
    }),
    [
      [true, 'always'],
      [true, 'always'],
      [false, undefined],
      [true, undefined],
    ],
  );
});

test("the client's segment is the parent of the stage's, whose call of the integration is the parent of what follows", () => {
  const decision = decideTrace(`${root};Parent=53995c3f42cd8ad8;Sampled=1`, 1_000, never);
  assert.equal(decision.root, root.slice(5));
  assert.equal(decision.parent, '53995c3f42cd8ad8');
  assert.ok(decision.header.includes(`Parent=${decision.subsegmentId}`));
  assert.match(decision.segmentId, /^[0-9a-f]{16}$/);
  assert.notEqual(decision.segmentId, decision.subsegmentId);
});
