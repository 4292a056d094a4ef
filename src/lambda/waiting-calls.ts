// Invocations that no environment has taken yet: a line for each version of a function, and whose line is served next.

import { type FunctionEnvironments, noteShortage } from './function-environments.ts';
import type { Invocation } from './invocation.ts';

const NONE: readonly never[] = [];
/** Code units of the events that are given ahead at once: so many go into a pipe without anybody waiting for it. */
const AHEAD_LENGTH_MAX = 65_536;

export class WaitingCalls {
  #count = 0;
  #bytes = 0;
  /** Versions with a line; the first is served next. */
  #hungry: FunctionEnvironments[] = [];

  get count(): number {
    return this.#count;
  }

  /** Code units of all events that wait. */
  get bytes(): number {
    return this.#bytes;
  }

  get isEmpty(): boolean {
    return this.#hungry.length === 0;
  }

  /** To the end of its line. */
  add(environments: FunctionEnvironments, invocation: Invocation): void {
    environments.waiting.push(invocation);
    this.#noteAdded(environments, invocation);
  }

  /** To the head of its line: it was about to be run already. */
  putBack(environments: FunctionEnvironments, invocation: Invocation): void {
    environments.waiting.unshift(invocation);
    this.#noteAdded(environments, invocation);
  }

  #noteAdded(environments: FunctionEnvironments, invocation: Invocation): void {
    this.#count++;
    this.#bytes += invocation.event.length;
    if (!this.#hungry.includes(environments)) this.#hungry.push(environments);
  }

  /** The oldest of a line, for an environment that is there. */
  take(environments: FunctionEnvironments): Invocation | undefined {
    const invocation = this.#shift(environments);
    if (invocation !== undefined) environments.taken++;
    return invocation;
  }

  /** The oldest of a line that has one, for an environment that is started for it: no progress of those that are there. */
  takeForStart(environments: FunctionEnvironments): Invocation {
    return this.#shift(environments) as Invocation;
  }

  #shift({ waiting }: FunctionEnvironments): Invocation | undefined {
    const invocation = waiting.shift();
    if (invocation === undefined) return undefined;
    this.#count--;
    this.#bytes -= invocation.event.length;
    return invocation;
  }

  /** As many of a line as there are to be given ahead, at most `count`; large events are not worth it. */
  takeAhead(environments: FunctionEnvironments, count: number): readonly Invocation[] {
    const { waiting } = environments;
    if (count <= 0 || waiting.length === 0) return NONE;
    const some: Invocation[] = [];
    for (let length = 0; some.length < count; ) {
      length += waiting[0]?.event.length ?? Number.POSITIVE_INFINITY;
      if (length > AHEAD_LENGTH_MAX) break;
      some.push(this.take(environments) as Invocation);
    }
    return some;
  }

  nextHungry(): FunctionEnvironments | undefined {
    return this.#hungry.shift();
  }

  /** It is served next; or after the others. */
  serveNext(environments: FunctionEnvironments): void {
    this.#hungry.unshift(environments);
  }

  serveLast(...environments: readonly FunctionEnvironments[]): void {
    this.#hungry.push(...environments);
  }

  /** At intervals: which lines are too slow. */
  look(): void {
    for (const environments of this.#hungry) noteShortage(environments);
  }
}
