// What every command is given, and what it gives back.

import type { OptionKey, OptionValues } from '../config/options.ts';
import type { RunningStagegate, StagegateOptions } from '../stagegate.ts';
import type { Terminal } from './terminal.ts';

/** The outside of the process, so that tests can stand in for it. */
export interface CommandLineOptions {
  /** Without `node` and the script. */
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly workingDirectory: string;
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
  readonly stdin: NodeJS.ReadableStream;
  /** How `dev` and `start` start the system; the composition root's way when absent. */
  readonly startStagegate?: (options: StagegateOptions) => Promise<RunningStagegate>;
}

export interface CommandContext extends CommandLineOptions {
  readonly values: OptionValues;
  /** Options that were set, not defaulted. */
  readonly given: ReadonlySet<OptionKey>;
  readonly positionals: readonly string[];
  readonly out: Terminal;
  readonly err: Terminal;
  /** Aborted by Ctrl-C or SIGTERM; commands that go on until then listen to it. */
  readonly stop: AbortSignal;
}

/** The exit code of the process. */
export type Command = (context: CommandContext) => Promise<number>;
