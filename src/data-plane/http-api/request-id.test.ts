// Identifiers of requests: their form, and that no two are the same.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newRequestId, newTraceId, newUuid } from './request-id.ts';

const forms: [what: string, make: () => string, form: RegExp][] = [
  ['a request id', newRequestId, /^[\w-]{15}=$/],
  ['a UUID of version 4', newUuid, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/],
  ['a trace id', () => newTraceId(1_700_000_000_000), /^Root=1-6553f100-[0-9a-f]{24}$/],
];

for (const [what, make, form] of forms) {
  test(`${what} has its form and comes once`, () => {
    // More than one batch of random text.
    const made = Array.from({ length: 3_000 }, make);
    for (const id of made) assert.match(id, form);
    assert.equal(new Set(made).size, made.length);
  });
}

test('every bit of a UUID but those of version and variant is random', () => {
  const ones = new Array<number>(128).fill(0);
  const count = 4_096;
  for (let i = 0; i < count; i++) {
    const bits = BigInt(`0x${newUuid().replaceAll('-', '')}`);
    for (let bit = 0; bit < 128; bit++) if ((bits >> BigInt(127 - bit)) & 1n) ones[bit] = (ones[bit] ?? 0) + 1;
  }
  const fixed = ones.flatMap((of, bit) => (of === 0 || of === count ? [bit] : []));
  assert.deepEqual(fixed, [48, 49, 50, 51, 64, 65]);
  // Six standard deviations of a fair coin: 32 each.
  ones.forEach((of, bit) => {
    assert.ok(fixed.includes(bit) || Math.abs(of - count / 2) < 6 * 32, `bit ${bit}: ${of} of ${count}`);
  });
});
