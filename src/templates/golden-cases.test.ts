import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { goldenCases } from './golden-cases.ts';

const cases = await goldenCases();

describe('golden calls of service files', () => {
  test('there are enough of them', () => assert.ok(cases.length >= 15, `${cases.length} cases`));
  for (const { name, callsFile, calls } of cases) {
    test(name, () => {
      assert.ok(existsSync(callsFile), `${callsFile} is missing: run npm run golden and read what it wrote`);
      assert.equal(calls, readFileSync(callsFile, 'utf8'), 'the calls changed: run npm run golden and read the diff');
    });
  }
});
