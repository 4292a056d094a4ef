// API Gateway v2 with a WebSocket API in it, for the tests of this folder.

import { type GatewayUnderTest, gatewayUnderTest } from './gateway-under-test.ts';
import type { ApiGatewayV2Options } from './operations.ts';
import type { Input } from './service.ts';

export interface WebSocketGatewayUnderTest extends GatewayUnderTest {
  readonly ApiId: string;
  /** A MOCK unless something else is said. */
  integration(members?: Partial<Input<'CreateIntegration'>>): Promise<string>;
}

/** A gateway with one WebSocket API in it. */
export async function webSocketGateway(options: Partial<ApiGatewayV2Options> = {}): Promise<WebSocketGatewayUnderTest> {
  const gateway = gatewayUnderTest(options);
  const api = await gateway.call('CreateApi', {
    Name: 'chat',
    ProtocolType: 'WEBSOCKET',
    RouteSelectionExpression: '$request.body.action',
  });
  const { ApiId } = api;
  return {
    ...gateway,
    ApiId,
    async integration(members) {
      const { IntegrationId } = await gateway.call('CreateIntegration', { ApiId, IntegrationType: 'MOCK', ...members });
      return IntegrationId;
    },
  };
}

export const invocationUri =
  'arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:111122223333:function:chat/invocations';
