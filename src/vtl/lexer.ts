// The tokens of Velocity 1.7, by its own rules: lexical states on a stack, the longest match wins, the earlier kind on a tie.
//
// The states are the language. That `$a #set($b = 1)` loses its blank, that `$x [` is text and `$x[` an index, that `10-2` is
// two numbers: all of it follows from them, so they are kept rather than approximated. Tokens are made when the parser asks,
// because the parser changes the state at a directive's name.

import { TemplateStop } from './template-fault.ts';

export type TokenKind =
  | 'eof'
  | 'index['
  | 'index]'
  | '['
  | ']'
  | ','
  | '..'
  | ':'
  | '{'
  | '}'
  | '('
  | ')'
  | 'method)'
  | 'escaped-directive'
  | 'set'
  | 'double-escape'
  | 'escape'
  | 'text'
  | 'line-comment-start'
  | 'line-comment'
  | 'comment'
  | 'textblock'
  | 'blank'
  | 'string'
  | 'true'
  | 'false'
  | '-'
  | '+'
  | '*'
  | '/'
  | '%'
  | 'and'
  | 'or'
  | '<'
  | '<='
  | '>'
  | '>='
  | '=='
  | '!='
  | 'not'
  | '='
  | 'end'
  | 'if'
  | 'elseif'
  | 'else'
  | 'integer'
  | 'float'
  | 'word'
  | 'bracketed-word'
  | 'identifier'
  | 'dot'
  | 'ref{'
  | 'ref}'
  | 'empty-index';

export interface Token {
  readonly kind: TokenKind;
  image: string;
  readonly offset: number;
  /** What a reference or directive that turned out to be none left behind, such as the `$` of `$5`. */
  readonly special: string;
  next: Token | undefined;
}

type State =
  | 'default'
  | 'reference'
  | 'modifier'
  | 'arguments'
  | 'index'
  | 'directive'
  | 'pre-directive'
  | 'line-comment'
  | 'formal-comment'
  | 'comment'
  | 'textblock';

/** What a match is besides a token: part of one, nothing, or a character to be read again in the state below. */
type Action = 'dollar' | 'hash' | 'open-textblock' | 'open-formal' | 'open-comment' | 'more' | 'skip' | 'terminator';

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

  // The longest match so far.
  #kind: TokenKind | Action | undefined;
  #length = 0;

  /** `base` is where the text begins in the whole template. */
  constructor(text: string, base: number) {
    this.#text = text;
    this.#base = base;
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
    for (;;) {
      if (this.#at >= this.#text.length) {
        if (begin < this.#at) throw new TemplateStop('parse', 'The template ends too early.', begin + this.#base);
        return { kind: 'eof', image: '', offset: this.#at + this.#base, special, next: undefined };
      }
      this.#match();
      const kind = this.#kind;
      if (kind === undefined) {
        throw new TemplateStop('parse', `Unexpected ${JSON.stringify(this.#text[this.#at])}.`, this.#at + this.#base);
      }
      this.#at += this.#length;
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
          special += this.#text.slice(begin, this.#at);
          this.#at--;
          this.popState();
          begin = this.#at;
          break;
        default: {
          const image = this.#text.slice(begin, this.#at);
          const token: Token = { kind, image, offset: begin + this.#base, special: remainder(special), next: undefined };
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

  #offer(kind: TokenKind | Action, length: number): void {
    if (length > this.#length) {
      this.#kind = kind;
      this.#length = length;
    }
  }

  #offerText(kind: TokenKind | Action, text: string): void {
    if (text.length > this.#length && this.#text.startsWith(text, this.#at)) this.#offer(kind, text.length);
  }

  /** The longest match here; kinds are offered in Velocity's order, so that the first of equals stays. */
  #match(): void {
    this.#kind = undefined;
    this.#length = 0;
    const state = this.#state;
    const code = this.#text.charCodeAt(this.#at);
    switch (state) {
      case 'default':
        this.#offer('escaped-directive', this.#escapedDirectiveLength());
        this.#offer('set', this.#setLength());
        this.#offerCommon();
        this.#offerText('line-comment-start', '##');
        this.#offerText('double-escape', '\\\\');
        this.#offerText('escape', '\\');
        this.#offer('text', this.#textLength());
        this.#offerEmptyIndex();
        return;
      case 'reference':
      case 'modifier':
        this.#offerText('index[', '[');
        if (state === 'modifier') this.#offerText('(', '(');
        this.#offer('set', this.#setLength());
        this.#offerCommon();
        if (state === 'reference') this.#offerText('line-comment-start', '##');
        this.#offerText('true', 'true');
        this.#offerText('false', 'false');
        this.#offerIdentifier();
        this.#offerText('ref{', '{');
        this.#offerText('ref}', '}');
        this.#offer('terminator', 1);
        if (state === 'reference') this.#offerEmptyIndex();
        return;
      case 'arguments':
        this.#offerPunctuation();
        this.#offerText('method)', ')');
        this.#offer('set', this.#setLength());
        this.#offerCommon();
        this.#offerValues();
        this.#offerIdentifier();
        return;
      case 'index':
        this.#offerText('index]', ']');
        this.#offerCommon();
        this.#offerValues();
        return;
      case 'directive':
        this.#offerPunctuation();
        this.#offerText('(', '(');
        if (code === 41) this.#offer(')', 1 + this.#lineEndLength(this.#at + 1));
        this.#offerCommon();
        this.#offerText('line-comment-start', '##');
        this.#offerValues();
        this.#offerOperators();
        this.#offerWords();
        return;
      case 'pre-directive':
        this.#offerCommon();
        this.#offerText('line-comment-start', '##');
        this.#offerDirectiveNames();
        this.#offerNumbers();
        this.#offerWords();
        this.#offer('terminator', 1);
        return;
      case 'line-comment':
        this.#offerCommon();
        this.#offer('line-comment', this.#newlineLength(this.#at));
        this.#offer('skip', 1);
        return;
      case 'formal-comment':
      case 'comment':
        this.#offerCommon();
        this.#offerText('comment', '*#');
        this.#offer('skip', 1);
        return;
      case 'textblock':
        this.#offerCommon();
        this.#offerText('textblock', ']]#');
        this.#offer('more', 1);
    }
  }

  /** `$`, `$!`, `#[[`, `#**`, `#*` and `#`, in every state. */
  #offerCommon(): void {
    const text = this.#text;
    const code = text.charCodeAt(this.#at);
    if (code === 36 || code === 92) {
      let at = this.#at;
      while (text.charCodeAt(at) === 92) at++;
      if (text.charCodeAt(at) === 36) {
        this.#offer('dollar', at + 1 - this.#at);
        let bang = at + 1;
        while (text.charCodeAt(bang) === 92) bang++;
        if (text.charCodeAt(bang) === 33) this.#offer('dollar', bang + 1 - this.#at);
      }
    } else if (code === 35) {
      this.#offerText('open-textblock', '#[[');
      if (text.startsWith('#**', this.#at) && this.#at + 3 < text.length && text[this.#at + 3] !== '#') {
        this.#offer('open-formal', 4);
      }
      this.#offerText('open-comment', '#*');
      this.#offer('hash', 1);
    }
  }

  #offerPunctuation(): void {
    for (const sign of ['[', ']', ',', '..', ':', '{', '}'] as const) this.#offerText(sign, sign);
  }

  /** Blanks, texts, truth values and numbers. */
  #offerValues(): void {
    let blank = this.#at;
    while (isBlank(this.#text.charCodeAt(blank))) blank++;
    this.#offer('blank', blank - this.#at);
    this.#offer('string', this.#stringLength());
    this.#offerText('true', 'true');
    this.#offerText('false', 'false');
    if (this.#state !== 'directive') this.#offerNumbers();
  }

  #offerOperators(): void {
    for (const [kind, sign] of operators) this.#offerText(kind, sign);
    this.#offerNumbers();
  }

  #offerNumbers(): void {
    number.lastIndex = this.#at;
    const integer = number.exec(this.#text);
    if (integer !== null) this.#offer('integer', integer[0].length);
    decimal.lastIndex = this.#at;
    const float = decimal.exec(this.#text);
    if (float !== null) this.#offer('float', float[0].length);
  }

  #offerDirectiveNames(): void {
    for (const name of ['end', '{end}']) {
      if (this.#text.startsWith(name, this.#at)) {
        this.#offer('end', name.length + this.#lineEndLength(this.#at + name.length));
      }
    }
    this.#offerText('if', 'if');
    this.#offerText('if', '{if}');
    this.#offerText('elseif', 'elseif');
    this.#offerText('elseif', '{elseif}');
    for (const name of ['else', '{else}']) {
      if (this.#text.startsWith(name, this.#at)) {
        this.#offer('else', name.length + this.#lineEndLength(this.#at + name.length));
      }
    }
  }

  #offerWords(): void {
    word.lastIndex = this.#at;
    const plain = word.exec(this.#text);
    if (plain !== null) this.#offer('word', plain[0].length);
    bracketedWord.lastIndex = this.#at;
    const bracketed = bracketedWord.exec(this.#text);
    if (bracketed !== null) this.#offer('bracketed-word', bracketed[0].length);
  }

  #offerIdentifier(): void {
    identifier.lastIndex = this.#at;
    const found = identifier.exec(this.#text);
    if (found !== null) this.#offer('identifier', found[0].length);
    else if (this.#text[this.#at] === '.' && isLetter(this.#text.charCodeAt(this.#at + 1))) this.#offer('dot', 2);
  }

  #offerEmptyIndex(): void {
    if (this.#text.charCodeAt(this.#at) !== 36) return;
    for (const sign of ['$[', '$![', '$\\![', '$.']) this.#offerText('empty-index', sign);
  }

  #escapedDirectiveLength(): number {
    if (this.#text.charCodeAt(this.#at) !== 92) return 0;
    escapedDirective.lastIndex = this.#at;
    return escapedDirective.exec(this.#text)?.[0].length ?? 0;
  }

  #setLength(): number {
    const code = this.#text.charCodeAt(this.#at);
    if (code !== 35 && code !== 32 && code !== 9) return 0;
    setDirective.lastIndex = this.#at;
    return setDirective.exec(this.#text)?.[0].length ?? 0;
  }

  #textLength(): number {
    let at = this.#at;
    for (; at < this.#text.length; at++) {
      const code = this.#text.charCodeAt(at);
      if (code === 36 || code === 35 || code === 92) break;
    }
    return at - this.#at;
  }

  /** A doubled quote stays inside; where no other quote follows, the first of the two was the end. */
  #stringLength(): number {
    const text = this.#text;
    const quote = text.charCodeAt(this.#at);
    if (quote !== 34 && quote !== 39) return 0;
    let longest = 0;
    for (let at = text.indexOf(text.charAt(this.#at), this.#at + 1); at >= 0; ) {
      longest = at + 1 - this.#at;
      if (text.charCodeAt(at + 1) !== quote) break;
      at = text.indexOf(text.charAt(this.#at), at + 2);
    }
    return longest;
  }

  /** Blanks and the newline behind them; 0 when something else comes first. */
  #lineEndLength(from: number): number {
    let at = from;
    while (this.#text[at] === ' ' || this.#text[at] === '\t') at++;
    const newline = this.#newlineLength(at);
    return newline === 0 ? 0 : at + newline - from;
  }

  #newlineLength(at: number): number {
    const code = this.#text.charCodeAt(at);
    if (code === 13) return this.#text.charCodeAt(at + 1) === 10 ? 2 : 1;
    return code === 10 ? 1 : 0;
  }
}

const operators: readonly (readonly [TokenKind, string])[] = [
  ['-', '-'],
  ['+', '+'],
  ['*', '*'],
  ['/', '/'],
  ['%', '%'],
  ['and', '&&'],
  ['and', 'and'],
  ['or', '||'],
  ['or', 'or'],
  ['<', '<'],
  ['<', 'lt'],
  ['<=', '<='],
  ['<=', 'le'],
  ['>', '>'],
  ['>', 'gt'],
  ['>=', '>='],
  ['>=', 'ge'],
  ['==', '=='],
  ['==', 'eq'],
  ['!=', '!='],
  ['!=', 'ne'],
  ['not', '!'],
  ['not', 'not'],
  ['=', '='],
];

// Each of these is anchored by `y` and has no two ways to match.
const number = /-?[0-9]+(?:\.\.)?/y;
const decimal = /-?[0-9]+\.[0-9]*(?:[eE][+-]?[0-9]+)?|-?\.[0-9]+(?:[eE][+-]?[0-9]+)?|-?[0-9]+[eE][+-]?[0-9]+/y;
const word = /[a-zA-Z_@][a-zA-Z0-9_@]*/y;
const bracketedWord = /\{[a-zA-Z_][a-zA-Z0-9_@]*\}/y;
const identifier = /[a-zA-Z_][a-zA-Z0-9_-]*/y;
const escapedDirective = /(?:\\\\)*\\#(?:[a-zA-Z_@][a-zA-Z0-9_@]*|\{[a-zA-Z_][a-zA-Z0-9_@]*\})/y;
const setDirective = /[ \t]*#(?:set|\{set\})[ \t]*\(/y;

function isBlank(code: number): boolean {
  return code === 32 || code === 9 || code === 10 || code === 13;
}

function isLetter(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90);
}

/** What Velocity prints of the characters that looked like VTL: `#`, `$`, and backslashes in front of a `$`. */
function remainder(special: string): string {
  if (special === '' || special.startsWith('##')) return '';
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
