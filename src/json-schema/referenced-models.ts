// Which other models a model needs, so that a plan can carry them and be compiled without asking anybody.

import { own, subschemas } from './check-schema.ts';
import { parseJsonInstance } from './json-instance.ts';
import { isJsonObject, type JsonObject } from './json-value.ts';
import { modelNameOf, type ResolveModel, SCHEMA_LIMITS } from './schema-documents.ts';

/** Far more than one schema may refer to when it is compiled. */
const MODELS_MAX = 1_000;

/** The models that a schema text refers to, also by way of others: name to schema text. Models that do not exist are left out. */
export function referencedModels(schemaText: string, resolveModel: ResolveModel): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const asked = new Set<string>();
  const waiting = [schemaText];
  for (let text = waiting.pop(); text !== undefined; text = waiting.pop()) {
    for (const name of namesIn(text)) {
      if (asked.has(name) || asked.size >= MODELS_MAX) continue;
      asked.add(name);
      const referred = resolveModel(name);
      if (referred === undefined) continue;
      found.set(name, referred);
      waiting.push(referred);
    }
  }
  return found;
}

function namesIn(text: string): readonly string[] {
  const { value } = parseJsonInstance(text, SCHEMA_LIMITS) as { value?: unknown };
  const names: string[] = [];
  const waiting: JsonObject[] = isJsonObject(value) ? [value] : [];
  for (let schema = waiting.pop(); schema !== undefined; schema = waiting.pop()) {
    const reference = own(schema, '$ref');
    const name = typeof reference === 'string' ? modelNameOf(reference.split('#')[0] as string) : undefined;
    if (name !== undefined) names.push(name);
    for (const [subschema] of subschemas(schema, '')) waiting.push(subschema);
  }
  return names;
}
