// Where a match is and what its groups hold: the program run with one thread for each place, better threads first, each carrying
// its groups. Slower than the deterministic automaton, and as linear.

import type { Alphabet } from './alphabet.ts';
import { ASSERT, MATCH, type Program, SAVE, SPLIT } from './program.ts';
import { EDGE, holds, kindOf, lastLineEndOf } from './surroundings.ts';
import type { WorkBudget } from './work-budget.ts';

/** Threads in the order of preference, with their groups. */
class Threads {
  readonly places: number[] = [];
  readonly slots: (readonly number[])[] = [];
  readonly #seen: Int32Array;
  #at = -1;

  constructor(size: number) {
    this.#seen = new Int32Array(size).fill(-1);
  }

  /** Makes it empty for the place `at` of the text. */
  begin(at: number): void {
    this.places.length = 0;
    this.slots.length = 0;
    this.#at = at;
  }

  enter(place: number): boolean {
    if (this.#seen[place] === this.#at) return false;
    this.#seen[place] = this.#at;
    return true;
  }
}

interface Spot {
  readonly at: number;
  readonly before: number;
  readonly after: number;
  readonly lastLineEnd: boolean;
}

/**
 * The leftmost match from `from` on, preferred as Java and JavaScript prefer: start and end of the match, then of each group, -1
 * where a group has no part. Undefined without a match. Throws RegexTooExpensive.
 */
export function findMatch(
  program: Program,
  alphabet: Alphabet,
  text: string,
  from: number,
  budget: WorkBudget,
): readonly number[] | undefined {
  let current = new Threads(program.size);
  let following = new Threads(program.size);
  const cut = lastLineEndOf(text, program.dialect);
  const none = new Array<number>(2 * (program.groups + 1)).fill(-1);
  let best: readonly number[] | undefined;
  let before = from === 0 ? EDGE : kindOf(text.charCodeAt(from - 1), program.dialect);
  current.begin(from);
  for (let at = from; ; ) {
    const codePoint = at < text.length ? (text.codePointAt(at) as number) : -1;
    const letter = codePoint === -1 ? -1 : alphabet.letterOf(codePoint);
    const after = codePoint === -1 ? EDGE : kindOf(codePoint, program.dialect);
    const end = at + (codePoint > 0xffff ? 2 : 1);
    // Assertions are followed only now that both sides of the place are known.
    const spot: Spot = { at, before, after, lastLineEnd: at === cut && cut < text.length };
    const waiting = [...current.places];
    const waitingSlots = [...current.slots];
    current.begin(at);
    for (let i = 0; i < waiting.length; i++) {
      follow(program, current, waiting[i] as number, waitingSlots[i] as readonly number[], spot, budget);
    }
    if (best === undefined) follow(program, current, program.start, withSlot(none, 0, at), spot, budget);
    following.begin(end);
    budget.spend(current.places.length + 1);
    for (let i = 0; i < current.places.length; i++) {
      const place = current.places[i] as number;
      const slots = current.slots[i] as readonly number[];
      if (program.operations[place] === MATCH) {
        best = withSlot(slots, 1, at);
        // Threads after this one are not preferred.
        break;
      }
      if (letter !== -1 && (alphabet.members[letter] as Uint8Array)[program.operands[place] as number] === 1) {
        following.places.push(program.next[place] as number);
        following.slots.push(slots);
      }
    }
    if (codePoint === -1 || (best !== undefined && following.places.length === 0)) return best;
    [current, following] = [following, current];
    before = after;
    at = end;
  }
}

function follow(
  program: Program,
  threads: Threads,
  from: number,
  fromSlots: readonly number[],
  spot: Spot,
  budget: WorkBudget,
): void {
  const { operations, next, operands, assertions, dialect } = program;
  const stack: number[] = [from];
  const slotStack: (readonly number[])[] = [fromSlots];
  let steps = 0;
  while (stack.length > 0) {
    const place = stack.pop() as number;
    const slots = slotStack.pop() as readonly number[];
    if (!threads.enter(place)) continue;
    steps++;
    const goOn = (to: number, with_: readonly number[]): void => {
      stack.push(to);
      slotStack.push(with_);
    };
    switch (operations[place]) {
      case SPLIT:
        goOn(operands[place] as number, slots);
        goOn(next[place] as number, slots);
        break;
      case SAVE:
        goOn(next[place] as number, withSlot(slots, operands[place] as number, spot.at));
        break;
      case ASSERT: {
        const assertion = assertions[place];
        if (assertion !== undefined && holds(assertion, dialect, spot.before, spot.after, spot.lastLineEnd)) {
          goOn(next[place] as number, slots);
        }
        break;
      }
      default:
        threads.places.push(place);
        threads.slots.push(slots);
    }
  }
  budget.spend(steps);
}

function withSlot(slots: readonly number[], slot: number, value: number): readonly number[] {
  const copy = [...slots];
  copy[slot] = value;
  return copy;
}
