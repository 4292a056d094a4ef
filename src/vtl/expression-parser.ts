// References and expressions, with Velocity 1.7's grammar.

import { JsonBigInteger, JsonDouble, LONG_MAX, LONG_MIN } from '../json-path/json-value.ts';
import type { Token } from './lexer.ts';
import { parseTemplate } from './parser.ts';
import { TemplateStop } from './template-fault.ts';
import type { BinaryOperator, Block, Expression, Link, Reference } from './template-node.ts';
import type { TokenStream } from './token-stream.ts';

/** A `${` without a name behind it is text. */
export function referenceBegins(tokens: TokenStream): boolean {
  return tokens.kind === 'identifier' || (tokens.kind === 'ref{' && tokens.peek(1).kind === 'identifier');
}

export function parseReference(tokens: TokenStream): Reference {
  const first = tokens.token;
  const formal = first.kind === 'ref{';
  if (formal) tokens.take();
  const name = tokens.expect('identifier');
  const links: Link[] = [];
  parseIndexes(tokens, links);
  while (tokens.kind === 'dot' && tokens.peek(1).kind === 'identifier') {
    tokens.take();
    links.push(methodFollows(tokens) ? parseMethod(tokens) : parseProperty(tokens));
    parseIndexes(tokens, links);
  }
  if (formal) tokens.expect('ref}');
  return referenceOf(first, name, formal, links, tokens.sourceFrom(first));
}

function referenceOf(first: Token, name: Token, formal: boolean, links: readonly Link[], whole: string): Reference {
  const { image, offset } = first;
  const bang = image.indexOf('\\!');
  const plain = { escaped: false, escapes: '', prefix: '', quiet: false, links, offset };
  if (bang >= 0) {
    // `$\!x` is no reference: it prints itself, one backslash shorter, and nothing of what is behind the name.
    return { ...plain, root: '', runt: true, source: image.slice(0, bang) + image.slice(bang + 1) };
  }
  let backslashes = 0;
  while (image[backslashes] === '\\') backslashes++;
  const dollar = image.lastIndexOf('$');
  if (dollar < 0) return { ...plain, root: name.image, runt: true, source: image };
  const sign = image.slice(dollar);
  const quiet = sign.startsWith('$!');
  return {
    root: formal ? name.image : sign.slice(quiet ? 2 : 1),
    links,
    quiet,
    escaped: backslashes % 2 === 1,
    escapes: '\\'.repeat(Math.floor(backslashes / 2)),
    prefix: first.special + image.slice(backslashes, dollar),
    source: whole.slice(dollar),
    runt: false,
    offset,
  };
}

/** Looks three tokens ahead: a name, a parenthesis, and what may begin an argument. */
function methodFollows(tokens: TokenStream): boolean {
  if (tokens.peek(1).kind !== '(') return false;
  const third = tokens.peek(2).kind;
  return third === 'method)' || third === 'blank' || beginsParameter(third);
}

function beginsParameter(kind: string): boolean {
  return parameterKinds.has(kind);
}

const parameterKinds = new Set(['string', 'integer', 'float', '[', '{', 'true', 'false', 'identifier', 'ref{']);

function parseProperty(tokens: TokenStream): Link {
  const { image, offset } = tokens.expect('identifier');
  return { kind: 'property', name: image, offset };
}

function parseMethod(tokens: TokenStream): Link {
  const { image, offset } = tokens.expect('identifier');
  tokens.expect('(');
  const found: Expression[] = [];
  if (tokens.kind !== 'method)') {
    found.push(parseParameter(tokens));
    while (tokens.kind === ',') {
      tokens.take();
      found.push(parseParameter(tokens));
    }
  }
  tokens.expect('method)');
  return { kind: 'method', name: image, arguments: found, offset };
}

function parseIndexes(tokens: TokenStream, links: Link[]): void {
  while (tokens.kind === 'index[') {
    const { offset } = tokens.take();
    tokens.skip('blank');
    const { kind } = tokens.peek(0);
    if (kind !== 'string' && kind !== 'integer' && kind !== 'true' && kind !== 'false' && !referenceBegins(tokens)) {
      throw tokens.unexpected();
    }
    const index = parseSimple(tokens);
    tokens.skip('blank');
    tokens.expect('index]');
    links.push({ kind: 'index', index, offset });
  }
}

/** With blanks around it. */
function parseParameter(tokens: TokenStream): Expression {
  tokens.skip('blank');
  const value = parseSimple(tokens);
  tokens.skip('blank');
  return value;
}

/** `argument`: of a directive, which has neither operators nor parentheses. */
export function parseExpression(tokens: TokenStream, form: 'whole' | 'argument' = 'whole'): Expression {
  return form === 'argument' ? parseSimple(tokens) : tokens.nested(() => parseBinary(tokens, 0));
}

const levels: readonly (readonly BinaryOperator[])[] = [
  ['or'],
  ['and'],
  ['==', '!='],
  ['<', '>', '<=', '>='],
  ['+', '-'],
  ['*', '/', '%'],
];

function parseBinary(tokens: TokenStream, level: number): Expression {
  const operators = levels[level];
  if (operators === undefined) return parseUnary(tokens);
  const first = tokens.token;
  let left = parseBinary(tokens, level + 1);
  for (let count = 0; ; count++) {
    const operator = operators.find((one) => one === tokens.kind);
    if (operator === undefined) return left;
    // A chain becomes a tree as deep as it is long.
    if (count >= 500) throw new TemplateStop('parse', 'The expression is too long.', first.offset, 'depth');
    tokens.take();
    const right = parseBinary(tokens, level + 1);
    left = { kind: 'binary', operator, left, right, source: tokens.sourceFrom(first) };
  }
}

function parseUnary(tokens: TokenStream): Expression {
  const first = tokens.token;
  if (first.kind === 'not' || (first.kind === 'blank' && tokens.peek(1).kind === 'not')) {
    tokens.skip('blank');
    tokens.take();
    const operand = tokens.nested(() => parseUnary(tokens));
    return { kind: 'not', operand, source: tokens.sourceFrom(first) };
  }
  tokens.skip('blank');
  let value: Expression;
  if (tokens.kind === '(') {
    tokens.take();
    value = parseExpression(tokens);
    tokens.expect(')');
  } else value = parseSimple(tokens);
  tokens.skip('blank');
  return value;
}

function parseSimple(tokens: TokenStream): Expression {
  const { token } = tokens;
  switch (token.kind) {
    case 'string':
      return parseText(tokens);
    case 'integer': {
      // A number behind a `#`, which became part of its token.
      if (!/^-?[0-9]+$/.test(token.image)) throw tokens.unexpected();
      if (token.image.length > 1000) throw new TemplateStop('parse', 'A number has too many digits.', token.offset, 'size');
      tokens.take();
      return { kind: 'literal', value: integerLiteral(token.image), source: token.image };
    }
    case 'float': {
      if (!/^-?[0-9.]/.test(token.image)) throw tokens.unexpected();
      tokens.take();
      return { kind: 'literal', value: new JsonDouble(Number(token.image)), source: token.image };
    }
    case 'true':
    case 'false':
      tokens.take();
      return { kind: 'literal', value: token.kind === 'true', source: token.kind };
    case '[':
      return tokens.nested(() => (rangeFollows(tokens) ? parseRange(tokens) : parseList(tokens)));
    case '{':
      return tokens.nested(() => parseMap(tokens));
    case 'identifier':
    case 'ref{': {
      const reference = tokens.nested(() => parseReference(tokens));
      return { kind: 'reference', reference, source: reference.source };
    }
    default:
      throw tokens.unexpected();
  }
}

/** Velocity keeps an integer as small as it can. */
function integerLiteral(image: string): number | bigint | JsonBigInteger {
  const value = BigInt(image);
  if (value >= -2_147_483_648n && value <= 2_147_483_647n) return Number(value);
  return value >= LONG_MIN && value <= LONG_MAX ? value : new JsonBigInteger(value);
}

function parseText(tokens: TokenStream): Expression {
  const { image, offset } = tokens.take();
  const quote = image.charAt(0);
  let text = image.slice(1, -1).replaceAll(quote + quote, quote);
  if (text.includes('\\u')) {
    text = text.replace(/\\u([0-9a-fA-F]{4})/g, (_whole, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
  }
  if (quote === "'" || !/[$#]/.test(text)) return { kind: 'literal', value: text, source: image };
  // Velocity reads it with a blank behind, so that `"$"` is a text, and takes the blank off again.
  const inComment = /##[^\n]*$/.test(text);
  const inner = tokens.nested(() => parseTemplate(inComment ? text : `${text} `, offset + 1, tokens.depth));
  tokens.macros.push(...inner.macros);
  return { kind: 'interpolated', block: inComment ? inner.block : withoutLastBlank(inner.block), source: image };
}

function withoutLastBlank(block: Block): Block {
  const last = block.at(-1);
  if (last?.kind !== 'text') return block;
  return [...block.slice(0, -1), { ...last, text: last.text.replace(/ $/, '') }];
}

/** `[a..b]`: looks ahead for the two points. */
function rangeFollows(tokens: TokenStream): boolean {
  let at = 1;
  const skipBlank = () => {
    if (tokens.peek(at).kind === 'blank') at++;
  };
  skipBlank();
  const { kind } = tokens.peek(at);
  if (kind === 'integer') at++;
  else if (kind === 'identifier' || kind === 'ref{') at = behindReference(tokens, at);
  else return false;
  skipBlank();
  return tokens.peek(at).kind === '..';
}

/** Steps over the tokens of a reference. */
function behindReference(tokens: TokenStream, from: number): number {
  let at = from;
  let depth = 0;
  for (let steps = 0; steps < 1000; steps++) {
    const { kind } = tokens.peek(at);
    if (openers.has(kind)) depth++;
    else if (closers.has(kind)) depth--;
    else if (kind === 'eof' || (depth === 0 && kind !== 'identifier' && kind !== 'dot')) return at;
    if (depth < 0) return at;
    at++;
  }
  return at;
}

const openers = new Set(['index[', '(', 'ref{', '[', '{']);
const closers = new Set(['index]', 'method)', 'ref}', ')', ']', '}']);

function parseRange(tokens: TokenStream): Expression {
  const first = tokens.take();
  const from = parseRangeEnd(tokens);
  tokens.expect('..');
  const to = parseRangeEnd(tokens);
  tokens.expect(']');
  return { kind: 'range', from, to, source: tokens.sourceFrom(first), offset: first.offset };
}

function parseRangeEnd(tokens: TokenStream): Expression {
  tokens.skip('blank');
  if (tokens.kind !== 'integer' && !referenceBegins(tokens)) throw tokens.unexpected();
  return parseParameter(tokens);
}

function parseList(tokens: TokenStream): Expression {
  const first = tokens.take();
  const items: Expression[] = [];
  if (tokens.kind !== ']') {
    items.push(parseParameter(tokens));
    while (tokens.kind === ',') {
      tokens.take();
      items.push(parseParameter(tokens));
    }
  }
  tokens.expect(']');
  return { kind: 'list', items, source: tokens.sourceFrom(first) };
}

function parseMap(tokens: TokenStream): Expression {
  const first = tokens.take();
  const entries: [Expression, Expression][] = [];
  const next = tokens.kind === 'blank' ? tokens.peek(1).kind : tokens.kind;
  if (beginsParameter(next)) {
    for (;;) {
      const key = parseParameter(tokens);
      tokens.expect(':');
      entries.push([key, parseParameter(tokens)]);
      if (tokens.kind !== ',') break;
      tokens.take();
    }
  } else tokens.skip('blank');
  if (tokens.kind === 'ref}') tokens.take();
  else tokens.expect('}');
  return { kind: 'map', entries, source: tokens.sourceFrom(first) };
}
