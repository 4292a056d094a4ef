// The caches of a REST API's stage as their users meet them: responses and authorizers, what deployments leave alone and flushes empty.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import {
  CreateAuthorizerCommand,
  CreateDeploymentCommand,
  CreateResourceCommand,
  CreateRestApiCommand,
  CreateStageCommand,
  DeleteStageCommand,
  FlushStageAuthorizersCacheCommand,
  FlushStageCacheCommand,
  PutIntegrationCommand,
  PutMethodCommand,
  UpdateStageCommand,
} from '@aws-sdk/client-api-gateway';
import { AddPermissionCommand } from '@aws-sdk/client-lambda';
import { type AwsClients, awsClients } from './aws-clients.ts';
import { account, createFunction, hostOf } from './deployed-api.ts';
import { rawRequest } from './raw-http.ts';
import { type StartedServer, startServer } from './started-server.ts';

let server: StartedServer;
let clients: AwsClients;
let backend: Server;
let restApiId = '';
let asked = 0;

const guardSource = `let calls = 0;
export const handler = async (event) => ({
  principalId: 'ann',
  context: { calls: ++calls },
  policyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'execute-api:Invoke', Resource: '*' }] },
});`;

const call = async (target: string, headers: Readonly<Record<string, string>> = {}) =>
  (await rawRequest(server.port, { method: 'GET', target, host: hostOf(restApiId), headers: Object.entries(headers) })).text();

const deploy = async () => (await clients.restApis.send(new CreateDeploymentCommand({ restApiId }))).id ?? '';

before(async () => {
  server = await startServer();
  clients = awsClients(server);
  backend = createServer((request, response) => {
    asked += 1;
    response.end(`${asked} ${request.headers['x-calls'] ?? ''}`.trim());
  }).listen(0, '127.0.0.1');
  await once(backend, 'listening');
  const { restApis } = clients;
  const created = await restApis.send(new CreateRestApiCommand({ name: 'cached' }));
  restApiId = created.id ?? '';
  await createFunction(clients, 'guard', guardSource);
  await clients.lambda.send(
    new AddPermissionCommand({
      FunctionName: 'guard',
      StatementId: 'api',
      Action: 'lambda:InvokeFunction',
      Principal: 'apigateway.amazonaws.com',
    }),
  );
  const { id: authorizerId } = await restApis.send(
    new CreateAuthorizerCommand({
      restApiId,
      name: 'guard',
      type: 'TOKEN',
      identitySource: 'method.request.header.Authorization',
      authorizerUri: `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:${account}:function:guard/invocations`,
    }),
  );
  const uri = `http://127.0.0.1:${(backend.address() as AddressInfo).port}/`;
  for (const pathPart of ['open', 'guarded']) {
    const { id: resourceId } = await restApis.send(
      new CreateResourceCommand({ restApiId, parentId: created.rootResourceId, pathPart }),
    );
    const at = { restApiId, resourceId, httpMethod: 'GET' };
    const requestParameters = { 'method.request.querystring.q': false };
    await restApis.send(
      new PutMethodCommand({
        ...at,
        requestParameters,
        ...(pathPart === 'open' ? { authorizationType: 'NONE' } : { authorizationType: 'CUSTOM', authorizerId }),
      }),
    );
    await restApis.send(
      new PutIntegrationCommand({
        ...at,
        type: 'HTTP_PROXY',
        uri,
        integrationHttpMethod: 'GET',
        requestParameters: pathPart === 'open' ? {} : { 'integration.request.header.x-calls': 'context.authorizer.calls' },
        cacheKeyParameters: ['method.request.querystring.q'],
      }),
    );
  }
});

after(async () => {
  clients.destroy();
  backend.close();
  await server.stop();
});

test('responses are kept by their key parameters, across deployments, until the cache is flushed or the stage goes', async () => {
  const { restApis } = clients;
  const stage = { restApiId, stageName: 'prod' };
  const create = async () => {
    await restApis.send(new CreateStageCommand({ ...stage, deploymentId: await deploy(), cacheClusterEnabled: true }));
    await restApis.send(
      new UpdateStageCommand({
        ...stage,
        patchOperations: [
          { op: 'replace', path: '/*/*/caching/enabled', value: 'true' },
          { op: 'replace', path: '/*/*/caching/requireAuthorizationForCacheControl', value: 'false' },
        ],
      }),
    );
  };
  await create();
  const first = await call('/prod/open?q=1');
  assert.equal(await call('/prod/open?q=1&r=2'), first);
  const other = await call('/prod/open?q=2');
  assert.notEqual(other, first);

  await restApis.send(
    new UpdateStageCommand({
      ...stage,
      patchOperations: [{ op: 'replace', path: '/deploymentId', value: await deploy() }],
    }),
  );
  assert.equal(await call('/prod/open?q=1'), first);

  const fresh = await call('/prod/open?q=1', { 'Cache-Control': 'max-age=0' });
  assert.notEqual(fresh, first);
  assert.equal(await call('/prod/open?q=1'), fresh);

  await restApis.send(new FlushStageCacheCommand(stage));
  const flushed = await call('/prod/open?q=1');
  assert.notEqual(flushed, fresh);

  await restApis.send(new DeleteStageCommand(stage));
  await create();
  assert.notEqual(await call('/prod/open?q=1'), flushed);
});

test('what authorizers answered is kept until their cache is flushed', async () => {
  const { restApis } = clients;
  const stage = { restApiId, stageName: 'guarded' };
  await restApis.send(new CreateStageCommand({ ...stage, deploymentId: await deploy() }));
  const calls = async () => (await call('/guarded/guarded', { Authorization: 'ann' })).split(' ')[1];
  assert.equal(await calls(), '1');
  assert.equal(await calls(), '1');
  await restApis.send(new FlushStageAuthorizersCacheCommand(stage));
  assert.equal(await calls(), '2');
  assert.equal(await calls(), '2');
});
