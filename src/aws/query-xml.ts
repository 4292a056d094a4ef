// awsQuery: flat form parameters in, XML out.

import { Violations } from './constraints.ts';
import { decodeBase64, serializationError } from './json-source.ts';
import { bytesOf, dateOf, entriesOf, recordOf, unfit, writtenFormat } from './json-writer.ts';
import type { QueryParameters } from './query-string.ts';
import { readMembers, type ValueSource } from './shape-reader.ts';
import type { OperationShape, ServiceContract, Shape, StructureShape } from './shapes.ts';
import { parseTimestamp, timestampText } from './timestamps.ts';
import { errorValues, isMessage, type WireError } from './wire-error.ts';
import type { WireResponse } from './wire-message.ts';

const DEPTH_MAX = 128;

/** `Tags.member.1.Key=a` as a tree; a node may hold a value, children, or both. */
class QueryNode {
  value: string | undefined;
  readonly children = new Map<string, QueryNode>();
}

/** Reads and validates the input. Throws AwsError. */
export function readQueryInput(
  contract: ServiceContract,
  operation: OperationShape,
  parameters: QueryParameters,
): Record<string, unknown> {
  const input: Record<string, unknown> = {};
  if (operation.input === undefined) return input;
  const violations = new Violations(contract, operation.name);
  readMembers({ contract, violations, source: querySource }, operation.input, unflatten(parameters), '', input);
  violations.throwIfAny();
  return input;
}

function unflatten(parameters: QueryParameters): QueryNode {
  const root = new QueryNode();
  for (const [name, values] of parameters) {
    if (name === 'Action' || name === 'Version') continue;
    const parts = name.split('.', DEPTH_MAX + 1);
    if (parts.length > DEPTH_MAX) throw serializationError('A parameter name is nested too deeply.');
    let node = root;
    for (const part of parts) {
      let child = node.children.get(part);
      if (child === undefined) {
        child = new QueryNode();
        node.children.set(part, child);
      }
      node = child;
    }
    node.value = values[0];
  }
  return root;
}

function text(raw: unknown): string {
  const { value } = raw as QueryNode;
  if (value === undefined) throw serializationError('Unexpected complex element where a value was expected');
  return value;
}

/** Children named 1, 2, 3 … in order of their number. */
function numbered(node: QueryNode | undefined): QueryNode[] {
  const found: [number, QueryNode][] = [];
  for (const [name, child] of node?.children ?? []) if (/^[0-9]{1,9}$/.test(name)) found.push([Number(name), child]);
  return found.sort(([a], [b]) => a - b).map(([, child]) => child);
}

const querySource: ValueSource = {
  string: text,
  number(raw) {
    const value = text(raw);
    if (!/^\s*[+-]?(?:\d{1,40}(?:\.\d{0,40})?|\.\d{1,40})(?:[eE][+-]?\d{1,4})?\s*$/.test(value)) {
      if (value === 'NaN' || value === 'Infinity' || value === '-Infinity') return Number(value);
      throw serializationError(`The value '${value.slice(0, 64)}' is not a number.`);
    }
    return Number(value);
  },
  boolean(raw) {
    const value = text(raw).toLowerCase();
    if (value !== 'true' && value !== 'false') throw serializationError(`The value '${value.slice(0, 64)}' is not a boolean.`);
    return value === 'true';
  },
  timestamp(raw) {
    const value = text(raw);
    const date = parseTimestamp(value);
    if (date === undefined) throw serializationError(`The value '${value.slice(0, 64)}' is not a timestamp.`);
    return date;
  },
  blob: (raw) => decodeBase64(text(raw)),
  document: (raw) => text(raw),
  // An empty list is sent as `Name=` with no members.
  list(raw) {
    const node = raw as QueryNode;
    return numbered(node.children.get('member') ?? node);
  },
  map(raw) {
    const node = raw as QueryNode;
    return numbered(node.children.get('entry') ?? node).map((entry): readonly [string, unknown] => [
      text(entry.children.get('key') ?? new QueryNode()),
      entry.children.get('value'),
    ]);
  },
  member: (raw, member) => (raw as QueryNode).children.get(member.name),
  memberCount: (raw) => (raw as QueryNode).children.size,
};

/** The answer to a successful operation. */
export function writeQueryOutput(
  contract: ServiceContract,
  operation: OperationShape,
  output: Readonly<Record<string, unknown>>,
  requestId: string,
  headers: [string, string][],
): WireResponse {
  const { name } = operation;
  const members = operation.output === undefined ? undefined : writeStructure(operation.output, output);
  const result = members === undefined ? '' : element(`${name}Result`, members);
  const xml = `<${name}Response xmlns="${contract.xmlNamespace}">${result}<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></${name}Response>`;
  headers.push(['Content-Type', 'text/xml']);
  return { status: 200, headers, body: Buffer.from(xml) };
}

/** The answer to a failed operation. */
export function writeQueryError(
  contract: ServiceContract,
  error: WireError,
  requestId: string,
  headers: [string, string][],
): WireResponse {
  const message = error.message === '' ? '' : element('Message', escapeXml(error.message));
  let more = '';
  if (error.structure !== undefined) {
    const others: StructureShape = {
      ...error.structure,
      members: error.structure.members.filter((member) => !isMessage(member)),
    };
    more = writeStructure(others, errorValues(error));
  }
  const xml =
    `<ErrorResponse xmlns="${contract.xmlNamespace}"><Error><Type>${error.fault === 'client' ? 'Sender' : 'Receiver'}</Type>` +
    `<Code>${escapeXml(error.queryCode)}</Code>${message}${more}</Error><RequestId>${requestId}</RequestId></ErrorResponse>`;
  headers.push(['Content-Type', 'text/xml']);
  return { status: error.status, headers, body: Buffer.from(xml) };
}

function element(name: string, content: string): string {
  return `<${name}>${content}</${name}>`;
}

function writeStructure(structure: StructureShape, value: Readonly<Record<string, unknown>>): string {
  let xml = '';
  for (const member of structure.members) {
    const item = value[member.name];
    if (item !== undefined && item !== null) xml += element(member.name, writeValue(member.shape, item, member.name));
  }
  return xml;
}

function writeValue(shape: Shape, value: unknown, where: string): string {
  switch (shape.type) {
    case 'string':
      if (typeof value !== 'string') throw unfit(where, 'a string', value);
      return escapeXml(value);
    case 'number':
      if (typeof value !== 'number' && typeof value !== 'bigint') throw unfit(where, 'a number', value);
      return String(value);
    case 'boolean':
      if (typeof value !== 'boolean') throw unfit(where, 'a boolean', value);
      return String(value);
    case 'timestamp':
      return timestampText(dateOf(value, where), writtenFormat(shape.format, 'date-time'));
    case 'blob':
      return bytesOf(value, where).toString('base64');
    case 'list': {
      if (!Array.isArray(value)) throw unfit(where, 'a list', value);
      let xml = '';
      for (const item of value)
        if (item !== undefined && item !== null) xml += element('member', writeValue(shape.element, item, where));
      return xml;
    }
    case 'map': {
      let xml = '';
      for (const [key, item] of entriesOf(value, where)) {
        if (item === undefined || item === null) continue;
        xml += element('entry', element('key', escapeXml(key)) + element('value', writeValue(shape.value, item, where)));
      }
      return xml;
    }
    case 'document':
      throw new TypeError(`${where}: no service that speaks awsQuery has documents`);
    default:
      return writeStructure(shape, recordOf(value, where));
  }
}

const XML_ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\r': '&#xD;',
};

function escapeXml(value: string): string {
  // Characters that XML 1.0 cannot carry in any form become the replacement character.
  return value.replace(/[&<>"\r]|[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, (character) => XML_ESCAPES[character] ?? '\ufffd');
}
