// The deterministic automaton of a program, built state by state as texts need it, in a bounded cache. When a text makes it
// build too much, the sets of states are stepped without being kept, which costs no more than text times program.

import type { Alphabet } from './alphabet.ts';
import { ASSERT, CONSUME, MATCH, type Program, SPLIT } from './program.ts';
import { EDGE, holds, kindOf, LINE_END, lastLineEndOf } from './surroundings.ts';
import type { WorkBudget } from './work-budget.ts';

/** `whole`: the text is the match. `prefix`: it begins with one. `anywhere`: it has one. */
export type MatchMode = 'whole' | 'prefix' | 'anywhere';

const UNKNOWN = 0;
/** No match can come any more. */
const DEAD = 1;
/** A match is certain. */
const MATCHED = 2;
const FIRST_STATE = 3;

/** Cells of the table: 2 MB. */
const CELLS_MAX = 512 * 1024;
const STATES_MAX = 4_000;
/** The program places that all states together may hold. */
const PLACES_MAX = 400_000;
/** So often may one text empty the cache before its states are not kept any longer. */
const FLUSHES_PER_TEXT = 2;

interface State {
  /** CONSUME, ASSERT and MATCH instructions, sorted. */
  readonly places: Uint16Array;
  readonly asserts: boolean;
  /** What came before, as far as assertions ask. */
  readonly before: number;
  /** Whether the text may end here: 0 unknown, 1 no, 2 yes. */
  accepts: number;
}

export class LazyDfa {
  readonly #program: Program;
  readonly #alphabet: Alphabet;
  readonly #mode: MatchMode;
  #width = 0;
  #table = new Int32Array(0);
  #states: State[] = [];
  #ids = new Map<string, number>();
  /** The first state for each kind of what came before. */
  readonly #starts = new Int32Array(LINE_END + 1);
  #places = 0;
  #flushes = 0;
  readonly #marks: Uint32Array;
  #mark = 0;
  readonly #stack: number[] = [];

  constructor(program: Program, alphabet: Alphabet, mode: MatchMode) {
    this.#program = program;
    this.#alphabet = alphabet;
    this.#mode = mode;
    this.#marks = new Uint32Array(program.size);
    this.#flush();
  }

  /** Whether the text from `from` on matches. Throws RegexTooExpensive. */
  run(text: string, from: number, budget: WorkBudget): boolean {
    this.#flushes = 0;
    const { dialect } = this.#program;
    // Only assertions know the last line's end; without any, it is a place like others.
    const cut = this.#program.hasAssertions ? lastLineEndOf(text, dialect) : text.length;
    let id = this.#startState(from === 0 ? EDGE : kindOf(text.charCodeAt(from - 1), dialect), budget);
    const { latin1 } = this.#alphabet;
    let table = this.#table;
    let width = this.#width;
    for (let i = from; i < text.length; ) {
      if (id < FIRST_STATE) return id === MATCHED;
      // The path of nearly every character: one look into the table. The place at the cut takes the other one.
      const fastEnd = i < cut ? cut : i === cut ? i : text.length;
      for (; i < fastEnd; i++) {
        const unit = text.charCodeAt(i);
        if (unit >= 256) break;
        const next = table[id * width + (latin1[unit] as number)] as number;
        if (next < FIRST_STATE) break;
        id = next;
      }
      if (i === text.length) break;
      const codePoint = text.codePointAt(i) as number;
      const letter = this.#alphabet.letterOf(codePoint);
      let next = i === cut || letter >= width ? UNKNOWN : (table[id * width + letter] as number);
      if (next === UNKNOWN) {
        if (this.#flushes > FLUSHES_PER_TEXT) return this.#runUncached(this.#state(id), text, i, cut, budget);
        next = i === cut ? this.#stepAtCut(id, letter, budget) : this.#step(id, letter, budget);
        table = this.#table;
        width = this.#width;
      }
      id = next;
      i += codePoint > 0xffff ? 2 : 1;
    }
    if (id < FIRST_STATE) return id === MATCHED;
    return this.#accepts(this.#state(id), budget);
  }

  #state(id: number): State {
    return this.#states[id - FIRST_STATE] as State;
  }

  #flush(): void {
    this.#width = Math.max(8, 1 << Math.ceil(Math.log2(this.#alphabet.size + 1)));
    this.#table = new Int32Array((FIRST_STATE + 8) * this.#width);
    this.#states = [];
    this.#ids = new Map();
    this.#starts.fill(UNKNOWN);
    this.#places = 0;
    this.#flushes++;
  }

  #startState(before: number, budget: WorkBudget): number {
    const known = this.#starts[before] as number;
    if (known !== UNKNOWN) return known;
    const places: number[] = [];
    this.#nextMark();
    this.#follow(this.#program.start, places, budget);
    const start = this.#intern(places, before, budget);
    this.#starts[before] = start;
    return start;
  }

  #step(id: number, letter: number, budget: WorkBudget): number {
    const state = this.#state(id);
    const places = this.#following(state, letter, false, budget);
    if (places === undefined) {
      this.#remember(id, letter, MATCHED);
      return MATCHED;
    }
    const flushes = this.#flushes;
    const next = this.#intern(places, this.#alphabet.kinds[letter] as number, budget);
    // After a flush the state that led here is gone.
    if (this.#flushes === flushes) this.#remember(id, letter, next);
    return next;
  }

  /** The step over a last line terminator: before it more assertions hold, so it is not kept. */
  #stepAtCut(id: number, letter: number, budget: WorkBudget): number {
    const places = this.#following(this.#state(id), letter, true, budget);
    return places === undefined ? MATCHED : this.#intern(places, this.#alphabet.kinds[letter] as number, budget);
  }

  #runUncached(state: State, text: string, from: number, cut: number, budget: WorkBudget): boolean {
    let current = state;
    for (let i = from; i < text.length; ) {
      const codePoint = text.codePointAt(i) as number;
      const letter = this.#alphabet.letterOf(codePoint);
      const places = this.#following(current, letter, i === cut, budget);
      if (places === undefined) return true;
      const next = this.#stateOf(places, this.#alphabet.kinds[letter] as number);
      if (next === undefined) return false;
      current = next;
      i += codePoint > 0xffff ? 2 : 1;
    }
    return this.#accepts(current, budget);
  }

  /** The places after one letter; undefined when a match is certain (never in `whole`). */
  #following(state: State, letter: number, atCut: boolean, budget: WorkBudget): number[] | undefined {
    const { operations, operands, next, start } = this.#program;
    const here = this.#expanded(state, this.#alphabet.kinds[letter] as number, atCut, budget);
    const members = this.#alphabet.members[letter] as Uint8Array;
    const open = this.#mode !== 'whole';
    const places: number[] = [];
    this.#nextMark();
    budget.spend(here.length);
    let matched = false;
    for (let i = 0; i < here.length; i++) {
      const place = here[i] as number;
      if (operations[place] === MATCH) matched = true;
      else if (operations[place] === CONSUME && members[operands[place] as number] === 1) {
        this.#follow(next[place] as number, places, budget);
      }
    }
    if (open && matched) return undefined;
    if (this.#mode === 'anywhere') this.#follow(start, places, budget);
    return open && places.some((place) => operations[place] === MATCH) ? undefined : places;
  }

  /** The state's places and those behind assertions that hold. */
  #expanded(state: State, after: number, atCut: boolean, budget: WorkBudget): ArrayLike<number> {
    if (!state.asserts) return state.places;
    const { operations, next, assertions, dialect } = this.#program;
    const places: number[] = [];
    this.#nextMark();
    for (const place of state.places) this.#marks[place] = this.#mark;
    for (const place of state.places) places.push(place);
    for (let i = 0; i < places.length; i++) {
      const place = places[i] as number;
      const assertion = assertions[place];
      if (operations[place] !== ASSERT || assertion === undefined) continue;
      if (holds(assertion, dialect, state.before, after, atCut)) this.#follow(next[place] as number, places, budget);
    }
    return places;
  }

  #accepts(state: State, budget: WorkBudget): boolean {
    if (state.accepts === 0) {
      const { operations } = this.#program;
      const here = this.#expanded(state, EDGE, false, budget);
      let accepts = false;
      for (let i = 0; i < here.length && !accepts; i++) accepts = operations[here[i] as number] === MATCH;
      state.accepts = accepts ? 2 : 1;
    }
    return state.accepts === 2;
  }

  /** Adds what can be reached without a character, assertions not passed. */
  #follow(from: number, places: number[], budget: WorkBudget): void {
    const { operations, next, operands } = this.#program;
    const stack = this.#stack;
    stack.push(from);
    let steps = 0;
    while (stack.length > 0) {
      const place = stack.pop() as number;
      if (this.#marks[place] === this.#mark) continue;
      this.#marks[place] = this.#mark;
      steps++;
      switch (operations[place]) {
        case CONSUME:
        case ASSERT:
        case MATCH:
          places.push(place);
          break;
        case SPLIT:
          stack.push(operands[place] as number, next[place] as number);
          break;
        default:
          stack.push(next[place] as number);
      }
    }
    budget.spend(steps);
  }

  #stateOf(found: readonly number[], before: number): State | undefined {
    if (found.length === 0) return undefined;
    const places = Uint16Array.from(found).sort();
    const asserts = this.#program.hasAssertions && places.some((place) => this.#program.operations[place] === ASSERT);
    return { places, asserts, before: asserts ? before : OTHER_BEFORE, accepts: 0 };
  }

  #intern(found: readonly number[], before: number, budget: WorkBudget): number {
    const state = this.#stateOf(found, before);
    if (state === undefined) return DEAD;
    const { operations } = this.#program;
    if (this.#mode !== 'whole' && found.some((place) => operations[place] === MATCH)) return MATCHED;
    budget.spend(found.length);
    const bytes = Buffer.from(state.places.buffer, state.places.byteOffset, state.places.byteLength);
    const key = `${state.before}${bytes.toString('latin1')}`;
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    this.#makeRoom(state.places.length);
    const id = FIRST_STATE + this.#states.push(state) - 1;
    this.#ids.set(key, id);
    this.#places += state.places.length;
    return id;
  }

  #makeRoom(places: number): void {
    const needed = (FIRST_STATE + this.#states.length + 1) * this.#width;
    if (needed > CELLS_MAX || this.#states.length >= STATES_MAX || this.#places + places > PLACES_MAX) {
      if (this.#states.length > 0) this.#flush();
      return;
    }
    if (needed <= this.#table.length) return;
    const table = new Int32Array(Math.min(Math.max(needed, this.#table.length * 2), CELLS_MAX));
    table.set(this.#table);
    this.#table = table;
  }

  #remember(id: number, letter: number, next: number): void {
    if (letter >= this.#width) this.#widen();
    // A table that may not grow any more waits for the next time it is emptied.
    if (letter < this.#width) this.#table[id * this.#width + letter] = next;
  }

  /** Makes room for letters that came up after the table was made. */
  #widen(): void {
    const width = this.#width * 2;
    const rows = FIRST_STATE + this.#states.length;
    if (rows * width > CELLS_MAX) return;
    const table = new Int32Array(Math.min((rows + 8) * width, CELLS_MAX));
    for (let row = 0; row < rows; row++) {
      table.set(this.#table.subarray(row * this.#width, (row + 1) * this.#width), row * width);
    }
    this.#table = table;
    this.#width = width;
  }

  #nextMark(): void {
    if (this.#mark === 0xffffffff) {
      this.#marks.fill(0);
      this.#mark = 0;
    }
    this.#mark++;
  }
}

/** Of states that ask no assertion, whatever came before. */
const OTHER_BEFORE = 9;
