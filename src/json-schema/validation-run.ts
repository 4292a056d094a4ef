// One validation under way: what it found so far and what it may still cost. Keywords report here; they never throw.

import type { SafeRegex } from '../safe-regex/safe-regex.ts';
import { RegexTooExpensive, WorkBudget } from '../safe-regex/work-budget.ts';

export interface ValidationBudget {
  /** Schemas entered, items, members, and sixteenths of characters looked at. */
  readonly steps: number;
  /** Milliseconds, looked at between steps. */
  readonly timeMs: number;
  /** Schemas within schemas at once. */
  readonly depth: number;
  /** Messages kept; the verdict counts all. */
  readonly errors: number;
}

export const DEFAULT_BUDGET: ValidationBudget = { steps: 1_000_000, timeMs: 40, depth: 1_100, errors: 50 };

/** Ends a validation that has spent its budget; thrown and caught inside this folder only. */
export class BudgetSpent extends Error {}

const STEPS_BETWEEN_CLOCKS = 512;

export class ValidationRun {
  readonly errors: string[] = [];
  /** Failures of the report at hand: the main one, or that of an alternative. */
  failures = 0;
  #depth = 0;
  #quiet = 0;
  #steps = 0;
  #nextClock = STEPS_BETWEEN_CLOCKS;
  #deadline = 0;
  readonly #budget: ValidationBudget;
  readonly #regexBudget: WorkBudget;

  constructor(budget: ValidationBudget) {
    this.#budget = budget;
    this.#regexBudget = new WorkBudget(budget.steps);
  }

  get failed(): boolean {
    return this.failures > 0;
  }

  /** An alternative is tried: only whether it fails counts, and the first failure decides. */
  get quiet(): boolean {
    return this.#quiet > 0;
  }

  fail(text: () => string): void {
    this.failures++;
    if (this.#quiet === 0 && this.errors.length < this.#budget.errors) this.errors.push(text());
  }

  enter(): void {
    if (++this.#depth > this.#budget.depth) throw new BudgetSpent(`it is nested deeper than ${this.#budget.depth} schemas`);
    this.spend(1);
  }

  leave(): void {
    this.#depth--;
  }

  spend(steps: number): void {
    this.#steps += steps;
    if (this.#steps < this.#nextClock) return;
    this.#nextClock = this.#steps + STEPS_BETWEEN_CLOCKS;
    if (this.#steps > this.#budget.steps) throw new BudgetSpent(`it takes more than ${this.#budget.steps} steps`);
    const now = performance.now();
    // Small validations never ask the clock.
    if (this.#deadline === 0) this.#deadline = now + this.#budget.timeMs;
    else if (now > this.#deadline) throw new BudgetSpent(`it takes more than ${this.#budget.timeMs} ms`);
  }

  /** For work that goes over characters. */
  spendText(length: number): void {
    this.spend(1 + (length >> 4));
  }

  find(regex: SafeRegex, text: string): boolean {
    this.spendText(text.length);
    try {
      return regex.find(text, this.#regexBudget);
    } catch (error) {
      if (error instanceof RegexTooExpensive) throw new BudgetSpent('a pattern costs too much on it');
      throw error;
    }
  }

  /** Begins to try an alternative, whose failures are its own; the result belongs to endAttempt. */
  beginAttempt(): number {
    const failures = this.failures;
    this.failures = 0;
    this.#quiet++;
    return failures;
  }

  /** Whether the alternative reported nothing; what it reported is forgotten. */
  endAttempt(failuresBefore: number): boolean {
    const succeeded = this.failures === 0;
    this.#quiet--;
    this.failures = failuresBefore;
    return succeeded;
  }
}
