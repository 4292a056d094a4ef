// How much work one match may be. A linear engine's cost is text times pattern, and a large pattern on a large text is still much.

/** Thrown when a match costs more than its budget; whoever called refuses the request. */
export class RegexTooExpensive extends Error {
  constructor() {
    super('the regular expression costs too much on this text');
  }
}

/** Steps of an automaton over one set of states, not of text: text that the cache knows costs nothing here. */
export class WorkBudget {
  left: number;

  constructor(steps: number) {
    this.left = steps;
  }

  spend(steps: number): void {
    this.left -= steps;
    if (this.left < 0) throw new RegexTooExpensive();
  }
}

/** About 30 ms on an ordinary core. */
export const DEFAULT_STEPS = 3_000_000;
