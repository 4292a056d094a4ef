// What one reading of a path may spend, and how it ends early.

import type { JsonValue } from './json-value.ts';

export interface ReadLimits {
  readonly stepsMax: number;
  readonly resultsMax: number;
}

export const defaultReadLimits: ReadLimits = { stepsMax: 1_000_000, resultsMax: 100_000 };

/** What one read has found and spent. */
export class PathRun {
  readonly root: JsonValue;
  stepsLeft: number;
  resultsLeft: number;

  constructor(root: JsonValue, limits: ReadLimits) {
    this.root = root;
    this.stepsLeft = limits.stepsMax;
    this.resultsLeft = limits.resultsMax;
  }

  step(count = 1): void {
    this.stepsLeft -= count;
    if (this.stepsLeft < 0) throw new Exceeded('steps');
  }
}

/** Ends a read: nothing is there. */
export class NoResult extends Error {}

/** The path cannot be applied to what it met. */
export class Inapplicable extends Error {}

export class Exceeded extends Error {
  readonly budget: 'steps' | 'results';

  constructor(budget: 'steps' | 'results') {
    super(`The path needs too many ${budget}.`);
    this.budget = budget;
  }
}
