// How errors and the problems of a service file are printed: what, where with a code frame, how to fix it.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { formatPlace, type Place, type UserError } from '../config/user-error.ts';
import type { Problem } from '../templates/problem.ts';
import type { BuildProblem } from './handler-build.ts';
import { plainText, type Terminal } from './terminal.ts';

export function renderUserError(error: UserError, terminal: Terminal, workingDirectory: string): string {
  const where = error.place === undefined ? '' : `${formatPlace(relativeTo(error.place, workingDirectory))} `;
  const lines = [`${terminal.paint('red', `error ${error.code}`)} ${where}${plainText(error.message)}`];
  const frame = error.place === undefined ? '' : codeFrame(error.place, terminal);
  if (frame !== '') lines.push(frame);
  if (error.detail !== undefined) lines.push(error.detail);
  lines.push(`  ${terminal.paint('bold', 'fix')} ${plainText(error.fix)}`);
  return lines.join('\n');
}

/** All problems of a file, in its order. */
export function renderProblems(problems: readonly Problem[], terminal: Terminal, workingDirectory: string): string {
  return problems
    .map((problem) => {
      const isError = problem.severity === 'error';
      const label = terminal.paint(isError ? 'red' : 'yellow', `${problem.severity} ${problem.code}`);
      const lines = [`${formatPlace(relativeTo(problem.place, workingDirectory))} ${label} ${plainText(problem.what)}`];
      const frame = codeFrame(problem.place, terminal);
      if (frame !== '') lines.push(frame);
      lines.push(`  ${terminal.paint('bold', isError ? 'fix' : 'note')} ${plainText(problem.fix)}`);
      return lines.join('\n');
    })
    .join('\n\n');
}

/** What a bundler says, in the form of the problems of a service file. */
export function renderBuildProblems(problems: readonly BuildProblem[], terminal: Terminal, workingDirectory: string): string {
  return problems
    .map(({ place, message, severity }) => {
      const label = terminal.paint(severity === 'error' ? 'red' : 'yellow', `build ${severity}`);
      const where = place === undefined ? '' : `${formatPlace(relativeTo(place, workingDirectory))} `;
      const frame = place === undefined ? '' : codeFrame(place, terminal);
      return `${where}${label} ${plainText(message)}${frame === '' ? '' : `\n${frame}`}`;
    })
    .join('\n\n');
}

/** A failure that is not the user's doing. */
export function renderBug(error: unknown, terminal: Terminal): string {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `${terminal.paint('red', 'error')} Stagegate failed; this is a bug in Stagegate, not in your project.\n${plainText(stack)}`;
}

const FRAME_WIDTH = 160;

/** The line of a place with a mark under its column, or '' when the file cannot be read. */
export function codeFrame(place: Place, terminal: Terminal): string {
  if (place.line === undefined) return '';
  let text: string;
  try {
    text = readFileSync(place.file, 'utf8');
  } catch {
    return '';
  }
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const line = lines[place.line - 1];
  if (line === undefined) return '';
  const gutter = String(place.line).length;
  const before = lines[place.line - 2];
  // A long line is shown around the place.
  const column = place.column ?? 1;
  const from = column <= FRAME_WIDTH ? 0 : column - FRAME_WIDTH / 2;
  const shown = (number: number, content: string) =>
    `  ${String(number).padStart(gutter)} | ${from === 0 ? '' : '…'}${plainText(content.slice(from, from + FRAME_WIDTH))}`;
  const frame = [
    ...(before === undefined || before.slice(from).trim() === '' ? [] : [terminal.paint('dim', shown(place.line - 1, before))]),
    shown(place.line, line),
  ];
  if (place.column !== undefined) {
    const before = line.slice(from, column - 1).replace(/[^\t]/g, ' ');
    frame.push(`  ${' '.repeat(gutter)} | ${from === 0 ? '' : ' '}${before}${terminal.paint('red', '^')}`);
  }
  return frame.join('\n');
}

/** Short where it helps: relative inside the working directory. */
export function relativeTo(place: Place, workingDirectory: string): Place {
  const relative = path.relative(workingDirectory, place.file);
  return relative === '' || relative.startsWith('..') ? place : { ...place, file: relative };
}
