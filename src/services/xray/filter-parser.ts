// From the words of a filter expression to its tree. Weakest first: OR, AND (also where nothing stands between two), !.

import type { AnnotationCondition, FilterExpression, FilterProblem, NumberOperator, TextOperator } from './filter-expression.ts';
import { type FilterSymbol, type FilterToken, filterProblem } from './filter-tokens.ts';
import type { ServiceSelector } from './service-node.ts';

/** Brackets, braces and exclamation marks inside one another; ours. */
const DEPTH_MAX = 32;

const FLAGS = ['ok', 'error', 'throttle', 'fault', 'partial', 'inferred', 'first', 'last', 'remote', 'root'] as const;
const NUMBERS = ['responsetime', 'duration', 'http.status'] as const;
const TEXTS = [
  ...(['http.url', 'http.method', 'http.useragent', 'http.clientip', 'user', 'name', 'type', 'message'] as const),
  ...(['availabilityzone', 'instance.id', 'resource.arn'] as const),
];

export type FlagKeyword = (typeof FLAGS)[number];
export type NumberKeyword = (typeof NUMBERS)[number];
export type TextKeyword = (typeof TEXTS)[number];

const NUMBER_OPERATORS: readonly NumberOperator[] = ['=', '!=', '<=', '>=', '<', '>'];
const TEXT_OPERATORS: readonly TextOperator[] = ['=', '!=', 'contains', 'beginswith', 'endswith'];

/** Every method returns undefined when `problem` is set. */
export class FilterParser {
  readonly #tokens: readonly FilterToken[];
  #next = 0;
  #depth = 0;
  #isInBraces = false;
  problem: FilterProblem | undefined;

  constructor(tokens: readonly FilterToken[]) {
    this.#tokens = tokens;
  }

  whole(): FilterExpression | undefined {
    const expression = this.#alternatives();
    if (expression !== undefined && this.#token.kind !== 'end') return this.#fail(`Unexpected ${described(this.#token)}`);
    return expression;
  }

  #alternatives(): FilterExpression | undefined {
    return this.#joined('or', () => this.#joined('and', () => this.#single()));
  }

  #joined(kind: 'and' | 'or', read: () => FilterExpression | undefined): FilterExpression | undefined {
    const expressions: FilterExpression[] = [];
    do {
      const expression = read();
      if (expression === undefined) return undefined;
      expressions.push(expression);
    } while (this.#takeWord(kind) || (kind === 'and' && this.#isAtCondition));
    return expressions.length === 1 ? expressions[0] : { kind, expressions };
  }

  /** AWS: conditions may follow each other without AND. Seen: developer guide, `ok !partial duration <3`. */
  get #isAtCondition(): boolean {
    const token = this.#token;
    if (token.kind === 'word') return token.word !== 'or';
    return token.kind === 'annotation' || (token.kind === 'symbol' && (token.symbol === '!' || token.symbol === '('));
  }

  #single(): FilterExpression | undefined {
    if (this.#take('!')) {
      const expression = this.#deeper(() => this.#single());
      return expression && { kind: 'not', expression };
    }
    if (this.#take('(')) {
      const expression = this.#deeper(() => this.#alternatives());
      return this.#expect(')') ? expression : undefined;
    }
    const token = this.#token;
    if (token.kind !== 'word' && token.kind !== 'annotation')
      return this.#fail(`Expected a condition, found ${described(token)}`);
    this.#next++;
    if (token.kind === 'annotation') return this.#annotation(token.key);
    return this.#keyword(token.word, token.at);
  }

  #keyword(word: string, at: number): FilterExpression | undefined {
    const flag = FLAGS.find((each) => each === word);
    if (flag !== undefined) return this.#flag(flag);
    const number = NUMBERS.find((each) => each === word);
    if (number !== undefined) return this.#number(number);
    const text = TEXTS.find((each) => each === word);
    if (text !== undefined) return this.#text(text);
    if (word === 'service' || word === 'edge' || word === 'id') {
      if (this.#isInBraces) return this.#fail(`${word} cannot be used inside braces`, at);
      if (!this.#expect('(')) return undefined;
      return word === 'service' ? this.#service() : word === 'edge' ? this.#edge() : this.#id();
    }
    if (isUnsupported(word)) return this.#fail(`${word} is not supported here`, at);
    return this.#fail(`${word} is no keyword`, at);
  }

  #flag(keyword: FlagKeyword): FilterExpression | undefined {
    const isEqual = this.#take('=');
    if (!isEqual && !this.#take('!=')) return { kind: 'flag', keyword, value: true };
    const value = this.#truth();
    if (value === undefined) return this.#fail(`${keyword} is compared with true or false, found ${described(this.#token)}`);
    return { kind: 'flag', keyword, value: value === isEqual };
  }

  #number(keyword: NumberKeyword): FilterExpression | undefined {
    const operator = NUMBER_OPERATORS.find((each) => this.#takeOperator(each));
    if (operator === undefined)
      return this.#isAtOperator ? this.#wrongOperator(keyword) : { kind: 'number', keyword, comparison: undefined };
    const token = this.#token;
    if (token.kind !== 'number') return this.#fail(`${keyword} is compared with a number, found ${described(token)}`);
    this.#next++;
    return { kind: 'number', keyword, comparison: { operator, value: token.value } };
  }

  #text(keyword: TextKeyword): FilterExpression | undefined {
    const operator = TEXT_OPERATORS.find((each) => this.#takeOperator(each));
    if (operator === undefined)
      return this.#isAtOperator ? this.#wrongOperator(keyword) : { kind: 'text', keyword, comparison: undefined };
    const token = this.#token;
    if (token.kind !== 'text') return this.#fail(`${keyword} is compared with a text in quotes, found ${described(token)}`);
    this.#next++;
    return { kind: 'text', keyword, comparison: { operator, value: token.value } };
  }

  #annotation(key: string): FilterExpression | undefined {
    const operatorToken = this.#token;
    const number = NUMBER_OPERATORS.find((each) => this.#takeOperator(each));
    const operator = number ?? TEXT_OPERATORS.find((each) => this.#takeOperator(each));
    if (operator === undefined) return { kind: 'annotation', key, condition: { type: 'set' } };
    const condition = this.#annotationCondition(operator);
    if (condition === undefined) {
      return this.#fail(`An annotation cannot be compared by ${described(operatorToken)} with ${described(this.#token)}`);
    }
    this.#next++;
    return { kind: 'annotation', key, condition };
  }

  /** What the next token makes of the operator; undefined when they do not go together. */
  #annotationCondition(operator: NumberOperator | TextOperator): AnnotationCondition | undefined {
    const token = this.#token;
    if (token.kind === 'number') {
      const known = NUMBER_OPERATORS.find((each) => each === operator);
      return known && { type: 'number', operator: known, value: token.value };
    }
    if (token.kind === 'text') {
      const known = TEXT_OPERATORS.find((each) => each === operator);
      return known && { type: 'text', operator: known, value: token.value };
    }
    if (token.kind !== 'word' || (token.word !== 'true' && token.word !== 'false')) return undefined;
    if (operator !== '=' && operator !== '!=') return undefined;
    return { type: 'boolean', value: (token.word === 'true') === (operator === '=') };
  }

  #service(): FilterExpression | undefined {
    // AWS: without a name it is any service. Seen: developer guide, `service() { fault }`.
    const service = this.#isNext(')') ? { name: undefined, type: undefined, accountId: undefined } : this.#selector();
    if (service === undefined || !this.#expect(')')) return undefined;
    return this.#withBraces((filter) => ({ kind: 'service', service, filter }));
  }

  #edge(): FilterExpression | undefined {
    const source = this.#selector();
    if (source === undefined || !this.#expect(',')) return undefined;
    const target = this.#selector();
    if (target === undefined || !this.#expect(')')) return undefined;
    return this.#withBraces((filter) => ({ kind: 'edge', source, target, filter }));
  }

  /** By itself it is a service, which selectors of entities may leave out. */
  #id(): FilterExpression | undefined {
    const service = this.#members();
    return service && this.#withBraces((filter) => ({ kind: 'service', service, filter }));
  }

  #selector(): ServiceSelector | undefined {
    const token = this.#token;
    if (token.kind === 'text') {
      this.#next++;
      return { name: token.value, type: undefined, accountId: undefined };
    }
    if (!this.#takeWord('id')) return this.#fail(`Expected the name of a service in quotes or id(), found ${described(token)}`);
    return this.#expect('(') ? this.#members() : undefined;
  }

  /** Of `id(`, up to its closing bracket. */
  #members(): ServiceSelector | undefined {
    const found = new Map<string, string>();
    do {
      const token = this.#token;
      const member = (['name', 'type', 'account.id'] as const).find((each) => this.#takeWord(each));
      if (member === undefined) return this.#fail(`Expected name, type or account.id, found ${described(token)}`);
      if (found.has(member)) return this.#fail(`${member} is there twice`, token.at);
      if (!this.#expect(':')) return undefined;
      const value = this.#token;
      if (value.kind !== 'text') return this.#fail(`${member} must be a text in quotes, found ${described(value)}`);
      this.#next++;
      found.set(member, value.value);
    } while (this.#take(','));
    if (!this.#expect(')')) return undefined;
    return { name: found.get('name'), type: found.get('type'), accountId: found.get('account.id') };
  }

  #withBraces(make: (filter: FilterExpression | undefined) => FilterExpression): FilterExpression | undefined {
    if (!this.#take('{')) return make(undefined);
    this.#isInBraces = true;
    const filter = this.#deeper(() => this.#alternatives());
    this.#isInBraces = false;
    return filter !== undefined && this.#expect('}') ? make(filter) : undefined;
  }

  /** AWS: the text "true" is as good as the word. Seen: developer guide, Boolean operators. */
  #truth(): boolean | undefined {
    const token = this.#token;
    const word = token.kind === 'word' ? token.word : token.kind === 'text' ? token.value.toLowerCase() : undefined;
    if (word !== 'true' && word !== 'false') return undefined;
    this.#next++;
    return word === 'true';
  }

  get #isAtOperator(): boolean {
    const token = this.#token;
    if (token.kind === 'word') return TEXT_OPERATORS.some((each) => each === token.word);
    return token.kind === 'symbol' && NUMBER_OPERATORS.some((each) => each === token.symbol);
  }

  #wrongOperator(keyword: string): undefined {
    return this.#fail(`${keyword} cannot be compared by ${described(this.#token)}`);
  }

  #takeOperator(operator: NumberOperator | TextOperator): boolean {
    const token = this.#token;
    const written = token.kind === 'symbol' ? token.symbol : token.kind === 'word' ? token.word : undefined;
    if (written !== operator) return false;
    this.#next++;
    return true;
  }

  #deeper<Result>(read: () => Result | undefined): Result | undefined {
    if (this.#depth >= DEPTH_MAX) return this.#fail(`It is nested more than ${DEPTH_MAX} deep`);
    this.#depth++;
    const result = read();
    this.#depth--;
    return result;
  }

  get #token(): FilterToken {
    // The last token is an end, and ends are never taken.
    return this.#tokens[this.#next] as FilterToken;
  }

  #isNext(symbol: FilterSymbol): boolean {
    const token = this.#token;
    return token.kind === 'symbol' && token.symbol === symbol;
  }

  #take(symbol: FilterSymbol): boolean {
    if (!this.#isNext(symbol)) return false;
    this.#next++;
    return true;
  }

  #takeWord(word: string): boolean {
    const token = this.#token;
    if (token.kind !== 'word' || token.word !== word) return false;
    this.#next++;
    return true;
  }

  #expect(symbol: FilterSymbol): boolean {
    if (this.problem !== undefined) return false;
    if (!this.#take(symbol)) this.#fail(`Expected "${symbol}", found ${described(this.#token)}`);
    return this.problem === undefined;
  }

  /** The first problem stays. */
  #fail(message: string, at = this.#token.at): undefined {
    this.problem ??= filterProblem(message, at);
    return undefined;
  }
}

/** AWS has them: lists of root causes and their elements, and groups. */
function isUnsupported(word: string): boolean {
  return ['index', 'coverage', 'json', 'group.name', 'group.arn'].includes(word) || word.startsWith('rootcause');
}

function described(token: FilterToken): string {
  switch (token.kind) {
    case 'end':
      return 'the end';
    case 'symbol':
      return `"${token.symbol}"`;
    case 'number':
      return `the number ${token.value}`;
    case 'text':
      return 'a text in quotes';
    case 'annotation':
      return 'an annotation';
    default:
      return `"${token.word}"`;
  }
}
