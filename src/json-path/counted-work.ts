// The work of regular expressions counts against the budget of whatever runs them.

import { WorkBudget } from '../safe-regex/work-budget.ts';

export interface Spender {
  /** Called with the steps that are about to be spent; it may throw, which ends the work. */
  step(count: number): void;
}

export class CountedWork extends WorkBudget {
  readonly #spender: Spender;

  constructor(spender: Spender) {
    super(0);
    this.#spender = spender;
  }

  override spend(steps: number): void {
    this.#spender.step(steps);
  }
}
