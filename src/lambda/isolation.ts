// How far a function's process is kept from the rest of the machine, as far as this machine allows without privileges.

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { FunctionVersion } from './function-version.ts';

/**
 * `process`: a process and a process group of its own.
 * `namespace`: also a process table of its own. The function sees and can signal only its own processes, never the
 * gateway, and everything it started ends with it.
 */
export type IsolationTier = 'process' | 'namespace';

export interface Isolation {
  readonly tier: IsolationTier;
  /** What to put before the command that runs a version; its temporary folder is the environment's own. */
  wrap(version: FunctionVersion, temporaryFolder: string): readonly string[];
  /** How many processes stand between the one we start and the function's own. */
  readonly depth: number;
  /** Why it is no more than that; undefined for the highest tier. */
  readonly reason: string | undefined;
}

const UNSHARE = ['/usr/bin/unshare', '/bin/unshare'].find((file) => existsSync(file));
/** Carries the function's variables past the wrapper's own programs: LD_PRELOAD in one of those would run outside. */
const VARIABLES = 'STAGEGATE_FUNCTION_VARIABLES';
// A first process that waits for the function's: a function that were the first itself would not get its own signals.
const FIRST_PROCESS = ['/bin/sh', '-c', `eval "$${VARIABLES}"; unset ${VARIABLES}; "$@"; exit $?`, 'stagegate-function'];
/** Names that some shells refuse to set; as environment variables they do nothing to the wrapper. PPID a shell sets itself. */
const SHELL_OWN_NAMES: ReadonlySet<string> = new Set(['UID', 'EUID', 'PPID', 'SHELLOPTS', 'BASHOPTS', 'BASH_VERSINFO']);
const PROBE_TIMEOUT_MS = 3000;

/** Finds out what works here; asked for `process` it looks no further. */
export async function probeIsolation(wanted: IsolationTier): Promise<Isolation> {
  const plain = (reason: string | undefined): Isolation => ({ tier: 'process', wrap: () => [], depth: 0, reason });
  if (wanted === 'process') return plain(undefined);
  if (process.platform !== 'linux') return plain(`there are no process namespaces on ${process.platform}`);
  if (UNSHARE === undefined) return plain('there is no unshare command (util-linux)');
  // Root needs no user namespace, and in one would lose its way into folders of other users.
  const user = process.getuid?.() === 0 ? [] : ['--user', '--map-current-user'];
  const wrapper = [UNSHARE, ...user, '--pid', '--fork', '--kill-child', '--mount-proc', '--', ...FIRST_PROCESS];
  const failure = await new Promise<string | undefined>((resolve) => {
    // The probe must prove what matters: another process table, in which the second process is number 2.
    const check = ['/bin/sh', '-c', 'test $$ -le 9'];
    execFile(
      wrapper[0] as string,
      [...wrapper.slice(1), ...check],
      { timeout: PROBE_TIMEOUT_MS, env: {} },
      (error, _stdout, stderr) => {
        resolve(error === null ? undefined : stderr.trim().split('\n')[0] || error.message);
      },
    );
  });
  return failure === undefined ? { tier: 'namespace', wrap: () => wrapper, depth: 2, reason: undefined } : plain(failure);
}

/** The environment to start the wrapper with, so that the function gets `variables`. Names must be shell names. */
export function wrapVariables(
  isolation: Isolation,
  variables: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  if (isolation.depth === 0) return variables;
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
  isolation: Isolation,
  code: number | null,
  signal: string | null,
): { code: number | null; signal: string | null } {
  if (isolation.depth === 0 || signal !== null || code === null || code <= 128) return { code, signal };
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
