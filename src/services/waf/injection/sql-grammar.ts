// Which shapes give an injection away. A shape is the kinds of the folded tokens in a row, one character each (sql-words.ts lists them):
// `10 AND 1=1` is `1&t`. Every pattern is a constant, and none looks further than a few characters from where it begins: the work is
// linear in the length of the shape.

import type { SqlToken } from './sql-words.ts';

interface Shape {
  /** What attack it is. */
  readonly name: string;
  readonly pattern: RegExp;
  /** A second look at the tokens themselves. */
  readonly holds?: (found: readonly SqlToken[], all: readonly SqlToken[]) => boolean;
}

/** What no ordinary text has. `^h` stands for text that closes the quote the statement opened. */
export const LOW: readonly Shape[] = [
  { name: 'logic in front of a constant comparison', pattern: /^\){0,9}&\({0,9}[tfFx]/g },
  { name: 'a value, logic, a constant comparison', pattern: /[1svqbtnNfF)]\){0,9}&\({0,9}t/g },
  { name: 'a value, logic, a comparison', pattern: /^[1v]\){0,9}&\({0,9}[bf]/g },
  { name: 'a value, logic, a value, the rest cut off', pattern: /^[1v]\){0,9}&\({0,9}[1sv]\){0,9}[cD]$/g },
  { name: 'closed quote, logic, a comparison or a call', pattern: /^[hj]\){0,9}&\({0,9}[tbfF]/g },
  { name: 'closed quote, logic, the rest cut off', pattern: /^[hj]\){0,9}&\({0,9}[1snv]\){0,9}[cD;]/g },
  { name: 'closed quote, logic, opened quote', pattern: /^[hj]\){0,9}&\({0,9}q$/g },
  { name: 'closed quote, logic, a nested query', pattern: /^[hj]\){0,9}&\({0,9}[ngm]?\({0,9}E/g },
  { name: 'closed quote, an expression up to another quote', pattern: /^J/g },
  { name: 'closed quote, an expression, the rest cut off', pattern: /^j\){0,9}(?:[cD]$|;|&)/g },
  { name: 'closed quote, the rest cut off', pattern: /^h\){0,9}[cD]$/g },
  { name: 'closed quote, a nested query', pattern: /^[hj][o=,~&]\({1,9}E/g },
  { name: 'closed parentheses, the rest cut off', pattern: /^[1v]\){1,9}c$/g },
  { name: 'a nested query in an expression', pattern: /[1svtbfF)][&o=~]!?\({0,4}[gm]?\({1,9}E[1svafFxLnNgGmC(]/g },
  { name: 'a call that waits or reads', pattern: /x|[&=~o,;E]\({0,9}F|^F/g, holds: isNoWordAlone },
  { name: 'a call that waits or reads, of a query', pattern: /G\({1,9}(?:E|[1snfL],(?:[gm]?\({1,9}E|[gm]\())/g },
  {
    name: 'union of queries',
    pattern: /U\({0,9}E\({0,9}[1svqafFxLNgGmXC]|[1svhbtjfL)]\){0,9}U\({0,9}E|U\({1,9}E|UEn[rcdD;)]|^[hj1]\){0,9}E[1svafFLN]/g,
  },
  { name: 'sorted by a number', pattern: /^[1hj]?\){0,9}B\({0,9}[1Lf]\){0,9}(?:[cD;]|$)/g },
  { name: 'closed quote, sorted by a name', pattern: /^[hj]\){0,9}B\({0,9}[nL]\){0,9}[cD]/g },
  { name: 'having', pattern: /^[1hj]\){0,9}(?:B[1nLf])?H\({0,9}[tbf1]/g },
  { name: 'closed quote, limit', pattern: /^[hj]\){0,9}M[1L]/g },
  { name: 'procedure analyse', pattern: /[1hsM)L]P[(1fL]/g },
  { name: 'stacked statement', pattern: /;V.{0,2}/g, holds: isNoProse },
  { name: 'stacked call', pattern: /;Y(?:[X;cD(sv]|n[sq(v,;cD])/g },
  { name: 'stacked query', pattern: /;\({0,9}E(?:[1vafFxLgGs]|[nL]r(?:N|n[wcD;]))/g },
  { name: 'closed quote, statement', pattern: /^[hj]\){0,9}V[nNsv(].{0,6}[cD]$/g },
  { name: 'closed quote, another statement', pattern: /^[hj]\){0,9};.{1,12}[cD]$/g },
  { name: 'statement that no prose has', pattern: /Z|YX|X[sq(]/g },
  { name: 'written to a file', pattern: /Q[sq1]/g },
  { name: 'system catalogue', pattern: /rN/g },
  { name: 'query', pattern: /\(E[fF]|E[af1]r[nN]|E[FLn]r[nN](?:w[tbfFx]|[cD;]$|M1)/g },
  { name: 'case', pattern: /C[1snvf]?W\(?[tbfFx]T/g },
];

/** What ordinary text may have now and then. */
export const HIGH: readonly Shape[] = [
  { name: 'logic in front of a comparison', pattern: /^\){0,9}&\({0,9}[bf]/g },
  { name: 'a value, logic, a comparison or a call', pattern: /[1svqbtfF)]\){0,9}&\({0,9}[bf]/g },
  { name: 'a truth value, logic, a truth value', pattern: /^1\){0,9}&\({0,9}1\){0,9}$/g, holds: areTruthValues },
  { name: 'closed quote, logic', pattern: /^[hj]\){0,9}&\({0,9}[1snvq]\){0,9}$/g },
  { name: 'closed quote, an expression', pattern: /^j\){0,9}$/g },
  { name: 'closed quote, a comment', pattern: /^h\){0,9}[cdD]$/g },
  { name: 'closed quote, anything, the rest cut off', pattern: /^[hj].{1,8}c$/g },
  { name: 'a number, a comment', pattern: /^[1v]\){0,9}[cD]$/g },
  { name: 'closed quote, end of statement', pattern: /^h\){0,9};(?:[cdD]|$)/g },
  { name: 'sorted', pattern: /[1nsvtb)]B[1f]|^[hj]\){0,9}[BHMU]/g },
  { name: 'union of anything', pattern: /U\(?E/g },
  { name: 'query', pattern: /E[1svafFxLnN]r[nN]|\(E[1svafFxLN]/g },
  { name: 'stacked anything', pattern: /;\(?[EVYZ]/g },
  { name: 'statement', pattern: /V[nNs](?:[(w;cdD=E]|$)|^V|Y[XNs]/g },
  { name: 'call that waits or reads', pattern: /F|G\(/g },
  { name: 'system procedure or catalogue', pattern: /[XN]/g },
  { name: 'comment in place of white space', pattern: /[UEB&rwVo=~]/g, holds: ([found]) => found?.afterComment ?? false },
];

/** The values of the tokens that gave the text away; undefined for none. */
export function findInjection(tokens: readonly SqlToken[], sensitivity: 'LOW' | 'HIGH'): readonly string[] | undefined {
  const text = tokens.map((token) => token.kind).join('');
  return findShape(LOW, text, tokens) ?? (sensitivity === 'HIGH' ? findShape(HIGH, text, tokens) : undefined);
}

function findShape(shapes: readonly Shape[], text: string, tokens: readonly SqlToken[]): readonly string[] | undefined {
  for (const { pattern, holds } of shapes) {
    for (const match of text.matchAll(pattern)) {
      const found = tokens.slice(match.index, match.index + match[0].length);
      if (holds?.(found, tokens) ?? true) return found.map(({ value }) => value);
    }
  }
  return undefined;
}

/** Functions whose names other languages use as well: a call of one and nothing else is code like any. */
const WORDS_TOO: ReadonlySet<string> = new Set([
  'sleep',
  'benchmark',
  'polygon',
  'linestring',
  'multipoint',
  'readfile',
  'writefile',
]);

function isNoWordAlone(found: readonly SqlToken[], tokens: readonly SqlToken[]): boolean {
  const [first] = found;
  return first?.kind !== 'F' || !WORDS_TOO.has(first.value.toLowerCase()) || 'cDd&'.includes(tokens[1]?.kind ?? '?');
}

/** Statements whose first words begin a sentence as well: "create table of contents", "delete from the list". */
const BEGINS_PROSE = /^(?:drop|create(?! or)|delete|insert|replace|rename|truncate|lock|copy|restore|bulk|attach) /i;

function isNoProse([, statement, next, afterNext]: readonly SqlToken[]): boolean {
  if (statement === undefined || !BEGINS_PROSE.test(statement.value)) return true;
  return next !== undefined && !(next.kind === 'n' && (afterNext?.kind === 'n' || afterNext?.kind === 'r'));
}

/** "1 and 0"; 2 or 3 are amounts. */
function areTruthValues(found: readonly SqlToken[]): boolean {
  return found.every(({ kind, value }) => kind !== '1' || value === '0' || value === '1');
}
