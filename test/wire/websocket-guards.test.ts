// Who gets in with `--auth required`: signed handshakes, signed management calls, web pages of known origins; and limits that were changed.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, describe, test } from 'node:test';
import { ApiGatewayManagementApiClient, PostToConnectionCommand } from '@aws-sdk/client-apigatewaymanagementapi';
import {
  CreateApiCommand,
  CreateDeploymentCommand,
  CreateIntegrationCommand,
  CreateRouteCommand,
  CreateRouteResponseCommand,
  CreateStageCommand,
} from '@aws-sdk/client-apigatewayv2';
import { CreateAccessKeyCommand, CreateUserCommand, PutUserPolicyCommand } from '@aws-sdk/client-iam';
import WebSocket from 'ws';
import { signRequest } from '../../src/aws/sigv4-sign.ts';
import { type AwsClients, awsClients } from './aws-clients.ts';
import { account, allowApi, createFunction } from './deployed-api.ts';
import { administratorKey, type StartedServer, startServer, temporaryFolder } from './started-server.ts';

const data = temporaryFolder();
const page = 'https://chat.example.com';
let server: StartedServer;
let clients: AwsClients;
let apiId = '';
const keys: Record<string, { accessKeyId: string; secretAccessKey: string }> = {};

before(async () => {
  server = await startServer({
    auth: 'required',
    dataDirectory: data.folder,
    arguments: ['--websocket-origin', page, '--websocket-limit', 'idle-seconds=1', '--websocket-limit', 'message-kb=256'],
  });
  clients = awsClients(server, administratorKey(data.folder));
  const source = `export const handler = async ({ requestContext: { connectionId, identity } }) =>
    ({ statusCode: 200, body: JSON.stringify({ connectionId, identity }) });`;
  const { FunctionArn } = await createFunction(clients, 'guarded', source);
  const { apis } = clients;
  const { ApiId = '' } = await apis.send(
    new CreateApiCommand({ Name: 'guarded', ProtocolType: 'WEBSOCKET', RouteSelectionExpression: '$request.body.action' }),
  );
  apiId = ApiId;
  await allowApi(clients, 'guarded', ApiId);
  const IntegrationUri = `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${FunctionArn}/invocations`;
  const { IntegrationId } = await apis.send(
    new CreateIntegrationCommand({ ApiId, IntegrationType: 'AWS_PROXY', IntegrationUri }),
  );
  const Target = `integrations/${IntegrationId}`;
  await apis.send(new CreateRouteCommand({ ApiId, RouteKey: '$connect', Target, AuthorizationType: 'AWS_IAM' }));
  const echo = await apis.send(
    new CreateRouteCommand({ ApiId, RouteKey: '$default', Target, RouteResponseSelectionExpression: '$default' }),
  );
  await apis.send(new CreateRouteResponseCommand({ ApiId, RouteId: echo.RouteId, RouteResponseKey: '$default' }));
  const { DeploymentId } = await apis.send(new CreateDeploymentCommand({ ApiId }));
  await apis.send(new CreateStageCommand({ ApiId, StageName: 'prod', DeploymentId }));
  const arn = `arn:aws:execute-api:us-east-1:${account}:${ApiId}/prod`;
  for (const [UserName, Action, Resource] of [
    ['joiner', 'execute-api:Invoke', `${arn}/$connect`],
    ['sender', 'execute-api:ManageConnections', `${arn}/POST/@connections/*`],
  ] as const) {
    await clients.iam.send(new CreateUserCommand({ UserName }));
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource }] });
    await clients.iam.send(new PutUserPolicyCommand({ UserName, PolicyName: 'own', PolicyDocument }));
    const { AccessKey } = await clients.iam.send(new CreateAccessKeyCommand({ UserName }));
    keys[UserName] = { accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: AccessKey?.SecretAccessKey ?? '' };
  }
});

after(async () => {
  clients.destroy();
  await server.stop();
  data.remove();
});

/** Headers of a handshake that `user` signed. */
function signedBy(user: string): Record<string, string> {
  const host = `${apiId}.execute-api.us-east-1.amazonaws.com`;
  const key = keys[user] ?? { accessKeyId: '', secretAccessKey: '' };
  const bodyHash = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
  const request = { method: 'GET', path: '/prod', query: '', rawHeaders: ['Host', host], bodyHash };
  const added = signRequest(request, key, { region: 'us-east-1', service: 'execute-api', now: Date.now() });
  return { Host: host, ...Object.fromEntries(added) };
}

/** The open socket, or the status of the refusal. */
async function join(headers: Record<string, string>, target = '/prod'): Promise<WebSocket | number> {
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}${target}`, { headers });
  return new Promise((resolve, reject) => {
    socket.on('open', () => resolve(socket));
    socket.on('unexpected-response', (_request, response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    socket.on('error', reject);
  });
}

async function joined(): Promise<{ socket: WebSocket; connectionId: string; identity: Record<string, string> }> {
  const socket = await join(signedBy('joiner'));
  assert.ok(typeof socket === 'object', `refused with ${String(socket)}`);
  socket.send('hello');
  const [data] = (await once(socket, 'message')) as [Buffer];
  return { socket, ...(JSON.parse(String(data)) as { connectionId: string; identity: Record<string, string> }) };
}

describe('a handshake with AWS_IAM', () => {
  test('of whom a policy lets in, whose name every event shows', async () => {
    const { socket, identity } = await joined();
    assert.equal(identity['userArn'], `arn:aws:iam::${account}:user/joiner`);
    assert.equal(identity['accountId'], account);
    socket.close();
  });

  test('of anybody else is refused', async () => {
    const host = `${apiId}.execute-api.us-east-1.amazonaws.com`;
    assert.equal(await join({ Host: host }), 403, 'unsigned');
    assert.equal(await join(signedBy('sender')), 403, 'without a policy');
    const forged = signedBy('joiner');
    assert.equal(await join({ ...forged, 'X-Amz-Date': '20200101T000000Z' }), 403, 'another time');
    assert.equal(await join(forged, '/prod?more=1'), 403, 'another query');
  });

  test('of a web page of another origin is refused, whoever signed it', async () => {
    assert.equal(await join({ ...signedBy('joiner'), Origin: 'https://evil.example.com' }), 403);
    assert.equal(await join({ ...signedBy('joiner'), Origin: 'null' }), 403);
    const socket = await join({ ...signedBy('joiner'), Origin: page });
    assert.ok(typeof socket === 'object');
    socket.close();
  });
});

describe('the management API', () => {
  async function post(credentials: { accessKeyId: string; secretAccessKey: string }, Data: string): Promise<string> {
    const { socket, connectionId } = await joined();
    const client = new ApiGatewayManagementApiClient({
      endpoint: `${server.apiUrl}/_aws/execute-api/${apiId}/prod`,
      region: 'us-east-1',
      credentials,
      maxAttempts: 1,
    });
    const got = once(socket, 'message') as Promise<[Buffer]>;
    got.catch(() => {});
    try {
      await client.send(new PostToConnectionCommand({ ConnectionId: connectionId, Data }));
      const [data] = await got;
      return String(data);
    } catch (error) {
      return (error as Error).name;
    } finally {
      client.destroy();
      socket.terminate();
    }
  }

  test('serves whom a policy lets manage connections, and the administrator', async () => {
    assert.equal(await post(keys['sender'] ?? assert.fail(), 'from a user'), 'from a user');
    assert.equal(await post(administratorKey(data.folder), 'from the account'), 'from the account');
  });

  test('refuses everybody else', async () => {
    assert.equal(await post(keys['joiner'] ?? assert.fail(), 'x'), 'ForbiddenException');
    assert.equal(await post({ accessKeyId: 'AKIAAAAAAAAAAAAAAAAA', secretAccessKey: 'x' }, 'x'), 'ForbiddenException');
    assert.equal(await post({ ...(keys['sender'] ?? assert.fail()), secretAccessKey: 'guess' }, 'x'), 'ForbiddenException');
  });

  test('takes messages of the length that the operator set', async () => {
    const long = 'x'.repeat(200 * 1024);
    assert.equal(await post(administratorKey(data.folder), long), long);
  });
});

test('an idle connection ends after the time that the operator set', async () => {
  const { socket } = await joined();
  const [code, reason] = (await once(socket, 'close')) as [number, Buffer];
  assert.deepEqual([code, String(reason)], [1001, 'Going away']);
});
