// A debugger at a function of a real `stagegate dev`.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DesiredFunction } from '../templates/desired-state.ts';
import { inspectedFunctions } from './inspected-functions.ts';

const MAIN = path.join(import.meta.dirname, 'main.mjs');

const functionNamed = (key: string, runtime = 'nodejs22.x'): DesiredFunction => ({
  key,
  functionName: `s-dev-${key}`,
  runtime,
  handler: 'a.b',
  timeout: 6,
  memorySize: 128,
  environment: {},
  tags: {},
  calledByApi: false,
});
const functions = [functionNamed('one'), functionNamed('py', 'python3.12'), functionNamed('two')];

const asked: readonly (readonly [value: string | undefined, ports: Readonly<Record<string, number>>])[] = [
  [undefined, {}],
  ['', { 's-dev-one': 9229, 's-dev-two': 9230 }],
  ['=9300', { 's-dev-one': 9300, 's-dev-two': 9301 }],
  ['9300', { 's-dev-one': 9300, 's-dev-two': 9301 }],
  ['two', { 's-dev-two': 9229 }],
  ['two=9400', { 's-dev-two': 9400 }],
  ['s-dev-one', { 's-dev-one': 9229 }],
];

describe('--inspect', () => {
  for (const [value, ports] of asked) {
    test(`${value}`, () => assert.deepEqual(Object.fromEntries(inspectedFunctions(value, functions)), ports));
  }

  test('refused: a function that is not there, another language, a port that is none', () => {
    assert.throws(() => inspectedFunctions('three', functions), { code: 'SG_BAD_OPTION', message: /no function three/ });
    assert.throws(() => inspectedFunctions('py', functions), { code: 'SG_BAD_OPTION', message: /python3.12/ });
    assert.throws(() => inspectedFunctions('one=99999', functions), { code: 'SG_BAD_OPTION', message: /no port/ });
  });

  test('stops at a breakpoint beyond the timeout, in one environment', async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'stagegate-inspect-'));
    writeFileSync(
      path.join(folder, 'serverless.yml'),
      `service: s\nprovider: { name: aws, timeout: 1 }\nfunctions:\n  hello: { handler: h.hello, events: [{ httpApi: { path: /, method: GET, timeout: 1 } }] }\n`,
    );
    writeFileSync(path.join(folder, 'h.js'), 'exports.hello = async () => { debugger; return String(process.pid); };\n');
    const port = await freePort();
    const args = [MAIN, 'dev', folder, '--memory', '--port', '0', '--control-port', '0', '--inspect', `hello=${port}`];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const ended = once(child, 'exit');
    let out = '';
    child.stdout.on('data', (chunk) => (out += chunk));
    child.stderr.on('data', (chunk) => (out += chunk));
    let socket: WebSocket | undefined;
    try {
      await until(
        () => /^Ready\.$/m.test(out),
        () => out,
      );
      assert.match(out, new RegExp(`Inspect +hello on 127\\.0\\.0\\.1:${port}`));
      const { apiUrl } = JSON.parse(readFileSync(path.join(folder, '.stagegate/running.json'), 'utf8')) as { apiUrl: string };
      const host = /http:\/\/([a-z0-9]+\.execute-api\.localhost:\d+)/.exec(out)?.[1] ?? '';
      const get = () => request(Number(new URL(apiUrl).port), host);
      const first = await get();
      assert.equal(first.status, 200, out);
      const targets = (await (await fetch(`http://127.0.0.1:${port}/json`)).json()) as { webSocketDebuggerUrl: string }[];
      socket = new WebSocket(targets[0]?.webSocketDebuggerUrl ?? '');
      await once(socket, 'open');
      let id = 0;
      let paused = 0;
      const send = (method: string) => socket?.send(JSON.stringify({ id: ++id, method }));
      socket.addEventListener('message', ({ data }) => {
        if ((JSON.parse(String(data)) as { method?: string }).method === 'Debugger.paused') paused++;
      });
      send('Runtime.enable');
      send('Debugger.enable');
      await sleep(200);
      let answers = 0;
      const both = [get(), get()].map((answer) => answer.finally(() => answers++));
      await until(
        () => paused === 1,
        () => out,
      );
      // Longer than the timeouts of the function and of its integration.
      await sleep(1600);
      assert.deepEqual([answers, paused], [0, 1], out);
      send('Debugger.resume');
      await until(
        () => paused === 2,
        () => out,
      );
      send('Debugger.resume');
      assert.deepEqual(await Promise.all(both), [first, first], 'the same process answered all');
    } finally {
      socket?.close();
      child.kill('SIGINT');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

async function until(holds: () => boolean, say: () => string): Promise<void> {
  for (const end = Date.now() + 20_000; !holds(); await sleep(20)) assert.ok(Date.now() < end, say());
}

async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

function request(port: number, host: string): Promise<{ status: number | undefined; body: string }> {
  return new Promise((resolve, reject) => {
    const outgoing = http.get({ host: '127.0.0.1', port, path: '/', headers: { host }, agent: false }, (answer) => {
      let body = '';
      answer.on('data', (chunk) => (body += chunk));
      answer.on('end', () => resolve({ status: answer.statusCode, body }));
    });
    outgoing.on('error', reject);
  });
}
