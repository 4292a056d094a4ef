// WebSocket APIs over real sockets: made with the SDK, used with the `ws` package and Node's own client, managed with the SDK.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  ApiGatewayManagementApiClient,
  DeleteConnectionCommand,
  GetConnectionCommand,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import {
  CreateApiCommand,
  CreateDeploymentCommand,
  CreateIntegrationCommand,
  CreateRouteCommand,
  CreateRouteResponseCommand,
  CreateStageCommand,
  DeleteApiCommand,
} from '@aws-sdk/client-apigatewayv2';
import WebSocket from 'ws';
import { type AwsClients, awsClients } from './aws-clients.ts';
import { allowApi, createFunction } from './deployed-api.ts';
import { rawRequest } from './raw-http.ts';
import { type StartedServer, startServer, temporaryFolder } from './started-server.ts';

/** Says what it was told to say, and remembers its events in its log. */
const chatSource = `export const handler = async (event) => {
  const { routeKey, connectionId, disconnectStatusCode } = event.requestContext;
  console.log('EVENT ' + JSON.stringify({ routeKey, connectionId, disconnectStatusCode, body: event.body }));
  if (routeKey === '$connect' && event.queryStringParameters?.refuse) return { statusCode: 403 };
  if (routeKey === '$connect') return { statusCode: 200, headers: { 'Sec-WebSocket-Protocol': 'chat' } };
  if (routeKey === 'fail') throw new Error('boom');
  return { statusCode: 200, body: JSON.stringify({ routeKey, connectionId, body: event.body }) };
};`;

const home = temporaryFolder();
const options = { dataDirectory: path.join(home.folder, 'data') };
let server: StartedServer;
let clients: AwsClients;
let apiId = '';
let hostName = '';

before(async () => {
  server = await startServer(options);
  clients = awsClients(server);
  const { FunctionArn = '' } = await createFunction(clients, 'chat', chatSource);
  const { apis } = clients;
  const api = await apis.send(
    new CreateApiCommand({ Name: 'chat', ProtocolType: 'WEBSOCKET', RouteSelectionExpression: '$request.body.action' }),
  );
  apiId = api.ApiId ?? '';
  hostName = `${apiId}.execute-api.localhost`;
  await allowApi(clients, 'chat', apiId);
  const { IntegrationId } = await apis.send(
    new CreateIntegrationCommand({ ApiId: apiId, IntegrationType: 'AWS_PROXY', IntegrationUri: invocationUri(FunctionArn) }),
  );
  const Target = `integrations/${IntegrationId}`;
  for (const RouteKey of ['$connect', '$disconnect', 'fail']) {
    await apis.send(new CreateRouteCommand({ ApiId: apiId, RouteKey, Target }));
  }
  const echo = await apis.send(
    new CreateRouteCommand({ ApiId: apiId, RouteKey: 'echo', Target, RouteResponseSelectionExpression: '$default' }),
  );
  await apis.send(new CreateRouteResponseCommand({ ApiId: apiId, RouteId: echo.RouteId, RouteResponseKey: '$default' }));
  const { DeploymentId } = await apis.send(new CreateDeploymentCommand({ ApiId: apiId }));
  await apis.send(new CreateStageCommand({ ApiId: apiId, StageName: 'prod', DeploymentId }));
});

after(async () => {
  clients.destroy();
  await server.stop();
  home.remove();
});

function invocationUri(functionArn: string): string {
  return `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${functionArn}/invocations`;
}

interface Client {
  readonly socket: WebSocket;
  /** The next frame. */
  next(): Promise<string>;
  closed(): Promise<readonly [code: number, reason: string]>;
}

async function join(query = '', protocols: string[] = ['chat'], port = server.port): Promise<Client> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/prod${query}`, protocols, { headers: { Host: hostName } });
  const frames: string[] = [];
  const waiting: ((frame: string) => void)[] = [];
  socket.on('message', (data) => {
    const take = waiting.shift();
    if (take === undefined) frames.push(String(data));
    else take(String(data));
  });
  const closing = once(socket, 'close') as Promise<[number, Buffer]>;
  closing.catch(() => {});
  await once(socket, 'open');
  return {
    socket,
    next: () => {
      const frame = frames.shift();
      return frame === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(frame);
    },
    closed: async () => {
      const [code, reason] = await closing;
      return [code, String(reason)];
    },
  };
}

async function idOf(client: Client): Promise<string> {
  client.socket.send('{"action":"echo"}');
  return (JSON.parse(await client.next()) as { connectionId: string }).connectionId;
}

interface LoggedEvent {
  readonly routeKey: string;
  readonly connectionId: string;
  readonly disconnectStatusCode?: number;
}

/** What the function saw, from its log. */
async function eventsOf(connectionId: string, control = server): Promise<LoggedEvent[]> {
  const response = await fetch(`${control.controlUrl}/_stagegate/logs?function=chat&limit=2000`);
  const { lines } = (await response.json()) as { lines: readonly { text: string }[] };
  return lines
    .map(({ text }) => /EVENT (\{.*\})/.exec(text)?.[1])
    .filter((text) => text !== undefined)
    .map((text) => JSON.parse(text) as LoggedEvent)
    .filter((event) => event.connectionId === connectionId);
}

/** Waits until it holds. */
async function until(what: string, holds: () => Promise<boolean> | boolean): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    if (await holds()) return;
    await sleep(50);
  }
  assert.fail(`${what} did not come`);
}

describe('a connection', () => {
  test('is opened, answers, and its end is told', async () => {
    const client = await join();
    assert.equal(client.socket.protocol, 'chat');
    client.socket.send('{"action":"echo","text":"hällo"}');
    const frame = JSON.parse(await client.next()) as { connectionId: string; body: string };
    assert.equal(frame.body, '{"action":"echo","text":"hällo"}');
    client.socket.close(4001, 'enough');
    assert.deepEqual(await client.closed(), [4001, '']);
    await until('$disconnect', async () =>
      (await eventsOf(frame.connectionId)).some((event) => event.disconnectStatusCode === 4001),
    );
    assert.equal((await eventsOf(frame.connectionId)).filter((event) => event.routeKey === '$disconnect').length, 1);
  });

  test('errors are frames, and the connection stays', async () => {
    const client = await join();
    client.socket.send('{"action":"nobody"}');
    assert.match(await client.next(), /^\{"message": "Forbidden", "connectionId":"[\w-]+=", "requestId":"[\w-]{15}="\}$/);
    client.socket.send('{"action":"fail"}');
    assert.match(await client.next(), /^\{"message": "Internal server error", "connectionId":"/);
    client.socket.send('{"action":"echo"}');
    assert.match(await client.next(), /"routeKey":"echo"/);
    client.socket.close();
    await client.closed();
  });

  test('Node’s own client works by the host, and by the path forms of both listeners', async () => {
    for (const url of [
      `ws://127.0.0.1:${server.port}/_aws/execute-api/${apiId}/prod`,
      `ws://127.0.0.1:${server.controlPort}/_aws/execute-api/${apiId}/prod`,
    ]) {
      const socket = new globalThis.WebSocket(url, 'chat');
      await once(socket, 'open');
      socket.send('{"action":"echo"}');
      const [{ data }] = (await once(socket, 'message')) as [{ readonly data: string }];
      assert.match(data, /"routeKey":"echo"/);
      socket.close();
      await once(socket, 'close');
    }
  });

  test('binary messages end it with 1003, messages that are too long with 1009', async () => {
    const binary = await join();
    binary.socket.send(Buffer.from([1, 2, 3]));
    assert.equal((await binary.closed())[0], 1003);
    const long = await join();
    long.socket.send('x'.repeat(40_000));
    assert.equal((await long.closed())[0], 1009);
  });
});

describe('a handshake', () => {
  const shake = (target: string, headers: readonly (readonly [string, string])[] = []) =>
    rawRequest(server.port, {
      target,
      host: hostName,
      headers: [
        ['Connection', 'Upgrade'],
        ['Upgrade', 'websocket'],
        ['Sec-WebSocket-Version', '13'],
        ['Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ=='],
        ...headers,
      ],
    });

  test('that the function refuses gets its status', async () => {
    const response = await shake('/prod?refuse=1');
    assert.equal(response.status, 403);
    assert.equal(response.text(), '');
  });

  test('for no stage is 403; a plain request is 426', async () => {
    const response = await shake('/none');
    assert.equal(response.status, 403);
    assert.equal(response.text(), '{"message":"Forbidden"}');
    const plain = await rawRequest(server.port, { target: '/prod', host: hostName });
    assert.equal(plain.status, 426);
    assert.match(plain.header('upgrade') ?? '', /websocket/);
  });
});

describe('the management API', () => {
  const managed = (endpoint: string) =>
    new ApiGatewayManagementApiClient({
      endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      maxAttempts: 1,
    });
  let management: ApiGatewayManagementApiClient;
  before(() => {
    management = managed(`${server.apiUrl}/_aws/execute-api/${apiId}/prod`);
  });
  after(() => management.destroy());

  test('sends, shows and ends a connection', async () => {
    const client = await join();
    const ConnectionId = await idOf(client);
    await management.send(new PostToConnectionCommand({ ConnectionId, Data: 'hällo' }));
    assert.equal(await client.next(), 'hällo');
    const binary = once(client.socket, 'message') as Promise<[Buffer, boolean]>;
    await management.send(new PostToConnectionCommand({ ConnectionId, Data: Buffer.from([1, 255]) }));
    assert.deepEqual(await binary, [Buffer.from([1, 255]), true]);
    const shown = await management.send(new GetConnectionCommand({ ConnectionId }));
    assert.equal(shown.Identity?.SourceIp, '127.0.0.1');
    assert.ok(shown.ConnectedAt !== undefined && shown.LastActiveAt !== undefined && shown.LastActiveAt >= shown.ConnectedAt);
    await management.send(new DeleteConnectionCommand({ ConnectionId }));
    assert.deepEqual(await client.closed(), [1000, 'Connection Closed Normally']);
    for (const command of [
      new PostToConnectionCommand({ ConnectionId, Data: 'late' }),
      new GetConnectionCommand({ ConnectionId }),
      new DeleteConnectionCommand({ ConnectionId }),
    ]) {
      await assert.rejects(management.send(command as PostToConnectionCommand), { name: 'GoneException' });
    }
  });

  test('refuses what is too long, ids that are none, and stages that are not there', async () => {
    const client = await join();
    const ConnectionId = await idOf(client);
    const Data = 'x'.repeat(128 * 1024 + 1);
    await assert.rejects(management.send(new PostToConnectionCommand({ ConnectionId, Data })), {
      name: 'PayloadTooLargeException',
    });
    await management.send(new PostToConnectionCommand({ ConnectionId, Data: Data.slice(1) }));
    assert.equal((await client.next()).length, 128 * 1024);
    await assert.rejects(management.send(new GetConnectionCommand({ ConnectionId: '!' })), { name: 'BadRequestException' });
    const elsewhere = managed(`${server.apiUrl}/_aws/execute-api/${apiId}/none`);
    await assert.rejects(elsewhere.send(new GetConnectionCommand({ ConnectionId })), { name: 'ForbiddenException' });
    elsewhere.destroy();
    client.socket.terminate();
  });
});

test('a deployment changes the routes of connections that are open', async () => {
  const client = await join();
  client.socket.send('{"action":"later"}');
  assert.match(await client.next(), /Forbidden/);
  const { apis } = clients;
  const api = { ApiId: apiId };
  const uri = invocationUri('arn:aws:lambda:us-east-1:000000000000:function:chat');
  const { IntegrationId } = await apis.send(
    new CreateIntegrationCommand({ ...api, IntegrationType: 'AWS_PROXY', IntegrationUri: uri }),
  );
  const route = await apis.send(
    new CreateRouteCommand({
      ...api,
      RouteKey: 'later',
      Target: `integrations/${IntegrationId}`,
      RouteResponseSelectionExpression: '$default',
    }),
  );
  await apis.send(new CreateRouteResponseCommand({ ...api, RouteId: route.RouteId, RouteResponseKey: '$default' }));
  await apis.send(new CreateDeploymentCommand({ ...api, StageName: 'prod' }));
  client.socket.send('{"action":"later"}');
  assert.match(await client.next(), /"routeKey":"later"/);
  client.socket.close();
  await client.closed();
});

test('a process that is killed leaves nobody without $disconnect, once', async () => {
  const left = await Promise.all([join(), join(), join()]);
  const ids = await Promise.all(left.map(idOf));
  const over = await join();
  const overId = await idOf(over);
  over.socket.close(1000);
  await over.closed();
  await until('$disconnect', async () => (await eventsOf(overId)).some(({ routeKey }) => routeKey === '$disconnect'));
  for (const { socket } of left) socket.on('error', () => {});
  await server.stop('SIGKILL');
  server = await startServer(options);
  clients.destroy();
  clients = awsClients(server);
  for (const id of ids) {
    await until('$disconnect', async () =>
      (await eventsOf(id)).some(({ disconnectStatusCode }) => disconnectStatusCode === 1006),
    );
  }
  await sleep(200);
  for (const id of ids) assert.equal((await eventsOf(id)).length, 1);
  assert.deepEqual(await eventsOf(overId), []);
});

test('a stop in order says 1001 and runs $disconnect first', async () => {
  const client = await join();
  await idOf(client);
  await server.stop();
  assert.equal((await client.closed())[0], 1001);
  server = await startServer(options);
  clients.destroy();
  clients = awsClients(server);
  await sleep(300);
  const { lines } = (await (await fetch(`${server.controlUrl}/_stagegate/logs?function=chat&limit=100`)).json()) as {
    lines: readonly unknown[];
  };
  assert.deepEqual(lines, []);
});

test('a deleted API ends its connections', async () => {
  const client = await join();
  await clients.apis.send(new DeleteApiCommand({ ApiId: apiId }));
  assert.deepEqual(await client.closed(), [1001, 'Going away']);
});
