import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { openSqliteStore } from '../../store/sqlite.ts';
import type { Store } from '../../store/store.ts';
import { loadDeployedStages } from './documents.ts';
import { functionArn, type GatewayUnderTest, gatewayUnderTest } from './gateway-under-test.ts';

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
