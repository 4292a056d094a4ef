// A JSONPath as data: what the parser makes and the evaluator is compiled from.

import type { SafeRegex } from '../safe-regex/safe-regex.ts';
import type { JsonValue } from './json-value.ts';

export type PathSegment =
  | { readonly kind: 'property'; readonly names: readonly string[] }
  | { readonly kind: 'index'; readonly indexes: readonly number[] }
  | { readonly kind: 'slice'; readonly from: number | undefined; readonly to: number | undefined }
  | { readonly kind: 'wildcard' }
  | { readonly kind: 'scan' }
  | { readonly kind: 'filter'; readonly filter: Filter }
  | { readonly kind: 'function'; readonly name: PathFunctionName; readonly arguments: readonly FunctionArgument[] };

export interface ParsedPath {
  /** True: `$`, the document; false: `@`, the element that a filter looks at. */
  readonly fromRoot: boolean;
  readonly segments: readonly PathSegment[];
}

export type FunctionArgument =
  | { readonly kind: 'literal'; readonly value: JsonValue }
  | { readonly kind: 'path'; readonly path: ParsedPath };

export const pathFunctionNames = [
  'min',
  'max',
  'avg',
  'sum',
  'stddev',
  'length',
  'size',
  'concat',
  'append',
  'keys',
  'first',
  'last',
  'index',
] as const;

export type PathFunctionName = (typeof pathFunctionNames)[number];

export type Filter =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Filter[] }
  | { readonly kind: 'not'; readonly part: Filter }
  | { readonly kind: 'exists'; readonly path: ParsedPath }
  | { readonly kind: 'compare'; readonly operator: FilterOperator; readonly left: FilterOperand; readonly right: FilterOperand };

export const filterOperators = [
  '==',
  '!=',
  '===',
  '!==',
  '<',
  '<=',
  '>',
  '>=',
  '=~',
  'in',
  'nin',
  'contains',
  'all',
  'size',
  'exists',
  'type',
  'matches',
  'empty',
  'subsetof',
  'anyof',
  'noneof',
] as const;

export type FilterOperator = (typeof filterOperators)[number];

export type FilterOperand =
  | { readonly kind: 'literal'; readonly value: JsonValue }
  | { readonly kind: 'path'; readonly path: ParsedPath }
  | { readonly kind: 'pattern'; readonly pattern: SafeRegex };
