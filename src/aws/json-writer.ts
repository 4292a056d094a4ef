// Writes the output of an operation as JSON text, by its shape. Absent members stay absent.

import type { Member, Shape, StructureShape, TimestampFormat } from './shapes.ts';
import { timestampText, type WrittenFormat } from './timestamps.ts';

/** `{…}` with the members that `wanted` accepts (all by default). Throws TypeError when a value does not fit its shape: a bug. */
export function writeJsonStructure(
  structure: StructureShape,
  value: Readonly<Record<string, unknown>>,
  timestamps: WrittenFormat,
  wanted?: (member: Member) => boolean,
): string {
  let text = '';
  for (const member of structure.members) {
    const item = value[member.name];
    if (item === undefined || item === null || (wanted !== undefined && !wanted(member))) continue;
    text += `${text === '' ? '' : ','}"${member.jsonName}":${writeJson(member.shape, item, timestamps, member.name)}`;
  }
  return `{${text}}`;
}

/** JSON text of one value; `where` names it in the TypeError of a value that does not fit. */
export function writeJson(shape: Shape, value: unknown, timestamps: WrittenFormat, where: string): string {
  switch (shape.type) {
    case 'string':
      if (typeof value !== 'string') throw unfit(where, 'a string', value);
      return JSON.stringify(value);
    case 'number':
      if (typeof value === 'bigint') return value.toString();
      if (typeof value !== 'number') throw unfit(where, 'a number', value);
      return Number.isFinite(value) ? String(value) : `"${value}"`;
    case 'boolean':
      if (typeof value !== 'boolean') throw unfit(where, 'a boolean', value);
      return value ? 'true' : 'false';
    case 'timestamp': {
      const format = writtenFormat(shape.format, timestamps);
      const text = timestampText(dateOf(value, where), format);
      return format === 'epoch-seconds' ? text : `"${text}"`;
    }
    case 'blob':
      return `"${bytesOf(value, where).toString('base64')}"`;
    case 'document':
      return JSON.stringify(value) ?? 'null';
    case 'list': {
      if (!Array.isArray(value)) throw unfit(where, 'a list', value);
      let text = '';
      for (const item of value) {
        if (item === undefined || item === null) continue;
        text += `${text === '' ? '' : ','}${writeJson(shape.element, item, timestamps, where)}`;
      }
      return `[${text}]`;
    }
    case 'map': {
      let text = '';
      for (const [key, item] of entriesOf(value, where)) {
        if (item === undefined) continue;
        // AWS: an empty mapping template is a null entry. Seen: `"responseTemplates": {"application/json": null}` in the CLI's get-method.
        const written = item === null ? 'null' : writeJson(shape.value, item, timestamps, where);
        text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${written}`;
      }
      return `{${text}}`;
    }
    default:
      return writeJsonStructure(shape, recordOf(value, where), timestamps);
  }
}

/** The spelling of a timestamp: its own, or the default of the protocol. */
export function writtenFormat(format: TimestampFormat, protocolDefault: WrittenFormat): WrittenFormat {
  return format === 'protocolDefault' ? protocolDefault : format;
}

/** The TypeError of an output that does not fit its shape: a bug in the operation. */
export function unfit(where: string, wanted: string, value: unknown): TypeError {
  return new TypeError(`The operation's output has ${typeof value} at ${where}, where the service model has ${wanted}.`);
}

/** The Date of a timestamp member. Throws TypeError when it is none. */
export function dateOf(value: unknown, where: string): Date {
  if (!(value instanceof Date) || Number.isNaN(value.getTime())) throw unfit(where, 'a timestamp (Date)', value);
  return value;
}

/** Bytes of a blob; text is taken as UTF-8. */
export function bytesOf(value: unknown, where: string): Buffer {
  if (typeof value === 'string') return Buffer.from(value, 'utf8');
  if (!(value instanceof Uint8Array)) throw unfit(where, 'a blob (Uint8Array)', value);
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
}

/** The members of a structure. Throws TypeError when it is none. */
export function recordOf(value: unknown, where: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw unfit(where, 'a structure', value);
  return value as Readonly<Record<string, unknown>>;
}

/** Entries of a map: a plain object or a Map. */
export function entriesOf(value: unknown, where: string): Iterable<readonly [string, unknown]> {
  return value instanceof Map ? (value as Map<string, unknown>) : Object.entries(recordOf(value, where));
}
