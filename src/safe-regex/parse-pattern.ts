// Reads a pattern. What a linear engine cannot do (look-around, back-references, atomic groups) is refused here, with its place.

import { type CharacterSet, negatedSet, singleSet } from './character-set.ts';
import { ANYTHING, ECMA_LINE_END, JAVA_LINE_END, PCRE_LINE_END, VERTICAL_SPACE } from './named-sets.ts';
import { parseClass } from './parse-class.ts';
import { parseEscape } from './parse-escape.ts';
import type { Assertion, ParsedPattern, PatternDialect, PatternNode } from './pattern-node.ts';
import { isDigit, type PatternFlags, PatternReader } from './pattern-reader.ts';

/** UTF-16 units. */
export const PATTERN_LENGTH_MAX = 20_000;
/** The counts of `{n,m}`. */
export const REPETITIONS_MAX = 5_000;
const NESTING_MAX = 200;

const EMPTY: PatternNode = { kind: 'sequence', parts: [] };

/** Throws PatternError. */
export function parsePattern(text: string, dialect: PatternDialect, flags: PatternFlags): ParsedPattern {
  const parser = new PatternParser(new PatternReader(text, flags), dialect);
  return parser.parse();
}

class PatternParser {
  readonly #reader: PatternReader;
  readonly #dialect: PatternDialect;
  readonly #groupNames = new Map<string, number>();
  #groups = 0;
  #depth = 0;

  constructor(reader: PatternReader, dialect: PatternDialect) {
    this.#reader = reader;
    this.#dialect = dialect;
  }

  parse(): ParsedPattern {
    const reader = this.#reader;
    if (reader.text.length > PATTERN_LENGTH_MAX) reader.limit(`the pattern is longer than ${PATTERN_LENGTH_MAX} characters`, 0);
    const node = this.#choice();
    if (!reader.done) reader.fail('a ) closes nothing');
    return { node, groups: this.#groups, groupNames: this.#groupNames };
  }

  #choice(): PatternNode {
    const parts = [this.#sequence()];
    while (this.#reader.take('|')) parts.push(this.#sequence());
    return parts.length === 1 ? (parts[0] as PatternNode) : { kind: 'choice', parts };
  }

  #sequence(): PatternNode {
    const reader = this.#reader;
    const parts: PatternNode[] = [];
    for (;;) {
      reader.skipComments();
      if (reader.done) break;
      if (!reader.quoted && (reader.peek('|') || reader.peek(')'))) break;
      const part = this.#atom();
      if (part === undefined) continue;
      parts.push(reader.quoted ? part : this.#quantified(part));
    }
    return parts.length === 1 ? (parts[0] as PatternNode) : { kind: 'sequence', parts };
  }

  /** One thing that can be repeated; undefined for what only changes how the rest is read. */
  #atom(): PatternNode | undefined {
    const reader = this.#reader;
    if (reader.quoted) {
      if (reader.take('\\E')) {
        reader.quoted = false;
        return undefined;
      }
      const literal = this.#literal(reader.codePoint());
      // The quantifier after \E belongs to the last character.
      if (reader.take('\\E')) reader.quoted = false;
      return literal;
    }
    const start = reader.at;
    const letter = reader.text[start];
    switch (letter) {
      case '(':
        reader.at++;
        return this.#group(start);
      case '[':
        reader.at++;
        return this.#set(parseClass(reader, this.#dialect));
      case '.':
        reader.at++;
        return this.#set(reader.flags.dotAll ? ANYTHING : negatedSet(this.#lineEnd()));
      case '^':
        reader.at++;
        return this.#assert(reader.flags.multiline ? 'line-start' : 'text-start');
      case '$':
        reader.at++;
        if (reader.flags.multiline) return this.#assert('line-end');
        return this.#assert(this.#dialect === 'ecma' ? 'text-end' : 'last-line-end');
      case '\\':
        reader.at++;
        return this.#escaped(start);
      case '*':
      case '+':
      case '?':
        return reader.fail(`nothing to repeat before ${letter}`);
      case '{':
        if (this.#dialect === 'java' || this.#counts() !== undefined) return reader.fail('nothing to repeat before {', start);
        reader.at = start;
    }
    return this.#literal(reader.codePoint());
  }

  #escaped(start: number): PatternNode | undefined {
    const reader = this.#reader;
    const letter = reader.text[reader.at];
    const assertion = this.#assertionEscape(letter);
    if (assertion !== undefined) {
      reader.at++;
      return this.#assert(assertion);
    }
    if (this.#dialect !== 'ecma') {
      if (reader.take('Q')) {
        reader.quoted = true;
        return undefined;
      }
      if (reader.take('E')) return undefined;
      if (this.#dialect === 'java' && reader.take('R')) return this.#lineBreak();
      if (letter === 'G') reader.limit('\\G is not supported', start);
      if (letter === 'X') reader.limit('\\X is not supported', start);
    }
    const set = parseEscape(reader, this.#dialect, false);
    return this.#set(set.ranges?.length === 2 ? reader.inBothCases(set) : set);
  }

  #assertionEscape(letter: string | undefined): Assertion | undefined {
    if (letter === 'b') {
      if (this.#dialect !== 'pcre' && this.#reader.peek('b{')) this.#reader.limit('\\b{…} is not supported');
      return 'word-boundary';
    }
    if (letter === 'B') return 'not-word-boundary';
    if (this.#dialect === 'ecma') return undefined;
    if (letter === 'A') return 'text-start';
    if (letter === 'z') return 'text-end';
    return letter === 'Z' ? 'last-line-end' : undefined;
  }

  /** `\R`: a line break of any kind, CR LF being one. */
  #lineBreak(): PatternNode {
    const both: PatternNode = { kind: 'sequence', parts: [this.#set(singleSet(13)), this.#set(singleSet(10))] };
    return { kind: 'choice', parts: [both, this.#set(VERTICAL_SPACE)] };
  }

  #group(start: number): PatternNode | undefined {
    const reader = this.#reader;
    const outer = reader.flags;
    let index: number | undefined;
    if (!reader.take('?')) {
      index = ++this.#groups;
    } else if (!reader.take(':')) {
      if (reader.peek('=') || reader.peek('!')) reader.limit('look-ahead is not supported', start);
      if (reader.peek('<=') || reader.peek('<!')) reader.limit('look-behind is not supported', start);
      if (reader.peek('>')) reader.limit('atomic groups are not supported', start);
      if (this.#dialect === 'pcre' && reader.take('#')) return this.#skipCommentGroup(start);
      if (reader.take('<') || (this.#dialect === 'pcre' && reader.take('P<'))) {
        index = ++this.#groups;
        this.#nameGroup(index);
      } else {
        if (this.#dialect === 'ecma') reader.fail('flags in a pattern are not supported', start);
        reader.readFlags();
        // `(?i)` holds to the end of the group around it.
        if (reader.take(')')) return undefined;
        reader.at++;
      }
    }
    if (++this.#depth > NESTING_MAX) reader.limit('groups are nested too deeply', start);
    const part = this.#choice();
    this.#depth--;
    if (!reader.take(')')) reader.fail('a group is not closed', start);
    reader.flags = outer;
    return index === undefined ? part : { kind: 'group', part, index };
  }

  /** `(?#…)`. */
  #skipCommentGroup(start: number): undefined {
    const end = this.#reader.text.indexOf(')', this.#reader.at);
    if (end === -1) this.#reader.fail('a comment is not closed', start);
    this.#reader.at = end + 1;
    return undefined;
  }

  #nameGroup(index: number): void {
    const reader = this.#reader;
    const end = reader.text.indexOf('>', reader.at);
    const name = end === -1 ? '' : reader.text.slice(reader.at, end);
    if (!(this.#dialect === 'pcre' ? /^[A-Za-z_]\w*$/ : /^[A-Za-z][A-Za-z0-9]*$/).test(name))
      reader.fail('a group name is letters and digits');
    if (this.#groupNames.has(name)) reader.fail(`the group name ${name} is there twice`);
    this.#groupNames.set(name, index);
    reader.at = end + 1;
  }

  #quantified(part: PatternNode): PatternNode {
    const reader = this.#reader;
    reader.skipComments();
    const start = reader.at;
    let min = 0;
    let max = Number.POSITIVE_INFINITY;
    if (reader.take('*')) {
      // All of them.
    } else if (reader.take('+')) min = 1;
    else if (reader.take('?')) max = 1;
    else {
      const counts = reader.peek('{') ? this.#counts() : undefined;
      if (counts === undefined) {
        if (this.#dialect === 'java' && reader.peek('{')) reader.fail('a counted repetition is {n}, {n,} or {n,m}');
        return part;
      }
      [min, max] = counts;
    }
    if (max < min) reader.fail('a repetition ends before it begins', start);
    if (Math.max(min, max === Number.POSITIVE_INFINITY ? 0 : max) > REPETITIONS_MAX) {
      reader.limit(`a repetition is counted beyond ${REPETITIONS_MAX}`, start);
    }
    const lazy = reader.take('?');
    if (!lazy && this.#dialect !== 'ecma' && reader.peek('+')) reader.limit('possessive quantifiers are not supported', start);
    if (part.kind === 'assert') return min === 0 ? EMPTY : part;
    return { kind: 'repeat', part, min, max, lazy };
  }

  /** Takes `{n,m}`; takes nothing when it is none. */
  #counts(): [number, number] | undefined {
    const reader = this.#reader;
    const start = reader.at;
    reader.at++;
    const min = reader.number(9);
    let max = min;
    if (min !== undefined && reader.take(',')) {
      max = isDigit(reader.text.charCodeAt(reader.at)) ? reader.number(9) : Number.POSITIVE_INFINITY;
    }
    if (min !== undefined && max !== undefined && reader.take('}')) return [min, max];
    reader.at = start;
    return undefined;
  }

  #literal(codePoint: number): PatternNode {
    return this.#set(this.#reader.inBothCases(singleSet(codePoint)));
  }

  #set(set: CharacterSet): PatternNode {
    return { kind: 'set', set };
  }

  #assert(assertion: Assertion): PatternNode {
    return { kind: 'assert', assertion };
  }

  #lineEnd(): CharacterSet {
    if (this.#dialect === 'pcre') return PCRE_LINE_END;
    return this.#dialect === 'java' ? JAVA_LINE_END : ECMA_LINE_END;
  }
}
