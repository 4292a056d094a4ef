// What a value in a pattern is compared with: numbers as numbers, texts with `*` as wildcard.

import type { PatternReader } from './pattern-reader.ts';
import { matchTextPattern } from './wildcard.ts';

export const OPERATORS = ['!=', '<=', '>=', '=', '<', '>'] as const;
export type Operator = (typeof OPERATORS)[number];

export type Comparison = (value: string | number | boolean | null) => boolean;

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/** Reads an operator and a value. `ends` are the characters that end a bare word. */
export function readComparison(reader: PatternReader, ends: string): Comparison {
  const operator = reader.takeOne(OPERATORS);
  if (operator === undefined) throw reader.fault('expected an operator (= != < <= > >=)');
  reader.refuseRegularExpression();
  const isQuoted = reader.text[reader.at] === '"';
  const text = isQuoted ? reader.quoted() : reader.until(ends).trim();
  if (text === '' && !isQuoted) throw reader.fault('expected a value');
  const number = !isQuoted && NUMBER.test(text) ? Number(text) : undefined;
  if (operator !== '=' && operator !== '!=') {
    if (number === undefined) throw reader.fault(`${operator} compares numbers`);
    return (value) => compareNumbers(operator, toNumber(value), number);
  }
  const isEqual = (value: Parameters<Comparison>[0]): boolean =>
    number === undefined ? matchTextPattern(text, String(value)) : toNumber(value) === number;
  return operator === '=' ? isEqual : (value) => !isEqual(value);
}

/** Logs write numbers as numbers and as texts; NaN compares with nothing. */
function toNumber(value: Parameters<Comparison>[0]): number {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && NUMBER.test(value) ? Number(value) : Number.NaN;
}

function compareNumbers(operator: '<' | '<=' | '>' | '>=', left: number, right: number): boolean {
  switch (operator) {
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    case '>=':
      return left >= right;
  }
}
