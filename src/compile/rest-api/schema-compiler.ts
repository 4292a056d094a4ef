// The models of requests as validators. JSON Schema as a whole is not served yet: a body that would have to be validated by more than
// `type: object` is refused, never waved through.

import type { SchemaCompiler } from '../../data-plane/rest-api/method-request.ts';

export const compileSchema: SchemaCompiler = (schema) => {
  const document = JSON.parse(schema) as Readonly<Record<string, unknown>>;
  const others = Object.keys(document).filter((name) => !['$schema', 'title', 'description', 'id', 'type'].includes(name));
  const { type } = document;
  if (others.length > 0 || (type !== undefined && type !== 'object')) return () => 'models are not validated yet';
  if (type === undefined) return () => undefined;
  return (value) => (typeof value === 'object' && value !== null && !Array.isArray(value) ? undefined : 'the body is no object');
};
