// What a rendering did, line by line, for a debugger. Its functions are compiled apart, so that it costs nothing when off.

import { type Dialect, Scope } from './compile-scope.ts';
import type { ParsedTemplate } from './parser.ts';
import { textOf } from './print-value.ts';
import type { Emit, Run } from './run.ts';
import type { Block, Reference, Statement } from './template-node.ts';

/** The line, from 1; what was printed there and `$name = value` of what was set; how often the line was run. */
export type TraceLine = readonly [line: number, text: string, hits: number];

/** Of a line; a loop can print without end. */
const TEXT_MAX = 2000;

interface Entry {
  printed: string;
  readonly sets: string[];
  /** By statement; a line with three statements that ran twice was run twice. */
  readonly hits: Map<Statement, number>;
}

export class TraceRecorder {
  readonly #lineStarts: number[] = [0];
  readonly #scope: Scope;
  readonly #emit: Emit;
  #entries = new Map<number, Entry>();

  constructor(source: string, parsed: ParsedTemplate, dialect: Dialect, compileBlock: (block: Block, scope: Scope) => Emit) {
    for (let at = source.indexOf('\n'); at >= 0; at = source.indexOf('\n', at + 1)) this.#lineStarts.push(at + 1);
    this.#scope = new Scope({ dialect, compileBlock, tracer: (statement, emit) => this.#follow(statement, emit) });
    this.#scope.define(parsed.macros);
    this.#emit = compileBlock(parsed.block, this.#scope);
  }

  begin(): { readonly emit: Emit; readonly scope: Scope } {
    this.#entries = new Map();
    return { emit: this.#emit, scope: this.#scope };
  }

  lines(): TraceLine[] {
    return [...this.#entries]
      .sort(([one], [other]) => one - other)
      .map(([line, entry]) => {
        const parts = [...entry.sets];
        if (entry.printed.trim() !== '') parts.push(JSON.stringify(entry.printed));
        return [line, parts.join(' '), Math.max(0, ...entry.hits.values())];
      });
  }

  #follow(statement: Statement, emit: Emit): Emit {
    const line = this.#lineOf(statement.offset);
    if (statement.kind === 'text') return this.#followText(statement, line, emit);
    return (run) => {
      this.#hit(line, statement);
      const before = run.out;
      const signal = emit(run);
      if (statement.kind === 'set') this.#recordSet(line, statement.target, run);
      else if (statement.kind === 'reference' || statement.kind === 'evaluate') {
        this.#print(line, run.out.slice(before.length));
      }
      return signal;
    };
  }

  /** By halves: a template can have thousands of lines and statements. */
  #lineOf(offset: number): number {
    let low = 0;
    let high = this.#lineStarts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((this.#lineStarts[middle] as number) <= offset) low = middle;
      else high = middle;
    }
    return low + 1;
  }

  #followText(statement: Statement & { kind: 'text' }, first: number, emit: Emit): Emit {
    const lines = statement.text.split('\n');
    return (run) => {
      lines.forEach((text, index) => {
        if (text.trim() === '') return;
        this.#hit(first + index, statement);
        this.#print(first + index, text);
      });
      return emit(run);
    };
  }

  #entry(line: number): Entry {
    let entry = this.#entries.get(line);
    if (entry === undefined) {
      entry = { printed: '', sets: [], hits: new Map() };
      this.#entries.set(line, entry);
    }
    return entry;
  }

  #hit(line: number, statement: Statement): void {
    const { hits } = this.#entry(line);
    hits.set(statement, (hits.get(statement) ?? 0) + 1);
  }

  #print(line: number, text: string): void {
    const entry = this.#entry(line);
    if (entry.printed.length < TEXT_MAX) entry.printed += text.slice(0, TEXT_MAX - entry.printed.length);
  }

  #recordSet(line: number, target: Reference, run: Run): void {
    const { sets } = this.#entry(line);
    if (sets.length >= 20) return;
    const value = target.links.length === 0 ? run.get(this.#scope.slotOf(target.root)) : undefined;
    const text = target.links.length === 0 ? ` = ${textOf(value, run).slice(0, 200)}` : '';
    sets.push(`${target.source}${text}`);
  }
}
