// Whether a JSON value is a schema of draft-04: everything that is wrong with it, each with its place.

import { isJsonObject, type JsonObject } from './json-value.ts';
import { KEYWORD_RULES } from './keyword-syntax.ts';
import { pointerPart, type SchemaFault, syntaxFault, unknownKeywordsFault } from './schema-fault.ts';

const FAULTS_MAX = 100;
const MAPS = ['properties', 'patternProperties', 'definitions', 'dependencies'];
const LISTS = ['allOf', 'anyOf', 'oneOf', 'items'];
const SINGLE = ['not', 'items', 'additionalItems', 'additionalProperties'];

/** `unknownKeywords`: what happens to keywords that draft-04 does not have. Adds every schema that was looked at to `checked`. */
export function checkSchema(
  root: unknown,
  unknownKeywords: 'refuse' | 'ignore',
  pointerOfRoot: string,
  checked: WeakSet<object>,
): readonly SchemaFault[] {
  const faults: SchemaFault[] = [];
  // A list of work instead of recursion; the places of a schema come in the order of the text.
  const waiting: [value: unknown, pointer: string][] = [[root, pointerOfRoot]];
  while (waiting.length > 0 && faults.length < FAULTS_MAX) {
    const [schema, pointer] = waiting.pop() as [unknown, string];
    if (!isJsonObject(schema)) {
      faults.push(syntaxFault(pointer, 'a schema is not an object'));
      continue;
    }
    checked.add(schema);
    checkKeywords(schema, pointer, unknownKeywords, faults);
    // What stands beside a reference is not looked at.
    if (typeof schema['$ref'] !== 'string') waiting.push(...subschemas(schema, pointer).reverse());
  }
  return faults;
}

function checkKeywords(schema: JsonObject, pointer: string, unknownKeywords: 'refuse' | 'ignore', faults: SchemaFault[]): void {
  const unknown: string[] = [];
  for (const [keyword, value] of Object.entries(schema)) {
    const rule = KEYWORD_RULES.get(keyword);
    if (rule === undefined) {
      unknown.push(keyword);
      continue;
    }
    const fault = rule(value, schema);
    if (fault !== undefined) faults.push(syntaxFault(`${pointer}/${pointerPart(keyword)}`, `${keyword} ${fault}`));
  }
  if (unknown.length > 0 && unknownKeywords === 'refuse') faults.push(unknownKeywordsFault(pointer, unknown.sort()));
}

/** The schemas directly in a schema, whatever else is wrong with it. */
export function subschemas(schema: JsonObject, pointer: string): [value: JsonObject, pointer: string][] {
  const found: [JsonObject, string][] = [];
  const add = (value: unknown, place: string): void => {
    if (isJsonObject(value)) found.push([value, `${pointer}/${place}`]);
  };
  for (const keyword of MAPS) {
    const map = own(schema, keyword);
    if (isJsonObject(map)) for (const [name, value] of Object.entries(map)) add(value, `${keyword}/${pointerPart(name)}`);
  }
  for (const keyword of LISTS) {
    const list = own(schema, keyword);
    if (!Array.isArray(list)) continue;
    for (const [i, value] of list.entries()) add(value, `${keyword}/${i}`);
  }
  for (const keyword of SINGLE) add(own(schema, keyword), keyword);
  return found;
}

/** A keyword's value; nothing is inherited. */
export function own(schema: JsonObject, keyword: string): unknown {
  return Object.hasOwn(schema, keyword) ? schema[keyword] : undefined;
}
