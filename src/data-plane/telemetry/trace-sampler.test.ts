import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TraceSampler } from './trace-sampler.ts';

const never = () => 0.99;
const root = 'Root=1-6740a1b2-0123456789abcdef01234567';

test('the first request of each second is sampled, and one in twenty of the others', () => {
  let random = 0.04;
  const sampler = new TraceSampler(() => random);
  const isSampled = (nowMs: number) => sampler.header(undefined, nowMs).endsWith(';Sampled=1');
  assert.deepEqual([isSampled(1_000), isSampled(1_500), isSampled(2_000)], [true, true, true]);
  random = 0.06;
  assert.deepEqual([isSampled(2_999), isSampled(3_000), isSampled(3_001)], [false, true, false]);
});

for (const [received, expected] of [
  [undefined, /^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Sampled=0$/],
  [`${root};Sampled=1`, /^Root=1-6740a1b2-0123456789abcdef01234567;Parent=[0-9a-f]{16};Sampled=1$/],
  [`sampled=0; parent=53995C3F42CD8AD8 ;${root}`, /^Root=1-6740a1b2-[^;]+;Parent=53995C3F42CD8AD8;Sampled=0$/],
  [`${root};Parent=53995c3f42cd8ad8;Sampled=1`, /Parent=(?!53995c3f42cd8ad8)[0-9a-f]{16};Sampled=1$/],
  [`${root};Parent=<x>`, /^Root=1-6740a1b2-[^;]+;Sampled=0$/],
  ['Root=nonsense;Sampled=0', /^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Sampled=0$/],
  [`${root};${'x'.repeat(300)}`, /^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Sampled=0$/],
] as const) {
  test(`"${received}" goes on as ${expected}`, () => {
    const sampler = new TraceSampler(never);
    sampler.header(undefined, 1_000);
    assert.match(sampler.header(received, 1_001), expected);
  });
}
