import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { loadDeployedStages, loadDeployedStagesOf } from './documents.ts';
import { awsError, caller, functionArn, gatewayUnderTest, onTheWire } from './gateway-under-test.ts';

const scope = { account: caller.account, region: caller.region };

describe('CreateDeployment › 201', () => {
  test('answers exactly the recorded members', async () => {
    const { call, apiWithRoutes } = gatewayUnderTest();
    const ApiId = await apiWithRoutes('GET /a');
    const deployment = await call('CreateDeployment', { ApiId, Description: 'first' });
    assert.match(deployment.DeploymentId ?? '', /^[a-z0-9]{6}$/);
    const recorded = {
      autoDeployed: false,
      createdDate: '2026-11-23T02:15:30+00:00',
      deploymentId: deployment.DeploymentId,
      deploymentStatus: 'DEPLOYED',
      description: 'first',
    };
    assert.deepEqual(onTheWire(deployment), recorded);
    assert.deepEqual(Object.keys(onTheWire(deployment)), Object.keys(recorded));
    assert.deepEqual(await call('GetDeployment', { ApiId, DeploymentId: deployment.DeploymentId }), deployment);
  });

  test('freezes the API: later changes are not in it, and StageName makes it live in the same step', async () => {
    const { call, apiWithRoutes, store, later } = gatewayUnderTest();
    const ApiId = await apiWithRoutes('GET /a');
    await call('CreateStage', { ApiId, StageName: 'dev' });
    await call('UpdateApi', { ApiId, CorsConfiguration: { AllowOrigins: ['*'] } });
    later(5);
    const { DeploymentId } = await call('CreateDeployment', { ApiId, StageName: 'dev' });
    await call('CreateRoute', { ApiId, RouteKey: 'GET /b' });
    await call('DeleteCorsConfiguration', { ApiId });
    const [live, ...more] = await loadDeployedStagesOf(store, scope, ApiId);
    assert.deepEqual(more, []);
    assert.equal(live?.snapshot.deploymentId, DeploymentId);
    assert.equal(live?.stage.deploymentId, DeploymentId);
    assert.deepEqual(live?.snapshot.corsConfiguration, { allowOrigins: ['*'] });
    assert.deepEqual(
      live?.snapshot.routes.map(({ routeKey, target }) => [routeKey, target]),
      [['GET /a', undefined]],
      'a route without integration can be deployed',
    );
    assert.deepEqual((await call('GetStage', { ApiId, StageName: 'dev' })).LastUpdatedDate, new Date('2026-11-23T02:15:35Z'));
  });
});

describe('CreateDeployment › BadRequestException and NotFoundException', () => {
  test('no routes', async () => {
    const { call, apiWithRoutes } = gatewayUnderTest();
    const ApiId = await apiWithRoutes();
    await assert.rejects(
      call('CreateDeployment', { ApiId }),
      awsError('BadRequestException', 'Unable to deploy API because no routes exist in this API'),
    );
  });

  test('a stage that deploys itself, a stage that is not there', async () => {
    const { call, apiWithRoutes } = gatewayUnderTest();
    const ApiId = await apiWithRoutes('GET /a');
    await call('CreateStage', { ApiId, StageName: 'auto', AutoDeploy: true });
    await assert.rejects(call('CreateDeployment', { ApiId, StageName: 'auto' }), awsError('BadRequestException', /autoDeploy/));
    await assert.rejects(
      call('CreateDeployment', { ApiId, StageName: 'nosuch' }),
      awsError('NotFoundException', 'Invalid stage identifier specified'),
    );
    assert.equal((await call('GetDeployments', { ApiId })).Items?.length, 1);
  });
});

describe('UpdateDeployment and DeleteDeployment', () => {
  test('the description changes; a deployment in use stays, then goes with its snapshot', async () => {
    const { call, apiWithRoutes, store } = gatewayUnderTest();
    const ApiId = await apiWithRoutes('GET /a');
    await call('CreateStage', { ApiId, StageName: 'dev' });
    const { DeploymentId } = await call('CreateDeployment', { ApiId, StageName: 'dev', Description: 'a' });
    assert.equal((await call('UpdateDeployment', { ApiId, DeploymentId, Description: 'b' })).Description, 'b');
    assert.ok(!Object.hasOwn(await call('UpdateDeployment', { ApiId, DeploymentId, Description: '' }), 'Description'));
    await assert.rejects(
      call('DeleteDeployment', { ApiId, DeploymentId }),
      awsError('BadRequestException', 'Active stages pointing to this deployment must be moved or deleted'),
    );
    await call('DeleteStage', { ApiId, StageName: 'dev' });
    assert.deepEqual(await call('DeleteDeployment', { ApiId, DeploymentId }), {});
    assert.deepEqual(await store.scan('apigatewayv2/snapshot'), []);
    const missing = awsError('NotFoundException', `Invalid Deployment identifier specified ${DeploymentId}`);
    await assert.rejects(call('GetDeployment', { ApiId, DeploymentId }), missing);
    await assert.rejects(call('UpdateDeployment', { ApiId, DeploymentId }), missing);
    await assert.rejects(call('DeleteDeployment', { ApiId, DeploymentId }), missing);
  });
});

describe('automatic deployments', () => {
  async function following() {
    const gateway = gatewayUnderTest();
    const ApiId = await gateway.apiWithRoutes('GET /a');
    await gateway.call('CreateStage', { ApiId, StageName: 'one', AutoDeploy: true });
    await gateway.call('CreateStage', { ApiId, StageName: 'two', AutoDeploy: true });
    await gateway.call('CreateStage', { ApiId, StageName: 'manual' });
    const live = async () => loadDeployedStagesOf(gateway.store, scope, ApiId);
    return { ...gateway, ApiId, live };
  }

  test('look as recorded', async () => {
    const { call, ApiId, live } = await following();
    const DeploymentId = (await live())[0]?.snapshot.deploymentId;
    assert.deepEqual(onTheWire(await call('GetDeployment', { ApiId, DeploymentId })), {
      autoDeployed: true,
      createdDate: '2026-11-23T02:15:30+00:00',
      deploymentId: DeploymentId,
      deploymentStatus: 'DEPLOYED',
      description: 'Automatic deployment triggered by changes to the Api configuration',
    });
  });

  test('every change of the definition is live in each following stage when it is acknowledged', async () => {
    const { call, ApiId, live, store } = await following();
    const lambda = { ApiId, IntegrationType: 'AWS_PROXY', IntegrationUri: functionArn, PayloadFormatVersion: '2.0' } as const;
    let RouteId: string | undefined;
    let IntegrationId: string | undefined;
    const changes: readonly (readonly [string, () => Promise<unknown>])[] = [
      ['UpdateApi', () => call('UpdateApi', { ApiId, Name: 'renamed', CorsConfiguration: { AllowOrigins: ['*'] } })],
      ['DeleteCorsConfiguration', () => call('DeleteCorsConfiguration', { ApiId })],
      [
        'CreateIntegration',
        async () => {
          ({ IntegrationId } = await call('CreateIntegration', lambda));
        },
      ],
      ['UpdateIntegration', () => call('UpdateIntegration', { ApiId, IntegrationId, TimeoutInMillis: 99 })],
      [
        'CreateRoute',
        async () => {
          ({ RouteId } = await call('CreateRoute', { ApiId, RouteKey: 'GET /b', Target: `integrations/${IntegrationId}` }));
        },
      ],
      ['UpdateRoute', () => call('UpdateRoute', { ApiId, RouteId, RouteKey: 'GET /c' })],
      ['DeleteRoute', () => call('DeleteRoute', { ApiId, RouteId })],
      ['DeleteIntegration', () => call('DeleteIntegration', { ApiId, IntegrationId })],
    ];
    let before = (await live()).map(({ snapshot }) => snapshot.deploymentId);
    for (const [desc, change] of changes) {
      const revision = store.revision();
      await change();
      assert.equal(store.revision(), revision + 1, `${desc} and its deployment are one transaction`);
      const stages = await live();
      assert.deepEqual(
        stages.map(({ stage }) => stage.stageName),
        ['one', 'two'],
      );
      for (const { snapshot } of stages) {
        assert.ok(!before.includes(snapshot.deploymentId), `${desc} deployed anew`);
        const routes = (await call('GetRoutes', { ApiId })).Items ?? [];
        const integrations = (await call('GetIntegrations', { ApiId })).Items ?? [];
        assert.deepEqual(
          snapshot.routes.map(({ routeKey }) => routeKey),
          routes.map((route) => route.RouteKey),
          desc,
        );
        assert.deepEqual(
          snapshot.integrations.map(({ timeoutInMillis }) => timeoutInMillis),
          integrations.map((integration) => integration.TimeoutInMillis),
          desc,
        );
        assert.equal(snapshot.apiName, 'renamed');
      }
      before = stages.map(({ snapshot }) => snapshot.deploymentId);
    }
  });

  test('when the last route goes, the former deployment stays live and the stage says why', async () => {
    const { call, ApiId, live } = await following();
    const before = await live();
    const RouteId = (await call('GetRoutes', { ApiId })).Items?.[0]?.RouteId;
    await call('DeleteRoute', { ApiId, RouteId });
    assert.deepEqual(
      (await live()).map(({ snapshot }) => snapshot),
      before.map(({ snapshot }) => snapshot),
    );
    const stage = await call('GetStage', { ApiId, StageName: 'one' });
    assert.equal(stage.LastDeploymentStatusMessage, 'Unable to deploy API because no routes exist in this API');
  });

  test('a change that fails deploys nothing', async () => {
    const { call, ApiId, store } = await following();
    const revision = store.revision();
    await assert.rejects(call('CreateRoute', { ApiId, RouteKey: 'GET /a' }), awsError('ConflictException', /exists/));
    assert.equal(store.revision(), revision);
  });

  test('are bounded: the newest are kept, and any that a stage points at, and all that were made by hand', async () => {
    const { call, apiWithRoutes, store } = gatewayUnderTest({ quotas: { automaticDeploymentsKept: 5 } });
    const ApiId = await apiWithRoutes('GET /a');
    const byHand = await call('CreateDeployment', { ApiId });
    await call('CreateStage', { ApiId, StageName: 'auto', AutoDeploy: true });
    const first = (await call('GetStage', { ApiId, StageName: 'auto' })).DeploymentId;
    await call('CreateStage', { ApiId, StageName: 'pinned', DeploymentId: first });
    const made: (string | undefined)[] = [];
    for (let round = 0; round < 12; round++) {
      await call('UpdateApi', { ApiId, Name: `n${round}` });
      made.push((await call('GetStage', { ApiId, StageName: 'auto' })).DeploymentId);
    }
    const kept = ((await call('GetDeployments', { ApiId })).Items ?? []).map((deployment) => deployment.DeploymentId);
    const expected = [byHand.DeploymentId, first, ...made.slice(-5)].sort();
    assert.deepEqual(kept, expected);
    const snapshots = (await store.scan('apigatewayv2/snapshot')).map(({ key }) => key.id);
    assert.deepEqual(snapshots, expected);
  });
});

describe('loadDeployedStages', () => {
  test('finds what is live in every account and region', async () => {
    const { call, store } = gatewayUnderTest();
    const elsewhere = { ...caller, account: '111111111111', region: 'us-east-1' };
    const api = { Name: 'q', ProtocolType: 'HTTP', Target: functionArn } as const;
    const one = await call('CreateApi', api);
    const two = await call('CreateApi', api, elsewhere);
    await call('CreateStage', { ApiId: one.ApiId, StageName: 'not-deployed' });
    const live = await loadDeployedStages(store);
    assert.deepEqual(
      live.map(({ scope: where, apiId, stage, snapshot }) => [
        where.account,
        where.region,
        apiId,
        stage.stageName,
        snapshot.apiId,
      ]),
      [
        ['000000000000', 'eu-west-1', one.ApiId, '$default', one.ApiId],
        ['111111111111', 'us-east-1', two.ApiId, '$default', two.ApiId],
      ],
    );
    await call('DeleteApi', { ApiId: one.ApiId });
    assert.deepEqual(await loadDeployedStagesOf(store, scope, one.ApiId ?? ''), []);
    assert.equal((await loadDeployedStages(store)).length, 1);
  });
});
