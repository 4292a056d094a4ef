// A slice of what `npm run fuzz -- 1000000 SEED mapping` does by the million.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fuzzParameterMapping } from './parameter-mapping.fuzz.ts';

test('30,000 hostile values through parameter mapping: nothing is injected', async () => {
  const report = await fuzzParameterMapping(30_000, 20_261_127);
  assert.deepEqual(report.disagreements, []);
  assert.equal(report.cases, 30_000);
  // A mapping that refuses everything injects nothing either.
  assert.ok(report.accepted > 5_000, `only ${report.accepted} cases were accepted`);
});
