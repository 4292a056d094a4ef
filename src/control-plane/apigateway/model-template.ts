// GetModelTemplate: a mapping template that makes a sample of a model.
// AWS: this form, with "foo", 42 and true for values. Seen: aws-cli examples, apigateway get-model-template.

interface Schema {
  readonly type?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
}

/** A sample is no deeper: schemas come from outside. */
const DEPTH_MAX = 20;

export function modelTemplate(schemaText: string | undefined): string {
  const schema = parsed(schemaText);
  return `#set($inputRoot = $input.path('$'))\n${sampleOf(schema, '', 0)}`;
}

function sampleOf(schema: Schema, indent: string, depth: number): string {
  const inner = `${indent}  `;
  const { properties, items } = schema;
  if (depth < DEPTH_MAX && (schema.type === 'array' || isObject(items))) {
    return `[\n${inner}${sampleOf(isObject(items) ? items : {}, inner, depth + 1)}\n${indent}]`;
  }
  if (isObject(properties) && depth < DEPTH_MAX) {
    const lines = Object.entries(properties).map(
      ([name, property]) => `${inner}${JSON.stringify(name)} : ${sampleOf(isObject(property) ? property : {}, inner, depth + 1)}`,
    );
    return `{\n${lines.join(',\n')}\n${indent}}`;
  }
  switch (schema.type) {
    case 'number':
    case 'integer':
      return '42';
    case 'boolean':
      return 'true';
    case 'string':
      return '"foo"';
    default:
      return '{ }';
  }
}

function parsed(text = '{}'): Schema {
  try {
    const schema: unknown = JSON.parse(text);
    return isObject(schema) ? schema : {};
  } catch {
    return {};
  }
}

function isObject(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
