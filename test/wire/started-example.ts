// Runs a folder of examples/ as its README says: `stagegate dev` on a copy of it, and the scripts that lie beside it.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { temporaryFolder } from './started-server.ts';

const root = path.resolve(import.meta.dirname, '../..');
const WITHIN_MS = 60_000;

export interface StartedExample {
  readonly port: number;
  readonly controlUrl: string;
  /** The Host header of its API, when it has one. */
  readonly host: string;
  output(): string;
  stop(): Promise<void>;
}

export async function startExample(name: string, args: readonly string[] = []): Promise<StartedExample> {
  const project = temporaryFolder();
  cpSync(path.join(root, 'examples', name), project.folder, { recursive: true });
  // Its packages are among those of the project.
  if (existsSync(path.join(project.folder, 'package.json'))) {
    symlinkSync(path.join(root, 'node_modules'), path.join(project.folder, 'node_modules'));
  }
  const command = [path.join(root, 'src/cli/main.mjs'), 'dev', '--port', '0', '--control-port', '0', '--memory', ...args];
  const program = await startProgram(command, project.folder, /^Ready\.$/m);
  const output = program.output();
  const port = /execute-api\.localhost:(\d+)/.exec(output)?.[1];
  return {
    port: Number(port ?? 0),
    controlUrl: /AWS APIs +(http:\S+)/.exec(output)?.[1] ?? '',
    host: /http:\/\/([a-z0-9]+\.execute-api\.localhost:\d+)/.exec(output)?.[1] ?? '',
    output: program.output,
    async stop() {
      await program.stop();
      project.remove();
    },
  };
}

/** A script of an example that goes on until it is stopped; resolves when it printed what `ready` matches. */
export function startScript(file: string, args: readonly string[], ready: RegExp): Promise<StartedProgram> {
  return startProgram([path.join(root, 'examples', file), ...args], root, ready);
}

export interface StartedProgram {
  output(): string;
  stop(): Promise<void>;
}

async function startProgram(command: readonly string[], folder: string, ready: RegExp): Promise<StartedProgram> {
  const child: ChildProcess = spawn(process.execPath, [...command], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'] },
  });
  let text = '';
  child.stdout?.on('data', (chunk: Buffer) => (text += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const ended = once(child, 'exit');
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    const late = setTimeout(() => child.kill('SIGKILL'), 20_000);
    if (child.exitCode === null && child.signalCode === null) await ended;
    clearTimeout(late);
  };
  for (const deadline = Date.now() + WITHIN_MS; !ready.test(text); await sleep(20)) {
    if (child.exitCode === null && child.signalCode === null && Date.now() < deadline) continue;
    await stop();
    throw new Error(`${command.join(' ')} did not get ready:\n${text}`);
  }
  return { output: () => text, stop };
}
