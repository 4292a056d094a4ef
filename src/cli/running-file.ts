// .stagegate/running.json: how other commands find the Stagegate that runs for a folder.

import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmdirSync, unlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';

export interface RunningFile {
  readonly pid: number;
  readonly controlUrl: string;
  readonly apiUrl: string;
  readonly region: string;
  readonly auth: 'open' | 'required';
  /** Absolute; absent when nothing is kept. */
  readonly dataDirectory?: string;
  /** The service file of `dev`. */
  readonly serviceFile?: string;
  /** Function names on AWS by their names in the service file. */
  readonly functions?: Readonly<Record<string, string>>;
}

function fileOf(folder: string): string {
  return path.join(folder, '.stagegate', 'running.json');
}

export function writeRunningFile(folder: string, running: RunningFile): void {
  const file = fileOf(folder);
  mkdirSync(path.dirname(file), { recursive: true });
  const ignore = path.join(path.dirname(file), '.gitignore');
  if (!existsSync(ignore)) writeFileSync(ignore, '*\n');
  writeFileSync(`${file}.${process.pid}`, `${JSON.stringify(running, undefined, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.${process.pid}`, file);
}

/** Removes the file when it is this process's own. */
export function removeRunningFile(folder: string): void {
  try {
    if (readRunningFile(folder)?.pid !== process.pid) return;
    unlinkSync(fileOf(folder));
    const directory = path.join(folder, '.stagegate');
    // With --memory nothing else is in it; state of another run stays, and stays out of git.
    if (readdirSync(directory).join() !== '.gitignore') return;
    unlinkSync(path.join(directory, '.gitignore'));
    rmdirSync(directory);
  } catch {
    // Gone already, or not ours to remove.
  }
}

/** What the file of exactly this folder says, alive or not. */
export function readRunningFile(folder: string): RunningFile | undefined {
  try {
    const value = JSON.parse(readFileSync(fileOf(folder), 'utf8')) as RunningFile;
    return typeof value.pid === 'number' && typeof value.controlUrl === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The nearest file of a living process, from `folder` upwards. */
export function findRunningFile(folder: string): RunningFile | undefined {
  for (let at = path.resolve(folder); ; at = path.dirname(at)) {
    const running = readRunningFile(at);
    if (running !== undefined && isAlive(running.pid)) return running;
    if (path.dirname(at) === at) return undefined;
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
