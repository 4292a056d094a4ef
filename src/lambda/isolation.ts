// How far a function's process is kept from the rest of the machine, as far as this machine allows without privileges.

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { bubblewrapArguments, bubblewrapBase, seenInBubblewrap } from './bubblewrap.ts';
import type { FunctionVersion } from './function-version.ts';

/**
 * `process`: a process and a process group of its own.
 * `namespace`: also a process table of its own. The function sees and can signal only its own processes, never the
 * gateway, and everything it started ends with it.
 * `bwrap`: also a file system of its own, in which there is its code, what its runtime needs, and a /tmp; and no privileges.
 */
export type IsolationTier = 'process' | 'namespace' | 'bwrap';

/** Where a function finds what lies elsewhere for the gateway. */
export interface SeenPaths {
  readonly codeFolder: string;
  readonly layerFolders: readonly string[];
  readonly temporaryFolder: string;
  readonly cacheFolder: string | undefined;
}

export interface SandboxStart {
  readonly version: FunctionVersion;
  readonly temporaryFolder: string;
  readonly cacheFolder: string | undefined;
  /** Files and folders that the command needs to read. */
  readonly reads: readonly string[];
  /** A command that sets the limits of the one behind it; empty where there is none. */
  readonly limits: readonly string[];
}

/** How the processes of one function are kept apart. */
export interface Sandbox {
  readonly tier: IsolationTier;
  /** How many processes stand between the one we start and the function's own. */
  readonly depth: number;
  /** It counts the function's processes apart from the user's others. */
  readonly countsProcesses: boolean;
  seen(start: Omit<SandboxStart, 'reads' | 'limits'>): SeenPaths;
  wrap(start: SandboxStart, command: readonly string[]): readonly string[];
}

export interface Isolation {
  readonly tier: IsolationTier;
  /** Why it is no more than that; undefined for the one wanted. */
  readonly reason: string | undefined;
  sandboxOf(version: FunctionVersion): Sandbox;
}

const UNSHARE = ['/usr/bin/unshare', '/bin/unshare'].find((file) => existsSync(file));
const BWRAP = ['/usr/bin/bwrap', '/bin/bwrap', '/usr/local/bin/bwrap'].find((file) => existsSync(file));
/** Carries the function's variables past the wrapper's own programs: LD_PRELOAD in one of those would run outside. */
const VARIABLES = 'STAGEGATE_FUNCTION_VARIABLES';
// A first process that waits for the function's: a function that were the first itself would not get its own signals.
const FIRST_PROCESS = ['/bin/sh', '-c', `eval "$${VARIABLES}"; unset ${VARIABLES}; "$@"; exit $?`, 'stagegate-function'];
// Bubblewrap has a first process of its own that waits.
const LAST_WRAPPER = ['/bin/sh', '-c', `eval "$${VARIABLES}"; unset ${VARIABLES}; exec "$@"`, 'stagegate-function'];
/** Names that some shells refuse to set; as environment variables they do nothing to the wrapper. PPID a shell sets itself. */
const SHELL_OWN_NAMES: ReadonlySet<string> = new Set(['UID', 'EUID', 'PPID', 'SHELLOPTS', 'BASHOPTS', 'BASH_VERSINFO']);
const PROBE_TIMEOUT_MS = 3000;

/** What a function sees when its files are where the gateway has them. */
const asItIs: Sandbox['seen'] = ({ version, temporaryFolder, cacheFolder }) => ({
  codeFolder: version.codeFolder,
  layerFolders: version.layerFolders,
  temporaryFolder,
  cacheFolder,
});

const PLAIN: Sandbox = {
  tier: 'process',
  depth: 0,
  countsProcesses: false,
  seen: asItIs,
  wrap: ({ limits }, command) => [...limits, ...command],
};

/**
 * Finds out what works here. `auto` takes the highest that does, but leaves functions that are folders of a developer in
 * `namespace`: their code may read what lies around it. Asked for one tier it gives that or a lower one.
 * `dataFolder` is the gateway's: functions in `bwrap` do not see it even when it lies in a folder of theirs.
 */
export async function probeIsolation(wanted: IsolationTier | 'auto', dataFolder?: string): Promise<Isolation> {
  const all = (sandbox: Sandbox, reason: string | undefined): Isolation => ({
    tier: sandbox.tier,
    reason,
    sandboxOf: () => sandbox,
  });
  if (wanted === 'process') return all(PLAIN, undefined);
  if (process.platform !== 'linux') return all(PLAIN, `there are no process namespaces on ${process.platform}`);
  const namespace = await probeNamespace();
  const lower = typeof namespace === 'string' ? all(PLAIN, namespace) : all(namespace, undefined);
  if (wanted === 'namespace') return lower;
  const bwrap = await probeBubblewrap(dataFolder);
  if (typeof bwrap === 'string') return wanted === 'auto' ? lower : { ...lower, reason: bwrap };
  if (wanted === 'bwrap') return all(bwrap, undefined);
  return {
    tier: 'bwrap',
    reason: undefined,
    sandboxOf: (version) => (version.codeKind === 'zip' ? bwrap : lower.sandboxOf(version)),
  };
}

/** The sandbox, or why there is none. */
async function probeNamespace(): Promise<Sandbox | string> {
  if (UNSHARE === undefined) return 'there is no unshare command (util-linux)';
  // Root needs no user namespace, and in one would lose its way into folders of other users.
  const isRoot = process.getuid?.() === 0;
  const user = isRoot ? [] : ['--user', '--map-current-user'];
  const unshare = [UNSHARE, ...user, '--pid', '--fork', '--kill-child', '--mount-proc', '--'];
  // The probe must prove what matters: another process table, in which the second process is number 2.
  const failure = await tryOut([...unshare, ...FIRST_PROCESS, '/bin/sh', '-c', 'test $$ -le 9']);
  if (failure !== undefined) return failure;
  return {
    tier: 'namespace',
    depth: 2,
    countsProcesses: !isRoot,
    seen: asItIs,
    wrap: ({ limits }, command) => [...unshare, ...limits, ...FIRST_PROCESS, ...command],
  };
}

async function probeBubblewrap(dataFolder: string | undefined): Promise<Sandbox | string> {
  if (BWRAP === undefined) return 'there is no bwrap command (bubblewrap)';
  const probe = [BWRAP, ...bubblewrapBase(), '--', '/bin/sh', '-c', 'test $$ -le 9 && ! test -e /root && ! test -e /home'];
  const failure = await tryOut(probe);
  if (failure !== undefined) return failure;
  const bwrap = BWRAP;
  return {
    tier: 'bwrap',
    depth: 2,
    countsProcesses: process.getuid?.() !== 0,
    seen: seenInBubblewrap,
    wrap: (start, command) => [
      bwrap,
      ...bubblewrapArguments(start, dataFolder),
      '--',
      ...start.limits,
      ...LAST_WRAPPER,
      ...command,
    ],
  };
}

/** What went wrong; undefined when it ran and was content. */
function tryOut(command: readonly string[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    const options = { timeout: PROBE_TIMEOUT_MS, env: {} };
    execFile(command[0] as string, command.slice(1), options, (error, _stdout, stderr) => {
      resolve(error === null ? undefined : stderr.trim().split('\n')[0] || error.message);
    });
  });
}

/** The environment to start the wrapper with, so that the function gets `variables`. Names must be shell names. */
export function wrapVariables(sandbox: Sandbox, variables: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  if (sandbox.depth === 0) return variables;
  const plain: Record<string, string> = {};
  const quoted: string[] = [];
  for (const [name, value] of Object.entries(variables)) {
    if (SHELL_OWN_NAMES.has(name)) plain[name] = value;
    else quoted.push(`export ${name}='${value.replaceAll("'", "'\\''")}'`);
  }
  return { ...plain, [VARIABLES]: quoted.join('\n') };
}

/** A shell passes a signal on as 128 and its number: the exit as it was. */
export function unwrapExit(
  sandbox: Sandbox,
  code: number | null,
  signal: string | null,
): { code: number | null; signal: string | null } {
  if (sandbox.depth === 0 || signal !== null || code === null || code <= 128) return { code, signal };
  const name = SIGNALS.get(code - 128);
  return name === undefined ? { code, signal } : { code: null, signal: name };
}

/** Linux's numbers. */
const SIGNALS: ReadonlyMap<number, string> = new Map([
  [1, 'SIGHUP'],
  [2, 'SIGINT'],
  [3, 'SIGQUIT'],
  [4, 'SIGILL'],
  [5, 'SIGTRAP'],
  [6, 'SIGABRT'],
  [7, 'SIGBUS'],
  [8, 'SIGFPE'],
  [9, 'SIGKILL'],
  [11, 'SIGSEGV'],
  [13, 'SIGPIPE'],
  [15, 'SIGTERM'],
  [24, 'SIGXCPU'],
  [25, 'SIGXFSZ'],
]);
