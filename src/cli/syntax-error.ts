// Where a syntax error is. Lambda's runtime tells that a file cannot be parsed, but neither which nor where; Node does.

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Place } from '../config/user-error.ts';
import type { DesiredState } from '../templates/desired-state.ts';
import { handlerFileOf } from './handler-file-of.ts';

export interface SyntaxMistake {
  readonly place: Place;
  /** `SyntaxError: Unexpected token ';'`. */
  readonly message: string;
}

const EXTENSIONS = ['.js', '.mjs', '.cjs'];
/** Files asked about for one error. */
const FILES_MAX = 10;
const TIMEOUT_MS = 5000;

/** What a function's runtime logs when it cannot parse the function's code. */
export function isSyntaxErrorLine(text: string): boolean {
  return text.includes('"errorType":"Runtime.UserCodeSyntaxError"');
}

/** The first file that Node cannot parse: the function's handler, then files that were changed lately. */
export async function findSyntaxMistake(
  state: DesiredState,
  functionName: string,
  changed: readonly string[],
): Promise<SyntaxMistake | undefined> {
  const named = state.functions.find((one) => one.functionName === functionName);
  const handlerFile = handlerFileOf(named?.codeFolder ?? state.folder, named?.handler ?? '');
  const files = new Set([...(handlerFile === undefined ? [] : [handlerFile]), ...changed]);
  const candidates = [...files].filter((file) => EXTENSIONS.includes(path.extname(file)) && existsSync(file));
  for (const file of candidates.slice(0, FILES_MAX)) {
    const mistake = await checkSyntax(file);
    if (mistake !== undefined) return mistake;
  }
  return undefined;
}

/** Parses a file in a process of its own and runs nothing of it. */
export function checkSyntax(file: string): Promise<SyntaxMistake | undefined> {
  return new Promise((resolve) => {
    execFile(process.execPath, ['--check', file], { timeout: TIMEOUT_MS, env: {} }, (error, _stdout, stderr) => {
      resolve(error === null ? undefined : readMistake(file, stderr));
    });
  });
}

/** Node prints the file and line, the line itself, a mark below it, and the error. */
function readMistake(file: string, printed: string): SyntaxMistake | undefined {
  const lines = printed.split(/\r?\n/);
  const message = lines.find((line) => line.startsWith('SyntaxError: '));
  const line = /^(?:file:\/\/)?.+:(\d+)$/.exec(lines[0] ?? '')?.[1];
  if (message === undefined || line === undefined) return undefined;
  const mark = lines.find((one) => /^\s*\^+\s*$/.test(one));
  const column = mark === undefined ? undefined : mark.indexOf('^') + 1;
  return { place: { file, line: Number(line), ...(column === undefined ? {} : { column }) }, message };
}
