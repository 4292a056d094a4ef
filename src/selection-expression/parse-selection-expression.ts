// `$request.body.action`, `${request.body.service}/${request.body.action}`, `\$default`: the grammar of selection expressions.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-selection-expressions.html
//
// A variable begins with `$`. Braces say where it ends; without them it ends before the first character that cannot be part of it,
// so `$request.body.version-beta` is one variable. `\$` is a dollar sign. Everything else is text.

import { compileJsonPath } from '../json-path/json-path.ts';
import type { SelectionExpression, SelectionSource } from '../model/selection-expression.ts';

/** What an expression of one purpose may read. */
export type SelectionScope = readonly SelectionSource['source'][];

export type ParsedSelectionExpression =
  | { readonly expression: SelectionExpression; readonly fault?: undefined }
  | {
      readonly expression?: undefined;
      /** `position` counts characters from 0. */
      readonly fault: { readonly message: string; readonly position: number };
    };

/** Ours: AWS gives no figure for most of them, and 1,024 characters for the longest of its members. */
const LENGTH_MAX = 1_024;

export function parseSelectionExpression(text: string, scope: SelectionScope): ParsedSelectionExpression {
  if (text === '') return fault('it is empty', 0);
  if (text.length > LENGTH_MAX) return fault(`it has more than ${LENGTH_MAX} characters`, LENGTH_MAX);
  // AWS: reserved keys are written with the escape; without it they mean the same. Seen: routeResponseSelectionExpression.
  if (text === '$default') return { expression: [text] };
  const pieces: (string | SelectionSource)[] = [];
  let literal = '';
  let at = 0;
  while (at < text.length) {
    if (text[at] === '\\' && text[at + 1] === '$') {
      literal += '$';
      at += 2;
    } else if (text[at] !== '$') {
      literal += text[at];
      at += 1;
    } else {
      const variable = variableAt(text, at);
      if (variable === undefined) return fault('a brace or bracket is not closed', at);
      const parsed = parseVariable(variable.text, scope);
      if (typeof parsed === 'string') return fault(parsed, at);
      if (literal !== '') pieces.push(literal);
      literal = '';
      pieces.push(parsed);
      at = variable.end;
    }
  }
  if (literal !== '') pieces.push(literal);
  return { expression: pieces };
}

function fault(message: string, position: number): ParsedSelectionExpression {
  return { fault: { message, position } };
}

/** The variable whose dollar sign is at `start`, without the sign and the braces; undefined when it is left open. */
function variableAt(text: string, start: number): { readonly text: string; readonly end: number } | undefined {
  if (text[start + 1] === '{') {
    const end = closing(text, start + 2, '}');
    return end < 0 ? undefined : { text: text.slice(start + 2, end), end: end + 1 };
  }
  let end = start + 1;
  while (end < text.length) {
    if (text[end] === '[') {
      const close = closing(text, end + 1, ']');
      if (close < 0) return undefined;
      end = close + 1;
    } else if (/[A-Za-z0-9_.-]/.test(text[end] as string)) {
      end += 1;
    } else break;
  }
  return { text: text.slice(start + 1, end), end };
}

/** Where `bracket` closes what begins at `start`; inside quotes it does not. */
function closing(text: string, start: number, bracket: '}' | ']'): number {
  let quote: string | undefined;
  for (let at = start; at < text.length; at++) {
    const character = text[at] as string;
    if (quote !== undefined) {
      if (character === '\\') at += 1;
      else if (character === quote) quote = undefined;
    } else if (character === "'" || character === '"') quote = character;
    else if (character === bracket) return at;
  }
  return -1;
}

const named: readonly (readonly [prefix: string, source: NamedSource, name: RegExp])[] = [
  ['request.header.', 'requestHeader', /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/],
  ['request.querystring.', 'requestQuery', /^[^\x00-\x20${}]+$/],
  ['context.', 'context', /^[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*$/],
  ['stageVariables.', 'stageVariable', /^[A-Za-z0-9_]+$/],
  ['integration.response.header.', 'responseHeader', /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/],
  ['integration.response.multivalueheader.', 'responseMultiValueHeader', /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/],
];

type NamedSource = Extract<SelectionSource, { readonly name: string }>['source'];

const bodies = [
  ['request.body', 'requestBody'],
  ['integration.response.body', 'responseBody'],
] as const;

/** The source, or what is wrong with it. */
function parseVariable(text: string, scope: SelectionScope): SelectionSource | string {
  const source = sourceOf(text);
  if (typeof source === 'string') return source;
  return scope.includes(source.source) ? source : `$${text} cannot be read here`;
}

function sourceOf(text: string): SelectionSource | string {
  // AWS: a status code is the one variable in lower case. Seen: integrationResponseSelectionExpression in recorded integrations.
  if (text === 'integration.response.statuscode') return { source: 'responseStatusCode' };
  for (const [prefix, source, pattern] of named) {
    if (!text.startsWith(prefix)) continue;
    const name = text.slice(prefix.length);
    return pattern.test(name) ? { source, name } : `$${text} names nothing`;
  }
  for (const [prefix, source] of bodies) {
    const rest = text.startsWith(prefix) ? text.slice(prefix.length) : undefined;
    if (rest === '') return { source };
    if (rest === undefined || (rest[0] !== '.' && rest[0] !== '[')) continue;
    const path = `$${rest}`;
    const compiled = compileJsonPath(path);
    return compiled.fault === undefined ? { source, path } : `$${text} holds no JSONPath: ${compiled.fault.message}`;
  }
  return text === '' ? 'a $ that begins no variable is written \\$' : `$${text} is no variable`;
}
