// Schemas that stand in a response of OpenAPI 3.0 and become no model: texts, numbers, flags. One that has a name becomes one.
// AWS: `Unsupported model type 'StringSchema' in 201 response to method 'POST /events'. Ignoring.` Seen: public report of an import; a named
// text is a model in the reports of 2024 about references. The names are the classes of swagger-core, the parser that AWS quotes.

import { type DocumentNode, isObject } from './document-node.ts';

const ofType: Readonly<Record<string, string>> = {
  boolean: 'BooleanSchema',
  integer: 'IntegerSchema',
  number: 'NumberSchema',
  string: 'StringSchema',
};

const ofTextFormat: Readonly<Record<string, string>> = {
  binary: 'BinarySchema',
  byte: 'ByteArraySchema',
  date: 'DateSchema',
  'date-time': 'DateTimeSchema',
  email: 'EmailSchema',
  password: 'PasswordSchema',
  uuid: 'UUIDSchema',
};

/** What AWS calls the schema of one media type, if it makes no model of it. */
export function unsupportedModelType(content: DocumentNode): string | undefined {
  const schema = content.child('schema')?.value;
  if (!isObject(schema) || Object.hasOwn(schema, '$ref')) return undefined;
  const { type, format } = schema;
  if (typeof type !== 'string' || !Object.hasOwn(ofType, type)) return undefined;
  if (type === 'string' && typeof format === 'string' && Object.hasOwn(ofTextFormat, format)) return ofTextFormat[format];
  return ofType[type];
}
