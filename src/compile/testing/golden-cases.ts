// The golden pairs of planHttpApi: testdata/<case>.in.json (snapshot and stage) and testdata/<case>.plan.json. `npm run golden`
// rewrites the plans, the test compares them, and whoever reviews a change reads their diff.

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { HttpApiSnapshot } from '../../model/deployment-snapshot.ts';
import type { Stage } from '../../model/http-api.ts';
import { ACCOUNT_LIMITS, planHttpApi } from '../http-api/plan.ts';
import type { CounterSlots } from '../slot-allocator.ts';

export const testdata = path.join(import.meta.dirname, '..', 'http-api', 'testdata');

export interface GoldenCase {
  readonly name: string;
  readonly planFile: string;
  /** The plan as it is made now, as JSON text. */
  readonly plan: string;
}

export function goldenCases(): GoldenCase[] {
  return readdirSync(testdata)
    .filter((file) => file.endsWith('.in.json'))
    .sort()
    .map((file) => {
      const name = file.slice(0, -'.in.json'.length);
      const input = JSON.parse(readFileSync(path.join(testdata, file), 'utf8')) as { snapshot: HttpApiSnapshot; stage: Stage };
      const plan = planHttpApi(input.snapshot, input.stage, countingSlots(), ACCOUNT_LIMITS);
      return { name, planFile: path.join(testdata, `${name}.plan.json`), plan: `${JSON.stringify(plan, null, 2)}\n` };
    });
}

/** Slots in the order in which they are asked for. */
function countingSlots(): CounterSlots {
  const granted = new Map<string, number>();
  let next = 0;
  return {
    allocate(key, words) {
      const known = granted.get(key);
      if (known !== undefined) return known;
      granted.set(key, next);
      next += words;
      return next - words;
    },
  };
}
