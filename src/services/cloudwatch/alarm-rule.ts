// The rule of a composite alarm: `ALARM("cpu") AND NOT OK(disk)`.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html

import type { AlarmState } from './alarm-document.ts';

export type AlarmRule =
  | { readonly kind: 'constant'; readonly value: boolean }
  /** `alarm`: a name or an ARN. */
  | { readonly kind: 'state'; readonly state: AlarmState; readonly alarm: string }
  | { readonly kind: 'not'; readonly rule: AlarmRule }
  | { readonly kind: 'and' | 'or'; readonly rules: readonly AlarmRule[] };

export interface RuleProblem {
  readonly kind: 'problem';
  readonly message: string;
}

/** AWS: Seen: API reference, PutCompositeAlarm. */
const CHILDREN_MAX = 100;
/** Ours. */
const DEPTH_MAX = 50;

const STATES: ReadonlySet<string> = new Set(['ALARM', 'OK', 'INSUFFICIENT_DATA']);

export function parseAlarmRule(text: string): AlarmRule | RuleProblem {
  const reader = new RuleReader(text);
  const rule = reader.alternatives(0);
  if (rule === undefined) return { kind: 'problem', message: reader.problem ?? 'it is empty' };
  if (!reader.isAtEnd) return { kind: 'problem', message: `unexpected text at character ${reader.at + 1}` };
  return reader.children > CHILDREN_MAX ? { kind: 'problem', message: `it names more than ${CHILDREN_MAX} alarms` } : rule;
}

/** Every alarm that is named, as it is named. */
export function alarmsOf(rule: AlarmRule): readonly string[] {
  switch (rule.kind) {
    case 'constant':
      return [];
    case 'state':
      return [rule.alarm];
    case 'not':
      return alarmsOf(rule.rule);
    case 'and':
    case 'or':
      return rule.rules.flatMap(alarmsOf);
  }
}

/** `stateOf`: undefined for an alarm that is not there, which is in no state. */
export function holds(rule: AlarmRule, stateOf: (alarm: string) => AlarmState | undefined): boolean {
  switch (rule.kind) {
    case 'constant':
      return rule.value;
    case 'state':
      return stateOf(rule.alarm) === rule.state;
    case 'not':
      return !holds(rule.rule, stateOf);
    case 'and':
      return rule.rules.every((each) => holds(each, stateOf));
    case 'or':
      return rule.rules.some((each) => holds(each, stateOf));
  }
}

/** Every reading method gives undefined when `problem` is set. */
class RuleReader {
  readonly #text: string;
  at = 0;
  children = 0;
  problem: string | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  get isAtEnd(): boolean {
    this.#skipBlanks();
    return this.at >= this.#text.length;
  }

  alternatives(depth: number): AlarmRule | undefined {
    if (depth > DEPTH_MAX) return this.#fail('it is nested too deeply');
    return this.#joined('OR', 'or', () => this.#joined('AND', 'and', () => this.#single(depth)));
  }

  #joined(word: 'AND' | 'OR', kind: 'and' | 'or', read: () => AlarmRule | undefined): AlarmRule | undefined {
    const rules: AlarmRule[] = [];
    do {
      const rule = read();
      if (rule === undefined) return undefined;
      rules.push(rule);
    } while (this.#takeWord(word));
    return rules.length === 1 ? rules[0] : { kind, rules };
  }

  #single(depth: number): AlarmRule | undefined {
    if (depth > DEPTH_MAX) return this.#fail('it is nested too deeply');
    if (this.#takeWord('NOT')) {
      const rule = this.#single(depth + 1);
      return rule && { kind: 'not', rule };
    }
    if (this.#take('(')) {
      const rule = this.alternatives(depth + 1);
      return rule === undefined || this.#take(')') ? rule : this.#fail('a bracket is not closed');
    }
    const from = this.at;
    const word = this.#word();
    if (word === 'TRUE' || word === 'FALSE') return { kind: 'constant', value: word === 'TRUE' };
    if (!STATES.has(word)) {
      this.at = from;
      return this.#fail(word === '' ? 'a condition is missing' : `${word} is not known here`);
    }
    return this.#alarm(word as AlarmState);
  }

  #alarm(state: AlarmState): AlarmRule | undefined {
    if (!this.#take('(')) return this.#fail(`${state} needs an alarm in brackets`);
    this.#skipBlanks();
    const isQuoted = this.#text[this.at] === '"';
    const end = this.#text.indexOf(isQuoted ? '"' : ')', isQuoted ? this.at + 1 : this.at);
    if (end < 0) return this.#fail('a bracket or quote is not closed');
    const alarm = isQuoted ? this.#text.slice(this.at + 1, end) : this.#text.slice(this.at, end).trim();
    this.at = isQuoted ? end + 1 : end;
    if (alarm === '' || !this.#take(')')) return this.#fail(`${state} needs the name or ARN of one alarm`);
    this.children++;
    return { kind: 'state', state, alarm };
  }

  #word(): string {
    this.#skipBlanks();
    const from = this.at;
    while (/[A-Za-z_]/.test(this.#text[this.at] ?? '')) this.at++;
    return this.#text.slice(from, this.at);
  }

  #takeWord(word: string): boolean {
    const from = this.at;
    if (this.#word() === word) return true;
    this.at = from;
    return false;
  }

  #take(character: string): boolean {
    this.#skipBlanks();
    if (this.#text[this.at] !== character) return false;
    this.at++;
    return true;
  }

  #skipBlanks(): void {
    while (/\s/.test(this.#text[this.at] ?? '')) this.at++;
  }

  #fail(message: string): undefined {
    this.problem ??= `${message} (character ${this.at + 1})`;
    return undefined;
  }
}
