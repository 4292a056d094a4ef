// How far the words and numbers of a statement reach.

import { type CountedText, isDigit, isHexDigit, isLetter } from './counted-text.ts';

export const NO_BREAK_SPACE = 0xa0;
const [DOT, PLUS, DASH, UNDERSCORE] = [0x2e, 0x2b, 0x2d, 0x5f];
const [SMALL_B, SMALL_E, SMALL_X] = [0x62, 0x65, 0x78];

/** White space and every control character. */
export function isSpace(code: number): boolean {
  return code >= 0 && code <= 0x20;
}

export function isWordPart(code: number): boolean {
  return isLetter(code) || isDigit(code) || code === UNDERSCORE || (code >= 0x80 && code !== NO_BREAK_SPACE);
}

/** `from` itself when no word begins there. */
export function wordEnd(text: CountedText, from: number): number {
  let to = from;
  let isInUtf8 = false;
  for (;;) {
    const code = text.code(to);
    // On its own it is white space to MySQL; behind another byte of UTF-8 it is the rest of a letter.
    if (code === NO_BREAK_SPACE ? !isInUtf8 : !isWordPart(code)) return to;
    isInUtf8 = code >= 0x80 && code !== NO_BREAK_SPACE;
    to++;
  }
}

/** Of 1, 1.5, .5, 1e5, 0x1F, 0b1. */
export function numberEnd(text: CountedText, from: number): number {
  const prefix = text.code(from + 1) | 0x20;
  if (text.code(from) === 0x30 && (prefix === SMALL_X || prefix === SMALL_B) && isHexDigit(text.code(from + 2))) {
    let to = from + 2;
    while (isHexDigit(text.code(to))) to++;
    return to;
  }
  let to = digitsEnd(text, from);
  if (text.code(to) === DOT) to = digitsEnd(text, to + 1);
  if ((text.code(to) | 0x20) !== SMALL_E) return to;
  const sign = text.code(to + 1);
  const digits = to + (sign === PLUS || sign === DASH ? 2 : 1);
  return isDigit(text.code(digits)) ? digitsEnd(text, digits) : to;
}

function digitsEnd(text: CountedText, from: number): number {
  let to = from;
  while (isDigit(text.code(to))) to++;
  return to;
}
