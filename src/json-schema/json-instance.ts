// JSON text from a client or a model, measured in one pass before anything is built, and read so that its numbers stay what they
// are. A member that is there twice has its last value; `__proto__` is a member like any other.

import { ExactNumber } from './decimal.ts';

export interface JsonLimits {
  /** Braces and brackets open at once. */
  readonly depthMax: number;
  /** Values, names and brackets. */
  readonly tokensMax: number;
}

export const INSTANCE_LIMITS: JsonLimits = { depthMax: 512, tokensMax: 500_000 };
/** Characters of one number. */
export const NUMBER_LENGTH_MAX = 1_000;
const EXPONENT_DIGITS_MAX = 9;

export type JsonInstance = { readonly value: unknown; readonly fault?: undefined } | { readonly fault: string };

/** Reads a JSON text. Never throws. */
export function parseJsonInstance(text: string, limits: JsonLimits = INSTANCE_LIMITS): JsonInstance {
  const scanned = scan(text, limits);
  if (typeof scanned === 'string') return { fault: scanned };
  try {
    return { value: scanned.exact ? JSON.parse(text, keepExact as (key: string, value: unknown) => unknown) : JSON.parse(text) };
  } catch {
    return { fault: 'is not JSON' };
  }
}

/** `context.source` is the number as it stands in the text. */
function keepExact(_name: string, value: unknown, context: { readonly source?: string }): unknown {
  const { source } = context;
  return typeof value === 'number' && source !== undefined && losesMeaning(source) ? new ExactNumber(source) : value;
}

/** Depth, tokens and numbers; everything else is left to JSON.parse. */
function scan(text: string, limits: JsonLimits): string | { readonly exact: boolean } {
  let depth = 0;
  let tokens = 0;
  let exact = false;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    switch (unit) {
      case 0x22:
        i = endOfString(text, i);
        tokens++;
        break;
      case 0x7b:
      case 0x5b:
        if (++depth > limits.depthMax) return `is nested deeper than ${limits.depthMax}`;
        tokens++;
        break;
      case 0x7d:
      case 0x5d:
        depth--;
        break;
      case 0x2c:
      case 0x3a:
        tokens++;
        break;
      default: {
        if (unit !== 0x2d && (unit < 0x30 || unit > 0x39)) continue;
        const end = endOfNumber(text, i);
        const literal = text.slice(i, end);
        if (literal.length > NUMBER_LENGTH_MAX) return `has a number of more than ${NUMBER_LENGTH_MAX} characters`;
        const power = literal.search(/[eE]/);
        if (power !== -1 && literal.slice(power + 1).replace(/^[+-]?0*/, '').length > EXPONENT_DIGITS_MAX) {
          return 'has a number with an exponent that is too large';
        }
        exact ||= losesMeaning(literal);
        i = end - 1;
      }
    }
    if (tokens > limits.tokensMax) return `has more than ${limits.tokensMax} values`;
  }
  return { exact };
}

/** Whether a double is not this number, or no longer tells that it was not written as an integer. */
function losesMeaning(literal: string): boolean {
  const value = Number(literal);
  if (/[.eE]/.test(literal)) return Number.isInteger(value) || literal.length > 16 || !Number.isFinite(value) || value === 0;
  return !Number.isSafeInteger(value);
}

/** The index of the closing quote, or the text's length when there is none. */
function endOfString(text: string, start: number): number {
  let end = start;
  for (;;) {
    end = text.indexOf('"', end + 1);
    if (end === -1) return text.length;
    let backslashes = 0;
    while (text.charCodeAt(end - 1 - backslashes) === 0x5c) backslashes++;
    if (backslashes % 2 === 0) return end;
  }
}

function endOfNumber(text: string, start: number): number {
  let end = start + 1;
  for (; end < text.length; end++) {
    const unit = text.charCodeAt(end);
    // Digits, sign, point and the letter of the exponent.
    if ((unit < 0x30 || unit > 0x39) && unit !== 0x2b && unit !== 0x2d && unit !== 0x2e && (unit | 0x20) !== 0x65) break;
  }
  return end;
}
