// The golden pairs of planRestApi: rest-api/testdata/<case>.in.json (snapshot and stage) and <case>.plan.json. `npm run golden` rewrites
// the plans, the test compares them, and whoever reviews a change reads their diff.

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ACCOUNT_LIMITS } from '../http-api/plan.ts';
import { nothingAround } from '../http-api/surroundings.ts';
import { planRestApi } from '../rest-api/plan.ts';
import { SlotAllocator } from '../slot-allocator.ts';
import type { GoldenCase } from './golden-cases.ts';
import type { BuiltRestApi } from './rest-api-builder.ts';

const testdata = path.join(import.meta.dirname, '..', 'rest-api', 'testdata');

export function restGoldenCases(): GoldenCase[] {
  return readdirSync(testdata)
    .filter((file) => file.endsWith('.in.json'))
    .sort()
    .map((file) => {
      const name = file.slice(0, -'.in.json'.length);
      const { snapshot, stage } = JSON.parse(readFileSync(path.join(testdata, file), 'utf8')) as BuiltRestApi;
      const slots = new SlotAllocator(new Int32Array(new SharedArrayBuffer(4 * 1024)));
      const plan = planRestApi(snapshot, stage, slots, ACCOUNT_LIMITS, { ...nothingAround, hasAwsKeys: true });
      return { name, planFile: path.join(testdata, `${name}.plan.json`), plan: `${JSON.stringify(plan, null, 2)}\n` };
    });
}
