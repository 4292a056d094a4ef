// JSON paths against recorded results of Jayway JsonPath, which AWS documents for its paths. Recursive descent, filters and functions
// are not part of parameter mapping.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { parseJsonPath, selectJson } from '../../src/parameter-mapping/json-path.ts';
import { shared, skipWithoutRecordings } from './recordings.ts';

const file = path.join(shared, 'aws/goldens/json-path.json');

test('paths that are taken select what Jayway selects', { skip: skipWithoutRecordings() }, () => {
  const { document, cases } = JSON.parse(readFileSync(file, 'utf8')) as {
    document: unknown;
    cases: readonly { readonly path: string; readonly result?: unknown; readonly error?: unknown }[];
  };
  let compared = 0;
  for (const each of cases) {
    const steps = each.path.startsWith('$') ? parseJsonPath(each.path.slice(1)) : undefined;
    if (steps === undefined) continue;
    assert.deepEqual(selectJson(document, steps), each.result, each.path);
    compared++;
  }
  assert.ok(compared >= 24, `only ${compared} paths were compared`);
});
