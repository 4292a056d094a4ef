// Reads JSON as json-smart does in its permissive mode, which is what stands behind `$input` and `$util.parseJson`: names and
// texts without quotes or with single ones, commas too many, numbers in Java's kinds.

import { integerOf, JsonDouble, type JsonNumber, type JsonObject, type JsonValue } from './json-value.ts';

export interface JsonFault {
  readonly message: string;
  /** Index in the text. */
  readonly position: number;
}

export type ParsedJson = { readonly value: JsonValue; readonly fault?: undefined } | { readonly fault: JsonFault };

/** Deeper documents are refused. */
export const JSON_DEPTH_MAX = 400;

/** `rest`: whether something may follow the document, as json-smart lets it. */
export function parseJson(text: string, rest: 'refused' | 'ignored' = 'refused'): ParsedJson {
  const reader = new Reader(text);
  try {
    return { value: reader.document(rest === 'ignored') };
  } catch (error) {
    if (error instanceof Unreadable) return { fault: { message: error.message, position: error.position } };
    throw error;
  }
}

class Unreadable extends Error {
  readonly position: number;

  constructor(message: string, position: number) {
    super(message);
    this.position = position;
  }
}

const QUOTE = 34;
const APOSTROPHE = 39;
const COMMA = 44;
const COLON = 58;
const OPEN_LIST = 91;
const BACKSLASH = 92;
const CLOSE_LIST = 93;
const OPEN_OBJECT = 123;
const CLOSE_OBJECT = 125;

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(hasRest: boolean): JsonValue {
    this.#skipBlanks();
    if (this.#at >= this.#text.length) throw new Unreadable('The document is empty.', 0);
    const value = this.#value(0, false);
    if (hasRest) return value;
    this.#skipBlanks();
    if (this.#at < this.#text.length) throw this.#unexpected('after the document');
    return value;
  }

  #value(depth: number, inside: boolean): JsonValue {
    const code = this.#text.charCodeAt(this.#at);
    switch (code) {
      case OPEN_OBJECT:
        return this.#object(depth);
      case OPEN_LIST:
        return this.#list(depth);
      case QUOTE:
      case APOSTROPHE:
        return this.#quoted(code);
      case CLOSE_OBJECT:
      case CLOSE_LIST:
      case COLON:
        throw this.#unexpected('where a value begins');
      default:
        return this.#bare(inside);
    }
  }

  #object(depth: number): JsonObject {
    if (depth >= JSON_DEPTH_MAX) throw new Unreadable(`More than ${JSON_DEPTH_MAX} levels.`, this.#at);
    const object: JsonObject = new Map();
    this.#at++;
    for (;;) {
      this.#skipBlanksAndCommas();
      const code = this.#text.charCodeAt(this.#at);
      if (code === CLOSE_OBJECT) {
        this.#at++;
        return object;
      }
      if (Number.isNaN(code) || code === OPEN_OBJECT || code === OPEN_LIST || code === CLOSE_LIST || code === COLON) {
        throw this.#unexpected('where a name begins');
      }
      const name = code === QUOTE || code === APOSTROPHE ? this.#quoted(code) : this.#word();
      this.#skipBlanks();
      if (this.#text.charCodeAt(this.#at) !== COLON) throw this.#unexpected('where a colon belongs');
      this.#at++;
      this.#skipBlanks();
      const next = this.#text.charCodeAt(this.#at);
      // json-smart reads `"a":,` and `"a":}` as null.
      object.set(name, next === COMMA || next === CLOSE_OBJECT ? null : this.#value(depth + 1, true));
      this.#skipBlanks();
      const after = this.#text.charCodeAt(this.#at);
      if (after !== COMMA && after !== CLOSE_OBJECT) throw this.#unexpected('in an object');
    }
  }

  #list(depth: number): JsonValue[] {
    if (depth >= JSON_DEPTH_MAX) throw new Unreadable(`More than ${JSON_DEPTH_MAX} levels.`, this.#at);
    const list: JsonValue[] = [];
    this.#at++;
    for (;;) {
      this.#skipBlanksAndCommas();
      if (this.#text.charCodeAt(this.#at) === CLOSE_LIST) {
        this.#at++;
        return list;
      }
      if (this.#at >= this.#text.length) throw this.#unexpected('in a list');
      list.push(this.#value(depth + 1, true));
      this.#skipBlanks();
      const after = this.#text.charCodeAt(this.#at);
      if (after !== COMMA && after !== CLOSE_LIST) throw this.#unexpected('in a list');
    }
  }

  #quoted(quote: number): string {
    const text = this.#text;
    const start = ++this.#at;
    let read = '';
    let from = start;
    for (let at = start; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === quote) {
        this.#at = at + 1;
        return from === start ? text.slice(start, at) : read + text.slice(from, at);
      }
      if (code === BACKSLASH) {
        read += text.slice(from, at);
        const [meaning, length] = this.#escape(at);
        read += meaning;
        from = at + length;
        at = from - 1;
      }
    }
    throw new Unreadable('A text is not closed.', start - 1);
  }

  #escape(at: number): [meaning: string, length: number] {
    const letter = this.#text[at + 1];
    switch (letter) {
      case 'n':
        return ['\n', 2];
      case 't':
        return ['\t', 2];
      case 'r':
        return ['\r', 2];
      case 'b':
        return ['\b', 2];
      case 'f':
        return ['\f', 2];
      case 'u': {
        const digits = this.#text.slice(at + 2, at + 6);
        if (!/^[0-9a-fA-F]{4}$/.test(digits)) throw new Unreadable('\\u needs four hexadecimal digits.', at);
        return [String.fromCharCode(Number.parseInt(digits, 16)), 6];
      }
      case undefined:
        throw new Unreadable('A text is not closed.', at);
      default:
        return [letter, 2];
    }
  }

  /** Numbers, true, false, null, or a text without quotes. */
  #bare(inside: boolean): JsonValue {
    const start = this.#at;
    const text = this.#text;
    const small = inside ? this.#smallInteger() : -1;
    if (small >= 0) return small;
    let at = start;
    for (; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (inside && (code === COMMA || code === CLOSE_LIST || code === CLOSE_OBJECT)) break;
      if (code === COLON && inside) break;
    }
    const token = text.slice(start, at).trimEnd();
    this.#at = at;
    if (token === 'true') return true;
    if (token === 'false') return false;
    if (token === 'null') return null;
    return parseNumber(token) ?? token;
  }

  /** Almost every number in a body: up to nine digits with a `,`, `}` or `]` behind. -1, and nothing is read, for others. */
  #smallInteger(): number {
    const text = this.#text;
    let value = 0;
    let at = this.#at;
    for (; at - this.#at < 9; at++) {
      const digit = text.charCodeAt(at) - 48;
      if (!(digit >= 0 && digit <= 9)) break;
      value = value * 10 + digit;
    }
    const code = text.charCodeAt(at);
    if (at === this.#at || (code !== COMMA && code !== CLOSE_OBJECT && code !== CLOSE_LIST)) return -1;
    this.#at = at;
    return value;
  }

  /** A name without quotes. */
  #word(): string {
    const start = this.#at;
    while (this.#at < this.#text.length && this.#text.charCodeAt(this.#at) !== COLON) {
      const code = this.#text.charCodeAt(this.#at);
      if (code === COMMA || code === CLOSE_OBJECT || code === OPEN_OBJECT) throw this.#unexpected('in a name');
      this.#at++;
    }
    return this.#text.slice(start, this.#at).trimEnd();
  }

  #skipBlanks(): void {
    while (isBlank(this.#text.charCodeAt(this.#at))) this.#at++;
  }

  #skipBlanksAndCommas(): void {
    for (let code = this.#text.charCodeAt(this.#at); isBlank(code) || code === COMMA; ) {
      code = this.#text.charCodeAt(++this.#at);
    }
  }

  #unexpected(where: string): Unreadable {
    const found = this.#at < this.#text.length ? `Unexpected ${JSON.stringify(this.#text[this.#at])}` : 'The document ends';
    return new Unreadable(`${found} ${where}.`, this.#at);
  }
}

function isBlank(code: number): boolean {
  return code === 32 || code === 10 || code === 13 || code === 9;
}

/** A number in the kind that Java would read it as. */
export function parseNumber(token: string): JsonNumber | undefined {
  const first = token.charCodeAt(0);
  if (!((first >= 48 && first <= 57) || first === 45 || first === 46) || token.length > 1000) return undefined;
  if (token.length < 10 && isDigits(token, first === 45 ? 1 : 0)) {
    const small = Number(token);
    return small === 0 ? 0 : small;
  }
  if (isDigits(token, first === 45 ? 1 : 0)) return integerOf(BigInt(token));
  if (!/^-?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/.test(token)) return undefined;
  // json-smart keeps more than 18 characters as a BigDecimal, which prints every digit.
  return new JsonDouble(Number(token), token.length > 18 && !/[eE]/.test(token) ? token : undefined);
}

function isDigits(token: string, from: number): boolean {
  for (let at = from; at < token.length; at++) {
    const code = token.charCodeAt(at);
    if (code < 48 || code > 57) return false;
  }
  return token.length > from;
}
