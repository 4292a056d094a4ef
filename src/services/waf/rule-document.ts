// Rules, statements and actions as the store keeps them: the wire's shapes, with bytes (`SearchString`) as base64.

import type * as Wire from '@aws-sdk/client-wafv2';

/** A wire shape as JSON. */
export type Document<T> = T extends Uint8Array
  ? string
  : T extends readonly (infer Item)[]
    ? readonly Document<Item>[]
    : T extends object
      ? { readonly [Key in keyof T]: Document<T[Key]> }
      : T;

export type RuleDocument = Document<Wire.Rule>;
export type StatementDocument = Document<Wire.Statement>;
export type FieldToMatchDocument = Document<Wire.FieldToMatch>;
export type TextTransformationDocument = Document<Wire.TextTransformation>;
export type CustomResponseBodies = Readonly<Record<string, Document<Wire.CustomResponseBody>>>;

/** What an operation was given, for the store. */
export function toDocument<T>(value: T): Document<T> {
  return converted(value, (member) =>
    member instanceof Uint8Array ? Buffer.from(member).toString('base64') : undefined,
  ) as Document<T>;
}

/** What the store has, for an answer. */
export function toWire<T>(document: Document<T>): T {
  return converted(document, (member, name) =>
    name === 'SearchString' && typeof member === 'string' ? Buffer.from(member, 'base64') : undefined,
  ) as T;
}

function converted(value: unknown, convert: (value: unknown, name: string) => unknown, name = ''): unknown {
  const other = convert(value, name);
  if (other !== undefined) return other;
  if (Array.isArray(value)) return value.map((item) => converted(item, convert));
  if (typeof value !== 'object' || value === null) return value;
  // Object.fromEntries and not assignment: a key of a map may be called __proto__.
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, converted(member, convert, key)]));
}
