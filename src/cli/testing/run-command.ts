// Runs a command in this process, as it would run in a terminal in some other folder.

import os from 'node:os';
import { PassThrough, Readable } from 'node:stream';
import { runCommandLine } from '../command-line.ts';

export interface CommandRun {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface CommandSurroundings {
  readonly environment?: Readonly<Record<string, string>>;
  readonly workingDirectory?: string;
}

export async function runCommand(
  args: readonly string[],
  stdin: readonly string[] | NodeJS.ReadableStream = [],
  { environment = {}, workingDirectory = os.tmpdir() }: CommandSurroundings = {},
): Promise<CommandRun> {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  let out = '';
  let err = '';
  stdout.on('data', (chunk) => (out += chunk));
  stderr.on('data', (chunk) => (err += chunk));
  const code = await runCommandLine({
    args,
    environment,
    workingDirectory,
    stdout,
    stderr,
    stdin: Array.isArray(stdin) ? Readable.from(stdin) : (stdin as NodeJS.ReadableStream),
  });
  return { code, out, err };
}
