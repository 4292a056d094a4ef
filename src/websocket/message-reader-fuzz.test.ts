// A slice of the fuzzing that `npm run fuzz` does by the million.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fuzzWebSocketReader } from './message-reader.fuzz.ts';

test('50,000 frames: read as the RFC has it and as ws reads them, wherever they are cut', async () => {
  const report = await fuzzWebSocketReader(13_000, 20_261_127);
  assert.deepEqual(report.disagreements, []);
  assert.equal(report.cases, 13_000);
  assert.ok(report.requests >= 50_000, `only ${report.requests} frames`);
  // A fuzzer that is refused everything compares nothing.
  assert.ok(report.accepted > 5000, `only ${report.accepted} conversations had no violation`);
});
