// A slice of the differential fuzzing that `npm run fuzz` does by the million.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fuzzRequestParser } from './request-parser.fuzz.ts';
import { fuzzResponseParser } from './response-parser.fuzz.ts';

test('50,000 mutated requests: what we accept, Node accepts and reads the same', async () => {
  const report = await fuzzRequestParser(50_000, 20_261_123);
  assert.deepEqual(report.disagreements, []);
  assert.equal(report.cases, 50_000);
  // A fuzzer that is refused everything compares nothing.
  assert.ok(report.accepted > 15_000, `only ${report.accepted} cases were accepted`);
});

test('5,000 mutated responses: what we deliver, Node’s client reads the same', async () => {
  const report = await fuzzResponseParser(5000, 20_261_123);
  assert.deepEqual(report.disagreements, []);
  assert.ok(report.accepted > 1500, `only ${report.accepted} cases were accepted`);
});
