// Random patterns on random texts, this engine beside V8's: where both have the same syntax they must give the same answers.

import { compileSafeRegex } from './safe-regex.ts';

/** What one run found; in the words of the other fuzzers. */
export interface RegexFuzzReport {
  readonly cases: number;
  /** Cases in which V8 found a match. */
  readonly accepted: number;
  /** Answers compared. */
  readonly requests: number;
  readonly disagreements: readonly { readonly case: number; readonly wire: string; readonly what: string }[];
}

/** V8 has no patterns over bytes to compare with. */
type ComparedDialect = 'java' | 'ecma';

type Random = (below: number) => number;

/** Characters of subjects; the last ones are those that lines turn on. */
const SUBJECT: Readonly<Record<ComparedDialect, readonly string[]>> = {
  java: ['😀', 'a', 'b', 'c', 'A', 'B', '0', '1', ' ', '-', '_', 'é', 'É', '.', '\n', '\r', '\u0085', '\u2028'],
  ecma: ['😀', 'a', 'b', 'c', 'A', 'B', '0', '1', ' ', '-', '_', 'é', '.', '\n', '\r', '\u2028'],
};
const ATOMS = [
  'a',
  'b',
  'c',
  'ab',
  'A',
  '0',
  '.',
  '\\.',
  '\\d',
  '\\D',
  '\\w',
  '\\W',
  '\\s',
  '\\S',
  'é',
  '😀',
  '-',
  '\\x61',
  '\\u0062',
];
const CLASSES = [
  '[abc]',
  '[^ab]',
  '[a-c]',
  '[\\d_]',
  '[^\\w]',
  '[a-cB-C0]',
  '[-a]',
  '[^\\s\\d]',
  '[😀-😂a]',
  '[.]',
  '[\\-b]',
  '[é-ü]',
];
const QUANTIFIERS = ['*', '+', '?', '*?', '+?', '??', '{2}', '{1,2}', '{0,2}', '{2,}', '{1,3}?', '{0}'];
/** With these, V8 tells the halves of a character apart: no text with such a character. */
const HALVES = /\$|\\[bB]/;
/** With these, an empty turn of a loop is preferred by one engine and not by the other: only the yes or no is compared. */
const EMPTY_TURNS = /[?*+}]\?|[$^]|\\[bB]/;
const ASSERTIONS = ['^', '$', '\\b', '\\B'];

/** Tries `cases` patterns, each on several texts. The same numbers make the same cases. */
export async function fuzzSafeRegex(cases: number, seed: number): Promise<RegexFuzzReport> {
  const random = xorshift(seed);
  const disagreements: { case: number; wire: string; what: string }[] = [];
  let accepted = 0;
  let requests = 0;
  for (let number = 0; number < cases; number++) {
    const dialect: ComparedDialect = random(2) === 0 ? 'ecma' : 'java';
    const pattern = makePattern(random, 3);
    const flags = { ignoreCase: random(4) === 0, dotAll: random(3) === 0, multiline: dialect === 'ecma' && random(3) === 0 };
    const letters = `${flags.ignoreCase ? 'i' : ''}${flags.dotAll ? 's' : ''}${flags.multiline ? 'm' : ''}u`;
    const { regex } = compileSafeRegex(pattern, { dialect, flags: { ...flags, unicodeCase: true } });
    if (regex === undefined) {
      disagreements.push({ case: number, wire: pattern, what: `refused in ${dialect}` });
      continue;
    }
    const said = dialect === 'java' ? inJavaScript(pattern, flags.dotAll) : pattern;
    const anywhere = new RegExp(said, letters);
    const prefix = new RegExp(said, `${letters}y`);
    const whole = new RegExp(`(?:${said})(?![\\s\\S])`, `${letters}y`);
    for (let i = 0; i < 4; i++) {
      const text = makeText(random, SUBJECT[dialect].slice(HALVES.test(pattern) ? 1 : 0));
      const found = anywhere.exec(text);
      const match = regex.exec(text);
      prefix.lastIndex = 0;
      whole.lastIndex = 0;
      const expected: (boolean | number | undefined)[] = [found !== null, prefix.test(text), whole.test(text), found?.index];
      const actual: (boolean | number | undefined)[] = [
        regex.find(text),
        regex.lookingAt(text),
        regex.matches(text),
        match?.start,
      ];
      if (!EMPTY_TURNS.test(pattern)) {
        expected.push(found?.[0].length);
        actual.push(match?.groups[0]?.length);
      }
      requests++;
      if (found !== null) accepted++;
      if (expected.some((answer, at) => answer !== actual[at])) {
        const what = `${dialect} ${letters} ${JSON.stringify(text)}: ${JSON.stringify(expected)}, here ${JSON.stringify(actual)}`;
        disagreements.push({ case: number, wire: pattern, what });
      }
    }
  }
  return { cases, accepted, requests, disagreements };
}

/** Java's dot, `\s` and `$` in JavaScript's words. */
function inJavaScript(pattern: string, dotAll: boolean): string {
  return pattern.replace(/\\.|\[[^\]]*\]|[.$]/g, (token) => {
    if (token.startsWith('[')) return token.replace('\\s', ' \\t-\\r');
    if (token === '\\s') return '[ \\t-\\r]';
    if (token === '\\S') return '[^ \\t-\\r]';
    if (token === '.' && !dotAll) return '[^\\n\\r\\u0085\\u2028\\u2029]';
    if (token !== '$') return token;
    return '(?:(?=(?:\\r\\n|[\\r\\u0085\\u2028\\u2029])?(?![\\s\\S]))|(?<!\\r)(?=\\n(?![\\s\\S])))';
  });
}

function makePattern(random: Random, depth: number): string {
  const parts: string[] = [];
  for (let i = random(4); i >= 0; i--) parts.push(makePart(random, depth));
  if (depth > 0 && random(5) === 0) parts.push('|', makePattern(random, depth - 1));
  return parts.join('');
}

function makePart(random: Random, depth: number): string {
  const choice = random(12);
  if (choice === 0) return pick(random, ASSERTIONS);
  let atom = pick(random, ATOMS);
  if (choice <= 3) atom = pick(random, CLASSES);
  else if (choice <= 5 && depth > 0) atom = `(${random(2) === 0 ? '?:' : ''}${makePattern(random, depth - 1)})`;
  if (random(3) > 0) return atom;
  const repeated = atom === 'ab' ? '(?:ab)' : atom;
  return repeated + pick(random, QUANTIFIERS);
}

function makeText(random: Random, letters: readonly string[]): string {
  let text = '';
  for (let i = random(10); i > 0; i--) text += pick(random, letters);
  return text;
}

function pick(random: Random, from: readonly string[]): string {
  return from[random(from.length)] as string;
}

function xorshift(seed: number): Random {
  let state = (seed ^ 0x9e3779b9) | 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return below === 0 ? 0 : (state >>> 0) % below;
  };
}
