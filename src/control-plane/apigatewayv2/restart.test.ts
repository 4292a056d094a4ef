import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { openSqliteStore } from '../../store/sqlite.ts';
import type { Store } from '../../store/store.ts';
import { loadDeployedStages, loadDeployedWebSocketStagesOf } from './documents.ts';
import { caller, functionArn, type GatewayUnderTest, gatewayUnderTest } from './gateway-under-test.ts';
import { webSocketGateway } from './websocket-gateway-under-test.ts';

/** Everything the control plane and the data plane can see. */
async function everything(gateway: GatewayUnderTest): Promise<unknown> {
  const apis = (await gateway.call('GetApis', {})).Items ?? [];
  const nouns = await Promise.all(
    apis.map(async ({ ApiId }) => ({
      routes: await gateway.call('GetRoutes', { ApiId }),
      integrations: await gateway.call('GetIntegrations', { ApiId }),
      stages: await gateway.call('GetStages', { ApiId }),
      deployments: await gateway.call('GetDeployments', { ApiId }),
    })),
  );
  return { apis, nouns, live: await loadDeployedStages(gateway.store) };
}

test('twenty APIs are the same before and after a restart', { timeout: 60_000 }, async () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'stagegate-restart-'));
  let store: Store | undefined;
  try {
    store = await openSqliteStore({ directory });
    const gateway = gatewayUnderTest({ store });
    await Promise.all(
      Array.from({ length: 20 }, async (_, index) => {
        const { ApiId } = await gateway.call('CreateApi', {
          Name: `api ${index}`,
          ProtocolType: 'HTTP',
          CorsConfiguration: index % 2 === 0 ? { AllowOrigins: ['https://a.example'], MaxAge: index } : undefined,
          Tags: { ['__proto__']: 'x', ümläut: '\u{1F600}' },
        });
        const { IntegrationId } = await gateway.call('CreateIntegration', {
          ApiId,
          IntegrationType: 'AWS_PROXY',
          IntegrationUri: functionArn,
          PayloadFormatVersion: '2.0',
        });
        await gateway.call('CreateStage', { ApiId, StageName: '$default', AutoDeploy: true, StageVariables: { a: `${index}` } });
        for (let route = 0; route <= index % 5; route++) {
          await gateway.call('CreateRoute', { ApiId, RouteKey: `GET /r${route}/{id}`, Target: `integrations/${IntegrationId}` });
        }
        await gateway.call('CreateStage', { ApiId, StageName: 'manual' });
        await gateway.call('CreateDeployment', { ApiId, StageName: 'manual' });
        await gateway.call('CreateRoute', { ApiId, RouteKey: 'ANY /later' });
      }),
    );
    const before = await everything(gateway);
    await store.close();
    store = await openSqliteStore({ directory });
    assert.deepEqual(await everything(gatewayUnderTest({ store })), before);
  } finally {
    await store?.close();
    rmSync(directory, { recursive: true, force: true });
  }
});

/** Everything of one WebSocket API that the control plane and the data plane can see. */
async function everythingOf({ call, store }: GatewayUnderTest, ApiId: string): Promise<unknown> {
  const integrations = (await call('GetIntegrations', { ApiId })).Items;
  const routes = (await call('GetRoutes', { ApiId })).Items;
  return {
    api: await call('GetApi', { ApiId }),
    integrations,
    routes,
    models: await call('GetModels', { ApiId }),
    authorizers: await call('GetAuthorizers', { ApiId }),
    stages: await call('GetStages', { ApiId }),
    deployments: await call('GetDeployments', { ApiId }),
    integrationResponses: await Promise.all(
      integrations.map(({ IntegrationId }) => call('GetIntegrationResponses', { ApiId, IntegrationId })),
    ),
    routeResponses: await Promise.all(routes.map(({ RouteId }) => call('GetRouteResponses', { ApiId, RouteId }))),
    live: await loadDeployedWebSocketStagesOf(store, { account: caller.account, region: caller.region }, ApiId),
  };
}

test('a WebSocket API is the same before and after a restart', { timeout: 60_000 }, async () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'stagegate-restart-'));
  let store: Store | undefined;
  try {
    store = await openSqliteStore({ directory });
    const gateway = await webSocketGateway({ store });
    const { call, ApiId } = gateway;
    await call('CreateModel', { ApiId, Name: 'A', Schema: '{"type":"object"}' });
    for (let index = 0; index < 5; index++) {
      const IntegrationId = await gateway.integration({ RequestTemplates: { $default: `{"statusCode":${200 + index}}` } });
      await call('CreateIntegrationResponse', { ApiId, IntegrationId, IntegrationResponseKey: '/2\\d\\d/' });
      await call('CreateIntegrationResponse', { ApiId, IntegrationId, IntegrationResponseKey: '$default' });
      const { RouteId } = await call('CreateRoute', {
        ApiId,
        RouteKey: `ü${index}`,
        Target: `integrations/${IntegrationId}`,
        RequestModels: { ['__proto__']: 'A' },
      });
      await call('CreateRouteResponse', { ApiId, RouteId, RouteResponseKey: '$default' });
    }
    await call('CreateStage', { ApiId, StageName: 'prod', StageVariables: { a: '1' } });
    await call('CreateDeployment', { ApiId, StageName: 'prod' });
    const before = await everythingOf(gateway, ApiId);
    await store.close();
    store = await openSqliteStore({ directory });
    assert.deepEqual(await everythingOf(gatewayUnderTest({ store }), ApiId), before);
  } finally {
    await store?.close();
    rmSync(directory, { recursive: true, force: true });
  }
});
