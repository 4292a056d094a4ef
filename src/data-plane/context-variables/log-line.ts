// A log format as one function: literal text and readers of variables, joined when the stage is assembled.

import type { AccessLogFormat, HttpApiPlan } from '../../model/http-api-plan.ts';
import type { Exchange } from '../http-api/exchange.ts';
import { contextVariable } from './context-variables.ts';
import { type Escaping, escapeValue, escapeWireValue } from './escaping.ts';

export type LogLine = (exchange: Exchange) => string;

/** AWS: what has no value is a hyphen. From memory of the service. */
const MISSING = '-';
/** AWS: a log event has at most 1 MB. Seen: developer guide, logging for HTTP APIs. In characters, of up to three bytes. */
const LINE_CHARACTERS_MAX = 300_000;

/** The function that writes a finished exchange as one line, without its line end. */
export function assembleLogLine(format: AccessLogFormat, plan: HttpApiPlan): LogLine {
  const literals: string[] = [''];
  const readers: LogLine[] = [];
  for (const piece of format.pieces) {
    const part = typeof piece === 'string' ? piece : readerOf(piece.variable, format.escaping, plan);
    if (typeof part === 'string') {
      literals[literals.length - 1] += part;
    } else {
      readers.push(part);
      literals.push('');
    }
  }
  const first = literals[0] as string;
  return (exchange) => {
    let line = first;
    for (let i = 0; i < readers.length; i++) line += (readers[i] as LogLine)(exchange) + (literals[i + 1] as string);
    return line.length > LINE_CHARACTERS_MAX ? line.slice(0, LINE_CHARACTERS_MAX) : line;
  };
}

/** The reader of a variable, or its text when that is known now. */
function readerOf(name: string, escaping: Escaping, plan: HttpApiPlan): LogLine | string {
  const variable = contextVariable(name);
  if (variable === undefined) return MISSING;
  switch (variable.kind) {
    case 'constant':
      return escapeValue(variable.of(plan), escaping);
    case 'plain': {
      const { of } = variable;
      return (exchange) => of(exchange) ?? MISSING;
    }
    case 'wire': {
      const { of } = variable;
      return (exchange) => {
        const value = of(exchange);
        return value === undefined || value === '' ? MISSING : escapeWireValue(value, escaping);
      };
    }
    case 'text': {
      const { of } = variable;
      return (exchange) => {
        const value = of(exchange);
        return value === undefined || value === '' ? MISSING : escapeValue(value, escaping);
      };
    }
    case 'quoted': {
      const { of } = variable;
      return (exchange) => {
        const value = of(exchange);
        return value === undefined ? MISSING : `"${escapeValue(value, escaping)}"`;
      };
    }
  }
}
