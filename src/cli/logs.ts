// `stagegate logs`: what functions wrote, and what they write.

import type { FunctionLogLine } from '../model/function-log-line.ts';
import type { Command } from './command.ts';
import { findService, follow, getJson } from './control-client.ts';
import { formatClock, parseTimeSpan } from './duration.ts';
import { functionNameOf, mayExist, noSuchFunction } from './function-names.ts';
import { isRoutineLine, logLine } from './log-lines.ts';

/** What the running system gives at most. */
const MOST_LINES = 10_000;

export const logs: Command = async (context) => {
  const { values, out, stop, positionals } = context;
  const target = await findService(context);
  const [named] = positionals;
  const functionName = named === undefined ? undefined : functionNameOf(target, named);
  const filter = functionName === undefined ? '' : `&function=${encodeURIComponent(functionName)}`;
  const names = new Map(Object.entries(target.running?.functions ?? {}).map(([key, name]) => [name, key]));
  const print = (value: unknown) => {
    const line = value as FunctionLogLine;
    if (values.json) out.line(JSON.stringify(line));
    else {
      const [first = '', ...rest] = logLine(line, names.get(line.functionName) ?? line.functionName, out).split('\n');
      const clock = formatClock(line.at);
      out.line(`${out.paint('dim', clock)} ${first}`);
      for (const more of rest) out.line(`${' '.repeat(clock.length)} ${more}`);
    }
  };
  const since = values.since === undefined ? 0 : Date.now() - parseTimeSpan(values.since);
  const text = values.filter?.toLowerCase();
  const isWanted = (line: FunctionLogLine) =>
    (values.json || values.verbose || !isRoutineLine(line)) &&
    line.at >= since &&
    (text === undefined || line.text.toLowerCase().includes(text));
  const limit = context.given.has('limit') ? values.limit : values.since === undefined ? 200 : MOST_LINES;
  const answer = (await getJson(target, `/_stagegate/logs?limit=${MOST_LINES}${filter}`)) as {
    lines: readonly FunctionLogLine[];
  };
  const lines = answer.lines.filter(isWanted).slice(-limit);
  if (lines.length === 0 && named !== undefined && !mayExist(target, named)) throw noSuchFunction(target, named);
  for (const line of lines) print(line);
  if (lines.length === 0 && !values.json) {
    out.line(
      since > 0 || text !== undefined
        ? 'Nothing of what is kept is like that.'
        : functionName === undefined
          ? 'No function has written anything yet.'
          : target.running?.functions === undefined
            ? `${functionName} has not written anything yet, if there is such a function.`
            : `${functionName} has not written anything yet.`,
    );
  }
  if (values.follow) {
    out.flush();
    await follow(
      target,
      `/_stagegate/logs?follow=1${filter}`,
      (value) => isWanted(value as FunctionLogLine) && print(value),
      stop,
    );
  }
  return 0;
};
