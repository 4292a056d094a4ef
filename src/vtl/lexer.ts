// The tokens of Velocity 1.7, by its own rules: lexical states on a stack, the longest match wins, the earlier kind on a tie.
//
// The states are the language. That `$a #set($b = 1)` loses its blank, that `$x [` is text and `$x[` an index, that `10-2` is
// two numbers: all of it follows from them, so they are kept rather than approximated. Tokens are made when the parser asks,
// because the parser changes the state at a directive's name.

import { TemplateStop } from './template-fault.ts';
import { isBlank, type State, type TokenKind, TokenMatcher } from './token-matcher.ts';

export interface Token {
  readonly kind: TokenKind;
  image: string;
  readonly offset: number;
  /** What a reference or directive that turned out to be none left behind, such as the `$` of `$5`. */
  readonly special: string;
  next: Token | undefined;
}

interface Saved {
  readonly state: State;
  readonly open: number;
  readonly closed: number;
}

export class Lexer {
  readonly #text: string;
  readonly #base: number;
  #at = 0;
  #state: State = 'default';
  readonly #stack: Saved[] = [];
  /** Parentheses seen in this state. */
  #open = 0;
  #closed = 0;
  #inComment = false;
  inSet = false;

  readonly #matcher: TokenMatcher;

  /** `base` is where the text begins in the whole template. */
  constructor(text: string, base: number) {
    this.#text = text;
    this.#base = base;
    this.#matcher = new TokenMatcher(text);
  }

  switchToDirective(): void {
    this.#state = 'directive';
  }

  /** Whether a `(` comes next, behind blanks. */
  parenthesisFollows(): boolean {
    let at = this.#at;
    while (isBlank(this.#text.charCodeAt(at))) at++;
    return this.#text[at] === '(';
  }

  popState(): boolean {
    const saved = this.#stack.pop();
    if (saved === undefined) {
      this.#open = 0;
      this.#state = 'default';
      return false;
    }
    this.#open = saved.open;
    this.#closed = saved.closed;
    this.#state = saved.state;
    return true;
  }

  next(): Token {
    let begin = this.#at;
    let special = '';
    /** Where the last of the special tokens begins in `special`. */
    let lastSpecial = 0;
    for (;;) {
      if (this.#at >= this.#text.length) {
        if (begin < this.#at) throw new TemplateStop('parse', 'The template ends too early.', begin + this.#base);
        return { kind: 'eof', image: '', offset: this.#at + this.#base, special, next: undefined };
      }
      this.#matcher.match(this.#state, this.#at);
      const { kind, length } = this.#matcher;
      if (kind === undefined) {
        throw new TemplateStop('parse', `Unexpected ${JSON.stringify(this.#text[this.#at])}.`, this.#at + this.#base);
      }
      this.#at += length;
      switch (kind) {
        case 'dollar':
          if (!this.#inComment) {
            if (this.#state === 'reference') this.popState();
            this.#push('reference');
          }
          break;
        case 'hash':
          if (!this.#inComment) {
            if (this.#state === 'reference' || this.#state === 'modifier') this.popState();
            this.#push('pre-directive');
          }
          break;
        case 'open-textblock':
          this.#openComment('textblock');
          break;
        case 'open-formal':
          if (!this.#inComment) this.#at--;
          this.#openComment('formal-comment');
          break;
        case 'open-comment':
          this.#openComment('comment');
          break;
        case 'more':
          break;
        case 'skip':
          begin = this.#at;
          break;
        case 'terminator':
          lastSpecial = special.length;
          special += this.#text.slice(begin, this.#at);
          this.#at--;
          this.popState();
          begin = this.#at;
          break;
        default: {
          const image = this.#text.slice(begin, this.#at);
          const token: Token = {
            kind,
            image,
            offset: begin + this.#base,
            special: remainder(special, lastSpecial),
            next: undefined,
          };
          this.#act(token);
          return token;
        }
      }
    }
  }

  #push(state: State): void {
    this.#stack.push({ state: this.#state, open: this.#open, closed: this.#closed });
    this.#open = 0;
    this.#state = state;
  }

  #openComment(state: State): void {
    if (this.#inComment) return;
    this.#inComment = true;
    this.#push(state);
  }

  /** What a token does to the state. */
  #act(token: Token): void {
    switch (token.kind) {
      case 'index[':
        this.#push('index');
        break;
      case 'index]':
      case 'ref}':
        this.popState();
        break;
      case '(':
        if (!this.#inComment) this.#open++;
        if (this.#state === 'modifier') this.#state = 'arguments';
        break;
      case ')':
        this.#closeParenthesis();
        break;
      case 'method)':
        this.#state = 'reference';
        break;
      case 'set':
        if (this.#inComment) break;
        this.#push('directive');
        this.inSet = true;
        this.#open++;
        break;
      case 'line-comment-start':
        if (this.#inComment) break;
        if (this.#state === 'reference') this.popState();
        this.#inComment = true;
        this.#push('line-comment');
        break;
      case 'line-comment':
      case 'comment':
      case 'textblock':
        this.#inComment = false;
        this.popState();
        break;
      case 'string':
        if (this.#state === 'directive' && !this.inSet && this.#open === 0) this.popState();
        break;
      case 'end':
      case 'else':
        this.popState();
        break;
      case 'if':
      case 'elseif':
        this.#state = 'directive';
        break;
      case 'integer':
        if (token.image.endsWith('..')) {
          this.#at -= 2;
          token.image = token.image.slice(0, -2);
        }
        if (this.#open === 0 && !this.inSet && this.#state !== 'arguments' && this.#state !== 'index') this.popState();
        break;
      case 'float':
        if (this.#open === 0 && !this.inSet && this.#state !== 'arguments') this.popState();
        break;
      case 'dot':
        this.#at--;
        token.image = '.';
        this.#state = 'modifier';
        break;
      default:
    }
  }

  #closeParenthesis(): void {
    if (this.#inComment) return;
    for (;;) {
      if (this.#open > 0) {
        if (this.#open === this.#closed + 1) this.popState();
        else this.#closed++;
        return;
      }
      if (!this.popState()) return;
    }
  }
}

/** What Velocity prints of the characters that looked like VTL: `#`, `$`, and backslashes in front of a `$`. */
function remainder(special: string, lastSpecial: number): string {
  if (special === '' || special.startsWith('##', lastSpecial)) return '';
  let text = '';
  for (let at = 0; at < special.length; at++) {
    const letter = special[at];
    if (letter === '#' || letter === '$') text += letter;
    else if (letter === '\\') {
      let end = at;
      while (special[end] === '\\') end++;
      if (special[end] !== '$') continue;
      text += special.slice(at, end + 1);
      at = end + 1;
    }
  }
  return text;
}
