// A model with the models it refers to inside: what was a URL is a place under `definitions`.

import { own, subschemas } from './check-schema.ts';
import { isJsonObject, type JsonObject } from './json-value.ts';
import { referencedModels } from './referenced-models.ts';
import { modelNameOf, type ResolveModel, TOTAL_BYTES_MAX } from './schema-documents.ts';
import { pointerPart } from './schema-fault.ts';

/**
 * The schema text of model `name` without references to other models; to those that do not exist they stay. Undefined when there is
 * more than can be kept. The texts are schemas that were checked. Throws nothing.
 */
export function flattenedSchema(name: string, schemaText: string, resolveModel: ResolveModel): string | undefined {
  if (!schemaText.includes('$ref')) return schemaText;
  const texts = new Map(referencedModels(schemaText, resolveModel));
  texts.delete(name);
  let bytes = Buffer.byteLength(schemaText);
  for (const text of texts.values()) bytes += Buffer.byteLength(text);
  if (bytes > TOTAL_BYTES_MAX) return undefined;
  const root = JSON.parse(schemaText) as Record<string, unknown>;
  const definitions = own(root, 'definitions');
  const places = new Map([[name, '#']]);
  const taken = new Set(isJsonObject(definitions) ? Object.keys(definitions) : []);
  const keys = new Map<string, string>();
  for (const other of texts.keys()) {
    let key = other;
    while (taken.has(key)) key += 'Model';
    taken.add(key);
    keys.set(other, key);
    places.set(other, `#/definitions/${pointerPart(key)}`);
  }
  rebase(root, '#', places);
  if (texts.size === 0) return JSON.stringify(root);
  const inside: [string, unknown][] = [];
  for (const [other, text] of texts) {
    const schema = JSON.parse(text) as JsonObject;
    rebase(schema, places.get(other) as string, places);
    inside.push([keys.get(other) as string, schema]);
  }
  const all = Object.fromEntries([...(isJsonObject(definitions) ? Object.entries(definitions) : []), ...inside]);
  return JSON.stringify({ ...root, definitions: all });
}

/** Every reference in `document`, which will stand at `place`, is turned to where its target will stand. */
function rebase(document: JsonObject, place: string, places: ReadonlyMap<string, string>): void {
  const waiting: JsonObject[] = [document];
  for (let schema = waiting.pop(); schema !== undefined; schema = waiting.pop()) {
    const reference = own(schema, '$ref');
    if (typeof reference === 'string') (schema as Record<string, unknown>)['$ref'] = rebased(reference, place, places);
    for (const [subschema] of subschemas(schema, '')) waiting.push(subschema);
  }
}

function rebased(reference: string, place: string, places: ReadonlyMap<string, string>): string {
  const [address = '', fragment = ''] = reference.split('#', 2);
  if (address === '') return place + fragment;
  const target = modelNameOf(address);
  const at = target === undefined ? undefined : places.get(target);
  return at === undefined ? reference : at + fragment;
}
