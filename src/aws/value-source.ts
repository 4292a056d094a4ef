// Values that never were on a wire: the input of a call inside the process, in the SDK's spelling.

import { serializationError } from './json-source.ts';
import type { ValueSource } from './shape-reader.ts';

function expect<T>(value: T | undefined, wanted: string): T {
  if (value === undefined) throw serializationError(`Expected ${wanted}`);
  return value;
}

function record(raw: unknown): Readonly<Record<string, unknown>> {
  const isRecord = typeof raw === 'object' && raw !== null && !Array.isArray(raw);
  return expect(isRecord ? (raw as Readonly<Record<string, unknown>>) : undefined, 'a structure');
}

/** Reads plain JavaScript values by the SDK's member names. */
export const valueSource: ValueSource = {
  string: (raw) => expect(typeof raw === 'string' ? raw : undefined, 'a string'),
  number: (raw) => expect(typeof raw === 'number' ? raw : undefined, 'a number'),
  boolean: (raw) => expect(typeof raw === 'boolean' ? raw : undefined, 'a boolean'),
  timestamp: (raw) => expect(raw instanceof Date && !Number.isNaN(raw.getTime()) ? raw : undefined, 'a Date'),
  blob: (raw) =>
    expect(raw instanceof Uint8Array ? raw : typeof raw === 'string' ? Buffer.from(raw, 'utf8') : undefined, 'bytes'),
  document: (raw) => raw,
  list: (raw) => expect(Array.isArray(raw) ? raw : undefined, 'a list'),
  map: (raw) => (raw instanceof Map ? (raw as Map<string, unknown>) : Object.entries(record(raw))),
  member: (raw, member) => record(raw)[member.name],
  memberCount: (raw) => Object.values(record(raw)).filter((value) => value !== undefined && value !== null).length,
};
