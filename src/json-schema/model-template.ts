// GetModelTemplate: a mapping template that makes a sample of what a model describes, to be edited by whoever asked for it.
// https://docs.aws.amazon.com/apigateway/latest/api/API_GetModelTemplate.html
//
// AWS: `"foo"` for strings, 3.1415 for numbers, `{ }` for an object without properties. Seen: the samples of the API reference and
// of the AWS CLI. The loop over arrays is seen in public templates that began as generated ones; the rest is by analogy.

import { parseJsonInstance } from './json-instance.ts';
import { isJsonObject, type JsonObject } from './json-value.ts';
import { modelNameOf, type ResolveModel, SCHEMA_LIMITS } from './schema-documents.ts';

const DEPTH_MAX = 20;
/** References can make a small schema a very large sample. */
const LENGTH_MAX = 200_000;

interface Source {
  readonly root: JsonObject;
  readonly resolveModel: ResolveModel;
  /** Characters made so far, shared by all documents. */
  readonly made: { length: number };
}

/** The template of a schema text; of a text that is no schema, that of an empty one. */
export function modelTemplate(schemaText: string, resolveModel: ResolveModel = () => undefined): string {
  const root = parsed(schemaText);
  return `#set($inputRoot = $input.path('$'))\n${sample(root, { root, resolveModel, made: { length: 0 } }, 0)}`;
}

function sample(schema: JsonObject, source: Source, depth: number): string {
  const text = source.made.length > LENGTH_MAX || depth > DEPTH_MAX ? '{ }' : sampleOf(schema, source, depth);
  source.made.length += text.length;
  return text;
}

function sampleOf(schema: JsonObject, source: Source, depth: number): string {
  const { $ref: reference, type, properties, items, enum: values } = schema;
  if (typeof reference === 'string') {
    const target = resolved(reference, source);
    return target === undefined ? '{ }' : sample(target.schema, { ...source, ...target }, depth + 1);
  }
  if (Array.isArray(values) && typeof values[0] === 'string') return JSON.stringify(values[0]);
  switch (Array.isArray(type) ? type[0] : type) {
    case 'string':
      return '"foo"';
    case 'number':
      return '3.1415';
    case 'integer':
      return '42';
    case 'boolean':
      return 'true';
    case 'null':
      return 'null';
    case 'array':
      return arraySample(isJsonObject(items) ? items : {}, source, depth);
  }
  if (type === undefined && isJsonObject(items)) return arraySample(items, source, depth);
  return isJsonObject(properties) ? objectSample(properties, source, depth) : '{ }';
}

function objectSample(properties: JsonObject, source: Source, depth: number): string {
  const indent = '  '.repeat(depth + 1);
  const lines = Object.entries(properties).map(([name, property]) => {
    return `${indent}${JSON.stringify(name)} : ${sample(isJsonObject(property) ? property : {}, source, depth + 1)}`;
  });
  return lines.length === 0 ? '{ }' : `{\n${lines.join(',\n')}\n${'  '.repeat(depth)}}`;
}

function arraySample(items: JsonObject, source: Source, depth: number): string {
  return [
    '[',
    '##TODO: Update this foreach loop to reference array from input json',
    '#foreach($elem in $inputRoot.TODO)',
    ` ${sample(items, source, depth)} `,
    '#if($foreach.hasNext),#end',
    '#end',
    `${'  '.repeat(depth)}]`,
  ].join('\n');
}

function resolved(reference: string, source: Source): { readonly schema: JsonObject; readonly root: JsonObject } | undefined {
  const [address = '', fragment = ''] = reference.split('#');
  let root = source.root;
  if (address !== '') {
    const name = modelNameOf(address);
    const text = name === undefined ? undefined : source.resolveModel(name);
    if (text === undefined) return undefined;
    root = parsed(text);
  }
  let value: unknown = root;
  for (const part of fragment.split('/').slice(1)) {
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
    value = isJsonObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  }
  return isJsonObject(value) ? { schema: value, root } : undefined;
}

function parsed(text: string): JsonObject {
  const { value } = parseJsonInstance(text, SCHEMA_LIMITS) as { value?: unknown };
  return isJsonObject(value) ? value : {};
}
