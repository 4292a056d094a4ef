// Evaluates a selection expression: compiled once, when a plan is assembled; then a plain function.

import { compileJsonPath } from '../json-path/json-path.ts';
import { isJsonNumber, type JsonValue, numberText } from '../json-path/json-value.ts';
import type { SelectionExpression, SelectionSource } from '../model/selection-expression.ts';

/** What an expression reads from; what it never asks for may stay undefined. */
export interface SelectionView {
  /** The value of parseJson; undefined when the body is not JSON. Asked at most once for each variable. */
  requestBody?(): JsonValue | undefined;
  /** The same by parsePlainObject, for those who can give it; undefined when requestBody has to be asked. */
  requestObject?(): Readonly<Record<string, unknown>> | undefined;
  requestHeader?(name: string): string | undefined;
  requestQuery?(name: string): string | undefined;
  context?(name: string): string | undefined;
  stageVariable?(name: string): string | undefined;
  responseBody?(): JsonValue | undefined;
  responseHeader?(name: string): string | undefined;
  responseMultiValueHeader?(name: string): string | undefined;
  responseStatusCode?(): number | undefined;
}

/** The key; undefined when the expression reads a body that is not JSON. A variable that is not there is "". */
export type SelectionKey = (view: SelectionView) => string | undefined;

/** Throws for an expression that parseSelectionExpression never makes. */
export function compileSelectionKey(expression: SelectionExpression): SelectionKey {
  if (expression.every((piece) => typeof piece === 'string')) {
    const text = expression.join('');
    return () => text;
  }
  const [only, ...others] = expression;
  // Nearly every expression is one variable.
  if (others.length === 0 && typeof only === 'object') return compileSource(only);
  const pieces = expression.map((piece) => (typeof piece === 'string' ? piece : compileSource(piece)));
  return (view) => {
    let key = '';
    for (const piece of pieces) {
      const text = typeof piece === 'string' ? piece : piece(view);
      if (text === undefined) return undefined;
      key += text;
    }
    return key;
  };
}

function compileSource(source: SelectionSource): SelectionKey {
  switch (source.source) {
    case 'requestBody':
    case 'responseBody':
      return compileBody(source.source, source.path);
    case 'responseStatusCode':
      return (view) => String(view.responseStatusCode?.() ?? '');
    default: {
      const { source: member, name } = source;
      return (view) => view[member]?.(name) ?? '';
    }
  }
}

function compileBody(member: 'requestBody' | 'responseBody', path: string | undefined): SelectionKey {
  if (path === undefined) {
    return (view) => {
      const body = view[member]?.();
      return body === undefined ? undefined : keyText(body);
    };
  }
  const compiled = compileJsonPath(path);
  if (compiled.path === undefined) throw new Error(`${path} is no JSONPath: ${compiled.fault.message}`);
  const { path: jsonPath } = compiled;
  const exact: SelectionKey = (view) => {
    const body = view[member]?.();
    if (body === undefined) return undefined;
    // Members of what has none: most messages that are no JSON are a text for parseJson.
    if (isOfMembers && (typeof body === 'string' || typeof body === 'number')) return '';
    const found = jsonPath.read(body);
    return found.found ? keyText(found.value) : '';
  };
  const names = memberNames(path);
  const isOfMembers = names !== undefined;
  if (names === undefined || member !== 'requestBody') return exact;
  return (view) => {
    const object = view.requestObject?.();
    return (object === undefined ? undefined : textAt(object, names)) ?? exact(view);
  };
}

/** `a` and `b` of `$.a.b`; undefined for a path that says anything else. */
function memberNames(path: string): readonly string[] | undefined {
  return /^\$(?:\.[A-Za-z_][A-Za-z0-9_]*)+$/.test(path) ? path.split('.').slice(1) : undefined;
}

/** Undefined when it is no text, or lies in something that is no object. */
function textAt(object: Readonly<Record<string, unknown>>, names: readonly string[]): string | undefined {
  let value: unknown = object;
  for (const name of names) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    if (!Object.hasOwn(value, name)) return '';
    value = (value as Readonly<Record<string, unknown>>)[name];
  }
  return typeof value === 'string' ? value : undefined;
}

/** No key is longer: what lies deeper in a value could not match anything. */
const KEY_LENGTH_MAX = 2_048;

/**
 * AWS: a result that is no text is "stringified": an array as `[item1, item2]`. Seen: developer guide, "Route selection expressions".
 * Objects by analogy as Java prints a map; null as nothing.
 */
export function keyText(value: JsonValue): string {
  if (typeof value === 'string') return value;
  if (value === null) return '';
  const text = javaText(value, 16);
  return text.length > KEY_LENGTH_MAX ? text.slice(0, KEY_LENGTH_MAX) : text;
}

function javaText(value: JsonValue, depth: number): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return String(value);
  if (isJsonNumber(value)) return numberText(value);
  if (depth === 0) return '';
  let text = '';
  const separator = () => (text === '' ? '' : ', ');
  if (Array.isArray(value)) {
    for (const item of value) {
      text += `${separator()}${javaText(item, depth - 1)}`;
      if (text.length > KEY_LENGTH_MAX) break;
    }
    return `[${text}]`;
  }
  for (const [name, member] of value) {
    text += `${separator()}${String(name)}=${javaText(member, depth - 1)}`;
    if (text.length > KEY_LENGTH_MAX) break;
  }
  return `{${text}}`;
}
