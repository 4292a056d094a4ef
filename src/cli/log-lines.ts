// The lines of functions, tagged with the function and coloured by it.

import type { FunctionLogLine } from '../model/function-log-line.ts';
import { ownFrames, thrownError } from './function-error.ts';
import { type Colour, plainText, type Terminal } from './terminal.ts';

const ROUTINE_WORDS = ['START ', 'END ', 'REPORT ', 'INIT_START ', 'XRAY '];
const FAILED_INIT = /^INIT_REPORT\b.*\bStatus: error\b/;
const ROUTINE_RECORD = /^\{"time":"[^"]*","type":"platform\.(?:(?:initStart|start|report)"|initReport",.*"status":"error")/;

const COLOURS: readonly Colour[] = ['cyan', 'magenta', 'blue', 'green', 'yellow'];

/** What Lambda's Node.js runtime puts before a line of console.log: time, request id (none while it starts), level. */
const CONSOLE_PREFIX = /^\d{4}-\d\d-\d\dT[\d:.]+Z\t(?:[0-9a-f-]{36}|undefined)\t(TRACE|DEBUG|INFO|WARN|ERROR|FATAL)\t/;
/** What Lambda puts before `Task timed out`: time and request id. */
const TIMEOUT_PREFIX = /^\S+Z [0-9a-f-]{36} (?=Task timed out )/;
/** Both log formats of Lambda: the prefix of text, the member of JSON. */
const ERROR_LEVEL = /^\S+\t(?:[0-9a-f-]{36}|undefined)\t(?:ERROR|FATAL)\t|^\{"timestamp":"[^"]*","level":"(?:ERROR|FATAL)"/;

/**
 * `[hello 41d260] text`: how the function is called in the service file, and the beginning of the invocation's request id, by
 * which the lines of one invocation are told from those of others. A message of several lines has the tag on each.
 */
export function logLine(line: FunctionLogLine, name: string, terminal: Terminal): string {
  const id = /^([0-9a-f]{6})[0-9a-f]{2}-/.exec(line.requestId ?? '')?.[1];
  const tag = terminal.paint(colourOf(line.functionName), id === undefined ? `[${name}]` : `[${name} ${id}]`);
  const text = line.text.replace(/[\r\n]+$/, '');
  const level = CONSOLE_PREFIX.exec(text)?.[1];
  const message =
    level !== undefined
      ? text.slice(text.indexOf(`\t${level}\t`) + level.length + 2)
      : line.stream === 'platform'
        ? text.replace(TIMEOUT_PREFIX, '')
        : text;
  const colour = line.stream === 'platform' ? 'dim' : isErrorLine(line) ? 'red' : level === 'WARN' ? 'yellow' : undefined;
  // Lambda's Node.js runtime writes the line breaks of a message as carriage returns.
  return (thrownError(message) ?? ownFrames(message.split(/\r\n?|\n/)))
    .map((part) => `${tag} ${colour === undefined ? plainText(part) : terminal.paint(colour, plainText(part))}`.trimEnd())
    .join('\n');
}

/** What a function or its runtime reports as an error. */
export function isErrorLine(line: FunctionLogLine): boolean {
  if (line.stream === 'platform') return !isRoutineLine(line);
  return line.stream === 'stderr' || ERROR_LEVEL.test(line.text);
}

/**
 * START, END and REPORT are told on request only, in both log formats. So is the report of a start that failed with an
 * error: the error itself stands above it. A start that took too long is always told.
 */
export function isRoutineLine(line: FunctionLogLine): boolean {
  if (line.stream !== 'platform') return false;
  const { text } = line;
  // Asked of three lines of every invocation: a look at their first word takes a third of what the expressions do.
  for (let at = 0; at < ROUTINE_WORDS.length; at++) if (text.startsWith(ROUTINE_WORDS[at] as string)) return true;
  return FAILED_INIT.test(text) || ROUTINE_RECORD.test(text);
}

function colourOf(functionName: string): Colour {
  let sum = 0;
  for (let i = 0; i < functionName.length; i++) sum = (sum * 31 + functionName.charCodeAt(i)) % 997;
  return COLOURS[sum % COLOURS.length]!;
}
