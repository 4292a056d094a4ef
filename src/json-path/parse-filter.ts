// Reads what stands in `[?(…)]`.

import { compileSafeRegex } from '../safe-regex/safe-regex.ts';
import type { JsonValue } from './json-value.ts';
import { parseJson, parseNumber } from './parse-json.ts';
import { closingQuote, PathFault, parseJsonPath } from './parse-json-path.ts';
import { type Filter, type FilterOperand, type FilterOperator, filterOperators } from './path-segment.ts';

/** Parentheses and `!` in one another. */
const FILTER_DEPTH_MAX = 32;

/** Throws a PathFault. */
export function parseFilter(text: string, offset: number, nesting: number): Filter {
  return new FilterReader(text, offset, nesting).filter();
}

class FilterReader {
  readonly #text: string;
  readonly #offset: number;
  readonly #nesting: number;
  #at = 0;
  #depth = 0;

  constructor(text: string, offset: number, nesting: number) {
    this.#text = text;
    this.#offset = offset;
    this.#nesting = nesting;
  }

  filter(): Filter {
    const filter = this.#either();
    this.#blanks();
    if (this.#at < this.#text.length) throw this.#fault(`Unexpected '${this.#text[this.#at]}' in a filter.`);
    return filter;
  }

  #either(): Filter {
    const parts = [this.#both()];
    while (this.#take('||')) parts.push(this.#both());
    return parts.length === 1 ? (parts[0] as Filter) : { kind: 'or', parts };
  }

  #both(): Filter {
    const parts = [this.#part()];
    while (this.#take('&&')) parts.push(this.#part());
    return parts.length === 1 ? (parts[0] as Filter) : { kind: 'and', parts };
  }

  #part(): Filter {
    if (++this.#depth > FILTER_DEPTH_MAX) throw this.#fault('The filter is nested too deep.');
    try {
      this.#blanks();
      if (this.#text[this.#at] === '!') {
        this.#at++;
        return { kind: 'not', part: this.#part() };
      }
      if (this.#take('(')) {
        const inner = this.#either();
        if (!this.#take(')')) throw this.#fault("')' is missing.");
        return inner;
      }
      return this.#comparison();
    } finally {
      this.#depth--;
    }
  }

  #comparison(): Filter {
    const start = this.#at;
    const left = this.#operand();
    const operator = this.#operator();
    if (operator === undefined) {
      if (left.kind !== 'path') throw new PathFault('Expected a path or a comparison.', this.#offset + start);
      return { kind: 'exists', path: left.path };
    }
    this.#blanks();
    return { kind: 'compare', operator, left, right: this.#operand() };
  }

  #operator(): FilterOperator | undefined {
    this.#blanks();
    const found = /^(?:[<>=~!]+|[a-zA-Z]+)/.exec(this.#text.slice(this.#at, this.#at + 16))?.[0];
    if (found === undefined) return undefined;
    const operator = filterOperators.find((one) => one === found.toLowerCase());
    if (operator === undefined) throw this.#fault(`There is no operator ${found}.`);
    this.#at += found.length;
    return operator;
  }

  #operand(): FilterOperand {
    this.#blanks();
    const letter = this.#text[this.#at];
    switch (letter) {
      case '$':
      case '@':
        return this.#path();
      case "'":
      case '"':
        return { kind: 'literal', value: withoutBackslashes(this.#quoted()) };
      case '/':
        return this.#pattern();
      case '[':
      case '{':
        return { kind: 'literal', value: this.#json() };
      case undefined:
        throw this.#fault('The filter ends where a value belongs.');
      default:
        return { kind: 'literal', value: this.#word() };
    }
  }

  #path(): FilterOperand {
    const text = this.#text;
    const start = this.#at;
    let at = start + 1;
    for (let round = 0; at < text.length; at++) {
      const letter = text[at] as string;
      if (letter === '[') {
        const end = closingBracket(text, at);
        if (end < 0) throw this.#fault("']' is missing.");
        at = end;
      } else if (letter === '(') round++;
      else if (letter === ')') {
        if (round === 0) break;
        round--;
      } else if (round === 0 && ' <>=~!&|,'.includes(letter)) break;
    }
    this.#at = at;
    return { kind: 'path', path: parseJsonPath(text.slice(start, at), this.#offset + start, this.#nesting) };
  }

  #quoted(): string {
    const end = closingQuote(this.#text, this.#at);
    if (end < 0) throw this.#fault('The text is not closed.');
    const inner = this.#text.slice(this.#at + 1, end);
    this.#at = end + 1;
    return inner;
  }

  #pattern(): FilterOperand {
    const start = this.#at;
    const source = this.#quoted();
    const flags = /^[a-zA-Z]*/.exec(this.#text.slice(this.#at))?.[0] ?? '';
    this.#at += flags.length;
    const compiled = compileSafeRegex(source, { flags: { ignoreCase: flags.includes('i') } });
    if (compiled.regex === undefined) throw new PathFault(compiled.fault.what, this.#offset + start + 1 + compiled.fault.at);
    return { kind: 'pattern', pattern: compiled.regex };
  }

  #json(): JsonValue {
    const end = closingBracket(this.#text, this.#at);
    if (end < 0) throw this.#fault('The list or object is not closed.');
    const parsed = parseJson(this.#text.slice(this.#at, end + 1));
    if (parsed.fault !== undefined) throw this.#fault('The list or object is not JSON.');
    this.#at = end + 1;
    return parsed.value;
  }

  #word(): JsonValue {
    const word = /^[-+.\w]+/.exec(this.#text.slice(this.#at, this.#at + 400))?.[0] ?? '';
    const value = word === 'true' ? true : word === 'false' ? false : word === 'null' ? null : parseNumber(word);
    if (value === undefined) throw this.#fault('Expected a value.');
    this.#at += word.length;
    return value;
  }

  #take(sign: string): boolean {
    this.#blanks();
    if (!this.#text.startsWith(sign, this.#at)) return false;
    this.#at += sign.length;
    return true;
  }

  #blanks(): void {
    while (this.#text[this.#at] === ' ') this.#at++;
  }

  #fault(message: string): PathFault {
    return new PathFault(message, this.#offset + this.#at);
  }
}

function withoutBackslashes(text: string): string {
  return text.replace(/\\(.)/g, '$1');
}

/** Of the `[` or `{` at `open`; -1 when there is none. */
function closingBracket(text: string, open: number): number {
  let depth = 0;
  for (let at = open; at < text.length; at++) {
    const letter = text[at] as string;
    if (letter === '"' || letter === "'") {
      const end = closingQuote(text, at);
      if (end < 0) return -1;
      at = end;
    } else if (letter === '[' || letter === '{') depth++;
    else if ((letter === ']' || letter === '}') && --depth === 0) return at;
  }
  return -1;
}
