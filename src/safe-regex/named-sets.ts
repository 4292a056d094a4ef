// Sets that patterns call by name: \d, \w, \s, POSIX classes, Unicode categories and scripts.

import { type CharacterSet, CODE_POINT_MAX, negatedSet, propertySet, rangeSet, unionSet } from './character-set.ts';

export const DIGIT = rangeSet([48, 57]);
export const WORD = rangeSet([48, 57, 65, 90, 95, 95, 97, 122]);
/** Java's \s. */
export const JAVA_SPACE = rangeSet([9, 13, 32, 32]);
/** JavaScript's \s. */
export const ECMA_SPACE = rangeSet([
  9, 13, 32, 32, 0xa0, 0xa0, 0x1680, 0x1680, 0x2000, 0x200a, 0x2028, 0x2029, 0x202f, 0x202f, 0x205f, 0x205f, 0x3000, 0x3000,
  0xfeff, 0xfeff,
]);
export const HORIZONTAL_SPACE = rangeSet([
  9, 9, 32, 32, 0xa0, 0xa0, 0x1680, 0x1680, 0x180e, 0x180e, 0x2000, 0x200a, 0x202f, 0x202f, 0x205f, 0x205f, 0x3000, 0x3000,
]);
export const VERTICAL_SPACE = rangeSet([10, 13, 0x85, 0x85, 0x2028, 0x2029]);
export const ANYTHING = rangeSet([0, CODE_POINT_MAX]);
export const NOTHING = rangeSet([]);
/** What Java's dot leaves out. */
export const JAVA_LINE_END = rangeSet([10, 10, 13, 13, 0x85, 0x85, 0x2028, 0x2029]);
/** What PCRE's dot leaves out. */
export const PCRE_LINE_END = rangeSet([10, 10]);
/** What JavaScript's dot leaves out. */
export const ECMA_LINE_END = rangeSet([10, 10, 13, 13, 0x2028, 0x2029]);

const POSIX: Readonly<Record<string, readonly number[]>> = {
  Lower: [97, 122],
  Upper: [65, 90],
  ASCII: [0, 127],
  Alpha: [65, 90, 97, 122],
  Digit: [48, 57],
  Alnum: [48, 57, 65, 90, 97, 122],
  Punct: [33, 47, 58, 64, 91, 96, 123, 126],
  Graph: [33, 126],
  Print: [32, 126],
  Blank: [9, 9, 32, 32],
  Cntrl: [0, 31, 127, 127],
  XDigit: [48, 57, 65, 70, 97, 102],
  Space: [9, 13, 32, 32],
  L1: [0, 255],
  InBasicLatin: [0, 127],
  InBASIC_LATIN: [0, 127],
  InLatin1Supplement: [0x80, 0xff],
  'InLatin-1Supplement': [0x80, 0xff],
  InGreek: [0x370, 0x3ff],
  InCyrillic: [0x400, 0x4ff],
  InHebrew: [0x590, 0x5ff],
  InArabic: [0x600, 0x6ff],
  InHiragana: [0x3040, 0x309f],
  InKatakana: [0x30a0, 0x30ff],
};

const CATEGORIES =
  'L Lu Ll Lt Lm Lo M Mn Mc Me N Nd Nl No P Pc Pd Ps Pe Pi Pf Po S Sm Sc Sk So Z Zs Zl Zp C Cc Cf Cs Co Cn'.split(' ');
const SCRIPTS = (
  'Latin Greek Cyrillic Armenian Hebrew Arabic Devanagari Bengali Tamil Telugu Kannada Malayalam Thai Lao Tibetan Georgian Hangul ' +
  'Ethiopic Cherokee Khmer Mongolian Hiragana Katakana Bopomofo Han Common Inherited'
).split(' ');
/** Java's name without `Is`, and Unicode's. */
const BINARY: Readonly<Record<string, string>> = {
  alphabetic: 'Alphabetic',
  ideographic: 'Ideographic',
  letter: 'L',
  lowercase: 'Lowercase',
  uppercase: 'Uppercase',
  titlecase: 'Lt',
  white_space: 'White_Space',
  whitespace: 'White_Space',
  control: 'Cc',
  punctuation: 'P',
  hex_digit: 'Hex_Digit',
  digit: 'Nd',
  assigned: 'Assigned',
  noncharacter_code_point: 'Noncharacter_Code_Point',
  emoji: 'Emoji',
};
const JAVA_METHODS: Readonly<Record<string, string>> = {
  javaLowerCase: 'Lowercase',
  javaUpperCase: 'Uppercase',
  javaTitleCase: 'Lt',
  javaAlphabetic: 'Alphabetic',
  javaLetter: 'L',
  javaDigit: 'Nd',
};

/**
 * The set that `\p{name}` stands for, or undefined when the name is not known. `ignoreCase` makes the three cases of letters
 * one, as Java does.
 */
export function namedSet(name: string, ignoreCase: boolean): CharacterSet | undefined {
  const posix = POSIX[name];
  if (posix !== undefined && Object.hasOwn(POSIX, name)) {
    return ignoreCase && (name === 'Lower' || name === 'Upper') ? rangeSet([65, 90, 97, 122]) : rangeSet(posix);
  }
  if (name === 'LC') return unionSet(['Lu', 'Ll', 'Lt'].map(unicodeSet));
  const unicode = unicodeName(name);
  if (unicode === undefined) return undefined;
  if (ignoreCase && ['Lu', 'Ll', 'Lt'].includes(unicode)) return namedSet('LC', false);
  if (ignoreCase && ['Uppercase', 'Lowercase'].includes(unicode)) {
    return unionSet([unicodeSet('Uppercase'), unicodeSet('Lowercase'), unicodeSet('Lt')]);
  }
  return unicodeSet(unicode);
}

/** Java's spelling of a property to Unicode's. */
function unicodeName(name: string): string | undefined {
  if (CATEGORIES.includes(name)) return name;
  if (Object.hasOwn(JAVA_METHODS, name)) return JAVA_METHODS[name];
  const assigned = /^(\w+)=(\w+)$/.exec(name);
  if (assigned !== null) {
    const [, key, value] = assigned as unknown as [string, string, string];
    if (/^(general_category|gc)$/i.test(key)) return CATEGORIES.find((category) => category === value);
    if (/^(script|sc)$/i.test(key)) return scriptName(value);
    return undefined;
  }
  if (!/^is./i.test(name)) return undefined;
  const rest = name.slice(2);
  if (CATEGORIES.includes(rest)) return rest;
  const lower = rest.toLowerCase();
  return Object.hasOwn(BINARY, lower) ? BINARY[lower] : scriptName(rest);
}

function scriptName(name: string): string | undefined {
  const script = SCRIPTS.find((known) => known.toLowerCase() === name.toLowerCase());
  return script === undefined ? undefined : `Script=${script}`;
}

const made = new Map<string, CharacterSet>();

/** The set that `[:name:]` stands for within a class of PCRE; undefined when there is none. */
export function bracketSet(name: string): CharacterSet | undefined {
  if (name === 'word') return WORD;
  if (name === 'xdigit') return rangeSet(POSIX['XDigit'] as readonly number[]);
  if (name === 'ascii') return rangeSet([0, 127]);
  const known = /^[a-z]+$/.test(name) ? POSIX[name.charAt(0).toUpperCase() + name.slice(1)] : undefined;
  return known === undefined ? undefined : rangeSet(known);
}

/** One code point against one property: V8's tables, by names from the lists above only, and no backtracking is possible. */
function unicodeSet(name: string): CharacterSet {
  let set = made.get(name);
  if (set === undefined) {
    const expression = new RegExp(`^\\p{${name}}$`, 'u');
    set = propertySet({ name, test: (codePoint) => expression.test(String.fromCodePoint(codePoint)) });
    made.set(name, set);
  }
  return set;
}

/** `set` or everything else: \D, \P{L}, [^…]. */
export function maybeNegated(set: CharacterSet, negated: boolean): CharacterSet {
  return negated ? negatedSet(set) : set;
}
