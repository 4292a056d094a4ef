// Channels over real sockets: APIs without a function and with one, signed calls, clients that come back, clients that do not read, and
// AWS's own client beside them.

import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { once } from 'node:events';
import { after, before, describe, test } from 'node:test';
import { ApiGatewayManagementApiClient, PostToConnectionCommand } from '@aws-sdk/client-apigatewaymanagementapi';
import {
  CreateApiCommand,
  CreateDeploymentCommand,
  CreateIntegrationCommand,
  CreateIntegrationResponseCommand,
  CreateRouteCommand,
  CreateStageCommand,
  DeleteStageCommand,
} from '@aws-sdk/client-apigatewayv2';
import { CreateAccessKeyCommand, CreateUserCommand, PutUserPolicyCommand } from '@aws-sdk/client-iam';
import WebSocket from 'ws';
import { signRequest } from '../../src/aws/sigv4-sign.ts';
import { type AwsClients, awsClients } from './aws-clients.ts';
import { account, allowApi, createFunction } from './deployed-api.ts';
import { administratorKey, type StartedServer, startServer, temporaryFolder } from './started-server.ts';

interface Key {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** A client and everything it was told. */
class Client {
  readonly socket: WebSocket;
  readonly frames: string[] = [];
  #changed = (): void => {};

  constructor(url: string, host: string) {
    this.socket = new WebSocket(url, { headers: { Host: host } });
    this.socket.on('message', (data) => {
      this.frames.push(String(data));
      this.#changed();
    });
    this.socket.on('error', () => {});
  }

  /** Waits until it was told so many frames. */
  async told(count: number): Promise<string[]> {
    while (this.frames.length < count) {
      await new Promise<void>((resolve) => {
        this.#changed = resolve;
      });
    }
    return this.frames;
  }

  async json(count: number): Promise<Record<string, unknown>[]> {
    return (await this.told(count)).map((frame) => JSON.parse(frame) as Record<string, unknown>);
  }

  async close(): Promise<void> {
    this.socket.close();
    if (this.socket.readyState !== WebSocket.CLOSED) await once(this.socket, 'close');
  }
}

async function connected(server: StartedServer, apiId: string, query = ''): Promise<Client> {
  const client = new Client(`ws://127.0.0.1:${server.port}/prod${query}`, `${apiId}.execute-api.localhost`);
  await once(client.socket, 'open');
  return client;
}

interface Called {
  readonly status: number;
  readonly json: Record<string, unknown>;
}

/** A call as a client of ours makes it; signed when there is a key. */
async function call(
  { server, apiId, key }: { server: StartedServer; apiId: string; key?: Key },
  method: string,
  path: string,
  body = '',
): Promise<Called> {
  const url = new URL(`${server.apiUrl}/_aws/execute-api/${apiId}/prod${path}`);
  const unsigned = {
    method,
    path: url.pathname,
    query: url.search.slice(1),
    rawHeaders: ['Host', url.host],
    bodyHash: hash('sha256', body, 'hex'),
  };
  const headers =
    key === undefined
      ? []
      : signRequest(unsigned, key, { region: 'us-east-1', service: 'execute-api', now: Date.now() }).map(
          ([name, value]) => [name, value] as [string, string],
        );
  const response = await fetch(url, { method, headers, ...(body === '' ? {} : { body }) });
  const text = await response.text();
  return { status: response.status, json: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>) };
}

async function deploy({ apis }: AwsClients, ApiId: string, routes: Readonly<Record<string, object>>): Promise<void> {
  for (const [RouteKey, integration] of Object.entries(routes)) {
    const { IntegrationId } = await apis.send(
      new CreateIntegrationCommand({ ApiId, IntegrationType: 'MOCK', ...integration } as never),
    );
    await apis.send(new CreateIntegrationResponseCommand({ ApiId, IntegrationId, IntegrationResponseKey: '$default' }));
    await apis.send(new CreateRouteCommand({ ApiId, RouteKey, Target: `integrations/${IntegrationId}` }));
  }
  const { DeploymentId } = await apis.send(new CreateDeploymentCommand({ ApiId }));
  await apis.send(new CreateStageCommand({ ApiId, StageName: 'prod', DeploymentId }));
}

async function newApi({ apis }: AwsClients): Promise<string> {
  const { ApiId = '' } = await apis.send(
    new CreateApiCommand({ Name: 'rooms', ProtocolType: 'WEBSOCKET', RouteSelectionExpression: '$request.body.action' }),
  );
  return ApiId;
}

describe('an API without a function, with --auth required', () => {
  const data = temporaryFolder();
  let server: StartedServer;
  let clients: AwsClients;
  let apiId = '';
  let administrator: Key;
  let sender: Key;
  const by = (key: Key = administrator) => ({ server, apiId, key });

  before(async () => {
    server = await startServer({ auth: 'required', dataDirectory: data.folder });
    administrator = administratorKey(data.folder);
    clients = awsClients(server, administrator);
    apiId = await newApi(clients);
    const room = (document: string) => ({
      RequestTemplates: { $default: '{"statusCode":200}', 'Stagegate-Channels': document },
      TemplateSelectionExpression: '\\$default',
    });
    await deploy(clients, apiId, {
      $connect: room(`{"subscribe":[{"channel":"room-$util.escapeJavaScript($input.params('room'))",
        "ids":true, "presence":true, "history":{"messages":50,"seconds":60}
        #if($input.params('after') != ""),"after":"$util.escapeJavaScript($input.params('after'))"#end}]}`),
      part: room('{"unsubscribe":["room-7"]}'),
    });
    const { iam } = clients;
    await iam.send(new CreateUserCommand({ UserName: 'sender' }));
    const Resource = `arn:aws:execute-api:us-east-1:${account}:${apiId}/prod/POST/@channels/room-7`;
    const Statement = [{ Effect: 'Allow', Action: 'execute-api:ManageConnections', Resource }];
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
    await iam.send(new PutUserPolicyCommand({ UserName: 'sender', PolicyName: 'own', PolicyDocument }));
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'sender' }));
    sender = { accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: AccessKey?.SecretAccessKey ?? '' };
  });

  after(async () => {
    clients.destroy();
    await server.stop();
    data.remove();
  });

  test('a client joins by its URL, hears, loses its connection and comes back without missing anything', async () => {
    const stays = await connected(server, apiId, '?room=7');
    const leaves = await connected(server, apiId, '?room=7');
    const first = await call(by(), 'POST', '/@channels/room-7', 'one');
    assert.deepEqual([first.status, first.json['delivered']], [200, 2]);
    const [subscribed, heard] = await leaves.json(2);
    assert.equal(subscribed?.['event'], 'subscribed');
    assert.deepEqual([heard?.['id'], heard?.['message']], [first.json['id'], 'one']);
    leaves.socket.terminate();
    const presence = await stays.json(4);
    assert.deepEqual(
      presence.map(({ event, message }) => event ?? message),
      ['subscribed', 'join', 'one', 'leave'],
    );
    for (const text of ['two', 'three']) await call(by(), 'POST', '/@channels/room-7', text);
    const [back] = await Promise.all([
      connected(server, apiId, `?room=7&after=${String(first.json['id'])}`),
      call(by(), 'POST', '/@channels/room-7', 'four'),
    ]);
    await call(by(), 'POST', '/@channels/room-7', 'five');
    const messages = (await back.json(5)).flatMap(({ message }) => message ?? []);
    assert.deepEqual(messages, ['two', 'three', 'four', 'five']);
    const stranger = await connected(server, apiId, '?room=7&after=0123456789ab-1');
    assert.equal((await stranger.json(1))[0]?.['event'], 'gap');
    for (const client of [stays, back, stranger]) await client.close();
  });

  test('calls are signed, and policies name the method and the channel', async () => {
    assert.equal((await call(by(sender), 'POST', '/@channels/room-7', 'x')).status, 200);
    assert.equal((await call(by(sender), 'POST', '/@channels/room-8', 'x')).status, 403);
    assert.equal((await call(by(sender), 'POST', '/@channels/room-7%2F..%2Froom-8', 'x')).status, 403);
    assert.equal((await call(by(sender), 'GET', '/@channels/room-7')).status, 403);
    assert.equal((await call({ server, apiId }, 'POST', '/@channels/room-7', 'x')).status, 403);
    assert.equal((await call(by(), 'GET', '/@channels')).status, 200);
    // The signature covers who is left out.
    const forged = { ...sender, secretAccessKey: 'guess' };
    assert.equal((await call(by(forged), 'POST', '/@channels/room-7?exclude=AAAAAAAA', 'x')).status, 403);
  });

  test('a message’s route takes it out again', async () => {
    const client = await connected(server, apiId, '?room=7');
    await client.told(1);
    const subscribers = async () => (await call(by(), 'GET', '/@channels/room-7')).json['subscriberCount'];
    assert.equal(await subscribers(), 1);
    client.socket.send('{"action":"part"}');
    while ((await subscribers()) !== 0) await new Promise((resolve) => setTimeout(resolve, 20));
    await client.close();
  });

  test('a subscriber that does not read is cut off, and the others get everything', async () => {
    const [reads, stuck] = [await connected(server, apiId, '?room=9'), await connected(server, apiId, '?room=9')];
    await stuck.told(1);
    stuck.socket.pause();
    const text = 'x'.repeat(100_000);
    let sent = 0;
    let delivered: unknown = 2;
    while (delivered !== 1 && sent < 300) {
      delivered = (await call(by(), 'POST', '/@channels/room-9', text)).json['delivered'];
      sent++;
    }
    assert.equal(delivered, 1, 'it was cut off');
    // Its own "subscribed", and the other's coming and going.
    const frames = await reads.told(sent + 3);
    assert.equal(frames.filter((frame) => frame.length > 100_000).length, sent);
    stuck.socket.terminate();
    await reads.close();
  });
});

describe('functions, with --auth open', () => {
  // Subscribes with its answers and publishes by a call to its own API, as it would send to a connection.
  const source = `export const handler = async ({ requestContext: { routeKey, connectionId, domainName, stage }, body }) => {
    if (routeKey === '$connect') return { statusCode: 200, headers: { 'Stagegate-Channels': '{"subscribe":["lobby"]}' } };
    const url = 'https://' + domainName + '/' + stage + '/@channels/lobby?exclude=' + encodeURIComponent(connectionId);
    const answer = await fetch(url, { method: 'POST', body: JSON.parse(body).text });
    return { statusCode: answer.status };
  };`;
  let server: StartedServer;
  let clients: AwsClients;
  let apiId = '';

  before(async () => {
    server = await startServer();
    clients = awsClients(server);
    const { FunctionArn } = await createFunction(clients, 'lobby', source);
    apiId = await newApi(clients);
    await allowApi(clients, 'lobby', apiId);
    const IntegrationUri = `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${FunctionArn}/invocations`;
    const integration = { IntegrationType: 'AWS_PROXY', IntegrationUri };
    await deploy(clients, apiId, { $connect: integration, say: integration });
  });

  after(async () => {
    clients.destroy();
    await server.stop();
  });

  test('one client talks to all others without a table of connections', async () => {
    const [a, b, c] = await Promise.all([connected(server, apiId), connected(server, apiId), connected(server, apiId)]);
    a.socket.send('{"action":"say","text":"hällo"}');
    assert.deepEqual(await b.told(1), ['hällo']);
    assert.deepEqual(await c.told(1), ['hällo']);
    b.socket.send('{"action":"say","text":"hi"}');
    assert.deepEqual(await a.told(1), ['hi']);
    for (const client of [a, b, c]) await client.close();
  });

  test('AWS’s client manages the same connections as ever', async () => {
    const client = await connected(server, apiId);
    const { json } = await call({ server, apiId }, 'GET', '/@channels/lobby');
    const [ConnectionId = ''] = json['subscribers'] as string[];
    const management = new ApiGatewayManagementApiClient({
      endpoint: `${server.apiUrl}/_aws/execute-api/${apiId}/prod`,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      maxAttempts: 1,
    });
    await management.send(new PostToConnectionCommand({ ConnectionId, Data: 'to one' }));
    assert.deepEqual(await client.told(1), ['to one']);
    assert.equal((await call({ server, apiId }, 'DELETE', `/@channels/lobby/connections/${ConnectionId}`)).status, 204);
    assert.equal((await call({ server, apiId }, 'POST', '/@channels/lobby', 'x')).json['delivered'], 0);
    await management.send(new PostToConnectionCommand({ ConnectionId, Data: 'still' }));
    assert.deepEqual(await client.told(2), ['to one', 'still']);
    management.destroy();
    await client.close();
  });

  test('a stage that is deleted takes its channels along', async () => {
    const settings = JSON.stringify({ history: { messages: 10, seconds: 60 } });
    assert.equal((await call({ server, apiId }, 'PUT', '/@channels/kept', settings)).status, 200);
    const { apis } = clients;
    await apis.send(new DeleteStageCommand({ ApiId: apiId, StageName: 'prod' }));
    const { DeploymentId } = await apis.send(new CreateDeploymentCommand({ ApiId: apiId }));
    await apis.send(new CreateStageCommand({ ApiId: apiId, StageName: 'prod', DeploymentId }));
    assert.deepEqual((await call({ server, apiId }, 'GET', '/@channels')).json, { channels: [] });
  });
});
