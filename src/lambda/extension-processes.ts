// The programs of external extensions: found in /opt/extensions, each started as a process beside the function's.

import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants, readdirSync } from 'node:fs';
import path from 'node:path';
import type { Readable } from 'node:stream';
import type { FunctionVersion } from './function-version.ts';
import { LineSplitter } from './line-splitter.ts';

/** Names of a version's external extensions: the executables right in the folder `extensions` of its layers. */
export function externalExtensions(version: FunctionVersion): readonly string[] {
  return version.layerFolders.flatMap((layer) => {
    try {
      return readdirSync(path.join(layer, 'extensions'), { withFileTypes: true })
        .filter((entry) => entry.isFile() && isExecutable(path.join(layer, 'extensions', entry.name)))
        .map((entry) => entry.name)
        .sort();
    } catch {
      return [];
    }
  });
}

export interface ExtensionStart {
  readonly command: readonly string[];
  readonly variables: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly onLine: (text: string) => void;
  readonly onEnded: (code: number | null, signal: string | null) => void;
}

/** One running extension. */
export class ExtensionProcess {
  /** Resolves when its process has ended. */
  readonly over: Promise<void>;
  readonly #child: ChildProcess;

  constructor(start: ExtensionStart) {
    const child = spawn(start.command[0] as string, start.command.slice(1), {
      cwd: start.cwd,
      env: start.variables,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    let tellOver = (): void => {};
    this.over = new Promise((resolve) => {
      tellOver = resolve;
    });
    let isOver = false;
    const ended = (code: number | null, signal: string | null): void => {
      if (isOver) return;
      isOver = true;
      this.kill();
      start.onEnded(code, signal);
      tellOver();
    };
    child.on('error', () => ended(null, 'could not be started'));
    child.on('exit', ended);
    for (const pipe of [child.stdout, child.stderr] as Readable[]) {
      const lines = new LineSplitter(start.onLine);
      pipe.on('error', () => {});
      pipe.on('data', (chunk: Buffer) => lines.push(chunk));
      pipe.on('end', () => lines.flush());
    }
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  kill(): void {
    if (this.pid === undefined) return;
    try {
      process.kill(-this.pid, 'SIGKILL');
    } catch {
      // Nobody is left in the group.
    }
  }
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
