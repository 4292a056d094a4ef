// Reads a Java regular expression into a tree; what cannot run in linear time is refused by name.

import {
  asciiLower,
  asciiUpper,
  assertions,
  type CharacterTest,
  controls,
  isBeforeLastLineEnd,
  isLineEnd,
  named,
  sets,
} from './pattern-characters.ts';

export type PatternNode =
  | { readonly kind: 'char'; readonly test: (code: number) => boolean }
  | { readonly kind: 'assert'; readonly test: (text: string, at: number) => boolean }
  | { readonly kind: 'sequence'; readonly parts: readonly PatternNode[] }
  | { readonly kind: 'choice'; readonly parts: readonly PatternNode[] }
  | { readonly kind: 'group'; readonly index: number; readonly part: PatternNode }
  | {
      readonly kind: 'repeat';
      readonly part: PatternNode;
      readonly min: number;
      readonly max: number;
      readonly greedy: boolean;
    };

export class PatternFault extends Error {
  readonly position: number;

  constructor(message: string, position: number) {
    super(message);
    this.position = position;
  }
}

const PATTERN_LENGTH_MAX = 4000;
const PATTERN_DEPTH_MAX = 50;
const REPEAT_MAX = 1000;

export interface ParsedPattern {
  readonly node: PatternNode;
  readonly groups: number;
  /** Set when the pattern is a plain text. */
  readonly literal: string | undefined;
}

/** Throws a PatternFault. */
export function parsePattern(source: string, ignoreCase: boolean): ParsedPattern {
  if (source.length > PATTERN_LENGTH_MAX) {
    throw new PatternFault(`A pattern has at most ${PATTERN_LENGTH_MAX} characters.`, PATTERN_LENGTH_MAX);
  }
  return new PatternReader(source, ignoreCase).pattern();
}

class PatternReader {
  readonly #source: string;
  #ignoreCase: boolean;
  #multiline = false;
  #dotAll = false;
  #at = 0;
  #groups = 0;
  #depth = 0;
  #literal: string | undefined = '';

  constructor(source: string, ignoreCase: boolean) {
    this.#source = source;
    this.#ignoreCase = ignoreCase;
  }

  pattern(): ParsedPattern {
    const node = this.#choice();
    if (this.#at < this.#source.length) throw this.#fault("')' closes nothing.");
    return { node, groups: this.#groups, literal: this.#ignoreCase || this.#literal === '' ? undefined : this.#literal };
  }

  #choice(): PatternNode {
    if (++this.#depth > PATTERN_DEPTH_MAX) throw this.#fault('The pattern is nested too deep.');
    const parts = [this.#sequence()];
    while (this.#source[this.#at] === '|') {
      this.#at++;
      this.#literal = undefined;
      parts.push(this.#sequence());
    }
    this.#depth--;
    return parts.length === 1 ? (parts[0] as PatternNode) : { kind: 'choice', parts };
  }

  #sequence(): PatternNode {
    const parts: PatternNode[] = [];
    while (this.#at < this.#source.length && this.#source[this.#at] !== '|' && this.#source[this.#at] !== ')') {
      const atom = this.#atom();
      if (atom !== undefined) parts.push(this.#quantified(atom));
    }
    return parts.length === 1 ? (parts[0] as PatternNode) : { kind: 'sequence', parts };
  }

  #quantified(part: PatternNode): PatternNode {
    const source = this.#source;
    const start = this.#at;
    let min = 0;
    let max = Number.POSITIVE_INFINITY;
    switch (source[start]) {
      case '*':
        this.#at++;
        break;
      case '+':
        this.#at++;
        min = 1;
        break;
      case '?':
        this.#at++;
        max = 1;
        break;
      case '{': {
        const found = /^\{([0-9]{1,4})(,([0-9]{1,4})?)?\}/.exec(source.slice(start, start + 16));
        if (found === null) throw this.#fault('Illegal repetition.');
        min = Number(found[1]);
        if (found[2] === undefined) max = min;
        else if (found[3] !== undefined) max = Number(found[3]);
        if (max < min || min > REPEAT_MAX || (Number.isFinite(max) && max > REPEAT_MAX)) {
          throw this.#fault('Illegal repetition.');
        }
        this.#at += found[0].length;
        break;
      }
      default:
        return part;
    }
    this.#literal = undefined;
    if (source[this.#at] === '+') throw this.#fault('A possessive quantifier (x++) is not supported.');
    const greedy = source[this.#at] !== '?';
    if (!greedy) this.#at++;
    if (/[*?{]/.test(source[this.#at] ?? '')) throw this.#fault(`Dangling '${source[this.#at]}'.`);
    return { kind: 'repeat', part, min, max, greedy };
  }

  /** Undefined for what stands for nothing, such as `(?i)`. */
  #atom(): PatternNode | undefined {
    const letter = this.#source[this.#at] as string;
    switch (letter) {
      case '(':
        return this.#group();
      case '[':
        this.#literal = undefined;
        this.#at++;
        return this.#char(this.#characterClass());
      case '.': {
        this.#literal = undefined;
        this.#at++;
        const all = this.#dotAll;
        return { kind: 'char', test: (code) => all || !isLineEnd(code) };
      }
      case '^': {
        this.#at++;
        this.#literal = undefined;
        const lines = this.#multiline;
        return { kind: 'assert', test: (text, at) => at === 0 || (lines && isLineEnd(text.charCodeAt(at - 1))) };
      }
      case '$': {
        this.#at++;
        this.#literal = undefined;
        const lines = this.#multiline;
        return {
          kind: 'assert',
          test: (text, at) => isBeforeLastLineEnd(text, at) || (lines && isLineEnd(text.charCodeAt(at))),
        };
      }
      case '*':
      case '+':
      case '?':
        throw this.#fault(`Dangling '${letter}'.`);
      case '\\':
        return this.#escape();
      default:
        this.#at++;
        return this.#literalChar(letter);
    }
  }

  #literalChar(letter: string): PatternNode {
    if (this.#literal !== undefined) this.#literal += letter;
    const code = letter.charCodeAt(0);
    return this.#char((one) => one === code, code);
  }

  #char(test: CharacterTest, single?: number): PatternNode {
    if (!this.#ignoreCase) return { kind: 'char', test };
    if (single !== undefined) {
      const lower = asciiLower(single);
      return { kind: 'char', test: (code) => asciiLower(code) === lower };
    }
    return { kind: 'char', test: (code) => test(code) || test(asciiLower(code)) || test(asciiUpper(code)) };
  }

  #group(): PatternNode | undefined {
    const source = this.#source;
    this.#literal = undefined;
    this.#at++;
    if (source[this.#at] !== '?') {
      const index = ++this.#groups;
      const part = this.#choice();
      this.#close();
      return { kind: 'group', index, part };
    }
    const rest = source.slice(this.#at, this.#at + 4);
    if (rest.startsWith('?=') || rest.startsWith('?!')) throw this.#fault('Look-ahead is not supported.');
    if (rest.startsWith('?<=') || rest.startsWith('?<!')) throw this.#fault('Look-behind is not supported.');
    if (rest.startsWith('?>')) throw this.#fault('An atomic group (?>…) is not supported.');
    if (rest.startsWith('?<')) throw this.#fault('A named group (?<name>…) is not supported.');
    const flags = /^\?([a-zA-Z]*)(-[a-zA-Z]+)?([:)])/.exec(source.slice(this.#at, this.#at + 24));
    if (flags === null) throw this.#fault('Unknown group.');
    const before = { ignoreCase: this.#ignoreCase, multiline: this.#multiline, dotAll: this.#dotAll };
    for (const flag of flags[1] ?? '') this.#setFlag(flag, true);
    for (const flag of (flags[2] ?? '').slice(1)) this.#setFlag(flag, false);
    this.#at += flags[0].length;
    if (flags[3] === ')') return undefined;
    const part = this.#choice();
    this.#close();
    this.#ignoreCase = before.ignoreCase;
    this.#multiline = before.multiline;
    this.#dotAll = before.dotAll;
    return part.kind === 'sequence' || part.kind === 'choice' ? part : { kind: 'sequence', parts: [part] };
  }

  #setFlag(flag: string, on: boolean): void {
    if (flag === 'i') this.#ignoreCase = on;
    else if (flag === 'm') this.#multiline = on;
    else if (flag === 's') this.#dotAll = on;
    else throw this.#fault(`The flag ${flag} is not supported.`);
  }

  #close(): void {
    if (this.#source[this.#at] !== ')') throw this.#fault('A group is not closed.');
    this.#at++;
  }

  #escape(): PatternNode {
    const start = this.#at;
    const letter = this.#source[start + 1];
    if (letter === undefined) throw this.#fault("'\\' is the last character.");
    const assertion = assertions.get(letter);
    if (assertion !== undefined) {
      this.#literal = undefined;
      this.#at += 2;
      return { kind: 'assert', test: assertion };
    }
    if (letter === 'Q') {
      const end = this.#source.indexOf('\\E', start);
      const text = this.#source.slice(start + 2, end < 0 ? undefined : end);
      this.#at = end < 0 ? this.#source.length : end + 2;
      return { kind: 'sequence', parts: [...text].flatMap((one) => [...units(one)].map((unit) => this.#literalChar(unit))) };
    }
    const set = this.#escapedSet();
    if (set !== undefined) {
      this.#literal = undefined;
      return this.#char(set);
    }
    return this.#literalChar(this.#escapedChar());
  }

  /** `\d` and its kind, also `\p{…}`; undefined for an escaped character. */
  #escapedSet(): CharacterTest | undefined {
    const letter = this.#source[this.#at + 1] as string;
    if (letter === 'p' || letter === 'P') {
      const found = /^\{([A-Za-z]+)\}/.exec(this.#source.slice(this.#at + 2, this.#at + 24));
      const test = found === null ? undefined : named.get(found[1] as string);
      if (found === null || test === undefined) throw this.#fault(`\\${letter}${found?.[0] ?? ''} is not supported.`);
      this.#at += 2 + found[0].length;
      return letter === 'p' ? test : (code) => !test(code);
    }
    const test = sets.get(letter);
    if (test !== undefined) this.#at += 2;
    return test;
  }

  #escapedChar(): string {
    const source = this.#source;
    const letter = source[this.#at + 1] as string;
    if (/[1-9]/.test(letter)) throw this.#fault('A back reference (\\1) is not supported.');
    if (letter === 'k') throw this.#fault('A back reference (\\k) is not supported.');
    if (letter === 'x' || letter === 'u') {
      const length = letter === 'x' ? 2 : 4;
      const digits = source.slice(this.#at + 2, this.#at + 2 + length);
      if (digits.length !== length || !/^[0-9a-fA-F]+$/.test(digits)) throw this.#fault(`\\${letter} needs ${length} digits.`);
      this.#at += 2 + length;
      return String.fromCharCode(Number.parseInt(digits, 16));
    }
    this.#at += 2;
    const control = controls.get(letter);
    if (control !== undefined) return control;
    if (/[a-zA-Z0-9]/.test(letter)) {
      this.#at -= 2;
      throw this.#fault(`\\${letter} is not supported.`);
    }
    return letter;
  }

  /** Behind the `[`. */
  #characterClass(): CharacterTest {
    if (++this.#depth > PATTERN_DEPTH_MAX) throw this.#fault('The pattern is nested too deep.');
    const source = this.#source;
    const tests: CharacterTest[] = [];
    let negated = false;
    if (source[this.#at] === '^') {
      negated = true;
      this.#at++;
    }
    let intersected: CharacterTest | undefined;
    for (let first = true; ; first = false) {
      const letter = source[this.#at];
      if (letter === undefined) throw this.#fault('A character class is not closed.');
      if (letter === ']' && !first) break;
      if (letter === '&' && source[this.#at + 1] === '&') {
        this.#at += 2;
        const left = anyOf(tests.splice(0));
        const earlier = intersected;
        intersected = earlier === undefined ? left : (code) => earlier(code) && left(code);
        continue;
      }
      if (letter === '[') {
        this.#at++;
        tests.push(this.#characterClass());
        continue;
      }
      const set = letter === '\\' ? this.#classSet() : undefined;
      if (set !== undefined) {
        tests.push(set);
        continue;
      }
      tests.push(this.#range());
    }
    this.#at++;
    this.#depth--;
    const own = anyOf(tests);
    const both = intersected;
    const test: CharacterTest = both === undefined ? own : (code) => both(code) && own(code);
    return negated ? (code) => !test(code) : test;
  }

  #classSet(): CharacterTest | undefined {
    if (this.#source[this.#at + 1] === undefined) throw this.#fault('A character class is not closed.');
    return this.#escapedSet();
  }

  #range(): CharacterTest {
    const from = this.#classChar();
    if (this.#source[this.#at] !== '-' || this.#source[this.#at + 1] === ']' || this.#source[this.#at + 1] === '[') {
      return (code) => code === from;
    }
    this.#at++;
    const to = this.#classChar();
    if (to < from) throw this.#fault('Illegal range of characters.');
    return (code) => code >= from && code <= to;
  }

  #classChar(): number {
    const letter = this.#source[this.#at];
    if (letter === undefined) throw this.#fault('A character class is not closed.');
    if (letter === '\\') {
      if (this.#source[this.#at + 1] === undefined) throw this.#fault('A character class is not closed.');
      return this.#escapedChar().charCodeAt(0);
    }
    this.#at++;
    return letter.charCodeAt(0);
  }

  #fault(message: string): PatternFault {
    return new PatternFault(message, this.#at);
  }
}

function* units(text: string): Iterable<string> {
  for (let at = 0; at < text.length; at++) yield text.charAt(at);
}

function anyOf(tests: readonly CharacterTest[]): CharacterTest {
  if (tests.length === 1) return tests[0] as CharacterTest;
  return (code) => tests.some((test) => test(code));
}
