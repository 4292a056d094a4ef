// Expressions and references as functions.

import { isJsonNumber, type JsonObject, type JsonValue } from '../json-path/json-value.ts';
import { calculate, compareOrder, isEqual } from './arithmetic.ts';
import type { Scope } from './compile-scope.ts';
import { callMethod, getIndex, getProperty, setIndex, setProperty } from './members.ts';
import { type CallSite, failed } from './methods/method-table.ts';
import { intOf } from './methods/number-methods.ts';
import { textOf } from './print-value.ts';
import { BREAK, type Eval, type Run } from './run.ts';
import { TemplateStop } from './template-fault.ts';
import type { Expression, Link, Reference } from './template-node.ts';
import { JavaList, listOf, toElement, type Value } from './vtl-value.ts';

/** More are a mistake, or an attack. */
const RANGE_MAX = 100_000;

export function compileExpression(expression: Expression, scope: Scope): Eval {
  switch (expression.kind) {
    case 'literal': {
      const value = expression.value as Value;
      return () => value;
    }
    case 'interpolated':
      return compileInterpolated(expression, scope);
    case 'reference':
      return compileReference(expression.reference, scope);
    case 'list': {
      const items = expression.items.map((item) => compileExpression(item, scope));
      return (run) => {
        run.step(items.length);
        return listOf(items.map((item) => item(run)));
      };
    }
    case 'map': {
      const entries = expression.entries.map(
        ([key, value]) => [compileExpression(key, scope), compileExpression(value, scope)] as const,
      );
      return (run) => {
        run.step(entries.length);
        const map: JsonObject = new Map<unknown, JsonValue>();
        for (const [key, value] of entries) map.set(key(run) ?? null, toElement(value(run)));
        return map;
      };
    }
    case 'range':
      return compileRange(expression, scope, RANGE_MAX);
    case 'not': {
      const holds = compileCondition(expression.operand, scope);
      return (run) => !holds(run);
    }
    case 'binary':
      return compileBinary(expression, scope);
  }
}

function compileInterpolated(expression: Expression & { kind: 'interpolated' }, scope: Scope): Eval {
  const emit = scope.untraced(() => scope.compileBlock(expression.block, scope));
  return (run) => {
    const before = run.out;
    run.out = '';
    run.enter();
    try {
      if (emit(run) === BREAK) throw failed('#break inside a text in quotes is not supported.');
      return run.made(run.out);
    } finally {
      run.out = before;
      run.leave();
    }
  };
}

/** Both ends included; null unless both are numbers, of which their int counts. At most `max` items and one more. */
export function compileRange(expression: Expression & { kind: 'range' }, scope: Scope, max: number): Eval {
  const from = compileExpression(expression.from, scope);
  const to = compileExpression(expression.to, scope);
  const { offset } = expression;
  return (run) => {
    const first = from(run);
    const last = to(run);
    if (!isJsonNumber(first) || !isJsonNumber(last)) return null;
    const start = typeof first === 'number' ? first : intOf(first);
    const end = typeof last === 'number' ? last : intOf(last);
    const size = Math.abs(end - start) + 1;
    if (size > max && max === RANGE_MAX) {
      throw new TemplateStop('budget', `A range of more than ${RANGE_MAX} numbers.`, offset, 'size');
    }
    const count = Math.min(size, max + 1);
    run.step(count);
    const list = new JavaList();
    for (let index = 0; index < count; index++) list.push(start <= end ? start + index : start - index);
    return list;
  };
}

function compileBinary(expression: Expression & { kind: 'binary' }, scope: Scope): Eval {
  const { operator } = expression;
  if (operator === 'and' || operator === 'or') {
    const left = compileCondition(expression.left, scope);
    const right = compileCondition(expression.right, scope);
    return operator === 'and' ? (run) => left(run) && right(run) : (run) => left(run) || right(run);
  }
  const left = compileExpression(expression.left, scope);
  const right = compileExpression(expression.right, scope);
  switch (operator) {
    case '==':
      return (run) => isEqual(left(run), right(run), scope.nullIsEmpty, run);
    case '!=':
      return (run) => !isEqual(left(run), right(run), scope.nullIsEmpty, run);
    case '<':
      return (run) => (compareOrder(left(run), right(run)) ?? 0) < 0;
    case '>':
      return (run) => (compareOrder(left(run), right(run)) ?? 0) > 0;
    case '<=':
      return (run) => (compareOrder(left(run), right(run)) ?? 1) <= 0;
    case '>=':
      return (run) => (compareOrder(left(run), right(run)) ?? -1) >= 0;
    case '+': {
      const noLeft = scope.unresolved(expression.left.source);
      const noRight = scope.unresolved(expression.right.source);
      return (run) => {
        const one = left(run);
        const other = right(run);
        if (typeof one !== 'string' && typeof other !== 'string') return calculate('+', one, other);
        return run.made((one == null ? noLeft : textOf(one, run)) + (other == null ? noRight : textOf(other, run)));
      };
    }
    default:
      return (run) => calculate(operator, left(run), right(run));
  }
}

/**
 * A condition is not the truth of a value: only references, comparisons and truth values hold; `#if("x")` does not. An
 * empty text behind a reference holds, as in Velocity 1.7.
 */
export function compileCondition(expression: Expression, scope: Scope): (run: Run) => boolean {
  switch (expression.kind) {
    case 'reference': {
      const value = compileReference(expression.reference, scope);
      return (run) => {
        const found = value(run);
        return found !== null && found !== undefined && found !== false;
      };
    }
    case 'literal': {
      const { value } = expression;
      return () => value === true;
    }
    case 'not':
    case 'binary': {
      if (expression.kind === 'binary' && '+-*/%'.includes(expression.operator)) return () => false;
      return compileExpression(expression, scope) as (run: Run) => boolean;
    }
    default:
      return () => false;
  }
}

export function compileReference(reference: Reference, scope: Scope): Eval {
  if (reference.runt) return () => null;
  const slot = scope.slotOf(reference.root);
  const { links } = reference;
  const [first, second] = links;
  let value: Eval;
  let compiled = 0;
  // `$context.identity.sourceIp`: most of what templates print, as one function.
  if (first?.kind === 'property' && second?.kind === 'property') {
    value = compileNames(slot, first, second);
    compiled = 2;
  } else value = (run) => (run.frame === undefined ? run.slots[slot] : run.get(slot));
  for (const link of links.slice(compiled)) value = compileLink(value, link, scope);
  return value;
}

type PropertyLink = Link & { readonly kind: 'property' };

function compileNames(slot: number, { name, offset }: PropertyLink, second: PropertyLink): Eval {
  const { name: secondName, offset: secondOffset } = second;
  return (run) => {
    const root = run.frame === undefined ? run.slots[slot] : run.get(slot);
    run.at = offset;
    const value = getProperty(root, name, run);
    run.at = secondOffset;
    return getProperty(value, secondName, run);
  };
}

function compileLink(of: Eval, link: Link, scope: Scope): Eval {
  const { offset } = link;
  switch (link.kind) {
    case 'property': {
      const { name } = link;
      return (run) => {
        const value = of(run);
        run.at = offset;
        return getProperty(value, name, run);
      };
    }
    case 'index': {
      const index = compileExpression(link.index, scope);
      return (run) => {
        const value = of(run);
        if (value === null || value === undefined) return undefined;
        const key = index(run);
        run.at = offset;
        return getIndex(value, key, run);
      };
    }
    case 'method': {
      const site: CallSite = { name: link.name, table: undefined, overloads: undefined };
      const args = link.arguments.map((argument) => compileExpression(argument, scope));
      const [first] = args;
      if (first !== undefined && args.length === 1) {
        return (run) => {
          const value = of(run);
          if (value === null || value === undefined) return undefined;
          const argument = first(run);
          run.at = offset;
          return callMethod(value, site, [argument], run);
        };
      }
      return (run) => {
        const value = of(run);
        if (value === null || value === undefined) return undefined;
        const given: Value[] = [];
        for (const arg of args) given.push(arg(run));
        run.at = offset;
        return callMethod(value, site, given, run);
      };
    }
  }
}

/** `#set($x… = value)`. Null is not assigned to a variable, and neither to what is not there. */
export function compileAssignment(target: Reference, scope: Scope): (run: Run, value: Value) => void {
  const last = target.links.at(-1);
  if (last === undefined || target.runt) {
    const slot = scope.slotOf(target.root);
    return (run, value) => {
      if (value !== null && value !== undefined && !target.runt) run.set(slot, value);
    };
  }
  const owner = compileReference({ ...target, links: target.links.slice(0, -1) }, scope);
  if (last.kind === 'method') return () => {};
  if (last.kind === 'property') {
    return (run, value) => {
      if (value !== null && value !== undefined) setProperty(owner(run), last.name, value);
    };
  }
  const index = compileExpression(last.index, scope);
  return (run, value) => {
    if (value === null || value === undefined) return;
    const of = owner(run);
    const key = index(run);
    run.at = last.offset;
    setIndex(of, key, value);
  };
}
