// Reads a decoded message (JSON value, CBOR value, query tree) into the input of an operation, checking every member against
// its shape and constraints. One walker for all protocols; what differs is how the leaves are spelled.

import { randomUUID } from 'node:crypto';
import { allSentences, brokenSentences, isCheckedByOperation, lowerFirst, type Violations } from './constraints.ts';
import type { Limits, Member, ServiceContract, Shape, StructureShape, TimestampShape } from './shapes.ts';

/** How one protocol spells values. Each function throws (serialization error) on a value of the wrong kind. */
export interface ValueSource {
  string(raw: unknown): string;
  number(raw: unknown): number;
  boolean(raw: unknown): boolean;
  timestamp(raw: unknown, shape: TimestampShape): Date;
  blob(raw: unknown): Uint8Array;
  document(raw: unknown): unknown;
  list(raw: unknown): readonly unknown[];
  map(raw: unknown): Iterable<readonly [string, unknown]>;
  /** The raw member of a raw structure; undefined when absent. Throws when `raw` is no structure. */
  member(raw: unknown, member: Member): unknown;
  /** How many members the raw structure carries, known or not, for unions. */
  memberCount(raw: unknown): number;
}

/** What reading one input needs. */
export interface ReadContext {
  readonly contract: ServiceContract;
  readonly violations: Violations;
  readonly source: ValueSource;
}

/** Reads the members of `structure` for which `wanted` is true into `into`. */
export function readMembers(
  context: ReadContext,
  structure: StructureShape,
  raw: unknown,
  path: string,
  into: Record<string, unknown>,
  wanted?: (member: Member) => boolean,
): void {
  const { source } = context;
  let set = 0;
  for (const member of structure.members) {
    if (wanted !== undefined && !wanted(member)) continue;
    const value = raw === undefined ? undefined : source.member(raw, member);
    if (value === undefined || value === null) {
      readAbsent(context, structure, member, path, into);
      continue;
    }
    set++;
    readMember(context, structure, member, value, path, into);
  }
  if (structure.type === 'union' && (set !== 1 || source.memberCount(raw) > 1)) {
    context.violations.add(path.slice(0, -1), false, '{}', true, `Member must have exactly one of its fields set`);
  }
}

/** What happens to a member the client left out. */
export function readAbsent(
  context: ReadContext,
  structure: StructureShape,
  member: Member,
  path: string,
  into: Record<string, unknown>,
): void {
  if (member.idempotencyToken) {
    into[member.name] = randomUUID();
  } else if (member.required && !isCheckedByOperation(context.contract.service, structure.name, member.name)) {
    context.violations.add(path + lowerFirst(member.name), isBound(member, path), null, false, 'Member must not be null');
  }
}

/** Reads and checks one present member. */
export function readMember(
  context: ReadContext,
  structure: StructureShape,
  member: Member,
  raw: unknown,
  path: string,
  into: Record<string, unknown>,
): void {
  const at = path + lowerFirst(member.name);
  const value = readValue(context, member.shape, raw, at);
  into[member.name] = value;
  if (member.limits !== undefined && !isCheckedByOperation(context.contract.service, structure.name, member.name)) {
    checkLimits(context, member.limits, value, at, isBound(member, path), member.sensitive);
  }
}

/** Whether a member of the input travels in the URI or a header; the shapes inside it have no such places. */
function isBound(member: Member, path: string): boolean {
  return path === '' && member.location !== 'body' && member.location !== 'payload';
}

function readValue(context: ReadContext, shape: Shape, raw: unknown, at: string): unknown {
  const { source } = context;
  switch (shape.type) {
    case 'string':
      return source.string(raw);
    case 'number':
      return source.number(raw);
    case 'boolean':
      return source.boolean(raw);
    case 'timestamp':
      return source.timestamp(raw, shape);
    case 'blob':
      return source.blob(raw);
    case 'document':
      return source.document(raw);
    case 'list': {
      const result: unknown[] = [];
      let index = 0;
      for (const item of source.list(raw)) {
        index++;
        // AWS: a null entry is refused where the model says nothing of sparse lists.
        if (item === null || item === undefined)
          context.violations.add(`${at}.${index}.member`, false, null, false, 'Member must not be null');
        else result.push(readValue(context, shape.element, item, `${at}.${index}.member`));
      }
      return result;
    }
    case 'map': {
      // The keys are the client's: no prototype.
      const result: Record<string, unknown> = Object.create(null);
      for (const [key, item] of source.map(raw)) {
        if (item === null || item === undefined) continue;
        result[key] = readValue(context, shape.value, item, `${at}.${key}.member`);
      }
      return result;
    }
    default: {
      const result: Record<string, unknown> = {};
      readMembers(context, shape, raw, `${at}.`, result);
      return result;
    }
  }
}

/** Checks a read value against the constraints of its member. */
export function checkLimits(
  context: ReadContext,
  limits: Limits,
  value: unknown,
  at: string,
  bound: boolean,
  sensitive: boolean,
): void {
  const { violations } = context;
  if (limits.self !== undefined) {
    for (const sentence of brokenSentences(limits.self, value)) violations.add(at, bound, value, sensitive, sentence);
  }
  const { element } = limits;
  if (element !== undefined && Array.isArray(value) && value.some((item) => brokenSentences(element, item).length > 0)) {
    // AWS: lambda adds the null rule to enum lists, apigateway does not. Seen: recorded answers ('architectures', 'types').
    const alsoNotNull = context.contract.service === 'lambda' && element.values !== undefined ? ', Member must not be null' : '';
    violations.add(at, bound, value, sensitive, `Member must satisfy constraint: [${allSentences(element)}${alsoNotNull}]`);
  }
  if ((limits.key !== undefined || limits.value !== undefined) && isDictionary(value)) {
    const { key: keyLimit, value: valueLimit } = limits;
    if (keyLimit !== undefined && Object.keys(value).some((key) => brokenSentences(keyLimit, key).length > 0)) {
      violations.add(at, bound, value, sensitive, `Map keys must satisfy constraint: [${allSentences(keyLimit)}]`);
    }
    if (valueLimit !== undefined && Object.values(value).some((item) => brokenSentences(valueLimit, item).length > 0)) {
      violations.add(at, bound, value, sensitive, `Map value must satisfy constraint: [${allSentences(valueLimit)}]`);
    }
  }
}

function isDictionary(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
}
