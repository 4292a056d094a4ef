// The words of a math expression: numbers, ids (`m1`), words in upper case (`SUM`, `REPEAT`), texts in quotes, symbols.

import { type MathProblem, mathProblem } from './math-problem.ts';

const SYMBOLS = ['&&', '||', '==', '!=', '<=', '>=', '<', '>', '+', '-', '*', '/', '^', '(', ')', '[', ']', ','] as const;

export type MathSymbol = (typeof SYMBOLS)[number];

export type MathToken = { readonly at: number } & (
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'id' | 'word'; readonly name: string }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'symbol'; readonly symbol: MathSymbol }
  | { readonly kind: 'end' }
);

/** All tokens of the text, an `end` last. `AND` and `OR` come as the symbols they are synonyms of. */
export function readTokens(text: string): readonly MathToken[] | MathProblem {
  const tokens: MathToken[] = [];
  let at = 0;
  while (at < text.length) {
    const character = text[at] as string;
    if (/\s/.test(character)) {
      at += 1;
      continue;
    }
    const read = readToken(text, at, character);
    if ('kind' in read) return read;
    tokens.push(read.token);
    at = read.end;
  }
  tokens.push({ kind: 'end', at: text.length });
  return tokens;
}

interface ReadToken {
  readonly token: MathToken;
  readonly end: number;
}

function readToken(text: string, at: number, character: string): ReadToken | MathProblem {
  if (isDigit(character) || (character === '.' && isDigit(text[at + 1]))) return readNumber(text, at);
  if (/[A-Za-z]/.test(character)) return readName(text, at);
  if (character === '"' || character === "'") return readText(text, at, character);
  const symbol = SYMBOLS.find((candidate) => text.startsWith(candidate, at));
  if (symbol !== undefined) return { token: { kind: 'symbol', symbol, at }, end: at + symbol.length };
  if (character === '=') return mathProblem('A comparison is written ==, not =', at);
  return mathProblem(`Unexpected character ${JSON.stringify(character)}`, at);
}

function isDigit(character: string | undefined): boolean {
  return character !== undefined && character >= '0' && character <= '9';
}

function skipDigits(text: string, from: number): number {
  let end = from;
  while (isDigit(text[end])) end += 1;
  return end;
}

function readNumber(text: string, at: number): ReadToken | MathProblem {
  let end = skipDigits(text, at);
  if (text[end] === '.') end = skipDigits(text, end + 1);
  if (text[end] === 'e' || text[end] === 'E') {
    const exponent = text[end + 1] === '+' || text[end + 1] === '-' ? end + 2 : end + 1;
    if (isDigit(text[exponent])) end = skipDigits(text, exponent);
  }
  const value = Number(text.slice(at, end));
  if (!Number.isFinite(value)) return mathProblem(`The number ${text.slice(at, end)} is too large`, at);
  return { token: { kind: 'number', value, at }, end };
}

function readName(text: string, at: number): ReadToken {
  let end = at;
  while (/[A-Za-z0-9_]/.test(text[end] ?? '')) end += 1;
  const name = text.slice(at, end);
  if (name === 'AND') return { token: { kind: 'symbol', symbol: '&&', at }, end };
  if (name === 'OR') return { token: { kind: 'symbol', symbol: '||', at }, end };
  // AWS: ids begin with a lower-case letter, functions are written in upper case. Seen: user guide, "Metric math syntax and functions".
  return { token: { kind: /[a-z]/.test(name[0] as string) ? 'id' : 'word', name, at }, end };
}

/** A backslash before the quote that surrounds the text stands for the quote; others stay, the text of a SEARCH has its own escapes. */
function readText(text: string, at: number, quote: string): ReadToken | MathProblem {
  let value = '';
  for (let end = at + 1; end < text.length; end += 1) {
    if (text[end] === quote) return { token: { kind: 'text', value, at }, end: end + 1 };
    if (text[end] === '\\' && text[end + 1] === quote) end += 1;
    value += text[end];
  }
  return mathProblem('A quote is not closed', at);
}
