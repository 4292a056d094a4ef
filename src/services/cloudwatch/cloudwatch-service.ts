// CloudWatch's metrics in this process: its operations, and the way in for what APIs and functions count.

import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { MetricPoint } from '../../model/metric.ts';
import type { Scope } from '../../model/scope.ts';
import { openOrPutAside } from '../../store/side-database.ts';
import type { Store } from '../../store/store.ts';
import type { CloudWatchOperations } from './cloudwatch-context.ts';
import { embeddedMetrics, mayHoldMetrics } from './embedded-metrics.ts';
import { MetricStore } from './metric-store.ts';
import { cloudWatchOperations } from './operations.ts';

export interface CloudWatchServiceOptions {
  readonly store: Store;
  /** Where the metrics are kept (`metrics.sqlite`); undefined keeps them in memory. */
  readonly dataDirectory: string | undefined;
  /** What was counted since it was asked last, as points of the minute in which that was. */
  readonly collect: () => readonly MetricPoint[];
  readonly now?: () => number;
  /** Something the operator should read: metrics were lost or put aside. */
  readonly onNotice?: (text: string) => void;
  readonly onError?: (error: unknown) => void;
}

export interface CloudWatchService {
  readonly operations: CloudWatchOperations;
  /** Takes the metrics of a line that a function wrote into its log, if it holds any. Never waits and never throws. */
  logged(line: string, scope: Scope): void;
  /** Keeps what was counted until now. Never rejects: what cannot be kept is told and lost. */
  flush(): Promise<void>;
  /** Forgets every metric. */
  clear(): void;
  /** Keeps what was counted, then closes. */
  close(): Promise<void>;
}

const MINUTE_MS = 60_000;
/** Points kept in one turn of the event loop: some milliseconds. */
const STEP_POINTS = 200;
/** From so many points of functions' logs on nobody waits for the minute to end. */
const HURRY_POINTS = 1_000;
const LOGGED_POINTS_MAX = 50_000;
/** How often old values are told in longer periods: every ten minutes. */
const AGE_EVERY_MINUTES = 10;

/** Opens the metric store. Throws StoreError. */
export function createCloudWatchService(options: CloudWatchServiceOptions): CloudWatchService {
  const { dataDirectory, collect, onNotice = () => {}, onError = () => {} } = options;
  const now = options.now ?? Date.now;
  const file = dataDirectory === undefined ? undefined : path.join(dataDirectory, 'metrics.sqlite');
  const metrics = openOrPutAside((kept) => new MetricStore(kept), { file, what: 'metrics', onNotice });
  let closed = false;
  let flushing = Promise.resolve();
  let toldLoss = false;
  let logged: MetricPoint[] = [];

  const flush = (): Promise<void> => {
    flushing = flushing.then(async () => {
      const points = logged.length === 0 ? collect() : [...collect(), ...logged];
      logged = [];
      for (let index = 0; index < points.length; index += STEP_POINTS) {
        if (index > 0) await nextTurn();
        try {
          metrics.add(points.slice(index, index + STEP_POINTS));
          toldLoss = false;
        } catch (error) {
          if (!toldLoss)
            onNotice(`Metrics of the last minute could not be kept: ${error instanceof Error ? error.message : error}`);
          toldLoss = true;
        }
      }
    });
    return flushing;
  };
  const age = async (): Promise<void> => {
    while (!closed && metrics.age(now())) await nextTurn();
  };

  let timer: NodeJS.Timeout;
  let minutes = 0;
  const everyMinute = (): void => {
    timer = setTimeout(
      () => {
        void flush();
        if (minutes++ % AGE_EVERY_MINUTES === 0) void age().catch(onError);
        everyMinute();
      },
      // What is counted belongs to the minute in which it was: it is asked for right when that is over.
      MINUTE_MS - (now() % MINUTE_MS),
    ).unref();
  };
  everyMinute();

  return {
    operations: cloudWatchOperations({ store: options.store, metrics, now }, flush),
    logged(line, scope) {
      if (!mayHoldMetrics(line)) return;
      const points = embeddedMetrics(line, scope, now());
      if (logged.length + points.length > LOGGED_POINTS_MAX) {
        if (!toldLoss) onNotice('Functions write more metrics into their logs than can be kept: some are lost.');
        toldLoss = true;
        return;
      }
      if (logged.length < HURRY_POINTS && logged.length + points.length >= HURRY_POINTS) setImmediate(() => void flush());
      logged.push(...points);
    },
    flush,
    clear() {
      collect();
      logged = [];
      metrics.clear();
    },
    async close() {
      clearTimeout(timer);
      await flush();
      closed = true;
      metrics.close();
    },
  };
}
