// Events that an environment's process holds behind the one it works on (docs/decisions/0007).

import { HandlerPace } from './handler-pace.ts';
import type { Invocation } from './invocation.ts';
import type { RuntimeChannel } from './runtime-channel.ts';

/** An event that takes so long although its handler is a fast one gives back what is behind it. */
const LATE_MS = 5;

export class EventsAhead {
  /** The process has said that it takes them. */
  taken = false;
  /** Of its handler. */
  readonly pace = new HandlerPace();
  readonly #channel: RuntimeChannel;
  /** Oldest first. */
  #events: Invocation[] = [];
  /** They were asked for, and the process has not said yet which it gives back. */
  #withdrawing = false;
  /** Answers that came when the process was being ended: so many of the events were begun. */
  #lateAnswers = 0;

  constructor(channel: RuntimeChannel) {
    this.#channel = channel;
  }

  get isEmpty(): boolean {
    return this.#events.length === 0;
  }

  /** So many more the process may be given; no few while it holds many, for each time costs. */
  get room(): number {
    // A process that has not read what it has been given may have ended: what is queued behind that would be lost with its answers.
    if (!this.taken || this.#withdrawing || !this.#channel.isClear) return 0;
    const most = this.pace.ahead;
    const held = this.#events.length;
    return held * 2 > most ? 0 : most - held;
  }

  /** Gives the process events, and before them one that it is to begin now. */
  give(now: Invocation | undefined, ahead: readonly Invocation[], deadlineEpochMs: number): void {
    this.#events.push(...ahead);
    this.#channel.invokeAhead(now, ahead, deadlineEpochMs);
  }

  /** The event that the process is at when the current one is answered. */
  shift(): Invocation | undefined {
    return this.#events.shift();
  }

  /** Asks for them back when the current event has taken longer than expected: `forMs` so far. */
  withdrawLate(forMs: number): void {
    if (this.isEmpty || this.#withdrawing || forMs < LATE_MS || !this.#channel.isClear) return;
    this.#withdrawing = true;
    this.#channel.withdraw();
  }

  /** The last `count` of them, which the process gives back; undefined when it cannot have them or nobody asked. */
  givenBack(count: number): readonly Invocation[] | undefined {
    // Not a number is not that many either.
    if (!this.#withdrawing || !(count <= this.#events.length)) return undefined;
    this.#withdrawing = false;
    return count > 0 ? this.#events.splice(-count) : [];
  }

  noteLateAnswer(): void {
    this.#lateAnswers++;
  }

  /** The process has ended: which of them it had begun, and which not. */
  end(): { readonly begun: readonly Invocation[]; readonly untouched: Invocation[] } {
    const begun = this.#events.splice(0, this.#lateAnswers);
    return { begun, untouched: this.#events.splice(0) };
  }
}
