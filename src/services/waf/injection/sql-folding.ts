// Makes a row of tokens short: expressions become one value, comparisons one token, lists and calls one. What is left is the shape of
// the statement, whatever arithmetic, parentheses and unary operators were written to hide it.
//
// One pass with a stack. Every reduction takes a token off the stack, so there are fewer of them than tokens.

import type { SqlKind, SqlToken } from './sql-words.ts';

export interface FoldedSql {
  readonly tokens: readonly SqlToken[];
  readonly reductions: number;
}

export function foldSql(tokens: readonly SqlToken[]): FoldedSql {
  const stack: SqlToken[] = [];
  let reductions = 0;
  let parentheses = 0;
  for (const token of tokens) {
    const pushed = placed(token, stack.at(-1));
    stack.push(pushed);
    if (pushed.kind === '(') parentheses++;
    while (reduce(stack, parentheses > 0)) reductions++;
    if (pushed.kind === ')' && parentheses > 0) parentheses--;
  }
  return { tokens: stack, reductions };
}

const VALUES = '1svnNaqXfFxtbL';
const CONSTANTS = '1svq';

function isValue(token: SqlToken | undefined): boolean {
  return token !== undefined && VALUES.includes(token.kind);
}

/** Of `*` and `~`, what they are depends on what stands in front. */
function placed(token: SqlToken, before: SqlToken | undefined): SqlToken {
  const isBehindValue = isValue(before) || before?.kind === 'h' || before?.kind === 'j' || before?.kind === ')';
  if (token.kind === '*') return { ...token, kind: isBehindValue ? 'o' : 'a' };
  if (token.kind === '!' && token.value === '~' && isBehindValue) return { ...token, kind: '=' };
  return token;
}

/** One reduction at the top of the stack; false when there is none. */
function reduce(stack: SqlToken[], isInParentheses: boolean): boolean {
  const top = stack.at(-1) as SqlToken;
  const below = stack.at(-2);
  if (below === undefined) return false;
  if (top.kind === ')') return closeParenthesis(stack, isInParentheses);
  if (top.kind === '~' && below.kind === '!') return replace(stack, 2, top);
  if (top.kind === '~' && below.kind === '~') return replace(stack, 2, below);
  if (top.kind === '=' && below.kind === '=') return replace(stack, 2, below);
  if (top.kind === ';' && below.kind === ';') return replace(stack, 2, below);
  if (!isValue(top)) return false;
  if (below.kind === '!') return replace(stack, 2, top);
  const third = stack.at(-3);
  const left = isValue(third) || third?.kind === 'h' || third?.kind === 'j' || third?.kind === 'J' ? third : undefined;
  // A sign in front of a value. Behind a parenthesis that is not folded it is an operator.
  if (below.kind === 'o' && left === undefined) return third?.kind !== ')' && replace(stack, 2, top);
  if ((top.kind === 's' || top.kind === 'q') && below.kind === 's') return replace(stack, 2, top);
  if (left === undefined) return false;
  if (below.kind === 'o') return replace(stack, 3, calculated(left, top));
  if (below.kind === '=' || (below.kind === '~' && isComparedInWords(left, top))) return replace(stack, 3, compared(left, top));
  if (below.kind === ',' && left.kind === 'h') return replace(stack, 3, { ...left, kind: 'j' });
  if (below.kind === ',' && left.kind !== 'J') return replace(stack, 3, listed(left, top));
  if ((below.kind === 'A' || below.kind === 'p') && 'nsg'.includes(top.kind)) return replace(stack, 3, left);
  return false;
}

function replace(stack: SqlToken[], count: number, token: SqlToken): true {
  stack.length -= count;
  stack.push(token);
  return true;
}

function closeParenthesis(stack: SqlToken[], isInParentheses: boolean): boolean {
  const close = stack.at(-1) as SqlToken;
  const inner = stack.at(-2) as SqlToken;
  const open = stack.at(-3);
  if (inner.kind === '(') return isCall(open) && replace(stack, 3, called(open, inner));
  if (!isValue(inner)) return false;
  if (open?.kind === '(') {
    const name = stack.at(-4);
    return isCall(name) ? replace(stack, 4, called(name, inner)) : replace(stack, 3, inner);
  }
  const left = stack.at(-4);
  if (!isInParentheses || open?.kind !== '&' || left === undefined || !isValue(left)) return false;
  // (a = 1 and 2 = 2) becomes one value when its parenthesis closes.
  stack.length -= 4;
  stack.push({ ...left, kind: joined(left.kind, inner.kind) }, close);
  return true;
}

function isCall(token: SqlToken | undefined): token is SqlToken {
  return token !== undefined && (token.kind === 'g' || token.kind === 'G' || token.kind === 'm');
}

function called(name: SqlToken, inner: SqlToken): SqlToken {
  const isDangerous = name.kind === 'G' || inner.kind === 'F' || inner.kind === 'x';
  if (isDangerous) return { ...name, kind: 'F' };
  return { ...name, kind: name.kind === 'g' || inner.kind === 'f' ? 'f' : 'n' };
}

function isDangerous(left: SqlKind, right: SqlKind): boolean {
  return 'Fx'.includes(left) || 'Fx'.includes(right);
}

function calculated(left: SqlToken, right: SqlToken): SqlToken {
  if (isDangerous(left.kind, right.kind)) return { ...left, kind: 'x' };
  if (left.kind === 'h' || left.kind === 'j') return { ...left, kind: right.kind === 'q' ? 'J' : 'j' };
  if (left.kind === 'b' || left.kind === 't' || left.kind === 'J') return left;
  if (left.kind === 'f' || right.kind === 'f') return { ...left, kind: 'f' };
  if (left.kind === 'q' || right.kind === 'q') return { ...left, kind: 'q' };
  if (left.kind === 'n' || right.kind === 'n') return { ...left, kind: 'n' };
  return left;
}

function compared(left: SqlToken, right: SqlToken): SqlToken {
  if (isDangerous(left.kind, right.kind)) return { ...left, kind: 'x' };
  if (left.kind === 'h' || left.kind === 'j') return { ...left, kind: right.kind === 'q' ? 'J' : 'j' };
  if (left.kind === 'J' || left.kind === 'b' || left.kind === 't') return left;
  if (left.kind === 'f' || right.kind === 'f') return { ...left, kind: 'f' };
  const areConstant = CONSTANTS.includes(left.kind) && (CONSTANTS.includes(right.kind) || right.kind === 'L');
  const areSame = left.kind === 'n' && right.kind === 'n' && left.value.toLowerCase() === right.value.toLowerCase();
  return { ...left, kind: areConstant || areSame ? 't' : 'b' };
}

/** "size is large" is prose, size is null and size like '%' are not. */
function isComparedInWords(left: SqlToken, right: SqlToken): boolean {
  if (left.kind === 'h' || left.kind === 'j') return right.kind !== 'n';
  if (right.kind === '1') return left.kind !== 'n' || right.value.toLowerCase() === 'null';
  return 'svqfFx'.includes(right.kind) || (right.kind === 'L' && left.kind !== 'n');
}

function listed(left: SqlToken, right: SqlToken): SqlToken {
  if (isDangerous(left.kind, right.kind)) return { ...left, kind: 'x' };
  if (left.kind === 'j') return left;
  return { ...left, kind: 'L' };
}

function joined(left: SqlKind, right: SqlKind): SqlKind {
  for (const kind of ['x', 'F', 'f', 't'] as const) {
    if (left === kind || right === kind) return kind;
  }
  return 'b';
}
