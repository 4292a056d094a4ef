// Does the text break out of an SQL statement it is put into?
//
// The text is read as a database would read it in each place where a careless statement may have put it: as it is, inside of single
// quotes, inside of double quotes; by the rules of both families of dialects. Each reading is folded to a short shape, and the shape
// decides. This is a guess about text whose statement nobody knows: it misses attacks and it can be wrong. sql-injection.test.ts lists
// what it is known to miss.

import { CountedText } from './counted-text.ts';
import { foldSql } from './sql-folding.ts';
import { findInjection } from './sql-grammar.ts';
import { type OpenQuote, readSqlTokens, type SqlDialect } from './sql-tokens.ts';
import { readSqlWords } from './sql-words.ts';

/** The values of the tokens that gave the text away: `['10', 'AND', '1']`. Undefined: clean. */
export function sqlInjection(text: string, sensitivity: 'LOW' | 'HIGH'): readonly string[] | undefined {
  for (const open of ['', "'", '"'] as const) {
    if (open !== '' && !text.includes(open)) continue;
    for (const dialect of dialectsOf(text)) {
      const found = inspect(new CountedText(text), dialect, open, sensitivity).found;
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/** All readings of text without these are the same. */
const DIFFERS = /--|[#\\]/;

function dialectsOf(text: string): readonly SqlDialect[] {
  return DIFFERS.test(text) ? ['ansi', 'mysql'] : ['ansi'];
}

export interface SqlReading {
  readonly found: readonly string[] | undefined;
  /** The kinds of the folded tokens. */
  readonly shape: string;
  /** How often a character was looked at or tokens were folded. */
  readonly steps: number;
}

/** One reading of the text. */
export function inspect(text: CountedText, dialect: SqlDialect, open: OpenQuote, sensitivity: 'LOW' | 'HIGH'): SqlReading {
  const tokens = readSqlWords(readSqlTokens(text, dialect, open));
  const folded = foldSql(tokens);
  return {
    found: findInjection(folded.tokens, sensitivity),
    shape: folded.tokens.map(({ kind }) => kind).join(''),
    steps: text.reads + folded.reductions,
  };
}
