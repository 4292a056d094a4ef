// When alarms are looked at: each minute, those with periods of seconds every ten, and composite ones when another alarm has changed.

import type { AlarmEvaluator } from './alarm-evaluator.ts';

export interface AlarmClockOptions {
  readonly evaluator: Pick<AlarmEvaluator, 'evaluate' | 'evaluateComposites'>;
  /** Brings what was counted to where alarms look. */
  readonly flush: () => Promise<void>;
  readonly now: () => number;
  readonly onError: (error: unknown) => void;
}

const SHORT_MS = 10_000;

export class AlarmClock {
  readonly #options: AlarmClockOptions;
  /** One after the other: each sees what the one before changed. */
  #running: Promise<void> = Promise.resolve();
  #short: NodeJS.Timeout | undefined;
  #compositesWait = false;
  #stopped = false;

  constructor(options: AlarmClockOptions) {
    this.#options = options;
  }

  /** A minute is over. Resolves when its alarms were looked at. */
  minute(): Promise<void> {
    return this.#run(async () => {
      const anyShort = await this.#options.evaluator.evaluate('long');
      if (anyShort) this.#startShort();
    });
  }

  /** An alarm was put, deleted, or changed its state. */
  changed(): void {
    this.#startShort();
    if (this.#compositesWait) return;
    this.#compositesWait = true;
    void this.#run(async () => {
      this.#compositesWait = false;
      await this.#options.evaluator.evaluateComposites();
    });
  }

  /** Goes on while there are alarms with periods of seconds. */
  #startShort(): void {
    if (this.#short !== undefined || this.#stopped) return;
    const { evaluator, flush, now } = this.#options;
    this.#short = setTimeout(
      () => {
        void this.#run(async () => {
          await flush();
          const anyShort = await evaluator.evaluate('short');
          this.#short = undefined;
          if (anyShort) this.#startShort();
        });
      },
      SHORT_MS - (now() % SHORT_MS),
    ).unref();
  }

  #run(work: () => Promise<void>): Promise<void> {
    this.#running = this.#running.then(async () => {
      if (this.#stopped) return;
      try {
        await work();
      } catch (error) {
        if (!this.#stopped) this.#options.onError(error);
      }
    });
    return this.#running;
  }

  /** Resolves when nothing is looked at any more. */
  stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#short);
    return this.#running;
  }
}
