// The golden service files against the real services: what the in-memory version takes, they must take, and what they keep
// must read back as what was asked for.

import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { startStagegate } from '../stagegate.ts';
import { ApplyError, type AwsCall, applyDesiredState } from './apply-desired-state.ts';
import type { DesiredState } from './desired-state.ts';
import { readCase, testdata } from './golden-cases.ts';
import { type FeatureName, runningFeatures } from './running-features.ts';

const all = readdirSync(testdata, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);
const runs = (name: string) => featuresOf(name).every((feature) => runningFeatures[feature]);
const names = all.filter(runs);

function featuresOf(name: string): readonly FeatureName[] {
  const file = path.join(testdata, name, 'options.json');
  if (!existsSync(file)) return [];
  return (JSON.parse(readFileSync(file, 'utf8')) as { features?: readonly FeatureName[] }).features ?? [];
}

/** Runs `work` on a fresh system; the recorded calls are those that change something. */
async function onSystem(region: string, work: (call: AwsCall, writes: string[]) => Promise<void>): Promise<void> {
  const system = await startStagegate({
    host: '127.0.0.1',
    port: 0,
    controlHost: '127.0.0.1',
    controlPort: 0,
    dataDirectory: undefined,
    accountId: '000000000000',
    defaultRegion: region,
    auth: 'open',
    dev: true,
    onNotice: () => {},
  });
  const writes: string[] = [];
  try {
    await work((service, operation, input) => {
      if (!/^(Get|List|Describe)/.test(operation)) writes.push(operation);
      return system.call(service, operation, input);
    }, writes);
  } finally {
    await system.close(0);
  }
}

function desired(name: string): DesiredState {
  const { desired: state, problems } = readCase(path.join(testdata, name));
  assert.ok(state, JSON.stringify(problems));
  return state;
}

describe('what running-features.ts says', () => {
  // Each of these is refused by an operation; once none refuses it, its features are to be switched on.
  for (const name of all.filter((one) => !runs(one))) {
    test(`${name} is refused: ${featuresOf(name).join(', ')}`, async () => {
      const state = desired(name);
      await onSystem(state.region, async (call) => {
        await assert.rejects(
          applyDesiredState(call, state),
          (error) => error instanceof ApplyError,
          `${name} runs now: set ${featuresOf(name).join(', ')} to true in running-features.ts and run npm run generate:docs`,
        );
      });
    });
  }
});

describe('the real services', () => {
  for (const name of names) {
    test(`${name}: applied once it is there, applied again nothing changes`, async () => {
      const state = desired(name);
      await onSystem(state.region, async (call, writes) => {
        const { changes } = await applyDesiredState(call, state);
        assert.ok(changes.length > 0);
        writes.length = 0;
        const again = await applyDesiredState(call, state);
        assert.deepEqual([writes, again.changes], [[], []]);
        if (state.api === undefined) return;
        const { Items: routes } = (await call('apigatewayv2', 'GetRoutes', { ApiId: state.apiId })) as {
          Items: { RouteKey: string }[];
        };
        assert.deepEqual(routes.map((route) => route.RouteKey).sort(), state.api.routes.map((route) => route.routeKey).sort());
        const stage = await call('apigatewayv2', 'GetStage', { ApiId: state.apiId, StageName: '$default' });
        assert.match(String(stage['LastDeploymentStatusMessage']), /^Successfully deployed/);
      });
    });
  }

  test('several changes are one deployment', async () => {
    const state = desired('text-events');
    assert.ok(state.api);
    const less = { ...state, api: { ...state.api, routes: state.api.routes.slice(3) } };
    await onSystem(state.region, async (call) => {
      const deployments = async () =>
        ((await call('apigatewayv2', 'GetDeployments', { ApiId: state.apiId })) as { Items: unknown[] }).Items.length;
      await applyDesiredState(call, less);
      const before = await deployments();
      await applyDesiredState(call, state, less);
      assert.equal((await deployments()) - before, 1);
    });
  });

  test('everything goes when the file no longer has it', async () => {
    const state = desired('text-events');
    const { api: _, ...rest } = state;
    await onSystem(state.region, async (call) => {
      await applyDesiredState(call, state);
      await applyDesiredState(call, { ...rest, functions: [] });
      assert.deepEqual((await call('lambda', 'ListFunctions', {}))['Functions'], []);
      assert.deepEqual((await call('apigatewayv2', 'GetApis', {}))['Items'], []);
    });
  });
});
