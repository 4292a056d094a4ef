// Reads a JSONPath as Jayway's compiler of the 2.x line does, including what it lets through: `s` for `$.s`, `$.@type`,
// `['a','b']`. A mistake is a fault with its position.

import { parseFilter } from './parse-filter.ts';
import { parseJson } from './parse-json.ts';
import {
  type FunctionArgument,
  type ParsedPath,
  type PathFunctionName,
  type PathSegment,
  pathFunctionNames,
} from './path-segment.ts';

export class PathFault extends Error {
  readonly position: number;

  constructor(message: string, position: number) {
    super(message);
    this.position = position;
  }
}

export const PATH_LENGTH_MAX = 10_000;
export const PATH_SEGMENTS_MAX = 200;
/** Filters and arguments hold paths, which hold filters. */
export const PATH_NESTING_MAX = 16;

/** Throws a PathFault. `offset` is where `source` begins in the text that the user wrote. */
export function parseJsonPath(source: string, offset = 0, nesting = 0): ParsedPath {
  const lead = source.length - source.trimStart().length;
  const text = source.trim();
  if (text === '') throw new PathFault('The path is empty.', offset);
  if (text.length > PATH_LENGTH_MAX) throw new PathFault(`A path has at most ${PATH_LENGTH_MAX} characters.`, offset);
  if (nesting > PATH_NESTING_MAX) throw new PathFault('Paths are nested too deep.', offset);
  const rooted = text.startsWith('$') || text.startsWith('@');
  // Jayway reads `s` as `$.s`.
  const reader = rooted ? new PathReader(text, offset + lead, nesting) : new PathReader(`$.${text}`, offset + lead - 2, nesting);
  return reader.path();
}

class PathReader {
  readonly #text: string;
  readonly #offset: number;
  readonly #nesting: number;
  readonly #segments: PathSegment[] = [];
  #at = 0;

  constructor(text: string, offset: number, nesting: number) {
    this.#text = text;
    this.#offset = offset;
    this.#nesting = nesting;
  }

  path(): ParsedPath {
    const text = this.#text;
    if (text.endsWith('.')) throw this.#fault("A path must not end with '.' or '..'.", text.length - 1);
    this.#at = 1;
    if (text.length > 1 && text[1] !== '.' && text[1] !== '[') throw this.#fault("Expected '.' or '['.", 1);
    while (this.#at < text.length) {
      this.#segment();
      if (this.#segments.length > PATH_SEGMENTS_MAX) throw this.#fault(`More than ${PATH_SEGMENTS_MAX} segments.`, this.#at);
    }
    return { fromRoot: text[0] === '$', segments: this.#segments };
  }

  #segment(): void {
    const text = this.#text;
    if (text[this.#at] === '.') {
      if (text[this.#at + 1] === '.') {
        this.#segments.push({ kind: 'scan' });
        this.#at += 2;
      } else {
        this.#at++;
      }
      if (text[this.#at] === '.') throw this.#fault("'.' is not valid here.", this.#at);
    }
    const letter = text[this.#at];
    if (letter === '[') this.#bracket();
    else if (letter === '*') {
      this.#at++;
      this.#segments.push({ kind: 'wildcard' });
    } else this.#propertyOrFunction();
  }

  #propertyOrFunction(): void {
    const text = this.#text;
    const start = this.#at;
    let end = start;
    for (; end < text.length && text[end] !== '.' && text[end] !== '[' && text[end] !== '('; end++) {
      if (text[end] === ' ') {
        if (end === start) throw this.#fault('Expected a name.', end);
        throw this.#fault("A name with a blank is written ['my name'].", end);
      }
    }
    const name = text.slice(start, end);
    if (text[end] !== '(') {
      if (name === '') throw this.#fault('Expected a name.', start);
      this.#segments.push({ kind: 'property', names: [name] });
      this.#at = end;
      return;
    }
    const close = closingParenthesis(text, end);
    if (close < 0) throw this.#fault(`The arguments of ${name} are not closed.`, end);
    if (!(pathFunctionNames as readonly string[]).includes(name)) throw this.#fault(`There is no function ${name}.`, start);
    this.#segments.push({
      kind: 'function',
      name: name as PathFunctionName,
      arguments: this.#arguments(text.slice(end + 1, close), end + 1),
    });
    this.#at = close + 1;
    if (this.#at < text.length) throw this.#fault('A function is the end of a path.', this.#at);
  }

  #arguments(text: string, at: number): FunctionArgument[] {
    const found: FunctionArgument[] = [];
    let from = 0;
    for (const piece of splitAtCommas(text)) {
      const start = at + from;
      from += piece.length + 1;
      const word = piece.trim();
      const first = word[0];
      if (first === '$' || first === '@') {
        found.push({ kind: 'path', path: parseJsonPath(piece, this.#offset + start, this.#nesting + 1) });
      } else if (first !== undefined && /[-0-9"{[]/.test(first)) {
        const parsed = parseJson(word);
        if (parsed.fault !== undefined) throw this.#fault('An argument is not JSON.', start);
        found.push({ kind: 'literal', value: parsed.value });
      }
      // Jayway leaves out any other argument: `concat('x')` is the empty text.
    }
    return found;
  }

  #bracket(): void {
    const text = this.#text;
    const open = this.#at;
    let at = skipBlanks(text, open + 1);
    const first = text[at];
    if (first === "'" || first === '"') {
      this.#quotedNames(at);
      return;
    }
    if (first === '?') {
      at = skipBlanks(text, at + 1);
      if (text[at] !== '(') throw this.#fault('A filter is written [?(…)].', open);
      const close = closingParenthesis(text, at);
      const end = close < 0 ? -1 : skipBlanks(text, close + 1);
      if (close < 0 || text[end] !== ']') throw this.#fault('The filter is not closed.', open);
      const filter = parseFilter(text.slice(at + 1, close), this.#offset + at + 1, this.#nesting + 1);
      this.#segments.push({ kind: 'filter', filter });
      this.#at = end + 1;
      return;
    }
    const close = text.indexOf(']', open);
    if (close < 0) throw this.#fault("']' is missing.", open);
    const inner = text.slice(open + 1, close).trim();
    if (inner === '*') this.#segments.push({ kind: 'wildcard' });
    else if (!/^[-0-9:, ]+$/.test(inner)) throw this.#fault("Expected ?, ', a number or *.", open);
    else if (inner.includes(':')) this.#segments.push(this.#slice(inner, open));
    else this.#segments.push({ kind: 'index', indexes: inner.split(',').map((piece) => this.#integer(piece.trim(), open)) });
    this.#at = close + 1;
  }

  #slice(inner: string, open: number): PathSegment {
    const [first = '', second = ''] = inner.split(':').map((piece) => piece.trim());
    if (first === '' && second === '') throw this.#fault('A slice needs a beginning or an end.', open);
    return {
      kind: 'slice',
      from: first === '' ? undefined : this.#integer(first, open),
      to: second === '' ? undefined : this.#integer(second, open),
    };
  }

  #integer(text: string, at: number): number {
    const value = /^-?[0-9]{1,10}$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= -2_147_483_648 && value <= 2_147_483_647)) throw this.#fault(`'${text}' is not an index.`, at);
    return value === 0 ? 0 : value;
  }

  #quotedNames(start: number): void {
    const text = this.#text;
    const names: string[] = [];
    let at = start;
    for (;;) {
      const quote = text[at];
      if (quote !== "'" && quote !== '"') throw this.#fault('Expected a name in quotes.', at);
      let name = '';
      let end = at + 1;
      for (; end < text.length && text[end] !== quote; end++) {
        if (text[end] === '\\') end++;
        name += text[end] ?? '';
      }
      if (end >= text.length) throw this.#fault('The name is not closed.', at);
      names.push(name);
      at = skipBlanks(text, end + 1);
      if (text[at] === ']') break;
      if (text[at] !== ',') throw this.#fault("Expected ',' or ']'.", at);
      at = skipBlanks(text, at + 1);
    }
    this.#segments.push({ kind: 'property', names });
    this.#at = at + 1;
  }

  #fault(message: string, at: number): PathFault {
    return new PathFault(message, Math.max(0, this.#offset + at));
  }
}

export function skipBlanks(text: string, from: number): number {
  let at = from;
  while (text[at] === ' ') at++;
  return at;
}

/** Of the `(` at `open`; -1 when there is none. Quoted text and patterns are stepped over. */
export function closingParenthesis(text: string, open: number): number {
  let depth = 0;
  for (let at = open; at < text.length; at++) {
    const letter = text[at];
    if (letter === '(') depth++;
    else if (letter === ')') {
      depth--;
      if (depth === 0) return at;
    } else if (letter === "'" || letter === '"' || (letter === '/' && /[~=]\s*$/.test(text.slice(Math.max(0, at - 8), at)))) {
      const end = closingQuote(text, at);
      if (end < 0) return -1;
      at = end;
    }
  }
  return -1;
}

/** Of the quote (or slash) at `open`; -1 when there is none. */
export function closingQuote(text: string, open: number): number {
  for (let at = open + 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === text[open]) return at;
  }
  return -1;
}

function splitAtCommas(text: string): string[] {
  const pieces: string[] = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    const letter = text[at] as string;
    if (letter === '"' || letter === "'") {
      const end = closingQuote(text, at);
      if (end < 0) break;
      at = end;
    } else if ('([{'.includes(letter)) depth++;
    else if (')]}'.includes(letter)) depth--;
    else if (letter === ',' && depth === 0) {
      pieces.push(text.slice(from, at));
      from = at + 1;
    }
  }
  pieces.push(text.slice(from));
  return pieces;
}
