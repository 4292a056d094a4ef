// What the processes of an execution environment may take: limits the kernel holds, and what is watched because it cannot.

import { existsSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import type { FunctionVersion } from './function-version.ts';
import type { Sandbox } from './isolation.ts';
import { privateMemoryBytes, processTree } from './process-tree.ts';

/** AWS: 1,024 processes and threads. Seen: Lambda quotas. */
const PROCESSES_MAX = 1024;
/** Who its processes are is looked up so often; a look goes through every thread of each. */
const PROCESSES_FRESH_MS = 300;
const PRLIMIT = process.platform === 'linux' ? ['/usr/bin/prlimit', '/bin/prlimit'].find((file) => existsSync(file)) : undefined;

/** A command that sets limits for the one behind it; empty where there is none. `dataBaseBytes` is the runtime's own part. */
export function limitsCommand(version: FunctionVersion, dataBaseBytes: number, sandbox: Sandbox): readonly string[] {
  if (PRLIMIT === undefined) return [];
  const limits = ['--core=0', '--nofile=1024', `--data=${dataBaseBytes + version.memoryMb * 1_048_576}`];
  // Bytes of one file: no more than /tmp has on AWS.
  limits.push(`--fsize=${version.ephemeralStorageMb * 1_048_576}`);
  if (sandbox.countsProcesses) limits.push(`--nproc=${PROCESSES_MAX}`);
  return [PRLIMIT, ...limits, '--'];
}

/** Looks after the memory and the number of an environment's processes. */
export class ProcessWatch {
  peakMemoryKib = 0;
  readonly #depth: number;
  #pids: readonly number[] = [];
  #lookedAt = 0;

  /** `depth`: processes of the sandbox itself, which are not the function's. */
  constructor(depth: number) {
    this.#depth = depth;
  }

  /** What is too much, if anything is. */
  check(rootPid: number, memoryMb: number): 'memory' | 'processes' | undefined {
    const bytes = this.measure(rootPid);
    if (this.#pids.length >= PROCESSES_MAX) return 'processes';
    if (bytes <= memoryMb * 1_048_576) return undefined;
    this.peakMemoryKib = memoryMb * 1024;
    return 'memory';
  }

  /** Asks the function's own process to end: the sandbox around it would end without a word to it. */
  terminate(rootPid: number): void {
    const pid = this.#depth === 0 ? rootPid : processTree(rootPid, this.#depth + 1)[this.#depth];
    if (pid === undefined) return;
    try {
      process.kill(pid, 'SIGTERM');
    } catch {
      // It has just ended.
    }
  }

  /** Private memory of all processes: pages shared with other functions' processes are nobody's fault. */
  measure(rootPid: number): number {
    if (process.platform !== 'linux') return 0;
    const now = performance.now();
    if (now - this.#lookedAt >= PROCESSES_FRESH_MS || this.#pids.length === 0) {
      this.#lookedAt = now;
      this.#pids = processTree(rootPid, PROCESSES_MAX + this.#depth).slice(this.#depth);
    }
    let bytes = 0;
    for (const pid of this.#pids) bytes += privateMemoryBytes(pid);
    this.peakMemoryKib = Math.max(this.peakMemoryKib, Math.ceil(bytes / 1024));
    return bytes;
  }
}
