// restJson1: inputs spread over path, query, headers and body; outputs over status, headers and body.

import { Violations } from './constraints.ts';
import { encodeEventStream, encodeEvents, isAsyncIterable } from './event-stream.ts';
import { decodeBase64, jsonSourceOf, serializationError } from './json-source.ts';
import { parseJsonBody } from './json-text.ts';
import { bytesOf, dateOf, unfit, writeJson, writeJsonStructure, writtenFormat } from './json-writer.ts';
import { decodeComponent, type QueryParameters } from './query-string.ts';
import { type ReadContext, readAbsent, readMember, readMembers, type ValueSource } from './shape-reader.ts';
import type { Member, OperationShape, ServiceContract, Shape, TimestampFormat } from './shapes.ts';
import { parseTimestamp, timestampText } from './timestamps.ts';
import { errorMembers, errorValues, type WireError } from './wire-error.ts';
import type { WireResponse } from './wire-message.ts';

/** The parts of a routed request that members are bound to. */
export interface RestRequest {
  /** Undecoded path segments by label name. */
  readonly labels: ReadonlyMap<string, string>;
  readonly query: QueryParameters;
  /** Query parameters that were part of the route (`mode=import`). */
  readonly routeParameters: ReadonlySet<string>;
  /** By lower-case name; a repeated field joined with `,`. */
  header(lowerCaseName: string): string | undefined;
  /** Content encoding already undone. */
  readonly body: Buffer;
}

const TIMESTAMPS = 'epoch-seconds';
const inBody = (member: Member): boolean => member.location === 'body';

/** Reads and validates the input. Throws AwsError. */
export function readRestInput(
  contract: ServiceContract,
  operation: OperationShape,
  request: RestRequest,
): Record<string, unknown> {
  const input: Record<string, unknown> = {};
  const structure = operation.input;
  if (structure === undefined) return input;
  const violations = new Violations(contract, operation.name);
  const context: ReadContext = { contract, violations, source: jsonSourceOf(contract.service) };
  const payload = structure.members.find((member) => member.location === 'payload');
  if (payload === undefined && structure.members.some(inBody)) {
    const raw = request.body.length === 0 ? undefined : (parseJsonBody(request.body) ?? undefined);
    readMembers(context, structure, raw, '', input, inBody);
  }
  const bound: ReadContext = { contract, violations, source: textSource };
  for (const member of structure.members) {
    switch (member.location) {
      case 'body':
        break;
      case 'payload': {
        const raw = readPayload(member, request);
        if (raw === undefined) readAbsent(context, structure, member, '', input);
        else
          readMember(
            member.shape.type === 'blob' ? { ...context, source: textSource } : context,
            structure,
            member,
            raw,
            '',
            input,
          );
        break;
      }
      default: {
        const raw = boundValue(member, request, structure.members);
        if (raw === undefined) readAbsent(bound, structure, member, '', input);
        else readMember(bound, structure, member, raw, '', input);
      }
    }
  }
  violations.throwIfAny();
  return input;
}

function readPayload(member: Member, request: RestRequest): unknown {
  if (request.body.length === 0) return undefined;
  if (member.shape.type === 'blob') return request.body;
  return member.shape.type === 'string' ? request.body.toString('utf8') : parseJsonBody(request.body);
}

function boundValue(member: Member, request: RestRequest, members: readonly Member[]): unknown {
  switch (member.location) {
    case 'label': {
      const segment = request.labels.get(member.name);
      return segment === undefined ? undefined : decodeComponent(segment);
    }
    case 'query': {
      const values = request.query.get(member.locationName);
      return values === undefined ? undefined : member.shape.type === 'list' ? values : values[0];
    }
    case 'queryParams': {
      const own = new Set(members.map((other) => (other.location === 'query' ? other.locationName : '')));
      const isList = member.shape.type === 'map' && member.shape.value.type === 'list';
      const rest = new Map<string, unknown>();
      for (const [name, values] of request.query) {
        if (!own.has(name) && !request.routeParameters.has(name)) rest.set(name, isList ? values : values[0]);
      }
      return rest.size === 0 ? undefined : rest;
    }
    case 'header': {
      const value = request.header(member.locationName);
      return value === undefined || member.shape.type !== 'list' ? value : value.split(',').map((part) => part.trim());
    }
    default:
      return undefined;
  }
}

/** Values of labels, query parameters and headers: all text. */
const textSource: ValueSource = {
  string: (raw) => String(raw),
  number(raw) {
    const text = String(raw);
    if (!/^[+-]?(?:\d{1,40}(?:\.\d{0,40})?|\.\d{1,40})(?:[eE][+-]?\d{1,4})?$/.test(text)) {
      throw serializationError(`For input string: "${text.slice(0, 64)}"`);
    }
    return Number(text);
  },
  boolean(raw) {
    if (raw !== 'true' && raw !== 'false')
      throw serializationError(`${String(raw).slice(0, 64)} can not be converted to a Boolean`);
    return raw === 'true';
  },
  timestamp(raw) {
    const date = parseTimestamp(String(raw));
    if (date === undefined) throw serializationError(`${String(raw).slice(0, 64)} can not be converted to a Timestamp`);
    return date;
  },
  blob: (raw) => (raw instanceof Uint8Array ? raw : decodeBase64(String(raw))),
  document: (raw) => raw,
  list: (raw) => (Array.isArray(raw) ? raw : [raw]),
  map: (raw) => raw as ReadonlyMap<string, unknown>,
  member: () => undefined,
  memberCount: () => 0,
};

/** The answer to a successful operation. Throws TypeError when the output does not fit its shape: a bug. */
export function writeRestOutput(
  operation: OperationShape,
  output: Readonly<Record<string, unknown>>,
  headers: [string, string][],
): WireResponse {
  let status = operation.http?.[2] ?? 200;
  const structure = operation.output;
  if (structure === undefined) return { status, headers, body: Buffer.alloc(0) };
  let payload: Member | undefined;
  let hasBody = false;
  for (const member of structure.members) {
    const value = output[member.name];
    if (member.location === 'payload') {
      payload = member;
    } else if (member.location === 'status') {
      if (typeof value === 'number') status = value;
    } else if (member.location === 'header') {
      if (value !== undefined && value !== null) headers.push(headerField(member, value));
    } else {
      hasBody = true;
    }
  }
  if (payload !== undefined) return writePayload(payload, output[payload.name], status, headers);
  if (!hasBody && structure.members.length > 0) return { status, headers, body: Buffer.alloc(0) };
  headers.push(['Content-Type', 'application/json']);
  // AWS: `position` of v1 lists is modelled as a query parameter also on the output; in an answer it is a body member.
  return { status, headers, body: Buffer.from(writeJsonStructure(structure, output, TIMESTAMPS, inAnswerBody)) };
}

function inAnswerBody(member: Member): boolean {
  return member.location !== 'header' && member.location !== 'status' && member.location !== 'payload';
}

function writePayload(member: Member, value: unknown, status: number, headers: [string, string][]): WireResponse {
  const { shape } = member;
  const type = (name: string): void => {
    if (!headers.some(([header]) => header.toLowerCase() === 'content-type')) headers.push(['Content-Type', name]);
  };
  if (shape.type === 'union' && shape.eventStream) {
    type('application/vnd.amazon.eventstream');
    if (isAsyncIterable(value)) {
      return { status, headers, body: Buffer.alloc(0), stream: encodeEvents(shape, value, TIMESTAMPS) };
    }
    return { status, headers, body: encodeEventStream(shape, value, TIMESTAMPS) };
  }
  if (value === undefined || value === null) return { status, headers, body: Buffer.alloc(0) };
  if (shape.type === 'blob') {
    type('application/octet-stream');
    return { status, headers, body: bytesOf(value, member.name) };
  }
  if (shape.type === 'string') {
    type('text/plain');
    return { status, headers, body: bytesOf(value, member.name) };
  }
  type('application/json');
  return { status, headers, body: Buffer.from(writeJson(shape, value, TIMESTAMPS, member.name)) };
}

function headerField(member: Member, value: unknown): [string, string] {
  return [titleCase(member.locationName), headerText(member.shape, value, member.name)];
}

function headerText(shape: Shape, value: unknown, where: string): string {
  switch (shape.type) {
    case 'timestamp':
      return timestampText(dateOf(value, where), writtenFormat(shape.format as TimestampFormat, 'http-date'));
    case 'list':
      if (!Array.isArray(value)) throw unfit(where, 'a list', value);
      return value.map((item) => headerText(shape.element, item, where)).join(', ');
    default:
      return String(value);
  }
}

function titleCase(name: string): string {
  return name.replace(/(^|-)([a-z])/g, (_whole, dash: string, letter: string) => dash + letter.toUpperCase());
}

/** The answer to a failed operation. */
export function writeRestError(error: WireError, headers: [string, string][]): WireResponse {
  headers.push(['Content-Type', 'application/json'], ['x-amzn-ErrorType', error.name]);
  return { status: error.status, headers, body: Buffer.from(restErrorBody(error, headers)) };
}

function restErrorBody(error: WireError, headers: [string, string][]): string {
  const values = errorValues(error);
  for (const member of error.structure?.members ?? []) {
    const value = values[member.name];
    if (member.location === 'header' && value !== undefined && value !== null) headers.push(headerField(member, value));
  }
  return `{${errorMembers(error, TIMESTAMPS, inAnswerBody)}}`;
}
