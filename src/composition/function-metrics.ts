// CloudWatch's metrics of functions.
// https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html

import { LatencyHistogram } from '../data-plane/telemetry/latency-histogram.ts';
import type { Counting, MetricsCollector } from '../data-plane/telemetry/metrics-collector.ts';
import { ofEach, shareOf } from '../data-plane/telemetry/request-metrics.ts';
import type { FunctionMetrics } from '../lambda/function-metrics.ts';
import type { FunctionVersion } from '../lambda/function-version.ts';
import type { Invocation } from '../lambda/invocation.ts';
import type { Dimension, Distribution, MetricPoint } from '../model/metric.ts';

export class CollectedFunctionMetrics implements FunctionMetrics {
  readonly #collector: MetricsCollector;
  /** By what was invoked: those that have something to count. */
  readonly #counts = new Map<string, InvocationCounts>();

  constructor(collector: MetricsCollector) {
    this.#collector = collector;
  }

  began(version: FunctionVersion, executing: number): void {
    this.#countsOf(version, '').began(executing);
  }

  ended(version: FunctionVersion, invocation: Invocation): void {
    this.#countsOf(version, invocation.invokedArn).ended(invocation);
  }

  throttled(version: FunctionVersion): void {
    this.#countsOf(version, '').throttled();
  }

  /** `invokedArn`: the ARN that was invoked, when it was a qualified one; else ''. */
  #countsOf(version: FunctionVersion, invokedArn: string): InvocationCounts {
    const key = invokedArn === '' ? version.functionArn : invokedArn;
    let counts = this.#counts.get(key);
    if (counts === undefined) {
      const { functionName, functionArn } = version;
      const resource = key === functionArn ? functionName : `${functionName}:${key.slice(functionArn.length + 1)}`;
      counts = new InvocationCounts(this.#collector, version, resource, () => this.#counts.delete(key));
      this.#counts.set(key, counts);
    }
    return counts;
  }
}

class InvocationCounts implements Counting {
  readonly #collector: MetricsCollector;
  readonly #scope: FunctionVersion['scope'];
  readonly #dimensionSets: readonly (readonly Dimension[])[];
  readonly #onRest: () => void;
  readonly #duration = new LatencyHistogram();
  #counts = false;
  #errors = 0;
  #throttles = 0;
  #started = 0;
  #executing = 0;
  #executingMinimum = 0;
  #executingMaximum = 0;

  constructor(
    collector: MetricsCollector,
    { scope, functionName }: Pick<FunctionVersion, 'scope' | 'functionName'>,
    resource: string,
    onRest: () => void,
  ) {
    this.#collector = collector;
    this.#scope = scope;
    const name = { name: 'FunctionName', value: functionName };
    // AWS: all functions, the function, and what of it was invoked. Seen: Lambda developer guide, dimensions of metrics.
    this.#dimensionSets = [[], [name], [name, { name: 'Resource', value: resource }]];
    this.#onRest = onRest;
  }

  began(executing: number): void {
    this.#begin();
    if (this.#started++ === 0) {
      this.#executingMinimum = executing;
      this.#executingMaximum = executing;
    } else {
      this.#executingMinimum = Math.min(this.#executingMinimum, executing);
      this.#executingMaximum = Math.max(this.#executingMaximum, executing);
    }
    this.#executing += executing;
  }

  ended({ durationMs, status }: Invocation): void {
    this.#begin();
    this.#duration.add(Math.round(durationMs * 1000));
    if (status !== 'success') this.#errors++;
  }

  throttled(): void {
    this.#begin();
    this.#throttles++;
  }

  #begin(): void {
    if (this.#counts) return;
    this.#counts = true;
    this.#collector.counts(this);
  }

  take(at: number, into: MetricPoint[]): void {
    this.#counts = false;
    const put = (metricName: string, unit: string, distribution: Distribution | undefined): void => {
      if (distribution === undefined) return;
      for (const dimensions of this.#dimensionSets) {
        const metric = { namespace: 'AWS/Lambda', metricName, dimensions };
        into.push({ scope: this.#scope, metric, unit, at, resolution: 60, distribution });
      }
    };
    const ended = this.#duration.count;
    if (ended > 0) {
      put('Invocations', 'Count', ofEach(1, ended));
      put('Errors', 'Count', shareOf(this.#errors, ended));
      put('Duration', 'Milliseconds', this.#duration.take());
    }
    // AWS: told for every invocation that is asked for. Seen: Lambda developer guide, Throttles.
    const asked = ended + this.#throttles;
    if (asked > 0) put('Throttles', 'Count', shareOf(this.#throttles, asked));
    if (this.#started > 0) {
      put('ConcurrentExecutions', 'Count', {
        sampleCount: this.#started,
        sum: this.#executing,
        minimum: this.#executingMinimum,
        maximum: this.#executingMaximum,
      });
    }
    this.#errors = 0;
    this.#throttles = 0;
    this.#started = 0;
    this.#executing = 0;
  }

  rest(): void {
    // Something may have been counted since.
    if (!this.#counts) this.#onRest();
  }
}
