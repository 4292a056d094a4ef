// Who watches: CloudWatch's metrics and alarms, X-Ray's traces, and what APIs and functions tell them.

import { MetricsCollector } from '../data-plane/telemetry/metrics-collector.ts';
import type { Scope } from '../model/scope.ts';
import { type CloudWatchService, createCloudWatchService } from '../services/cloudwatch/cloudwatch-service.ts';
import { createXRayService, type XRayService } from '../services/xray/xray-service.ts';
import type { Change, Store } from '../store/store.ts';
import { type AlarmActionsOptions, alarmActions } from './alarm-actions.ts';
import { CollectedFunctionMetrics } from './function-metrics.ts';
import { TracedFunctions } from './function-tracing.ts';
import { PrometheusTotals } from './prometheus.ts';

export interface ObservationOptions {
  readonly store: Store;
  readonly dataDirectory: string | undefined;
  readonly actions: AlarmActionsOptions;
  /** Where segments go whose trace is not known. */
  readonly scope: Scope;
  readonly onNotice: (text: string) => void;
  readonly onError: (error: unknown) => void;
}

export interface Observation {
  readonly cloudwatch: CloudWatchService;
  readonly xray: XRayService;
  /** What APIs count with. */
  readonly metrics: MetricsCollector;
  readonly functionMetrics: CollectedFunctionMetrics;
  readonly functionTracing: TracedFunctions;
  /** Everything counted since the start, for Prometheus. */
  scrape(gauges: Parameters<PrometheusTotals['text']>[0]): Promise<string>;
  apply(changes: readonly Change[]): Promise<void>;
  /** Forgets what was measured and traced. */
  clear(): void;
  close(): Promise<void>;
}

/** Throws StoreError. */
export async function openObservation(options: ObservationOptions): Promise<Observation> {
  const { store, dataDirectory, actions, scope, onNotice, onError } = options;
  const metrics = new MetricsCollector();
  const totals = new PrometheusTotals();
  const act = alarmActions(actions);
  const cloudwatch = createCloudWatchService({
    ...{ store, dataDirectory, act, onNotice, onError },
    collect() {
      const points = metrics.collect();
      totals.add(points);
      return points;
    },
  });
  const xray = await createXRayService({ store, dataDirectory, onNotice, onError });
  const functionTracing = new TracedFunctions({ scope, xray, onNotice });
  return {
    ...{ cloudwatch, xray, metrics, functionTracing },
    functionMetrics: new CollectedFunctionMetrics(metrics),
    async scrape(gauges) {
      await cloudwatch.flush();
      return totals.text(gauges);
    },
    apply: (changes) => xray.apply(changes),
    clear() {
      cloudwatch.clear();
      xray.clear();
    },
    async close() {
      await cloudwatch.close();
      functionTracing.close();
      xray.close();
    },
  };
}
