// What follows a backslash and stands for one character: `\d`, `\x41`, `\p{Lu}`, `\.`.

import { type CharacterSet, CODE_POINT_MAX, singleSet } from './character-set.ts';
import { DIGIT, ECMA_SPACE, HORIZONTAL_SPACE, JAVA_SPACE, maybeNegated, namedSet, VERTICAL_SPACE, WORD } from './named-sets.ts';
import type { PatternDialect } from './pattern-node.ts';
import { isDigit, type PatternReader } from './pattern-reader.ts';

const CONTROLS: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, f: 12 };

/** Reads an escape whose backslash has been taken. */
export function parseEscape(reader: PatternReader, dialect: PatternDialect, inClass: boolean): CharacterSet {
  const start = reader.at - 1;
  if (reader.done) reader.fail('the pattern ends in a backslash', start);
  const codePoint = reader.codePoint();
  const letter = String.fromCodePoint(codePoint);
  const named = classEscape(letter, dialect);
  if (named !== undefined) return named;
  if (Object.hasOwn(CONTROLS, letter)) return singleSet(CONTROLS[letter] as number);
  switch (letter) {
    case 'x':
      if (dialect !== 'ecma' && reader.take('{')) return singleSet(braced(reader, dialect));
      return singleSet(dialect === 'pcre' ? shortHexadecimal(reader) : hexadecimal(reader, 2));
    case 'u':
      if (dialect === 'pcre') reader.fail('\\u means nothing in these patterns', start);
      return singleSet(utf16(reader));
    case 'c': {
      const control = reader.codePoint();
      if (dialect === 'ecma' && !/^[A-Za-z]$/.test(String.fromCodePoint(control))) reader.fail('\\c needs a letter', start);
      if (dialect === 'ecma') return singleSet(control & 31);
      // PCRE: \ca is \cA.
      return singleSet((dialect === 'pcre' && control >= 97 && control <= 122 ? control - 32 : control) ^ 64);
    }
    case 'p':
    case 'P':
      if (dialect === 'ecma') reader.fail(`\\${letter} means nothing in these patterns`, start);
      return property(reader, letter === 'P');
  }
  if (letter === 'b' && inClass && dialect !== 'java') return singleSet(8);
  if (dialect !== 'ecma') {
    if (letter === 'a') return singleSet(7);
    if (letter === 'e') return singleSet(27);
    if (letter === '0') return singleSet(octal(reader, dialect));
  } else {
    if (letter === 'v') return singleSet(11);
    if (letter === '0' && !isDigit(reader.text.charCodeAt(reader.at))) return singleSet(0);
  }
  if (isDigit(codePoint)) reader.limit('back-references are not supported', start);
  if (letter === 'k') reader.limit('back-references are not supported', start);
  if (/[A-Za-z]/.test(letter)) reader.fail(`the escape \\${letter} is not supported`, start);
  return singleSet(codePoint);
}

function classEscape(letter: string, dialect: PatternDialect): CharacterSet | undefined {
  const negated = letter >= 'A' && letter <= 'Z';
  switch (letter.toLowerCase()) {
    case 'd':
      return maybeNegated(DIGIT, negated);
    case 'w':
      return maybeNegated(WORD, negated);
    case 's':
      return maybeNegated(dialect === 'ecma' ? ECMA_SPACE : JAVA_SPACE, negated);
    case 'h':
      return dialect === 'ecma' ? undefined : maybeNegated(HORIZONTAL_SPACE, negated);
    case 'v':
      return dialect === 'ecma' ? undefined : maybeNegated(VERTICAL_SPACE, negated);
  }
  return undefined;
}

function property(reader: PatternReader, negated: boolean): CharacterSet {
  const start = reader.at - 2;
  let name: string;
  if (reader.take('{')) {
    const end = reader.text.indexOf('}', reader.at);
    if (end === -1) reader.fail('a property name is not closed', start);
    name = reader.text.slice(reader.at, end);
    reader.at = end + 1;
  } else {
    name = String.fromCodePoint(reader.codePoint());
  }
  const set = namedSet(name, reader.flags.ignoreCase);
  if (set === undefined) reader.fail(`the property ${name.slice(0, 40)} is not known`, start);
  return maybeNegated(set, negated);
}

function hexadecimal(reader: PatternReader, digits: number): number {
  const text = reader.text.slice(reader.at, reader.at + digits);
  if (text.length !== digits || !/^[0-9A-Fa-f]+$/.test(text)) reader.fail(`${digits} hexadecimal digits are expected`);
  reader.at += digits;
  return Number.parseInt(text, 16);
}

/** PCRE: none, one or two digits. */
function shortHexadecimal(reader: PatternReader): number {
  const digits = /^[0-9A-Fa-f]{0,2}/.exec(reader.text.slice(reader.at, reader.at + 2))?.[0] ?? '';
  reader.at += digits.length;
  return Number.parseInt(`0${digits}`, 16);
}

function braced(reader: PatternReader, dialect: PatternDialect): number {
  const end = reader.text.indexOf('}', reader.at);
  const text = end === -1 ? '' : reader.text.slice(reader.at, end);
  const codePoint = Number.parseInt(text, 16);
  if (!/^[0-9A-Fa-f]{1,8}$/.test(text) || codePoint > CODE_POINT_MAX) reader.fail('a hexadecimal code point is expected');
  if (dialect === 'pcre' && codePoint > 255) reader.fail('a byte is not more than \\xff');
  reader.at = end + 1;
  return codePoint;
}

/** Two escapes that are halves of one character are that character. */
function utf16(reader: PatternReader): number {
  const high = hexadecimal(reader, 4);
  if (high < 0xd800 || high > 0xdbff || !reader.peek('\\u')) return high;
  const before = reader.at;
  reader.at += 2;
  const low = hexadecimal(reader, 4);
  if (low >= 0xdc00 && low <= 0xdfff) return 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
  reader.at = before;
  return high;
}

/** `\0n`, `\0nn` and `\0mnn` with m up to 3; in PCRE `\0`, `\0n` and `\0nn`. */
function octal(reader: PatternReader, dialect: PatternDialect): number {
  if (dialect === 'pcre') {
    const digits = /^[0-7]{0,2}/.exec(reader.text.slice(reader.at, reader.at + 2))?.[0] ?? '';
    reader.at += digits.length;
    return Number.parseInt(`0${digits}`, 8);
  }
  const match = /^(?:[0-3][0-7]{2}|[0-7]{1,2})/.exec(reader.text.slice(reader.at, reader.at + 3));
  if (match === null) return reader.fail('an octal number is expected');
  reader.at += match[0].length;
  return Number.parseInt(match[0], 8);
}
