// From the tree of an expression to its value.

import assert from 'node:assert';
import type { MathExpression } from './expression.ts';
import { mathFunctions } from './functions.ts';
import type { Arguments, Parameter } from './math-function.ts';
import { type MathProblem, mathProblem } from './math-problem.ts';
import type { MathScope } from './math-scope.ts';
import { negate, operate } from './operators.ts';
import { listValue, type MathValue, POINTS_MAX, SERIES_MAX, scalarValue, seriesOf, type TimeSeries } from './values.ts';

const KIND_NAMES = { scalar: 'a scalar', series: 'a time series', list: 'an array of time series' } as const;

/** The value of an expression; `resultSeries` makes of it what a query answers. */
export function evaluateMath(expression: MathExpression, scope: MathScope): MathValue | MathProblem {
  return new Evaluation(scope).value(expression);
}

/** AWS: a query must end in one series or an array of them, never in a scalar. Seen: user guide, "Metric math syntax and functions". */
export function resultSeries(value: MathValue): readonly TimeSeries[] | MathProblem {
  return value.kind === 'scalar'
    ? mathProblem('The result is a scalar; it must be a time series or an array of time series', 0)
    : seriesOf(value);
}

class Evaluation {
  readonly #scope: MathScope;
  #points = 0;

  constructor(scope: MathScope) {
    this.#scope = scope;
  }

  value(node: MathExpression): MathValue | MathProblem {
    const value = this.#valueOf(node);
    if (value.kind === 'problem') return value;
    const list = seriesOf(value);
    if (list.length > SERIES_MAX) return mathProblem(`More than ${SERIES_MAX} time series`, node.at);
    for (const series of list) this.#points += series.times.length;
    return this.#points > POINTS_MAX
      ? mathProblem(`More than ${POINTS_MAX} data points are needed for the result`, node.at)
      : value;
  }

  #valueOf(node: MathExpression): MathValue | MathProblem {
    switch (node.kind) {
      case 'number':
        return scalarValue(node.value);
      case 'id':
        return this.#scope.valueOf(node.id) ?? mathProblem(`There is no metric or expression with the id ${node.id}`, node.at);
      case 'array':
        return this.#array(node.items);
      case 'negation': {
        const operand = this.value(node.operand);
        return operand.kind === 'problem' ? operand : negate(operand);
      }
      case 'operation': {
        const left = this.value(node.left);
        if (left.kind === 'problem') return left;
        const right = this.value(node.right);
        if (right.kind === 'problem') return right;
        const result = operate(node.operator, left, right);
        return typeof result === 'string' ? mathProblem(result, node.at) : result;
      }
      case 'metrics': {
        const { texts } = node;
        const metrics = this.#scope.metrics();
        return listValue(texts.length === 0 ? metrics : metrics.filter(({ id = '' }) => texts.some((text) => id.includes(text))));
      }
      case 'search':
        return listValue(this.#scope.search(node).slice(0, SERIES_MAX));
      case 'call':
        return this.#call(node);
    }
  }

  /** AWS: an array may stand in an array: [METRICS("4xx"), METRICS("5xx")]. Seen: user guide, "The METRICS() function". */
  #array(items: readonly MathExpression[]): MathValue | MathProblem {
    const list: TimeSeries[] = [];
    for (const item of items) {
      const value = this.value(item);
      if (value.kind === 'problem') return value;
      if (value.kind === 'scalar') return mathProblem('An array holds time series, not scalars', item.at);
      list.push(...seriesOf(value));
    }
    return listValue(list);
  }

  #call(node: Extract<MathExpression, { readonly kind: 'call' }>): MathValue | MathProblem {
    const called = mathFunctions.get(node.name);
    assert(called !== undefined);
    const given: Arguments[number][] = [];
    for (const [index, part] of node.parts.entries()) {
      const value = part.kind === 'keyword' ? part : this.value(part);
      if (value.kind === 'problem') return value;
      const { accepts } = called.parameters[index] as Parameter;
      if (value.kind !== 'keyword' && !accepts.includes(value.kind)) {
        const wanted = accepts.map((kind) => KIND_NAMES[kind]).join(' or ');
        return mathProblem(`${node.name}: argument ${index + 1} must be ${wanted}, not ${KIND_NAMES[value.kind]}`, part.at);
      }
      given.push(value);
    }
    const result = called.apply(given, this.#scope);
    return typeof result === 'string' ? mathProblem(`${node.name}: ${result}`, node.at) : result;
  }
}
