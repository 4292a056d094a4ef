// From arguments to a command: help, version, options, and every error in one form.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type CommandName, commandNames } from '../config/commands.ts';
import { readConfigFile } from '../config/config-file.ts';
import { nearestName } from '../config/nearest-name.ts';
import { resolveOptions } from '../config/resolve-options.ts';
import { UserError } from '../config/user-error.ts';
import type { Command, CommandContext, CommandLineOptions } from './command.ts';
import { renderBug, renderUserError } from './error-text.ts';
import { stopSignal } from './stop-signal.ts';
import { createTerminal, type Terminal } from './terminal.ts';

const loaders: Readonly<Record<CommandName, () => Promise<Command>>> = {
  dev: async () => (await import('./dev.ts')).dev,
  start: async () => (await import('./start.ts')).start,
  explain: async () => (await import('./explain.ts')).explain,
  deployments: async () => (await import('./deployments.ts')).deployments,
  rollback: async () => (await import('./rollback.ts')).rollback,
  canary: async () => (await import('./canary.ts')).canary,
  invoke: async () => (await import('./invoke.ts')).invoke,
  requests: async () => (await import('./requests.ts')).requests,
  metrics: async () => (await import('./metrics.ts')).metrics,
  logs: async () => (await import('./logs.ts')).logs,
  ws: async () => (await import('./ws.ts')).ws,
  connections: async () => (await import('./connections.ts')).connections,
  env: async () => (await import('./env.ts')).env,
  doctor: async () => (await import('./doctor.ts')).doctor,
  vtl: async () => (await import('./vtl.ts')).vtl,
};

/** Runs one command; the exit code. Nothing is thrown. */
export async function runCommandLine(options: CommandLineOptions): Promise<number> {
  const out = createTerminal(options.stdout, options.environment);
  const err = createTerminal(options.stderr, options.environment);
  try {
    return await dispatch(options, out, err);
  } catch (error) {
    out.flush();
    if (error instanceof UserError) {
      err.line(renderUserError(error, err, options.workingDirectory));
      return error.exitCode;
    }
    err.line(renderBug(error, err));
    return 70;
  } finally {
    out.flush();
    err.flush();
  }
}

async function dispatch(options: CommandLineOptions, out: Terminal, err: Terminal): Promise<number> {
  const [first, ...rest] = options.args;
  if (first === '--version' || first === '-V' || first === 'version') {
    out.line(`stagegate ${readVersion()}`);
    return 0;
  }
  if (first === undefined || first === '--help' || first === '-h' || first === 'help') {
    const { renderHelp } = await import('./help.ts');
    out.line(isCommand(rest[0]) ? renderHelp(out, rest[0]) : renderHelp(out));
    return 0;
  }
  if (!isCommand(first)) throw unknownCommand(first);
  const resolved = resolveFor(first, rest, options);
  if (resolved.help) {
    const { renderHelp } = await import('./help.ts');
    out.line(renderHelp(out, first));
    return 0;
  }
  const command = await loaders[first]();
  const stop = stopSignal(err);
  try {
    const context: CommandContext = { ...options, ...resolved, out, err, stop: stop.signal };
    return await command(context);
  } finally {
    stop.release();
  }
}

/** The configuration file is the one of the service folder when `dev` is told one, else of the working directory. */
function resolveFor(command: CommandName, args: readonly string[], options: CommandLineOptions) {
  const sources = { command, args, environment: options.environment };
  const flags = resolveOptions({ ...sources, environment: {} });
  if (flags.help) return flags;
  const own = readConfigFile(options.workingDirectory);
  const named = command === 'dev' ? flags.positionals[0] : undefined;
  const file = own ?? (named === undefined ? undefined : readConfigFile(serviceFolderOf(named, options.workingDirectory)));
  return resolveOptions(file === undefined ? sources : { ...sources, file });
}

function serviceFolderOf(named: string, workingDirectory: string): string {
  const full = path.resolve(workingDirectory, named);
  return /\.(ya?ml|json|[cm]?[jt]s)$/.test(full) ? path.dirname(full) : full;
}

function isCommand(name: string | undefined): name is CommandName {
  return commandNames.includes(name as CommandName);
}

function unknownCommand(name: string): UserError {
  const near = nearestName(name, commandNames);
  return new UserError('SG_UNKNOWN_COMMAND', `There is no command "${name}".`, {
    fix:
      near === undefined
        ? `The commands are ${commandNames.join(', ')}; stagegate --help tells more.`
        : `Did you mean stagegate ${near}?`,
  });
}

/** The version of the package this file belongs to. */
export function readVersion(): string {
  const file = path.join(import.meta.dirname, '../../package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
