import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { OperationName } from '../../aws/operations.ts';
import { awsError, functionArn, type GatewayUnderTest, gatewayUnderTest } from './gateway-under-test.ts';
import type { V2 } from './service.ts';

interface Made {
  readonly gateway: GatewayUnderTest;
  /** Names of everything that is there. */
  readonly here: Readonly<Record<string, string>>;
}

async function made(): Promise<Made> {
  const gateway = gatewayUnderTest();
  const { ApiId } = await gateway.call('CreateApi', { Name: 'orders', ProtocolType: 'HTTP' });
  const { IntegrationId } = await gateway.call('CreateIntegration', {
    ApiId,
    IntegrationType: 'AWS_PROXY',
    IntegrationUri: functionArn,
    PayloadFormatVersion: '2.0',
  });
  const { RouteId } = await gateway.call('CreateRoute', { ApiId, RouteKey: 'GET /' });
  await gateway.call('CreateStage', { ApiId, StageName: 'dev' });
  return { gateway, here: { ApiId, IntegrationId, RouteId, StageName: 'dev' } as Record<string, string> };
}

const lists = ['GetModels', 'GetIntegrationResponses', 'GetRouteResponses', 'GetVpcLinks'];

describe('lists of what an HTTP API has none of, and of what cannot be made yet › 200', () => {
  for (const operation of [...lists, 'ListPortals', 'ListPortalProducts'] as OperationName<V2>[]) {
    test(`${operation} is empty, and checks its paging`, async () => {
      const { gateway, here } = await made();
      assert.deepEqual(await gateway.call(operation, here as never), { Items: [] });
      await assert.rejects(
        gateway.call(operation, { ...here, MaxResults: 'many' } as never),
        awsError('BadRequestException', /maxResults/),
      );
    });
  }
});

describe('one of them by name › NotFoundException', () => {
  const rows: readonly {
    readonly operations: string;
    readonly input: Readonly<Record<string, string>>;
    readonly message: string;
  }[] = [
    {
      operations: 'GetModel GetModelTemplate UpdateModel DeleteModel',
      input: { ModelId: 'abc123' },
      message: 'Invalid Model identifier specified abc123',
    },
    {
      operations: 'GetIntegrationResponse UpdateIntegrationResponse DeleteIntegrationResponse',
      input: { IntegrationResponseId: 'abc123' },
      message: 'Invalid IntegrationResponse identifier specified abc123',
    },
    {
      operations: 'GetRouteResponse UpdateRouteResponse DeleteRouteResponse',
      input: { RouteResponseId: 'abc123' },
      message: 'Invalid RouteResponse identifier specified abc123',
    },
    {
      operations: 'GetVpcLink UpdateVpcLink DeleteVpcLink',
      input: { VpcLinkId: 'abc123' },
      message: 'Invalid VpcLink identifier specified abc123',
    },
    { operations: 'GetPortal', input: { PortalId: 'abc123' }, message: 'Invalid Portal identifier specified abc123' },
    {
      operations: 'GetPortalProduct',
      input: { PortalProductId: 'abc123' },
      message: 'Invalid PortalProduct identifier specified abc123',
    },
  ];
  for (const { operations, input, message } of rows) {
    for (const operation of operations.split(' ') as OperationName<V2>[]) {
      test(`${operation}; nothing is changed`, async () => {
        const { gateway, here } = await made();
        const before = gateway.store.revision();
        await assert.rejects(gateway.call(operation, { ...here, ...input } as never), awsError('NotFoundException', message));
        assert.equal(gateway.store.revision(), before);
      });
    }
  }

  test('an API, integration or route that is not there is told first', async () => {
    const { gateway, here } = await made();
    const rejects = (operation: string, input: object, message: string) =>
      assert.rejects(
        gateway.call(operation as OperationName<V2>, { ...here, ...input } as never),
        awsError('NotFoundException', message),
      );
    await rejects('GetModels', { ApiId: 'none' }, 'Invalid API identifier specified 000000000000:none');
    await rejects('GetModel', { ApiId: 'none', ModelId: 'a' }, 'Invalid API identifier specified 000000000000:none');
    await rejects('GetIntegrationResponses', { IntegrationId: 'none' }, 'Invalid Integration identifier specified none');
    await rejects('GetRouteResponses', { RouteId: 'none' }, 'Invalid Route identifier specified none');
  });
});
