// The way in for segments that the gateway, functions and Lambda itself write: they wait in memory for a moment and are kept by the
// hundred, off the path of the request they tell about. What does not fit is dropped and counted.

import type { Scope } from '../../model/scope.ts';
import { type Members, readSegment } from './segment.ts';
import type { NewSegment, TraceStore } from './trace-store.ts';

export interface TraceIntakeOptions {
  readonly traces: TraceStore;
  /** Segments were lost. */
  readonly onNotice: (text: string) => void;
}

const DELAY_MS = 200;
const WAITING_MAX = 20_000;
/** Kept in one turn of the event loop. */
const STEP = 200;

export class TraceIntake {
  readonly #options: TraceIntakeOptions;
  #waiting: { readonly scope: Scope; readonly document: Members | string }[] = [];
  #timer: NodeJS.Timeout | undefined;
  #toldLoss = false;

  constructor(options: TraceIntakeOptions) {
    this.#options = options;
  }

  /** A segment document, or its text from outside. Never waits and never throws; what is no document is dropped. */
  add(scope: Scope, document: Members | string): void {
    if (this.#waiting.length >= WAITING_MAX) {
      this.#tellLoss('More segments come than can be kept: some are lost.');
      return;
    }
    this.#waiting.push({ scope, document });
    this.#timer ??= setTimeout(() => this.#step(), DELAY_MS).unref();
  }

  #step(): void {
    this.#timer = undefined;
    this.#keep(this.#waiting.splice(0, STEP));
    if (this.#waiting.length > 0) this.#timer = setTimeout(() => this.#step(), 0).unref();
  }

  /** Keeps all that waits. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#keep(this.#waiting.splice(0));
  }

  #keep(waiting: readonly { readonly scope: Scope; readonly document: Members | string }[]): void {
    const segments = waiting.flatMap(({ scope, document }): NewSegment[] => {
      const text = typeof document === 'string' ? document : JSON.stringify(document);
      const segment = readSegment(text);
      return 'problem' in segment ? [] : [{ scope, segment, text }];
    });
    if (segments.length === 0) return;
    try {
      this.#options.traces.add(segments);
      this.#toldLoss = false;
    } catch (error) {
      this.#tellLoss(`Segments of traces could not be kept: ${error instanceof Error ? error.message : error}`);
    }
  }

  /** Once, until something is kept again. */
  #tellLoss(text: string): void {
    if (!this.#toldLoss) this.#options.onNotice(text);
    this.#toldLoss = true;
  }

  clear(): void {
    this.#waiting = [];
  }
}
