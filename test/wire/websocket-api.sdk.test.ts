// biome-ignore-all lint/suspicious/noTemplateCurlyInString: expressions in AWS's notation
// WebSocket APIs through the SDK, the AWS CLI and boto3: what they send is understood, what they are answered they understand.

import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import {
  BadRequestException,
  ConflictException,
  CreateApiCommand,
  CreateAuthorizerCommand,
  CreateDeploymentCommand,
  CreateIntegrationCommand,
  CreateIntegrationResponseCommand,
  CreateModelCommand,
  CreateRouteCommand,
  CreateRouteResponseCommand,
  CreateStageCommand,
  DeleteApiCommand,
  DeleteRouteRequestParameterCommand,
  DeleteRouteSettingsCommand,
  GetApiCommand,
  GetIntegrationCommand,
  GetIntegrationResponsesCommand,
  GetModelTemplateCommand,
  GetRouteCommand,
  GetRouteResponsesCommand,
  GetStageCommand,
  NotFoundException,
  UpdateIntegrationResponseCommand,
  UpdateRouteCommand,
  UpdateStageCommand,
} from '@aws-sdk/client-apigatewayv2';
import { type AwsClients, awsClients } from './aws-clients.ts';
import { awsCommand, pythonWithBoto3, runClient, skipWithout } from './other-clients.ts';
import { type StartedServer, startServer } from './started-server.ts';

const invocationUri =
  'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:000000000000:function:chat/invocations';

let server: StartedServer;
let clients: AwsClients;
before(async () => {
  server = await startServer();
  clients = awsClients(server);
});
after(async () => {
  clients.destroy();
  await server.stop();
});

describe('the SDK', () => {
  test('a whole API: made, deployed, read back and deleted', async () => {
    const { apis } = clients;
    const api = await apis.send(
      new CreateApiCommand({ Name: 'chat', ProtocolType: 'WEBSOCKET', RouteSelectionExpression: '${request.body.action}' }),
    );
    const { ApiId } = api;
    assert.equal(api.ApiEndpoint, `wss://${ApiId}.execute-api.us-east-1.amazonaws.com`);
    assert.ok(api.CreatedDate instanceof Date);
    const authorizer = await apis.send(
      new CreateAuthorizerCommand({
        ApiId,
        AuthorizerType: 'REQUEST',
        AuthorizerUri: invocationUri,
        IdentitySource: ['route.request.header.Auth'],
        Name: 'door',
      }),
    );
    const model = await apis.send(
      new CreateModelCommand({ ApiId, Name: 'Order', Schema: '{"type":"object","properties":{"qty":{"type":"number"}}}' }),
    );
    const { Value } = await apis.send(new GetModelTemplateCommand({ ApiId, ModelId: model.ModelId }));
    assert.match(Value ?? '', /\$inputRoot/);
    const lambda = await apis.send(
      new CreateIntegrationCommand({ ApiId, IntegrationType: 'AWS_PROXY', IntegrationUri: invocationUri }),
    );
    const mock = await apis.send(
      new CreateIntegrationCommand({
        ApiId,
        IntegrationType: 'MOCK',
        RequestTemplates: { $default: '{"statusCode":200}' },
        TemplateSelectionExpression: '\\$default',
      }),
    );
    const response = { ApiId, IntegrationId: mock.IntegrationId };
    const answer = await apis.send(
      new CreateIntegrationResponseCommand({
        ...response,
        IntegrationResponseKey: '$default',
        ResponseTemplates: { $default: '"a"' },
      }),
    );
    const { IntegrationResponseId } = answer;
    await apis.send(
      new UpdateIntegrationResponseCommand({ ...response, IntegrationResponseId, IntegrationResponseKey: '/2\\d\\d/' }),
    );
    const { Items: responses } = await apis.send(new GetIntegrationResponsesCommand(response));
    assert.deepEqual(responses, [
      { IntegrationResponseId, IntegrationResponseKey: '/2\\d\\d/', ResponseTemplates: { $default: '"a"' } },
    ]);
    const connect = await apis
      .send(
        new CreateRouteCommand({
          ApiId,
          RouteKey: '$connect',
          AuthorizationType: 'CUSTOM',
          AuthorizerId: authorizer.AuthorizerId,
          RequestParameters: {
            'route.request.querystring.room': { Required: true },
            'route.request.header.a b': { Required: true },
          },
          Target: `integrations/${lambda.IntegrationId}`,
        }),
      )
      .catch((error: unknown) => error);
    assert.ok(connect instanceof BadRequestException, 'a name that no header can have');
    const { RouteId } = await apis.send(
      new CreateRouteCommand({
        ApiId,
        RouteKey: '$connect',
        AuthorizationType: 'CUSTOM',
        AuthorizerId: authorizer.AuthorizerId,
        RequestParameters: { 'route.request.querystring.room': { Required: true } },
        Target: `integrations/${lambda.IntegrationId}`,
      }),
    );
    await apis.send(
      new DeleteRouteRequestParameterCommand({ ApiId, RouteId, RequestParameterKey: 'route.request.querystring.room' }),
    );
    await apis.send(new UpdateRouteCommand({ ApiId, RouteId, ApiKeyRequired: true }));
    const read = await apis.send(new GetRouteCommand({ ApiId, RouteId }));
    assert.equal(read.ApiKeyRequired, true);
    assert.equal(read.RequestParameters, undefined);
    const two = await apis.send(
      new CreateRouteCommand({
        ApiId,
        RouteKey: 'order',
        ModelSelectionExpression: '$request.body.type',
        RequestModels: { order: 'Order' },
        RouteResponseSelectionExpression: '$default',
        Target: `integrations/${mock.IntegrationId}`,
      }),
    );
    await apis.send(new CreateRouteResponseCommand({ ApiId, RouteId: two.RouteId, RouteResponseKey: '$default' }));
    const { Items: routeResponses } = await apis.send(new GetRouteResponsesCommand({ ApiId, RouteId: two.RouteId }));
    assert.equal(routeResponses?.length, 1);
    const integration = await apis.send(new GetIntegrationCommand(response));
    assert.equal(integration.IntegrationResponseSelectionExpression, '${integration.response.statuscode}');
    assert.equal(integration.PassthroughBehavior, 'WHEN_NO_MATCH');

    const stage = { ApiId, StageName: 'prod' };
    const logging = { ...stage, DefaultRouteSettings: { LoggingLevel: 'INFO', DataTraceEnabled: true } } as const;
    await apis.send(new CreateStageCommand(logging));
    await apis.send(
      new UpdateStageCommand({ ...stage, RouteSettings: { order: { ThrottlingRateLimit: 1.5, ThrottlingBurstLimit: 2 } } }),
    );
    const { DeploymentId } = await apis.send(new CreateDeploymentCommand(stage));
    const deployed = await apis.send(new GetStageCommand(stage));
    assert.equal(deployed.DeploymentId, DeploymentId);
    assert.deepEqual(deployed.RouteSettings, { order: { ThrottlingBurstLimit: 2, ThrottlingRateLimit: 1.5 } });
    assert.deepEqual(deployed.DefaultRouteSettings, {
      DataTraceEnabled: true,
      DetailedMetricsEnabled: false,
      LoggingLevel: 'INFO',
    });
    await apis.send(new DeleteRouteSettingsCommand({ ...stage, RouteKey: 'order' }));

    await assert.rejects(apis.send(new CreateRouteCommand({ ApiId, RouteKey: 'order' })), ConflictException);
    await apis.send(new DeleteApiCommand({ ApiId }));
    await assert.rejects(apis.send(new GetApiCommand({ ApiId })), NotFoundException);
  });
});

const aws = awsCommand();
test('the AWS CLI', { skip: skipWithout(aws, 'the AWS CLI', 'install it with: apt-get install awscli') }, async () => {
  assert.ok(aws !== undefined, 'no AWS CLI: under CI the tests need awscli');
  const call = async (...args: readonly string[]) => {
    const all = ['--endpoint-url', server.controlUrl, '--output', 'json', 'apigatewayv2', ...args];
    const key = { AWS_ACCESS_KEY_ID: 'any', AWS_SECRET_ACCESS_KEY: 'thing', AWS_DEFAULT_REGION: 'us-east-1' };
    const text = await runClient(aws.command, all, key);
    return text.trim() === '' ? undefined : JSON.parse(text);
  };
  const api = ['--name', 'cli', '--protocol-type', 'WEBSOCKET', '--route-selection-expression', '$request.body.action'];
  const { ApiId } = await call('create-api', ...api);
  const { IntegrationId } = await call(
    ...['create-integration', '--api-id', ApiId, '--integration-type', 'HTTP', '--integration-method', 'POST'],
    ...['--integration-uri', 'http://backend.example/ws'],
    // As the developer guide maps a connection id to a header.
    ...['--request-parameters', 'integration.request.header.connectionId=context.connectionId'],
  );
  await call('create-route', '--api-id', ApiId, '--route-key', 'send', '--target', `integrations/${IntegrationId}`);
  await call('create-stage', '--api-id', ApiId, '--stage-name', 'prod', '--auto-deploy');
  const stage = await call('get-stage', '--api-id', ApiId, '--stage-name', 'prod');
  assert.match(stage.LastDeploymentStatusMessage, /Successfully deployed stage/);
  const { Items } = await call('get-integrations', '--api-id', ApiId);
  assert.deepEqual(Items[0].RequestParameters, { 'integration.request.header.connectionId': 'context.connectionId' });
  await assert.rejects(
    call('create-route', '--api-id', ApiId, '--route-key', '$other'),
    /BadRequestException.*The provided route key is not formatted properly/,
  );
  await call('delete-api', '--api-id', ApiId);
});

const python = pythonWithBoto3();
test('boto3', { skip: skipWithout(python, 'boto3', 'install it with: apt-get install python3-boto3') }, async () => {
  assert.ok(python !== undefined, 'no Python with boto3: under CI the tests need python3-boto3');
  const said = JSON.parse(await runClient(python, [path.join(import.meta.dirname, 'websocket_api_flow.py'), server.controlUrl]));
  assert.deepEqual(said, {
    endpoint: 'wss://',
    createdIsTime: true,
    routes: ['$connect', '$default', 'order'],
    pages: [2, 1],
    template: { $default: '{"statusCode":200}' },
    settings: { DataTraceEnabled: false, DetailedMetricsEnabled: false, LoggingLevel: 'OFF' },
    errors: { onlyConnect: 'BadRequestException', noRoutes: 'BadRequestException', gone: 'NotFoundException' },
  });
});
