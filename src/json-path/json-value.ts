// A JSON document with the kinds of number that Java keeps apart, because paths and templates print and divide by them.
//
// Integer is a JavaScript number, Long a bigint; Double and BigInteger are classes. An object is a Map, so `__proto__` and
// `constructor` are keys like any other.

import type { Spender } from './counted-work.ts';

export type JsonValue = null | boolean | string | JsonNumber | JsonValue[] | JsonObject;

export type JsonNumber = number | bigint | JsonDouble | JsonBigInteger;

export type JsonObject = Map<unknown, JsonValue>;

export class JsonDouble {
  readonly value: number;
  /** The digits as they were written, for a number that a double cannot hold; they are printed again. */
  readonly digits: string | undefined;

  constructor(value: number, digits?: string) {
    this.value = value;
    this.digits = digits;
  }
}

export class JsonBigInteger {
  readonly value: bigint;

  constructor(value: bigint) {
    this.value = value;
  }
}

export const INT_MAX = 2_147_483_647;
export const INT_MIN = -2_147_483_648;
export const LONG_MAX = 9_223_372_036_854_775_807n;
export const LONG_MIN = -9_223_372_036_854_775_808n;

export function isJsonNumber(value: unknown): value is JsonNumber {
  return typeof value === 'number' || typeof value === 'bigint' || value instanceof JsonDouble || value instanceof JsonBigInteger;
}

/** The smallest kind that holds it. */
export function integerOf(value: bigint): JsonNumber {
  if (value >= -2_147_483_648n && value <= 2_147_483_647n) return Number(value);
  return value >= LONG_MIN && value <= LONG_MAX ? value : new JsonBigInteger(value);
}

export function doubleOf(value: JsonNumber): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  return value instanceof JsonDouble ? value.value : Number(value.value);
}

/** Less than, equal or greater than 0; NaN when one of them is not a number. */
export function compareNumbers(left: JsonNumber, right: JsonNumber): number {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  if (left instanceof JsonDouble || right instanceof JsonDouble) {
    const difference = doubleOf(left) - doubleOf(right);
    return Number.isNaN(difference) && doubleOf(left) === doubleOf(right) ? 0 : difference;
  }
  const a = bigintOf(left);
  const b = bigintOf(right);
  return a === b ? 0 : a < b ? -1 : 1;
}

/** Of a whole number; a double is cut. */
export function bigintOf(value: JsonNumber): bigint {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number') return BigInt(value);
  if (value instanceof JsonBigInteger) return value.value;
  return Number.isFinite(value.value) ? BigInt(Math.trunc(value.value)) : 0n;
}

/** As Java prints it. */
export function numberText(value: JsonNumber): string {
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  if (value instanceof JsonBigInteger) return String(value.value);
  return value.digits ?? doubleText(value.value);
}

/** Java's Double.toString: always with a point, scientific below 0.001 and from 10,000,000. */
function doubleText(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value < 0 ? '-Infinity' : 'Infinity';
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0';
  const size = Math.abs(value);
  if (size >= 0.001 && size < 10_000_000) {
    const text = String(value);
    return text.includes('.') ? text : `${text}.0`;
  }
  const [mantissa = '', exponent = ''] = value.toExponential().split('e');
  return `${mantissa.includes('.') ? mantissa : `${mantissa}.0`}E${exponent.replace('+', '')}`;
}

/**
 * Equal as Java's equals: same kind of number, same elements in the same order, same keys. Gives up below `depth`. A template
 * can build a value that is small and long to walk, so `spender` is told of every step.
 */
export function equalValues(left: unknown, right: unknown, spender: Spender, depth = 64): boolean {
  if (left === right) return true;
  spender.step(1);
  if (isJsonNumber(left) && isJsonNumber(right)) {
    return numberKind(left) === numberKind(right) && compareNumbers(left, right) === 0;
  }
  if (depth === 0) return false;
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((item, index) => equalValues(item, right[index], spender, depth - 1));
  }
  if (left instanceof Map && right instanceof Map) {
    if (left.size !== right.size) return false;
    for (const [key, value] of left) {
      if (!right.has(key) || !equalValues(value, right.get(key), spender, depth - 1)) return false;
    }
    return true;
  }
  return false;
}

export function numberKind(value: JsonNumber): 'Integer' | 'Long' | 'Double' | 'BigInteger' {
  if (typeof value === 'number') return 'Integer';
  if (typeof value === 'bigint') return 'Long';
  return value instanceof JsonDouble ? 'Double' : 'BigInteger';
}
