// Smithy RPC v2 CBOR: the operation in the path, everything else in a CBOR body.

import { CborTimestamp, CborWriter, decodeCbor } from './cbor.ts';
import { Violations } from './constraints.ts';
import { addQueryError, qualifiedType } from './json-1-x.ts';
import { serializationError } from './json-source.ts';
import { bytesOf, dateOf, entriesOf, recordOf, unfit } from './json-writer.ts';
import { readMembers, type ValueSource } from './shape-reader.ts';
import type { Member, OperationShape, ServiceContract, Shape, StructureShape } from './shapes.ts';
import { parseTimestamp } from './timestamps.ts';
import { errorValues, messageKey, needsMessageMember, type WireError } from './wire-error.ts';
import type { WireResponse } from './wire-message.ts';

/** Reads and validates the input. Throws AwsError. */
export function readCborInput(contract: ServiceContract, operation: OperationShape, body: Buffer): Record<string, unknown> {
  const input: Record<string, unknown> = {};
  if (operation.input === undefined) return input;
  const violations = new Violations(contract, operation.name);
  const raw = body.length === 0 ? undefined : (decodeCbor(body) ?? undefined);
  readMembers({ contract, violations, source: cborSource }, operation.input, raw, '', input);
  violations.throwIfAny();
  return input;
}

function expect<T>(value: T | undefined, wanted: string): T {
  if (value === undefined) throw serializationError(`Expected ${wanted}`);
  return value;
}

function mapOf(raw: unknown): ReadonlyMap<string, unknown> {
  return expect(raw instanceof Map ? (raw as Map<string, unknown>) : undefined, 'map');
}

const cborSource: ValueSource = {
  string: (raw) => expect(typeof raw === 'string' ? raw : undefined, 'text string'),
  number: (raw) => expect(typeof raw === 'number' ? raw : undefined, 'number'),
  boolean: (raw) => expect(typeof raw === 'boolean' ? raw : undefined, 'boolean'),
  timestamp(raw) {
    const seconds = raw instanceof CborTimestamp ? raw.seconds : typeof raw === 'number' ? raw : undefined;
    return expect(seconds === undefined ? undefined : parseTimestamp(seconds), 'timestamp');
  },
  blob: (raw) => expect(raw instanceof Uint8Array ? raw : undefined, 'byte string'),
  document: (raw) => raw,
  list: (raw) => expect(Array.isArray(raw) ? raw : undefined, 'list'),
  map: (raw) => mapOf(raw),
  member: (raw, member) => mapOf(raw).get(member.name),
  memberCount: (raw) => [...mapOf(raw).values()].filter((value) => value !== null).length,
};

/** The answer to a successful operation. */
export function writeCborOutput(
  operation: OperationShape,
  output: Readonly<Record<string, unknown>>,
  headers: [string, string][],
): WireResponse {
  headers.push(['smithy-protocol', 'rpc-v2-cbor']);
  if (operation.output === undefined) return { status: 200, headers, body: Buffer.alloc(0) };
  headers.push(['Content-Type', 'application/cbor']);
  const writer = new CborWriter();
  writeStructure(writer, operation.output, output);
  return { status: 200, headers, body: writer.bytes() };
}

/** The answer to a failed operation. */
export function writeCborError(contract: ServiceContract, error: WireError, headers: [string, string][]): WireResponse {
  headers.push(['smithy-protocol', 'rpc-v2-cbor'], ['Content-Type', 'application/cbor']);
  addQueryError(error, headers);
  const writer = new CborWriter();
  const values: Record<string, unknown> = { ...errorValues(error), __type: qualifiedType(contract, error) };
  const members: Member[] = [textMember('__type'), ...(error.structure?.members ?? [])];
  if (needsMessageMember(error)) {
    const key = messageKey(error);
    values[key] = error.message;
    members.push(textMember(key));
  }
  writeStructure(writer, { type: 'structure', name: error.name, members, eventStream: false }, values);
  return { status: error.status, headers, body: writer.bytes() };
}

function textMember(name: string): Member {
  return {
    name,
    jsonName: name,
    location: 'body',
    locationName: '',
    shape: { type: 'string' },
    required: false,
    idempotencyToken: false,
    sensitive: false,
    eventPayload: false,
    limits: undefined,
  };
}

function writeStructure(writer: CborWriter, structure: StructureShape, value: Readonly<Record<string, unknown>>): void {
  const present = structure.members.filter((member) => value[member.name] !== undefined && value[member.name] !== null);
  writer.map(present.length);
  for (const member of present) {
    writer.text(member.name);
    writeValue(writer, member.shape, value[member.name], member.name);
  }
}

function writeValue(writer: CborWriter, shape: Shape, value: unknown, where: string): void {
  switch (shape.type) {
    case 'string':
      if (typeof value !== 'string') throw unfit(where, 'a string', value);
      writer.text(value);
      return;
    case 'number':
      if (typeof value !== 'number') throw unfit(where, 'a number', value);
      writer.number(value);
      return;
    case 'boolean':
      if (typeof value !== 'boolean') throw unfit(where, 'a boolean', value);
      writer.boolean(value);
      return;
    case 'timestamp':
      writer.timestamp(dateOf(value, where).getTime() / 1000);
      return;
    case 'blob':
      writer.blob(bytesOf(value, where));
      return;
    case 'list': {
      if (!Array.isArray(value)) throw unfit(where, 'a list', value);
      const items = value.filter((item) => item !== undefined && item !== null);
      writer.array(items.length);
      for (const item of items) writeValue(writer, shape.element, item, where);
      return;
    }
    case 'map': {
      const entries = [...entriesOf(value, where)].filter(([, item]) => item !== undefined && item !== null);
      writer.map(entries.length);
      for (const [key, item] of entries) {
        writer.text(key);
        writeValue(writer, shape.value, item, where);
      }
      return;
    }
    case 'document':
      throw new TypeError(`${where}: no service that speaks CBOR has documents`);
    default:
      writeStructure(writer, shape, recordOf(value, where));
  }
}
