// What the functions of one template share while it is compiled: its variables' places, its macros, its dialect.

import type { Emit } from './run.ts';
import type { Block, Macro } from './template-node.ts';

/**
 * How a template is read. API Gateway prints nothing where Velocity prints the source of a reference without a value, and
 * takes null for the empty text when it compares.
 */
export type Dialect = 'api-gateway' | 'velocity';

export interface CompiledMacro {
  readonly slots: readonly number[];
  emit: Emit;
}

/** Statement kinds that a trace follows. */
export type Tracer = (statement: Block[number], emit: Emit) => Emit;

/** These have the first places. */
export const rootNames = ['input', 'util', 'context', 'stageVariables', 'foreach', 'velocityCount', 'velocityHasNext'] as const;
export const INPUT_SLOT = 0;
export const CONTEXT_SLOT = 2;
export const STAGE_VARIABLES_SLOT = 3;
export const FOREACH_SLOT = 4;
export const COUNT_SLOT = 5;
export const HAS_NEXT_SLOT = 6;

export class Scope {
  readonly dialect: Dialect;
  readonly nullIsEmpty: boolean;
  readonly macros: Map<string, CompiledMacro>;
  readonly compileBlock: (block: Block, scope: Scope) => Emit;
  tracer: Tracer | undefined;
  /** Where the text of #evaluate stands in the template. */
  readonly fixedOffset: number | undefined;
  readonly #slots: Map<string, number>;
  /** Places of `$input` and the like that the template reads; most need not be made for most templates. */
  readonly #read = new Set<number>();

  constructor(options: {
    readonly dialect: Dialect;
    readonly compileBlock: (block: Block, scope: Scope) => Emit;
    readonly tracer?: Tracer | undefined;
    readonly outer?: Scope;
    readonly fixedOffset?: number;
  }) {
    this.dialect = options.dialect;
    this.nullIsEmpty = options.dialect === 'api-gateway';
    this.compileBlock = options.compileBlock;
    this.tracer = options.tracer;
    this.fixedOffset = options.fixedOffset;
    this.#slots = new Map(options.outer === undefined ? rootNames.map((name, slot) => [name, slot]) : options.outer.#slots);
    this.macros = new Map(options.outer?.macros);
  }

  slotOf(name: string): number {
    const known = this.#slots.get(name);
    if (known !== undefined) {
      this.#read.add(known);
      return known;
    }
    const slot = this.#slots.size;
    this.#slots.set(name, slot);
    return slot;
  }

  /** Whether the template may ask for what is in this place. */
  reads(slot: number): boolean {
    return this.#read.has(slot);
  }

  /** A text of the request becomes a template: it may ask for anything. */
  readsAnything(): void {
    for (const slot of this.#slots.values()) this.#read.add(slot);
  }

  /** For texts in quotes: what is printed there is a value, not output. */
  untraced<T>(compile: () => T): T {
    const { tracer } = this;
    this.tracer = undefined;
    const result = compile();
    this.tracer = tracer;
    return result;
  }

  get slotCount(): number {
    return this.#slots.size;
  }

  /** What is printed for a reference that has no value. */
  unresolved(source: string): string {
    return this.dialect === 'velocity' ? source : '';
  }

  /** Macros are known everywhere in the template, also in front of their definition; the last of a name wins. */
  define(macros: readonly Macro[]): void {
    const compiled = macros.map((macro) => {
      const entry: CompiledMacro = { slots: macro.parameters.map((name) => this.slotOf(name)), emit: () => 0 };
      this.macros.set(macro.name, entry);
      return { entry, macro };
    });
    for (const { entry, macro } of compiled) entry.emit = this.compileBlock(macro.body, this);
  }
}
