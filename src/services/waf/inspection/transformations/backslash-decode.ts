// Escapes that begin with a backslash: ESCAPE_SEQ_DECODE (C), JS_DECODE and JS_DECODE_EXT, CSS_DECODE.

import { ByteWriter } from './byte-writer.ts';
import { hexNumber, isHexDigit, lowByte } from './hex-digits.ts';

const BACKSLASH = 92;
const CONTROLS: Readonly<Record<string, number>> = { a: 7, b: 8, f: 12, n: 10, r: 13, t: 9, v: 11 };
const CSS_DIGITS_MAX = 6;

/** What an escape becomes, and how many characters it was with its backslash. */
interface Escape {
  /** -1 for nothing. */
  readonly byte: number;
  readonly length: number;
}

/** What to do about the backslash at a place; undefined to leave it. */
type ReadEscape = (text: string, at: number) => Escape | undefined;

/** `\a \b \f \n \r \t \v \\ \? \' \" \xHH` and octal numbers; what is not valid stays. */
export function escapeSequencesDecode(text: string): string {
  return decoded(text, (_, at) => {
    const next = text.charAt(at + 1);
    if (next !== '' && '\\?\'"'.includes(next)) return { byte: next.charCodeAt(0), length: 2 };
    // AWS: octal numbers are \0OOO, which is one digit more than in C. Seen: the developer guide.
    return numberOrControl(text, at, next === '0' ? 4 : 3);
  });
}

/** `\uHHHH \xHH \OOO`, control characters; before anything else the backslash goes. */
export function javaScriptDecode(text: string): string {
  return decoded(text, (_, at) => {
    const wide = text[at + 1] === 'u' ? hexNumber(text, at + 2, 4) : -1;
    if (wide !== -1) return { byte: lowByte(wide), length: 6 };
    return numberOrControl(text, at, 3) ?? bare(text, at);
  });
}

/**
 * JS_DECODE for texts with Windows' paths in them: numbers are decoded, also `\u{H…}`; a backslash goes before another one, a slash
 * and quotation marks, and stays before the rest.
 */
export function javaScriptDecodeExtended(text: string): string {
  return decoded(text, (_, at) => {
    const next = text.charAt(at + 1);
    if (next !== '' && '\\/\'"'.includes(next)) return { byte: next.charCodeAt(0), length: 2 };
    if (next !== 'u') return CONTROLS[next] === undefined ? numberOrControl(text, at, 3) : undefined;
    const wide = hexNumber(text, at + 2, 4);
    return wide === -1 ? bracedCode(text, at) : { byte: lowByte(wide), length: 6 };
  });
}

/** `\` with one to six hexadecimal digits and a white space that ends them; before anything else the backslash goes. */
export function cssDecode(text: string): string {
  return decoded(text, (_, at) => {
    let digits = 0;
    while (digits < CSS_DIGITS_MAX && isHexDigit(text, at + 1 + digits)) digits++;
    if (digits === 0) {
      // A line that goes on, or the end.
      if (text[at + 1] === '\n' || at + 1 === text.length) return { byte: -1, length: 2 };
      return bare(text, at);
    }
    const code = hexNumber(text, at + 1, digits);
    const length = 1 + digits;
    return { byte: lowByte(code), length: ' \t\n\r\f'.includes(text[at + length] ?? 'none') ? length + 1 : length };
  });
}

function decoded(text: string, read: ReadEscape): string {
  if (!text.includes('\\')) return text;
  const out = new ByteWriter(text.length);
  for (let i = 0; i < text.length; ) {
    const unit = text.charCodeAt(i);
    const found = unit === BACKSLASH ? read(text, i) : undefined;
    if (found === undefined) {
      out.put(unit);
      i++;
      continue;
    }
    if (found.byte !== -1) out.put(found.byte);
    i += found.length;
  }
  return out.toString();
}

/** `\xHH`, as many octal digits as may be, or a control character. */
function numberOrControl(text: string, at: number, octalDigits: number): Escape | undefined {
  const next = text.charAt(at + 1);
  const control = CONTROLS[next];
  if (control !== undefined) return { byte: control, length: 2 };
  if (next === 'x') {
    const byte = hexNumber(text, at + 2, 2);
    return byte === -1 ? undefined : { byte, length: 4 };
  }
  let end = at + 1;
  let number = 0;
  for (; end <= at + octalDigits; end++) {
    const digit = text.charCodeAt(end) - 48;
    if (!(digit >= 0 && digit <= 7) || number * 8 + digit > 255) break;
    number = number * 8 + digit;
  }
  return end === at + 1 ? undefined : { byte: number, length: end - at };
}

/** `\u{1F}`. */
function bracedCode(text: string, at: number): Escape | undefined {
  if (text[at + 2] !== '{') return undefined;
  let digits = 0;
  while (digits < CSS_DIGITS_MAX && isHexDigit(text, at + 3 + digits)) digits++;
  if (digits === 0 || text[at + 3 + digits] !== '}') return undefined;
  return { byte: lowByte(hexNumber(text, at + 3, digits)), length: digits + 4 };
}

/** The character after a backslash, without it. */
function bare(text: string, at: number): Escape | undefined {
  return at + 1 === text.length ? undefined : { byte: text.charCodeAt(at + 1), length: 2 };
}
