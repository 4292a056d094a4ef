// Handshakes of a WebSocket API whose $connect has a Lambda authorizer and a function: `node bench/websocket-handshakes.ts [--seconds 10]
// [--at-once 16]`. `stagegate start`, gateway and function processes on CPU 0; handshakes per CPU-second of all of them. No result of the
// authorizer is kept: each handshake calls both functions. Prints figures; never judges them.

import { spawn } from 'node:child_process';
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import {
  CreateApiCommand,
  CreateAuthorizerCommand,
  CreateDeploymentCommand,
  CreateIntegrationCommand,
  CreateRouteCommand,
  CreateStageCommand,
} from '@aws-sdk/client-apigatewayv2';
import { awsClients } from '../test/wire/aws-clients.ts';
import { allowApi, createFunction } from '../test/wire/deployed-api.ts';
import { startServer } from '../test/wire/started-server.ts';
import { cpuOf } from './process-tree.ts';
import { has } from './tools.ts';
import { handshakeOf } from './websocket-frames.ts';

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '10' }, 'at-once': { type: 'string', default: '16' } },
});
const seconds = Number(values.seconds);
const WARM_MS = 3000;

if (has('taskset')) spawn('taskset', ['-cp', '1', String(process.pid)], { stdio: 'ignore' });
const server = await startServer({ arguments: ['--throttle-rate-limit', 'none'] });
const pid = server.process.pid as number;
if (has('taskset')) spawn('taskset', ['-acp', '0', String(pid)], { stdio: 'ignore' });
try {
  await measure(await deploy());
} finally {
  await server.stop();
}
process.exit(0);

async function measure(apiId: string): Promise<void> {
  const head = handshakeOf(`/_aws/execute-api/${apiId}/prod?token=let`);
  let done = 0;
  let running = true;
  const clients = Array.from({ length: Number(values['at-once']) }, async () => {
    while (running) {
      await shakeHands(head);
      done++;
    }
  });
  await sleep(WARM_MS);
  const cpuBefore = cpuSeconds();
  const doneBefore = done;
  const startedMs = performance.now();
  await sleep(seconds * 1000);
  const handshakes = done - doneBefore;
  const cpu = cpuSeconds() - cpuBefore;
  const wall = (performance.now() - startedMs) / 1000;
  running = false;
  await Promise.all(clients);
  console.log(
    `${handshakes} handshakes: ${(handshakes / cpu).toFixed(0)} per CPU-second, ${(handshakes / wall).toFixed(0)} per second`,
  );
}

/** Resolves when the client has its 101 and is gone again. */
function shakeHands(head: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ host: '127.0.0.1', port: server.port });
    socket.on('error', reject);
    socket.on('close', () => resolve());
    socket.once('data', (bytes) => {
      const text = bytes.toString('latin1');
      if (!text.startsWith('HTTP/1.1 101')) reject(new Error(text));
      socket.resetAndDestroy();
    });
    socket.write(head);
  });
}

async function deploy(): Promise<string> {
  const clients = awsClients(server);
  const { apis } = clients;
  const { ApiId = '' } = await apis.send(
    new CreateApiCommand({ Name: 'bench', ProtocolType: 'WEBSOCKET', RouteSelectionExpression: '$request.body.action' }),
  );
  const guard = await createFunction(
    clients,
    'guard',
    `export const handler = async ({ methodArn }) => ({ principalId: 'u', policyDocument: { Version: '2012-10-17',
      Statement: [{ Action: 'execute-api:Invoke', Effect: 'Allow', Resource: methodArn }] } });`,
  );
  const main = await createFunction(clients, 'main', 'export const handler = async () => ({ statusCode: 200 });');
  await allowApi(clients, 'guard', ApiId);
  await allowApi(clients, 'main', ApiId);
  const uri = (arn: string | undefined): string =>
    `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${arn}/invocations`;
  const { AuthorizerId } = await apis.send(
    new CreateAuthorizerCommand({
      ...{ ApiId, Name: 'guard', AuthorizerType: 'REQUEST', AuthorizerUri: uri(guard.FunctionArn) },
      IdentitySource: ['route.request.querystring.token'],
    }),
  );
  const { IntegrationId } = await apis.send(
    new CreateIntegrationCommand({ ApiId, IntegrationType: 'AWS_PROXY', IntegrationUri: uri(main.FunctionArn) }),
  );
  const Target = `integrations/${IntegrationId}`;
  await apis.send(new CreateRouteCommand({ ApiId, RouteKey: '$connect', AuthorizationType: 'CUSTOM', AuthorizerId, Target }));
  const { DeploymentId } = await apis.send(new CreateDeploymentCommand({ ApiId }));
  await apis.send(new CreateStageCommand({ ApiId, StageName: 'prod', DeploymentId }));
  clients.destroy();
  return ApiId;
}

function cpuSeconds(): number {
  const { user, system } = cpuOf(pid);
  return user + system;
}
