// What was counted since the start, in Prometheus' text format: for whoever has a Prometheus already.
// https://prometheus.io/docs/instrumenting/exposition_formats/

import type { Distribution, Metric, MetricPoint } from '../model/metric.ts';

/** Upper bounds of the buckets of a histogram, seconds. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
/** Lines of what is counted by API, method and function. */
const SERIES_MAX = 20_000;

interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'histogram';
}

interface Series {
  readonly labels: string;
  count: number;
  sum: number;
  /** Of a histogram: how many were at most so large, bucket by bucket. */
  readonly buckets: number[];
}

/** CloudWatch's name of what an API or function counts, and ours. */
const COUNTED: Readonly<Record<string, readonly [name: string, help: string, type: Family['type']]>> = {
  Count: ['requests_total', 'Requests', 'counter'],
  '4XXError': ['client_errors_total', 'Requests that were answered with 4xx', 'counter'],
  '4xx': ['client_errors_total', 'Requests that were answered with 4xx', 'counter'],
  '5XXError': ['server_errors_total', 'Requests that were answered with 5xx', 'counter'],
  '5xx': ['server_errors_total', 'Requests that were answered with 5xx', 'counter'],
  Latency: ['latency_seconds', 'Time from the first byte of a request to its answer', 'histogram'],
  IntegrationLatency: ['integration_latency_seconds', 'Time that integrations took', 'histogram'],
  CacheHitCount: ['cache_hits_total', 'Requests that were answered from the cache', 'counter'],
  CacheMissCount: ['cache_misses_total', 'Requests that the cache had no answer for', 'counter'],
  DataProcessed: ['bytes_total', 'Bytes of requests and answers', 'counter'],
  ConnectCount: ['connects_total', 'WebSocket connections that were let in', 'counter'],
  MessageCount: ['messages_total', 'WebSocket messages in both directions', 'counter'],
  ClientError: ['event_client_errors_total', 'WebSocket events that were refused before their integration', 'counter'],
  IntegrationError: ['event_integration_errors_total', 'WebSocket events whose integration answered 4xx or 5xx', 'counter'],
  ExecutionError: ['event_execution_errors_total', 'WebSocket events whose integration could not be called', 'counter'],
  Invocations: ['invocations_total', 'Invocations', 'counter'],
  Errors: ['errors_total', 'Invocations that failed', 'counter'],
  Throttles: ['throttles_total', 'Invocations that were not let in', 'counter'],
  Duration: ['duration_seconds', 'Time that handlers took', 'histogram'],
};

export class PrometheusTotals {
  readonly #families = new Map<string, { readonly family: Family; readonly series: Map<string, Series> }>();
  #size = 0;
  #dropped = 0;

  add(points: readonly MetricPoint[]): void {
    for (const { scope, metric, distribution } of points) {
      const counted = COUNTED[metric.metricName];
      const owner = ownerOf(metric);
      if (counted === undefined || owner === undefined) continue;
      const [name, help, type] = counted;
      this.#add({ name: `stagegate_${owner.kind}_${name}`, help: `${help} of ${owner.whose}.`, type }, distribution, [
        ['account', scope.account],
        ['region', scope.region],
        ...owner.labels,
      ]);
    }
  }

  #add(family: Family, distribution: Distribution, labels: readonly (readonly [string, string])[]): void {
    let known = this.#families.get(family.name);
    if (known === undefined) {
      known = { family, series: new Map() };
      this.#families.set(family.name, known);
    }
    const text = labels.map(([name, value]) => `${name}="${escaped(value)}"`).join(',');
    let series = known.series.get(text);
    if (series === undefined) {
      if (this.#size >= SERIES_MAX) {
        this.#dropped++;
        return;
      }
      this.#size++;
      series = { labels: text, count: 0, sum: 0, buckets: family.type === 'histogram' ? BUCKETS.map(() => 0) : [] };
      known.series.set(text, series);
    }
    series.count += distribution.sampleCount;
    // CloudWatch counts milliseconds.
    series.sum += family.type === 'histogram' ? distribution.sum / 1000 : distribution.sum;
    if (family.type === 'histogram') addTo(series.buckets, distribution);
  }

  /** `gauges`: what is now, by name and help. */
  text(gauges: Readonly<Record<string, { readonly help: string; readonly value: number }>> = {}): string {
    const lines: string[] = [];
    const all = {
      ...gauges,
      stagegate_series_dropped: { help: 'Series that were not counted: there were too many.', value: this.#dropped },
    };
    for (const [name, { help, value }] of Object.entries(all)) {
      lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} gauge`, `${name} ${value}`);
    }
    for (const { family, series } of this.#families.values()) {
      lines.push(`# HELP ${family.name} ${family.help}`, `# TYPE ${family.name} ${family.type}`);
      for (const each of series.values()) lines.push(...linesOf(family, each));
    }
    return `${lines.join('\n')}\n`;
  }
}

interface Owner {
  readonly kind: 'api' | 'method' | 'function';
  readonly whose: string;
  readonly labels: readonly (readonly [name: string, value: string])[];
}

/** Undefined for the sets of dimensions that would count things twice. */
function ownerOf({ namespace, dimensions }: Metric): Owner | undefined {
  const value = new Map(dimensions.map((dimension) => [dimension.name, dimension.value]));
  if (namespace === 'AWS/Lambda') {
    const name = value.get('FunctionName');
    if (name === undefined || value.size > 1) return undefined;
    return { kind: 'function', whose: 'a function', labels: [['function', name]] };
  }
  const stage = value.get('Stage');
  if (stage === undefined) return undefined;
  const name = value.get('ApiName');
  const api = name === undefined ? (['api_id', value.get('ApiId') ?? ''] as const) : (['api', name] as const);
  const of = [api, ['stage', stage] as const];
  const route = value.get('Route');
  if (route !== undefined) return { kind: 'method', whose: 'a method or route', labels: [...of, ['route', route]] };
  const resource = value.get('Resource');
  if (resource === undefined) return { kind: 'api', whose: 'a stage', labels: of };
  const method = value.get('Method') ?? '';
  return { kind: 'method', whose: 'a method or route', labels: [...of, ['resource', resource], ['method', method]] };
}

function addTo(buckets: number[], { values = [], counts = [] }: Distribution): void {
  for (const [index, value] of values.entries()) {
    const count = counts[index] ?? 0;
    for (const [bucket, bound] of BUCKETS.entries()) {
      if (value / 1000 <= bound) buckets[bucket] = (buckets[bucket] as number) + count;
    }
  }
}

function linesOf({ name, type }: Family, { labels, count, sum, buckets }: Series): readonly string[] {
  if (type === 'counter') return [`${name}{${labels}} ${sum}`];
  return [
    ...BUCKETS.map((bound, index) => `${name}_bucket{${labels},le="${bound}"} ${buckets[index]}`),
    `${name}_bucket{${labels},le="+Inf"} ${count}`,
    `${name}_sum{${labels}} ${sum}`,
    `${name}_count{${labels}} ${count}`,
  ];
}

function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
