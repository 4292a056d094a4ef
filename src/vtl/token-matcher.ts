// Which token of Velocity 1.7 begins at an index of a text: one table of kinds per lexical state.

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

export type State =
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
export type Action = 'dollar' | 'hash' | 'open-textblock' | 'open-formal' | 'open-comment' | 'more' | 'skip' | 'terminator';

export class TokenMatcher {
  /** Of the last match; undefined when nothing fits. */
  kind: TokenKind | Action | undefined;
  length = 0;
  readonly #text: string;
  #at = 0;
  #state: State = 'default';

  constructor(text: string) {
    this.#text = text;
  }

  /** The longest match at an index; kinds are offered in Velocity's order, so that the first of equals stays. */
  match(state: State, at: number): void {
    this.kind = undefined;
    this.length = 0;
    this.#at = at;
    this.#state = state;
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

  #offer(kind: TokenKind | Action, length: number): void {
    if (length > this.length) {
      this.kind = kind;
      this.length = length;
    }
  }

  #offerText(kind: TokenKind | Action, text: string): void {
    if (text.length > this.length && this.#text.startsWith(text, this.#at)) this.#offer(kind, text.length);
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

export function isBlank(code: number): boolean {
  return code === 32 || code === 9 || code === 10 || code === 13;
}

function isLetter(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90);
}
