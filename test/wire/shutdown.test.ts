// How the server ends: on SIGTERM requests in flight finish; however it ends, the processes of functions end with it.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { awsClients } from './aws-clients.ts';
import { createFunction, createLambdaApi, hostOf } from './deployed-api.ts';
import { rawRequest } from './raw-http.ts';
import { type StartedServer, startServer } from './started-server.ts';

const source = `export const handler = async (event) => {
  await new Promise((done) => setTimeout(done, Number(event.queryStringParameters?.ms ?? 0)));
  return { pid: process.pid };
};`;

async function deployed(): Promise<{ server: StartedServer; host: string }> {
  const server = await startServer();
  const clients = awsClients(server);
  try {
    const made = await createFunction(clients, 'worker', source);
    return { server, host: hostOf(await createLambdaApi(clients, made.FunctionArn ?? '', ['GET /work'])) };
  } finally {
    clients.destroy();
  }
}

test('SIGTERM lets a request in flight finish, refuses new ones, and ends with 0', async () => {
  const { server, host } = await deployed();
  try {
    await rawRequest(server.port, { target: '/work', host });
    const inFlight = rawRequest(server.port, { target: '/work?ms=1500', host });
    await sleep(400);
    const ended = once(server.process, 'exit');
    server.process.kill('SIGTERM');
    await sleep(300);
    await assert.rejects(rawRequest(server.port, { target: '/work', host }), 'no new connection is taken');
    const response = await inFlight;
    assert.equal(response.status, 200, response.text());
    const [code] = await ended;
    assert.equal(code, 0, server.output());
  } finally {
    await server.stop('SIGKILL');
  }
});

for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
  test(`no process of a function outlives ${signal}`, { skip: process.platform !== 'linux' && 'reads /proc' }, async () => {
    const { server, host } = await deployed();
    let pids: number[] = [];
    try {
      await Promise.all([1, 2, 3].map(() => rawRequest(server.port, { target: '/work?ms=200', host })));
      pids = descendants(server.process.pid ?? 0);
      assert.ok(pids.length > 0, 'functions run in processes of their own');
      // One of them is at work when the server goes.
      void rawRequest(server.port, { target: '/work?ms=600', host }).catch(() => undefined);
      await sleep(100);
    } finally {
      await server.stop(signal);
    }
    for (let attempt = 0; attempt < 200 && pids.some(isAlive); attempt++) await sleep(50);
    assert.deepEqual(pids.filter(isAlive), [], 'processes left behind');
  });
}

function isAlive(pid: number): boolean {
  try {
    // A zombie has ended; it waits for its new parent to notice.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

function descendants(root: number): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
    } catch {
      // It ended meanwhile.
    }
  }
  const found: number[] = [];
  const queue = [root];
  for (let pid = queue.shift(); pid !== undefined; pid = queue.shift()) {
    for (const [child, parent] of parents) {
      if (parent !== pid) continue;
      found.push(child);
      queue.push(child);
    }
  }
  return found;
}
