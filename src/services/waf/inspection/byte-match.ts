// ByteMatchStatement: whether a text is, begins with, ends with or contains some bytes.

import type { PositionalConstraint } from '@aws-sdk/client-wafv2';
import type { StatementDocument } from '../rule-document.ts';
import { anyText } from './any-text.ts';
import { compileInspectedTexts } from './inspected-texts.ts';
import type { Matcher } from './matcher.ts';

type ByteMatch = NonNullable<StatementDocument['ByteMatchStatement']>;
type MatchesBytes = (text: string, bytes: string) => boolean;

const CONSTRAINTS: Readonly<Record<PositionalConstraint, MatchesBytes>> = {
  EXACTLY: (text, bytes) => text === bytes,
  STARTS_WITH: (text, bytes) => text.startsWith(bytes),
  ENDS_WITH: (text, bytes) => text.endsWith(bytes),
  CONTAINS: (text, bytes) => text.includes(bytes),
  CONTAINS_WORD: containsWord,
};

export function byteMatch(statement: ByteMatch): Matcher {
  const bytes = Buffer.from(statement.SearchString ?? '', 'base64').toString('latin1');
  const matches = CONSTRAINTS[statement.PositionalConstraint as PositionalConstraint];
  if (matches === undefined) throw new Error(`no positional constraint: ${statement.PositionalConstraint}`);
  return anyText(compileInspectedTexts(statement), ({ text }) => matches(text, bytes));
}

/** AWS: letters, digits and the underscore are parts of words. Seen: the API reference, ByteMatchStatement. */
function containsWord(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + 1)) {
    if (!isWordCharacter(text, at - 1) && !isWordCharacter(text, at + word.length)) return true;
    // An empty word is found beyond the end, too, again and again.
    if (at >= text.length) return false;
  }
  return false;
}

/** False beyond either end. */
function isWordCharacter(text: string, at: number): boolean {
  return /^\w$/.test(text.charAt(at));
}
