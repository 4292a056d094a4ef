// A pattern as a tree, after reading and before it becomes a program.

import type { CharacterSet } from './character-set.ts';

/**
 * Whose syntax and whose idea of lines: `java.util.regex` (the whole of API Gateway), ECMA 262 (JSON Schema's `pattern`), or PCRE over
 * bytes (the rules of AWS WAF), whose texts are latin1.
 */
export type PatternDialect = 'java' | 'ecma' | 'pcre';

/** What holds at a place between two characters. */
export type Assertion =
  | 'text-start'
  | 'text-end'
  /** The end, or before the last line terminator: Java's `$` and `\Z`. */
  | 'last-line-end'
  | 'line-start'
  | 'line-end'
  | 'word-boundary'
  | 'not-word-boundary';

export type PatternNode =
  | { readonly kind: 'set'; readonly set: CharacterSet }
  | { readonly kind: 'sequence'; readonly parts: readonly PatternNode[] }
  | { readonly kind: 'choice'; readonly parts: readonly PatternNode[] }
  | {
      readonly kind: 'repeat';
      readonly part: PatternNode;
      readonly min: number;
      /** Infinity for `*` and `+`. */
      readonly max: number;
      readonly lazy: boolean;
    }
  | { readonly kind: 'group'; readonly part: PatternNode; readonly index: number }
  | { readonly kind: 'assert'; readonly assertion: Assertion };

export interface ParsedPattern {
  readonly node: PatternNode;
  /** Capturing groups, without the whole match. */
  readonly groups: number;
  readonly groupNames: ReadonlyMap<string, number>;
}

/** Why a pattern is refused: a sentence's end, and where in the pattern (UTF-16 index). */
export interface PatternFault {
  readonly at: number;
  readonly what: string;
  /** The pattern is one, only not for this engine. */
  readonly isLimit?: true;
}

/** Thrown inside the reader only; compileSafeRegex returns its fault. */
export class PatternError extends Error {
  readonly fault: PatternFault;

  constructor(at: number, what: string, isLimit = false) {
    super(`${what} at position ${at}`);
    this.fault = isLimit ? { at, what, isLimit } : { at, what };
  }
}
