// SQL as databases read it, cut into tokens. The dialects are read at once: whatever is a comment or a string to one of them is one here.

export type TokenKind =
  | 'number'
  | 'string'
  /** A string that does not end. */
  | 'openString'
  | 'word'
  | 'variable'
  /** `and`, `or`, `xor`, `&&`, `||`, `not`: what joins conditions. */
  | 'logic'
  /** `=`, `<`, `like`, `in`, …: what compares. */
  | 'comparison'
  /** `+`, `-`, `*`, … */
  | 'operator'
  | 'comment'
  | '('
  | ')'
  | ','
  | ';'
  | '.'
  | 'other';

export interface SqlToken {
  readonly kind: TokenKind;
  /** As it stands; words in small letters; at most 32 characters. */
  readonly text: string;
}

export type OpenQuote = '' | "'" | '"';

/** So many tokens decide: an injection says what it wants early. */
const TOKENS_MAX = 400;
const SHOWN_MAX = 32;

const LOGIC: ReadonlySet<string> = new Set(['and', 'or', 'xor', 'not']);
const COMPARISONS: ReadonlySet<string> = new Set([
  'like',
  'rlike',
  'ilike',
  'regexp',
  'glob',
  'in',
  'between',
  'is',
  'sounds',
  'similar',
]);
const OPERATOR_WORDS: ReadonlySet<string> = new Set(['div', 'mod', 'collate']);

/** `quote`: the text begins within a string of that quote. */
export function sqlTokens(text: string, quote: OpenQuote): readonly SqlToken[] {
  const tokens: SqlToken[] = [];
  const reader = new SqlReader(text);
  if (quote !== '') tokens.push(reader.string(quote, 0));
  while (tokens.length < TOKENS_MAX) {
    const token = reader.next();
    if (token === undefined) break;
    tokens.push(token);
  }
  return tokens;
}

class SqlReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  next(): SqlToken | undefined {
    const text = this.#text;
    while (this.#at < text.length && /[\s\0\xa0]/.test(text[this.#at] as string)) this.#at++;
    if (this.#at >= text.length) return undefined;
    const first = text[this.#at] as string;
    const second = text[this.#at + 1] ?? '';
    if (first === '/' && second === '*') return this.#blockComment();
    if (first === '#' || (first === '-' && second === '-')) return this.#lineComment();
    if (first === "'" || first === '"') return this.string(first, this.#at + 1);
    if (first === '`' || first === '[') return this.#quotedName(first === '`' ? '`' : ']');
    if (/[0-9]/.test(first) || (first === '.' && /[0-9]/.test(second))) return this.#number();
    if (/[A-Za-z_\x80-\xff$]/.test(first)) return this.#word();
    if (first === '@' || (first === ':' && /[A-Za-z]/.test(second))) return this.#variable();
    return this.#mark(first, second);
  }

  /** From behind its quote. A doubled quote and one behind a backslash belong to it. */
  string(quote: "'" | '"', from: number): SqlToken {
    const text = this.#text;
    let end = from;
    while (end < text.length && text[end] !== quote) end += text[end] === '\\' ? 2 : 1;
    this.#at = Math.min(end + 1, text.length);
    const shown = text.slice(from, Math.min(end, from + SHOWN_MAX));
    return { kind: end >= text.length ? 'openString' : 'string', text: shown };
  }

  #take(kind: TokenKind, end: number): SqlToken {
    const text = this.#text.slice(this.#at, Math.min(end, this.#at + SHOWN_MAX)).toLowerCase();
    this.#at = end;
    return { kind, text };
  }

  /** MySQL runs what stands in `/*! … *​/`: only its marks are passed over. */
  #blockComment(): SqlToken {
    const text = this.#text;
    if (text[this.#at + 2] === '!') {
      let end = this.#at + 3;
      while (end < this.#at + 9 && /[0-9]/.test(text[end] ?? '')) end++;
      return this.#take('comment', end);
    }
    const end = text.indexOf('*/', this.#at + 2);
    return this.#take('comment', end < 0 ? text.length : end + 2);
  }

  #lineComment(): SqlToken {
    const end = this.#text.indexOf('\n', this.#at);
    return this.#take('comment', end < 0 ? this.#text.length : end);
  }

  #quotedName(close: string): SqlToken {
    const end = this.#text.indexOf(close, this.#at + 1);
    return end < 0 ? this.#take('other', this.#at + 1) : this.#take('word', end + 1);
  }

  #number(): SqlToken {
    const text = this.#text;
    let end = this.#at;
    if (/^0[xb]/i.test(text.slice(end, end + 2))) {
      end += 2;
      while (end < text.length && /[0-9A-Fa-f]/.test(text[end] as string)) end++;
      return this.#take('number', end);
    }
    while (end < text.length && /[0-9.]/.test(text[end] as string)) end++;
    if (/[eE]/.test(text[end] ?? '') && /[-+0-9]/.test(text[end + 1] ?? '')) {
      end += 2;
      while (end < text.length && /[0-9]/.test(text[end] as string)) end++;
    }
    // `1st`, `2x4`: a word.
    return /[A-Za-z_]/.test(text[end] ?? '') ? this.#word() : this.#take('number', end);
  }

  #word(): SqlToken {
    const text = this.#text;
    let end = this.#at;
    while (end < text.length && /[A-Za-z0-9_$\x80-\xff]/.test(text[end] as string)) end++;
    const { text: word } = this.#take('word', end);
    // A character set or an encoding in front of a string: _utf8'…', N'…', x'…'.
    const quote = text[end];
    if (quote === "'" && /^(?:[nxbeu]|_[a-z0-9]+)$/.test(word)) return this.string(quote, end + 1);
    if (LOGIC.has(word)) return { kind: 'logic', text: word };
    if (COMPARISONS.has(word)) return { kind: 'comparison', text: word };
    return { kind: OPERATOR_WORDS.has(word) ? 'operator' : 'word', text: word };
  }

  #variable(): SqlToken {
    let end = this.#at + 1;
    while (/[A-Za-z0-9_.$@]/.test(this.#text[end] ?? '')) end++;
    return this.#take(end === this.#at + 1 ? 'other' : 'variable', end);
  }

  #mark(first: string, second: string): SqlToken {
    const two = first + second;
    if (two === '&&' || two === '||') return this.#take('logic', this.#at + 2);
    if (['<=', '>=', '<>', '!=', '==', ':=', '!<', '!>', '~*'].includes(two)) {
      const end = this.#text[this.#at + 2] === '>' ? this.#at + 3 : this.#at + 2;
      return this.#take('comparison', end);
    }
    if (first === '=' || first === '<' || first === '>') return this.#take('comparison', this.#at + 1);
    if ('+-*/%|&^~!'.includes(first)) return this.#take('operator', this.#at + 1);
    if (first === '(' || first === ')' || first === ',' || first === ';' || first === '.') return this.#take(first, this.#at + 1);
    return this.#take('other', this.#at + 1);
  }
}
