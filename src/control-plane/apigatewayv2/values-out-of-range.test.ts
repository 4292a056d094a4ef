// Values that the service model limits and that the service refuses in words of its own, as they come over the wire.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { validatedInput } from '../../aws/validated-input.ts';
import { awsError, functionArn, gatewayUnderTest } from './gateway-under-test.ts';

const authorizer = {
  Name: 'edge',
  AuthorizerType: 'REQUEST',
  AuthorizerUri: `arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/${functionArn}/invocations`,
  AuthorizerPayloadFormatVersion: '2.0',
  IdentitySource: ['$request.header.Authorization'],
};
const integration = { IntegrationType: 'AWS_PROXY', IntegrationUri: functionArn, PayloadFormatVersion: '2.0' };
const ttlRange = 'Authorizer result TTL outside allowable range. TTL must be between 0 and 3600 seconds.';
const timeoutRange = 'Timeout should be between 50 ms and 30000 ms';

async function gatewayOverTheWire() {
  const gateway = gatewayUnderTest();
  const ApiId = await gateway.apiWithRoutes();
  const call = async (operation: string, input: object): Promise<Record<string, string>> => {
    const read = validatedInput('apigatewayv2', operation, { ...(operation === 'CreateApi' ? {} : { ApiId }), ...input });
    return (await gateway.call(operation as 'CreateApi', read as never)) as never;
  };
  return { ...gateway, call };
}

describe('values out of range › BadRequestException', () => {
  const rows: readonly { desc: string; operation: string; input: object; message: string }[] = [
    {
      desc: 'an API without a name',
      operation: 'CreateApi',
      input: { ProtocolType: 'HTTP' },
      message: 'Invalid API name specified',
    },
    {
      desc: 'an API with an empty name',
      operation: 'CreateApi',
      input: { Name: '', ProtocolType: 'HTTP' },
      message: 'Invalid API name specified',
    },
    { desc: 'an empty name for an API', operation: 'UpdateApi', input: { Name: '' }, message: 'Invalid API name specified' },
    ...[-1, 3_601].map((AuthorizerResultTtlInSeconds) => ({
      desc: `a time to live of ${AuthorizerResultTtlInSeconds} seconds`,
      operation: 'CreateAuthorizer',
      input: { ...authorizer, AuthorizerResultTtlInSeconds },
      message: ttlRange,
    })),
    ...[49, 30_001].map((TimeoutInMillis) => ({
      desc: `a timeout of ${TimeoutInMillis} ms`,
      operation: 'CreateIntegration',
      input: { ...integration, TimeoutInMillis },
      message: timeoutRange,
    })),
  ];
  for (const { desc, operation, input, message } of rows) {
    test(`${operation}: ${desc}`, async () => {
      const { call } = await gatewayOverTheWire();
      await assert.rejects(call(operation, input), awsError('BadRequestException', message));
    });
  }

  test('updates likewise', async () => {
    const { call } = await gatewayOverTheWire();
    const { AuthorizerId } = await call('CreateAuthorizer', { ...authorizer, AuthorizerResultTtlInSeconds: 3_600 });
    const { IntegrationId } = await call('CreateIntegration', { ...integration, TimeoutInMillis: 50 });
    await assert.rejects(
      call('UpdateAuthorizer', { AuthorizerId, AuthorizerResultTtlInSeconds: 3_601 }),
      awsError('BadRequestException', ttlRange),
    );
    await assert.rejects(
      call('UpdateIntegration', { IntegrationId, TimeoutInMillis: 30_001 }),
      awsError('BadRequestException', timeoutRange),
    );
  });
});
