// String.format, as Java's Formatter writes texts, numbers, truth values and characters. Dates (%t), hash codes (%h) and hexadecimal
// fractions (%a) are refused by name.

import { bigintOf, isJsonNumber, JsonBigInteger, JsonDouble, type JsonNumber, numberText } from '../../json-path/json-value.ts';
import { textOf } from '../print-value.ts';
import type { Run } from '../run.ts';
import { JavaCharacter, type Value } from '../vtl-value.ts';
import { failed } from './method-table.ts';

interface Specifier {
  /** As written, for faults. */
  readonly source: string;
  readonly flags: string;
  readonly width: number;
  /** -1 when there is none. */
  readonly precision: number;
  readonly conversion: string;
}

// `%[index$ or <][flags][width][.precision]conversion`; no two of its parts can take the same character in two ways.
const specifier = /%(?:([0-9]{1,9})\$)?([-#+ 0,(<]*)([0-9]{1,9})?(?:\.([0-9]{1,9}))?(.?)/gs;

/** Fails as Java throws: for a flag or a precision that a conversion has not, and for an argument of another kind. */
export function javaFormat(format: string, args: readonly Value[], run: Run): string {
  let next = 0;
  let last = -1;
  let length = 0;
  const noArguments = args.length === 1 && (args[0] === null || args[0] === undefined);
  return format.replace(specifier, (source, index, flags: string, width, precision, conversion: string) => {
    const spec = {
      source,
      flags: flags.replace('<', ''),
      width: width === undefined ? 0 : Number(width),
      precision: precision === undefined ? -1 : Number(precision),
      conversion,
    };
    checkFlags(spec);
    let text: string;
    if (conversion === '%' || conversion === 'n') text = conversion === '%' ? '%' : '\n';
    else {
      last = flags.includes('<') ? last : index === undefined ? next++ : Number(index) - 1;
      // A null alone is taken for the whole list of arguments, and each of them is null then.
      if (last < 0 || (last >= args.length && !noArguments)) throw failed(`Format specifier '${source}'`);
      if (Math.max(spec.width, spec.precision) > run.limits.outputBytesMax) run.tooLong();
      text = converted(spec, args[last], run);
    }
    length += Math.max(text.length, spec.width);
    if (length > run.limits.outputBytesMax) run.tooLong();
    if (conversion === conversion.toUpperCase()) text = text.toUpperCase();
    return spec.flags.includes('-') ? text.padEnd(spec.width) : text.padStart(spec.width);
  });
}

/** Which flags, and whether a precision, each conversion takes. */
const allowed: ReadonlyMap<string, { readonly flags: string; readonly precision: boolean }> = new Map([
  ['b', { flags: '-', precision: true }],
  ['s', { flags: '-', precision: true }],
  ['c', { flags: '-', precision: false }],
  ['d', { flags: '-+ 0,(', precision: false }],
  ['o', { flags: '-#+ 0(', precision: false }],
  ['x', { flags: '-#+ 0(', precision: false }],
  ['e', { flags: '-#+ 0(', precision: true }],
  ['f', { flags: '-#+ 0,(', precision: true }],
  ['g', { flags: '-+ 0,(', precision: true }],
  ['%', { flags: '-', precision: false }],
  ['n', { flags: '', precision: false }],
]);

function checkFlags({ source, flags, width, precision, conversion }: Specifier): void {
  const lower = 'BSCXEG'.includes(conversion) ? conversion.toLowerCase() : conversion;
  const takes = allowed.get(lower);
  if (takes === undefined) throw failed(`The conversion %${conversion} is not supported.`);
  if (precision >= 0 && !takes.precision) throw failed(`${source} has no precision.`);
  if (conversion === 'n' && width > 0) throw failed(`${source} has no width.`);
  for (const [at, flag] of [...flags].entries()) {
    if (!takes.flags.includes(flag)) throw failed(`${source} has no flag '${flag}'.`);
    if (flags.indexOf(flag) !== at) throw failed(`The flag '${flag}' of ${source} is there twice.`);
  }
  if (width === 0 && /[-0]/.test(flags)) throw failed(`${source} needs a width.`);
  if ((flags.includes('-') && flags.includes('0')) || (flags.includes('+') && flags.includes(' '))) {
    throw failed(`Two flags of ${source} exclude each other.`);
  }
}

function converted(spec: Specifier, value: Value, run: Run): string {
  const { conversion, precision } = spec;
  const lower = conversion.toLowerCase();
  const cut = (text: string) => (precision < 0 ? text : text.slice(0, precision));
  if (lower === 'b') return cut(String(typeof value === 'boolean' ? value : value !== null && value !== undefined));
  if (value === null || value === undefined) return cut('null');
  switch (lower) {
    case 's':
      return cut(textOf(value, run));
    case 'c':
      if (value instanceof JavaCharacter) return value.text;
      if (typeof value === 'number' && value >= 0 && value <= 0x10ffff) return String.fromCodePoint(value);
      break;
    case 'd':
      if (isWhole(value)) return signed(spec, bigintOf(value) < 0n, grouped(spec, String(bigintOf(value)).replace('-', '')));
      break;
    case 'o':
    case 'x':
      if (isWhole(value)) return radixText(spec, value);
      break;
    default:
      if (value instanceof JsonDouble) return fractionText(spec, value);
  }
  throw failed(`${conversion} != ${textOf(value, run).slice(0, 40)}`);
}

function isWhole(value: Value): value is JsonNumber {
  return isJsonNumber(value) && !(value instanceof JsonDouble);
}

/** A sign or parentheses, and zeros up to the width. */
function signed({ flags, width }: Specifier, negative: boolean, digits: string): string {
  const around = negative && flags.includes('(');
  const sign = negative ? (around ? '(' : '-') : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '';
  const zeros = flags.includes('0') ? digits.padStart(width - sign.length - (around ? 1 : 0), '0') : digits;
  return sign + zeros + (around ? ')' : '');
}

function grouped({ flags }: Specifier, digits: string): string {
  if (!flags.includes(',')) return digits;
  const point = digits.indexOf('.');
  let whole = point < 0 ? digits : digits.slice(0, point);
  let made = point < 0 ? '' : digits.slice(point);
  for (; whole.length > 3; whole = whole.slice(0, -3)) made = `,${whole.slice(-3)}${made}`;
  return whole + made;
}

/** An Integer and a Long show their bits, a BigInteger its sign. */
function radixText(spec: Specifier, value: JsonNumber): string {
  const radix = spec.conversion === 'o' ? 8 : 16;
  const prefix = spec.flags.includes('#') ? (radix === 8 ? '0' : '0x') : '';
  if (value instanceof JsonBigInteger) {
    const text = value.value.toString(radix).replace('-', '');
    return signed({ ...spec, width: spec.width - prefix.length }, value.value < 0n, text).replace(/[0-9a-f]/, `${prefix}$&`);
  }
  const wrong = /[+ (]/.exec(spec.flags);
  if (wrong !== null) throw failed(`${spec.source} has no flag '${wrong[0]}' for an int or a long.`);
  const text = BigInt.asUintN(typeof value === 'number' ? 32 : 64, bigintOf(value)).toString(radix);
  return spec.flags.includes('0') ? prefix + text.padStart(spec.width - prefix.length, '0') : prefix + text;
}

/** Decimal digits without leading zeros, and the power of ten of the first. */
interface Decimal {
  readonly digits: string;
  readonly exponent: number;
}

function fractionText(spec: Specifier, value: JsonDouble): string {
  const { value: double } = value;
  const negative = double < 0 || Object.is(double, -0);
  if (!Number.isFinite(double)) {
    const text = Number.isNaN(double) ? 'NaN' : 'Infinity';
    return signed({ ...spec, flags: spec.flags.replace('0', '') }, negative, text);
  }
  const decimal = decimalOf(value);
  const places = spec.precision < 0 ? 6 : spec.precision;
  switch (spec.conversion.toLowerCase()) {
    case 'f':
      return signed(spec, negative, grouped(spec, fixed(decimal, places, spec)));
    case 'e':
      return signed(spec, negative, scientific(decimal, places, spec));
    default: {
      const size = places === 0 ? 1 : places;
      const rounded = roundedTo(decimal, size);
      const { exponent } = rounded;
      if (decimal.digits === '0' || (exponent >= -4 && exponent < size)) {
        return signed(spec, negative, grouped(spec, fixed(rounded, size - 1 - exponent, spec)));
      }
      if (spec.flags.includes(',')) throw failed(`${spec.source} has no flag ',' for this number.`);
      return signed(spec, negative, scientific(rounded, size - 1, spec));
    }
  }
}

function decimalOf(value: JsonDouble): Decimal {
  const text = (value.digits === undefined ? value.value.toExponential() : numberText(value)).replace(/^-/, '').toLowerCase();
  const [mantissa = '', power = '0'] = text.split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  const digits = (whole + fraction).replace(/^0+/, '');
  if (digits === '') return { digits: '0', exponent: 0 };
  const zeros = (whole + fraction).length - digits.length;
  return { digits, exponent: whole.length - 1 - zeros + Number(power) };
}

/** To so many digits from the first on, half up: Java rounds the digits that it would print, not the binary fraction. */
function roundedTo({ digits, exponent }: Decimal, size: number): Decimal {
  if (size >= digits.length) return { digits, exponent };
  if (size < 0) return { digits: '0', exponent: 0 };
  const up = digits.charAt(size) >= '5' ? 1n : 0n;
  const kept = BigInt(digits.slice(0, size) || '0') + up;
  const text = String(kept);
  if (kept === 0n) return { digits: '0', exponent: 0 };
  return { digits: text, exponent: exponent + Math.max(0, text.length - size) };
}

function fixed(decimal: Decimal, places: number, { flags }: Specifier): string {
  const { digits, exponent } = roundedTo(decimal, decimal.exponent + 1 + places);
  const lead = exponent < 0 ? '0'.repeat(-exponent) + digits : digits;
  const whole = exponent < 0 ? 1 : exponent + 1;
  const point = places > 0 || flags.includes('#') ? '.' : '';
  return lead.slice(0, whole).padEnd(whole, '0') + point + lead.slice(whole).slice(0, places).padEnd(places, '0');
}

function scientific(decimal: Decimal, places: number, { flags }: Specifier): string {
  const { digits, exponent } = roundedTo(decimal, places + 1);
  const point = places > 0 || flags.includes('#') ? '.' : '';
  const power = String(Math.abs(exponent)).padStart(2, '0');
  return `${digits.charAt(0)}${point}${digits.slice(1, places + 1).padEnd(places, '0')}e${exponent < 0 ? '-' : '+'}${power}`;
}
