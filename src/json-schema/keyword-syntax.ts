// What each keyword of draft-04 must look like, as json-schema-validator checks it before a schema is used.

import { compareNumbers, ExactNumber, isJsonNumber, type JsonNumber } from './decimal.ts';
import { equalityKey, isJsonObject, JSON_TYPES, type JsonObject, type JsonType } from './json-value.ts';

/** What is wrong with the value of a keyword, or undefined. */
type KeywordRule = (value: unknown, schema: JsonObject) => string | undefined;

const aString: KeywordRule = (value) => (typeof value === 'string' ? undefined : 'is not a string');
const aBoolean: KeywordRule = (value) => (typeof value === 'boolean' ? undefined : 'is not a boolean');
const aNumber: KeywordRule = (value) => (isJsonNumber(value) ? undefined : 'is not a number');
const anObject: KeywordRule = (value) => (isJsonObject(value) ? undefined : 'is not an object');
const anything: KeywordRule = () => undefined;
const aCount: KeywordRule = (value) => {
  if (value instanceof ExactNumber || typeof value !== 'number' || !Number.isInteger(value)) return 'is not an integer';
  if (value < 0) return 'is less than 0';
  return value > 0x7fffffff ? 'is too large' : undefined;
};

/** Every keyword of draft-04. */
export const KEYWORD_RULES: ReadonlyMap<string, KeywordRule> = new Map<string, KeywordRule>([
  ['$schema', draft04],
  ['$ref', aString],
  ['id', aString],
  ['title', aString],
  ['description', aString],
  ['default', anything],
  ['definitions', schemaMap],
  ['type', typeNames],
  ['enum', enumeration],
  ['allOf', schemaList],
  ['anyOf', schemaList],
  ['oneOf', schemaList],
  ['not', anObject],
  ['format', aString],
  ['multipleOf', divisor],
  ['minimum', aNumber],
  ['maximum', aNumber],
  ['exclusiveMinimum', besides('minimum')],
  ['exclusiveMaximum', besides('maximum')],
  ['minLength', aCount],
  ['maxLength', aCount],
  ['pattern', aString],
  ['items', (value) => (isJsonObject(value) ? undefined : schemaList(value))],
  ['additionalItems', booleanOrSchema],
  ['minItems', aCount],
  ['maxItems', aCount],
  ['uniqueItems', aBoolean],
  ['properties', schemaMap],
  ['patternProperties', schemaMap],
  ['additionalProperties', booleanOrSchema],
  ['minProperties', aCount],
  ['maxProperties', aCount],
  ['required', (value) => nameList(value)],
  ['dependencies', dependencies],
]);

/** AWS is draft-04 only. Seen: developer guide, models. */
function draft04(value: unknown): string | undefined {
  if (typeof value !== 'string') return 'is not a string';
  return /json-schema\.org\/draft-0?3\//.test(value) ? 'is not draft-04' : undefined;
}

function besides(keyword: string): KeywordRule {
  return (value, schema) => {
    if (typeof value !== 'boolean') return 'is not a boolean';
    return Object.hasOwn(schema, keyword) ? undefined : `stands without ${keyword}`;
  };
}

function divisor(value: unknown): string | undefined {
  if (!isJsonNumber(value)) return 'is not a number';
  return compareNumbers(value as JsonNumber, 0) > 0 ? undefined : 'is not greater than 0';
}

function typeNames(value: unknown): string | undefined {
  if (typeof value === 'string') return isTypeName(value) ? undefined : `${JSON.stringify(value)} is no type`;
  if (!Array.isArray(value)) return 'is neither a string nor an array';
  if (value.length === 0) return 'is empty';
  const unknown = value.find((name) => !isTypeName(name));
  if (unknown !== undefined) return `${JSON.stringify(unknown)} is no type`;
  return new Set(value).size === value.length ? undefined : 'has a type twice';
}

export function isTypeName(value: unknown): value is JsonType {
  return JSON_TYPES.includes(value as JsonType);
}

function enumeration(value: unknown): string | undefined {
  if (!Array.isArray(value)) return 'is not an array';
  if (value.length === 0) return 'is empty';
  const keys = new Set(value.map((item) => equalityKey(item, () => {})));
  return keys.size === value.length ? undefined : 'has a value twice';
}

function schemaList(value: unknown): string | undefined {
  if (!Array.isArray(value)) return 'is not an array';
  if (value.length === 0) return 'is empty';
  return value.every(isJsonObject) ? undefined : 'has an element that is not an object';
}

function schemaMap(value: unknown): string | undefined {
  if (!isJsonObject(value)) return 'is not an object';
  return Object.values(value).every(isJsonObject) ? undefined : 'has a member that is not an object';
}

function booleanOrSchema(value: unknown): string | undefined {
  return typeof value === 'boolean' || isJsonObject(value) ? undefined : 'is neither a boolean nor an object';
}

function nameList(value: unknown): string | undefined {
  if (!Array.isArray(value)) return 'is not an array';
  if (value.length === 0) return 'is empty';
  if (!value.every((name) => typeof name === 'string')) return 'has an element that is not a string';
  return new Set(value).size === value.length ? undefined : 'has a name twice';
}

function dependencies(value: unknown): string | undefined {
  if (!isJsonObject(value)) return 'is not an object';
  for (const [name, dependency] of Object.entries(value)) {
    const fault = isJsonObject(dependency) ? undefined : nameList(dependency);
    if (fault !== undefined) return `of ${JSON.stringify(name)} ${fault}`;
  }
  return undefined;
}
