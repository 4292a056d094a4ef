// Query strings and form bodies: names and values, in order, decoded once.

import { serializationError } from './json-source.ts';

/** Values of each name in the order they came. */
export type QueryParameters = ReadonlyMap<string, readonly string[]>;

/** More parameters than any AWS request has. */
export const PARAMETERS_MAX = 50_000;

/** Parses `a=1&b=2`; `+` is a space. Throws AwsError SerializationException on a bad escape or too many parameters. */
export function parseQueryString(text: string): QueryParameters {
  const parameters = new Map<string, string[]>();
  if (text === '') return parameters;
  let count = 0;
  for (let start = 0; start <= text.length; ) {
    const end = indexOrEnd(text, '&', start);
    if (end > start) {
      if (++count > PARAMETERS_MAX) throw serializationError('Too many parameters.');
      const equals = text.indexOf('=', start);
      const nameEnd = equals === -1 || equals > end ? end : equals;
      const name = decodeFormComponent(text.slice(start, nameEnd));
      const value = nameEnd === end ? '' : decodeFormComponent(text.slice(nameEnd + 1, end));
      const values = parameters.get(name);
      if (values === undefined) parameters.set(name, [value]);
      else values.push(value);
    }
    start = end + 1;
  }
  return parameters;
}

function indexOrEnd(text: string, what: string, from: number): number {
  const index = text.indexOf(what, from);
  return index === -1 ? text.length : index;
}

function decodeFormComponent(text: string): string {
  return decodeComponent(text.includes('+') ? text.replaceAll('+', ' ') : text);
}

/** Percent-decodes one component. Throws AwsError SerializationException on a bad escape. */
export function decodeComponent(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    throw serializationError('The URI has a malformed percent escape.');
  }
}
