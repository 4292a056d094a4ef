// The tokens of one text for the parsers: as far ahead as they look, and no further.

import { Lexer, type Token } from './lexer.ts';
import { TemplateStop } from './template-fault.ts';
import type { Macro } from './template-node.ts';
import type { TokenKind } from './token-matcher.ts';

/** Blocks, parentheses, lists and arguments in one another. */
export const NESTING_MAX = 64;

export class TokenStream {
  /** Those whose definition is complete so far. */
  readonly macros: Macro[] = [];
  readonly macroNames = new Set<string>();
  readonly #lexer: Lexer;
  readonly #text: string;
  readonly #base: number;
  /** The token that was taken last; the one behind it is read when it is asked for. */
  #last: Token = { kind: 'eof', image: '', offset: 0, special: '', next: undefined };
  #depth: number;

  constructor(text: string, base: number, depth: number) {
    this.#text = text;
    this.#base = base;
    this.#depth = depth;
    this.#lexer = new Lexer(text, base);
  }

  get token(): Token {
    return this.peek(0);
  }

  get kind(): TokenKind {
    return this.peek(0).kind;
  }

  get depth(): number {
    return this.#depth;
  }

  /** The next token and those behind it. */
  peek(ahead: number): Token {
    let token = this.#last;
    for (let step = 0; step <= ahead; step++) {
      token.next ??= this.#lexer.next();
      token = token.next;
    }
    return token;
  }

  take(): Token {
    this.#last = this.peek(0);
    return this.#last;
  }

  enterDirective(): void {
    this.#lexer.switchToDirective();
  }

  parenthesisFollows(): boolean {
    return this.#lexer.parenthesisFollows();
  }

  leaveDirective(): void {
    this.#lexer.popState();
  }

  endSet(): void {
    this.#lexer.inSet = false;
  }

  skip(kind: TokenKind): void {
    if (this.kind === kind) this.take();
  }

  expect(kind: TokenKind, message?: string, offset?: number): Token {
    if (this.kind === kind) return this.take();
    throw message === undefined || this.kind !== 'eof' ? this.unexpected() : new TemplateStop('parse', message, offset);
  }

  unexpected(): TemplateStop {
    const { kind, image } = this.token;
    const message = kind === 'eof' ? 'The template ends too early.' : `Unexpected ${JSON.stringify(image.slice(0, 40))}.`;
    return new TemplateStop('parse', message, this.token.offset);
  }

  nested<T>(parse: () => T): T {
    if (++this.#depth > NESTING_MAX) {
      throw new TemplateStop('parse', `More than ${NESTING_MAX} levels.`, this.#last.offset, 'depth');
    }
    const result = parse();
    this.#depth--;
    return result;
  }

  /** What was written from a token to the last one that was taken. */
  sourceFrom(first: { readonly offset: number }): string {
    return this.#text.slice(first.offset - this.#base, this.#last.offset - this.#base + this.#last.image.length);
  }

  /** Of `#literal() … #end`, from its whole source. */
  literalBody(source: string): string {
    const open = source.indexOf(')');
    return source.slice(open + 1, source.lastIndexOf('#'));
  }
}
