// SQL injection: whether a text would be more than a value in a query that it is put into.
//
// The text is read three times: as it is, and as if it stood in single and in double quotes that it then breaks out of.

import { highRules, lowRules, type SqlText } from './sql-grammar.ts';
import { type OpenQuote, type SqlToken, sqlTokens } from './sql-tokens.ts';

/** So many tokens around the one that gave it away are told. */
const TOLD_BEFORE = 2;
const TOLD = 5;

/** Undefined: clean; otherwise the tokens that gave it away. `text` is latin1. */
export function sqlInjection(text: string, sensitivity: 'LOW' | 'HIGH'): readonly string[] | undefined {
  const rules = sensitivity === 'HIGH' ? highRules : lowRules;
  for (const quote of ['', "'", '"'] as const) {
    if (quote !== '' && !text.includes(quote)) continue;
    const read = readAs(text, quote);
    for (let at = 0; at < read.tokens.length; at++) {
      if (rules.some((rule) => rule(read, at))) return told(read.tokens, at);
    }
  }
  return undefined;
}

function readAs(text: string, quote: OpenQuote): SqlText {
  const tokens = sqlTokens(text, quote);
  return { tokens, breaksOut: quote !== '' && tokens[0]?.kind === 'string' };
}

function told(tokens: readonly SqlToken[], at: number): readonly string[] {
  const from = Math.max(0, at - TOLD_BEFORE);
  return tokens.slice(from, from + TOLD).map((token) => token.text);
}
