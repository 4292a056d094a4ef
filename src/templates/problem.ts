// What is wrong with a service file, as a value: all problems of a file are gathered and told together.

import type { ErrorCode } from '../config/error-codes.ts';
import type { Place } from '../config/user-error.ts';

export interface Problem {
  readonly code: ErrorCode;
  /** `warning` only where the developer asked for leniency. */
  readonly severity: 'error' | 'warning';
  readonly place: Place;
  /** What is there and why it does not work, one or two sentences. */
  readonly what: string;
  /** What to do about it. */
  readonly fix: string;
}

const MOST_PROBLEMS = 200;

/** Gathers the problems of one reading, each place and text once. */
export class Problems {
  readonly #list: Problem[] = [];
  readonly #seen = new Set<string>();
  readonly #lenient: boolean;

  constructor(lenient: boolean) {
    this.#lenient = lenient;
  }

  error(code: ErrorCode, place: Place, what: string, fix: string): void {
    this.#add({ code, severity: 'error', place, what, fix });
  }

  /** Something not supported yet: an error, or a warning when the developer asked for leniency. */
  unsupported(place: Place, what: string, fix: string, leftOut = 'Left out because of --lenient.'): void {
    const severity = this.#lenient ? 'warning' : 'error';
    this.#add({ code: 'SG_UNSUPPORTED', severity, place, what, fix: this.#lenient ? leftOut : fix });
  }

  /** A property or plugin nobody knows: an error, or a warning when the developer asked for leniency. */
  unknown(place: Place, what: string, fix: string): void {
    if (this.#lenient) this.warning('SG_UNKNOWN_PROPERTY', place, what, 'Left out because of --lenient.');
    else this.error('SG_UNKNOWN_PROPERTY', place, what, fix);
  }

  warning(code: ErrorCode, place: Place, what: string, fix: string): void {
    this.#add({ code, severity: 'warning', place, what, fix });
  }

  get hasErrors(): boolean {
    return this.#list.some((problem) => problem.severity === 'error');
  }

  /** By file, line and column; errors and warnings mixed as they stand in the file. */
  sorted(): readonly Problem[] {
    return this.#list.toSorted(
      (a, b) =>
        a.place.file.localeCompare(b.place.file) ||
        (a.place.line ?? 0) - (b.place.line ?? 0) ||
        (a.place.column ?? 0) - (b.place.column ?? 0),
    );
  }

  get lenient(): boolean {
    return this.#lenient;
  }

  #add(problem: Problem): void {
    // An error stays one where a warning said the same: somebody else read the value.
    const key = `${problem.severity}:${problem.place.file}:${problem.place.line}:${problem.place.column}:${problem.what}`;
    if (this.#seen.has(key) || this.#list.length >= MOST_PROBLEMS) return;
    this.#seen.add(key);
    this.#list.push(problem);
  }
}
