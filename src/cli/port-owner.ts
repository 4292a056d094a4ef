// Who listens on a port: another Stagegate says so itself, any other process is looked up where the system tells.

import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import { DEFAULT_CONTROL_URL, getJson } from './control-client.ts';

const MAIN = path.join(import.meta.dirname, 'main.mjs');

export interface PortOwner {
  /** `node (pid 4711)`. */
  readonly what: string;
  /** One sentence. */
  readonly fix: string;
}

export async function describePortOwner(port: number): Promise<PortOwner> {
  const pid = findPidOfListener(port);
  // A Stagegate says so on its control port only; the taken port may be its other one.
  for (const url of [`http://127.0.0.1:${port}`, DEFAULT_CONTROL_URL]) {
    const health = await healthOf(url);
    if (health?.pid === undefined || (url === DEFAULT_CONTROL_URL && health.pid !== pid)) continue;
    const project = health.project === undefined ? '' : ` for ${health.project}`;
    return {
      what: `another Stagegate (pid ${health.pid}${project})`,
      fix: `End it with Ctrl-C in its terminal, or: kill ${health.pid}.`,
    };
  }
  if (pid === undefined)
    return { what: 'another process', fix: `See which with: lsof -i :${port} (or netstat -ano on Windows).` };
  return { what: `${commandOf(pid)} (pid ${pid})`, fix: `End that process: kill ${pid}.` };
}

async function healthOf(url: string): Promise<{ readonly pid?: number; readonly project?: string } | undefined> {
  try {
    return (await getJson({ url }, '/_stagegate/health', 500)) as { readonly pid?: number; readonly project?: string };
  } catch {
    return undefined;
  }
}

/** Linux: the socket's inode from /proc/net, then the process that holds it. Undefined elsewhere or without rights. */
export function findPidOfListener(port: number): number | undefined {
  try {
    const inodes = new Set(['tcp', 'tcp6'].flatMap((name) => listeningInodes(`/proc/net/${name}`, port)));
    if (inodes.size === 0) return undefined;
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      if (holdsOneOf(pid, inodes)) return Number(pid);
    }
  } catch {
    // No /proc here.
  }
  return undefined;
}

function listeningInodes(file: string, port: number): string[] {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return readFileSync(file, 'utf8')
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[1]?.endsWith(wanted) === true && fields[3] === '0A')
    .map((fields) => `socket:[${fields[9]}]`);
}

function holdsOneOf(pid: string, inodes: ReadonlySet<string>): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) => {
      try {
        return inodes.has(readlinkSync(`/proc/${pid}/fd/${fd}`));
      } catch {
        return false;
      }
    });
  } catch {
    return false;
  }
}

/** `node server.js`: the program and its first argument. */
function commandOf(pid: number): string {
  try {
    const [program = '', script = ''] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    if (script === MAIN) return 'another Stagegate';
    return [path.basename(program), path.basename(script)].join(' ').trim() || 'a process';
  } catch {
    return 'a process';
  }
}
