// What to start for a function: the command of its runtime and the channel it speaks over.

import { accessSync, constants, existsSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { WRAPPER_VARIABLE, wrappedLaunch } from './exec-wrapper.ts';
import type { FunctionVersion } from './function-version.ts';
import { type Interpreter, languageOf } from './interpreters.ts';
import type { SeenPaths } from './isolation.ts';
import type { RuntimeCommands } from './runtimes.ts';

const NODE_BOOTSTRAP = `${import.meta.dirname}/bootstraps/node/bootstrap.cjs`;
const PYTHON_BOOTSTRAP = `${import.meta.dirname}/bootstraps/python/bootstrap.py`;
const RUBY_BOOTSTRAP = `${import.meta.dirname}/bootstraps/ruby/bootstrap.rb`;
/** A Node process needs about this much of RLIMIT_DATA before it runs a line of code (measured); so may any other. */
const DATA_LIMIT_BASE_BYTES = 1_073_741_824;

export interface RuntimeLaunch {
  readonly command: readonly string[];
  /** What the runtime takes of RLIMIT_DATA for itself, before the function's memory. */
  readonly dataLimitBaseBytes: number;
  /** Files and folders that the command must be able to read. */
  readonly reads: readonly string[];
  /** Set besides the function's own. */
  readonly variables?: Readonly<Record<string, string>>;
}

/** Why nothing can be started: the error object that the invocation gets. */
export interface LaunchFault {
  readonly errorType: string;
  readonly errorMessage: string;
}

export interface LaunchOptions {
  readonly nodeBinary: string;
  /** Where the function finds its files, and its compile cache. */
  readonly seen: SeenPaths;
  readonly commands: RuntimeCommands;
  /** A debugger may attach to a Node.js function here. */
  readonly inspectPort: number | undefined;
}

export function isLaunchFault(launch: RuntimeLaunch | LaunchFault): launch is LaunchFault {
  return 'errorType' in launch;
}

/** Whether its program speaks the Runtime API; the others have a bootstrap of ours and frames. */
export function usesRuntimeApi(version: FunctionVersion, { own }: RuntimeCommands): boolean {
  return own[version.runtime] !== undefined || version.runtime.startsWith('provided');
}

/** Decides it for one start of an environment; the request id is for the fault. */
export function planLaunch(
  version: FunctionVersion,
  options: LaunchOptions,
  requestId: string,
): RuntimeLaunch | LaunchFault | Promise<RuntimeLaunch | LaunchFault> {
  const { runtime } = version;
  const { own, interpreters } = options.commands;
  const command = own[runtime];
  if (command !== undefined) return wrapped(version, options, launch(command, command.flatMap(readsOf)));
  if (runtime.startsWith('provided')) return planProvided(version, options.seen, requestId);
  if (languageOf(runtime) === undefined) return planNode(version, options);
  const known = interpreters.known(runtime);
  if (known !== undefined) return planInterpreter(version, known, options);
  return interpreters
    .find(runtime)
    .then((found) =>
      found === undefined
        ? invalidEntrypoint(requestId, `no program on this machine runs ${runtime} functions`)
        : planInterpreter(version, found, options),
    );
}

function planNode(version: FunctionVersion, options: LaunchOptions): RuntimeLaunch {
  const { nodeBinary, seen, inspectPort } = options;
  const command = [nodeBinary, ...nodeFlags(version), ...inspectFlags(inspectPort), NODE_BOOTSTRAP];
  return bootstrapped(version, options, command, seen.cacheFolder === undefined ? [] : [seen.cacheFolder], [nodeBinary]);
}

/** A bootstrap of ours as its last argument, and what it is told: as arguments, or, in a wrapper script, as variables. */
function bootstrapped(
  version: FunctionVersion,
  options: LaunchOptions,
  command: readonly string[],
  more: readonly string[],
  reads: readonly string[],
): RuntimeLaunch {
  if (version.environment[WRAPPER_VARIABLE] === undefined) return launch([...command, version.functionArn, ...more], reads);
  // AWS: wrapper scripts put arguments before the last one, which is the bootstrap. Seen: Lambda guide, "Wrapper scripts".
  const variables = { STAGEGATE_BOOTSTRAP_ARGUMENTS: [version.functionArn, ...more].join('\n') };
  return wrapped(version, options, { ...launch(command, reads), variables });
}

function wrapped(version: FunctionVersion, { seen }: LaunchOptions, plain: RuntimeLaunch): RuntimeLaunch {
  const wrapper = version.environment[WRAPPER_VARIABLE];
  return wrapper === undefined ? plain : wrappedLaunch(plain, wrapper, version, seen);
}

function planInterpreter(version: FunctionVersion, found: Interpreter, options: LaunchOptions): RuntimeLaunch {
  const { cacheFolder } = options.seen;
  if (languageOf(version.runtime) === 'ruby') {
    return bootstrapped(version, options, [found.program, '--disable-gems', '-Eutf-8', RUBY_BOOTSTRAP], [], found.folders);
  }
  // Without `site`, which takes as long as the rest of a start; unbuffered, as AWS's runtime is.
  const flags = ['-S', '-u', '-X', 'utf8'];
  // Not beside the sources: those are not the function's to change.
  if (cacheFolder === undefined) flags.push('-B');
  else flags.push('-X', `pycache_prefix=${cacheFolder}`);
  return bootstrapped(version, options, [found.program, ...flags, PYTHON_BOOTSTRAP], [], found.folders);
}

/** The program that a `provided` runtime is. AWS: the package's bootstrap before a layer's. Seen: Lambda guide, "Custom runtimes". */
function planProvided(version: FunctionVersion, seen: SeenPaths, requestId: string): RuntimeLaunch | LaunchFault {
  const outside = [version.codeFolder, ...version.layerFolders].map((folder) => path.join(folder, 'bootstrap'));
  const found = outside.findIndex((file) => existsSync(file) && !statSync(file).isDirectory());
  // AWS: both in the words of its own paths. Seen: Lambda troubleshooting guide, "Runtime.InvalidEntrypoint".
  if (found === -1) {
    return invalidEntrypoint(requestId, "Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]");
  }
  try {
    accessSync(outside[found] as string, constants.X_OK);
  } catch {
    const shown = found === 0 ? '/var/task/bootstrap' : '/opt/bootstrap';
    return invalidEntrypoint(requestId, `fork/exec ${shown}: permission denied`);
  }
  const inside = [seen.codeFolder, ...seen.layerFolders].map((folder) => path.join(folder, 'bootstrap'));
  return launch([inside[found] as string]);
}

/** A program of the user's own, and what lies around it (`…/jdk-21/bin/java` needs `…/jdk-21/lib`); files it is given. */
function readsOf(argument: string, index: number): string[] {
  if (!path.isAbsolute(argument) || !existsSync(argument)) return [];
  const real = realpathSync(argument);
  if (index > 0) return [argument];
  const folder = path.dirname(real);
  return [path.basename(folder) === 'bin' ? path.dirname(folder) : real, argument];
}

function launch(command: readonly string[], reads: readonly string[] = []): RuntimeLaunch {
  return { command, dataLimitBaseBytes: DATA_LIMIT_BASE_BYTES, reads };
}

function invalidEntrypoint(requestId: string, what: string): LaunchFault {
  return { errorType: 'Runtime.InvalidEntrypoint', errorMessage: `RequestId: ${requestId} Error: ${what}` };
}

// AWS gives Node 90 % of the memory for old and 5 % for new objects. Seen: start script of the nodejs runtimes.
function nodeFlags(version: FunctionVersion): string[] {
  const oldMb = Math.floor(version.memoryMb * 0.9);
  const semiMb = Math.max(1, Math.floor(version.memoryMb * 0.05));
  return [`--max-old-space-size=${oldMb}`, `--max-semi-space-size=${semiMb}`];
}

// Bound to this machine: whoever reaches the port runs code as the function.
function inspectFlags(port: number | undefined): string[] {
  return port === undefined ? [] : [`--inspect=127.0.0.1:${port}`];
}
