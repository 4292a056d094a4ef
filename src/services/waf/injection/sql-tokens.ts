// The lexical tokens of text as a database would read it when the text was put into a statement: as it is, or inside of quotes that
// the statement opened. One pass, forward only.

import { type CountedText, END, isDigit, isLetter } from './counted-text.ts';
import { isSpace, isWordPart, NO_BREAK_SPACE, numberEnd, wordEnd } from './sql-extents.ts';

/**
 * What the databases disagree on. `ansi`: `--` begins a comment wherever it stands, a backslash is a character like others. `mysql`: `--`
 * needs white space after it, `#` begins a comment, a backslash escapes.
 */
export type SqlDialect = 'ansi' | 'mysql';

/** The quote that the statement opened in front of the text. */
export type OpenQuote = '' | "'" | '"';

/**
 * One character each, so that a row of tokens reads as text:
 * - values: `1` number, `s` string, `q` string that is not closed (the statement's own quote closes it), `h` the statement's string that
 *   the text closes, `n` word or quoted name, `v` variable
 * - `o` arithmetic, `*`, `=` comparison, `&` logic (`&&`, `||`), `!` negation, `p` cast (`::`)
 * - `c` comment to the end of the text without words in it, `d` one with words, `D` one with words that begins right at its neighbour
 * - `( ) , ; :` themselves, `?` anything else
 */
export type LexicalKind =
  | '1'
  | 's'
  | 'q'
  | 'h'
  | 'n'
  | 'v'
  | 'o'
  | '*'
  | '='
  | '&'
  | '!'
  | 'p'
  | 'c'
  | 'd'
  | 'D'
  | '('
  | ')'
  | ','
  | ';'
  | ':'
  | '?';

export interface LexicalToken {
  readonly kind: LexicalKind;
  /** At most VALUE_MAX characters. */
  readonly value: string;
  /** Nothing stands between this token and the one before. */
  readonly glued: boolean;
  /** A comment stands between this token and the one before, or it is inside of one that MySQL runs. */
  readonly afterComment: boolean;
}

const VALUE_MAX = 64;

export function readSqlTokens(text: CountedText, dialect: SqlDialect, open: OpenQuote): readonly LexicalToken[] {
  return new SqlReader(text, dialect).read(open);
}

const [QUOTE, DOUBLE_QUOTE, BACK_TICK, BACKSLASH] = [0x27, 0x22, 0x60, 0x5c];
const [DASH, SLASH, STAR, HASH, DOT, NEWLINE, RETURN] = [0x2d, 0x2f, 0x2a, 0x23, 0x2e, 0x0a, 0x0d];
const [AT, DOLLAR, UNDERSCORE, BANG, LESS, EQUALS, GREATER] = [0x40, 0x24, 0x5f, 0x21, 0x3c, 0x3d, 0x3e];
const [OPEN_BRACKET, CLOSE_BRACKET, COLON, AMPERSAND, BAR] = [0x5b, 0x5d, 0x3a, 0x26, 0x7c];

/** In front of a quote: N'national', X'hexadecimal', B'bits', E'escapes', _utf8'of a character set'. */
const STRING_PREFIX = /^(?:[nxbe]|_[a-z0-9]{2,12})$/i;
/** Of words that are written right behind a number: 1or, 2union. Other words make a name of both: 1st, 3d. */
const WORD_AFTER_NUMBER = /^(?:or|and|xor|union|from|where|order|group|having|limit|like|into|is|in|between)$/i;

class SqlReader {
  readonly #text: CountedText;
  readonly #dialect: SqlDialect;
  readonly #tokens: LexicalToken[] = [];
  #at = 0;
  /** Where the token before ended. */
  #end = 0;
  #commented = false;
  #inRunComment = false;

  constructor(text: CountedText, dialect: SqlDialect) {
    this.#text = text;
    this.#dialect = dialect;
  }

  read(open: OpenQuote): readonly LexicalToken[] {
    if (open !== '') this.#string('h', 0, open.charCodeAt(0));
    while (this.#at < this.#text.length) this.#next();
    return this.#tokens;
  }

  #code(ahead = 0): number {
    return this.#text.code(this.#at + ahead);
  }

  #push(kind: LexicalKind, from: number, to: number): void {
    this.#tokens.push({
      kind,
      value: this.#text.cut(from, to, VALUE_MAX),
      glued: from === this.#end && !this.#commented,
      afterComment: this.#commented || this.#inRunComment,
    });
    this.#at = to;
    this.#end = to;
    this.#commented = false;
  }

  #symbol(kind: LexicalKind, length: number): void {
    this.#push(kind, this.#at, this.#at + length);
  }

  #next(): void {
    const code = this.#code();
    if (isSpace(code) || code === NO_BREAK_SPACE) this.#at++;
    else if (isLetter(code) || code === UNDERSCORE || code >= 0x80) this.#word();
    else if (isDigit(code) || (code === DOT && isDigit(this.#code(1)))) this.#number();
    else if (code === QUOTE || code === DOUBLE_QUOTE) this.#string('s', this.#at + 1, code);
    else this.#other(code);
  }

  #other(code: number): void {
    if (code === BACK_TICK) this.#backTickedName();
    else if (code === OPEN_BRACKET) this.#bracketedName();
    else if (code === AT) this.#variable();
    else if (code === DOLLAR) this.#dollar();
    else if (code === DASH) this.#dash();
    else if (code === SLASH && this.#code(1) === STAR) this.#blockComment();
    else if (code === STAR && this.#code(1) === SLASH) this.#endRunComment();
    else if (code === HASH && this.#dialect === 'mysql') this.#lineComment(1);
    // \N is NULL.
    else if (code === BACKSLASH && this.#code(1) === 0x4e) this.#symbol('1', 2);
    else this.#operator(code);
  }

  #endRunComment(): void {
    this.#inRunComment = false;
    this.#at += 2;
  }

  #operator(code: number): void {
    const next = this.#code(1);
    if (code === LESS || code === GREATER) {
      if (next === code) this.#symbol('o', 2);
      else if (code === LESS && next === EQUALS) this.#symbol('=', this.#code(2) === GREATER ? 3 : 2);
      else this.#symbol('=', next === EQUALS || next === AT || (code === LESS && next === GREATER) ? 2 : 1);
    } else if (code === EQUALS) this.#symbol('=', next === EQUALS ? 2 : 1);
    else if (code === BANG) this.#symbol(next === EQUALS ? '=' : '!', next === EQUALS ? 2 : 1);
    else if (code === COLON)
      this.#symbol(next === EQUALS ? '=' : next === COLON ? 'p' : ':', next === EQUALS || next === COLON ? 2 : 1);
    else if (code === AMPERSAND || code === BAR) this.#symbol(next === code ? '&' : 'o', next === code ? 2 : 1);
    else this.#symbol(SYMBOLS[code] ?? '?', 1);
  }

  #word(): void {
    const from = this.#at;
    let to = wordEnd(this.#text, from);
    // A name with its owner: a.b, master..c. A digit after the dot begins a number: select.1
    while (this.#text.code(to) === DOT) {
      const dots = this.#text.code(to + 1) === DOT ? 2 : 1;
      const code = this.#text.code(to + dots);
      if (code === STAR) {
        to += 2;
        break;
      }
      if (!isWordPart(code) || isDigit(code)) break;
      to = wordEnd(this.#text, to + dots);
    }
    const code = this.#text.code(to);
    if ((code === QUOTE || code === DOUBLE_QUOTE) && to - from <= 14 && STRING_PREFIX.test(this.#text.cut(from, to, 14))) {
      this.#string('s', to + 1, code);
      return;
    }
    this.#push('n', from, to);
  }

  #number(): void {
    const from = this.#at;
    const to = numberEnd(this.#text, from);
    const end = wordEnd(this.#text, to);
    const isName = end > to && !WORD_AFTER_NUMBER.test(this.#text.cut(to, end, 16));
    // 1.union, 1e0union: a dot or an exponent ends the number for good.
    const isDecimal = this.#text.cut(from, to, VALUE_MAX).includes('.');
    this.#push(isName && !isDecimal ? 'n' : '1', from, isName && !isDecimal ? end : to);
  }

  /** `from`: behind the quote. A quote in it is written twice, or behind a backslash. */
  #string(kind: 's' | 'h', from: number, quote: number): void {
    let to = from;
    for (;;) {
      const code = this.#text.code(to);
      if (code === END) {
        this.#unclosedString(kind, from);
        return;
      }
      if (code === BACKSLASH && this.#dialect === 'mysql') to += 2;
      else if (code !== quote) to++;
      else if (this.#text.code(to + 1) === quote && kind === 's') to += 2;
      else break;
    }
    // Of the statement's string the end counts: that is where the text closes it.
    this.#push(kind, kind === 'h' ? Math.max(from, to - VALUE_MAX) : from, to);
    this.#at = to + 1;
    this.#end = to + 1;
  }

  #unclosedString(kind: 's' | 'h', from: number): void {
    // The statement's string that is never closed is text and nothing else.
    if (kind === 's') this.#push('q', from, this.#text.length);
    this.#at = this.#text.length;
  }

  #backTickedName(): void {
    let to = this.#at + 1;
    while (this.#text.code(to) !== BACK_TICK && to < this.#text.length) to++;
    this.#push('n', this.#at + 1, to);
    this.#at = to + 1;
    this.#end = to + 1;
  }

  /** [name] of SQL Server. Other brackets are no names: [1,2]. */
  #bracketedName(): void {
    const to = wordEnd(this.#text, this.#at + 1);
    if (this.#text.code(to) === CLOSE_BRACKET && to > this.#at + 1 && !isDigit(this.#code(1))) {
      this.#push('n', this.#at + 1, to);
      this.#at = to + 1;
      this.#end = to + 1;
    } else this.#symbol('?', 1);
  }

  #variable(): void {
    if (this.#code(1) === GREATER) {
      this.#symbol('=', 2);
      return;
    }
    const from = this.#at;
    let to = from + 1;
    if (this.#text.code(to) === AT) to++;
    to = wordEnd(this.#text, to);
    while (this.#text.code(to) === DOT && isWordPart(this.#text.code(to + 1))) to = wordEnd(this.#text, to + 1);
    this.#push('v', from, to);
  }

  /** $5 is an amount; $$text$$ and $tag$text$tag$ are strings of PostgreSQL. */
  #dollar(): void {
    if (isDigit(this.#code(1))) {
      this.#at++;
      this.#number();
      return;
    }
    const from = this.#at;
    const tagEnd = wordEnd(this.#text, from + 1);
    if (this.#text.code(tagEnd) !== DOLLAR) {
      this.#symbol('?', 1);
      return;
    }
    // The end is the next pair of dollars around the same tag; a pair around another tag is looked at once and passed.
    const tag = this.#text.cut(from, tagEnd + 1, VALUE_MAX);
    let to = tagEnd + 1;
    while (to < this.#text.length) {
      if (this.#text.code(to) !== DOLLAR) {
        to++;
        continue;
      }
      const end = wordEnd(this.#text, to + 1);
      if (this.#text.code(end) === DOLLAR && this.#text.cut(to, end + 1, VALUE_MAX) === tag) {
        this.#push('s', tagEnd + 1, to);
        this.#at = end + 1;
        this.#end = end + 1;
        return;
      }
      to = end;
    }
    this.#push('q', tagEnd + 1, this.#text.length);
  }

  #dash(): void {
    if (this.#code(1) === GREATER) {
      this.#symbol('o', this.#code(2) === GREATER ? 3 : 2);
      return;
    }
    if (this.#code(1) !== DASH) {
      this.#symbol('o', 1);
      return;
    }
    const after = this.#code(2);
    if (this.#dialect === 'ansi' || after === END || isSpace(after)) {
      this.#lineComment(2);
      return;
    }
    this.#symbol('o', 1);
  }

  #lineComment(markLength: number): void {
    const from = this.#at;
    let to = from + markLength;
    let hasWords = false;
    for (let code = this.#text.code(to); code !== END && code !== NEWLINE && code !== RETURN; code = this.#text.code(++to)) {
      hasWords ||= isLetter(code) || isDigit(code);
    }
    if (to >= this.#text.length) {
      this.#lastComment(from, markLength, hasWords);
      return;
    }
    this.#commented = true;
    this.#at = to;
  }

  #lastComment(from: number, markLength: number, hasWords: boolean): void {
    // #1 is a number of something rather than a comment.
    const isMark = markLength === 1 && isWordPart(this.#text.code(from + 1));
    const isGlued = from === this.#end && !isMark;
    this.#push(!hasWords ? 'c' : isGlued ? 'D' : 'd', from, this.#text.length);
  }

  #blockComment(): void {
    const from = this.#at;
    let to = from + 2;
    if (this.#text.code(to) === BANG) {
      to++;
      while (isDigit(this.#text.code(to))) to++;
      this.#inRunComment = true;
      this.#at = to;
      return;
    }
    let hasWords = false;
    for (; to < this.#text.length; to++) {
      const code = this.#text.code(to);
      if (code === STAR && this.#text.code(to + 1) === SLASH) {
        this.#commented = true;
        this.#at = to + 2;
        return;
      }
      hasWords ||= isLetter(code) || isDigit(code);
    }
    this.#lastComment(from, 2, hasWords);
  }
}

const SYMBOLS: Readonly<Record<number, LexicalKind>> = {
  40: '(',
  41: ')',
  44: ',',
  59: ';',
  43: 'o',
  37: 'o',
  94: 'o',
  47: 'o',
  42: '*',
  126: '!',
};
