// The lines of functions, tagged with the function and coloured by it.

import type { FunctionLogLine } from '../model/function-log-line.ts';
import { type Colour, plainText, type Terminal } from './terminal.ts';

const COLOURS: readonly Colour[] = ['cyan', 'magenta', 'blue', 'green', 'yellow'];

/** What Lambda's Node.js runtime puts before a line of console.log: time, request id, level. */
const CONSOLE_PREFIX = /^\d{4}-\d\d-\d\dT[\d:.]+Z\t[0-9a-f-]{36}\t(TRACE|DEBUG|INFO|WARN|ERROR|FATAL)\t/;

/** `[hello] text`; `name` is how the function is called in the service file. */
export function logLine(line: FunctionLogLine, name: string, terminal: Terminal): string {
  const tag = terminal.paint(colourOf(line.functionName), `[${name}]`);
  const text = plainText(line.text.replace(/\r?\n$/, ''));
  if (line.stream === 'platform') return `${tag} ${terminal.paint('dim', text)}`;
  const level = CONSOLE_PREFIX.exec(text)?.[1];
  const message = level === undefined ? text : text.slice(text.indexOf(`\t${level}\t`) + level.length + 2);
  const isError = line.stream === 'stderr' || level === 'ERROR' || level === 'FATAL';
  return `${tag} ${isError ? terminal.paint('red', message) : level === 'WARN' ? terminal.paint('yellow', message) : message}`;
}

/** START, END and REPORT are told on request only; a function that could not start is always told. */
export function isRoutineLine(line: FunctionLogLine): boolean {
  return line.stream === 'platform' && /^(START|END|REPORT|INIT_START|XRAY)\b/.test(line.text);
}

function colourOf(functionName: string): Colour {
  let sum = 0;
  for (let i = 0; i < functionName.length; i++) sum = (sum * 31 + functionName.charCodeAt(i)) % 997;
  return COLOURS[sum % COLOURS.length]!;
}
