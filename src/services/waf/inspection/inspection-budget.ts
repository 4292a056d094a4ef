// How much work the rules of a web ACL may make of one request. Rules are many, bodies are large, and whoever sends the request
// chooses what is expensive.

import { WorkBudget } from '../../../safe-regex/work-budget.ts';
import type { Inspection } from './matcher.ts';
import { worked } from './worked.ts';

/**
 * Bytes that transformations and detectors look at: a body of 64 KB sixty-four times. They take 1 to 20 ns for each, depending on which
 * it is and of what: some 40 ms, and only where rules are so many.
 */
export const INSPECTED_BYTES_MAX = 4 * 1024 * 1024;
/** What a text costs beside its bytes: thousands of texts of one byte are not free. */
export const BYTES_PER_TEXT = 16;
/** Steps of regular expressions that no automaton has yet: about 30 ms. */
export const PATTERN_STEPS_MAX = 3_000_000;

export class InspectionBudget {
  /** Shared by all patterns. */
  readonly patterns = new WorkBudget(PATTERN_STEPS_MAX);
  /** For finding out what a pattern matched: logs may do without that, decisions may not do without theirs. */
  readonly details = new WorkBudget(PATTERN_STEPS_MAX);
  #bytesLeft = INSPECTED_BYTES_MAX;
  #exceeded = false;

  /** Whether a statement had to leave something unlooked at. */
  get exceeded(): boolean {
    return this.#exceeded;
  }

  /** Whether there is room to look at `texts` texts of together `bytes` bytes; takes it. */
  spend(bytes: number, texts: number): boolean {
    this.#bytesLeft -= bytes + texts * BYTES_PER_TEXT;
    if (this.#bytesLeft < 0) this.#exceeded = true;
    return !this.#exceeded;
  }

  exceed(): void {
    this.#exceeded = true;
  }
}

export function budgetOf(inspection: Inspection): InspectionBudget {
  return worked(inspection, 'budget', () => new InspectionBudget());
}

/**
 * Whether rules stopped looking because the request was too much work. Their statements said no, which means nothing then: a request
 * that is over its budget is to be refused unless the operator says otherwise.
 */
export function isOverBudget(inspection: Inspection): boolean {
  return inspection.worked.has('budget') && budgetOf(inspection).exceeded;
}
