// Reads a template into a tree, with Velocity 1.7's grammar. Throws a TemplateStop with the place.

import { parseExpression, parseReference, referenceBegins } from './expression-parser.ts';
import { TemplateStop } from './template-fault.ts';
import type { Block, Branch, Expression, Macro, MacroCall, Statement } from './template-node.ts';
import { TokenStream } from './token-stream.ts';

export interface ParsedTemplate {
  readonly block: Block;
  readonly macros: readonly Macro[];
}

/** AWS: a template has at most 300 KB. Seen: API Gateway quotas. */
export const TEMPLATE_SIZE_MAX = 300 * 1024;

/** `offset` is where the text begins in the template, for a text in quotes. */
export function parseTemplate(text: string, offset = 0, depth = 0): ParsedTemplate {
  const tokens = new TokenStream(text, offset, depth);
  const block = parseBlock(tokens);
  if (tokens.kind !== 'eof') throw tokens.unexpected();
  return { block, macros: tokens.macros };
}

function parseBlock(tokens: TokenStream): Block {
  const statements: Statement[] = [];
  for (;;) {
    const statement = parseStatement(tokens);
    if (statement === undefined) return statements;
    const last = statements.at(-1);
    if (statement.kind !== 'text') statements.push(statement);
    else if (last?.kind === 'text') statements[statements.length - 1] = { ...last, text: last.text + statement.text };
    else if (statement.text !== '') statements.push(statement);
  }
}

/** Undefined where the block ends. */
function parseStatement(tokens: TokenStream): Statement | undefined {
  const { kind } = tokens;
  if (kind === 'if') return parseIf(tokens);
  if (referenceBegins(tokens)) {
    const reference = parseReference(tokens);
    return { kind: 'reference', reference, offset: reference.offset };
  }
  switch (kind) {
    case 'line-comment-start': {
      const token = tokens.take();
      if (tokens.peek(0).kind === 'line-comment') tokens.take();
      // A `$` directly in front has become part of the comment's token.
      return { kind: 'text', text: token.image.slice(0, token.image.indexOf('##')), offset: token.offset };
    }
    case 'comment': {
      const { image, offset } = tokens.take();
      // An empty one may have a `$` in front in its token.
      return { kind: 'text', text: image.slice(0, Math.max(0, image.indexOf('#*'))), offset };
    }
    case 'textblock': {
      const token = tokens.take();
      return { kind: 'text', text: token.image.slice(3, -3), offset: token.offset };
    }
    case 'set':
      return parseSet(tokens);
    case 'escaped-directive': {
      const token = tokens.take();
      return { kind: 'text', text: unescapeDirective(token.image, tokens), offset: token.offset };
    }
    case 'double-escape':
      return parseEscapes(tokens);
    case 'word':
    case 'bracketed-word':
      return parseDirective(tokens);
    case 'text':
    case 'dot':
    case ')':
    case '(':
    case 'integer':
    case 'float':
    case 'string':
    case 'escape':
    case 'ref{':
    case 'ref}':
    case 'empty-index': {
      const token = tokens.take();
      return { kind: 'text', text: token.special + token.image, offset: token.offset };
    }
    default:
      return undefined;
  }
}

const controlNames = new Set(['if', 'end', 'set', 'else', 'elseif']);
const blockDirectives = new Set(['foreach', 'macro', 'define', 'literal']);
const lineDirectives = new Set(['include', 'parse', 'evaluate', 'break', 'stop']);

function isDirective(name: string, tokens: TokenStream): boolean {
  return blockDirectives.has(name) || lineDirectives.has(name) || tokens.macroNames.has(name);
}

/** `\#if` prints `#if`; before a name that is no directive the backslash is only text. */
function unescapeDirective(image: string, tokens: TokenStream): string {
  const last = image.lastIndexOf('\\');
  const directive = image.slice(last + 1);
  const name = directive[1] === '{' ? directive.slice(2, -1) : directive.slice(1);
  if (!isDirective(name, tokens) && !controlNames.has(name)) return image;
  return image.slice(0, Math.floor(last / 2)) + directive;
}

/** Two backslashes are one before a directive, and themselves before anything else. */
function parseEscapes(tokens: TokenStream): Statement {
  const { offset } = tokens.token;
  let count = 0;
  while (tokens.kind === 'double-escape') {
    tokens.take();
    count++;
  }
  const { kind, token } = tokens;
  const control =
    kind === 'if' || kind === 'else' || kind === 'elseif' || kind === 'end' || isDirective(token.image.slice(1), tokens);
  return { kind: 'text', text: (control ? '\\' : '\\\\').repeat(count), offset };
}

function parseIf(tokens: TokenStream): Statement {
  const { offset } = tokens.take();
  const branches: Branch[] = [parseBranch(tokens)];
  while (tokens.kind === 'elseif') {
    tokens.take();
    branches.push(parseBranch(tokens));
  }
  let otherwise: Block | undefined;
  if (tokens.kind === 'else') {
    tokens.take();
    otherwise = tokens.nested(() => parseBlock(tokens));
  }
  tokens.expect('end', '#if is not closed with #end.', offset);
  return { kind: 'if', branches, otherwise, offset };
}

function parseBranch(tokens: TokenStream): Branch {
  tokens.skip('blank');
  tokens.expect('(');
  const condition = parseExpression(tokens);
  tokens.expect(')');
  return { condition, body: tokens.nested(() => parseBlock(tokens)) };
}

function parseSet(tokens: TokenStream): Statement {
  const { offset } = tokens.take();
  tokens.skip('blank');
  const target = parseReference(tokens);
  tokens.skip('blank');
  tokens.expect('=');
  const value = parseExpression(tokens);
  tokens.expect(')');
  tokens.endSet();
  return { kind: 'set', target, value, offset };
}

/** An argument of a directive: a word has no value of its own. */
type Argument = { readonly word: string } | { readonly word?: undefined; readonly value: Expression };

function parseDirective(tokens: TokenStream): Statement {
  const token = tokens.take();
  const name = token.kind === 'bracketed-word' ? token.image.slice(2, -1) : token.image.slice(1);
  const known = blockDirectives.has(name) || lineDirectives.has(name);
  const isBlock = blockDirectives.has(name) || (!known && name.startsWith('@'));
  const { offset } = token;
  tokens.enterDirective();
  if (!tokens.parenthesisFollows()) {
    tokens.leaveDirective();
    if (name === 'macro') throw new TemplateStop('parse', '#macro needs a name in parentheses.', offset);
    // Without parentheses only these mean something.
    if (name === 'break') return { kind: 'break', scope: undefined, offset };
    if (name === 'stop') return { kind: 'stop', offset };
    if (known && name !== 'literal') throw new TemplateStop('parse', `#${name} needs arguments in parentheses.`, offset);
    const call: MacroCall = { name, arguments: [], word: undefined, body: undefined, source: token.image };
    return { kind: 'call', call, offset };
  }
  tokens.skip('blank');
  tokens.expect('(');
  const found = parseArguments(tokens, name, known);
  tokens.skip('blank');
  tokens.expect(')');
  const body = isBlock ? tokens.nested(() => parseBlock(tokens)) : undefined;
  if (isBlock) tokens.expect('end', `#${name} is not closed with #end.`, offset);
  return directive(tokens, name, found, body, offset, token.special + tokens.sourceFrom(token));
}

function parseArguments(tokens: TokenStream, name: string, known: boolean): Argument[] {
  const found: Argument[] = [];
  for (;;) {
    if (!argumentFollows(tokens)) return found;
    tokens.skip('blank');
    if (tokens.kind === ',') {
      tokens.take();
      tokens.skip('blank');
    }
    const { token } = tokens;
    if (token.kind === 'word') {
      const allowed = name === 'macro' ? found.length === 0 : !known || (name === 'foreach' && found.length === 1);
      if (!allowed) throw new TemplateStop('parse', `'${token.image}' is no argument of #${name}.`, tokens.token.offset);
      tokens.take();
      found.push({ word: token.image });
    } else {
      if (name === 'macro' && found.length === 0) {
        throw new TemplateStop('parse', 'The name of a macro is a word without quotes.', tokens.token.offset);
      }
      found.push({ value: parseExpression(tokens, 'argument') });
    }
  }
}

/** Looks two tokens ahead, like Velocity, for `[blank] [, [blank]] argument`. */
function argumentFollows(tokens: TokenStream): boolean {
  const first = tokens.peek(0);
  if (first.kind === 'blank' || first.kind === ',') {
    const second = tokens.peek(1);
    return beginsArgument(second.kind) || second.kind === ',' || (first.kind === ',' && second.kind === 'blank');
  }
  return beginsArgument(first.kind);
}

function beginsArgument(kind: string): boolean {
  return argumentKinds.has(kind);
}

const argumentKinds = new Set(['identifier', 'ref{', 'word', 'string', 'integer', 'float', '[', '{', 'true', 'false']);

function directive(
  tokens: TokenStream,
  name: string,
  found: readonly Argument[],
  body: Block | undefined,
  offset: number,
  source: string,
): Statement {
  const value = (index: number): Expression | undefined => {
    const argument = found[index];
    return argument?.word === undefined ? argument?.value : undefined;
  };
  switch (name) {
    case 'foreach':
      return foreachOf(found, value, body as Block, offset);
    case 'macro':
      return macroOf(tokens, found, body as Block, offset);
    case 'define': {
      const target = value(0);
      if (target?.kind !== 'reference') throw new TemplateStop('parse', '#define needs a reference.', offset);
      return { kind: 'define', name: target.reference.root, body: body as Block, offset };
    }
    case 'evaluate': {
      const text = value(0);
      if (text === undefined || found.length > 1) throw new TemplateStop('parse', '#evaluate takes one argument.', offset);
      if (text.kind !== 'reference' && text.kind !== 'interpolated' && typeof literalOf(text) !== 'string') {
        throw new TemplateStop('parse', '#evaluate takes a text or a reference.', offset);
      }
      return { kind: 'evaluate', source: text, offset };
    }
    case 'break':
      return { kind: 'break', scope: value(0), offset };
    case 'stop':
      return { kind: 'stop', offset };
    case 'literal':
      return { kind: 'text', text: tokens.literalBody(source), offset };
    case 'include':
    case 'parse':
      throw new TemplateStop('parse', `#${name} is not available: there are no other templates.`, offset);
    default:
      return {
        kind: 'call',
        call: {
          name: name.startsWith('@') ? name.slice(1) : name,
          arguments: found.flatMap((argument) => (argument.word === undefined ? [argument.value] : [])),
          word: found.find((argument) => argument.word !== undefined)?.word,
          body,
          source,
        },
        offset,
      };
  }
}

function literalOf(expression: Expression): unknown {
  return expression.kind === 'literal' ? expression.value : undefined;
}

function foreachOf(
  found: readonly Argument[],
  value: (index: number) => Expression | undefined,
  body: Block,
  offset: number,
): Statement {
  const item = value(0);
  if (item?.kind !== 'reference') throw new TemplateStop('parse', '#foreach needs a reference first.', offset);
  if (found.length < 2) throw new TemplateStop('parse', '#foreach is written #foreach($x in …).', offset);
  return { kind: 'foreach', name: item.reference.root, source: value(2), body, offset };
}

function macroOf(tokens: TokenStream, found: readonly Argument[], body: Block, offset: number): Statement {
  const name = found[0]?.word;
  if (name === undefined) throw new TemplateStop('parse', 'The first argument of #macro is its name.', offset);
  const parameters = found.slice(1).map((argument) => {
    if (argument.word === undefined && argument.value.kind === 'reference') return argument.value.reference.root;
    throw new TemplateStop('parse', `The parameters of #macro(${name}) are references.`, offset);
  });
  const macro: Macro = { name, parameters, body };
  tokens.macros.push(macro);
  tokens.macroNames.add(name);
  return { kind: 'macro', macro, offset };
}
