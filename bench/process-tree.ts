// What a process and everything below it has cost: CPU seconds and memory, read from /proc.

import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

const ticksPerSecond = Number(spawnSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }).stdout) || 100;

interface ProcessStat {
  readonly pid: number;
  readonly parent: number;
  /** Seconds, with the reaped children's. */
  readonly user: number;
  readonly system: number;
}

export interface CpuSeconds {
  readonly user: number;
  readonly system: number;
}

/** CPU seconds of a process tree so far. Children that ended are in their parent's figure, so nothing gets lost in between. */
export function cpuOf(rootPid: number): CpuSeconds {
  let user = 0;
  let system = 0;
  for (const stat of treeOf(rootPid)) {
    user += stat.user;
    system += stat.system;
  }
  return { user, system };
}

/** Resident memory in MB: of the root alone and of the whole tree (pages that processes share are counted in each). */
export function memoryOf(rootPid: number): { readonly rootMb: number; readonly treeMb: number; readonly processes: number } {
  const sizes = treeOf(rootPid).map((stat) => ({ pid: stat.pid, mb: residentMb(stat.pid) }));
  return {
    rootMb: sizes.find((size) => size.pid === rootPid)?.mb ?? 0,
    treeMb: sizes.reduce((sum, size) => sum + size.mb, 0),
    processes: sizes.length,
  };
}

/** Every live process id of the tree, the root first. */
export function pidsOf(rootPid: number): number[] {
  return treeOf(rootPid).map((stat) => stat.pid);
}

function treeOf(rootPid: number): ProcessStat[] {
  const all = new Map<number, ProcessStat>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const stat = readStat(Number(name));
    if (stat !== undefined) all.set(stat.pid, stat);
  }
  const tree: ProcessStat[] = [];
  const queue = [rootPid];
  for (let pid = queue.shift(); pid !== undefined; pid = queue.shift()) {
    const stat = all.get(pid);
    if (stat === undefined) continue;
    tree.push(stat);
    for (const other of all.values()) if (other.parent === pid) queue.push(other.pid);
  }
  return tree;
}

function readStat(pid: number): ProcessStat | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  // The command name stands in parentheses and may hold spaces and parentheses of its own.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const seconds = (index: number): number => Number(fields[index]) / ticksPerSecond;
  return {
    pid,
    parent: Number(fields[1]),
    user: seconds(11) + seconds(13),
    system: seconds(12) + seconds(14),
  };
}

function residentMb(pid: number): number {
  try {
    const match = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return Number(match?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}
