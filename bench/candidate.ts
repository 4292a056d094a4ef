// A gateway that takes part in the bench: how it is started, where it answers, how it is stopped.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LoadRequest } from './load.ts';
import { pidsOf } from './process-tree.ts';

export interface Running {
  readonly name: string;
  readonly process: ChildProcess;
  readonly pid: number;
  /** From the start of the process to the first good answer. */
  readonly startMs: number;
  readonly target: LoadRequest;
  readonly logFile: string;
}

export interface Place {
  /** Where logs and configurations go. */
  readonly folder: string;
  /** What stands before a candidate's command: `taskset -c 0`. */
  readonly candidatePrefix: readonly string[];
  /** What stands before the load generator's and the upstream's command: `taskset -c 1`. */
  readonly loadPrefix: readonly string[];
}

export interface Launch {
  readonly name: string;
  readonly command: readonly string[];
  readonly cwd?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Answers as soon as the program is up; after that `prepare` runs. */
  readonly probe: string;
  /** Makes the program ready for the scenario and says what to request. */
  prepare(): Promise<LoadRequest>;
}

const UP_WITHIN_MS = 60_000;
const running = new Set<ChildProcess>();

/** Starts a program, waits until it answers, prepares it, and asks for one good answer. Stops it again when any of that fails. */
export async function launch(options: Launch, place: Place, pinned: readonly string[]): Promise<Running> {
  const logFile = path.join(place.folder, `${options.name.replaceAll(/[^\w.-]/g, '_')}.log`);
  const log = openSync(logFile, 'a');
  const [command = '', ...args] = [...pinned, ...options.command];
  const started = performance.now();
  const child = spawn(command, args, {
    cwd: options.cwd ?? place.folder,
    stdio: ['ignore', log, log],
    env: { ...process.env, NODE_ENV: 'production', ...options.environment },
  });
  closeSync(log);
  running.add(child);
  try {
    const ended = once(child, 'exit').then(([code]) => {
      throw new Error(`${options.name} ended with ${code}:\n${tail(logFile)}`);
    });
    ended.catch(() => undefined);
    await Promise.race([ended, answers(options.probe)]);
    const startMs = performance.now() - started;
    const target = await options.prepare();
    await expectGoodAnswer(options.name, target, logFile);
    return { name: options.name, process: child, pid: child.pid ?? 0, startMs, target, logFile };
  } catch (error) {
    await stop(child);
    throw error;
  }
}

/** Asks a program to end, then ends it and everything it started, by process id. */
export async function stop(child: ChildProcess): Promise<void> {
  running.delete(child);
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const tree = pidsOf(child.pid);
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await Promise.race([ended, sleep(5_000, undefined, { ref: false })]);
  for (const pid of tree) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It is gone already.
    }
  }
}

/** Stops whatever is still running, for the way out after an error or a signal. */
export async function stopEverything(): Promise<void> {
  await Promise.all([...running].map(stop));
}

/** The status and body of one request, made without keep-alive. */
export function ask(target: LoadRequest): Promise<{ readonly status: number; readonly body: string }> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      target.url,
      { method: target.method, headers: { ...target.headers, connection: 'close' }, timeout: 10_000, agent: false },
      (response) => {
        let body = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          body += chunk;
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
      },
    );
    outgoing.on('timeout', () => outgoing.destroy(new Error('no answer within 10 s')));
    outgoing.on('error', reject);
    outgoing.end(target.body);
  });
}

/** Ports nobody listens on right now. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}

async function answers(url: string): Promise<void> {
  const deadline = performance.now() + UP_WITHIN_MS;
  for (;;) {
    try {
      await ask({ url, method: 'GET', headers: {} });
      return;
    } catch (error) {
      if (performance.now() > deadline) throw new Error(`nothing answers at ${url} within ${UP_WITHIN_MS} ms`, { cause: error });
      await sleep(10);
    }
  }
}

async function expectGoodAnswer(name: string, target: LoadRequest, logFile: string): Promise<void> {
  const answer = await ask(target);
  if (answer.status !== 200) {
    throw new Error(`${name} answers ${target.url} with ${answer.status}: ${answer.body.slice(0, 300)}\n${tail(logFile)}`);
  }
}

function tail(file: string): string {
  return readFileSync(file, 'utf8').slice(-2000);
}
