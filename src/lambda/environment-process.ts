// The process of an execution environment: started in its sandbox and in a process group of its own, ended with all it has started.

import { type ChildProcess, spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { limitsCommand } from './environment-limits.ts';
import type { EnvironmentStart } from './environment-start.ts';
import { unwrapExit, wrapVariables } from './isolation.ts';
import type { RuntimeLaunch } from './runtime-launch.ts';

/** A process that ended may have left bytes in its pipes; a child of it may hold them open. So long we wait for the end. */
export const PIPES_GRACE_MS = 250;

export interface ProcessListener {
  /** It could not be started; without a `pid` nothing more will be heard of it. */
  processFailed(error: Error): void;
  /** It has ended, and everything it printed has been read. */
  processClosed(): void;
}

export interface ProcessExit {
  readonly code: number | null;
  readonly signal: string | null;
}

export class EnvironmentProcess {
  readonly #start: EnvironmentStart;
  readonly #listener: ProcessListener;
  #child: ChildProcess | undefined;
  #exit: ProcessExit | undefined;
  #pipesClosed = false;

  constructor(start: EnvironmentStart, listener: ProcessListener) {
    this.#start = start;
    this.#listener = listener;
  }

  /** Undefined before it is started, and when it could not be. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Somebody has tried to start it: an exit or a failure will be heard of. */
  get wasSpawned(): boolean {
    return this.#child !== undefined;
  }

  /** How it ended; undefined while it lives. */
  get exit(): ProcessExit | undefined {
    return this.#exit;
  }

  /** It has ended, and everything it printed has been read. */
  get pipesClosed(): boolean {
    return this.#pipesClosed;
  }

  /** A command line as it has to be for a program to run in this environment. */
  wrap(launch: RuntimeLaunch, command: readonly string[]): readonly string[] {
    const { version, sandbox, temporaryFolder, cacheFolder } = this.#start;
    const limits = limitsCommand(version, launch.dataLimitBaseBytes, sandbox);
    return sandbox.wrap({ version, temporaryFolder, cacheFolder, reads: launch.reads, limits }, command);
  }

  /** Starts it. `printed` is given the pipes of what it prints; its other pipe, if it has one, is returned. */
  spawn(
    launch: RuntimeLaunch,
    variables: Readonly<Record<string, string>>,
    printed: (pipe: Readable, stream: 'stdout' | 'stderr') => void,
  ): Socket | undefined {
    const { version, sandbox, channel } = this.#start;
    const [program, ...given] = this.wrap(launch, launch.command);
    const child = spawn(program as string, given, {
      cwd: version.codeFolder,
      env: wrapVariables(sandbox, variables),
      // Its own process group: whatever it starts is ended with it.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', channel.usesPipe ? 'pipe' : 'ignore'],
    });
    this.#child = child;
    child.on('error', (error) => this.#listener.processFailed(error));
    child.on('exit', (code, signal) => this.#onExit(code, signal));
    child.on('close', () => {
      this.#pipesClosed = true;
      if (!channel.isOpen) this.#listener.processClosed();
    });
    printed(child.stdout as Readable, 'stdout');
    printed(child.stderr as Readable, 'stderr');
    return (child.stdio[3] ?? undefined) as Socket | undefined;
  }

  #onExit(code: number | null, signal: string | null): void {
    this.#exit = unwrapExit(this.#start.sandbox, code, signal);
    // Children of the process may live on in its group.
    this.kill();
    setTimeout(() => this.#listener.processClosed(), PIPES_GRACE_MS).unref();
  }

  /** Ends everything in its group at once. */
  kill(): void {
    const { pid } = this;
    if (pid === undefined) return;
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // Nobody is left in the group.
    }
  }

  /** Nothing more is read of it. */
  destroyPipes(): void {
    for (const stream of this.#child?.stdio ?? []) stream?.destroy();
  }
}
