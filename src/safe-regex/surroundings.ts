// What stands before and after a place, as far as assertions ask: an edge of the text, a word character, a line terminator.

import type { Assertion, PatternDialect } from './pattern-node.ts';

export const EDGE = 0;
export const OTHER = 1;
export const IN_WORD = 2;
export const LF = 3;
export const CR = 4;
export const LINE_END = 5;

/** Where kindOf may change its answer. */
export const LINE_EDGES: readonly number[] = [
  10, 11, 13, 14, 48, 58, 65, 91, 95, 96, 97, 123, 0x85, 0x86, 0x2028, 0x2029, 0x202a,
];

export function kindOf(codePoint: number, dialect: PatternDialect): number {
  if (codePoint === 10) return LF;
  // PCRE: a line feed ends a line, and nothing else does.
  if (dialect === 'pcre' && (codePoint === 13 || codePoint >= 0x80)) return OTHER;
  if (codePoint === 13) return CR;
  if (codePoint === 0x2028 || codePoint === 0x2029) return LINE_END;
  if (codePoint === 0x85) return dialect === 'java' ? LINE_END : OTHER;
  if (codePoint >= 97 && codePoint <= 122) return IN_WORD;
  if (codePoint >= 65 && codePoint <= 90) return IN_WORD;
  return (codePoint >= 48 && codePoint <= 57) || codePoint === 95 ? IN_WORD : OTHER;
}

/** Whether an assertion holds between two kinds. `lastLineEnd`: what follows is a line terminator and then the end. */
export function holds(
  assertion: Assertion,
  dialect: PatternDialect,
  before: number,
  after: number,
  lastLineEnd: boolean,
): boolean {
  switch (assertion) {
    case 'text-start':
      return before === EDGE;
    case 'text-end':
      return after === EDGE;
    case 'last-line-end':
      return after === EDGE || lastLineEnd;
    case 'line-start':
      if (dialect === 'ecma') return before === EDGE || before >= LF;
      // PCRE: at the beginning, even of nothing.
      if (dialect === 'pcre' && before === EDGE) return true;
      // Java: not at the end, even after a terminator, and not within CR LF.
      return after !== EDGE && (before === EDGE || (before >= LF && !(before === CR && after === LF)));
    case 'line-end':
      if (dialect === 'ecma') return after === EDGE || after >= LF;
      return after === EDGE || (after >= LF && !(before === CR && after === LF));
    case 'word-boundary':
      return (before === IN_WORD) !== (after === IN_WORD);
    case 'not-word-boundary':
      return (before === IN_WORD) === (after === IN_WORD);
  }
}

/** Where a last line terminator begins, the one place before the end where `$` of Java and PCRE holds; the text's length without one. */
export function lastLineEndOf(text: string, dialect: PatternDialect): number {
  const last = text.length - 1;
  if (dialect === 'ecma' || last < 0) return text.length;
  const unit = text.charCodeAt(last);
  if (dialect === 'pcre') return unit === 10 ? last : text.length;
  if (unit === 10) return text.charCodeAt(last - 1) === 13 ? last - 1 : last;
  return unit === 13 || unit === 0x85 || unit === 0x2028 || unit === 0x2029 ? last : text.length;
}
