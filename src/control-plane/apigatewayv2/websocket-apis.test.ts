// biome-ignore-all lint/suspicious/noTemplateCurlyInString: expressions in AWS's notation
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { awsError, gatewayUnderTest, onTheWire } from './gateway-under-test.ts';
import { webSocketGateway } from './websocket-gateway-under-test.ts';

const chat = { Name: 'chat', ProtocolType: 'WEBSOCKET', RouteSelectionExpression: '$request.body.action' } as const;

describe('CreateApi of a WebSocket API › 201', () => {
  test('answers the members AWS answers', async () => {
    const { call } = await webSocketGateway();
    const { apiId, ...api } = onTheWire(await call('CreateApi', chat));
    assert.match(String(apiId), /^[a-z0-9]{10}$/);
    assert.deepEqual(api, {
      apiEndpoint: `wss://${apiId}.execute-api.eu-west-1.amazonaws.com`,
      apiKeySelectionExpression: '$request.header.x-api-key',
      createdDate: '2026-11-23T02:15:30+00:00',
      disableExecuteApiEndpoint: false,
      ipAddressType: 'ipv4',
      name: 'chat',
      protocolType: 'WEBSOCKET',
      routeSelectionExpression: '$request.body.action',
      tags: {},
    });
    assert.deepEqual(onTheWire(await call('GetApi', { ApiId: String(apiId) })), { apiId, ...api });
  });

  test('every member that may be chosen is kept, and changed by UpdateApi', async () => {
    const { call } = await webSocketGateway();
    const chosen = {
      ApiKeySelectionExpression: '$context.authorizer.usageIdentifierKey',
      RouteSelectionExpression: '${request.body.service}/${request.body.action}',
      DisableSchemaValidation: true,
      DisableExecuteApiEndpoint: true,
      IpAddressType: 'dualstack',
      Description: 'rooms',
      Version: 'v1',
      Tags: { team: 'north' },
    } as const;
    const { ApiId } = await call('CreateApi', { ...chat, ...chosen });
    const read = await call('GetApi', { ApiId });
    for (const [member, value] of Object.entries(chosen)) assert.deepEqual(read[member as keyof typeof read], value, member);
    const { Tags: _, ...changes } = chosen;
    const other = {
      ...changes,
      RouteSelectionExpression: '$request.body.type',
      DisableSchemaValidation: false,
      Description: '',
      Name: 'talk',
    };
    await call('UpdateApi', { ApiId, ...other });
    const updated = await call('GetApi', { ApiId });
    assert.equal(updated.RouteSelectionExpression, '$request.body.type');
    assert.equal(updated.DisableSchemaValidation, false);
    assert.equal(updated.Name, 'talk');
    assert.ok(!('Description' in updated));
  });

  test('the local endpoint of a gateway without TLS is ws', async () => {
    const { call, ApiId } = await webSocketGateway({ apiEndpoint: (_, apiId) => `http://${apiId}.localhost:8080` });
    assert.equal((await call('GetApi', { ApiId })).ApiEndpoint, `ws://${ApiId}.localhost:8080`);
  });

  test('stands in one list with HTTP APIs', async () => {
    const { call, ApiId } = await webSocketGateway();
    const http = await call('CreateApi', { Name: 'orders', ProtocolType: 'HTTP' });
    const { Items } = await call('GetApis', {});
    assert.deepEqual(
      new Map(Items.map((api) => [api.ApiId, api.ProtocolType])),
      new Map([
        [ApiId, 'WEBSOCKET'],
        [http.ApiId, 'HTTP'],
      ]),
    );
  });
});

describe('what a WebSocket API cannot be asked for › BadRequestException', () => {
  const rows: readonly { readonly desc: string; readonly input: object; readonly message: string | RegExp }[] = [
    {
      desc: 'no route selection expression',
      input: { RouteSelectionExpression: undefined },
      message: 'Invalid routeSelectionExpression',
    },
    {
      desc: 'the expression of an HTTP API, with its position',
      input: { RouteSelectionExpression: '$request.method $request.path' },
      message: /^Invalid RouteSelectionExpression: \$request\.method is no variable \(character 1\)/,
    },
    {
      desc: 'an open brace, with its position',
      input: { RouteSelectionExpression: 'a/${request.body.x' },
      message: /not closed \(character 3\)/,
    },
    {
      desc: 'what is only known of an answer',
      input: { RouteSelectionExpression: '${integration.response.statuscode}' },
      message: /cannot be read here/,
    },
    {
      desc: 'CORS',
      input: { CorsConfiguration: { AllowOrigins: ['*'] } },
      message: 'Cors is not supported for WEBSOCKET protocolType',
    },
    {
      desc: 'quick create',
      input: { Target: 'https://a.example' },
      message: 'Target is not supported on protocolType WEBSOCKET',
    },
    { desc: 'a key of quick create', input: { RouteKey: 'a' }, message: 'RouteKey is not supported on protocolType WEBSOCKET' },
    {
      desc: 'another API key selection',
      input: { ApiKeySelectionExpression: '$request.header.key' },
      message: /apiKeySelectionExpression/,
    },
    { desc: 'an unknown address type', input: { IpAddressType: 'ipv6' }, message: /ipAddressType/ },
    { desc: 'no name', input: { Name: '' }, message: 'Invalid API name specified' },
    { desc: 'a long description', input: { Description: 'x'.repeat(1_025) }, message: /Description/ },
  ];
  for (const { desc, input, message } of rows) {
    test(`CreateApi: ${desc}; nothing is kept`, async () => {
      const { call, store } = await webSocketGateway();
      const before = store.revision();
      await assert.rejects(call('CreateApi', { ...chat, ...input } as never), awsError('BadRequestException', message));
      assert.equal(store.revision(), before);
    });
    if (desc.startsWith('no ')) continue;
    test(`UpdateApi: ${desc}; nothing is kept`, async () => {
      const { call, store, ApiId } = await webSocketGateway();
      const before = store.revision();
      await assert.rejects(call('UpdateApi', { ApiId, ...input } as never), awsError('BadRequestException', message));
      assert.equal(store.revision(), before);
    });
  }

  test('operations that only HTTP APIs have', async () => {
    const { call, ApiId } = await webSocketGateway();
    const refused = (what: string) => awsError('BadRequestException', `${what} is not supported on protocolType WEBSOCKET`);
    await assert.rejects(call('DeleteCorsConfiguration', { ApiId }), refused('CorsConfiguration'));
    await assert.rejects(call('ExportApi', { ApiId, Specification: 'OAS30', OutputType: 'JSON' }), refused('ExportApi'));
    await assert.rejects(call('ReimportApi', { ApiId, Body: '{}' }), refused('ReimportApi'));
    await assert.rejects(call('ResetAuthorizersCache', { ApiId, StageName: 'prod' }), refused('ResetAuthorizersCache'));
  });

  test('a protocol that is none', async () => {
    const { call } = await webSocketGateway();
    await assert.rejects(
      call('CreateApi', { ...chat, ProtocolType: 'MQTT' } as never),
      awsError('BadRequestException', 'Invalid protocol specified. Must be one of [HTTP, WEBSOCKET]'),
    );
  });
});

describe('what an HTTP API cannot be asked for › BadRequestException', () => {
  test('the nouns of WebSocket APIs', async () => {
    const gateway = gatewayUnderTest();
    const ApiId = await gateway.apiWithRoutes('GET /');
    const refused = (nouns: string) =>
      awsError(
        'BadRequestException',
        `${nouns} are currently not supported for this API protocol type. This is because the API may only be configured with proxy integration at this time.`,
      );
    await assert.rejects(
      gateway.call('CreateModel', { ApiId, Name: 'A', Schema: '{}' }),
      awsError('BadRequestException', 'Currently, Models are not permitted for APIs with a protocol type of HTTP'),
    );
    await assert.rejects(
      gateway.call('CreateRouteResponse', { ApiId, RouteId: 'any', RouteResponseKey: '$default' }),
      refused('RouteResponses'),
    );
    await assert.rejects(
      gateway.call('CreateIntegrationResponse', { ApiId, IntegrationId: 'any', IntegrationResponseKey: '$default' }),
      refused('IntegrationResponses'),
    );
  });
});

describe('DeleteApi', () => {
  test('takes everything along that hangs under the API', async () => {
    const { call, store, ApiId, integration } = await webSocketGateway();
    const IntegrationId = await integration();
    await call('CreateIntegrationResponse', { ApiId, IntegrationId, IntegrationResponseKey: '$default' });
    await call('CreateModel', { ApiId, Name: 'A', Schema: '{"type":"object"}' });
    const { RouteId } = await call('CreateRoute', { ApiId, RouteKey: 'a', Target: `integrations/${IntegrationId}` });
    await call('CreateRouteResponse', { ApiId, RouteId, RouteResponseKey: '$default' });
    await call('CreateStage', { ApiId, StageName: 'prod' });
    await call('CreateDeployment', { ApiId, StageName: 'prod' });
    await call('DeleteApi', { ApiId });
    for (const kind of [
      'route',
      'integration',
      'model',
      'route-response',
      'integration-response',
      'stage',
      'deployment',
      'snapshot',
      'api',
    ]) {
      assert.deepEqual(await store.scan(`apigatewayv2/${kind}`), [], kind);
    }
  });
});
