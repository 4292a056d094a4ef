// HTTP APIs driven by the AWS SDK for JavaScript: create, call through every URL form, update, page, delete.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  BadRequestException,
  ConflictException,
  CreateApiCommand,
  CreateDeploymentCommand,
  CreateIntegrationCommand,
  CreateRouteCommand,
  CreateStageCommand,
  DeleteApiCommand,
  DeleteCorsConfigurationCommand,
  DeleteIntegrationCommand,
  DeleteRouteCommand,
  GetApiCommand,
  GetApisCommand,
  GetDeploymentsCommand,
  GetIntegrationCommand,
  GetIntegrationsCommand,
  GetRouteCommand,
  GetRoutesCommand,
  GetStageCommand,
  GetStagesCommand,
  NotFoundException,
  UpdateApiCommand,
  UpdateIntegrationCommand,
  UpdateRouteCommand,
  UpdateStageCommand,
} from '@aws-sdk/client-apigatewayv2';
import { GetPolicyCommand } from '@aws-sdk/client-lambda';
import { type AwsClients, awsClients } from './aws-clients.ts';
import { account, allowApi, createFunction, createLambdaApi, echoSource, hostOf } from './deployed-api.ts';
import { rawRequest } from './raw-http.ts';
import { type StartedServer, startServer } from './started-server.ts';

let server: StartedServer;
let clients: AwsClients;
let echoArn: string;

before(async () => {
  server = await startServer();
  clients = awsClients(server);
  const echo = await createFunction(clients, 'echo', echoSource);
  echoArn = echo.FunctionArn ?? '';
});

after(async () => {
  clients?.destroy();
  await server?.stop();
});

/** Sends one GET to an API on one listener. */
function get(target: string, host: string, port = server.port) {
  return rawRequest(port, { target, host });
}

describe('quick create', () => {
  test('of a Lambda target makes a managed route, integration and $default stage, and permits the call', async () => {
    const api = await clients.apis.send(new CreateApiCommand({ Name: 'quick', ProtocolType: 'HTTP', Target: echoArn }));
    const apiId = api.ApiId ?? '';
    assert.match(apiId, /^[a-z0-9]{10}$/);
    assert.equal(api.ProtocolType, 'HTTP');
    assert.equal(api.RouteSelectionExpression, '$request.method $request.path');
    assert.equal(api.ApiKeySelectionExpression, '$request.header.x-api-key');
    assert.equal(api.DisableExecuteApiEndpoint, false);
    assert.ok(api.CreatedDate instanceof Date);
    const routes = await clients.apis.send(new GetRoutesCommand({ ApiId: apiId }));
    assert.deepEqual(
      routes.Items?.map((route) => [route.RouteKey, route.ApiGatewayManaged, route.AuthorizationType]),
      [['$default', true, 'NONE']],
    );
    const integrations = await clients.apis.send(new GetIntegrationsCommand({ ApiId: apiId }));
    const integration = integrations.Items?.[0];
    assert.equal(integration?.IntegrationType, 'AWS_PROXY');
    assert.equal(integration?.PayloadFormatVersion, '2.0');
    assert.equal(integration?.ApiGatewayManaged, true);
    assert.equal(routes.Items?.[0]?.Target, `integrations/${integration?.IntegrationId}`);
    const stage = await clients.apis.send(new GetStageCommand({ ApiId: apiId, StageName: '$default' }));
    assert.equal(stage.ApiGatewayManaged, true);
    assert.equal(stage.AutoDeploy, true);
    assert.match(stage.LastDeploymentStatusMessage ?? '', /^Successfully deployed stage with deployment ID '[a-z0-9]+'$/);

    await permitWhenNeeded(apiId);
    const answer = await get('/any/path?x=1', hostOf(apiId));
    assert.equal(answer.status, 200, answer.text());
    const event = answer.json() as { routeKey: string; rawPath: string; rawQueryString: string; version: string };
    assert.deepEqual(
      [event.version, event.routeKey, event.rawPath, event.rawQueryString],
      ['2.0', '$default', '/any/path', 'x=1'],
    );
  });

  test('with a route key makes that route', async () => {
    const api = await clients.apis.send(
      new CreateApiCommand({ Name: 'quick-key', ProtocolType: 'HTTP', Target: echoArn, RouteKey: 'GET /only' }),
    );
    const apiId = api.ApiId ?? '';
    await permitWhenNeeded(apiId);
    assert.equal((await get('/only', hostOf(apiId))).status, 200);
    assert.equal((await get('/else', hostOf(apiId))).status, 404);
  });

  // The quick create itself does not add the permission when the caller is no console; when it did, the policy says so.
  async function permitWhenNeeded(apiId: string): Promise<void> {
    const policy = await clients.lambda.send(new GetPolicyCommand({ FunctionName: 'echo' })).catch(() => undefined);
    if (policy?.Policy?.includes(apiId) !== true) await allowApi(clients, 'echo', apiId);
  }
});

describe('an API made by hand', () => {
  test('answers through every URL form on both listeners', async () => {
    const apiId = await createLambdaApi(clients, echoArn, ['GET /pets/{id}']);
    const named = await createLambdaApi(clients, echoArn, ['GET /pets/{id}'], { stageName: 'prod' });
    const forms: { desc: string; host: string; target: string; stage: string }[] = [
      { desc: 'host', host: hostOf(apiId), target: '/pets/1', stage: '$default' },
      { desc: 'host with port', host: `${hostOf(apiId)}:${server.port}`, target: '/pets/1', stage: '$default' },
      { desc: 'host with region', host: `${apiId}.execute-api.us-east-1.localhost`, target: '/pets/1', stage: '$default' },
      { desc: 'host, upper case', host: `${apiId.toUpperCase()}.EXECUTE-API.localhost`, target: '/pets/1', stage: '$default' },
      { desc: 'host, named stage', host: hostOf(named), target: '/prod/pets/1', stage: 'prod' },
      { desc: '_aws path', host: 'localhost', target: `/_aws/execute-api/${apiId}/$default/pets/1`, stage: '$default' },
      {
        desc: '_aws path, encoded $',
        host: 'localhost',
        target: `/_aws/execute-api/${apiId}/%24default/pets/1`,
        stage: '$default',
      },
      { desc: '_aws path, named stage', host: '127.0.0.1', target: `/_aws/execute-api/${named}/prod/pets/1`, stage: 'prod' },
      {
        desc: 'restapis path',
        host: 'localhost',
        target: `/restapis/${apiId}/$default/_user_request_/pets/1`,
        stage: '$default',
      },
      {
        desc: 'restapis path, named stage',
        host: 'localhost',
        target: `/restapis/${named}/prod/_user_request_/pets/1`,
        stage: 'prod',
      },
    ];
    for (const form of forms) {
      for (const [listener, port] of [
        ['traffic', server.port],
        ['control', server.controlPort],
      ] as const) {
        const answer = await get(form.target, form.host, port);
        assert.equal(answer.status, 200, `${form.desc} on the ${listener} listener: ${answer.statusLine} ${answer.text()}`);
        const event = answer.json() as {
          rawPath: string;
          routeKey: string;
          pathParameters: unknown;
          requestContext: { stage: string; http: { path: string } };
        };
        assert.equal(event.requestContext.stage, form.stage, form.desc);
        assert.equal(event.routeKey, 'GET /pets/{id}', form.desc);
        assert.deepEqual(event.pathParameters, { id: '1' }, form.desc);
        // AWS: a named stage stays in rawPath, `$default` adds nothing.
        assert.equal(event.rawPath, form.stage === 'prod' ? '/prod/pets/1' : '/pets/1', form.desc);
      }
    }
  });

  test('does not answer for an unknown API, stage or method', async () => {
    const apiId = await createLambdaApi(clients, echoArn, ['GET /pets']);
    for (const [host, target] of [
      ['zzzzzzzzzz.execute-api.localhost', '/pets'],
      [hostOf(apiId), '/nothing'],
      ['localhost', `/_aws/execute-api/${apiId}/nostage/pets`],
      ['localhost', '/_aws/execute-api/zzzzzzzzzz/$default/pets'],
    ] as const) {
      const answer = await get(target, host);
      assert.ok(answer.status === 404 || answer.status === 403, `${host}${target} answered ${answer.status}`);
      assert.match(answer.text(), /"message"/);
    }
    const posted = await rawRequest(server.port, { method: 'POST', target: '/pets', host: hostOf(apiId), body: '{}' });
    assert.equal(posted.status, 404);
    assert.equal(posted.text(), '{"message":"Not Found"}');
  });

  test('shows what was made as AWS shows it', async () => {
    const apiId = await createLambdaApi(clients, echoArn, ['POST /orders']);
    const routes = await clients.apis.send(new GetRoutesCommand({ ApiId: apiId }));
    const route = routes.Items?.[0];
    assert.equal(route?.ApiKeyRequired, false);
    assert.equal(route?.ApiGatewayManaged, undefined);
    const integrationId = route?.Target?.split('/')[1];
    const integration = await clients.apis.send(new GetIntegrationCommand({ ApiId: apiId, IntegrationId: integrationId }));
    assert.equal(integration.ConnectionType, 'INTERNET');
    assert.equal(integration.IntegrationMethod, 'POST');
    assert.equal(integration.IntegrationUri, echoArn);
    assert.equal(integration.TimeoutInMillis, 30000);
    const api = await clients.apis.send(new GetApiCommand({ ApiId: apiId }));
    assert.match(api.ApiEndpoint ?? '', new RegExp(`${apiId}\\.execute-api\\.`));
    assert.deepEqual(api.Tags, {});
  });

  test('goes live with each acknowledged change of an auto-deployed stage', async () => {
    const apiId = await createLambdaApi(clients, echoArn, ['GET /one']);
    assert.equal((await get('/two', hostOf(apiId))).status, 404);
    const { Items: integrations } = await clients.apis.send(new GetIntegrationsCommand({ ApiId: apiId }));
    const route = await clients.apis.send(
      new CreateRouteCommand({ ApiId: apiId, RouteKey: 'GET /two', Target: `integrations/${integrations?.[0]?.IntegrationId}` }),
    );
    assert.equal((await get('/two', hostOf(apiId))).status, 200);
    await clients.apis.send(new UpdateRouteCommand({ ApiId: apiId, RouteId: route.RouteId, RouteKey: 'GET /three' }));
    assert.equal((await get('/two', hostOf(apiId))).status, 404);
    assert.equal((await get('/three', hostOf(apiId))).status, 200);
    const read = await clients.apis.send(new GetRouteCommand({ ApiId: apiId, RouteId: route.RouteId }));
    assert.equal(read.RouteKey, 'GET /three');
    await clients.apis.send(new DeleteRouteCommand({ ApiId: apiId, RouteId: route.RouteId }));
    assert.equal((await get('/three', hostOf(apiId))).status, 404);
    const stage = await clients.apis.send(new GetStageCommand({ ApiId: apiId, StageName: '$default' }));
    const deployments = await clients.apis.send(new GetDeploymentsCommand({ ApiId: apiId }));
    const latest = deployments.Items?.find((deployment) => deployment.DeploymentId === stage.DeploymentId);
    assert.equal(latest?.AutoDeployed, true);
    assert.equal(latest?.DeploymentStatus, 'DEPLOYED');
    assert.equal(latest?.Description, 'Automatic deployment triggered by changes to the Api configuration');
  });

  test('keeps serving the deployment of a stage that is not auto-deployed', async () => {
    const { ApiId: apiId = '' } = await clients.apis.send(new CreateApiCommand({ Name: 'manual', ProtocolType: 'HTTP' }));
    const { IntegrationId: integrationId } = await clients.apis.send(
      new CreateIntegrationCommand({
        ApiId: apiId,
        IntegrationType: 'AWS_PROXY',
        IntegrationUri: echoArn,
        PayloadFormatVersion: '2.0',
      }),
    );
    await allowApi(clients, 'echo', apiId);
    const target = `integrations/${integrationId}`;
    await clients.apis.send(new CreateRouteCommand({ ApiId: apiId, RouteKey: 'GET /first', Target: target }));
    const deployment = await clients.apis.send(new CreateDeploymentCommand({ ApiId: apiId, Description: 'first' }));
    assert.equal(deployment.AutoDeployed, false);
    const stage = await clients.apis.send(
      new CreateStageCommand({ ApiId: apiId, StageName: 'v1', DeploymentId: deployment.DeploymentId }),
    );
    assert.deepEqual(stage.RouteSettings, {});
    assert.deepEqual(stage.DefaultRouteSettings, { DetailedMetricsEnabled: false });
    await clients.apis.send(new CreateRouteCommand({ ApiId: apiId, RouteKey: 'GET /second', Target: target }));
    assert.equal((await get('/v1/first', hostOf(apiId))).status, 200);
    assert.equal((await get('/v1/second', hostOf(apiId))).status, 404);
    const second = await clients.apis.send(new CreateDeploymentCommand({ ApiId: apiId }));
    await clients.apis.send(new UpdateStageCommand({ ApiId: apiId, StageName: 'v1', DeploymentId: second.DeploymentId }));
    assert.equal((await get('/v1/second', hostOf(apiId))).status, 200);
  });

  test('passes stage variables on, and an update of them without a deployment', async () => {
    const apiId = await createLambdaApi(clients, echoArn, ['GET /vars'], { stageVariables: { colour: 'blue' } });
    const seen = async () => ((await get('/vars', hostOf(apiId))).json() as { stageVariables?: unknown }).stageVariables;
    assert.deepEqual(await seen(), { colour: 'blue' });
    await clients.apis.send(
      new UpdateStageCommand({ ApiId: apiId, StageName: '$default', StageVariables: { colour: 'green', size: 'l' } }),
    );
    assert.deepEqual(await seen(), { colour: 'green', size: 'l' });
  });

  test('is updated member by member', async () => {
    const apiId = await createLambdaApi(clients, echoArn, ['GET /x']);
    const cors = { AllowOrigins: ['https://shop.example'], AllowMethods: ['GET'] };
    const updated = await clients.apis.send(
      new UpdateApiCommand({ ApiId: apiId, Description: 'described', CorsConfiguration: cors }),
    );
    assert.equal(updated.Name, 'by-hand');
    assert.equal(updated.Description, 'described');
    assert.deepEqual(updated.CorsConfiguration?.AllowOrigins, cors.AllowOrigins);
    await clients.apis.send(new UpdateApiCommand({ ApiId: apiId, Name: 'renamed' }));
    const read = await clients.apis.send(new GetApiCommand({ ApiId: apiId }));
    assert.equal(read.Name, 'renamed');
    assert.equal(read.Description, 'described');
    assert.deepEqual(read.CorsConfiguration?.AllowMethods, ['GET']);
    await clients.apis.send(new DeleteCorsConfigurationCommand({ ApiId: apiId }));
    assert.equal((await clients.apis.send(new GetApiCommand({ ApiId: apiId }))).CorsConfiguration, undefined);
    const { Items: integrations } = await clients.apis.send(new GetIntegrationsCommand({ ApiId: apiId }));
    const integration = await clients.apis.send(
      new UpdateIntegrationCommand({ ApiId: apiId, IntegrationId: integrations?.[0]?.IntegrationId, TimeoutInMillis: 5000 }),
    );
    assert.equal(integration.TimeoutInMillis, 5000);
    assert.equal(integration.IntegrationUri, echoArn);
  });

  test('goes away with everything in it', async () => {
    const apiId = await createLambdaApi(clients, echoArn, ['GET /gone']);
    assert.equal((await get('/gone', hostOf(apiId))).status, 200);
    await clients.apis.send(new DeleteApiCommand({ ApiId: apiId }));
    assert.notEqual((await get('/gone', hostOf(apiId))).status, 200);
    await assert.rejects(clients.apis.send(new GetApiCommand({ ApiId: apiId })), NotFoundException);
    await assert.rejects(clients.apis.send(new GetRoutesCommand({ ApiId: apiId })), NotFoundException);
  });
});

describe('lists', () => {
  test('come in pages that together hold everything once', async () => {
    const region = awsClients(server, { region: 'eu-west-1' });
    try {
      const made = new Set<string>();
      for (let i = 0; i < 7; i++) {
        const api = await region.apis.send(new CreateApiCommand({ Name: `page-${i}`, ProtocolType: 'HTTP' }));
        made.add(api.ApiId ?? '');
      }
      const listed: string[] = [];
      let token: string | undefined;
      let pages = 0;
      do {
        const page = await region.apis.send(new GetApisCommand({ MaxResults: '3', NextToken: token }));
        assert.ok((page.Items?.length ?? 0) <= 3);
        listed.push(...(page.Items ?? []).map((api) => api.ApiId ?? ''));
        token = page.NextToken;
        pages++;
      } while (token !== undefined && pages < 10);
      assert.equal(pages, 3);
      assert.deepEqual(new Set(listed), made);
      assert.equal(listed.length, 7);
    } finally {
      region.destroy();
    }
  });

  test('are kept per region', async () => {
    const region = awsClients(server, { region: 'ap-south-1' });
    try {
      assert.deepEqual((await region.apis.send(new GetApisCommand({}))).Items, []);
    } finally {
      region.destroy();
    }
  });

  test('of stages and routes hold what was made', async () => {
    const apiId = await createLambdaApi(clients, echoArn, ['GET /a', 'GET /b', 'ANY /c/{proxy+}']);
    const routes = await clients.apis.send(new GetRoutesCommand({ ApiId: apiId }));
    assert.deepEqual(routes.Items?.map((route) => route.RouteKey).sort(), ['ANY /c/{proxy+}', 'GET /a', 'GET /b']);
    const stages = await clients.apis.send(new GetStagesCommand({ ApiId: apiId }));
    assert.deepEqual(
      stages.Items?.map((stage) => stage.StageName),
      ['$default'],
    );
  });
});

describe('errors', () => {
  const missing = 'abcdefghij';
  const rows: {
    desc: string;
    act(apiId: string): Promise<unknown>;
    is: new (...args: never[]) => Error;
    status: number;
    text?: RegExp;
  }[] = [
    {
      desc: 'unknown API',
      act: () => clients.apis.send(new GetApiCommand({ ApiId: missing })),
      is: NotFoundException,
      status: 404,
    },
    {
      desc: 'unknown route',
      act: (apiId) => clients.apis.send(new GetRouteCommand({ ApiId: apiId, RouteId: 'abc1234' })),
      is: NotFoundException,
      status: 404,
    },
    {
      desc: 'route key twice',
      act: (apiId) => clients.apis.send(new CreateRouteCommand({ ApiId: apiId, RouteKey: 'GET /taken' })),
      is: ConflictException,
      status: 409,
      text: /Route with key GET \/taken already exists for this API/,
    },
    {
      desc: 'stage twice',
      act: (apiId) => clients.apis.send(new CreateStageCommand({ ApiId: apiId, StageName: '$default' })),
      is: ConflictException,
      status: 409,
    },
    {
      desc: 'integration in use',
      act: async (apiId) => {
        const { Items: items } = await clients.apis.send(new GetIntegrationsCommand({ ApiId: apiId }));
        await clients.apis.send(new DeleteIntegrationCommand({ ApiId: apiId, IntegrationId: items?.[0]?.IntegrationId }));
      },
      is: ConflictException,
      status: 409,
      text: /Cannot delete Integration because it is referenced by the following Routes with Ids: \[\w+\]/,
    },
    {
      desc: 'a route key that is none',
      act: (apiId) => clients.apis.send(new CreateRouteCommand({ ApiId: apiId, RouteKey: 'GET no-slash' })),
      is: BadRequestException,
      status: 400,
    },
    {
      desc: 'a proxy integration without payload version',
      act: (apiId) =>
        clients.apis.send(new CreateIntegrationCommand({ ApiId: apiId, IntegrationType: 'AWS_PROXY', IntegrationUri: echoArn })),
      is: BadRequestException,
      status: 400,
      text: /PayloadFormatVersion is a required parameter for integration/,
    },
    {
      desc: 'a non-proxy integration',
      act: (apiId) => clients.apis.send(new CreateIntegrationCommand({ ApiId: apiId, IntegrationType: 'MOCK' })),
      is: BadRequestException,
      status: 400,
      text: /Currently, an API with a protocol type of HTTP may only be associated with proxy integrations/,
    },
    {
      desc: 'credentials with any origin',
      act: (apiId) =>
        clients.apis.send(
          new UpdateApiCommand({ ApiId: apiId, CorsConfiguration: { AllowOrigins: ['*'], AllowCredentials: true } }),
        ),
      is: BadRequestException,
      status: 400,
      text: /allow-credentials is not supported if 'allow-origin' is \*/,
    },
    {
      desc: 'an integration timeout out of range',
      act: (apiId) =>
        clients.apis.send(
          new CreateIntegrationCommand({
            ApiId: apiId,
            IntegrationType: 'HTTP_PROXY',
            IntegrationMethod: 'GET',
            IntegrationUri: 'http://127.0.0.1:1/',
            PayloadFormatVersion: '1.0',
            TimeoutInMillis: 40_000,
          }),
        ),
      is: BadRequestException,
      status: 400,
    },
  ];
  for (const row of rows) {
    test(row.desc, async () => {
      const apiId = await createLambdaApi(clients, echoArn, ['GET /taken']);
      await assert.rejects(row.act(apiId), (error: Error & { $metadata?: { httpStatusCode?: number; requestId?: string } }) => {
        assert.ok(error instanceof row.is, `${error.name}: ${error.message}`);
        assert.equal(error.$metadata?.httpStatusCode, row.status);
        assert.ok((error.$metadata?.requestId ?? '').length > 0, 'the answer carries a request id');
        if (row.text !== undefined) assert.match(error.message, row.text);
        return true;
      });
    });
  }

  test('an unbuilt operation says so in the protocol of the service', async () => {
    const response = await fetch(`${server.controlUrl}/PutResourcePolicy`, {
      method: 'POST',
      body: '{"PolicyName":"p","PolicyDocument":"{}"}',
      headers: { authorization: `AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/xray/aws4_request` },
    });
    assert.equal(response.status, 501);
    assert.match(response.headers.get('content-type') ?? '', /json/);
    assert.equal(response.headers.get('x-amzn-errortype'), 'NotImplementedException');
    await response.arrayBuffer();
  });
});

test('the account and region of ARNs are the ones asked for', async () => {
  const other = awsClients(server, { region: 'eu-central-1' });
  try {
    const configuration = await createFunction(other, 'regional', echoSource);
    assert.equal(configuration.FunctionArn, `arn:aws:lambda:eu-central-1:${account}:function:regional`);
  } finally {
    other.destroy();
  }
});
