// Numbers of JSON as they are written: compared and divided exactly, whatever their size, without ever writing out an exponent.

/** A number that JavaScript's would change: `1.0` (not an integer to draft-04), 12345678901234567890, 1e400. */
export class ExactNumber {
  readonly text: string;
  #decimal: Decimal | undefined;

  constructor(text: string) {
    this.text = text;
  }

  /** AWS: an integer is written without fraction and exponent. Seen: json-schema-validator's type of a JSON number token. */
  get isInteger(): boolean {
    return !/[.eE]/.test(this.text);
  }

  get decimal(): Decimal {
    this.#decimal ??= parseDecimal(this.text);
    return this.#decimal;
  }
}

export type JsonNumber = number | ExactNumber;

/** `sign` × `digits` × 10^`exponent`; the digits neither begin nor end with 0, and zero has none. */
export interface Decimal {
  readonly sign: -1 | 0 | 1;
  readonly digits: string;
  readonly exponent: number;
}

export function isJsonNumber(value: unknown): value is JsonNumber {
  return typeof value === 'number' || value instanceof ExactNumber;
}

export function numberText(value: JsonNumber): string {
  return typeof value === 'number' ? String(value) : value.text;
}

/** Below, at or above 0 as `a` is less than, equal to or greater than `b`. */
export function compareNumbers(a: JsonNumber, b: JsonNumber): number {
  // Literals of up to 15 digits keep their order as doubles.
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return compareDecimals(decimalOf(a), decimalOf(b));
}

/** Whether `value` divided by `divisor` leaves no remainder. */
export function isMultipleOf(value: JsonNumber, divisor: JsonNumber): boolean {
  if (typeof value === 'number' && typeof divisor === 'number') {
    if (Number.isSafeInteger(value) && Number.isSafeInteger(divisor)) return value % divisor === 0;
  }
  const a = decimalOf(value);
  const b = decimalOf(divisor);
  if (a.sign === 0) return true;
  if (b.sign === 0) return false;
  const power = a.exponent - b.exponent;
  // The digits do not end with 0, so nothing is left to divide by ten.
  if (power < 0) return false;
  const modulus = BigInt(b.digits);
  return ((BigInt(a.digits) % modulus) * powerOfTen(power, modulus)) % modulus === 0n;
}

/** Equal numbers have equal keys, however they are written. */
export function numberKey(value: JsonNumber): string {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value === 0 ? 0 : value);
  const { sign, digits, exponent } = decimalOf(value);
  if (sign === 0) return '0';
  if (exponent >= 0 && digits.length + exponent <= 15) return `${sign < 0 ? '-' : ''}${digits}${'0'.repeat(exponent)}`;
  return `${sign < 0 ? '-' : ''}${digits}e${exponent}`;
}

function decimalOf(value: JsonNumber): Decimal {
  return typeof value === 'number' ? parseDecimal(String(value)) : value.decimal;
}

function parseDecimal(text: string): Decimal {
  const [mantissa = '', power = '0'] = text.toLowerCase().split('e');
  const unsigned = mantissa.startsWith('-') ? mantissa.slice(1) : mantissa;
  const point = unsigned.indexOf('.');
  const all = point === -1 ? unsigned : unsigned.slice(0, point) + unsigned.slice(point + 1);
  let first = 0;
  while (all[first] === '0') first++;
  let end = all.length;
  while (end > first && all[end - 1] === '0') end--;
  if (first === end) return { sign: 0, digits: '', exponent: 0 };
  const fraction = point === -1 ? 0 : unsigned.length - point - 1;
  return {
    sign: mantissa.startsWith('-') ? -1 : 1,
    digits: all.slice(first, end),
    exponent: Number(power) - fraction + (all.length - end),
  };
}

function compareDecimals(a: Decimal, b: Decimal): number {
  if (a.sign !== b.sign) return a.sign - b.sign;
  if (a.sign === 0) return 0;
  const magnitude = a.digits.length + a.exponent - (b.digits.length + b.exponent);
  if (magnitude !== 0) return a.sign * magnitude;
  const length = Math.max(a.digits.length, b.digits.length);
  const [left, right] = [a.digits.padEnd(length, '0'), b.digits.padEnd(length, '0')];
  return left === right ? 0 : a.sign * (left < right ? -1 : 1);
}

function powerOfTen(power: number, modulus: bigint): bigint {
  let result = 1n % modulus;
  let base = 10n % modulus;
  for (let left = power; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) result = (result * base) % modulus;
    base = (base * base) % modulus;
  }
  return result;
}
