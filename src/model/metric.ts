// What is measured, as CloudWatch has it: metrics with dimensions, and what their values were within one period of time.

import type { Scope } from './scope.ts';

export interface Dimension {
  readonly name: string;
  readonly value: string;
}

/** Names a metric: two with other dimensions are two metrics, and nothing is summed over dimensions. */
export interface Metric {
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions: readonly Dimension[];
}

/** The values of a metric within one period. */
export interface Distribution {
  readonly sampleCount: number;
  readonly sum: number;
  readonly minimum: number;
  readonly maximum: number;
  /**
   * Which values, ascending, and how often each; close values may be told as one. Undefined when nobody knows: only the four numbers
   * were put.
   */
  readonly values?: readonly number[] | undefined;
  readonly counts?: readonly number[] | undefined;
}

/** What is put into a metric. */
export interface MetricPoint {
  readonly scope: Scope;
  readonly metric: Metric;
  /** One of CloudWatch's units: `Count`, `Milliseconds`, … or `None`. */
  readonly unit: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Seconds: 1 for metrics of high resolution. */
  readonly resolution: 1 | 60;
  readonly distribution: Distribution;
}
