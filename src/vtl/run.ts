// One rendering: the variables, the output so far, and what is left of each budget.

import { TemplateStop } from './template-fault.ts';
import type { Value } from './vtl-value.ts';

export interface RenderLimits {
  /** Statements, method calls and characters that methods look at. */
  readonly stepsMax: number;
  /** Of one #foreach. AWS: 1,000. Seen: API Gateway quotas. */
  readonly iterationsMax: number;
  readonly outputBytesMax: number;
  /** Of the thread's CPU time: what else the machine does counts for nothing. */
  readonly timeMsMax: number;
  /** Macros, blocks and #evaluate in one another. */
  readonly depthMax: number;
}

export const defaultRenderLimits: RenderLimits = {
  stepsMax: 1_000_000,
  iterationsMax: 1000,
  outputBytesMax: 10 * 1024 * 1024,
  timeMsMax: 50,
  depthMax: 64,
};

/** The arguments of a macro call; they are evaluated where they are used, in the caller's frame. */
export interface MacroFrame {
  readonly arguments: ReadonlyMap<number, Eval | { readonly value: Value }>;
  readonly local: Map<number, Value>;
  readonly outer: MacroFrame | undefined;
}

export type Eval = (run: Run) => Value;

/** How a statement ended. */
export type Signal = 0 | 1;
export const GO_ON = 0;
export const BREAK = 1;

export type Emit = (run: Run) => Signal;

/** Ends the whole template without an error: #stop. */
export class StopSignal extends Error {}

/** The clock is looked at after so many steps. */
const STEPS_PER_LOOK = 2048;
/** What compiling a path, a pattern or a text of #evaluate costs: as much as it takes to have the clock looked at. */
export const COMPILE_STEPS = STEPS_PER_LOOK;
/** Shorter pieces are counted when the clock is looked at. */
const LONG_TEXT = 2048;

export class Run {
  out = '';
  readonly slots: Value[];
  frame: MacroFrame | undefined;
  /** Index in the template of what is being done, for faults. */
  at = 0;
  depth = 0;
  macroDepth = 0;
  /** Which #foreach a #break with an argument ends. */
  breakTarget: Value;
  readonly limits: RenderLimits;
  /** Characters that texts in quotes and methods have made. */
  #made = 0;
  #countdown = STEPS_PER_LOOK;
  #spent = 0;
  /** In ms. Set at the first look: most templates end before it, and a clock costs something to read. */
  #deadline = 0;

  constructor(slots: Value[], limits: RenderLimits) {
    this.slots = slots;
    this.limits = limits;
  }

  /** A value is about to be printed. A document may be deeper than a template. */
  visit(depth: number): void {
    this.step();
    if (depth > 500) throw new TemplateStop('budget', 'A value is nested too deep to be printed.', this.at, 'depth');
  }

  step(count = 1): void {
    this.#countdown -= count;
    if (this.#countdown < 0) this.#look();
  }

  #look(): void {
    this.#spent += STEPS_PER_LOOK - this.#countdown;
    this.#countdown = STEPS_PER_LOOK;
    if (this.#spent > this.limits.stepsMax) {
      throw new TemplateStop('budget', `More than ${this.limits.stepsMax} steps.`, this.at, 'steps');
    }
    const { user, system } = process.threadCpuUsage();
    const now = (user + system) / 1000;
    if (this.#deadline === 0) this.#deadline = now + this.limits.timeMsMax;
    if (now > this.#deadline) {
      throw new TemplateStop('budget', `More than ${this.limits.timeMsMax} ms of CPU time.`, this.at, 'time');
    }
    this.checkOutput();
  }

  write(text: string): void {
    this.out += text;
    // A loop that prints one long text again and again must end before the text is too long for the machine.
    if (text.length > LONG_TEXT) this.checkOutput();
  }

  checkOutput(): void {
    if (this.out.length > this.limits.outputBytesMax) this.tooLong();
  }

  tooLong(): never {
    throw new TemplateStop('budget', `More than ${this.limits.outputBytesMax} bytes of output.`, this.at, 'output');
  }

  /** Counts a text that was made, also one that is never printed. */
  made(text: string): string {
    this.#made += text.length;
    if (this.#made > this.limits.outputBytesMax * 2 || text.length > this.limits.outputBytesMax) this.tooLong();
    this.step(1 + (text.length >> 6));
    return text;
  }

  enter(): void {
    if (++this.depth > this.limits.depthMax) {
      throw new TemplateStop('budget', `More than ${this.limits.depthMax} levels.`, this.at, 'depth');
    }
  }

  leave(): void {
    this.depth--;
  }

  get(slot: number): Value {
    if (this.frame === undefined) return this.slots[slot];
    for (let frame: MacroFrame | undefined = this.frame; frame !== undefined; frame = frame.outer) {
      const local = frame.local.get(slot);
      if (local !== undefined && local !== null) return local;
      const argument = frame.arguments.get(slot);
      if (argument === undefined) continue;
      if (typeof argument !== 'function') return argument.value;
      const current: MacroFrame | undefined = this.frame;
      this.frame = frame.outer;
      this.enter();
      const value = argument(this);
      this.leave();
      this.frame = current;
      return value;
    }
    return this.slots[slot];
  }

  /** In a macro, its own variable and the caller's are both set; that is Velocity's default. */
  set(slot: number, value: Value): void {
    this.slots[slot] = value;
    for (let { frame } = this; frame !== undefined; frame = frame.outer) frame.local.set(slot, value);
  }
}
