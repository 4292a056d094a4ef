// Java's regular expressions, without those that cannot run in linear time.
//
// A pattern comes from whoever writes the template or the path, its subject from whoever calls the API. So it runs here as a
// set of threads stepped once per character (Pike's machine), with captures and Java's preference of the first alternative;
// no pattern can make a subject expensive. Look-around, back references, possessive and atomic groups are refused by name.

import { PatternFault, type PatternNode, parsePattern } from './parse-pattern.ts';

export type CompiledPattern =
  | { readonly pattern: LinearPattern; readonly fault?: undefined }
  | { readonly fault: { readonly message: string; readonly position: number } };

export interface PatternOptions {
  readonly ignoreCase?: boolean;
}

export interface Spend {
  /** Called with the steps that are about to be spent; it may throw, which ends the match. */
  step(count: number): void;
}

/** Starts and ends of the whole match and of each group, -1 for a group that took no part. */
export type Match = readonly number[];

/** A pattern that becomes more instructions is refused. */
const INSTRUCTIONS_MAX = 5000;

export function compileLinearPattern(source: string, options: PatternOptions = {}): CompiledPattern {
  try {
    const parsed = parsePattern(source, options.ignoreCase === true);
    const program = new Program();
    program.emit(parsed.node);
    program.add({ kind: 'match' });
    return { pattern: new LinearPattern(source, program.instructions, parsed.groups, parsed.literal) };
  } catch (error) {
    if (error instanceof PatternFault) return { fault: { message: error.message, position: error.position } };
    throw error;
  }
}

type Instruction =
  | { readonly kind: 'char'; readonly test: (code: number) => boolean }
  | { readonly kind: 'assert'; readonly test: (text: string, at: number) => boolean }
  | { readonly kind: 'save'; readonly slot: number }
  | { readonly kind: 'match' }
  | { readonly kind: 'jump'; to: number }
  /** Tries `first`, then `second`. */
  | { readonly kind: 'split'; first: number; second: number };

class Program {
  readonly instructions: Instruction[] = [];

  add<T extends Instruction>(instruction: T): T {
    if (this.instructions.length >= INSTRUCTIONS_MAX) throw new PatternFault('The pattern is too large.', 0);
    this.instructions.push(instruction);
    return instruction;
  }

  emit(node: PatternNode): void {
    switch (node.kind) {
      case 'char':
        this.add({ kind: 'char', test: node.test });
        return;
      case 'assert':
        this.add({ kind: 'assert', test: node.test });
        return;
      case 'sequence':
        for (const part of node.parts) this.emit(part);
        return;
      case 'group':
        this.add({ kind: 'save', slot: node.index * 2 });
        this.emit(node.part);
        this.add({ kind: 'save', slot: node.index * 2 + 1 });
        return;
      case 'choice':
        this.#choice(node.parts);
        return;
      case 'repeat':
        this.#repeat(node);
        return;
    }
  }

  #choice(parts: readonly PatternNode[]): void {
    const ends: { to: number }[] = [];
    for (const part of parts.slice(0, -1)) {
      const split = this.add({ kind: 'split', first: 0, second: 0 });
      split.first = this.instructions.length;
      this.emit(part);
      ends.push(this.add({ kind: 'jump', to: 0 }));
      split.second = this.instructions.length;
    }
    this.emit(parts.at(-1) as PatternNode);
    for (const end of ends) end.to = this.instructions.length;
  }

  #repeat(node: PatternNode & { kind: 'repeat' }): void {
    for (let count = 0; count < node.min; count++) this.emit(node.part);
    const aim = (split: { first: number; second: number }, into: number, past: number) => {
      split.first = node.greedy ? into : past;
      split.second = node.greedy ? past : into;
    };
    if (node.max === Number.POSITIVE_INFINITY) {
      const at = this.instructions.length;
      const split = this.add({ kind: 'split', first: 0, second: 0 });
      this.emit(node.part);
      this.add({ kind: 'jump', to: at });
      aim(split, at + 1, this.instructions.length);
      return;
    }
    const splits: { first: number; second: number; at: number }[] = [];
    for (let count = node.min; count < node.max; count++) {
      const split = this.add({ kind: 'split', first: 0, second: 0, at: this.instructions.length });
      splits.push(split);
      this.emit(node.part);
    }
    for (const split of splits) aim(split, split.at + 1, this.instructions.length);
  }
}

interface Thread {
  readonly at: number;
  readonly saved: Match;
}

export class LinearPattern {
  readonly source: string;
  readonly groups: number;
  /** The text that alone matches, for a pattern without operators. */
  readonly literal: string | undefined;
  readonly #instructions: readonly Instruction[];

  constructor(source: string, instructions: readonly Instruction[], groups: number, literal: string | undefined) {
    this.source = source;
    this.groups = groups;
    this.literal = literal;
    this.#instructions = instructions;
  }

  /** Whether the whole text matches. */
  matches(text: string, spend: Spend = noSpend): boolean {
    if (this.literal !== undefined) return text === this.literal;
    return this.#run(text, 0, spend, true) !== undefined;
  }

  /** The first match that begins at `from` or later. */
  find(text: string, from: number, spend: Spend = noSpend): Match | undefined {
    if (this.literal !== undefined) {
      spend.step(1);
      const at = text.indexOf(this.literal, from);
      return at < 0 ? undefined : [at, at + this.literal.length];
    }
    return this.#run(text, from, spend, false);
  }

  #run(text: string, from: number, spend: Spend, whole: boolean): Match | undefined {
    const program = this.#instructions;
    let threads: Thread[] = [];
    let best: Match | undefined;
    const seen = new Int32Array(program.length).fill(-1);
    for (let at = from; at <= text.length; at++) {
      const list: Thread[] = [];
      spend.step(1 + threads.length);
      // Threads of an earlier beginning come first, so the leftmost match wins.
      for (const thread of threads) this.#follow(thread.at, thread.saved, text, at, list, seen, spend);
      if (best === undefined && (!whole || at === from)) this.#follow(0, [at], text, at, list, seen, spend);
      const next: Thread[] = [];
      const code = at < text.length ? text.charCodeAt(at) : -1;
      for (const thread of list) {
        const instruction = program[thread.at] as Instruction;
        if (instruction.kind === 'match') {
          if (whole && at < text.length) continue;
          const saved = thread.saved.slice();
          saved[1] = at;
          best = saved;
          // What comes behind has less preference.
          break;
        }
        if (instruction.kind === 'char' && code >= 0 && instruction.test(code)) {
          next.push({ at: thread.at + 1, saved: thread.saved });
        }
      }
      threads = next;
      if (threads.length === 0 && (best !== undefined || whole)) break;
    }
    return best;
  }

  /** Adds the threads that wait for a character (or have matched) when one stands at `start`. */
  #follow(start: number, saved: Match, text: string, at: number, list: Thread[], seen: Int32Array, spend: Spend): void {
    const stack: Thread[] = [{ at: start, saved }];
    let steps = 0;
    for (let thread = stack.pop(); thread !== undefined; thread = stack.pop()) {
      if (seen[thread.at] === at) continue;
      seen[thread.at] = at;
      steps++;
      const instruction = this.#instructions[thread.at] as Instruction;
      switch (instruction.kind) {
        case 'jump':
          stack.push({ at: instruction.to, saved: thread.saved });
          break;
        case 'split':
          stack.push({ at: instruction.second, saved: thread.saved });
          stack.push({ at: instruction.first, saved: thread.saved });
          break;
        case 'save': {
          const copy = thread.saved.slice();
          for (let slot = copy.length; slot < instruction.slot; slot++) copy[slot] = -1;
          copy[instruction.slot] = at;
          stack.push({ at: thread.at + 1, saved: copy });
          break;
        }
        case 'assert':
          if (instruction.test(text, at)) stack.push({ at: thread.at + 1, saved: thread.saved });
          break;
        default:
          list.push(thread);
      }
    }
    spend.step(steps);
  }
}

const noSpend: Spend = { step() {} };
