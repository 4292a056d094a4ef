// What a change of a service file's REST API leads to: only what differs is called, and a changed definition is deployed.

import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, test } from 'node:test';
import { ApplyError, applyDesiredState } from './apply-desired-state.ts';
import type { DesiredRestApi } from './desired-rest-api.ts';
import type { DesiredState } from './desired-state.ts';
import { readCase, testdata } from './golden-cases.ts';
import { InMemoryAws } from './in-memory-aws.ts';

function desired(name: string): DesiredState {
  const { desired: state, problems } = readCase(path.join(testdata, name));
  assert.ok(state, JSON.stringify(problems));
  return state;
}

function withRestApi(state: DesiredState, change: (api: DesiredRestApi) => Partial<DesiredRestApi>): DesiredState {
  assert.ok(state.restApi);
  return { ...state, restApi: { ...state.restApi, ...change(state.restApi) } };
}

function without(state: DesiredState): DesiredState {
  const { restApi: _, ...rest } = state;
  return { ...rest, functions: state.functions.map(({ calledByRestApi: __, ...one }) => one) };
}

/** The write calls that lead from one state to another, after a restart, so that everything is compared with what is there. */
async function writes(from: DesiredState, to: DesiredState): Promise<string[]> {
  const aws = new InMemoryAws();
  await applyDesiredState(aws.call, from);
  aws.calls.length = 0;
  await applyDesiredState(aws.call, to);
  return aws.writes.map(({ operation }) => operation);
}

for (const [operation, file] of [
  ['CreateAuthorizer', 'rest-guards'],
  ['CreateModel', 'rest-lambda'],
  ['PutGatewayResponse', 'rest-cors'],
] as const) {
  test(`a refused ${operation} says where that is written`, async () => {
    const { desired: state, places } = readCase(path.join(testdata, file));
    assert.ok(state);
    const aws = new InMemoryAws();
    aws.refuse.set(operation, 'not this one');
    await assert.rejects(
      applyDesiredState(aws.call, state),
      (error) => error instanceof ApplyError && error.operation === operation && error.placeIn(places)?.line !== undefined,
    );
  });
}

const guards = desired('rest-guards');
const lambda = desired('rest-lambda');
const DEPLOYED = ['CreateDeployment', 'TagResource'];

const rows: readonly {
  readonly desc: string;
  readonly from: DesiredState;
  readonly to: DesiredState;
  readonly calls: readonly string[];
}[] = [
  { desc: 'nothing', from: guards, to: guards, calls: [] },
  {
    desc: 'requests are traced now',
    from: guards,
    to: withRestApi(guards, () => ({ tracingEnabled: true })),
    calls: ['UpdateStage'],
  },
  {
    desc: 'a function traces no more',
    from: { ...guards, functions: guards.functions.map((one) => ({ ...one, tracesActively: true as const })) },
    to: guards,
    calls: guards.functions.map(() => 'UpdateFunctionConfiguration'),
  },
  {
    desc: 'a method that needs a key now',
    from: guards,
    to: withRestApi(guards, ({ methods }) => ({
      methods: methods.map((one) => (one.path === '/open' ? { ...one, apiKeyRequired: true } : one)),
    })),
    calls: ['DeleteMethod', 'PutMethod', 'PutIntegration', ...DEPLOYED],
  },
  {
    desc: 'a method that is gone, and with it its resource and authorizer',
    from: guards,
    to: withRestApi(guards, ({ methods, authorizers }) => ({
      methods: methods.filter((one) => one.path !== '/pool'),
      authorizers: authorizers.filter((one) => one.name !== 'pool'),
    })),
    calls: ['DeleteResource', 'DeleteAuthorizer', ...DEPLOYED],
  },
  {
    desc: 'an authorizer that keeps results for longer',
    from: guards,
    to: withRestApi(guards, ({ authorizers }) => ({
      authorizers: authorizers.map((one) => ({ ...one, authorizerResultTtlInSeconds: 10 })),
    })),
    calls: ['UpdateAuthorizer', 'UpdateAuthorizer', 'UpdateAuthorizer', 'UpdateAuthorizer', 'UpdateAuthorizer', ...DEPLOYED],
  },
  {
    desc: 'another template',
    from: lambda,
    to: withRestApi(lambda, ({ methods }) => ({
      methods: methods.map((one) =>
        one.path === '/status'
          ? { ...one, integration: { ...one.integration, requestTemplates: { 'application/json': '{"statusCode": 204}' } } }
          : one,
      ),
    })),
    calls: ['DeleteMethod', 'PutMethod', 'PutMethodResponse', 'PutIntegration', 'PutIntegrationResponse', ...DEPLOYED],
  },
  {
    desc: 'a description',
    from: lambda,
    to: withRestApi(lambda, () => ({ description: 'Others' })),
    calls: ['UpdateRestApi', ...DEPLOYED],
  },
  {
    desc: 'a larger quota: nothing is deployed',
    from: guards,
    to: withRestApi(guards, ({ usagePlans }) => ({
      usagePlans: usagePlans.map((plan) => (plan.quota === undefined ? plan : { ...plan, quota: { ...plan.quota, limit: 9 } })),
    })),
    calls: ['UpdateUsagePlan', 'UpdateUsagePlan'],
  },
  {
    desc: 'a key that is gone',
    from: guards,
    to: withRestApi(guards, ({ usagePlans }) => ({
      usagePlans: usagePlans.map((plan) => ({ ...plan, apiKeys: plan.apiKeys.filter((key) => key.name !== 'first') })),
    })),
    calls: ['DeleteApiKey'],
  },
  {
    desc: 'no REST API any more',
    from: lambda,
    to: without(lambda),
    calls: ['RemovePermission', 'DeleteRestApi'],
  },
];

describe('what a change of a REST API leads to', () => {
  for (const { desc, from, to, calls } of rows) {
    test(desc, async () => assert.deepEqual(await writes(from, to), calls));
  }

  test('ids of VPC endpoints go before the type that has them, and come after it', async () => {
    const aws = new InMemoryAws();
    const privately = withRestApi(lambda, () => ({ endpointType: 'PRIVATE', vpcEndpointIds: ['vpce-1', 'vpce-2'] }));
    const publicly = withRestApi(lambda, () => ({ endpointType: 'REGIONAL' }));
    const patches = async (state: DesiredState) => {
      aws.calls.length = 0;
      await applyDesiredState(aws.call, state);
      const update = aws.writes.find(({ operation }) => operation === 'UpdateRestApi');
      const operations = update?.input['patchOperations'] as readonly { op: string; value: string }[] | undefined;
      return operations?.map(({ op, value }) => `${op} ${value}`);
    };
    await applyDesiredState(aws.call, publicly);
    assert.deepEqual(await patches(privately), ['replace PRIVATE', 'add vpce-1', 'add vpce-2']);
    const other = withRestApi(privately, () => ({ vpcEndpointIds: ['vpce-2', 'vpce-3'] }));
    assert.deepEqual(await patches(other), ['remove vpce-1', 'add vpce-3']);
    assert.deepEqual(await patches(publicly), ['remove vpce-2', 'remove vpce-3', 'replace REGIONAL']);
    assert.deepEqual(await patches(publicly), undefined);
  });

  test('an apply that failed half-way is deployed by the next', async () => {
    const aws = new InMemoryAws();
    await applyDesiredState(aws.call, lambda);
    const other = withRestApi(lambda, () => ({ description: 'Others' }));
    aws.refuse.set('CreateDeployment', 'not now');
    await assert.rejects(applyDesiredState(aws.call, other), /not now/);
    aws.refuse.clear();
    aws.calls.length = 0;
    await applyDesiredState(aws.call, other);
    assert.deepEqual(
      aws.writes.map(({ operation }) => operation),
      DEPLOYED,
    );
  });

  test('what was rolled back by hand stays so until the file changes', async () => {
    const aws = new InMemoryAws();
    await applyDesiredState(aws.call, lambda);
    const stored = aws.restApis.apis.get(lambda.restApiId);
    stored?.stages.set('dev', { stageName: 'dev', deploymentId: 'earlier' });
    await applyDesiredState(aws.call, lambda);
    assert.equal(stored?.stages.get('dev')?.['deploymentId'], 'earlier');
  });
});

test('a change is deployed to all requests: a canary ends', async () => {
  const aws = new InMemoryAws();
  await applyDesiredState(aws.call, guards);
  const { restApiId } = guards;
  const stageName = guards.restApi?.stageName ?? '';
  const stored = aws.restApis.apis.get(restApiId)?.stages;
  stored?.set(stageName, { ...stored.get(stageName), canarySettings: { deploymentId: 'earlier', percentTraffic: 100 } });
  const { changes } = await applyDesiredState(
    aws.call,
    withRestApi(guards, ({ methods }) => ({ methods: methods.slice(1) })),
  );
  assert.deepEqual(
    changes.filter(({ noun }) => noun === 'canary').map(({ action, name }) => `${action} ${name}`),
    [`deleted ${stageName}`],
  );
  assert.equal(stored?.get(stageName)?.['canarySettings'], undefined);
});
