// The tags, attributes and comments of text as a browser would read it when the text was put into a page: between tags, between
// attributes, or inside of an attribute's quotes. One pass, forward only, but for a quote that is never closed (below).

import { type CountedText, END, isLetter } from './counted-text.ts';

/** Where the page has the text: `data` between tags, `attributes` inside of a tag, or inside of a value in these quotes. */
export type HtmlContext = 'data' | 'attributes' | "'" | '"' | '`';

export type HtmlToken =
  /** In small letters. Of a closing tag as well. */
  | { readonly kind: 'tag'; readonly name: string }
  /** `tag`: empty for a tag of the page around the text. `from` and `to`: where the value is. */
  | { readonly kind: 'attribute'; readonly tag: string; readonly name: string; readonly from: number; readonly to: number }
  /** Comments, declarations and instructions: what stands behind the mark. */
  | { readonly kind: 'comment' | 'declaration' | 'instruction'; readonly from: number; readonly to: number };

const NAME_MAX = 64;
const [LESS, GREATER, SLASH, EQUALS, BANG, QUESTION, DASH] = [0x3c, 0x3e, 0x2f, 0x3d, 0x21, 0x3f, 0x2d];
const [QUOTE, DOUBLE_QUOTE] = [0x27, 0x22];

/** Tells of each token until `visit` answers true. */
export function readHtmlTokens(text: CountedText, context: HtmlContext, visit: (token: HtmlToken) => boolean): void {
  new HtmlReader(text, visit).read(context);
}

class HtmlReader {
  readonly #text: CountedText;
  readonly #visit: (token: HtmlToken) => boolean;
  /** Quotes that begin a value and are not closed in the text: each is found out once. */
  readonly #unclosed = new Set<number>();
  #at = 0;
  #isDone = false;
  /** The tag whose attributes are read; undefined between tags. */
  #tag: string | undefined;

  constructor(text: CountedText, visit: (token: HtmlToken) => boolean) {
    this.#text = text;
    this.#visit = visit;
  }

  read(context: HtmlContext): void {
    if (context !== 'data') {
      this.#tag = '';
      if (context !== 'attributes') this.#at = this.#find(0, context.charCodeAt(0)) + 1;
    }
    while (this.#at < this.#text.length && !this.#isDone) {
      if (this.#tag === undefined) this.#data();
      else this.#attribute(this.#tag);
    }
  }

  #tell(token: HtmlToken): void {
    this.#isDone = this.#visit(token);
  }

  #data(): void {
    if (this.#text.code(this.#at) !== LESS) {
      this.#at++;
      return;
    }
    const next = this.#text.code(this.#at + 1);
    if (isLetter(next)) this.#tagName(this.#at + 1);
    else if (next === SLASH && isLetter(this.#text.code(this.#at + 2))) this.#tagName(this.#at + 2);
    else if (next === BANG) this.#declaration();
    else if (next === QUESTION) this.#upTo('instruction', this.#at + 2);
    else this.#at++;
  }

  #tagName(from: number): void {
    let to = from;
    for (let code = this.#text.code(to); isPartOfName(code) && code !== LESS; code = this.#text.code(to)) to++;
    this.#at = to;
    this.#tag = plain(this.#text.cut(from, to, NAME_MAX));
    this.#tell({ kind: 'tag', name: this.#tag });
  }

  #declaration(): void {
    const from = this.#at + 2;
    if (this.#text.code(from) !== DASH || this.#text.code(from + 1) !== DASH) {
      this.#upTo('declaration', from);
      return;
    }
    // <!--> and <!---> are comments already.
    let to = from + 2;
    while (to < this.#text.length && !this.#isCommentEnd(to)) to++;
    this.#at = to + 1;
    this.#tell({ kind: 'comment', from: from + 2, to });
  }

  /** At a `>` behind `--` or `--!`. */
  #isCommentEnd(at: number): boolean {
    if (this.#text.code(at) !== GREATER) return false;
    const before = this.#text.code(at - 1) === BANG ? at - 1 : at;
    return this.#text.code(before - 1) === DASH && this.#text.code(before - 2) === DASH;
  }

  #upTo(kind: 'declaration' | 'instruction', from: number): void {
    const to = this.#find(from, GREATER);
    this.#at = to + 1;
    this.#tell({ kind, from, to });
  }

  /** Where the character is next; the end of the text for nowhere. */
  #find(from: number, wanted: number): number {
    let to = from;
    while (to < this.#text.length && this.#text.code(to) !== wanted) to++;
    return to;
  }

  #attribute(tag: string): void {
    const code = this.#text.code(this.#at);
    if (code === GREATER) {
      this.#tag = undefined;
      this.#at++;
    } else if (isSpace(code) || code === SLASH) this.#at++;
    // A tag that begins inside of another that never ends.
    else if (code === LESS && tag !== '') this.#tag = undefined;
    else this.#namedAttribute(tag);
  }

  #namedAttribute(tag: string): void {
    const from = this.#at;
    // The first character belongs to the name whatever it is.
    let to = from + 1;
    for (let code = this.#text.code(to); isPartOfName(code) && code !== EQUALS; code = this.#text.code(to)) to++;
    this.#at = to;
    const equals = this.#skipSpace(to);
    if (this.#text.code(equals) !== EQUALS) {
      this.#at = equals;
      return;
    }
    this.#value(tag, plain(this.#text.cut(from, to, NAME_MAX)), this.#skipSpace(equals + 1));
  }

  #skipSpace(from: number): number {
    let to = from;
    while (isSpace(this.#text.code(to))) to++;
    return to;
  }

  #value(tag: string, name: string, start: number): void {
    const quote = this.#text.code(start);
    const isQuoted = quote === QUOTE || quote === DOUBLE_QUOTE;
    if (isQuoted && !this.#unclosed.has(quote)) {
      const to = this.#find(start + 1, quote);
      this.#tell({ kind: 'attribute', tag, name, from: start + 1, to });
      // The page may close it: then what follows is the value. It may as well be text between tags.
      if (to >= this.#text.length) {
        this.#unclosed.add(quote);
        this.#tag = undefined;
        this.#at = start + 1;
      } else this.#at = to + 1;
      return;
    }
    let to = start;
    for (let code = this.#text.code(to); code !== END && !isSpace(code) && code !== GREATER; code = this.#text.code(to)) to++;
    this.#at = to;
    this.#tell({ kind: 'attribute', tag, name, from: isQuoted ? start + 1 : start, to });
  }
}

/** Some browsers passed over NUL. */
function plain(name: string): string {
  return name.replaceAll('\0', '').toLowerCase();
}

function isSpace(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d);
}

function isPartOfName(code: number): boolean {
  return code !== END && !isSpace(code) && code !== SLASH && code !== GREATER;
}
