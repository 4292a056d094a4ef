// Does a URL run a script? Read as a browser reads the value of an attribute: entities decoded, white space and control characters
// passed over.

import { type CountedText, END, isDigit, isHexDigit, isLetter } from './counted-text.ts';

const SCRIPT_SCHEMES: ReadonlySet<string> = new Set([
  'javascript',
  'vbscript',
  'livescript',
  'jscript',
  'mocha',
  'vbs',
  'view-source',
]);
/** Media that have no scripts; SVG does. */
const HARMLESS_DATA =
  /^(?:image\/(?:png|jpe?g|gif|webp|avif|bmp|x-icon|vnd)|audio\/|video\/|font\/|application\/(?:pdf|font|x-font|json))/;

const [COLON, AMPERSAND, SEMICOLON, HASH, BACK_TICK] = [0x3a, 0x26, 0x3b, 0x23, 0x60];

/** `data:` URLs of pictures, sound and the like are none; others are, for what they hold is a page of its own. */
export function isScriptUrl(text: CountedText, from: number, to: number): boolean {
  const characters = new SignificantCharacters(text, from, to);
  let scheme = '';
  for (let code = characters.next(); code !== COLON; code = characters.next()) {
    // Old browsers took back-ticks for quotes.
    if (code === BACK_TICK && scheme === '') continue;
    if (code === END || scheme.length > 12) return false;
    scheme += String.fromCharCode(code).toLowerCase();
  }
  if (scheme === 'data') return !HARMLESS_DATA.test(characters.take(24));
  return SCRIPT_SCHEMES.has(scheme);
}

/**
 * Text that is a script URL and nothing else. A title may begin with the word: "JavaScript: The Good Parts (2008)". A script has a parenthesis, an assignment or the like before the first white space in it.
 */
export function isScriptUrlAlone(text: CountedText): boolean {
  if (!isScriptUrl(text, 0, text.length)) return false;
  const characters = new SignificantCharacters(text, 0, text.length);
  while (characters.next() !== COLON);
  const isSpaced = text.code(characters.at) === 0x20;
  for (let at = characters.at, isBegun = false; at < text.length; at++) {
    const code = text.code(at);
    if (code <= 0x20 && isBegun) return false;
    isBegun ||= code > 0x20;
    if (CODE.has(code) || (!isSpaced && CODE_OR_TEXT.has(code))) return true;
  }
  return false;
}

/** ( = [ { ` */
const CODE: ReadonlySet<number> = new Set([0x28, 0x3d, 0x5b, 0x7b, 0x60]);
/** / % & of "yes/no" and "50%" as well. */
const CODE_OR_TEXT: ReadonlySet<number> = new Set([0x2f, 0x25, 0x26]);

class SignificantCharacters {
  readonly #text: CountedText;
  readonly #to: number;
  at: number;

  constructor(text: CountedText, from: number, to: number) {
    this.#text = text;
    this.at = from;
    this.#to = to;
  }

  /** END behind the last. */
  next(): number {
    while (this.at < this.#to) {
      const code = this.#decoded();
      if (code > 0x20 && code !== 0x7f && code !== 0xa0) return code;
    }
    return END;
  }

  /** In small letters. */
  take(count: number): string {
    let taken = '';
    for (let code = this.next(); code !== END && taken.length < count; code = this.next()) taken += String.fromCharCode(code);
    return taken.toLowerCase();
  }

  #code(at: number): number {
    return at < this.#to ? this.#text.code(at) : END;
  }

  #decoded(): number {
    const code = this.#text.code(this.at);
    this.at++;
    if (code !== AMPERSAND) return code;
    if (this.#code(this.at) === HASH) return this.#numeric(code);
    let end = this.at;
    while (end - this.at < 8 && isLetter(this.#code(end))) end++;
    const named = ENTITIES[this.#text.cut(this.at, end, 8).toLowerCase()];
    if (named === undefined) return code;
    this.at = this.#code(end) === SEMICOLON ? end + 1 : end;
    return named;
  }

  #numeric(ampersand: number): number {
    const isHex = (this.#code(this.at + 1) | 0x20) === 0x78;
    const from = this.at + (isHex ? 2 : 1);
    let value = 0;
    let end = from;
    for (let code = this.#code(end); isHex ? isHexDigit(code) : isDigit(code); code = this.#code(++end)) {
      value = Math.min(value * (isHex ? 16 : 10) + Number.parseInt(String.fromCharCode(code), 16), 0xffff);
    }
    if (end === from) return ampersand;
    this.at = this.#code(end) === SEMICOLON ? end + 1 : end;
    return value;
  }
}

const ENTITIES: Readonly<Record<string, number>> = Object.assign(Object.create(null), {
  tab: 0x09,
  newline: 0x0a,
  colon: COLON,
  nbsp: 0xa0,
  zwnj: 0x20,
  zwj: 0x20,
  shy: 0x20,
});
