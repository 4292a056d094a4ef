// REST APIs as their users make and call them: SDK v3 at the control port, raw requests at the traffic port.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import {
  CreateAuthorizerCommand,
  CreateDeploymentCommand,
  CreateResourceCommand,
  CreateRestApiCommand,
  PutGatewayResponseCommand,
  PutIntegrationCommand,
  type PutIntegrationCommandInput,
  PutIntegrationResponseCommand,
  type PutIntegrationResponseCommandInput,
  PutMethodCommand,
  type PutMethodCommandInput,
  PutMethodResponseCommand,
  UpdateStageCommand,
} from '@aws-sdk/client-api-gateway';
import { AddPermissionCommand } from '@aws-sdk/client-lambda';
import { type AwsClients, awsClients } from './aws-clients.ts';
import { account, createFunction, echoSource, hostOf } from './deployed-api.ts';
import { rawRequest } from './raw-http.ts';
import { type StartedServer, startServer } from './started-server.ts';

let server: StartedServer;
let clients: AwsClients;
let backend: Server;
let restApiId = '';
let rootId = '';

const guardSource = `export const handler = async (event) => {
  if (event.authorizationToken === 'none') throw new Error('Unauthorized');
  return {
    principalId: 'ann',
    context: { n: 7 },
    policyDocument: { Version: '2012-10-17', Statement: [{ Effect: event.authorizationToken, Action: 'execute-api:Invoke', Resource: event.methodArn }] },
  };
};`;

const functionUri = (name: string) =>
  `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:${account}:function:${name}/invocations`;

interface MethodParts {
  readonly method?: Partial<PutMethodCommandInput>;
  readonly integration: Partial<PutIntegrationCommandInput>;
  readonly responses?: Readonly<Record<string, Partial<PutIntegrationResponseCommandInput>>>;
}

async function addMethod(
  pathPart: string,
  httpMethod: string,
  { method, integration, responses = {} }: MethodParts,
): Promise<void> {
  const { restApis } = clients;
  const { id: resourceId } = await restApis.send(new CreateResourceCommand({ restApiId, parentId: rootId, pathPart }));
  const at = { restApiId, resourceId, httpMethod };
  await restApis.send(new PutMethodCommand({ ...at, authorizationType: 'NONE', ...method }));
  await restApis.send(new PutIntegrationCommand({ ...at, type: 'MOCK', ...integration }));
  for (const [statusCode, response] of Object.entries(responses)) {
    const responseParameters = Object.fromEntries(Object.keys(response.responseParameters ?? {}).map((name) => [name, false]));
    await restApis.send(new PutMethodResponseCommand({ ...at, statusCode, responseParameters }));
    await restApis.send(new PutIntegrationResponseCommand({ ...at, statusCode, ...response }));
  }
}

async function deploy(stageName = 'prod'): Promise<string> {
  const { id = '' } = await clients.restApis.send(new CreateDeploymentCommand({ restApiId, stageName }));
  return id;
}

interface CallOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

const call = (target: string, { method = 'GET', headers = {}, body }: CallOptions = {}) =>
  rawRequest(server.port, {
    method,
    target,
    host: hostOf(restApiId),
    headers: Object.entries(headers),
    ...(body === undefined ? {} : { body }),
  });

before(async () => {
  server = await startServer();
  clients = awsClients(server);
  backend = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      response.writeHead(request.url?.startsWith('/v1/missing') === true ? 404 : 200, {
        'Content-Type': 'application/json',
        Server: 'backend',
      });
      response.end(
        JSON.stringify({
          method: request.method,
          url: request.url,
          headers: request.headers,
          body: Buffer.concat(chunks).toString(),
        }),
      );
    });
  }).listen(0, '127.0.0.1');
  await once(backend, 'listening');
  const { port } = backend.address() as AddressInfo;
  await createFunction(clients, 'echo', echoSource);
  await createFunction(clients, 'guard', guardSource);
  const created = await clients.restApis.send(
    new CreateRestApiCommand({ name: 'pets', binaryMediaTypes: ['image/png'], minimumCompressionSize: 1_000 }),
  );
  restApiId = created.id ?? '';
  rootId = created.rootResourceId ?? '';
  for (const name of ['echo', 'guard']) {
    await clients.lambda.send(
      new AddPermissionCommand({
        FunctionName: name,
        StatementId: 'api',
        Action: 'lambda:InvokeFunction',
        Principal: 'apigateway.amazonaws.com',
        SourceArn: `arn:aws:execute-api:us-east-1:${account}:${restApiId}/*`,
      }),
    );
  }
  const { id: authorizerId } = await clients.restApis.send(
    new CreateAuthorizerCommand({
      restApiId,
      name: 'guard',
      type: 'TOKEN',
      authorizerUri: functionUri('guard'),
      identitySource: 'method.request.header.Authorization',
    }),
  );
  await addMethod('mock', 'POST', {
    integration: { requestTemplates: { 'application/json': '{"statusCode": $input.path("$.status")}' } },
    responses: {
      200: {
        selectionPattern: '200',
        responseTemplates: { 'application/json': '{"stage":"$context.stage","v":"$stageVariables.v"}' },
      },
      404: { responseParameters: { 'method.response.header.x-why': "'default'" } },
    },
  });
  await addMethod('fn', 'ANY', { integration: { type: 'AWS_PROXY', integrationHttpMethod: 'POST', uri: functionUri('echo') } });
  await addMethod('guarded', 'GET', {
    method: { authorizationType: 'CUSTOM', authorizerId },
    integration: { type: 'AWS_PROXY', integrationHttpMethod: 'POST', uri: functionUri('echo') },
  });
  await addMethod('{proxy+}', 'ANY', {
    method: { requestParameters: { 'method.request.path.proxy': true } },
    integration: {
      type: 'HTTP_PROXY',
      integrationHttpMethod: 'ANY',
      uri: `http://127.0.0.1:${port}/v1/{proxy}`,
      requestParameters: { 'integration.request.path.proxy': 'method.request.path.proxy' },
    },
  });
  await deploy();
});

after(async () => {
  clients.destroy();
  backend.close();
  await server.stop();
});

describe('a deployed REST API', () => {
  test('a mock answers by template, and by default', async () => {
    const answer = await call('/prod/mock', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: '{"status":200}',
    });
    assert.equal(answer.status, 200);
    assert.equal(answer.text(), '{"stage":"prod","v":""}');
    const other = await call('/prod/mock', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: '{"status":500}',
    });
    assert.equal(other.status, 404);
    assert.equal(other.header('x-why'), 'default');
  });

  test('a function sees the event and answers', async () => {
    const answer = await call('/prod/fn?a=1&a=2', { method: 'PUT', headers: { 'X-Some': 'Thing' }, body: 'hello' });
    assert.equal(answer.status, 200);
    const event = JSON.parse(answer.text());
    assert.equal(event.resource, '/fn');
    assert.equal(event.httpMethod, 'PUT');
    assert.equal(event.body, 'hello');
    assert.equal(event.headers['X-Some'], 'Thing');
    assert.deepEqual(event.multiValueQueryStringParameters, { a: ['1', '2'] });
    assert.equal(event.requestContext.requestId, answer.header('x-amzn-requestid'));
  });

  test('a backend is proxied; large answers are packed when the client asks', async () => {
    const answer = await call('/prod/a/b%20c?x=1', { method: 'POST', headers: { 'X-Big': 'x'.repeat(2_000) }, body: 'posted' });
    assert.equal(answer.status, 200);
    const seen = JSON.parse(answer.text());
    assert.equal(seen.url, '/v1/a/b%20c?x=1');
    assert.equal(seen.body, 'posted');
    assert.equal(answer.header('x-amzn-remapped-server'), 'backend');
    assert.equal((await call('/prod/missing')).status, 404);
    const packed = await call('/prod/x', { headers: { 'Accept-Encoding': 'gzip', 'X-Big': 'x'.repeat(2_000) } });
    assert.equal(packed.header('content-encoding'), 'gzip');
  });

  test('an authorizer decides', async () => {
    const answer = await call('/prod/guarded', { headers: { Authorization: 'Allow' } });
    assert.equal(answer.status, 200);
    const { authorizer } = JSON.parse(answer.text()).requestContext;
    assert.deepEqual([authorizer.principalId, authorizer.n], ['ann', '7']);
    assert.equal((await call('/prod/guarded', { headers: { Authorization: 'Deny' } })).status, 403);
    assert.equal((await call('/prod/guarded', { headers: { Authorization: 'none' } })).status, 401);
    assert.equal((await call('/prod/guarded')).status, 401);
  });

  test('what is not there', async () => {
    const answer = await call('/prod/mock');
    assert.deepEqual([answer.status, answer.text()], [403, '{"message":"Missing Authentication Token"}']);
    assert.equal((await call('/dev/mock')).status, 403);
  });

  test('a deployment is frozen; stage settings act at once', async () => {
    await clients.restApis.send(
      new PutGatewayResponseCommand({ restApiId, responseType: 'MISSING_AUTHENTICATION_TOKEN', statusCode: '404' }),
    );
    await clients.restApis.send(
      new UpdateStageCommand({
        restApiId,
        stageName: 'prod',
        patchOperations: [{ op: 'replace', path: '/variables/v', value: 'blue' }],
      }),
    );
    assert.equal((await call('/prod/mock')).status, 403);
    const body = '{"status":200}';
    const headers = { 'Content-Type': 'application/json' };
    assert.equal((await call('/prod/mock', { method: 'POST', headers, body })).text(), '{"stage":"prod","v":"blue"}');
    await deploy();
    assert.equal((await call('/prod/mock')).status, 404);
  });

  test('a canary of 100 percent answers everything', async () => {
    await clients.restApis.send(
      new CreateDeploymentCommand({
        restApiId,
        stageName: 'prod',
        canarySettings: { percentTraffic: 100, stageVariableOverrides: { v: 'canary' } },
      }),
    );
    const answer = await call('/prod/mock', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: '{"status":200}',
    });
    assert.equal(answer.text(), '{"stage":"prod","v":"canary"}');
    assert.equal(JSON.parse((await call('/prod/fn')).text()).requestContext.isCanaryRequest, true);
  });
});
