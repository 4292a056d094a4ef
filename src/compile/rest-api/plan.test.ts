// The plans of REST APIs, as golden pairs; rewrite them with `npm run golden` and read the diff.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { restGoldenCases } from '../testing/rest-golden-cases.ts';

describe('golden plans', () => {
  const cases = restGoldenCases();
  assert.ok(cases.length >= 3, 'the test must see its cases');
  for (const { name, planFile, plan } of cases) {
    test(name, () => assert.equal(plan, readFileSync(planFile, 'utf8')));
  }
});
