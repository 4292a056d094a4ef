// From the text of a math expression to its tree. Weakest first: OR, AND, comparisons, + -, * /, unary minus, ^ (to the right).
// AWS gives no table of precedences; this is the order of arithmetic everywhere.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html

import type { MathExpression, MathKeyword, MathOperator } from './expression.ts';
import { mathFunctions, unsupportedFunctions } from './functions.ts';
import type { MathFunction, Parameter } from './math-function.ts';
import { type MathProblem, mathProblem } from './math-problem.ts';
import { parseSearchExpression } from './search-expression.ts';
import { type MathSymbol, type MathToken, readTokens } from './tokens.ts';
import { SERIES_MAX } from './values.ts';

/** AWS: Seen: service model, MetricExpression has 1 to 2,048 characters. */
const LENGTH_MAX = 2_048;

/** Brackets, calls and signs inside one another; ours. */
const DEPTH_MAX = 32;

const BINARY_LEVELS: readonly (readonly MathOperator[])[] = [
  ['||'],
  ['&&'],
  ['==', '!=', '<', '<=', '>', '>='],
  ['+', '-'],
  ['*', '/'],
];

export type ParsedMathExpression = { readonly expression: MathExpression } | { readonly problem: MathProblem };

/** Reads an expression; names and numbers of arguments are checked here, what the ids stand for only when it is evaluated. */
export function parseMathExpression(text: string): ParsedMathExpression {
  if (text.length > LENGTH_MAX) return { problem: mathProblem(`It has more than ${LENGTH_MAX} characters`, LENGTH_MAX) };
  const tokens = readTokens(text);
  if ('kind' in tokens) return { problem: tokens };
  const parser = new Parser(tokens);
  const expression = parser.whole();
  return expression === undefined ? { problem: parser.problem ?? mathProblem('It cannot be read', 0) } : { expression };
}

/** Every method returns undefined when `problem` is set. */
class Parser {
  readonly #tokens: readonly MathToken[];
  #next = 0;
  #depth = 0;
  problem: MathProblem | undefined;

  constructor(tokens: readonly MathToken[]) {
    this.#tokens = tokens;
  }

  whole(): MathExpression | undefined {
    const expression = this.#operation(0);
    if (expression !== undefined && this.#token.kind !== 'end') return this.#fail(`Unexpected ${described(this.#token)}`);
    return expression;
  }

  #operation(level: number): MathExpression | undefined {
    const operators = BINARY_LEVELS[level];
    if (operators === undefined) return this.#signed();
    let left = this.#operation(level + 1);
    while (left !== undefined) {
      const at = this.#token.at;
      const operator = operators.find((candidate) => this.#take(candidate));
      if (operator === undefined) return left;
      const right = this.#operation(level + 1);
      left = right && { kind: 'operation', operator, left, right, at };
    }
    return undefined;
  }

  #signed(): MathExpression | undefined {
    const at = this.#token.at;
    if (!this.#take('-')) return this.#power();
    const operand = this.#deeper(() => this.#signed());
    return operand && { kind: 'negation', operand, at };
  }

  #power(): MathExpression | undefined {
    const left = this.#single();
    const at = this.#token.at;
    if (left === undefined || !this.#take('^')) return left;
    const right = this.#deeper(() => this.#signed());
    return right && { kind: 'operation', operator: '^', left, right, at };
  }

  #single(): MathExpression | undefined {
    const token = this.#token;
    const { at } = token;
    if (this.#take('(')) {
      const inner = this.#deeper(() => this.#operation(0));
      return this.#expect(')') ? inner : undefined;
    }
    if (this.#take('[')) {
      const items = this.#deeper(() => this.#list(']', () => this.#operation(0)));
      if (items !== undefined && items.length > SERIES_MAX) return this.#fail(`An array has at most ${SERIES_MAX} series`, at);
      return items && { kind: 'array', items, at };
    }
    if (token.kind === 'number' || token.kind === 'id' || token.kind === 'word') this.#next += 1;
    if (token.kind === 'number') return { kind: 'number', value: token.value, at };
    if (token.kind === 'word') return this.#deeper(() => this.#call(token.name, at));
    if (token.kind !== 'id') return this.#fail(`Expected a value, found ${described(token)}`);
    if (this.#isNext('(')) return this.#fail(`${token.name} is no function; their names are written in upper case`, at);
    return { kind: 'id', id: token.name, at };
  }

  #call(name: string, at: number): MathExpression | undefined {
    if (unsupportedFunctions.has(name)) return this.#fail(`The function ${name} is not supported here`, at);
    const called = mathFunctions.get(name);
    if (called === undefined && name !== 'METRICS' && name !== 'SEARCH') return this.#fail(`There is no function ${name}`, at);
    if (!this.#take('(')) return this.#fail(`${name}: the brackets with the arguments are missing`);
    if (name === 'METRICS') return this.#metrics(at);
    if (name === 'SEARCH') return this.#search(at);
    return called && this.#arguments(name, called, at);
  }

  #arguments(name: string, { parameters, required }: MathFunction, at: number): MathExpression | undefined {
    let count = 0;
    const readOne = (): MathExpression | MathKeyword | undefined => {
      const parameter = parameters[count];
      count += 1;
      if (parameter === undefined) return this.#fail(`${name} has at most ${argumentCount(parameters.length)}`);
      return this.#argument(`${name}: argument ${count}`, parameter);
    };
    const parts = this.#take(')') ? [] : this.#list(')', readOne);
    if (parts !== undefined && parts.length < required) return this.#fail(`${name} needs ${argumentCount(required)}`, at);
    return parts && { kind: 'call', name, parts, at };
  }

  #argument(place: string, { words, accepts, idOnly }: Parameter): MathExpression | MathKeyword | undefined {
    const token = this.#token;
    const { at } = token;
    if (token.kind === 'word' && words?.includes(token.name) && !this.#isNext('(', 1)) {
      this.#next += 1;
      return { kind: 'keyword', word: token.name, at };
    }
    if (words !== undefined && accepts.length === 0) return this.#fail(`${place} must be one of ${words.join(', ')}`);
    const argument = this.#operation(0);
    if (argument !== undefined && idOnly && argument.kind !== 'id') return this.#fail(`${place} must be the id of a metric`, at);
    return argument;
  }

  #metrics(at: number): MathExpression | undefined {
    if (this.#take(')')) return { kind: 'metrics', texts: [], at };
    const readText = (): string | undefined => this.#text('METRICS: argument 1');
    const text = this.#take('[') ? this.#list(']', readText) : readText();
    if (text === undefined || !this.#expect(')')) return undefined;
    return { kind: 'metrics', texts: typeof text === 'string' ? [text] : text, at };
  }

  #search(at: number): MathExpression | undefined {
    const searchAt = this.#token.at;
    const text = this.#text('SEARCH: argument 1');
    if (text === undefined || !this.#expect(',')) return undefined;
    const search = parseSearchExpression(text);
    if (search.kind === 'problem') return this.#fail(`SEARCH: ${search.message}`, searchAt + 1 + search.at);
    const statisticAt = this.#token.at;
    const statistic = this.#text('SEARCH: argument 2');
    if (statistic === undefined) return undefined;
    if (statistic.trim() === '') return this.#fail('SEARCH: argument 2 must name a statistic', statisticAt);
    let period: number | undefined;
    if (this.#take(',')) {
      const token = this.#token;
      if (token.kind !== 'number' || !Number.isInteger(token.value) || token.value < 1) {
        return this.#fail('SEARCH: argument 3 must be a period in seconds');
      }
      period = token.value;
      this.#next += 1;
    }
    return this.#expect(')') ? { kind: 'search', search, statistic: statistic.trim(), period, at } : undefined;
  }

  #text(place: string): string | undefined {
    const token = this.#token;
    if (token.kind !== 'text') return this.#fail(`${place} must be a text in quotes`);
    this.#next += 1;
    return token.value;
  }

  /** One item or more, separated by commas, up to `close`. */
  #list<Item>(close: MathSymbol, readItem: () => Item | undefined): Item[] | undefined {
    const items: Item[] = [];
    do {
      const item = readItem();
      if (item === undefined) return undefined;
      items.push(item);
    } while (this.#take(','));
    return this.#expect(close) ? items : undefined;
  }

  #deeper<Result>(read: () => Result | undefined): Result | undefined {
    if (this.#depth >= DEPTH_MAX) return this.#fail(`It is nested more than ${DEPTH_MAX} deep`);
    this.#depth += 1;
    const result = read();
    this.#depth -= 1;
    return result;
  }

  get #token(): MathToken {
    // The last token is an end, and ends are never taken.
    return this.#tokens[this.#next] as MathToken;
  }

  #isNext(symbol: MathSymbol, ahead = 0): boolean {
    const token = this.#tokens[this.#next + ahead];
    return token?.kind === 'symbol' && token.symbol === symbol;
  }

  #take(symbol: MathSymbol): boolean {
    if (!this.#isNext(symbol)) return false;
    this.#next += 1;
    return true;
  }

  #expect(symbol: MathSymbol): boolean {
    if (this.problem !== undefined) return false;
    if (!this.#take(symbol)) this.#fail(`Expected "${symbol}", found ${described(this.#token)}`);
    return this.problem === undefined;
  }

  /** The first problem stays. */
  #fail(message: string, at = this.#token.at): undefined {
    this.problem ??= mathProblem(message, at);
    return undefined;
  }
}

function argumentCount(count: number): string {
  return count === 1 ? '1 argument' : `${count} arguments`;
}

function described(token: MathToken): string {
  switch (token.kind) {
    case 'end':
      return 'the end';
    case 'symbol':
      return `"${token.symbol}"`;
    case 'number':
      return `the number ${token.value}`;
    case 'text':
      return 'a text in quotes';
    default:
      return `"${token.name}"`;
  }
}
