// TimeoutInMillis: never early, and late by little. Bounds are wide because the machine that runs the tests may be busy; how exact it
// is on an idle one is measured with bench/integration-timeouts.ts.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { after, before, test } from 'node:test';
import { CreateApiCommand, CreateIntegrationCommand, CreateRouteCommand, CreateStageCommand } from '@aws-sdk/client-apigatewayv2';
import { type AwsClients, awsClients } from './aws-clients.ts';
import { hostOf } from './deployed-api.ts';
import { rawRequest } from './raw-http.ts';
import { type StartedServer, startServer } from './started-server.ts';

let server: StartedServer;
let clients: AwsClients;
/** Takes connections and says nothing. */
let silent: Server;
const sockets = new Set<Socket>();

before(async () => {
  silent = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.resume();
  });
  silent.listen(0, '127.0.0.1');
  await once(silent, 'listening');
  server = await startServer();
  clients = awsClients(server);
});

after(async () => {
  clients?.destroy();
  await server?.stop();
  for (const socket of sockets) socket.destroy();
  silent?.close();
});

const LATE_MS = 1500;

test('a backend that never answers is given up in time, whatever the time is', async () => {
  const { ApiId: apiId = '' } = await clients.apis.send(new CreateApiCommand({ Name: 'slow', ProtocolType: 'HTTP' }));
  const uri = `http://127.0.0.1:${(silent.address() as AddressInfo).port}/`;
  const timeouts = [50, 120, 333, 1000];
  for (const timeout of timeouts) {
    const { IntegrationId: id } = await clients.apis.send(
      new CreateIntegrationCommand({
        ApiId: apiId,
        IntegrationType: 'HTTP_PROXY',
        IntegrationMethod: 'ANY',
        IntegrationUri: uri,
        TimeoutInMillis: timeout,
      }),
    );
    await clients.apis.send(new CreateRouteCommand({ ApiId: apiId, RouteKey: `GET /${timeout}`, Target: `integrations/${id}` }));
  }
  await clients.apis.send(new CreateStageCommand({ ApiId: apiId, StageName: '$default', AutoDeploy: true }));
  for (let round = 0; round < 5; round++) {
    await Promise.all(
      timeouts.map(async (timeout) => {
        const began = performance.now();
        const response = await rawRequest(server.port, { target: `/${timeout}`, host: hostOf(apiId) });
        const took = performance.now() - began;
        assert.deepEqual([response.status, response.text()], [503, '{"message":"Service Unavailable"}']);
        assert.ok(took >= timeout, `${timeout} ms were over after ${took}`);
        assert.ok(took < timeout + LATE_MS, `${timeout} ms took ${took}`);
      }),
    );
  }
});
