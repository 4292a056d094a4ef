// Starts the product the way its users do (the command line, in a process of its own) and stops it again.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');
/** Generous: the machine that runs the tests may be busy. */
const READY_WITHIN_MS = 60_000;

export interface StartedServer {
  readonly port: number;
  readonly controlPort: number;
  /** `http://127.0.0.1:PORT`, API traffic. */
  readonly apiUrl: string;
  /** `http://127.0.0.1:PORT`, AWS APIs. */
  readonly controlUrl: string;
  /** Undefined with `--memory`. */
  readonly dataDirectory: string | undefined;
  readonly process: ChildProcess;
  /** Everything it printed so far, for failure messages. */
  output(): string;
  /** Ends it and waits for the end; the default signal asks it to drain. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

export interface StartOptions {
  readonly auth?: 'open' | 'required';
  /** State is kept here; without it nothing is kept. */
  readonly dataDirectory?: string;
  readonly accountId?: string;
  readonly arguments?: readonly string[];
  /** Set for the server besides the tester's own, of which AWS's and Stagegate's are left out. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** Runs `stagegate start` on free ports, in a working directory of its own, and resolves when it said `Ready.`. */
export async function startServer(options: StartOptions = {}): Promise<StartedServer> {
  const home = temporaryFolder();
  const args = [
    path.join(root, 'src/cli/main.mjs'),
    'start',
    ...(options.dataDirectory === undefined ? ['--memory'] : ['--data', options.dataDirectory]),
    ...['--auth', options.auth ?? 'open'],
    ...['--host', '127.0.0.1', '--port', '0', '--control-port', '0'],
    ...(options.accountId === undefined ? [] : ['--account-id', options.accountId]),
    ...(options.arguments ?? []),
  ];
  const child = spawn(process.execPath, args, {
    cwd: home.folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...cleanEnvironment(), ...options.environment },
  });
  let text = '';
  let sawReady: (() => void) | undefined;
  const hear = (bytes: Buffer): void => {
    text += bytes.toString();
    if (/^\s*Ready\./m.test(text)) sawReady?.();
  };
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  const ended = once(child, 'exit');
  const timer = new AbortController();
  try {
    await Promise.race([
      new Promise<void>((resolve) => {
        sawReady = resolve;
      }),
      ended.then(() => {
        throw new Error(`stagegate start ended with ${child.exitCode ?? child.signalCode} before it was ready:\n${text}`);
      }),
      new Promise<never>((_, reject) => {
        const handle = setTimeout(
          () => reject(new Error(`stagegate start was not ready within ${READY_WITHIN_MS} ms:\n${text}`)),
          READY_WITHIN_MS,
        );
        timer.signal.addEventListener('abort', () => clearTimeout(handle));
      }),
    ]);
  } catch (error) {
    child.kill('SIGKILL');
    home.remove();
    throw error;
  } finally {
    timer.abort();
  }
  const stopWithTheTests = (): void => {
    child.kill('SIGKILL');
    home.remove();
  };
  process.once('exit', stopWithTheTests);
  const running = JSON.parse(readFileSync(path.join(home.folder, '.stagegate/running.json'), 'utf8')) as Record<string, string>;
  const port = Number(new URL(running['apiUrl'] ?? '').port);
  const controlPort = Number(new URL(running['controlUrl'] ?? '').port);
  return {
    port,
    controlPort,
    apiUrl: `http://127.0.0.1:${port}`,
    controlUrl: `http://127.0.0.1:${controlPort}`,
    dataDirectory: options.dataDirectory,
    process: child,
    output: () => text,
    async stop(signal = 'SIGTERM') {
      process.removeListener('exit', stopWithTheTests);
      if (child.exitCode === null && child.signalCode === null) {
        child.kill(signal);
        const kill = setTimeout(() => child.kill('SIGKILL'), 20_000);
        await ended;
        clearTimeout(kill);
      }
      home.remove();
    },
  };
}

/** Ports nobody listens on right now. */
export async function freePorts(count: 2): Promise<[number, number]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports: number[] = [];
  for (const server of servers) {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    ports.push((server.address() as { port: number }).port);
  }
  for (const server of servers) {
    server.close();
    await once(server, 'close');
  }
  return ports as [number, number];
}

/** A folder under the system's temporary folder and the function that removes it. */
export function temporaryFolder(): { readonly folder: string; remove(): void } {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'stagegate-wire-'));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }) };
}

/** The administrator's key that a data folder holds after the first start. */
export function administratorKey(dataDirectory: string): { accessKeyId: string; secretAccessKey: string; adminToken: string } {
  return JSON.parse(readFileSync(path.join(dataDirectory, 'credentials.json'), 'utf8'));
}

/** The tester's own AWS and Stagegate settings must not reach the server. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_') && !name.startsWith('STAGEGATE_'));
  return { ...Object.fromEntries(kept), NODE_TEST_CONTEXT: undefined };
}
