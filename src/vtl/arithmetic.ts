// Numbers as Velocity 1.7 adds, divides and compares them: the wider kind of the two, wider still where it overflows.

import {
  bigintOf,
  compareNumbers,
  doubleOf,
  integerOf,
  isJsonNumber,
  JsonBigInteger,
  JsonDouble,
  type JsonNumber,
  LONG_MAX,
  LONG_MIN,
} from '../json-path/json-value.ts';
import type { PrintGuard } from '../json-path/print-json.ts';
import { textOf } from './print-value.ts';
import { TemplateStop } from './template-fault.ts';
import { JavaList, type Value } from './vtl-value.ts';

export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%';

/** Null where Velocity logs an error and goes on with null. */
export function calculate(operator: ArithmeticOperator, left: Value, right: Value): Value {
  if (!isJsonNumber(left) || !isJsonNumber(right)) return null;
  if ((operator === '/' || operator === '%') && isZero(right)) return null;
  if (left instanceof JsonDouble || right instanceof JsonDouble) {
    return new JsonDouble(calculateDoubles(operator, doubleOf(left), doubleOf(right)));
  }
  if (typeof left === 'number' && typeof right === 'number') {
    const small = calculateIntegers(operator, left, right);
    if (small !== undefined) return small;
  }
  const value = calculateBigints(operator, bigintOf(left), bigintOf(right));
  if (left instanceof JsonBigInteger || right instanceof JsonBigInteger) return bounded(value);
  if (typeof left === 'bigint' || typeof right === 'bigint') {
    return value >= LONG_MIN && value <= LONG_MAX ? value : bounded(value);
  }
  return integerOf(value);
}

/** 4,000 bits are more than any amount; repeated squaring must end. */
function bounded(value: bigint): JsonBigInteger {
  if (value > BIG_MAX || value < -BIG_MAX) throw new TemplateStop('budget', 'A number has too many digits.', -1, 'size');
  return new JsonBigInteger(value);
}

const BIG_MAX = 1n << 4000n;

function isZero(value: JsonNumber): boolean {
  return compareNumbers(value, 0) === 0;
}

function calculateIntegers(operator: ArithmeticOperator, left: number, right: number): number | undefined {
  let value: number;
  switch (operator) {
    case '+':
      value = left + right;
      break;
    case '-':
      value = left - right;
      break;
    case '*':
      value = left * right;
      break;
    case '/':
      value = Math.trunc(left / right);
      break;
    case '%':
      value = left % right;
  }
  if (value > 2_147_483_647 || value < -2_147_483_648) return undefined;
  return value === 0 ? 0 : value;
}

function calculateDoubles(operator: ArithmeticOperator, left: number, right: number): number {
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return left / right;
    case '%':
      return left % right;
  }
}

function calculateBigints(operator: ArithmeticOperator, left: bigint, right: bigint): bigint {
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return left / right;
    case '%':
      return left % right;
  }
}

/** Undefined when the two have no order: Velocity logs an error and the condition is false. */
export function compareOrder(left: Value, right: Value): number | undefined {
  return isJsonNumber(left) && isJsonNumber(right) ? compareNumbers(left, right) : undefined;
}

/**
 * `==`: numbers by value, two of a kind by equals, anything else by its text.
 *
 * AWS: what `$input.path` does not find equals both `$null` and `""`. Seen: recorded comparisons.
 */
export function isEqual(left: Value, right: Value, nullIsEmpty: boolean, guard: PrintGuard): boolean {
  if (left === right) return true;
  const noLeft = left === null || left === undefined;
  const noRight = right === null || right === undefined;
  if (noLeft || noRight) return (noLeft && noRight) || (nullIsEmpty && (left === '' || right === ''));
  if (typeof left === 'string' && typeof right === 'string') return false;
  if (isJsonNumber(left) && isJsonNumber(right)) return compareNumbers(left, right) === 0;
  // Two lists or maps of JSON are equal as Java's, which is as their texts but for the kinds of list.
  if (left instanceof JavaList !== right instanceof JavaList && Array.isArray(left) && Array.isArray(right)) {
    return textOf(JavaList.from(left), guard) === textOf(JavaList.from(right), guard);
  }
  return textOf(left, guard) === textOf(right, guard);
}
