// Integrations of WebSocket APIs over real sockets: made with the SDK, used with the `ws` package, in front of a real backend.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import {
  CreateApiCommand,
  CreateDeploymentCommand,
  CreateIntegrationCommand,
  type CreateIntegrationCommandInput,
  CreateIntegrationResponseCommand,
  CreateRouteCommand,
  CreateRouteResponseCommand,
  CreateStageCommand,
} from '@aws-sdk/client-apigatewayv2';
import { FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import WebSocket from 'ws';
import { type AwsClients, awsClients } from './aws-clients.ts';
import { type StartedServer, startServer } from './started-server.ts';

let server: StartedServer;
let clients: AwsClients;
let backend: Server;
let apiId = '';
/** What the backend was asked. */
const asked: {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}[] = [];

before(async () => {
  backend = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const { method = '', url = '', headers } = request;
    asked.push({ method, url, headers, body });
    response.statusCode = url.includes('token=bad') ? 401 : 200;
    if (url.startsWith('/connect')) response.setHeader('Sec-WebSocket-Protocol', 'chat');
    response.end(JSON.stringify({ heard: body.length }));
  });
  backend.listen(0, '127.0.0.1');
  await once(backend, 'listening');
  const uri = `http://127.0.0.1:${(backend.address() as AddressInfo).port}`;
  server = await startServer();
  clients = awsClients(server);
  const { ApiId = '' } = await clients.apis.send(
    new CreateApiCommand({ Name: 'mapped', ProtocolType: 'WEBSOCKET', RouteSelectionExpression: '$request.body.action' }),
  );
  apiId = ApiId;
  const http = {
    IntegrationMethod: 'POST',
    RequestParameters: { 'integration.request.header.connectionId': 'context.connectionId' },
  };
  await addRoute('$connect', { ...http, IntegrationType: 'HTTP_PROXY', IntegrationUri: `${uri}/connect` });
  const templates = { $default: `{"statusCode":200,"text":$input.json('$.text')}` };
  await addRoute('echo', { IntegrationType: 'MOCK', RequestTemplates: templates }, `you said $input.path('$.text')`);
  const request = { $default: `{"from":"$context.connectionId","text":$input.json('$.text')}` };
  await addRoute(
    'tell',
    { ...http, IntegrationType: 'HTTP', IntegrationUri: `${uri}/tell`, RequestTemplates: request },
    `heard $input.path('$.heard') characters`,
  );
  const { DeploymentId } = await clients.apis.send(new CreateDeploymentCommand({ ApiId }));
  const DefaultRouteSettings = { LoggingLevel: 'INFO', DataTraceEnabled: true } as const;
  await clients.apis.send(new CreateStageCommand({ ApiId, StageName: 'prod', DeploymentId, DefaultRouteSettings }));
});

after(async () => {
  clients.destroy();
  await server.stop();
  backend.close();
});

async function addRoute(RouteKey: string, integration: Partial<CreateIntegrationCommandInput>, response?: string): Promise<void> {
  const { apis } = clients;
  const ApiId = apiId;
  const { IntegrationId } = await apis.send(
    new CreateIntegrationCommand({ ApiId, ...integration } as CreateIntegrationCommandInput),
  );
  const two = response === undefined ? {} : { RouteResponseSelectionExpression: '$default' };
  const { RouteId } = await apis.send(
    new CreateRouteCommand({ ApiId, RouteKey, Target: `integrations/${IntegrationId}`, ...two }),
  );
  if (response === undefined) return;
  const ResponseTemplates = { $default: response };
  await apis.send(
    new CreateIntegrationResponseCommand({ ApiId, IntegrationId, IntegrationResponseKey: '$default', ResponseTemplates }),
  );
  await apis.send(new CreateRouteResponseCommand({ ApiId, RouteId, RouteResponseKey: '$default' }));
}

function client(query: string): WebSocket {
  const headers = { Host: `${apiId}.execute-api.localhost` };
  return new WebSocket(`ws://127.0.0.1:${server.port}/prod${query}`, ['chat'], { headers });
}

async function answer(socket: WebSocket, message: object): Promise<string> {
  const heard = once(socket, 'message') as Promise<[Buffer]>;
  socket.send(JSON.stringify(message));
  return String((await heard)[0]);
}

test('a backend decides about handshakes, templates answer and map messages, and the execution log tells of it', async () => {
  const socket = client('?token=good');
  await once(socket, 'open');
  assert.equal(socket.protocol, 'chat');
  assert.equal(asked[0]?.url, '/connect?token=good');
  const connectionId = String(asked[0]?.headers['connectionid']);
  assert.match(connectionId, /=$/);

  assert.equal(await answer(socket, { action: 'echo', text: 'hällo' }), 'you said hällo');
  const heard = await answer(socket, { action: 'tell', text: 'hi' });
  const { body = '', headers = {}, method } = asked[1] ?? {};
  assert.equal(heard, `heard ${body.length} characters`);
  assert.deepEqual(JSON.parse(body), { from: connectionId, text: 'hi' });
  assert.equal(headers['user-agent'], `AmazonAPIGateway_${apiId}`);
  assert.equal(headers['x-amzn-apigateway-api-id'], apiId);
  assert.equal(method, 'POST');
  socket.close();
  await once(socket, 'close');

  const { events = [] } = await clients.logs.send(
    new FilterLogEventsCommand({ logGroupName: `API-Gateway-Execution-Logs_${apiId}/prod` }),
  );
  const lines = events.map(({ message = '' }) => message.replace(/^\([\w-]+=\) /, ''));
  for (const line of [
    'WebSocket Request Route: [$connect]',
    `Client [Connection Id: ${connectionId}] connected to API [${apiId}] successfully.`,
    'Method request body before transformations: {"action":"tell","text":"hi"}',
    `Message from client [Connection Id: ${connectionId}] sent to API [${apiId}] with response status code [200].`,
  ]) {
    assert.ok(lines.includes(line), `${line} is not in\n${lines.join('\n')}`);
  }
});

test('a handshake that the backend refuses gets its status', async () => {
  const socket = client('?token=bad');
  const [, response] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage];
  assert.equal(response.statusCode, 401);
  response.destroy();
});
