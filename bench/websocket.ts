// The WebSocket transport beside `ws`: `node bench/websocket.ts [--rounds 5] [--seconds 4] [--idle 15000] [--bytes 100]`. Echoed
// messages per CPU-second of the server, in alternating rounds, and resident memory per idle connection. README.md says how
// to read it. Prints figures; never judges them.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { connectTransport } from '../src/http1/connect-transport.ts';
import type { Transport } from '../src/http1/transport.ts';
import { serverFlags } from '../tools/setup.mjs';
import { cpuOf, memoryOf } from './process-tree.ts';
import { table } from './table.ts';
import { has } from './tools.ts';
import { handshakeOf, maskedText } from './websocket-frames.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '4' },
    idle: { type: 'string', default: '15000' },
    bytes: { type: 'string', default: '100' },
  },
});
const rounds = Number(values.rounds);
const seconds = Number(values.seconds);
const idleConnections = Number(values.idle);
const messageBytes = Number(values.bytes);

const ACTIVE = 64;
const WARM_MS = 2000;
/** Opened and closed before memory is looked at, so that code and pools are there. */
const FIRST_CONNECTIONS = 500;
const AT_ONCE = 200;

/** `api` is a WebSocket API with a MOCK route, the others are the transport alone. */
type Candidate = 'ours' | 'ws' | 'api';

interface Server {
  readonly name: string;
  readonly child: ChildProcess;
  readonly port: number;
  readonly path: string;
}

const pinned = has('taskset');
if (pinned) spawn('taskset', ['-cp', '1', String(process.pid)], { stdio: 'ignore' });
const children: ChildProcess[] = [];
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});

async function start(candidate: Candidate, way: 'bytes' | 'text', flags: readonly string[] = []): Promise<Server> {
  const prefix = pinned ? ['taskset', '-c', '0'] : [];
  const script = path.join(import.meta.dirname, 'websocket-server.ts');
  const [command = '', ...args] = [...prefix, process.execPath, '--expose-gc', ...flags, script, candidate, way];
  const child = spawn(command, args, {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, NODE_ENV: 'production' },
  });
  children.push(child);
  const [message] = (await once(child, 'message')) as [{ port: number; path: string }];
  return { name: candidate, child, ...message };
}

// --- echo ---

/** A client that sends its message again as soon as it is back. */
class EchoClient {
  echoed = 0;
  private readonly transport: Transport;
  private readonly frame: string;
  private readonly answerBytes: number;
  private waitingFor = 0;

  private readonly path: string;

  constructor({ port, path }: Pick<Server, 'port' | 'path'>, frame: string, answerBytes: number) {
    this.path = path;
    this.frame = frame;
    this.answerBytes = answerBytes;
    const target = { host: '127.0.0.1', port, socketPath: undefined, tls: undefined, lookup: undefined };
    this.transport = connectTransport(target, this);
  }

  onConnected(): void {
    this.transport.write(handshakeOf(this.path));
  }

  onBytes(bytes: Buffer, start: number, end: number): void {
    if (this.waitingFor === 0) {
      // The 101 comes alone: nothing was sent that could be answered.
      if (bytes.toString('latin1', start, start + 12) !== 'HTTP/1.1 101') throw new Error('no 101');
      this.send();
      return;
    }
    this.waitingFor -= end - start;
    if (this.waitingFor < 0) throw new Error('more came back than was sent');
    if (this.waitingFor > 0) return;
    this.echoed++;
    this.send();
  }

  onEnd(): void {
    throw new Error('the server ended the connection');
  }

  onDrain(): void {}

  onClosed(): void {}

  private send(): void {
    this.waitingFor = this.answerBytes;
    this.transport.write(this.frame);
  }
}

async function compareEcho(way: 'bytes' | 'text'): Promise<void> {
  const servers = [await start('ours', way), await start('ws', way), ...(way === 'text' ? [await start('api', way)] : [])];
  const measured = new Map<string, { perCpuSecond: number; perSecond: number }[]>(servers.map(({ name }) => [name, []]));
  for (const server of servers) await echo(server, WARM_MS);
  for (let round = 0; round < rounds; round++) {
    for (const server of round % 2 === 0 ? servers : servers.toReversed()) {
      const pid = server.child.pid as number;
      const result = await echo(server, seconds * 1000, pid);
      measured.get(server.name)?.push(result);
    }
  }
  for (const { child } of servers) child.kill();
  const reference = measured.get('ws') ?? [];
  console.log(`\nEcho of ${messageBytes}-byte text messages (${way}), ${ACTIVE} connections, ${rounds} rounds of ${seconds} s`);
  console.log(
    table(
      ['server', 'messages/cpu-s', 'ratio', 'min-max', 'cpu us/message', 'messages/s'],
      [...measured].map(([name, list]) => {
        const ratios = list.map((one, i) => one.perCpuSecond / (reference[i]?.perCpuSecond ?? Number.NaN));
        const perCpuSecond = median(list.map((one) => one.perCpuSecond));
        return [
          name,
          perCpuSecond.toFixed(0),
          median(ratios).toFixed(2),
          `${Math.min(...ratios).toFixed(2)}-${Math.max(...ratios).toFixed(2)}`,
          (1e6 / perCpuSecond).toFixed(2),
          median(list.map((one) => one.perSecond)).toFixed(0),
        ];
      }),
    ),
  );
}

async function echo(server: Server, ms: number, pid?: number): Promise<{ perCpuSecond: number; perSecond: number }> {
  const clients = Array.from({ length: ACTIVE }, () => new EchoClient(server, maskedText(messageBytes), echoBytes(messageBytes)));
  await sleep(300);
  const total = (): number => clients.reduce((sum, client) => sum + client.echoed, 0);
  const cpuBefore = cpuSeconds(pid);
  const before = total();
  const started = performance.now();
  await sleep(ms);
  const messages = total() - before;
  const cpu = cpuSeconds(pid) - cpuBefore;
  const elapsed = (performance.now() - started) / 1000;
  for (const client of clients) stopClient(client);
  await sleep(100);
  return { perCpuSecond: messages / cpu, perSecond: messages / elapsed };
}

function cpuSeconds(pid: number | undefined): number {
  if (pid === undefined) return 0;
  const { user, system } = cpuOf(pid);
  return user + system;
}

function stopClient(client: EchoClient): void {
  (client as unknown as { readonly transport: Transport }).transport.destroy();
}

function echoBytes(length: number): number {
  return length + (length < 126 ? 2 : 4);
}

// --- memory ---

/**
 * The young generation grows to 48 MB while ten thousand objects of a kind survive, and stays: that is V8's, not a connection's. So
 * the same is measured as the server is started, with one that cannot grow so much.
 */
const memoryFlags: readonly (readonly string[])[] = [[], serverFlags];

async function compareMemory(): Promise<void> {
  const rows: string[][] = [];
  for (const flags of memoryFlags) {
    for (const candidate of ['ours', 'ws', 'api'] as const) rows.push(await memoryRow(candidate, flags));
  }
  console.log(`\nResident memory with ${idleConnections} idle connections, each of which has echoed one message`);
  console.log(table(['server', 'MB before', 'MB with them', 'of it young', 'KB/connection', 'without young'], rows));
}

async function memoryRow(candidate: Candidate, flags: readonly string[]): Promise<string[]> {
  const server = await start(candidate, 'text', flags);
  for (const socket of await open(server, FIRST_CONNECTIONS)) socket.destroy();
  await sleep(500);
  const before = await collected(server);
  const sockets = await open(server, idleConnections);
  await sleep(1000);
  const after = await collected(server);
  for (const socket of sockets) socket.destroy();
  server.child.kill();
  await sleep(500);
  const perConnection = (mb: number): string => ((mb * 1024) / sockets.length).toFixed(2);
  const grown = after.rssMb - before.rssMb;
  const young = after.youngMb - before.youngMb;
  return [
    [candidate, ...flags].join(' '),
    before.rssMb.toFixed(1),
    after.rssMb.toFixed(1),
    young.toFixed(1),
    perConnection(grown),
    perConnection(grown - young),
  ];
}

interface Memory {
  readonly rssMb: number;
  readonly youngMb: number;
}

async function collected(server: Server): Promise<Memory> {
  let youngMb = 0;
  for (let i = 0; i < 3; i++) {
    server.child.send('gc');
    const [answer] = (await once(server.child, 'message')) as [{ youngMb: number }];
    youngMb = answer.youngMb;
    await sleep(200);
  }
  return { rssMb: memoryOf(server.child.pid as number).rootMb, youngMb };
}

async function open(server: Server, count: number): Promise<net.Socket[]> {
  const sockets: net.Socket[] = [];
  while (sockets.length < count) {
    const batch = Array.from({ length: Math.min(AT_ONCE, count - sockets.length) }, (_, i) =>
      openOne(server, sockets.length + i),
    );
    sockets.push(...(await Promise.all(batch)));
  }
  return sockets;
}

/** A connection that has said something once. Several source addresses: one has not enough ports for many runs. */
function openOne({ port, path: target }: Server, index: number): Promise<net.Socket> {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ host: '127.0.0.1', port, localAddress: `127.0.0.${2 + (index % 8)}` });
    let got = 0;
    socket.on('error', reject);
    socket.on('data', (bytes) => {
      got += bytes.length;
      if (got === bytes.length) socket.write(maskedText(60), 'latin1');
      else resolve(socket);
    });
    socket.write(handshakeOf(target));
  });
}

function median(list: readonly number[]): number {
  const sorted = list.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? (sorted[middle] as number) : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}

await compareEcho('bytes');
await compareEcho('text');
if (idleConnections > 0) await compareMemory();
process.exit(0);
