// What the operations of CloudWatch are made from.

import type { Caller, OperationInput, PartialOperations } from '../../aws/operations.ts';
import type { Dimension, Metric } from '../../model/metric.ts';
import type { Scope } from '../../model/scope.ts';
import type { Store } from '../../store/store.ts';
import type { AlarmDocument } from './alarm-document.ts';
import type { MetricStore } from './metric-store.ts';

type CloudWatch = typeof import('@aws-sdk/client-cloudwatch');
export type Input<Op extends string> = OperationInput<CloudWatch, Op>;
export type CloudWatchOperations = PartialOperations<CloudWatch>;

export interface CloudWatchContext {
  /** Alarms, dashboards and their tags. */
  readonly store: Store;
  readonly metrics: MetricStore;
  /** Milliseconds since the epoch. */
  now(): number;
  /** An alarm was put or changed its state: those that depend on it are looked at. Never waits. */
  alarmsChanged(): void;
  /** Runs what an alarm does when it comes into a state. Never waits and never throws. */
  runActions(scope: Scope, alarm: AlarmDocument, former: AlarmDocument): void;
}

export function scopeOf({ account, region }: Caller): Scope {
  return { account, region };
}

interface WireDimension {
  readonly Name?: string | undefined;
  readonly Value?: string | undefined;
}

/** The metric of an input whose required members were checked. */
export function toMetric(
  namespace: string | undefined,
  metricName: string | undefined,
  dimensions: readonly WireDimension[] | undefined,
): Metric {
  return { namespace: namespace ?? '', metricName: metricName ?? '', dimensions: (dimensions ?? []).map(toDimension) };
}

export function toDimension({ Name = '', Value = '' }: WireDimension): Dimension {
  return { name: Name, value: Value };
}
