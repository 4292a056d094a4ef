// The text of a pattern with a place in it, and the flags that hold at that place.

import { ignoringCase } from './case-folding.ts';
import type { CharacterSet } from './character-set.ts';
import { PatternError } from './pattern-node.ts';

export interface PatternFlags {
  readonly ignoreCase: boolean;
  readonly unicodeCase: boolean;
  readonly dotAll: boolean;
  readonly multiline: boolean;
  readonly comments: boolean;
}

export const NO_FLAGS: PatternFlags = {
  ignoreCase: false,
  unicodeCase: false,
  dotAll: false,
  multiline: false,
  comments: false,
};

/** Java's letters; `d` and `U` change what lines and words are and are refused. */
const FLAG_LETTERS: Readonly<Record<string, keyof PatternFlags>> = {
  i: 'ignoreCase',
  u: 'unicodeCase',
  s: 'dotAll',
  m: 'multiline',
  x: 'comments',
};

export class PatternReader {
  readonly text: string;
  at = 0;
  flags: PatternFlags;
  /** Between \Q and \E. */
  quoted = false;
  readonly #folded = new Map<string, CharacterSet>();

  constructor(text: string, flags: PatternFlags) {
    this.text = text;
    this.flags = flags;
  }

  get done(): boolean {
    return this.at >= this.text.length;
  }

  fail(what: string, at = this.at): never {
    throw new PatternError(at, what);
  }

  /** Of what the imitated engine takes and this one does not. */
  limit(what: string, at = this.at): never {
    throw new PatternError(at, what, true);
  }

  peek(literal: string): boolean {
    return this.text.startsWith(literal, this.at);
  }

  take(literal: string): boolean {
    if (!this.peek(literal)) return false;
    this.at += literal.length;
    return true;
  }

  /** The next code point, as it stands. */
  codePoint(): number {
    if (this.done) this.fail('the pattern ends too early');
    const codePoint = this.text.codePointAt(this.at) as number;
    this.at += codePoint > 0xffff ? 2 : 1;
    return codePoint;
  }

  /** The set as the flags want it; one that comes again costs nothing. */
  inBothCases(set: CharacterSet): CharacterSet {
    const { ignoreCase, unicodeCase } = this.flags;
    if (!ignoreCase) return set;
    const key = `${unicodeCase}${set.key}`;
    let folded = this.#folded.get(key);
    if (folded === undefined) {
      folded = ignoringCase(set, unicodeCase);
      this.#folded.set(key, folded);
    }
    return folded;
  }

  /** Passes what the flag x leaves out: white space, and comments to the end of their line. */
  skipComments(): void {
    if (!this.flags.comments || this.quoted) return;
    while (!this.done) {
      const unit = this.text.charCodeAt(this.at);
      if (unit === 32 || (unit >= 9 && unit <= 13)) this.at++;
      else if (unit === 35) {
        while (!this.done && !'\n\r\u0085\u2028\u2029'.includes(this.text[this.at] as string)) this.at++;
      } else return;
    }
  }

  /** Digits up to `max` of them, or undefined when there is none. */
  number(max: number): number | undefined {
    const start = this.at;
    while (this.at - start < max && isDigit(this.text.charCodeAt(this.at))) this.at++;
    return this.at === start ? undefined : Number(this.text.slice(start, this.at));
  }

  /** Reads `is-m` of `(?is-m)` up to the `)` or `:`. */
  readFlags(): void {
    const flags = { ...this.flags };
    let on = true;
    for (; !this.peek(')') && !this.peek(':'); this.at++) {
      const letter = this.text[this.at];
      if (letter === '-' && on) {
        on = false;
        continue;
      }
      const flag = letter === undefined || !Object.hasOwn(FLAG_LETTERS, letter) ? undefined : FLAG_LETTERS[letter];
      if (flag === undefined) this.limit(`the flag ${letter ?? ''} is not supported`);
      flags[flag] = on;
    }
    this.flags = flags;
  }
}

export function isDigit(unit: number): boolean {
  return unit >= 48 && unit <= 57;
}
