import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { planWebSocketApi } from '../../compile/websocket-api/plan.ts';
import { clientCertificateKey } from '../apigateway/client-certificates.ts';
import { loadApisOf, loadDeployedStages, loadDeployedStagesOf, loadDeployedWebSocketStagesOf } from './documents.ts';
import { awsError, caller, onTheWire } from './gateway-under-test.ts';
import { invocationUri, type WebSocketGatewayUnderTest, webSocketGateway } from './websocket-gateway-under-test.ts';

const scope = { account: caller.account, region: caller.region };
const AccessLogSettings = {
  DestinationArn: `arn:aws:logs:${scope.region}:${scope.account}:log-group:chat`,
  Format: '$context.requestId $context.connectionId',
};

async function withRoute(): Promise<WebSocketGatewayUnderTest> {
  const gateway = await webSocketGateway();
  await gateway.call('CreateRoute', {
    ApiId: gateway.ApiId,
    RouteKey: 'send',
    Target: `integrations/${await gateway.integration()}`,
  });
  return gateway;
}

describe('CreateStage of a WebSocket API › 201', () => {
  test('a fresh stage answers the members AWS answers', async () => {
    const { call, ApiId } = await withRoute();
    const { DeploymentId } = await call('CreateDeployment', { ApiId });
    assert.deepEqual(onTheWire(await call('CreateStage', { ApiId, StageName: 'prod', DeploymentId })), {
      createdDate: '2026-11-23T02:15:30+00:00',
      defaultRouteSettings: { dataTraceEnabled: false, detailedMetricsEnabled: false, loggingLevel: 'OFF' },
      deploymentId: DeploymentId,
      lastUpdatedDate: '2026-11-23T02:15:30+00:00',
      routeSettings: {},
      stageName: 'prod',
      stageVariables: {},
      tags: {},
    });
  });

  test('a client certificate is kept when it is there, and taken away', async () => {
    const { call, store, ApiId } = await withRoute();
    const at = { ApiId, StageName: 'prod' };
    const unknown = awsError('NotFoundException', 'Invalid Client Certificate identifier specified');
    await assert.rejects(call('CreateStage', { ...at, ClientCertificateId: 'abc123' }), unknown);
    await store.transact((transaction) => transaction.put(clientCertificateKey(scope, 'abc123'), { id: 'abc123' }));
    assert.equal((await call('CreateStage', { ...at, ClientCertificateId: 'abc123' })).ClientCertificateId, 'abc123');
    assert.equal((await call('UpdateStage', { ...at, Description: 'x' })).ClientCertificateId, 'abc123');
    await assert.rejects(call('UpdateStage', { ...at, ClientCertificateId: 'other1' }), unknown);
    assert.ok(!('ClientCertificateId' in (await call('UpdateStage', { ...at, ClientCertificateId: '' }))));
  });

  test('logs, throttles and variables are kept, changed and taken away', async () => {
    const gateway = await withRoute();
    const { call, ApiId } = gateway;
    await call('CreateStage', {
      ApiId,
      StageName: 'prod',
      DefaultRouteSettings: { LoggingLevel: 'INFO', DataTraceEnabled: true, ThrottlingBurstLimit: 5, ThrottlingRateLimit: 2.5 },
      RouteSettings: { send: { LoggingLevel: 'ERROR', DetailedMetricsEnabled: true } },
      StageVariables: { a: '1' },
      AccessLogSettings,
    });
    const read = onTheWire(await call('GetStage', { ApiId, StageName: 'prod' }));
    assert.deepEqual(read['defaultRouteSettings'], {
      dataTraceEnabled: true,
      detailedMetricsEnabled: false,
      loggingLevel: 'INFO',
      throttlingBurstLimit: 5,
      throttlingRateLimit: 2.5,
    });
    assert.deepEqual(read['routeSettings'], { send: { detailedMetricsEnabled: true, loggingLevel: 'ERROR' } });
    assert.deepEqual(read['accessLogSettings'], AccessLogSettings);
    await call('UpdateStage', {
      ApiId,
      StageName: 'prod',
      RouteSettings: { send: { DataTraceEnabled: true } },
      StageVariables: { a: '' },
    });
    const updated = await call('GetStage', { ApiId, StageName: 'prod' });
    assert.deepEqual(updated.RouteSettings, {
      send: { DataTraceEnabled: true, DetailedMetricsEnabled: true, LoggingLevel: 'ERROR' },
    });
    assert.deepEqual(updated.StageVariables, {});
    await call('DeleteRouteSettings', { ApiId, StageName: 'prod', RouteKey: 'send' });
    await call('DeleteAccessLogSettings', { ApiId, StageName: 'prod' });
    const { RouteSettings, ...last } = await call('GetStage', { ApiId, StageName: 'prod' });
    assert.deepEqual(RouteSettings, {});
    assert.ok(!('AccessLogSettings' in last));
  });

  test('tags of the API and of the stage', async () => {
    const { call, ApiId } = await withRoute();
    await call('CreateStage', { ApiId, StageName: 'prod', Tags: { a: '1' } });
    const ResourceArn = `arn:aws:apigateway:${scope.region}::/apis/${ApiId}/stages/prod`;
    await call('TagResource', { ResourceArn, Tags: { b: '2' } });
    await call('UntagResource', { ResourceArn, TagKeys: ['a'] });
    assert.deepEqual((await call('GetTags', { ResourceArn })).Tags, { b: '2' });
    const api = `arn:aws:apigateway:${scope.region}::/apis/${ApiId}`;
    await call('TagResource', { ResourceArn: api, Tags: { c: '3' } });
    assert.deepEqual((await call('GetApi', { ApiId })).Tags, { c: '3' });
  });
});

describe('what a stage of a WebSocket API cannot be asked for › BadRequestException', () => {
  const rows: readonly { readonly desc: string; readonly input: object; readonly message: string | RegExp }[] = [
    { desc: '$default', input: { StageName: '$default' }, message: 'Stage name only allows a-zA-Z0-9_' },
    { desc: 'a slash', input: { StageName: 'a/b' }, message: 'Stage name only allows a-zA-Z0-9_' },
    { desc: 'a level that is none', input: { DefaultRouteSettings: { LoggingLevel: 'DEBUG' } }, message: /LoggingLevel/ },
    { desc: 'a negative limit', input: { DefaultRouteSettings: { ThrottlingRateLimit: -1 } }, message: /ThrottlingRateLimit/ },
  ];
  for (const { desc, input, message } of rows) {
    test(`${desc}; nothing is kept`, async () => {
      const { call, store, ApiId } = await withRoute();
      const before = store.revision();
      await assert.rejects(
        call('CreateStage', { ApiId, StageName: 'prod', ...input } as never),
        awsError('BadRequestException', message),
      );
      assert.equal(store.revision(), before);
    });
  }

  test('settings of a route that is not there › NotFoundException', async () => {
    const { call, ApiId } = await withRoute();
    await assert.rejects(
      call('CreateStage', { ApiId, StageName: 'prod', RouteSettings: { none: {} } }),
      awsError('NotFoundException', 'Unable to find Route by key none within the provided RouteSettings'),
    );
  });
});

describe('deployments of a WebSocket API', () => {
  test('an API without routes cannot be deployed › BadRequestException', async () => {
    const { call, ApiId } = await webSocketGateway();
    await assert.rejects(
      call('CreateDeployment', { ApiId }),
      awsError('BadRequestException', 'At least one route is required before deploying the Api'),
    );
  });

  test('freeze what the API says now; what changes later waits for the next one', async () => {
    const gateway = await withRoute();
    const { call, store, ApiId } = gateway;
    const IntegrationId = await gateway.integration({ RequestTemplates: { $default: '{"statusCode":200}' } });
    await call('CreateIntegrationResponse', {
      ApiId,
      IntegrationId,
      IntegrationResponseKey: '$default',
      ResponseTemplates: { $default: '1' },
    });
    await call('CreateModel', { ApiId, Name: 'A', Schema: '{"type":"object"}' });
    const { RouteId } = await call('CreateRoute', {
      ApiId,
      RouteKey: 'two',
      Target: `integrations/${IntegrationId}`,
      ModelSelectionExpression: '\\$default',
      RequestModels: { $default: 'A' },
      RouteResponseSelectionExpression: '$default',
    });
    await call('CreateRouteResponse', { ApiId, RouteId, RouteResponseKey: '$default' });
    await call('CreateStage', { ApiId, StageName: 'prod' });
    const deployment = onTheWire(await call('CreateDeployment', { ApiId, StageName: 'prod', Description: 'first' }));
    const { deploymentId, ...members } = deployment;
    assert.deepEqual(members, {
      autoDeployed: false,
      createdDate: '2026-11-23T02:15:30+00:00',
      deploymentStatus: 'DEPLOYED',
      description: 'first',
    });
    await call('CreateRoute', { ApiId, RouteKey: 'later' });
    await call('UpdateApi', { ApiId, RouteSelectionExpression: '$request.body.type' });
    const [live] = await loadDeployedWebSocketStagesOf(store, scope, ApiId);
    assert.ok(live !== undefined);
    assert.equal(live.snapshot.deploymentId, deploymentId);
    const slots = { allocate: () => 0 };
    const plan = planWebSocketApi(live.snapshot, live.stage, slots, undefined);
    assert.deepEqual(plan.routeSelection, [{ source: 'requestBody', path: '$.action' }]);
    assert.deepEqual(
      plan.routes.map(({ routeKey, returnsResponse }) => [routeKey, returnsResponse]),
      [
        ['send', false],
        ['two', true],
      ],
    );
    const two = plan.routes[1];
    assert.ok(two?.integration.type === 'MOCK');
    assert.deepEqual(
      two.integration.responses.map(({ responseTemplates }) => responseTemplates),
      [{ $default: '1' }],
    );
    assert.deepEqual(two.validation?.schemas, { $default: '{"type":"object"}' });
    await call('CreateDeployment', { ApiId, StageName: 'prod' });
    const [next] = await loadDeployedWebSocketStagesOf(store, scope, ApiId);
    assert.deepEqual(next?.snapshot.routes.map(({ routeKey }) => routeKey).sort(), ['later', 'send', 'two']);
    assert.equal(next?.snapshot.routeSelectionExpression, '$request.body.type');
  });

  test('a stage with autoDeploy follows every change of every noun', async () => {
    const gateway = await withRoute();
    const { call, store, ApiId } = gateway;
    await call('CreateStage', { ApiId, StageName: 'prod', AutoDeploy: true });
    const deploymentNow = async () => (await loadDeployedWebSocketStagesOf(store, scope, ApiId))[0]?.snapshot.deploymentId;
    let former = await deploymentNow();
    assert.ok(former !== undefined);
    const follows = async <T>(change: Promise<T>): Promise<T> => {
      const result = await change;
      const now = await deploymentNow();
      assert.notEqual(now, former);
      former = now;
      return result;
    };
    await follows(call('UpdateApi', { ApiId, RouteSelectionExpression: '$request.body.type' }));
    const { IntegrationId } = await follows(call('CreateIntegration', { ApiId, IntegrationType: 'MOCK' }));
    const key = { ApiId, IntegrationId, IntegrationResponseKey: '$default' };
    const { IntegrationResponseId } = await follows(call('CreateIntegrationResponse', key));
    await follows(call('UpdateIntegrationResponse', { ...key, IntegrationResponseId, IntegrationResponseKey: '/1/' }));
    const { ModelId } = await follows(call('CreateModel', { ApiId, Name: 'A', Schema: '{"type":"object"}' }));
    await follows(call('UpdateModel', { ApiId, ModelId, Description: 'x' }));
    const { RouteId } = await follows(
      call('CreateRoute', { ApiId, RouteKey: '$connect', RequestParameters: { 'route.request.header.a': {} } }),
    );
    await follows(call('DeleteRouteRequestParameter', { ApiId, RouteId, RequestParameterKey: 'route.request.header.a' }));
    const response = await follows(call('CreateRouteResponse', { ApiId, RouteId, RouteResponseKey: '$default' }));
    const { RouteResponseId } = response;
    await follows(call('UpdateRouteResponse', { ApiId, RouteId, RouteResponseId, ModelSelectionExpression: 'a' }));
    await follows(call('DeleteRouteResponse', { ApiId, RouteId, RouteResponseId }));
    await follows(call('DeleteIntegrationResponse', { ApiId, IntegrationId, IntegrationResponseId }));
    await follows(call('DeleteModel', { ApiId, ModelId }));
    await follows(call('DeleteRoute', { ApiId, RouteId }));
    await assert.rejects(
      call('UpdateStage', { ApiId, StageName: 'prod', DeploymentId: String(former) }),
      awsError('BadRequestException', /AutoDeploy is enabled/),
    );
  });

  test('HTTP and WebSocket stages are never taken for each other', async () => {
    const gateway = await withRoute();
    const { call, store, ApiId } = gateway;
    await call('CreateStage', { ApiId, StageName: 'prod', AutoDeploy: true });
    const http = await call('CreateApi', { Name: 'orders', ProtocolType: 'HTTP', Target: 'https://a.example' });
    assert.deepEqual(
      (await loadDeployedStages(store)).map(({ apiId }) => apiId),
      [http.ApiId],
    );
    assert.deepEqual(await loadDeployedStagesOf(store, scope, ApiId), []);
    assert.deepEqual(await loadDeployedWebSocketStagesOf(store, scope, http.ApiId), []);
    assert.equal((await loadDeployedWebSocketStagesOf(store, scope, ApiId)).length, 1);
    assert.deepEqual(await loadApisOf(store, 'WEBSOCKET'), [{ scope, apiId: ApiId }]);
  });
});

describe('custom domains', () => {
  test('lead to WebSocket APIs or to others, never to both › BadRequestException', async () => {
    const gateway = await withRoute();
    const { call, ApiId } = gateway;
    await call('CreateStage', { ApiId, StageName: 'prod' });
    const http = await call('CreateApi', { Name: 'orders', ProtocolType: 'HTTP', Target: 'https://a.example' });
    const DomainNameConfigurations = [
      { CertificateArn: 'arn:aws:acm:eu-west-1:000000000000:certificate/a', EndpointType: 'REGIONAL' as const },
    ];
    const toChat = { ApiId, Stage: 'prod' };
    const toOrders = { ApiId: http.ApiId, Stage: '$default' };
    const refused = awsError(
      'BadRequestException',
      'Currently, WebSocket APIs can only be attached to a domain name with other WebSocket APIs.',
    );
    for (const [DomainName, first, second] of [
      ['ws.example', toChat, toOrders],
      ['http.example', toOrders, toChat],
    ] as const) {
      await call('CreateDomainName', { DomainName, DomainNameConfigurations });
      const { ApiMappingId } = await call('CreateApiMapping', { DomainName, ...first, ApiMappingKey: 'a' });
      await assert.rejects(call('CreateApiMapping', { DomainName, ...second, ApiMappingKey: 'b' }), refused);
      await call('CreateApiMapping', { DomainName, ...first, ApiMappingKey: 'b' });
      await assert.rejects(call('UpdateApiMapping', { DomainName, ApiMappingId, ...second }), refused);
      await assert.rejects(call('DeleteApi', { ApiId: first.ApiId }), awsError('BadRequestException', /remove all API mappings/));
    }
  });
});

test('a function on every predefined route, as a template makes it', async () => {
  const { call, store, ApiId, integration } = await webSocketGateway();
  const Target = `integrations/${await integration({ IntegrationType: 'AWS_PROXY', IntegrationUri: invocationUri })}`;
  for (const RouteKey of ['$connect', '$disconnect', '$default']) await call('CreateRoute', { ApiId, RouteKey, Target });
  await call('CreateStage', { ApiId, StageName: 'dev' });
  await call('CreateDeployment', { ApiId, StageName: 'dev' });
  const [live] = await loadDeployedWebSocketStagesOf(store, scope, ApiId);
  assert.ok(live !== undefined);
  const plan = planWebSocketApi(live.snapshot, live.stage, { allocate: () => 0 }, undefined);
  assert.deepEqual(
    plan.routes.map(({ integration: { type } }) => type),
    ['AWS_PROXY', 'AWS_PROXY', 'AWS_PROXY'],
  );
});
