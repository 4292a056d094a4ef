// java.lang.Integer, Long, Double, BigInteger and Boolean.

import {
  bigintOf,
  compareNumbers,
  doubleOf,
  equalValues,
  integerOf,
  JsonBigInteger,
  JsonDouble,
  type JsonNumber,
  LONG_MAX,
  LONG_MIN,
  numberKind,
  numberText,
} from '../../json-path/json-value.ts';
import { parseNumber } from '../../json-path/parse-json.ts';
import type { Value } from '../vtl-value.ts';
import { failed, methodTable } from './method-table.ts';
import { hashOf } from './string-methods.ts';

export const numberMethods = methodTable<JsonNumber>({
  'intValue()': (self) => intOf(self),
  'shortValue()': (self) => (intOf(self) << 16) >> 16,
  'byteValue()': (self) => (intOf(self) << 24) >> 24,
  'longValue()': (self) => BigInt.asIntN(64, self instanceof JsonDouble ? clamped(self.value) : bigintOf(self)),
  'doubleValue()': (self) => new JsonDouble(doubleOf(self)),
  'floatValue()': (self) => new JsonDouble(Math.fround(doubleOf(self))),
  'toString()': (self) => numberText(self),
  'equals(o)': (self, [other], run) => equalValues(self, other, run),
  'compareTo(n)': (self, [other]) => sameKind(self, other) && Math.sign(compareNumbers(self, other)),
  'hashCode()': (self) => (typeof self === 'number' ? self : hashOf(numberText(self))),
  'isNaN()': (self) => (self instanceof JsonDouble ? Number.isNaN(self.value) : undefined),
  'isInfinite()': (self) => (self instanceof JsonDouble ? !Number.isFinite(self.value) && !Number.isNaN(self.value) : undefined),
  // Static methods, which Velocity calls on an instance.
  'parseInt(s)': (_self, [text]) => wholeOf(text, -2_147_483_648n, 2_147_483_647n),
  'parseLong(s)': (_self, [text]) => BigInt(bigintOf(wholeOf(text, LONG_MIN, LONG_MAX))),
  'parseDouble(s)': (_self, [text]) => fractionOf(text),
  'valueOf(s)': (self, [text]) => ofKind(self, text),
  'valueOf(n)': (_self, [value]) => value,
  'toString(n)': (_self, [value]) => numberText(value),
  'toHexString(i)': (_self, [value]) => (value >>> 0).toString(16),
  'toBinaryString(i)': (_self, [value]) => (value >>> 0).toString(2),
  'toOctalString(i)': (_self, [value]) => (value >>> 0).toString(8),
  'max(nn)': (_self, [left, right]) => (compareNumbers(left, right) >= 0 ? left : right),
  'min(nn)': (_self, [left, right]) => (compareNumbers(left, right) <= 0 ? left : right),
  'sum(nn)': (self, [left, right]) =>
    self instanceof JsonDouble ? new JsonDouble(doubleOf(left) + doubleOf(right)) : wrapped(self, left, right),
  'compare(nn)': (_self, [left, right]) => Math.sign(compareNumbers(left, right)),
});

/** Java's narrowing: a double stops at the ends, a whole number wraps around. */
function intOf(value: JsonNumber): number {
  if (typeof value === 'number') return value;
  if (value instanceof JsonDouble) {
    if (Number.isNaN(value.value)) return 0;
    return Math.trunc(Math.max(-2_147_483_648, Math.min(2_147_483_647, value.value))) + 0;
  }
  return Number(BigInt.asIntN(32, bigintOf(value)));
}

function clamped(value: number): bigint {
  if (Number.isNaN(value)) return 0n;
  if (value >= 9.223372036854776e18) return LONG_MAX;
  return value <= -9.223372036854776e18 ? LONG_MIN : BigInt(Math.trunc(value));
}

function sameKind(left: JsonNumber, right: JsonNumber): true {
  if (numberKind(left) !== numberKind(right)) throw failed(`${numberKind(left)} and ${numberKind(right)} cannot be compared.`);
  return true;
}

function wholeOf(text: string, min: bigint, max: bigint): JsonNumber {
  const value = /^[+-]?[0-9]{1,40}$/.test(text) ? BigInt(text.replace('+', '')) : undefined;
  if (value === undefined || value < min || value > max) throw failed(`For input string: ${JSON.stringify(text.slice(0, 60))}`);
  return integerOf(value);
}

function fractionOf(text: string): JsonDouble {
  const value = parseNumber(text.trim().replace(/^\+/, ''));
  if (value === undefined) throw failed(`For input string: ${JSON.stringify(text.slice(0, 60))}`);
  return new JsonDouble(doubleOf(value));
}

function ofKind(self: JsonNumber, text: string): Value {
  if (self instanceof JsonDouble) return fractionOf(text);
  if (typeof self === 'bigint') return bigintOf(wholeOf(text, LONG_MIN, LONG_MAX));
  if (self instanceof JsonBigInteger) return undefined;
  return wholeOf(text, -2_147_483_648n, 2_147_483_647n);
}

function wrapped(self: JsonNumber, left: JsonNumber, right: JsonNumber): JsonNumber {
  const sum = bigintOf(left) + bigintOf(right);
  return typeof self === 'number' ? Number(BigInt.asIntN(32, sum)) : BigInt.asIntN(64, sum);
}

export const booleanMethods = methodTable<boolean>({
  'booleanValue()': (self) => self,
  'toString()': (self) => String(self),
  'equals(o)': (self, [other]) => self === other,
  'compareTo(b)': (self, [other]) => Number(self) - Number(other),
  'hashCode()': (self) => (self ? 1231 : 1237),
  'parseBoolean(s)': (_self, [text]) => text.toLowerCase() === 'true',
  'valueOf(s)': (_self, [text]) => text.toLowerCase() === 'true',
  'valueOf(b)': (_self, [value]) => value,
});
