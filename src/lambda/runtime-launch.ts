// What to start for a function: the command of its runtime and the channel it speaks over.

import { accessSync, constants, existsSync, statSync } from 'node:fs';
import path from 'node:path';
import type { FunctionVersion } from './function-version.ts';
import type { RuntimeCommands } from './runtimes.ts';

const NODE_BOOTSTRAP = `${import.meta.dirname}/bootstraps/node/bootstrap.cjs`;
/** A Node process needs about this much of RLIMIT_DATA before it runs a line of code (measured); so may any other. */
const DATA_LIMIT_BASE_BYTES = 1_073_741_824;

export interface RuntimeLaunch {
  readonly command: readonly string[];
  readonly channel: 'framed' | 'runtimeApi';
  /** What the runtime takes of RLIMIT_DATA for itself, before the function's memory. */
  readonly dataLimitBaseBytes: number;
}

/** Why nothing can be started: the error object that the invocation gets. */
export interface LaunchFault {
  readonly errorType: string;
  readonly errorMessage: string;
}

export interface LaunchOptions {
  readonly nodeBinary: string;
  readonly compileCacheFolder: string | undefined;
  readonly commands: RuntimeCommands;
}

export function isLaunchFault(launch: RuntimeLaunch | LaunchFault): launch is LaunchFault {
  return 'errorType' in launch;
}

/** Decides it for one start of an environment; the request id is for the fault. */
export function planLaunch(version: FunctionVersion, options: LaunchOptions, requestId: string): RuntimeLaunch | LaunchFault {
  const own = options.commands.own[version.runtime];
  if (own !== undefined) return throughRuntimeApi(own);
  if (version.runtime.startsWith('provided')) return planProvided(version, requestId);
  return framed([options.nodeBinary, ...nodeFlags(version), NODE_BOOTSTRAP, version.functionArn], options.compileCacheFolder);
}

/** The program that a `provided` runtime is. AWS: the package's bootstrap before a layer's. Seen: Lambda guide, "Custom runtimes". */
function planProvided(version: FunctionVersion, requestId: string): RuntimeLaunch | LaunchFault {
  const candidates = [path.join(version.codeFolder, 'bootstrap')];
  if (version.optFolder !== undefined) candidates.push(path.join(version.optFolder, 'bootstrap'));
  const found = candidates.find((file) => existsSync(file) && !statSync(file).isDirectory());
  const invalid = (what: string): LaunchFault => ({
    errorType: 'Runtime.InvalidEntrypoint',
    errorMessage: `RequestId: ${requestId} Error: ${what}`,
  });
  // AWS: both in the words of its own paths. Seen: Lambda troubleshooting guide, "Runtime.InvalidEntrypoint".
  if (found === undefined) return invalid("Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]");
  try {
    accessSync(found, constants.X_OK);
  } catch {
    const shown = found === candidates[0] ? '/var/task/bootstrap' : '/opt/bootstrap';
    return invalid(`fork/exec ${shown}: permission denied`);
  }
  return throughRuntimeApi([found]);
}

function framed(command: readonly string[], cacheFolder: string | undefined): RuntimeLaunch {
  return {
    command: cacheFolder === undefined ? command : [...command, cacheFolder],
    channel: 'framed',
    dataLimitBaseBytes: DATA_LIMIT_BASE_BYTES,
  };
}

function throughRuntimeApi(command: readonly string[]): RuntimeLaunch {
  return { command, channel: 'runtimeApi', dataLimitBaseBytes: DATA_LIMIT_BASE_BYTES };
}

// AWS gives Node 90 % of the memory for old and 5 % for new objects. Seen: start script of the nodejs runtimes.
function nodeFlags(version: FunctionVersion): string[] {
  const oldMb = Math.floor(version.memoryMb * 0.9);
  const semiMb = Math.max(1, Math.floor(version.memoryMb * 0.05));
  return [`--max-old-space-size=${oldMb}`, `--max-semi-space-size=${semiMb}`];
}
