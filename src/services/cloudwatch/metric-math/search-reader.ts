// Walks through the text of a search: blanks, operators, words, texts in quotes. The first problem stays.

import { type MathProblem, mathProblem } from './math-problem.ts';

export class SearchReader {
  readonly #text: string;
  #at = 0;
  problem: MathProblem | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  get isAtEnd(): boolean {
    this.#skipBlanks();
    return this.#at >= this.#text.length;
  }

  /** Notes why the search is refused; its value is that nothing was read. */
  fail(message: string): undefined {
    this.problem ??= mathProblem(message, this.#at);
    return undefined;
  }

  isNext(character: string): boolean {
    this.#skipBlanks();
    return this.#text[this.#at] === character;
  }

  take(character: string): boolean {
    if (!this.isNext(character)) return false;
    this.#at += 1;
    return true;
  }

  /** AWS: AND, OR and NOT are upper case. Seen: user guide, "Boolean operators". As part of a longer word they are none. */
  isNextWord(word: 'AND' | 'OR' | 'NOT'): boolean {
    this.#skipBlanks();
    return this.#text.startsWith(word, this.#at) && /[\s()"]/.test(this.#text[this.#at + word.length] ?? ' ');
  }

  takeWord(word: 'AND' | 'OR' | 'NOT'): boolean {
    if (!this.isNextWord(word)) return false;
    this.#at += word.length;
    return true;
  }

  /** The characters up to the next one of `ends`. */
  until(ends: string): string {
    this.#skipBlanks();
    const from = this.#at;
    while (this.#at < this.#text.length && !ends.includes(this.#text[this.#at] as string)) this.#at += 1;
    return this.#text.slice(from, this.#at);
  }

  /** AWS: `" \ ( )` are escaped with a backslash in quotes. Seen: user guide, "Non-alphanumeric characters". Undefined: no quote comes next. */
  quoted(): string | undefined {
    if (!this.take('"')) return undefined;
    let value = '';
    for (; this.#at < this.#text.length; this.#at += 1) {
      const character = this.#text[this.#at] as string;
      if (character === '"') {
        this.#at += 1;
        return value;
      }
      const next = this.#text[this.#at + 1];
      if (character === '\\' && next !== undefined && '"\\()'.includes(next)) this.#at += 1;
      value += this.#text[this.#at];
    }
    this.fail('A quote of the search is not closed');
    return '';
  }

  #skipBlanks(): void {
    while (/\s/.test(this.#text[this.#at] ?? '')) this.#at += 1;
  }
}
