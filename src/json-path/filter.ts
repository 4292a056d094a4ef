// Filters of a path as functions. The rules of what equals what are Jayway's.

import { SafeRegex } from '../safe-regex/safe-regex.ts';
import { compileInnerPath, type InnerPath } from './compile-path.ts';
import { CountedWork } from './counted-work.ts';
import { compareNumbers, doubleOf, equalValues, isJsonNumber, type JsonValue, numberText } from './json-value.ts';
import { parseNumber } from './parse-json.ts';
import type { PathRun } from './path-run.ts';
import type { Filter, FilterOperand, FilterOperator } from './path-segment.ts';

export type Accepts = (model: JsonValue, run: PathRun) => boolean;

/** A value, undefined where a path found nothing, or a pattern. */
type Operand = JsonValue | undefined | SafeRegex;

export function compileFilter(filter: Filter): Accepts {
  switch (filter.kind) {
    case 'and': {
      const parts = filter.parts.map(compileFilter);
      return (model, run) => parts.every((part) => part(model, run));
    }
    case 'or': {
      const parts = filter.parts.map(compileFilter);
      return (model, run) => parts.some((part) => part(model, run));
    }
    case 'not': {
      const part = compileFilter(filter.part);
      return (model, run) => !part(model, run);
    }
    case 'exists': {
      const path = compileInnerPath(filter.path);
      return (model, run) => valueAt(path, model, run) !== undefined;
    }
    case 'compare': {
      const left = compileOperand(filter.left);
      const right = compileOperand(filter.right);
      const holds = comparisons[filter.operator];
      return (model, run) => {
        run.step();
        return holds(left(model, run), right(model, run), run);
      };
    }
  }
}

function compileOperand(operand: FilterOperand): (model: JsonValue, run: PathRun) => Operand {
  switch (operand.kind) {
    case 'literal':
      return () => operand.value;
    case 'pattern':
      return () => operand.pattern;
    case 'path': {
      const path = compileInnerPath(operand.path);
      return (model, run) => valueAt(path, model, run);
    }
  }
}

/** Undefined when nothing is there, whatever the reason; only a spent budget goes on. */
function valueAt(path: InnerPath, model: JsonValue, run: PathRun): JsonValue | undefined {
  try {
    const values = path.values(model, run);
    return path.definite ? values[0] : values;
  } catch (error) {
    if (run.stepsLeft < 0 || run.resultsLeft < 0) throw error;
    return undefined;
  }
}

const comparisons: Readonly<Record<FilterOperator, (left: Operand, right: Operand, run: PathRun) => boolean>> = {
  '==': isEqual,
  '!=': (left, right, run) => !isEqual(left, right, run),
  '===': (left, right, run) => isSameKind(left, right) && isEqual(left, right, run),
  '!==': (left, right, run) => !(isSameKind(left, right) && isEqual(left, right, run)),
  '<': (left, right) => order(left, right) < 0,
  '<=': (left, right) => order(left, right) <= 0,
  '>': (left, right) => order(left, right) > 0,
  '>=': (left, right) => order(left, right) >= 0,
  '=~': matches,
  matches,
  in: (left, right, run) => has(right, left, run),
  nin: (left, right, run) => Array.isArray(right) && !has(right, left, run),
  contains: (left, right, run) => {
    if (typeof left === 'string') return typeof right === 'string' && left.includes(right);
    return has(left, right, run);
  },
  all: (left, right, run) => Array.isArray(left) && Array.isArray(right) && right.every((item) => has(left, item, run)),
  anyof: (left, right, run) => Array.isArray(left) && left.some((item) => has(right, item, run)),
  noneof: (left, right, run) => Array.isArray(left) && Array.isArray(right) && !left.some((item) => has(right, item, run)),
  subsetof: (left, right, run) => Array.isArray(left) && left.every((item) => has(right, item, run)),
  size: (left, right) => {
    const size = sizeOf(left);
    return size !== undefined && isJsonNumber(right) && doubleOf(right) === size;
  },
  empty: (left, right) => typeof right === 'boolean' && sizeOf(left) !== undefined && (sizeOf(left) === 0) === right,
  exists: (left, right) => typeof right === 'boolean' && (left !== undefined) === right,
  type: (left, right) => typeof right === 'string' && typeName(left) === right,
};

function isEqual(left: Operand, right: Operand, run: PathRun): boolean {
  if (left === undefined || right === undefined) return false;
  if (left instanceof SafeRegex || right instanceof SafeRegex) return left === right;
  if (isJsonNumber(left)) {
    const other = typeof right === 'string' ? parseNumber(right) : right;
    return isJsonNumber(other) && compareNumbers(left, other) === 0;
  }
  if (typeof left === 'string' && isJsonNumber(right)) return left === numberText(right);
  return equalValues(left, right, run);
}

function isSameKind(left: Operand, right: Operand): boolean {
  return typeName(left) === typeName(right);
}

/** NaN, which is neither less nor greater, when the two have no order. */
function order(left: Operand, right: Operand): number {
  if (isJsonNumber(left) && isJsonNumber(right)) return compareNumbers(left, right);
  if (typeof left === 'string' && typeof right === 'string') return left === right ? 0 : left < right ? -1 : 1;
  return Number.NaN;
}

function matches(left: Operand, right: Operand, run: PathRun): boolean {
  const pattern = right instanceof SafeRegex ? right : left;
  const subject = right instanceof SafeRegex ? left : right;
  if (!(pattern instanceof SafeRegex) || subject instanceof SafeRegex) return false;
  if (typeof subject === 'string') return matchesWhole(pattern, subject, run);
  if (isJsonNumber(subject)) return matchesWhole(pattern, numberText(subject), run);
  if (typeof subject === 'boolean') return matchesWhole(pattern, String(subject), run);
  if (Array.isArray(subject)) return subject.every((item) => typeof item === 'string' && matchesWhole(pattern, item, run));
  return matchesWhole(pattern, '', run);
}

function matchesWhole(pattern: SafeRegex, text: string, run: PathRun): boolean {
  // What the automaton has read before costs it nothing, so the text is counted besides.
  run.step(1 + (text.length >> 4));
  return pattern.matches(text, new CountedWork(run));
}

function has(list: Operand, item: Operand, run: PathRun): boolean {
  if (!Array.isArray(list)) return false;
  run.step(list.length);
  return list.some((one) => isEqual(one, item, run));
}

function sizeOf(value: Operand): number | undefined {
  if (typeof value === 'string' || Array.isArray(value)) return value.length;
  return value instanceof Map ? value.size : undefined;
}

function typeName(value: Operand): string {
  if (value === undefined) return 'undefined';
  if (value === null) return 'null';
  if (isJsonNumber(value)) return 'number';
  if (typeof value === 'string' || typeof value === 'boolean') return typeof value;
  return value instanceof SafeRegex ? 'pattern' : 'json';
}
