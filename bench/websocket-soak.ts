// Many WebSockets for a while: `node bench/websocket-soak.ts [--connections 15000] [--seconds 600] [--per-second 1000]`. One process of the
// product holds them; each second so many of them, taken at random, say something and must get it back. Prints what was closed, what
// did not come back, how long answers took, and memory. Never judges.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { serverFlags } from '../tools/setup.mjs';
import { cpuOf, memoryOf } from './process-tree.ts';
import { handshakeOf, maskedText } from './websocket-frames.ts';

const { values } = parseArgs({
  options: {
    connections: { type: 'string', default: '15000' },
    seconds: { type: 'string', default: '600' },
    'per-second': { type: 'string', default: '1000' },
  },
});
const connections = Number(values.connections);
const seconds = Number(values.seconds);
const perSecond = Number(values['per-second']);
const AT_ONCE = 200;
const MESSAGE_BYTES = 100;
/** Slices of a second in which messages are sent, so that they do not come in one burst. */
const SLICES = 20;

const frame = Buffer.from(maskedText(MESSAGE_BYTES), 'latin1');

class Client {
  readonly socket: net.Socket;
  closed = false;
  sentAt = 0;
  private received = 0;
  private isOpen = false;

  constructor(port: number, target: string, index: number, onOpen: () => void) {
    // One source address has not enough ports.
    this.socket = net.connect({ host: '127.0.0.1', port, localAddress: `127.0.0.${2 + (index % 8)}` });
    this.socket.on('error', () => {});
    this.socket.on('close', () => {
      this.closed = true;
      if (!stopping) unexpected++;
    });
    this.socket.on('data', (bytes) => {
      if (!this.isOpen) {
        if (!bytes.toString('latin1').startsWith('HTTP/1.1 101')) throw new Error(bytes.toString('latin1'));
        this.isOpen = true;
        onOpen();
        return;
      }
      this.received += bytes.length;
      if (this.received < MESSAGE_BYTES + 2) return;
      this.received = 0;
      latencies.push(performance.now() - this.sentAt);
      this.sentAt = 0;
    });
    this.socket.write(handshakeOf(target));
  }

  say(): void {
    if (this.sentAt !== 0) {
      late++;
      return;
    }
    this.sentAt = performance.now();
    this.socket.write(frame);
    said++;
  }
}

let stopping = false;
let next = 0;
let unexpected = 0;
let said = 0;
let late = 0;
let latencies: number[] = [];

const server = spawn(process.execPath, [...serverFlags, path.join(import.meta.dirname, 'websocket-server.ts'), 'api', 'text'], {
  stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  env: { ...process.env, NODE_ENV: 'production' },
});
process.on('exit', () => server.kill('SIGKILL'));
const [{ port, path: target }] = (await once(server, 'message')) as [{ port: number; path: string }];
const pid = server.pid as number;

const clients: Client[] = [];
while (clients.length < connections) {
  const batch = Array.from({ length: Math.min(AT_ONCE, connections - clients.length) }, (_, i) => clients.length + i);
  await Promise.all(batch.map((index) => new Promise<void>((open) => clients.push(new Client(port, target, index, open)))));
}
console.log(`${clients.length} connections are open, ${memoryOf(pid).rootMb.toFixed(0)} MB resident`);

const cpuBefore = cpuOf(pid);
for (let second = 0; second < seconds; second++) {
  for (let slice = 0; slice < SLICES; slice++) {
    for (let i = 0; i < perSecond / SLICES; i++) clients[next++ % clients.length]?.say();
    await sleep(1000 / SLICES);
  }
  if ((second + 1) % 60 !== 0 && second + 1 !== seconds) continue;
  const sorted = latencies.toSorted((a, b) => a - b);
  const at = (share: number): string => (sorted[Math.floor(sorted.length * share)] ?? Number.NaN).toFixed(2);
  console.log(
    `${second + 1} s: ${said} said, ${late} had no answer yet, ${unexpected} closed; p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, most ${at(0.99999)} ms; ${memoryOf(pid).rootMb.toFixed(0)} MB`,
  );
  latencies = [];
}
const cpu = cpuOf(pid);
const used = cpu.user + cpu.system - cpuBefore.user - cpuBefore.system;
console.log(`${((used * 100) / seconds).toFixed(1)} % of a core, ${unexpected} unexpected closes`);
stopping = true;
process.exit(0);
