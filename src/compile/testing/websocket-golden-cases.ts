// The golden pairs of planWebSocketApi: websocket-api/testdata/<case>.in.json (snapshot and stage) and <case>.plan.json. `npm run golden`
// rewrites the plans, the test compares them, and whoever reviews a change reads their diff.

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ACCOUNT_LIMITS } from '../http-api/plan.ts';
import { nothingAround } from '../http-api/surroundings.ts';
import { SlotAllocator } from '../slot-allocator.ts';
import { planWebSocketApi } from '../websocket-api/plan.ts';
import type { GoldenCase } from './golden-cases.ts';
import type { BuiltWebSocketApi } from './websocket-api-builder.ts';

const testdata = path.join(import.meta.dirname, '..', 'websocket-api', 'testdata');

export function webSocketGoldenCases(): GoldenCase[] {
  return readdirSync(testdata)
    .filter((file) => file.endsWith('.in.json'))
    .sort()
    .map((file) => {
      const name = file.slice(0, -'.in.json'.length);
      const { snapshot, stage } = JSON.parse(readFileSync(path.join(testdata, file), 'utf8')) as BuiltWebSocketApi;
      const slots = new SlotAllocator(new Int32Array(new SharedArrayBuffer(4 * 1024)));
      const surroundings = {
        ...nothingAround,
        hasAwsKeys: true,
        vpcTargets: new Map([['link01', { host: '10.0.0.1', port: 8080 }]]),
      };
      const plan = planWebSocketApi(snapshot, stage, slots, ACCOUNT_LIMITS, surroundings);
      return { name, planFile: path.join(testdata, `${name}.plan.json`), plan: `${JSON.stringify(plan, null, 2)}\n` };
    });
}
