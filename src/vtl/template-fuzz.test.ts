// A slice of the fuzzing; more cases need only other numbers.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fuzzTemplates } from './template.fuzz.ts';
import { goldenCases } from './testing/golden-input.ts';
import { passthroughTemplate } from './testing/passthrough-template.ts';

test('20,000 random, mutated and senseless templates: none throws, exceeds a budget or shows anything of JavaScript', () => {
  const prototypes = [Object.prototype, Array.prototype, Map.prototype, String.prototype, Function.prototype];
  const names = () => prototypes.map((prototype) => Object.getOwnPropertyNames(prototype).join());
  const before = names();
  const report = fuzzTemplates(20_000, 20_261_127, [...goldenCases.map((one) => one.template), passthroughTemplate]);
  assert.deepEqual(report.failures, []);
  assert.equal(report.cases, 20_000);
  // A fuzzer whose templates are all refused tests nothing but the parser.
  assert.ok(report.compiled > 6000, `only ${report.compiled} were valid`);
  assert.ok(report.rendered > 4000, `only ${report.rendered} were rendered`);
  assert.ok(report.budgets.size >= 4, `only these budgets were met: ${[...report.budgets.keys()]}`);
  // The time of a rendering is bounded by its steps; a shared machine makes it longer, a hang much longer.
  assert.ok(report.longestMs < 2000, `one took ${report.longestMs} ms`);
  assert.deepEqual(names(), before);
});
