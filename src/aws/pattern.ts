// Runs the regular expressions of AWS's models in time linear in the subject.
//
// The patterns are AWS's own and trusted, the subjects are not, and a good number of the patterns backtrack polynomially in
// V8's engine (`.*\S.*`, `[…]*\{##[…]*##\}[…]*` on 20,000 characters). So they run here as a set of states stepped once per
// character (Thompson's construction): no subject can make one expensive, whatever its length. Only what occurs in the
// models is understood; anything else fails when the pattern is compiled, and a test compiles them all.

type Predicate = (codePoint: number) => boolean;

type Node =
  | { readonly kind: 'char'; readonly test: Predicate }
  | { readonly kind: 'sequence'; readonly parts: readonly Node[] }
  | { readonly kind: 'choice'; readonly parts: readonly Node[] }
  | { readonly kind: 'repeat'; readonly part: Node; readonly min: number; readonly max: number }
  | { readonly kind: 'assert'; readonly test: Assertion };

/** Holds or not at a position; zero width. */
type Assertion = (text: readonly number[], at: number) => boolean;

const SPLIT = 0;
const CHAR = 1;
const ASSERT = 2;
const MATCH = 3;

/** States as parallel arrays; `b` is the second branch of a split. */
class Program {
  readonly kinds: number[] = [];
  readonly a: number[] = [];
  readonly b: number[] = [];
  readonly tests: (Predicate | undefined)[] = [];
  readonly assertions: (Assertion | undefined)[] = [];

  add(kind: number, a: number, b = -1, test?: Predicate, assertion?: Assertion): number {
    this.kinds.push(kind);
    this.a.push(a);
    this.b.push(b);
    this.tests.push(test);
    this.assertions.push(assertion);
    return this.kinds.length - 1;
  }

  /** Builds the states of `node` so that they continue at `next`; returns the entry. */
  build(node: Node, next: number): number {
    switch (node.kind) {
      case 'char':
        return this.add(CHAR, next, -1, node.test);
      case 'assert':
        return this.add(ASSERT, next, -1, undefined, node.test);
      case 'sequence': {
        let entry = next;
        for (let i = node.parts.length - 1; i >= 0; i--) entry = this.build(node.parts[i] as Node, entry);
        return entry;
      }
      case 'choice': {
        let entry = this.build(node.parts.at(-1) as Node, next);
        for (let i = node.parts.length - 2; i >= 0; i--) entry = this.add(SPLIT, this.build(node.parts[i] as Node, next), entry);
        return entry;
      }
      case 'repeat': {
        let entry = next;
        if (node.max === Number.POSITIVE_INFINITY) {
          const loop = this.add(SPLIT, -1, next);
          this.a[loop] = this.build(node.part, loop);
          entry = loop;
        } else {
          for (let i = node.min; i < node.max; i++) entry = this.add(SPLIT, this.build(node.part, entry), next);
        }
        for (let i = 0; i < node.min; i++) entry = this.build(node.part, entry);
        return entry;
      }
    }
  }

  /** Whether the program matches from `start`: to the end of the text, or (`prefix`) any part from there. */
  run(entry: number, text: readonly number[], start: number, prefix: boolean): boolean {
    let current: number[] = [];
    let following: number[] = [];
    const mark = new Int32Array(this.kinds.length).fill(-1);
    let matched = this.#follow(entry, text, start, current, mark);
    for (let at = start; at < text.length; at++) {
      if (prefix && matched) return true;
      if (current.length === 0) return false;
      matched = false;
      const codePoint = text[at] as number;
      for (const state of current) {
        if ((this.tests[state] as Predicate)(codePoint)) {
          if (this.#follow(this.a[state] as number, text, at + 1, following, mark)) matched = true;
        }
      }
      const spent = current;
      current = following;
      following = spent;
      following.length = 0;
    }
    return matched;
  }

  /** Adds the character states reachable from `entry` without consuming; tells whether the match state is among them. */
  #follow(entry: number, text: readonly number[], at: number, into: number[], mark: Int32Array): boolean {
    const stack = [entry];
    let matched = false;
    while (stack.length > 0) {
      const state = stack.pop() as number;
      // The match state may be reached again and again at one position; it holds nothing.
      if (mark[state] === at && this.kinds[state] !== MATCH) continue;
      mark[state] = at;
      switch (this.kinds[state]) {
        case MATCH:
          matched = true;
          break;
        case SPLIT:
          stack.push(this.b[state] as number, this.a[state] as number);
          break;
        case ASSERT:
          if ((this.assertions[state] as Assertion)(text, at)) stack.push(this.a[state] as number);
          break;
        default:
          into.push(state);
      }
    }
    return matched;
  }
}

/** Compiles an AWS model pattern. The result tells whether the whole subject matches. Throws on syntax outside the models'. */
export function compilePattern(pattern: string): (subject: string) => boolean {
  const node = new PatternParser(pattern).parse();
  if (isSimpleRun(node)) return runTest(node);
  const program = new Program();
  const entry = program.build(node, program.add(MATCH, -1));
  return (subject) => program.run(entry, codePoints(subject), 0, false);
}

type SimpleRun = {
  readonly kind: 'repeat';
  readonly part: { readonly kind: 'char'; readonly test: Predicate };
  readonly min: number;
  readonly max: number;
};

function isSimpleRun(node: Node): node is SimpleRun {
  return node.kind === 'repeat' && node.part.kind === 'char';
}

/** `[class]+` alone, the commonest form, also of the longest subjects (policy documents). */
function runTest({ part, min, max }: SimpleRun): (subject: string) => boolean {
  return (subject) => {
    let count = 0;
    for (let i = 0; i < subject.length; count++) {
      const codePoint = subject.codePointAt(i) as number;
      if (!part.test(codePoint)) return false;
      i += codePoint > 0xffff ? 2 : 1;
    }
    return count >= min && count <= max;
  };
}

function codePoints(text: string): number[] {
  const result: number[] = [];
  for (let i = 0; i < text.length; i++) {
    const codePoint = text.codePointAt(i) as number;
    if (codePoint > 0xffff) i++;
    result.push(codePoint);
  }
  return result;
}

const isWord: Predicate = (c) => (c >= 48 && c <= 57) || (c >= 65 && c <= 90) || c === 95 || (c >= 97 && c <= 122);
const isDigit: Predicate = (c) => c >= 48 && c <= 57;
const isSpace: Predicate = (c) => c === 32 || (c >= 9 && c <= 13);
const isLineEnd: Predicate = (c) => c === 10 || c === 13 || c === 0x85 || c === 0x2028 || c === 0x2029;
const not =
  (test: Predicate): Predicate =>
  (c) =>
    !test(c);

/** One character against one Unicode category: V8's tables, no backtracking possible. */
const CATEGORIES: Readonly<Record<string, RegExp>> = {
  L: /^\p{L}$/u,
  M: /^\p{M}$/u,
  N: /^\p{N}$/u,
  P: /^\p{P}$/u,
  S: /^\p{S}$/u,
  Z: /^\p{Z}$/u,
};

class PatternParser {
  readonly #source: string;
  #at = 0;
  #dotAll = false;

  constructor(source: string) {
    this.#source = source;
  }

  parse(): Node {
    const node = this.#choice();
    if (this.#at < this.#source.length) this.#fail('an unmatched )');
    return node;
  }

  #fail(what: string): never {
    throw new Error(`pattern ${this.#source}: ${what} at ${this.#at}`);
  }

  #peek(text: string): boolean {
    return this.#source.startsWith(text, this.#at);
  }

  #take(text: string): boolean {
    if (!this.#peek(text)) return false;
    this.#at += text.length;
    return true;
  }

  #choice(): Node {
    const parts = [this.#sequence()];
    while (this.#take('|')) parts.push(this.#sequence());
    return parts.length === 1 ? (parts[0] as Node) : { kind: 'choice', parts };
  }

  #sequence(): Node {
    const parts: Node[] = [];
    while (this.#at < this.#source.length && !this.#peek('|') && !this.#peek(')')) {
      const part = this.#quantified(this.#atom());
      if (part !== undefined) parts.push(part);
    }
    return parts.length === 1 ? (parts[0] as Node) : { kind: 'sequence', parts };
  }

  #quantified(part: Node | undefined): Node | undefined {
    if (part === undefined) return undefined;
    if (this.#take('*')) return { kind: 'repeat', part, min: 0, max: Number.POSITIVE_INFINITY };
    if (this.#take('+')) return { kind: 'repeat', part, min: 1, max: Number.POSITIVE_INFINITY };
    if (this.#take('?')) return { kind: 'repeat', part, min: 0, max: 1 };
    if (!this.#peek('{')) return part;
    const counts = /^\{(\d+)(,(\d*))?\}/.exec(this.#source.slice(this.#at, this.#at + 16));
    if (counts === null) return part;
    this.#at += counts[0].length;
    const min = Number(counts[1]);
    const max = counts[2] === undefined ? min : counts[3] === '' ? Number.POSITIVE_INFINITY : Number(counts[3]);
    return { kind: 'repeat', part, min, max };
  }

  #atom(): Node | undefined {
    if (this.#take('^')) return { kind: 'assert', test: (_text, at) => at === 0 };
    if (this.#take('$')) return { kind: 'assert', test: (text, at) => at === text.length };
    if (this.#take('\\b')) {
      return { kind: 'assert', test: (text, at) => isWord(text[at - 1] ?? -1) !== isWord(text[at] ?? -1) };
    }
    if (this.#take('(?s)')) {
      this.#dotAll = true;
      return undefined;
    }
    if (this.#take('(?!')) return this.#lookahead(false);
    if (this.#take('(?=')) return this.#lookahead(true);
    if (this.#take('(?<!')) return this.#notBehind();
    if (this.#take('(?:') || this.#take('(')) return this.#closed();
    if (this.#take('.')) return { kind: 'char', test: this.#dotAll ? () => true : not(isLineEnd) };
    if (this.#take('[')) return { kind: 'char', test: this.#class() };
    if (this.#take('\\')) {
      const escaped = this.#escape();
      return { kind: 'char', test: typeof escaped === 'number' ? (c) => c === escaped : escaped };
    }
    const literal = this.#source.codePointAt(this.#at) as number;
    if ('*+?'.includes(String.fromCodePoint(literal))) this.#fail('a quantifier of nothing');
    this.#at += literal > 0xffff ? 2 : 1;
    return { kind: 'char', test: (c) => c === literal };
  }

  #closed(): Node {
    const node = this.#choice();
    if (!this.#take(')')) this.#fail('a missing )');
    return node;
  }

  #lookahead(wanted: boolean): Node {
    const node = this.#closed();
    const program = new Program();
    const entry = program.build(node, program.add(MATCH, -1));
    return { kind: 'assert', test: (text, at) => program.run(entry, text, at, true) === wanted };
  }

  #notBehind(): Node {
    const node = this.#closed();
    if (node.kind !== 'char') this.#fail('a look-behind of more than one character');
    const { test } = node;
    return { kind: 'assert', test: (text, at) => at === 0 || !test(text[at - 1] as number) };
  }

  #class(): Predicate {
    const negated = this.#take('^');
    const singles = new Set<number>();
    const ranges: [number, number][] = [];
    const tests: Predicate[] = [];
    for (let first = true; first || !this.#peek(']'); first = false) {
      if (this.#at >= this.#source.length) this.#fail('an open class');
      const from = this.#classItem();
      if (typeof from !== 'number') {
        tests.push(from);
      } else if (this.#peek('-') && this.#source[this.#at + 1] !== ']') {
        const before = this.#at;
        this.#at++;
        const to = this.#classItem();
        if (typeof to === 'number') {
          if (to < from) this.#fail('a range out of order');
          ranges.push([from, to]);
        } else {
          // `a-\w`: the dash stands for itself.
          this.#at = before;
          singles.add(from);
        }
      } else {
        singles.add(from);
      }
    }
    this.#at++;
    const test: Predicate = (c) =>
      singles.has(c) || ranges.some(([low, high]) => c >= low && c <= high) || tests.some((t) => t(c));
    return cached(negated ? not(test) : test);
  }

  #classItem(): number | Predicate {
    if (this.#take('\\')) return this.#escape();
    const codePoint = this.#source.codePointAt(this.#at) as number;
    this.#at += codePoint > 0xffff ? 2 : 1;
    return codePoint;
  }

  #escape(): number | Predicate {
    const letter = this.#source[this.#at++];
    switch (letter) {
      case 'd':
        return isDigit;
      case 'w':
        return isWord;
      case 's':
        return isSpace;
      case 'D':
        return not(isDigit);
      case 'W':
        return not(isWord);
      case 'S':
        return not(isSpace);
      case 'n':
        return 10;
      case 'r':
        return 13;
      case 't':
        return 9;
      case 'x':
        return this.#hex(2);
      case 'u':
        return this.#hex(4);
      case 'p': {
        const name = /^\{([A-Z])\}/.exec(this.#source.slice(this.#at, this.#at + 3))?.[1];
        const category = name === undefined ? undefined : CATEGORIES[name];
        if (category === undefined) return this.#fail('an unknown category');
        this.#at += 3;
        return (c) => category.test(String.fromCodePoint(c));
      }
      default:
        if (letter === undefined || /[A-Za-z0-9]/.test(letter)) return this.#fail(`an unknown escape \\${letter}`);
        return letter.charCodeAt(0);
    }
  }

  #hex(digits: number): number {
    const text = this.#source.slice(this.#at, this.#at + digits);
    if (text.length !== digits || !/^[0-9A-Fa-f]+$/.test(text)) this.#fail('a bad hexadecimal escape');
    this.#at += digits;
    return Number.parseInt(text, 16);
  }
}

/** Answers for ASCII from a table of 128 entries. */
function cached(test: Predicate): Predicate {
  const table = new Uint8Array(128);
  for (let c = 0; c < 128; c++) table[c] = test(c) ? 1 : 0;
  return (c) => (c < 128 ? table[c] === 1 : test(c));
}
