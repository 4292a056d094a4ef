// Random schemas and values, validated here and by a small oracle that knows nothing of nodes, budgets and messages: it reads the
// schema with each value again, keyword by keyword. And schemas that are broken at random, which must be refused or run, not crash.

import { parseJsonInstance } from './json-instance.ts';
import { compileJsonSchema } from './json-schema.ts';

/** What one run found; in the words of the other fuzzers. */
export interface SchemaFuzzReport {
  readonly cases: number;
  /** Values that were valid. */
  readonly accepted: number;
  /** Verdicts compared. */
  readonly requests: number;
  readonly disagreements: readonly { readonly case: number; readonly wire: string; readonly what: string }[];
}

type Random = (below: number) => number;
type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
type Schema = { [keyword: string]: Json };

const NAMES = ['a', 'b', 'c', '__proto__'];
const TYPES = ['array', 'boolean', 'integer', 'null', 'number', 'object', 'string'];
const STRINGS = ['', 'a', 'ab', 'abc', '😀', 'a😀', 'b1'];
const NUMBERS = [0, 1, 2, 3, -1, 1.5, 0.1, 0.3, 10, 2.25];
const PATTERNS: readonly (readonly [pattern: string, test: (text: string) => boolean])[] = [
  ['^a', (text) => text.startsWith('a')],
  ['b', (text) => text.includes('b')],
  ['^.$', (text) => [...text].length === 1],
  ['\\d$', (text) => /[0-9]$/.test(text)],
];

/** Tries `cases` schemas. The same numbers make the same cases. */
export async function fuzzJsonSchema(cases: number, seed: number): Promise<SchemaFuzzReport> {
  const random = xorshift(seed);
  const disagreements: { case: number; wire: string; what: string }[] = [];
  let accepted = 0;
  let requests = 0;
  for (let number = 0; number < cases; number++) {
    const schema = makeSchema(random, 3);
    schema['definitions'] = { d: makeSchema(random, 1) };
    const text = JSON.stringify(schema);
    const { schema: compiled } = compileJsonSchema(text);
    if (compiled === undefined) {
      disagreements.push({ case: number, wire: text, what: 'refused' });
      continue;
    }
    for (let i = 0; i < 2; i++) {
      const value = JSON.stringify(makeValue(random, 3));
      const instance = parseJsonInstance(value);
      if (instance.fault !== undefined) throw new Error(instance.fault);
      const expected = isValid(schema, JSON.parse(value) as Json, schema);
      const errors = compiled.validate(instance.value);
      requests++;
      if (expected) accepted++;
      if (expected !== (errors.length === 0)) {
        disagreements.push({ case: number, wire: text, what: `${value} should be ${expected}: ${errors.join(', ')}` });
      }
    }
    breakOne(text, random);
  }
  return { cases, accepted, requests, disagreements };
}

/** Changes a character or a piece and compiles what comes out; it may be refused, it may not throw. */
function breakOne(text: string, random: Random): void {
  const at = random(text.length);
  const pieces = ['"', '{', '}', '0', '-1', 'null', '"$ref":"#",', '"x"', '[]', ''];
  const broken = text.slice(0, at) + pieces[random(pieces.length)] + text.slice(at + random(6));
  compileJsonSchema(broken).schema?.validate([{ a: 1 }, 'a', 1.5]);
}

function makeSchema(random: Random, depth: number): Schema {
  const schema: Schema = {};
  for (let i = random(4); i > 0; i--) addKeyword(schema, random, depth);
  return schema;
}

function addKeyword(schema: Schema, random: Random, depth: number): void {
  const child = (): Schema => (depth > 0 ? makeSchema(random, depth - 1) : {});
  const some = <T>(make: () => T): T[] => Array.from({ length: 1 + random(3) }, make);
  const unique = <T>(values: readonly T[]): T[] => [...new Set(values)];
  const map = (keys: readonly string[]): Schema => Object.fromEntries(unique(keys).map((key) => [key, child()]));
  switch (random(24)) {
    case 0:
      schema['type'] = pick(random, TYPES);
      return;
    case 1:
      schema['type'] = unique(some(() => pick(random, TYPES)));
      return;
    case 2: {
      const values = some(() => makeValue(random, 1));
      schema['enum'] = values.filter((value, i) => values.findIndex((other) => same(other, value)) === i);
      return;
    }
    case 3:
      schema['multipleOf'] = pick(random, [1, 2, 0.1, 0.5, 3]);
      return;
    case 4:
      schema['minimum'] = pick(random, NUMBERS);
      if (random(2) === 0) schema['exclusiveMinimum'] = random(2) === 0;
      return;
    case 5:
      schema['maximum'] = pick(random, NUMBERS);
      if (random(2) === 0) schema['exclusiveMaximum'] = random(2) === 0;
      return;
    case 6:
      schema['minLength'] = random(4);
      return;
    case 7:
      schema['maxLength'] = random(4);
      return;
    case 8:
      schema['pattern'] = PATTERNS[random(PATTERNS.length)]?.[0] as string;
      return;
    case 9:
      schema['items'] = random(2) === 0 ? child() : some(child);
      return;
    case 10:
      schema['additionalItems'] = random(2) === 0 ? child() : random(2) === 0;
      return;
    case 11:
      schema['minItems'] = random(3);
      return;
    case 12:
      schema['maxItems'] = random(3);
      return;
    case 13:
      schema['uniqueItems'] = random(3) > 0;
      return;
    case 14:
      schema['required'] = unique(some(() => pick(random, NAMES)));
      return;
    case 15:
      schema['properties'] = map(some(() => pick(random, NAMES)));
      return;
    case 16:
      schema['patternProperties'] = map(some(() => PATTERNS[random(PATTERNS.length)]?.[0] as string));
      return;
    case 17:
      schema['additionalProperties'] = random(2) === 0 ? child() : random(2) === 0;
      return;
    case 18:
      schema['dependencies'] = { [pick(random, NAMES)]: random(2) === 0 ? child() : unique(some(() => pick(random, NAMES))) };
      return;
    case 19:
      schema[pick(random, ['minProperties', 'maxProperties'])] = random(3);
      return;
    case 20:
      schema[pick(random, ['allOf', 'anyOf', 'oneOf'])] = some(child);
      return;
    case 21:
      schema['not'] = child();
      return;
    default:
      // Only under a member, so that no schema refers to itself for the same value.
      if (depth > 1) schema['properties'] = { [pick(random, NAMES)]: { $ref: pick(random, ['#', '#/definitions/d']) } };
  }
}

function makeValue(random: Random, depth: number): Json {
  switch (random(depth > 0 ? 8 : 5)) {
    case 0:
      return null;
    case 1:
      return random(2) === 0;
    case 2:
      return pick(random, NUMBERS);
    case 3:
    case 4:
      return pick(random, STRINGS);
    case 5:
      return Array.from({ length: random(4) }, () => makeValue(random, depth - 1));
    default:
      return Object.fromEntries(Array.from({ length: random(4) }, () => [pick(random, NAMES), makeValue(random, depth - 1)]));
  }
}

/** The oracle. Numbers have at most two decimals here, so hundredths are exact. */
function isValid(schema: Schema, value: Json, root: Schema): boolean {
  const has = (keyword: string): boolean => Object.hasOwn(schema, keyword);
  const valid = (other: Json | undefined, part: Json): boolean => isValid(other as Schema, part, root);
  if (has('$ref')) return valid(schema['$ref'] === '#' ? root : (root['definitions'] as Schema)['d'], value);
  if (has('type') && ![schema['type']].flat().some((type) => isOfType(value, type as string))) return false;
  if (has('enum') && !(schema['enum'] as Json[]).some((other) => same(other, value))) return false;
  if (has('allOf') && !(schema['allOf'] as Json[]).every((other) => valid(other, value))) return false;
  if (has('anyOf') && !(schema['anyOf'] as Json[]).some((other) => valid(other, value))) return false;
  if (has('oneOf') && (schema['oneOf'] as Json[]).filter((other) => valid(other, value)).length !== 1) return false;
  if (has('not') && valid(schema['not'], value)) return false;
  if (typeof value === 'number') return isValidNumber(schema, value);
  if (typeof value === 'string') return isValidString(schema, value);
  if (Array.isArray(value)) return isValidArray(schema, value, valid);
  return typeof value !== 'object' || value === null || isValidObject(schema, value, valid);
}

function isValidNumber(schema: Schema, value: number): boolean {
  const hundredths = (number: Json | undefined): number => Math.round((number as number) * 100);
  const own = hundredths(value);
  const { multipleOf, minimum, maximum } = schema;
  if (multipleOf !== undefined && own % hundredths(multipleOf) !== 0) return false;
  if (
    minimum !== undefined &&
    (own < hundredths(minimum) || (schema['exclusiveMinimum'] === true && own === hundredths(minimum)))
  ) {
    return false;
  }
  return (
    maximum === undefined || own < hundredths(maximum) || (own === hundredths(maximum) && schema['exclusiveMaximum'] !== true)
  );
}

function isValidString(schema: Schema, value: string): boolean {
  const length = [...value].length;
  const pattern = PATTERNS.find(([text]) => text === schema['pattern']);
  return (
    length >= ((schema['minLength'] as number | undefined) ?? 0) &&
    length <= ((schema['maxLength'] as number | undefined) ?? length) &&
    (pattern === undefined || pattern[1](value))
  );
}

type Valid = (schema: Json | undefined, part: Json) => boolean;

function isValidArray(schema: Schema, value: readonly Json[], valid: Valid): boolean {
  const { items, additionalItems, minItems, maxItems } = schema;
  if (
    value.length < ((minItems as number | undefined) ?? 0) ||
    value.length > ((maxItems as number | undefined) ?? value.length)
  ) {
    return false;
  }
  if (schema['uniqueItems'] === true && value.some((item, i) => value.some((other, k) => k < i && same(item, other))))
    return false;
  if (items === undefined) return true;
  if (!Array.isArray(items)) return value.every((item) => valid(items, item));
  return value.every((item, i) => {
    const listed = items[i];
    if (listed !== undefined) return valid(listed, item);
    return (
      additionalItems === undefined || additionalItems === true || (additionalItems !== false && valid(additionalItems, item))
    );
  });
}

function isValidObject(schema: Schema, value: Readonly<Record<string, Json>>, valid: Valid): boolean {
  const names = Object.keys(value);
  if (((schema['required'] as string[] | undefined) ?? []).some((name) => !names.includes(name))) return false;
  if (names.length < ((schema['minProperties'] as number | undefined) ?? 0)) return false;
  if (names.length > ((schema['maxProperties'] as number | undefined) ?? names.length)) return false;
  for (const [name, dependency] of Object.entries((schema['dependencies'] as Schema | undefined) ?? {})) {
    if (!names.includes(name)) continue;
    if (Array.isArray(dependency) ? dependency.some((other) => !names.includes(other as string)) : !valid(dependency, value))
      return false;
  }
  const properties = new Map(Object.entries((schema['properties'] as Schema | undefined) ?? {}));
  const patterns = Object.entries((schema['patternProperties'] as Schema | undefined) ?? {});
  const { additionalProperties } = schema;
  return names.every((name) => {
    const matching = patterns.filter(([pattern]) => PATTERNS.find(([text]) => text === pattern)?.[1](name) === true);
    const member = value[name] as Json;
    if (properties.has(name) && !valid(properties.get(name), member)) return false;
    if (!matching.every(([, other]) => valid(other, member))) return false;
    if (properties.has(name) || matching.length > 0 || additionalProperties === undefined || additionalProperties === true)
      return true;
    return additionalProperties !== false && valid(additionalProperties, member);
  });
}

function isOfType(value: Json, type: string): boolean {
  if (value === null) return type === 'null';
  if (Array.isArray(value)) return type === 'array';
  if (typeof value === 'number') return type === 'number' || (type === 'integer' && Number.isInteger(value));
  return typeof value === type;
}

function same(a: Json, b: Json): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && same((a as Schema)[name] as Json, (b as Schema)[name] as Json))
  );
}

function pick<T>(random: Random, from: readonly T[]): T {
  return from[random(from.length)] as T;
}

function xorshift(seed: number): Random {
  let state = (seed ^ 0x9e3779b9) | 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return below === 0 ? 0 : (state >>> 0) % below;
  };
}
