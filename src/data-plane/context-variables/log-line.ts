// A log format as one function: literal text and readers of variables, joined when the stage is assembled.

import type { AccessLogFormat } from '../../model/http-api-plan.ts';
import { type Escaping, escapeValue, escapeWireValue } from './escaping.ts';

export type LogLine<E> = (exchange: E) => string;

/** Where the value of a variable comes from: of an exchange `E`, or of the plan `P` of its API. */
export type LogVariable<E, P> =
  /** The same for every request of a stage. */
  | { readonly kind: 'constant'; readonly of: (plan: P) => string }
  /** Digits, names and texts of ours: nothing in them needs escaping. */
  | { readonly kind: 'plain'; readonly of: (exchange: E) => string | undefined }
  /** Bytes that came over the wire, one character each. */
  | { readonly kind: 'wire'; readonly of: (exchange: E) => string | undefined }
  /** Text of somebody else's. */
  | { readonly kind: 'text'; readonly of: (exchange: E) => string | undefined }
  /** One of the few texts that a plan holds; each is escaped once. */
  | { readonly kind: 'planned'; readonly of: (exchange: E) => string | undefined }
  /** Text that is written in quotes. */
  | { readonly kind: 'quoted'; readonly of: (exchange: E) => string | undefined };

/** The table of a kind of API; undefined for a name that has never a value there. */
export type LogVariables<E, P> = (name: string) => LogVariable<E, P> | undefined;

/** AWS: what has no value is a hyphen. From memory of the service. */
const MISSING = '-';
/** AWS: a log event has at most 1 MB. Seen: developer guide, logging for HTTP APIs. In characters, of up to three bytes. */
const LINE_CHARACTERS_MAX = 300_000;

/** The function that writes a finished exchange as one line, without its line end. */
export function assembleLogLine<E, P>(format: AccessLogFormat, plan: P, variables: LogVariables<E, P>): LogLine<E> {
  const literals: string[] = [''];
  const readers: LogLine<E>[] = [];
  for (const piece of format.pieces) {
    const part = typeof piece === 'string' ? piece : readerOf(variables(piece.variable), format.escaping, plan);
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
    for (let i = 0; i < readers.length; i++) line += (readers[i] as LogLine<E>)(exchange) + (literals[i + 1] as string);
    return line.length > LINE_CHARACTERS_MAX ? line.slice(0, LINE_CHARACTERS_MAX) : line;
  };
}

/** The reader of a variable, or its text when that is known now. */
function readerOf<E, P>(variable: LogVariable<E, P> | undefined, escaping: Escaping, plan: P): LogLine<E> | string {
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
    case 'planned': {
      const { of } = variable;
      const escaped = new Map<string, string>();
      return (exchange) => {
        const value = of(exchange);
        if (value === undefined || value === '') return MISSING;
        const known = escaped.get(value);
        if (known !== undefined) return known;
        const text = escapeValue(value, escaping);
        escaped.set(value, text);
        return text;
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
