import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { awsError, functionArn, gatewayUnderTest, onTheWire } from './gateway-under-test.ts';
import type { Input } from './service.ts';

const malformed =
  'The provided route key is not formatted properly for HTTP protocol. Format should be "[HTTP METHOD] /[RESOURCE PATH]" or "$default"';

async function withIntegration() {
  const gateway = gatewayUnderTest();
  const ApiId = await gateway.apiWithRoutes();
  const { IntegrationId = '' } = await gateway.call('CreateIntegration', {
    ApiId,
    IntegrationType: 'AWS_PROXY',
    IntegrationUri: functionArn,
    PayloadFormatVersion: '2.0',
  });
  return { ...gateway, ApiId, IntegrationId };
}

describe('CreateRoute › 201', () => {
  test('answers exactly the recorded members; target is absent when none was given', async () => {
    const { call, ApiId, IntegrationId } = await withIntegration();
    const Target = `integrations/${IntegrationId}`;
    const route = await call('CreateRoute', { ApiId, RouteKey: 'GET /orders/{orderId}', Target });
    assert.match(route.RouteId ?? '', /^[a-z0-9]{7}$/);
    const recorded = {
      apiKeyRequired: false,
      authorizationType: 'NONE',
      routeId: route.RouteId,
      routeKey: 'GET /orders/{orderId}',
      target: Target,
    };
    assert.deepEqual(onTheWire(route), recorded);
    assert.deepEqual(Object.keys(onTheWire(route)), Object.keys(recorded));
    assert.deepEqual(await call('GetRoute', { ApiId, RouteId: route.RouteId }), route);
    const bare = await call('CreateRoute', { ApiId, RouteKey: '$default', OperationName: 'All', AuthorizationType: 'NONE' });
    assert.deepEqual(onTheWire(bare), {
      apiKeyRequired: false,
      authorizationType: 'NONE',
      operationName: 'All',
      routeId: bare.RouteId,
      routeKey: '$default',
    });
  });

  const good = ['$default', 'GET /', 'ANY /{proxy+}', 'DELETE /a/{b}/c/{d+}', 'GET /~a.b-c_d:e@f!$&()*+,;=%20', 'PUT /{b}/{B}'];
  for (const RouteKey of good) {
    test(`takes the key ${RouteKey}`, async () => {
      const { call, apiWithRoutes } = gatewayUnderTest();
      const ApiId = await apiWithRoutes();
      assert.equal((await call('CreateRoute', { ApiId, RouteKey })).RouteKey, RouteKey);
    });
  }
});

describe('CreateRoute › BadRequestException', () => {
  const bad = [
    'GET',
    'GET /pets/',
    'GET pets',
    'get /pets',
    'FETCH /pets',
    'GET  /pets',
    'GET /pets /cats',
    'GET //pets',
    'GET /pets//1',
    'GET /{a}/{a}',
    'GET /{a+}/b',
    'GET /{a+}/{b+}',
    'GET /a{b}',
    'GET /{a}b',
    'GET /{}',
    'GET /{+}',
    'GET /a b',
    'GET /a?b=c',
    'GET /a#b',
    'GET /é',
    'GET /%zz',
    ' GET /a',
    '$Default',
    '$connect',
    '/pets',
    `GET /${'a'.repeat(2048)}`,
  ];
  for (const RouteKey of bad) {
    test(`the key ${JSON.stringify(RouteKey.slice(0, 40))}`, async () => {
      const { call, apiWithRoutes } = gatewayUnderTest();
      const ApiId = await apiWithRoutes();
      await assert.rejects(call('CreateRoute', { ApiId, RouteKey }), awsError('BadRequestException', malformed));
    });
  }

  test('no key', async () => {
    const { call, apiWithRoutes } = gatewayUnderTest();
    const ApiId = await apiWithRoutes();
    for (const RouteKey of ['', undefined]) {
      await assert.rejects(call('CreateRoute', { ApiId, RouteKey }), awsError('BadRequestException', 'Route key is required'));
    }
  });

  const members: readonly { input: Partial<Input<'CreateRoute'>>; message: RegExp }[] = [
    {
      input: { ApiKeyRequired: true },
      message:
        /^ApiKeyRequired is not currently supported for HTTP APIs\. Please set ApiKeyRequired to false for route (null|[a-z0-9]{7})$/,
    },
    { input: { ModelSelectionExpression: '$request.body.x' }, message: /ModelSelectionExpression/ },
    { input: { RequestModels: { a: 'B' } }, message: /RequestModels/ },
    { input: { RequestParameters: { 'route.request.querystring.a': { Required: true } } }, message: /RequestParameters/ },
    { input: { RouteResponseSelectionExpression: '$default' }, message: /RouteResponseSelectionExpression/ },
    { input: { OperationName: 'o'.repeat(65) }, message: /OperationName/ },
    {
      input: { Target: 'abc' },
      message:
        /^Unexpected or malformed target in route (null|[a-z0-9]{7})\. Correct format should be integrations\/<integration_id>\.$/,
    },
  ];
  for (const { input, message } of members) {
    test(`${Object.keys(input)[0]}, in create and update alike`, async () => {
      const { call, apiWithRoutes } = gatewayUnderTest();
      const ApiId = await apiWithRoutes('GET /there');
      const RouteId = (await call('GetRoutes', { ApiId })).Items?.[0]?.RouteId;
      await assert.rejects(
        call('CreateRoute', { ApiId, RouteKey: 'GET /x', ...input }),
        awsError('BadRequestException', message),
      );
      await assert.rejects(call('UpdateRoute', { ApiId, RouteId, ...input }), awsError('BadRequestException', message));
      assert.equal((await call('GetRoutes', { ApiId })).Items?.length, 1);
    });
  }

  test('members that clients send empty ask for nothing', async () => {
    const { call, apiWithRoutes } = gatewayUnderTest();
    const ApiId = await apiWithRoutes();
    await call('CreateRoute', {
      ApiId,
      RouteKey: 'GET /x',
      ApiKeyRequired: false,
      AuthorizationScopes: [],
      AuthorizerId: '',
      RequestModels: {},
      RequestParameters: {},
    });
  });
});

describe('CreateRoute › ConflictException, NotFoundException, quota', () => {
  test('a key exists once in an API', async () => {
    const { call, apiWithRoutes } = gatewayUnderTest();
    const ApiId = await apiWithRoutes('ANY /{proxy+}');
    await assert.rejects(
      call('CreateRoute', { ApiId, RouteKey: 'ANY /{proxy+}' }),
      awsError('ConflictException', 'Route with key ANY /{proxy+} already exists for this API'),
    );
    await apiWithRoutes('ANY /{proxy+}');
  });

  test('twenty identical calls at once make one route', async () => {
    const { call, apiWithRoutes } = gatewayUnderTest();
    const ApiId = await apiWithRoutes();
    const results = await Promise.allSettled(
      Array.from({ length: 20 }, () => call('CreateRoute', { ApiId, RouteKey: 'GET /x' })),
    );
    assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 1);
    assert.equal((await call('GetRoutes', { ApiId })).Items?.length, 1);
  });

  test('the target must be an integration of the same API', async () => {
    const { call, apiWithRoutes, IntegrationId } = await withIntegration();
    const other = await apiWithRoutes();
    await assert.rejects(
      call('CreateRoute', { ApiId: other, RouteKey: 'GET /x', Target: `integrations/${IntegrationId}` }),
      awsError('NotFoundException', `Invalid Integration identifier specified ${IntegrationId}`),
    );
  });

  test('300 routes and no more, unless the limit is lifted', async () => {
    const { call, apiWithRoutes } = gatewayUnderTest();
    const ApiId = await apiWithRoutes(...Array.from({ length: 300 }, (_, index) => `GET /${index}`));
    await assert.rejects(
      call('CreateRoute', { ApiId, RouteKey: 'GET /more' }),
      awsError(
        'TooManyRequestsException',
        'Maximum number of Routes for this API has been reached. Please contact AWS if you need additional Routes.',
      ),
    );
    const lifted = gatewayUnderTest({ quotas: { routesPerApi: 301 } });
    await lifted.apiWithRoutes(...Array.from({ length: 301 }, (_, index) => `GET /${index}`));
  });
});

describe('UpdateRoute › 200', () => {
  test('changes the key, the target and the operation name, and keeps the id', async () => {
    const { call, ApiId, IntegrationId } = await withIntegration();
    const { RouteId } = await call('CreateRoute', { ApiId, RouteKey: 'GET /a', OperationName: 'A' });
    const Target = `integrations/${IntegrationId}`;
    const updated = await call('UpdateRoute', { ApiId, RouteId, RouteKey: 'POST /b', Target });
    assert.deepEqual(
      [updated.RouteId, updated.RouteKey, updated.Target, updated.OperationName],
      [RouteId, 'POST /b', Target, 'A'],
    );
    const cleared = await call('UpdateRoute', { ApiId, RouteId, RouteKey: 'POST /b', OperationName: '' });
    assert.ok(!Object.hasOwn(cleared, 'OperationName'));
    assert.equal(cleared.Target, Target);
    assert.deepEqual(await call('GetRoute', { ApiId, RouteId }), cleared);
  });

  test('ConflictException for the key of another route; BadRequestException for the key quick create gave', async () => {
    const { call, apiWithRoutes } = gatewayUnderTest();
    const ApiId = await apiWithRoutes('GET /a', 'GET /b');
    const [first, second] = (await call('GetRoutes', { ApiId })).Items ?? [];
    await assert.rejects(
      call('UpdateRoute', { ApiId, RouteId: first?.RouteId, RouteKey: second?.RouteKey }),
      awsError('ConflictException', `Route with key ${second?.RouteKey} already exists for this API`),
    );
    const quick = await call('CreateApi', { Name: 'q', ProtocolType: 'HTTP', Target: functionArn });
    const RouteId = (await call('GetRoutes', { ApiId: quick.ApiId })).Items?.[0]?.RouteId;
    await assert.rejects(
      call('UpdateRoute', { ApiId: quick.ApiId, RouteId, RouteKey: 'GET /x' }),
      awsError('BadRequestException', /UpdateApi/),
    );
  });
});

describe('DeleteRoute', () => {
  test('204, then NotFoundException', async () => {
    const { call, apiWithRoutes } = gatewayUnderTest();
    const ApiId = await apiWithRoutes('GET /a');
    const RouteId = (await call('GetRoutes', { ApiId })).Items?.[0]?.RouteId;
    assert.deepEqual(await call('DeleteRoute', { ApiId, RouteId }), {});
    const missing = awsError('NotFoundException', `Invalid Route identifier specified ${RouteId}`);
    await assert.rejects(call('DeleteRoute', { ApiId, RouteId }), missing);
    await assert.rejects(call('GetRoute', { ApiId, RouteId }), missing);
    await assert.rejects(call('UpdateRoute', { ApiId, RouteId }), missing);
    await assert.rejects(call('DeleteRouteRequestParameter', { ApiId, RouteId, RequestParameterKey: 'a' }), missing);
  });

  test('DeleteRouteRequestParameter: there is never one', async () => {
    const { call, apiWithRoutes } = gatewayUnderTest();
    const ApiId = await apiWithRoutes('GET /a');
    const RouteId = (await call('GetRoutes', { ApiId })).Items?.[0]?.RouteId;
    await assert.rejects(
      call('DeleteRouteRequestParameter', { ApiId, RouteId, RequestParameterKey: 'route.request.header.a' }),
      awsError('NotFoundException', /route\.request\.header\.a/),
    );
  });
});
