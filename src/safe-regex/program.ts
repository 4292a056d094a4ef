// A pattern as instructions of a nondeterministic automaton (Thompson's construction), the better branch of a split first.

import type { CharacterSet } from './character-set.ts';
import { type Assertion, type ParsedPattern, type PatternDialect, PatternError, type PatternNode } from './pattern-node.ts';

export const CONSUME = 0;
export const SPLIT = 1;
export const ASSERT = 2;
export const SAVE = 3;
export const MATCH = 4;

/** Instructions. What one step of an automaton can cost at most. */
export const PROGRAM_SIZE_MAX = 20_000;

/** Different sets, and so about as many letters: an alphabet's size is the square. */
const SETS_MAX = 1_500;

export class Program {
  readonly dialect: PatternDialect;
  readonly groups: number;
  /** One of the five above for each instruction. */
  readonly operations: number[] = [];
  /** Where it continues. */
  readonly next: number[] = [];
  /** The other branch of SPLIT, the set of CONSUME, the slot of SAVE. */
  readonly operands: number[] = [];
  readonly assertions: (Assertion | undefined)[] = [];
  /** The different sets of the pattern; CONSUME names them by index. */
  readonly sets: CharacterSet[] = [];
  readonly start: number;
  readonly hasAssertions: boolean;
  readonly #setIndexes = new Map<string, number>();

  constructor(pattern: ParsedPattern, dialect: PatternDialect) {
    this.dialect = dialect;
    this.groups = pattern.groups;
    const match = this.#add(MATCH, -1, 0);
    this.start = this.#build(pattern.node, match);
    this.hasAssertions = this.assertions.some((assertion) => assertion !== undefined);
  }

  get size(): number {
    return this.operations.length;
  }

  #add(operation: number, next: number, operand: number, assertion?: Assertion): number {
    if (this.size >= PROGRAM_SIZE_MAX)
      throw new PatternError(0, 'the pattern is too large when its repetitions are written out', true);
    this.operations.push(operation);
    this.next.push(next);
    this.operands.push(operand);
    this.assertions.push(assertion);
    return this.size - 1;
  }

  /** Adds the instructions of `node` so that they continue at `next`; returns the first of them. */
  #build(node: PatternNode, next: number): number {
    switch (node.kind) {
      case 'set':
        return this.#add(CONSUME, next, this.#setIndex(node.set));
      case 'assert':
        return this.#add(ASSERT, next, 0, node.assertion);
      case 'group': {
        const end = this.#add(SAVE, next, 2 * node.index + 1);
        return this.#add(SAVE, this.#build(node.part, end), 2 * node.index);
      }
      case 'sequence': {
        let entry = next;
        for (let i = node.parts.length - 1; i >= 0; i--) entry = this.#build(node.parts[i] as PatternNode, entry);
        return entry;
      }
      case 'choice': {
        let entry = this.#build(node.parts.at(-1) as PatternNode, next);
        for (let i = node.parts.length - 2; i >= 0; i--) {
          entry = this.#add(SPLIT, this.#build(node.parts[i] as PatternNode, next), entry);
        }
        return entry;
      }
      case 'repeat':
        return this.#repeat(node, next);
    }
  }

  #repeat(node: Extract<PatternNode, { kind: 'repeat' }>, next: number): number {
    let entry = next;
    let { min } = node;
    if (node.max === Number.POSITIVE_INFINITY) {
      entry = this.#split(-1, next, node.lazy);
      const body = this.#build(node.part, entry);
      if (node.lazy) this.operands[entry] = body;
      else this.next[entry] = body;
      if (min > 0 && !canBeEmpty(node.part)) {
        // x+ is one x and a way back to it: nested, xx* would double with each level.
        entry = body;
        min--;
      }
    } else {
      // a{0,2} is (a(a)?)?: leaving early leaves for good.
      for (let i = node.min; i < node.max; i++) entry = this.#split(this.#build(node.part, entry), next, node.lazy);
    }
    // What can be empty is xx*, so that an empty first turn of a loop does not count as the whole loop.
    for (let i = 0; i < min; i++) entry = this.#build(node.part, entry);
    return entry;
  }

  /** `again` comes first unless the repetition is lazy. */
  #split(again: number, leave: number, lazy: boolean): number {
    return lazy ? this.#add(SPLIT, leave, again) : this.#add(SPLIT, again, leave);
  }

  #setIndex(set: CharacterSet): number {
    let index = this.#setIndexes.get(set.key);
    if (index === undefined) {
      if (this.sets.length >= SETS_MAX)
        throw new PatternError(0, 'the pattern is too large: it has too many different characters', true);
      index = this.sets.push(set) - 1;
      this.#setIndexes.set(set.key, index);
    }
    return index;
  }
}

function canBeEmpty(node: PatternNode): boolean {
  switch (node.kind) {
    case 'set':
      return false;
    case 'assert':
      return true;
    case 'group':
      return canBeEmpty(node.part);
    case 'sequence':
      return node.parts.every(canBeEmpty);
    case 'choice':
      return node.parts.some(canBeEmpty);
    case 'repeat':
      return node.min === 0 || canBeEmpty(node.part);
  }
}
