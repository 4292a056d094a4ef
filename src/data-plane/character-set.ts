// Texts that are made of certain ASCII characters only. For the short texts of a request a loop is faster than a regular expression.

export class CharacterSet {
  readonly #has = new Uint8Array(128);

  /** `characters`: each of them; ASCII. */
  constructor(characters: string) {
    for (let i = 0; i < characters.length; i++) this.#has[characters.charCodeAt(i)] = 1;
  }

  /** Of a character code. */
  has(code: number): boolean {
    return code < 128 && this.#has[code] === 1;
  }

  /** True when the text holds nothing else; so does an empty one. */
  spans(text: string): boolean {
    const has = this.#has;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code >= 128 || has[code] === 0) return false;
    }
    return true;
  }
}

export const ALPHANUMERIC = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
