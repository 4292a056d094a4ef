// Regular expressions that users write, run in time linear in the text, whatever the pattern.
//
// V8's engine tries alternatives one after the other: `(a+)+$` on thirty characters holds a process for seconds. Here a pattern
// becomes an automaton that reads each character once. What such an automaton cannot do (look-around, back-references, atomic
// and possessive matching) is refused when the pattern is compiled, with its place.

import { Alphabet } from './alphabet.ts';
import { LazyDfa, type MatchMode } from './lazy-dfa.ts';
import { type LiteralStart, literalStartOf } from './literal-pattern.ts';
import { parsePattern } from './parse-pattern.ts';
import { type ParsedPattern, type PatternDialect, PatternError, type PatternFault } from './pattern-node.ts';
import { NO_FLAGS, type PatternFlags } from './pattern-reader.ts';
import { findMatch } from './pike-machine.ts';
import { Program } from './program.ts';
import { DEFAULT_STEPS, WorkBudget } from './work-budget.ts';

export interface SafeRegexOptions {
  /** `java` unless said otherwise: selection patterns, validation expressions. `ecma`: `pattern` of JSON Schema. */
  readonly dialect?: PatternDialect;
  readonly flags?: Partial<PatternFlags>;
}

/** Where a match is. `groups[0]` is the match; a group without a part in it is undefined. */
export interface RegexMatch {
  readonly start: number;
  readonly end: number;
  readonly groups: readonly (string | undefined)[];
}

/** A pattern ready to run, or why and where it is refused. Never throws. */
export type CompiledRegex = { readonly regex: SafeRegex } | { readonly regex: undefined; readonly fault: PatternFault };

/** Compiles a pattern of a user. */
export function compileSafeRegex(pattern: string, options: SafeRegexOptions = {}): CompiledRegex {
  const dialect = options.dialect ?? 'java';
  try {
    const parsed = parsePattern(pattern, dialect, { ...NO_FLAGS, ...options.flags });
    return { regex: new SafeRegex(parsed, dialect) };
  } catch (error) {
    if (error instanceof PatternError) return { regex: undefined, fault: error.fault };
    throw error;
  }
}

/** The fault as one sentence for whoever wrote the pattern. */
export function regexFaultText(fault: PatternFault): string {
  return `${fault.what} (at position ${fault.at})`;
}

/**
 * A compiled pattern. Every method throws RegexTooExpensive when a match costs more than its budget, and then only for patterns
 * that are large themselves.
 */
export class SafeRegex {
  readonly groupNames: ReadonlyMap<string, number>;
  readonly #program: Program;
  readonly #literal: LiteralStart;
  #alphabet: Alphabet | undefined;
  readonly #automata: { [mode in MatchMode]?: LazyDfa } = {};

  constructor(parsed: ParsedPattern, dialect: PatternDialect) {
    this.groupNames = parsed.groupNames;
    this.#program = new Program(parsed, dialect);
    this.#literal = literalStartOf(parsed.node);
  }

  /** Whether the whole text matches: Java's `matches`. */
  matches(text: string, budget?: WorkBudget): boolean {
    const { text: literal, whole } = this.#literal;
    if (whole) return text === literal;
    if (literal.length > 0 && !text.startsWith(literal)) return false;
    return this.#automaton('whole').run(text, 0, budget ?? new WorkBudget(DEFAULT_STEPS));
  }

  /** Whether the text begins with a match: Java's `lookingAt`, which decides about integration responses. */
  lookingAt(text: string, budget?: WorkBudget): boolean {
    const { text: literal, whole } = this.#literal;
    if (literal.length > 0 && !text.startsWith(literal)) return false;
    if (whole) return true;
    return this.#automaton('prefix').run(text, 0, budget ?? new WorkBudget(DEFAULT_STEPS));
  }

  /** Whether there is a match anywhere: Java's `find`, JavaScript's `test`. */
  find(text: string, budget?: WorkBudget): boolean {
    const { text: literal, whole } = this.#literal;
    const from = literal.length === 0 ? 0 : text.indexOf(literal);
    if (from === -1) return false;
    if (whole) return true;
    return this.#automaton('anywhere').run(text, from, budget ?? new WorkBudget(DEFAULT_STEPS));
  }

  /** The leftmost match from `from` on, with its groups. */
  exec(text: string, from = 0, budget?: WorkBudget): RegexMatch | undefined {
    const literal = this.#literal.text;
    const start = literal.length === 0 ? from : text.indexOf(literal, from);
    if (start === -1) return undefined;
    const slots = findMatch(this.#program, this.#letters(), text, start, budget ?? new WorkBudget(DEFAULT_STEPS));
    if (slots === undefined) return undefined;
    const groups: (string | undefined)[] = [];
    for (let i = 0; i < slots.length; i += 2) {
      const [low, high] = [slots[i] as number, slots[i + 1] as number];
      groups.push(low === -1 || high === -1 ? undefined : text.slice(low, high));
    }
    return { start: slots[0] as number, end: slots[1] as number, groups };
  }

  #automaton(mode: MatchMode): LazyDfa {
    let automaton = this.#automata[mode];
    if (automaton === undefined) {
      automaton = new LazyDfa(this.#program, this.#letters(), mode);
      this.#automata[mode] = automaton;
    }
    return automaton;
  }

  #letters(): Alphabet {
    this.#alphabet ??= new Alphabet(this.#program);
    return this.#alphabet;
  }
}
