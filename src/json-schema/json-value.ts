// Values of JSON: their type in draft-04's words, their text, and a key that equal values share.

import { ExactNumber, isJsonNumber, type JsonNumber, numberKey, numberText } from './decimal.ts';

export type JsonType = 'array' | 'boolean' | 'integer' | 'null' | 'number' | 'object' | 'string';

/** In the order in which messages list them. */
export const JSON_TYPES: readonly JsonType[] = ['array', 'boolean', 'integer', 'null', 'number', 'object', 'string'];

export type JsonObject = Readonly<Record<string, unknown>>;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof ExactNumber);
}

export function jsonTypeOf(value: unknown): JsonType {
  switch (typeof value) {
    case 'string':
      return 'string';
    case 'boolean':
      return 'boolean';
    case 'number':
      return Number.isInteger(value) ? 'integer' : 'number';
  }
  if (value === null) return 'null';
  if (value instanceof ExactNumber) return value.isInteger ? 'integer' : 'number';
  return Array.isArray(value) ? 'array' : 'object';
}

/** The value as JSON, numbers as they were written, cut after about `lengthMax` characters. */
export function jsonText(value: unknown, lengthMax = 1_000): string {
  const pieces: string[] = [];
  let length = 0;
  const add = (text: string): void => {
    pieces.push(text);
    length += text.length;
  };
  const write = (part: unknown): void => {
    if (length > lengthMax) return;
    if (isJsonNumber(part)) add(numberText(part));
    else if (Array.isArray(part)) {
      add('[');
      for (let i = 0; i < part.length && length <= lengthMax; i++) {
        if (i > 0) add(',');
        write(part[i]);
      }
      add(']');
    } else if (isJsonObject(part)) {
      add('{');
      let first = true;
      for (const name of Object.keys(part)) {
        if (length > lengthMax) break;
        add(`${first ? '' : ','}${JSON.stringify(cutText(name, lengthMax))}:`);
        first = false;
        write(part[name]);
      }
      add('}');
    } else add(typeof part === 'string' ? JSON.stringify(cutText(part, lengthMax)) : JSON.stringify(part));
  };
  write(value);
  return cutText(pieces.join(''), lengthMax);
}

export function cutText(text: string, lengthMax = 1_000): string {
  return text.length > lengthMax ? `${text.slice(0, lengthMax)}...` : text;
}

/** Equal values have equal keys: members in any order, numbers by what they are. `spend` is told how large the key becomes. */
export function equalityKey(value: unknown, spend: (size: number) => void): string {
  if (typeof value === 'string') {
    spend(value.length);
    return JSON.stringify(value);
  }
  if (isJsonNumber(value)) return `#${numberKey(value as JsonNumber)}`;
  if (Array.isArray(value)) {
    spend(value.length + 1);
    let key = '[';
    for (const item of value) key += `${equalityKey(item, spend)},`;
    return `${key}]`;
  }
  if (isJsonObject(value)) {
    const names = Object.keys(value).sort();
    spend(2 * names.length + 1);
    let key = '{';
    for (const name of names) key += `${JSON.stringify(name)}:${equalityKey(value[name], spend)},`;
    return `${key}}`;
  }
  return String(value);
}
