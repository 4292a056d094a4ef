// Walks through the text of a filter pattern: blanks, words, quoted texts.

import type { AwsError } from '../../../aws/aws-error.ts';
import { invalidParameter } from '../refusals.ts';

export class PatternReader {
  readonly text: string;
  at = 0;

  constructor(text: string) {
    this.text = text;
  }

  get isAtEnd(): boolean {
    this.skipBlanks();
    return this.at >= this.text.length;
  }

  skipBlanks(): void {
    while (/\s/.test(this.text[this.at] ?? '')) this.at++;
  }

  /** Takes `token` when it comes next, blanks before it skipped. */
  take(token: string): boolean {
    this.skipBlanks();
    if (!this.text.startsWith(token, this.at)) return false;
    this.at += token.length;
    return true;
  }

  expect(token: string): void {
    if (!this.take(token)) throw this.fault(`expected "${token}"`);
  }

  /** The next of several tokens, the longest that fits; undefined when none comes. */
  takeOne<T extends string>(tokens: readonly T[]): T | undefined {
    return tokens.find((token) => this.take(token));
  }

  /** A quoted text whose opening quote comes next; `\"` and `\\` stand for themselves. */
  quoted(): string {
    this.expect('"');
    let value = '';
    while (this.at < this.text.length) {
      const character = this.text[this.at++] as string;
      if (character === '"') return value;
      const escaped = this.text[this.at];
      if (character === '\\' && (escaped === '"' || escaped === '\\')) {
        value += escaped;
        this.at++;
      } else {
        value += character;
      }
    }
    throw this.fault('a quote is not closed');
  }

  /** The characters up to the next one of `ends`. */
  until(ends: string): string {
    const from = this.at;
    while (this.at < this.text.length && !ends.includes(this.text[this.at] as string)) this.at++;
    return this.text.slice(from, this.at);
  }

  fault(what: string): AwsError {
    return invalidParameter(`Invalid filter pattern: ${what} at character ${this.at + 1}.`);
  }

  refuseRegularExpression(): void {
    this.skipBlanks();
    if (this.text[this.at] === '%') {
      throw invalidParameter('Stagegate does not run regular expressions (%…%) in filter patterns yet.');
    }
  }
}
