// Broadcasts of a channel: `node bench/channels.ts [--subscribers 10000] [--rounds 20] [--bytes 100]`. `stagegate start` with an API of one
// MOCK route that subscribes whoever connects; CPU time of the server for a message that reaches them all, and its memory per
// subscriber. Prints figures; never judges them.

import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import {
  CreateApiCommand,
  CreateDeploymentCommand,
  CreateIntegrationCommand,
  CreateIntegrationResponseCommand,
  CreateRouteCommand,
  CreateStageCommand,
} from '@aws-sdk/client-apigatewayv2';
import { connectTransport } from '../src/http1/connect-transport.ts';
import type { Transport } from '../src/http1/transport.ts';
import { awsClients } from '../test/wire/aws-clients.ts';
import { startServer } from '../test/wire/started-server.ts';
import { cpuOf, memoryOf } from './process-tree.ts';
import { table } from './table.ts';
import { has } from './tools.ts';

const { values } = parseArgs({
  options: {
    subscribers: { type: 'string', default: '10000' },
    rounds: { type: 'string', default: '20' },
    bytes: { type: 'string', default: '100' },
  },
});
const subscribers = Number(values.subscribers);
const rounds = Number(values.rounds);
const bytes = Number(values.bytes);
const WARM_ROUNDS = 3;
const AT_ONCE = 100;
const WITHIN_MS = 20_000;

/** Counts what it gets. */
class Subscriber {
  received = 0;
  readonly transport: Transport;
  readonly #opened: () => void;
  readonly #head: string;

  constructor(port: number, host: string, opened: () => void) {
    this.#opened = opened;
    this.#head = `GET /prod HTTP/1.1\r\nHost: ${host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`;
    this.transport = connectTransport(
      { host: '127.0.0.1', port, socketPath: undefined, tls: undefined, lookup: undefined },
      this,
    );
  }

  onConnected(): void {
    this.transport.write(this.#head);
  }

  onBytes(buffer: Buffer, start: number, end: number): void {
    const { length } = buffer.subarray(start, end);
    if (buffer.toString('latin1', start, start + 12) === 'HTTP/1.1 101') this.#opened();
    else this.received += length;
  }

  onEnd(): void {
    throw new Error('the server ended a connection');
  }

  onDrain(): void {}

  onClosed(): void {}
}

if (has('taskset')) spawn('taskset', ['-cp', '1', String(process.pid)], { stdio: 'ignore' });
const server = await startServer();
const pid = server.process.pid as number;
if (has('taskset')) spawn('taskset', ['-acp', '0', String(pid)], { stdio: 'ignore' });
try {
  await measure();
} finally {
  await server.stop();
}
process.exit(0);

async function measure(): Promise<void> {
  const apiId = await deploy();
  const host = `${apiId}.execute-api.localhost`;
  const before = memoryOf(pid).rootMb;
  const clients: Subscriber[] = [];
  while (clients.length < subscribers) {
    const count = Math.min(AT_ONCE, subscribers - clients.length);
    await Promise.all(
      Array.from({ length: count }, () => new Promise<void>((done) => clients.push(new Subscriber(server.port, host, done)))),
    );
  }
  await sleep(1000);
  const after = memoryOf(pid).rootMb;
  const url = `${server.apiUrl}/_aws/execute-api/${apiId}/prod/@channels/room`;
  const cpuMs: number[] = [];
  const wallMs: number[] = [];
  // The frame's header is two bytes, or four.
  const frame = bytes + (bytes < 126 ? 2 : 4);
  for (let round = 1; round <= WARM_ROUNDS + rounds; round++) {
    const cpu = cpuSeconds();
    const started = performance.now();
    const answer = await fetch(url, { method: 'POST', body: 'x'.repeat(bytes) });
    const { delivered } = (await answer.json()) as { delivered: number };
    if (delivered !== subscribers) throw new Error(`delivered to ${delivered}`);
    while (clients.some(({ received }) => received < round * frame)) {
      if (performance.now() - started > WITHIN_MS) throw new Error('not everybody got it');
      await sleep(5);
    }
    if (round <= WARM_ROUNDS) continue;
    wallMs.push(performance.now() - started);
    cpuMs.push((cpuSeconds() - cpu) * 1000);
  }
  if (clients.some(({ received }) => received !== (WARM_ROUNDS + rounds) * frame)) throw new Error('somebody got too much');
  cpuMs.sort((a, b) => a - b);
  const at = (share: number): string => (cpuMs[Math.floor((cpuMs.length - 1) * share)] as number).toFixed(0);
  const mean = cpuMs.reduce((sum, one) => sum + one, 0) / cpuMs.length;
  console.log(`\nA message of ${bytes} bytes to ${subscribers} subscribers, ${rounds} rounds`);
  console.log(
    table(
      ['cpu ms, mean', 'least', 'median', 'most', 'cpu us/subscriber', 'until all have it, ms', 'KB/subscriber'],
      [
        [
          mean.toFixed(0),
          at(0),
          at(0.5),
          at(1),
          ((mean * 1000) / subscribers).toFixed(1),
          (wallMs.reduce((sum, one) => sum + one, 0) / wallMs.length).toFixed(0),
          (((after - before) * 1024) / subscribers).toFixed(2),
        ],
      ],
    ),
  );
  for (const { transport } of clients) transport.destroy();
}

async function deploy(): Promise<string> {
  const { apis, destroy } = awsClients(server);
  const { ApiId = '' } = await apis.send(
    new CreateApiCommand({ Name: 'bench', ProtocolType: 'WEBSOCKET', RouteSelectionExpression: '$request.body.action' }),
  );
  const { IntegrationId } = await apis.send(
    new CreateIntegrationCommand({
      ApiId,
      IntegrationType: 'MOCK',
      TemplateSelectionExpression: '\\$default',
      RequestTemplates: { $default: '{"statusCode":200}', 'Stagegate-Channels': '{"subscribe":["room"]}' },
    }),
  );
  await apis.send(new CreateIntegrationResponseCommand({ ApiId, IntegrationId, IntegrationResponseKey: '$default' }));
  await apis.send(new CreateRouteCommand({ ApiId, RouteKey: '$connect', Target: `integrations/${IntegrationId}` }));
  const { DeploymentId } = await apis.send(new CreateDeploymentCommand({ ApiId }));
  await apis.send(new CreateStageCommand({ ApiId, StageName: 'prod', DeploymentId }));
  destroy();
  return ApiId;
}

function cpuSeconds(): number {
  const { user, system } = cpuOf(pid);
  return user + system;
}
