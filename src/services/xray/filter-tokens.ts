// The words of a filter expression: keywords, texts in quotes, numbers, symbols, and annotations with their key.

import type { FilterProblem } from './filter-expression.ts';

const SYMBOLS = ['!=', '<=', '>=', '=', '<', '>', '!', '(', ')', '{', '}', ',', ':'] as const;

export type FilterSymbol = (typeof SYMBOLS)[number];

export type FilterToken = { readonly at: number } /** In small letters: keywords may be written in any case. */ & (
  | { readonly kind: 'word'; readonly word: string }
  | { readonly kind: 'annotation'; readonly key: string }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'symbol'; readonly symbol: FilterSymbol }
  | { readonly kind: 'end' }
);

interface ReadToken {
  readonly token: FilterToken;
  readonly end: number;
}

/** `at`: characters counted from 0; the message counts from 1. */
export function filterProblem(message: string, at: number): FilterProblem {
  return { kind: 'problem', message: `${message} (character ${at + 1})`, at };
}

/** All tokens of the text, an `end` last. */
export function readFilterTokens(text: string): readonly FilterToken[] | FilterProblem {
  const tokens: FilterToken[] = [];
  let at = 0;
  while (at < text.length) {
    if (/\s/.test(text[at] as string)) {
      at++;
      continue;
    }
    const read = readToken(text, at);
    if ('kind' in read) return read;
    tokens.push(read.token);
    at = read.end;
  }
  tokens.push({ kind: 'end', at });
  return tokens;
}

function readToken(text: string, at: number): ReadToken | FilterProblem {
  const character = text[at] as string;
  if (/[A-Za-z_]/.test(character)) return readWord(text, at);
  if (/[0-9.-]/.test(character)) return readNumber(text, at);
  if (character === '"' || character === "'") return readText(text, at, character);
  const symbol = SYMBOLS.find((candidate) => text.startsWith(candidate, at));
  if (symbol !== undefined) return { token: { kind: 'symbol', symbol, at }, end: at + symbol.length };
  return filterProblem(`Unexpected character ${JSON.stringify(character)}`, at);
}

const ANNOTATION = 'annotation';

function readWord(text: string, at: number): ReadToken | FilterProblem {
  const end = skip(text, at, /[A-Za-z0-9_.]/);
  const word = text.slice(at, end).toLowerCase();
  if (word === ANNOTATION && text[end] === '[') return readBracketedKey(text, at, end + 1);
  if (!word.startsWith(`${ANNOTATION}.`)) return { token: { kind: 'word', word, at }, end };
  // Stages write annotations like aws:api_id: they can be asked for without brackets too.
  const keyEnd = skip(text, end, /[A-Za-z0-9_.:-]/);
  const key = text.slice(at + ANNOTATION.length + 1, keyEnd);
  if (key === '') return filterProblem('The key of the annotation is missing', keyEnd);
  return { token: { kind: 'annotation', key, at }, end: keyEnd };
}

function readBracketedKey(text: string, at: number, keyAt: number): ReadToken | FilterProblem {
  const close = text.indexOf(']', keyAt);
  if (close < 0) return filterProblem('The bracket after annotation is not closed', keyAt - 1);
  const written = text.slice(keyAt, close).trim();
  const isQuoted = written.length >= 2 && written.startsWith('"') && written.endsWith('"');
  const key = isQuoted ? written.slice(1, -1) : written;
  if (key === '') return filterProblem('The key of the annotation is missing', keyAt);
  return { token: { kind: 'annotation', key, at }, end: close + 1 };
}

function readNumber(text: string, at: number): ReadToken | FilterProblem {
  const end = skip(text, at + 1, /[0-9.]/);
  const written = text.slice(at, end);
  if (!/^-?(?:\d+(?:\.\d*)?|\.\d+)$/.test(written)) return filterProblem(`${written} is no number`, at);
  return { token: { kind: 'number', value: Number(written), at }, end };
}

/** A backslash before the quote or another backslash stands for what follows it. */
function readText(text: string, at: number, quote: string): ReadToken | FilterProblem {
  let value = '';
  for (let end = at + 1; end < text.length; end++) {
    if (text[end] === quote) return { token: { kind: 'text', value, at }, end: end + 1 };
    if (text[end] === '\\' && (text[end + 1] === quote || text[end + 1] === '\\')) end++;
    value += text[end];
  }
  return filterProblem('A quote is not closed', at);
}

function skip(text: string, from: number, characters: RegExp): number {
  let end = from;
  while (end < text.length && characters.test(text[end] as string)) end++;
  return end;
}
