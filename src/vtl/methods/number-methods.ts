// java.lang.Integer, Long, Double, BigInteger and Boolean.

import {
  bigintOf,
  compareNumbers,
  doubleOf,
  equalValues,
  INT_MAX,
  INT_MIN,
  integerOf,
  isJsonNumber,
  JsonDouble,
  type JsonNumber,
  LONG_MAX,
  LONG_MIN,
  numberKind,
  numberText,
} from '../../json-path/json-value.ts';
import { parseNumber } from '../../json-path/parse-json.ts';
import type { Run } from '../run.ts';
import type { Value } from '../vtl-value.ts';
import { failed, type MethodTable, methodTable } from './method-table.ts';

/** Of every kind. */
const common = {
  'intValue()': (self: JsonNumber) => intOf(self),
  'shortValue()': (self: JsonNumber) => (intOf(self) << 16) >> 16,
  'byteValue()': (self: JsonNumber) => (intOf(self) << 24) >> 24,
  'longValue()': (self: JsonNumber) => BigInt.asIntN(64, self instanceof JsonDouble ? clamped(self.value) : bigintOf(self)),
  'doubleValue()': (self: JsonNumber) => new JsonDouble(doubleOf(self)),
  'floatValue()': (self: JsonNumber) => floatOf(doubleOf(self)),
  'toString()': (self: JsonNumber) => numberText(self),
  'equals(o)': (self: JsonNumber, [other]: Value[], run: Run) => equalValues(self, other, run),
  'compareTo(o)': (self: JsonNumber, [other]: Value[]) => Math.sign(compareNumbers(self, sameKind(self, other))),
};

// Static methods are called on an instance: Velocity finds them, too.

const integerMethods = methodTable<number>({
  ...common,
  'hashCode()': (self) => self,
  'parseInt(s)': (_self, [text]) => wholeOf(text, 10, INT_MIN, INT_MAX),
  'parseInt(si)': (_self, [text, radix]) => wholeOf(text, radix, INT_MIN, INT_MAX),
  'valueOf(s)': (_self, [text]) => wholeOf(text, 10, INT_MIN, INT_MAX),
  'valueOf(si)': (_self, [text, radix]) => wholeOf(text, radix, INT_MIN, INT_MAX),
  'valueOf(i)': (_self, [value]) => value,
  'toString(i)': (_self, [value]) => String(value),
  'toString(ii)': (_self, [value, radix]) => value.toString(radix >= 2 && radix <= 36 ? radix : 10),
  'toHexString(i)': (_self, [value]) => (value >>> 0).toString(16),
  'toBinaryString(i)': (_self, [value]) => (value >>> 0).toString(2),
  'toOctalString(i)': (_self, [value]) => (value >>> 0).toString(8),
  'max(ii)': (_self, [left, right]) => Math.max(left, right),
  'min(ii)': (_self, [left, right]) => Math.min(left, right),
  'sum(ii)': (_self, [left, right]) => (left + right) | 0,
  'signum(i)': (_self, [value]) => Math.sign(value),
  'compare(ii)': (_self, [left, right]) => Math.sign(left - right),
});

const longMethods = methodTable<bigint>({
  ...common,
  'hashCode()': (self) => Number(BigInt.asIntN(32, self ^ (BigInt.asUintN(64, self) >> 32n))),
  'parseLong(s)': (_self, [text]) => longOf(wholeOf(text, 10, LONG_MIN, LONG_MAX)),
  'valueOf(s)': (_self, [text]) => longOf(wholeOf(text, 10, LONG_MIN, LONG_MAX)),
  'valueOf(j)': (_self, [value]) => longOf(value),
  'toString(j)': (_self, [value]) => String(value),
  'toHexString(j)': (_self, [value]) => BigInt.asUintN(64, longOf(value)).toString(16),
  'toBinaryString(j)': (_self, [value]) => BigInt.asUintN(64, longOf(value)).toString(2),
  'max(jj)': (_self, [left, right]) => longOf(compareNumbers(left, right) >= 0 ? left : right),
  'min(jj)': (_self, [left, right]) => longOf(compareNumbers(left, right) <= 0 ? left : right),
  'sum(jj)': (_self, [left, right]) => BigInt.asIntN(64, longOf(left) + longOf(right)),
  'signum(j)': (_self, [value]) => Math.sign(compareNumbers(value, 0)),
  'compare(jj)': (_self, [left, right]) => Math.sign(compareNumbers(left, right)),
});

const doubleMethods = methodTable<JsonDouble>({
  ...common,
  'hashCode()': (self) => doubleHash(self.value),
  'isNaN()': (self) => Number.isNaN(self.value),
  'isNaN(d)': (_self, [value]) => Number.isNaN(doubleOf(value)),
  'isInfinite()': (self) => Math.abs(self.value) === Number.POSITIVE_INFINITY,
  'isInfinite(d)': (_self, [value]) => Math.abs(doubleOf(value)) === Number.POSITIVE_INFINITY,
  'isFinite(d)': (_self, [value]) => Number.isFinite(doubleOf(value)),
  'parseDouble(s)': (_self, [text]) => fractionOf(text),
  'valueOf(s)': (_self, [text]) => fractionOf(text),
  'valueOf(d)': (_self, [value]) => new JsonDouble(doubleOf(value)),
  'toString(d)': (_self, [value]) => numberText(new JsonDouble(doubleOf(value))),
  'max(dd)': (_self, [left, right]) => new JsonDouble(Math.max(doubleOf(left), doubleOf(right))),
  'min(dd)': (_self, [left, right]) => new JsonDouble(Math.min(doubleOf(left), doubleOf(right))),
  'sum(dd)': (_self, [left, right]) => new JsonDouble(doubleOf(left) + doubleOf(right)),
  'compare(dd)': (_self, [left, right]) => Math.sign(compareNumbers(left, right)),
});

const bigMethods = methodTable<JsonNumber>({
  ...common,
  'signum()': (self) => Math.sign(compareNumbers(self, 0)),
});

export function numberMethodsOf(value: JsonNumber): MethodTable {
  if (typeof value === 'number') return integerMethods;
  if (typeof value === 'bigint') return longMethods;
  return value instanceof JsonDouble ? doubleMethods : bigMethods;
}

/** Java's narrowing: a double stops at the ends, a whole number wraps around. */
export function intOf(value: JsonNumber): number {
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

/** Java casts the other one. */
function sameKind(self: JsonNumber, other: Value): JsonNumber {
  if (!isJsonNumber(other) || numberKind(self) !== numberKind(other)) {
    throw failed(`A ${numberKind(self)} is compared with another ${numberKind(self)} only.`);
  }
  return other;
}

/** A float prints the fewest digits that tell it from the floats beside it. */
function floatOf(value: number): JsonDouble {
  const float = Math.fround(value);
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(float.toPrecision(digits));
    if (Math.fround(short) === float) return new JsonDouble(float, numberText(new JsonDouble(short)));
  }
  return new JsonDouble(float);
}

function doubleHash(value: number): number {
  const bytes = new DataView(new ArrayBuffer(8));
  bytes.setFloat64(0, value);
  return bytes.getInt32(0) ^ bytes.getInt32(4);
}

function longOf(value: JsonNumber): bigint {
  return bigintOf(value);
}

function wholeOf(text: string, radix: number, min: number | bigint, max: number | bigint): JsonNumber {
  const value = digitsOf(text, radix);
  if (value === undefined || value < min || value > max) throw failed(`For input string: ${JSON.stringify(text.slice(0, 60))}`);
  return integerOf(value);
}

/** Undefined for a text that is no whole number of this radix. */
function digitsOf(text: string, radix: number): bigint | undefined {
  const sign = text.startsWith('-') || text.startsWith('+') ? 1 : 0;
  if (text.length === sign || text.length > 80 || !(radix >= 2 && radix <= 36)) return undefined;
  let value = 0n;
  for (const letter of text.slice(sign)) {
    const digit = /[0-9a-zA-Z]/.test(letter) ? Number.parseInt(letter, 36) : 36;
    if (digit >= radix) return undefined;
    value = value * BigInt(radix) + BigInt(digit);
  }
  return text.startsWith('-') ? -value : value;
}

function fractionOf(text: string): JsonDouble {
  const value = parseNumber(text.trim().replace(/^\+/, ''));
  if (value === undefined) throw failed(`For input string: ${JSON.stringify(text.slice(0, 60))}`);
  return new JsonDouble(doubleOf(value));
}

export const booleanMethods = methodTable<boolean>({
  'booleanValue()': (self) => self,
  'toString()': (self) => String(self),
  'equals(o)': (self, [other]) => self === other,
  'compareTo(o)': (self, [other]) => {
    if (typeof other !== 'boolean') throw failed('A Boolean is compared with another Boolean only.');
    return Number(self) - Number(other);
  },
  'compare(bb)': (_self, [left, right]) => Number(left) - Number(right),
  'toString(b)': (_self, [value]) => String(value),
  'logicalAnd(bb)': (_self, [left, right]) => left && right,
  'logicalOr(bb)': (_self, [left, right]) => left || right,
  'logicalXor(bb)': (_self, [left, right]) => left !== right,
  'hashCode()': (self) => (self ? 1231 : 1237),
  'parseBoolean(s)': (_self, [text]) => text.toLowerCase() === 'true',
  'valueOf(s)': (_self, [text]) => text.toLowerCase() === 'true',
  'valueOf(b)': (_self, [value]) => value,
});
