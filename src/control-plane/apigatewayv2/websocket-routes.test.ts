// biome-ignore-all lint/suspicious/noTemplateCurlyInString: expressions in AWS's notation
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { awsError, onTheWire } from './gateway-under-test.ts';
import { invocationUri, webSocketGateway } from './websocket-gateway-under-test.ts';

async function withAuthorizer() {
  const gateway = await webSocketGateway();
  const { AuthorizerId } = await gateway.call('CreateAuthorizer', {
    ApiId: gateway.ApiId,
    AuthorizerType: 'REQUEST',
    AuthorizerUri: invocationUri,
    IdentitySource: ['route.request.header.Auth'],
    Name: 'door',
  });
  await gateway.call('CreateModel', { ApiId: gateway.ApiId, Name: 'OrderModel', Schema: '{"type":"object"}' });
  return { ...gateway, AuthorizerId };
}

describe('CreateRoute of a WebSocket API › 201', () => {
  test('a two-way route with a model answers the members AWS answers', async () => {
    const { call, ApiId, integration } = await withAuthorizer();
    const Target = `integrations/${await integration()}`;
    const { routeId, ...route } = onTheWire(
      await call('CreateRoute', {
        ApiId,
        RouteKey: 'sendmessage',
        ModelSelectionExpression: '$request.body.modelType',
        OperationName: 'send',
        RequestModels: { order: 'OrderModel' },
        RouteResponseSelectionExpression: '$default',
        Target,
      }),
    );
    assert.match(String(routeId), /^[a-z0-9]{7}$/);
    assert.deepEqual(route, {
      apiKeyRequired: false,
      authorizationType: 'NONE',
      modelSelectionExpression: '$request.body.modelType',
      operationName: 'send',
      requestModels: { order: 'OrderModel' },
      routeKey: 'sendmessage',
      routeResponseSelectionExpression: '$default',
      target: Target,
    });
    assert.deepEqual(onTheWire(await call('GetRoute', { ApiId, RouteId: String(routeId) })), { routeId, ...route });
  });

  test('$connect with an authorizer, a key and required parameters', async () => {
    const { call, ApiId, AuthorizerId } = await withAuthorizer();
    const RequestParameters = {
      'route.request.querystring.token': { Required: true },
      'route.request.header.X': { Required: false },
    };
    const { RouteId: _, ...route } = await call('CreateRoute', {
      ApiId,
      RouteKey: '$connect',
      ApiKeyRequired: true,
      AuthorizationType: 'CUSTOM',
      AuthorizerId,
      RequestParameters,
    });
    assert.deepEqual(route, {
      ApiKeyRequired: true,
      AuthorizationType: 'CUSTOM',
      AuthorizerId,
      RequestParameters,
      RouteKey: '$connect',
    });
  });

  for (const RouteKey of ['$connect', '$disconnect', '$default', 'join', 'GET /a', 'a b/c', 'ü{"x":1}']) {
    test(`the key ${RouteKey}`, async () => {
      const { call, ApiId } = await webSocketGateway();
      assert.equal((await call('CreateRoute', { ApiId, RouteKey })).RouteKey, RouteKey);
      await assert.rejects(
        call('CreateRoute', { ApiId, RouteKey }),
        awsError('ConflictException', `Route with key ${RouteKey} already exists for this API`),
      );
    });
  }

  test('an API key on a route of messages: it is asked of the connection', async () => {
    const { call, ApiId } = await webSocketGateway();
    const route = await call('CreateRoute', { ApiId, RouteKey: '$default', ApiKeyRequired: true, OperationName: 'GET' });
    assert.equal(route.ApiKeyRequired, true);
    assert.equal((await call('GetRoute', { ApiId, RouteId: route.RouteId })).ApiKeyRequired, true);
  });

  test('IAM on $connect', async () => {
    const { call, ApiId } = await webSocketGateway();
    const route = await call('CreateRoute', { ApiId, RouteKey: '$connect', AuthorizationType: 'AWS_IAM' });
    assert.equal(route.AuthorizationType, 'AWS_IAM');
  });
});

describe('CreateRoute of a WebSocket API › BadRequestException', () => {
  const rows: readonly { readonly desc: string; readonly input: object; readonly message: string | RegExp }[] = [
    { desc: 'no key', input: { RouteKey: '' }, message: 'Route key is required' },
    {
      desc: 'another key with a dollar sign',
      input: { RouteKey: '$other' },
      message: 'The provided route key is not formatted properly',
    },
    { desc: 'a long key', input: { RouteKey: 'x'.repeat(1_025) }, message: /not formatted properly/ },
    { desc: 'half a character', input: { RouteKey: '\ud800' }, message: /not formatted properly/ },
    {
      desc: 'IAM elsewhere',
      input: { AuthorizationType: 'AWS_IAM' },
      message: 'Currently, authorization is restricted to the $connect route only',
    },
    {
      desc: 'parameters elsewhere',
      input: { RequestParameters: { 'route.request.header.X': { Required: true } } },
      message: 'RequestParameters is supported on the $connect route only: no other one has a request of its own',
    },
    {
      desc: 'JWT',
      input: { RouteKey: '$connect', AuthorizationType: 'JWT' },
      message: 'AuthorizationType JWT is not supported on protocolType WEBSOCKET',
    },
    {
      desc: 'scopes',
      input: { AuthorizationScopes: ['a'] },
      message:
        'Invalid Route authorization type specified. Authorization Scopes are only valid for COGNITO_USER_POOLS and JWT authorization types',
    },
    {
      desc: 'CUSTOM without an authorizer',
      input: { RouteKey: '$connect', AuthorizationType: 'CUSTOM' },
      message:
        'Invalid authorizer ID specified. Setting the authorization type to CUSTOM or COGNITO_USER_POOLS requires a valid authorizer.',
    },
    {
      desc: 'an authorizer without CUSTOM',
      input: { RouteKey: '$connect', AuthorizerId: 'abc123' },
      message: "AuthorizerId needs the authorization type CUSTOM; the route's is NONE.",
    },
    {
      desc: 'another response selection',
      input: { RouteResponseSelectionExpression: '$request.body.a' },
      message: /only \$default/,
    },
    {
      desc: 'a model that is not there',
      input: { RequestModels: { a: 'None' } },
      message: 'Invalid model identifier specified: None',
    },
    {
      desc: 'a model selection that cannot be read, with its position',
      input: { ModelSelectionExpression: 'x-$request.bod' },
      message: /^Invalid ModelSelectionExpression: \$request\.bod is no variable \(character 3\)/,
    },
    {
      desc: 'a parameter with another name',
      input: { RouteKey: '$connect', RequestParameters: { 'method.request.header.X': { Required: true } } },
      message: /Invalid mapping expression parameter specified: method\.request\.header\.X/,
    },
    {
      desc: 'a target that is none',
      input: { Target: 'integrations/' },
      message: 'Unexpected or malformed target in route null. Correct format should be integrations/<integration_id>.',
    },
  ];
  for (const { desc, input, message } of rows) {
    test(`${desc}; nothing is kept`, async () => {
      const { call, store, ApiId } = await withAuthorizer();
      const before = store.revision();
      await assert.rejects(
        call('CreateRoute', { ApiId, RouteKey: 'a', ...input } as never),
        awsError('BadRequestException', message),
      );
      assert.equal(store.revision(), before);
    });
  }

  test('an authorizer on a route of messages, and by UpdateRoute too', async () => {
    const { call, ApiId, AuthorizerId } = await withAuthorizer();
    const refused = awsError('BadRequestException', 'Currently, authorization is restricted to the $connect route only');
    const guard = { AuthorizationType: 'CUSTOM', AuthorizerId } as const;
    await assert.rejects(call('CreateRoute', { ApiId, RouteKey: 'a', ...guard }), refused);
    const { RouteId } = await call('CreateRoute', { ApiId, RouteKey: 'a' });
    await assert.rejects(call('UpdateRoute', { ApiId, RouteId, ...guard }), refused);
    const connect = await call('CreateRoute', { ApiId, RouteKey: '$connect', ...guard });
    await assert.rejects(call('UpdateRoute', { ApiId, RouteId: connect.RouteId, RouteKey: 'b' }), refused);
  });

  test('an integration that is not there › NotFoundException', async () => {
    const { call, ApiId } = await webSocketGateway();
    await assert.rejects(
      call('CreateRoute', { ApiId, RouteKey: 'a', Target: 'integrations/none' }),
      awsError('NotFoundException', 'Invalid Integration identifier specified none'),
    );
  });
});

describe('UpdateRoute of a WebSocket API › 200', () => {
  test('changes what is sent and nothing else; models are replaced, parameters merged', async () => {
    const { call, ApiId, AuthorizerId } = await withAuthorizer();
    await call('CreateModel', { ApiId, Name: 'Other', Schema: '{"type":"object"}' });
    const { RouteId } = await call('CreateRoute', {
      ApiId,
      RouteKey: '$connect',
      AuthorizationType: 'CUSTOM',
      AuthorizerId,
      ModelSelectionExpression: '$request.body.a',
      RequestModels: { a: 'OrderModel' },
      RequestParameters: { 'route.request.header.A': { Required: true } },
    });
    const updated = await call('UpdateRoute', {
      ApiId,
      RouteId,
      RequestModels: { b: 'Other' },
      RequestParameters: { 'route.request.header.B': { Required: true } },
    });
    assert.deepEqual(updated.RequestModels, { b: 'Other' });
    assert.deepEqual(updated.RequestParameters, {
      'route.request.header.A': { Required: true },
      'route.request.header.B': { Required: true },
    });
    assert.equal(updated.ModelSelectionExpression, '$request.body.a');
    assert.equal(updated.AuthorizerId, AuthorizerId);
    const open = await call('UpdateRoute', { ApiId, RouteId, AuthorizationType: 'NONE', ModelSelectionExpression: '' });
    assert.ok(!('AuthorizerId' in open) && !('ModelSelectionExpression' in open));
  });

  test('DeleteRouteRequestParameter takes one away, and is told when there is none', async () => {
    const { call, ApiId } = await webSocketGateway();
    const parameters = { 'route.request.header.A': { Required: true }, 'route.request.querystring.b': {} };
    const { RouteId } = await call('CreateRoute', { ApiId, RouteKey: '$connect', RequestParameters: parameters });
    const remove = (RequestParameterKey: string) => call('DeleteRouteRequestParameter', { ApiId, RouteId, RequestParameterKey });
    await remove('route.request.header.A');
    assert.deepEqual((await call('GetRoute', { ApiId, RouteId })).RequestParameters, { 'route.request.querystring.b': {} });
    await remove('route.request.querystring.b');
    assert.ok(!('RequestParameters' in (await call('GetRoute', { ApiId, RouteId }))));
    await assert.rejects(remove('route.request.header.A'), awsError('NotFoundException', /Unable to find request parameter/));
  });
});

describe('route responses', () => {
  test('are made, read, listed, changed and deleted', async () => {
    const { call, ApiId } = await withAuthorizer();
    const { RouteId } = await call('CreateRoute', { ApiId, RouteKey: 'a' });
    const made = onTheWire(await call('CreateRouteResponse', { ApiId, RouteId, RouteResponseKey: '$default' }));
    const { routeResponseId, ...response } = made;
    assert.match(String(routeResponseId), /^[a-z0-9]{6}$/);
    assert.deepEqual(response, { routeResponseKey: '$default' });
    const RouteResponseId = String(routeResponseId);
    assert.deepEqual(onTheWire(await call('GetRouteResponse', { ApiId, RouteId, RouteResponseId })), made);
    assert.deepEqual((await call('GetRouteResponses', { ApiId, RouteId })).Items, [
      { RouteResponseId, RouteResponseKey: '$default' },
    ]);
    const changed = await call('UpdateRouteResponse', {
      ApiId,
      RouteId,
      RouteResponseId,
      ModelSelectionExpression: 'action',
      ResponseModels: { a: 'OrderModel' },
    });
    assert.deepEqual(changed.ResponseModels, { a: 'OrderModel' });
    await call('DeleteRouteResponse', { ApiId, RouteId, RouteResponseId });
    await assert.rejects(
      call('GetRouteResponse', { ApiId, RouteId, RouteResponseId }),
      awsError('NotFoundException', `Invalid RouteResponse identifier specified ${RouteResponseId}`),
    );
  });

  test('there is one, with one key', async () => {
    const { call, ApiId } = await webSocketGateway();
    const { RouteId } = await call('CreateRoute', { ApiId, RouteKey: 'a' });
    await assert.rejects(
      call('CreateRouteResponse', { ApiId, RouteId, RouteResponseKey: '200' }),
      awsError(
        'BadRequestException',
        'Currently, only $default is supported as a RouteResponseKey. The creation of the RouteResponse with a key of $default will indicate to API Gateway that this Route is intended to handle two-way communication.',
      ),
    );
    await call('CreateRouteResponse', { ApiId, RouteId, RouteResponseKey: '$default' });
    await assert.rejects(
      call('CreateRouteResponse', { ApiId, RouteId, RouteResponseKey: '$default' }),
      awsError('ConflictException', /already exists for this Route/),
    );
  });

  test('go with their route, and are those of their route alone', async () => {
    const { call, store, ApiId } = await webSocketGateway();
    const a = await call('CreateRoute', { ApiId, RouteKey: 'a' });
    const b = await call('CreateRoute', { ApiId, RouteKey: 'b' });
    const ofA = await call('CreateRouteResponse', { ApiId, RouteId: a.RouteId, RouteResponseKey: '$default' });
    await assert.rejects(
      call('GetRouteResponse', { ApiId, RouteId: b.RouteId, RouteResponseId: ofA.RouteResponseId }),
      awsError('NotFoundException', /Invalid RouteResponse identifier/),
    );
    assert.deepEqual((await call('GetRouteResponses', { ApiId, RouteId: b.RouteId })).Items, []);
    await call('DeleteRoute', { ApiId, RouteId: a.RouteId });
    assert.deepEqual(await store.scan('apigatewayv2/route-response'), []);
  });
});
