// What /proc says of an environment's processes. Linux only.

import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

const PAGE_BYTES = 4096;

/** A process and its descendants, parents first; at most `max` of them. */
export function processTree(pid: number, max: number): number[] {
  const found = [pid];
  for (let index = 0; index < found.length && found.length < max; index++) {
    for (const child of childrenOf(found[index] as number)) {
      if (found.length < max) found.push(child);
    }
  }
  return found;
}

/** Memory of a process that it shares with no other; 0 when it has just ended. */
export function privateMemoryBytes(pid: number): number {
  try {
    const [, resident = '0', shared = '0'] = readFileSync(`/proc/${pid}/statm`, 'latin1').split(' ');
    return Math.max(0, Number(resident) - Number(shared)) * PAGE_BYTES;
  } catch {
    return 0;
  }
}

/** Whether one of the processes has this end of a TCP connection over IPv4 open. */
export function ownsConnection(pids: readonly number[], address: string, port: number): boolean {
  const inode = inodeOfConnection(address, port);
  if (inode === undefined) return false;
  const wanted = `socket:[${inode}]`;
  return pids.some((pid) => descriptorsOf(pid).includes(wanted));
}

// The thread that started a child is its parent; most programs start children from one.
function childrenOf(pid: number): number[] {
  const children: number[] = [];
  for (const thread of list(`/proc/${pid}/task`)) {
    try {
      for (const child of readFileSync(`/proc/${pid}/task/${thread}/children`, 'latin1').split(' ')) {
        if (child !== '') children.push(Number(child));
      }
    } catch {
      // The thread has just ended.
    }
  }
  return children;
}

/** A line of /proc/net/tcp: number, local address, remote address, state, queues, timer, retries, user, timeout, inode. */
function inodeOfConnection(address: string, port: number): string | undefined {
  const bytes = address.split('.').map((part) => Number(part).toString(16).padStart(2, '0'));
  const local = `${bytes.reverse().join('')}:${port.toString(16).padStart(4, '0')}`.toUpperCase();
  try {
    for (const line of readFileSync('/proc/net/tcp', 'latin1').split('\n')) {
      const columns = line.trim().split(/\s+/);
      if (columns[1] === local && columns[9] !== '0') return columns[9];
    }
  } catch {
    // Without /proc nothing can be told.
  }
  return undefined;
}

function descriptorsOf(pid: number): string[] {
  return list(`/proc/${pid}/fd`).map((descriptor) => {
    try {
      return readlinkSync(`/proc/${pid}/fd/${descriptor}`);
    } catch {
      return '';
    }
  });
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
