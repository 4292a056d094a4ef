// Filters of traces: `service("pets/dev") { fault } AND http.url CONTAINS "/pay"`.
// https://docs.aws.amazon.com/xray/latest/devguide/xray-console-filters.html

import type { TraceSummary } from '@aws-sdk/client-xray';
import { FilterParser, type FlagKeyword, type NumberKeyword, type TextKeyword } from './filter-parser.ts';
import { type FilterSubject, requestSubject, traceSubject } from './filter-subject.ts';
import { filterProblem, readFilterTokens } from './filter-tokens.ts';
import type { Trace } from './segment.ts';
import { type ServedRequest, servedRequests } from './served-requests.ts';
import { isSelected, keyOf, type ServiceNode, type ServiceSelector } from './service-node.ts';
import type { AnnotationScalar } from './trace-summary.ts';

export type NumberOperator = '=' | '!=' | '<' | '<=' | '>' | '>=';
export type TextOperator = '=' | '!=' | 'contains' | 'beginswith' | 'endswith';

export interface NumberComparison {
  readonly operator: NumberOperator;
  readonly value: number;
}

export interface TextComparison {
  readonly operator: TextOperator;
  readonly value: string;
}

export type AnnotationCondition =
  | { readonly type: 'set' }
  | ({ readonly type: 'number' } & NumberComparison)
  | ({ readonly type: 'text' } & TextComparison)
  | { readonly type: 'boolean'; readonly value: boolean };

export type FilterExpression =
  | { readonly kind: 'flag'; readonly keyword: FlagKeyword; readonly value: boolean }
  /** Without a comparison: whether there is a value. */
  | { readonly kind: 'number'; readonly keyword: NumberKeyword; readonly comparison: NumberComparison | undefined }
  | { readonly kind: 'text'; readonly keyword: TextKeyword; readonly comparison: TextComparison | undefined }
  | { readonly kind: 'annotation'; readonly key: string; readonly condition: AnnotationCondition }
  | EntityExpression
  | { readonly kind: 'not'; readonly expression: FilterExpression }
  | { readonly kind: 'and' | 'or'; readonly expressions: readonly FilterExpression[] };

/** A node of the service graph or a connection of two; `filter` is for each of its requests. */
export type EntityExpression =
  | { readonly kind: 'service'; readonly service: ServiceSelector; readonly filter: FilterExpression | undefined }
  | {
      readonly kind: 'edge';
      readonly source: ServiceSelector;
      readonly target: ServiceSelector;
      readonly filter: FilterExpression | undefined;
    };

export interface FilterProblem {
  readonly kind: 'problem';
  /** Names the character, counted from 1. */
  readonly message: string;
  /** Characters counted from 0. */
  readonly at: number;
}

/** Ours: the service model tells none. */
const LENGTH_MAX = 2_000;
/** AWS: Seen: service model, EntitySelectorExpression. */
const SELECTOR_LENGTH_MAX = 500;

export function parseFilterExpression(text: string): FilterExpression | FilterProblem {
  if (text.length > LENGTH_MAX) return filterProblem(`It has more than ${LENGTH_MAX} characters`, LENGTH_MAX);
  const tokens = readFilterTokens(text);
  if ('kind' in tokens) return tokens;
  const parser = new FilterParser(tokens);
  return parser.whole() ?? parser.problem ?? filterProblem('It cannot be read', 0);
}

/** Of GetTimeSeriesServiceStatistics: one service() or id(), or one edge(). */
export function parseEntitySelector(text: string): EntityExpression | FilterProblem {
  if (text.length > SELECTOR_LENGTH_MAX) {
    return filterProblem(`It has more than ${SELECTOR_LENGTH_MAX} characters`, SELECTOR_LENGTH_MAX);
  }
  const expression = parseFilterExpression(text);
  if (expression.kind === 'problem' || expression.kind === 'service' || expression.kind === 'edge') return expression;
  return filterProblem('Expected one service(), edge() or id()', 0);
}

/** `summary`: of the same trace. A keyword that has several values fits when one of them does. */
export function matchesFilter(expression: FilterExpression, trace: Trace, summary: TraceSummary): boolean {
  // Made when they are asked for: most expressions ask for nothing that the summary does not have.
  const requests = once(() => servedRequests(trace));
  const accountIds = once(() => accountIdsOf(summary));
  const accountIdOf = (node: ServiceNode) => accountIds().get(keyOf(node));
  return holds(expression, traceSubject(summary, requests), { requests, accountIdOf });
}

/** By the keys of services. The account that no document tells was told to whoever made the summary. */
function accountIdsOf({ ServiceIds = [] }: TraceSummary): ReadonlyMap<string, string | undefined> {
  return new Map(ServiceIds.map(({ Name = '', Type = '', AccountId }) => [keyOf({ name: Name, type: Type }), AccountId]));
}

function once<Value extends object>(make: () => Value): () => Value {
  let made: Value | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/** What the entities of an expression are looked for in. */
export interface EntityScope {
  /** All of the trace. */
  requests(): readonly ServedRequest[];
  accountIdOf(node: ServiceNode): string | undefined;
}

/** Whether a request is one of the service or connection; for a connection the caller's view of it counts. */
export function isOfEntity(entity: EntityExpression, request: ServedRequest, { requests, accountIdOf }: EntityScope): boolean {
  const { node, caller } = request;
  if (entity.kind === 'service') {
    if (!isSelected(node, entity.service, accountIdOf)) return false;
  } else {
    if (caller === undefined || !isSelected(node, entity.target, accountIdOf)) return false;
    if (!isSelected(caller.node, entity.source, accountIdOf)) return false;
  }
  // Braces hold no further services or edges: nothing is looked up below.
  return entity.filter === undefined || holds(entity.filter, requestSubject(request, entity.kind, requests()), undefined);
}

function holds(expression: FilterExpression, subject: FilterSubject, scope: EntityScope | undefined): boolean {
  switch (expression.kind) {
    case 'flag':
      return subject.flag(expression.keyword) === expression.value;
    case 'number': {
      const value = subject.number(expression.keyword);
      return value !== undefined && (expression.comparison === undefined || compareNumber(value, expression.comparison));
    }
    case 'text': {
      const { comparison } = expression;
      return subject.texts(expression.keyword).some((value) => comparison === undefined || compareText(value, comparison));
    }
    case 'annotation':
      return subject.annotations(expression.key).some((value) => fitsAnnotation(value, expression.condition));
    case 'service':
    case 'edge':
      return scope?.requests().some((request) => isOfEntity(expression, request, scope)) ?? false;
    case 'not':
      return !holds(expression.expression, subject, scope);
    case 'and':
      return expression.expressions.every((each) => holds(each, subject, scope));
    case 'or':
      return expression.expressions.some((each) => holds(each, subject, scope));
  }
}

/** AWS: a boolean that is not compared must be true to fit. Seen: developer guide, Complex keyword operators. */
function fitsAnnotation(value: AnnotationScalar, condition: AnnotationCondition): boolean {
  switch (condition.type) {
    case 'set':
      return value !== false;
    case 'number':
      return typeof value === 'number' && compareNumber(value, condition);
    case 'text':
      return typeof value === 'string' && compareText(value, condition);
    case 'boolean':
      return value === condition.value;
  }
}

function compareNumber(left: number, { operator, value }: NumberComparison): boolean {
  switch (operator) {
    case '=':
      return left === value;
    case '!=':
      return left !== value;
    case '<':
      return left < value;
    case '<=':
      return left <= value;
    case '>':
      return left > value;
    case '>=':
      return left >= value;
  }
}

function compareText(left: string, { operator, value }: TextComparison): boolean {
  switch (operator) {
    case '=':
      return left === value;
    case '!=':
      return left !== value;
    case 'contains':
      return left.includes(value);
    case 'beginswith':
      return left.startsWith(value);
    case 'endswith':
      return left.endsWith(value);
  }
}
