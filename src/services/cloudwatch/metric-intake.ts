// The way in for what APIs and functions count and write: kept each minute, and before anybody asks.

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { MetricPoint } from '../../model/metric.ts';
import type { Scope } from '../../model/scope.ts';
import { embeddedMetrics, mayHoldMetrics } from './embedded-metrics.ts';
import type { MetricStore } from './metric-store.ts';

export interface MetricIntakeOptions {
  readonly metrics: MetricStore;
  /** What was counted since it was asked last, as points of the minute in which that was. */
  readonly collect: () => readonly MetricPoint[];
  readonly now: () => number;
  readonly onNotice: (text: string) => void;
}

/** Points kept in one turn of the event loop: some milliseconds. */
const STEP_POINTS = 200;
/** From so many points of functions' logs on nobody waits for the minute to end. */
const HURRY_POINTS = 1_000;
const LOGGED_POINTS_MAX = 50_000;

export class MetricIntake {
  readonly #options: MetricIntakeOptions;
  #logged: MetricPoint[] = [];
  #flushing: Promise<void> = Promise.resolve();
  #toldLoss = false;

  constructor(options: MetricIntakeOptions) {
    this.#options = options;
  }

  /** Takes the metrics of a line that a function wrote into its log, if it holds any. Never waits and never throws. */
  logged(line: string, scope: Scope): void {
    if (!mayHoldMetrics(line)) return;
    const points = embeddedMetrics(line, scope, this.#options.now());
    const before = this.#logged.length;
    if (before + points.length > LOGGED_POINTS_MAX) {
      this.#tellLoss('Functions write more metrics into their logs than can be kept: some are lost.');
      return;
    }
    this.#logged.push(...points);
    if (before < HURRY_POINTS && this.#logged.length >= HURRY_POINTS) setImmediate(() => void this.flush());
  }

  /** Keeps what was counted until now. Never rejects: what cannot be kept is told and lost. */
  flush(): Promise<void> {
    this.#flushing = this.#flushing.then(() => this.#flush());
    return this.#flushing;
  }

  async #flush(): Promise<void> {
    const { metrics, collect } = this.#options;
    const points = this.#logged.length === 0 ? collect() : [...collect(), ...this.#logged];
    this.#logged = [];
    for (let index = 0; index < points.length; index += STEP_POINTS) {
      if (index > 0) await nextTurn();
      try {
        metrics.add(points.slice(index, index + STEP_POINTS));
        this.#toldLoss = false;
      } catch (error) {
        this.#tellLoss(`Metrics of the last minute could not be kept: ${error instanceof Error ? error.message : error}`);
      }
    }
  }

  /** Once, until something is kept again. */
  #tellLoss(text: string): void {
    if (!this.#toldLoss) this.#options.onNotice(text);
    this.#toldLoss = true;
  }

  /** Forgets what was not kept yet. */
  clear(): void {
    this.#options.collect();
    this.#logged = [];
  }
}
