// CloudWatch's metrics of a REST or HTTP API's stage, or of one of its methods or routes.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-metrics.html

import type { Dimension, Distribution, MetricPoint } from '../../model/metric.ts';
import type { Scope } from '../../model/scope.ts';
import type { FinishedExchange } from './finished-exchange.ts';
import { LatencyHistogram } from './latency-histogram.ts';
import type { Counting, MetricsCollector } from './metrics-collector.ts';

/** What is counted, and under which dimensions: each set of them is a metric of its own. */
export interface MetricsOwner {
  readonly scope: Scope;
  readonly dimensionSets: readonly (readonly Dimension[])[];
}

/** How a kind of API calls its errors, and whether it says how many bytes it moved. */
export interface RequestMetricNames {
  readonly clientErrors: string;
  readonly serverErrors: string;
  readonly dataProcessed: string | undefined;
}

export const REST_METRICS: RequestMetricNames = {
  ...{ clientErrors: '4XXError', serverErrors: '5XXError' },
  dataProcessed: undefined,
};
export const HTTP_METRICS: RequestMetricNames = { clientErrors: '4xx', serverErrors: '5xx', dataProcessed: 'DataProcessed' };

export class RequestMetrics implements Counting {
  readonly #collector: MetricsCollector;
  readonly #owner: MetricsOwner;
  readonly #names: RequestMetricNames;
  readonly #latency = new LatencyHistogram();
  readonly #integrationLatency = new LatencyHistogram();
  #clientErrors = 0;
  #serverErrors = 0;
  #cacheHits = 0;
  #cacheMisses = 0;
  #bytes = 0;
  #bytesMinimum = 0;
  #bytesMaximum = 0;

  constructor(collector: MetricsCollector, owner: MetricsOwner, names: RequestMetricNames) {
    this.#collector = collector;
    this.#owner = owner;
    this.#names = names;
  }

  /** Counts one finished request. */
  record(exchange: FinishedExchange): void {
    const { status, integrationUs } = exchange;
    const isFirst = this.#latency.count === 0;
    if (isFirst) this.#collector.counts(this);
    this.#latency.add(exchange.totalUs);
    if (integrationUs !== undefined) this.#integrationLatency.add(integrationUs);
    if (status >= 500) this.#serverErrors++;
    else if (status >= 400) this.#clientErrors++;
    if (exchange.cacheLookup === 'hit') this.#cacheHits++;
    else if (exchange.cacheLookup === 'miss') this.#cacheMisses++;
    if (this.#names.dataProcessed === undefined) return;
    const bytes = exchange.bytesIn + exchange.request.bytesOut;
    this.#bytes += bytes;
    if (isFirst || bytes < this.#bytesMinimum) this.#bytesMinimum = bytes;
    if (isFirst || bytes > this.#bytesMaximum) this.#bytesMaximum = bytes;
  }

  take(at: number, into: MetricPoint[]): void {
    const count = this.#latency.count;
    const looked = this.#cacheHits + this.#cacheMisses;
    this.#put(into, at, 'Count', 'Count', ofEach(1, count));
    this.#put(into, at, this.#names.clientErrors, 'Count', shareOf(this.#clientErrors, count));
    this.#put(into, at, this.#names.serverErrors, 'Count', shareOf(this.#serverErrors, count));
    this.#put(into, at, 'Latency', 'Milliseconds', this.#latency.take());
    this.#put(into, at, 'IntegrationLatency', 'Milliseconds', this.#integrationLatency.take());
    if (looked > 0) {
      this.#put(into, at, 'CacheHitCount', 'Count', shareOf(this.#cacheHits, looked));
      this.#put(into, at, 'CacheMissCount', 'Count', shareOf(this.#cacheMisses, looked));
    }
    if (this.#names.dataProcessed !== undefined) {
      const totals = { sum: this.#bytes, minimum: this.#bytesMinimum, maximum: this.#bytesMaximum };
      this.#put(into, at, this.#names.dataProcessed, 'Bytes', { sampleCount: count, ...totals });
    }
    this.#clientErrors = 0;
    this.#serverErrors = 0;
    this.#cacheHits = 0;
    this.#cacheMisses = 0;
    this.#bytes = 0;
  }

  #put(into: MetricPoint[], at: number, metricName: string, unit: string, distribution: Distribution | undefined): void {
    putPoints(into, this.#owner, { at, metricName, unit, distribution });
  }

  rest(): void {
    this.#latency.rest();
    this.#integrationLatency.rest();
  }
}

/** The same values for each set of dimensions; nothing for a metric without values. */
export function putPoints(
  into: MetricPoint[],
  { scope, dimensionSets }: MetricsOwner,
  point: {
    readonly at: number;
    readonly metricName: string;
    readonly unit: string;
    readonly distribution: Distribution | undefined;
  },
): void {
  const { at, metricName, unit, distribution } = point;
  if (distribution === undefined) return;
  for (const dimensions of dimensionSets) {
    const metric = { namespace: 'AWS/ApiGateway', metricName, dimensions };
    into.push({ scope, metric, unit, at, resolution: 60, distribution });
  }
}

/** The same value so many times. */
export function ofEach(value: number, count: number): Distribution {
  return { sampleCount: count, sum: value * count, minimum: value, maximum: value, values: [value], counts: [count] };
}

/** AWS: every request counts, as 1 or as 0, so that the average is a rate. Seen: developer guide, metrics. */
export function shareOf(ones: number, all: number): Distribution {
  if (ones === 0 || ones === all) return ofEach(ones === 0 ? 0 : 1, all);
  return { sampleCount: all, sum: ones, minimum: 0, maximum: 1, values: [0, 1], counts: [all - ones, ones] };
}
