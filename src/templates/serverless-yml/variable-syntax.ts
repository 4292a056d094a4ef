// The grammar of serverless.yml variables: `${source(parameters):address, fallback, 'literal'}`, nested at will.
// Source: Serverless Framework, guide "Variables".

/** A text is a sequence of plain pieces and variables. */
export type Piece = string | Variable;

export interface Variable {
  /** As written, for messages. */
  readonly text: string;
  /** Offset in the text it stands in. */
  readonly offset: number;
  /** Tried in order. */
  readonly alternatives: readonly Alternative[];
}

export type Alternative =
  | { readonly kind: 'literal'; readonly value: string | number | boolean | null }
  | { readonly kind: 'nested'; readonly variable: Variable }
  | {
      readonly kind: 'source';
      readonly source: string;
      /** What stands in parentheses, or undefined. */
      readonly parameters: readonly Piece[] | undefined;
      /** What follows the colon, or undefined. */
      readonly address: readonly Piece[] | undefined;
    };

export class VariableSyntaxError extends Error {
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

const DEPTH_LIMIT = 20;
// AWS: `${AWS::Region}` and `${Resource.Attribute}` belong to Fn::Sub and are left alone; a variable has a lower-case
// source followed by `:` or `(`.
// `${cf.eu-west-1:…}` is how versions 1 and 2 wrote `${cf(eu-west-1):…}`.
const OPENING = /\$\{(?=(?:[a-z][A-Za-z0-9-]*[:(]|(?:cf|ssm)\.[a-z0-9-]+:))/y;
const SOURCE = /(?:[a-z][A-Za-z0-9-]*(?=[:(])|(?:cf|ssm)\.[a-z0-9-]+(?=:))/y;
const LITERAL = /(?:'([^']*)'|"([^"]*)"|(-?\d+(?:\.\d+)?)|(true|false)|(null))(?=\s*[,}])/y;

/** True when the text may hold a variable; a cheap test before parsing. */
export function mayHoldVariable(text: string): boolean {
  return text.includes('${');
}

/** The pieces of a text. Throws VariableSyntaxError. */
export function parseVariables(text: string): readonly Piece[] {
  return new Parser(text).pieces(undefined, 0);
}

class Parser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Pieces up to (not including) one of the `ends`, or up to the end of the text. */
  pieces(ends: string | undefined, depth: number): Piece[] {
    if (depth > DEPTH_LIMIT) throw new VariableSyntaxError(`Variables are nested deeper than ${DEPTH_LIMIT} levels.`, this.#at);
    const pieces: Piece[] = [];
    let plain = '';
    while (this.#at < this.#text.length) {
      const char = this.#text[this.#at]!;
      if (ends?.includes(char) === true) break;
      if (char === '\\' && this.#text.startsWith('${', this.#at + 1)) {
        plain += '${';
        this.#at += 3;
      } else if (char === '$' && this.#matches(OPENING) !== undefined) {
        if (plain !== '') pieces.push(plain);
        plain = '';
        pieces.push(this.#variable(depth));
      } else {
        plain += char;
        this.#at += 1;
      }
    }
    if (plain !== '') pieces.push(plain);
    return pieces;
  }

  #variable(depth: number): Variable {
    if (depth > DEPTH_LIMIT) throw new VariableSyntaxError(`Variables are nested deeper than ${DEPTH_LIMIT} levels.`, this.#at);
    const offset = this.#at;
    this.#at += 2;
    const alternatives: Alternative[] = [];
    for (;;) {
      this.#skipSpace();
      alternatives.push(this.#alternative(offset, depth));
      this.#skipSpace();
      const char = this.#text[this.#at];
      this.#at += 1;
      if (char === '}') break;
      if (char !== ',') throw new VariableSyntaxError('A variable is not closed with }.', offset);
    }
    return { text: this.#text.slice(offset, this.#at), offset, alternatives };
  }

  #alternative(offset: number, depth: number): Alternative {
    const literal = this.#take(LITERAL);
    if (literal !== undefined) {
      const [, single, double, number, boolean, nothing] = literal;
      if (nothing !== undefined) return { kind: 'literal', value: null };
      if (boolean !== undefined) return { kind: 'literal', value: boolean === 'true' };
      if (number !== undefined) return { kind: 'literal', value: Number(number) };
      return { kind: 'literal', value: single ?? double ?? '' };
    }
    const source = this.#take(SOURCE)?.[0];
    if (source === undefined) {
      if (this.#matches(OPENING) !== undefined) return { kind: 'nested', variable: this.#variable(depth + 1) };
      throw new VariableSyntaxError(
        "An alternative of a variable must be a source such as env:NAME, or a literal such as 'text', 1 or true.",
        this.#at < this.#text.length ? this.#at : offset,
      );
    }
    const [name = source, region] = source.split('.');
    let parameters: Piece[] | undefined = region === undefined ? undefined : [region];
    if (this.#text[this.#at] === '(') {
      this.#at += 1;
      parameters = this.pieces(')', depth + 1);
      if (this.#text[this.#at] !== ')') throw new VariableSyntaxError('A parenthesis of a variable is not closed.', offset);
      this.#at += 1;
    }
    let address: Piece[] | undefined;
    if (this.#text[this.#at] === ':') {
      this.#at += 1;
      address = trimEnd(this.pieces(',}', depth + 1));
    }
    return { kind: 'source', source: name, parameters, address };
  }

  #skipSpace(): void {
    while (/\s/.test(this.#text[this.#at] ?? '')) this.#at += 1;
  }

  #matches(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    return pattern.exec(this.#text) ?? undefined;
  }

  #take(pattern: RegExp): RegExpExecArray | undefined {
    const match = this.#matches(pattern);
    if (match !== undefined) this.#at = pattern.lastIndex;
    return match;
  }
}

function trimEnd(pieces: Piece[]): Piece[] {
  const last = pieces.at(-1);
  return typeof last === 'string' ? [...pieces.slice(0, -1), last.trimEnd()] : pieces;
}
