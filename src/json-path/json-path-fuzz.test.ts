// A slice of the fuzzing; more cases need only other numbers.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fuzzJsonPath } from './json-path.fuzz.ts';

const golden = JSON.parse(readFileSync(new URL('testdata/json-path.json', import.meta.url), 'utf8')) as {
  readonly cases: readonly { readonly path: string }[];
};

test('20,000 random, mutated and senseless paths: none throws, changes the document or exceeds its budgets', () => {
  const report = fuzzJsonPath(
    20_000,
    20_261_127,
    golden.cases.map((one) => one.path),
  );
  assert.deepEqual(report.failures, []);
  assert.equal(report.cases, 20_000);
  // A fuzzer whose paths are all refused tests nothing but the parser.
  assert.ok(report.compiled > 8000, `only ${report.compiled} were valid`);
  assert.ok(report.found > 2000, `only ${report.found} found something`);
});
