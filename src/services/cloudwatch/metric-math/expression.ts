// The tree of an expression, and what it depends on.

import type { SearchExpression } from './search-expression.ts';

export type MathOperator = '||' | '&&' | '==' | '!=' | '<' | '<=' | '>' | '>=' | '+' | '-' | '*' | '/' | '^';

/** A word that is no value: `REPEAT`, `DESC`, the function `SORT` sorts by. */
export interface MathKeyword {
  readonly kind: 'keyword';
  readonly word: string;
  readonly at: number;
}

/** One SEARCH of an expression. */
export interface MathSearch {
  readonly search: SearchExpression;
  /** As written: `Average`, `p99`. Whether there is such a statistic is the caller's to say. */
  readonly statistic: string;
  /** Seconds; undefined: the period of the expression. */
  readonly period: number | undefined;
}

/** `at` is where in the text the part begins (an operator: where the operator is), characters counted from 0. */
export type MathExpression = { readonly at: number } & (
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'id'; readonly id: string }
  | { readonly kind: 'array'; readonly items: readonly MathExpression[] }
  | { readonly kind: 'negation'; readonly operand: MathExpression }
  | {
      readonly kind: 'operation';
      readonly operator: MathOperator;
      readonly left: MathExpression;
      readonly right: MathExpression;
    }
  | { readonly kind: 'call'; readonly name: string; readonly parts: readonly (MathExpression | MathKeyword)[] }
  /** The metrics whose id contains one of the texts; all of them when there is no text. */
  | { readonly kind: 'metrics'; readonly texts: readonly string[] }
  | ({ readonly kind: 'search' } & MathSearch)
);

export interface MathReferences {
  /** Ids of the queries the expression names. */
  readonly ids: ReadonlySet<string>;
  /** Whether it may use any metric query of the request (`METRICS`). */
  readonly allMetrics: boolean;
  /**
   * The same objects that `MathScope.search` is asked for, so that they can be looked up before the evaluation.
   * AWS: an alarm cannot watch an expression that has any. Seen: user guide, table of functions.
   */
  readonly searches: readonly MathSearch[];
}

/** What an expression needs before it can be evaluated: callers order queries by it and find cycles. */
export function referencedIds(expression: MathExpression): MathReferences {
  const ids = new Set<string>();
  let allMetrics = false;
  const searches: MathSearch[] = [];
  const waiting: (MathExpression | MathKeyword)[] = [expression];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (node.kind === 'id') ids.add(node.id);
    else if (node.kind === 'metrics') allMetrics = true;
    else if (node.kind === 'search') searches.push(node);
    else if (node.kind === 'array') waiting.push(...node.items);
    else if (node.kind === 'negation') waiting.push(node.operand);
    else if (node.kind === 'operation') waiting.push(node.left, node.right);
    else if (node.kind === 'call') waiting.push(...node.parts);
  }
  return { ids, allMetrics, searches };
}
