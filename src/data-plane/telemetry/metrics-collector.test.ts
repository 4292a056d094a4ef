import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MetricPoint } from '../../model/metric.ts';
import { apiIdDimension, apiNameDimension, methodDimensions, stageDimensions } from './api-dimensions.ts';
import { EventMetrics } from './event-metrics.ts';
import type { FinishedExchange } from './finished-exchange.ts';
import { MetricsCollector } from './metrics-collector.ts';
import { HTTP_METRICS, REST_METRICS, RequestMetrics } from './request-metrics.ts';

const scope = { account: '000000000000', region: 'us-east-1' };
const minute = 60_000;

function exchange(members: Partial<FinishedExchange> & { method?: string; bytesOut?: number }): FinishedExchange {
  const { method = 'GET', bytesOut = 0, ...rest } = members;
  const request = { method, startedAt: 0, remoteAddress: '', bytesOut };
  return {
    ...{ status: 200, totalUs: 1_000, integrationUs: undefined, bytesIn: 0, integrationStartedAt: 0, request },
    ...rest,
  } as FinishedExchange;
}

function figures(points: readonly MetricPoint[]): Record<string, readonly number[]> {
  return Object.fromEntries(
    points.map(({ metric, distribution: { sampleCount, sum } }) => [
      `${metric.metricName}{${metric.dimensions.map(({ value }) => value).join()}}`,
      [sampleCount, sum],
    ]),
  );
}

test('requests of a REST API: every one counts for the error and cache rates', () => {
  let now = 5 * minute + 3;
  const collector = new MetricsCollector(() => now);
  const metrics = new RequestMetrics(
    collector,
    { scope, dimensionSets: stageDimensions(apiNameDimension('pets', 'a1'), 'prod') },
    REST_METRICS,
  );
  metrics.record(exchange({ totalUs: 4_000, integrationUs: 3_000, cacheLookup: 'miss' }));
  metrics.record(exchange({ totalUs: 2_000, cacheLookup: 'hit' }));
  metrics.record(exchange({ status: 404 }));
  metrics.record(exchange({ status: 504 }));
  now = 6 * minute + 1;
  const points = collector.collect();
  assert.ok(points.every(({ at, unit, metric }) => at === 5 * minute && unit !== '' && metric.namespace === 'AWS/ApiGateway'));
  const rest = {
    ...{ Count: [4, 4], '4XXError': [4, 1], '5XXError': [4, 1], Latency: [4, 8], IntegrationLatency: [1, 3] },
    ...{ CacheHitCount: [2, 1], CacheMissCount: [2, 1] },
  };
  assert.deepEqual(
    figures(points),
    Object.fromEntries(
      Object.entries(rest).flatMap(([name, value]) => [
        [`${name}{pets}`, value],
        [`${name}{pets,prod}`, value],
      ]),
    ),
  );
  assert.deepEqual(collector.collect(), []);
});

test('requests of an HTTP API also count bytes, from the first of each minute anew', () => {
  const collector = new MetricsCollector(() => minute);
  const dimensionSets = [methodDimensions(apiIdDimension('h1'), '$default', '/pets/{id}', 'GET')];
  const metrics = new RequestMetrics(collector, { scope, dimensionSets }, HTTP_METRICS);
  const bytesOf = () => collector.collect().find(({ metric }) => metric.metricName === 'DataProcessed')?.distribution;
  metrics.record(exchange({ bytesIn: 10, bytesOut: 90 }));
  metrics.record(exchange({ bytesIn: 0, bytesOut: 20, status: 429 }));
  assert.deepEqual(bytesOf(), { sampleCount: 2, sum: 120, minimum: 20, maximum: 100 });
  metrics.record(exchange({ bytesIn: 1, bytesOut: 50 }));
  assert.deepEqual(bytesOf(), { sampleCount: 1, sum: 51, minimum: 51, maximum: 51 });
  metrics.record(exchange({}));
  assert.deepEqual(collector.collect()[0]?.metric.dimensions, [
    { name: 'ApiId', value: 'h1' },
    { name: 'Resource', value: '/pets/{id}' },
    { name: 'Stage', value: '$default' },
    { name: 'Method', value: 'GET' },
  ]);
});

test('events of a WebSocket API, and messages to its clients', () => {
  const collector = new MetricsCollector(() => minute);
  const metrics = new EventMetrics(collector, { scope, dimensionSets: [[apiIdDimension('w1')]] });
  metrics.record(exchange({ method: 'GET', integrationStartedAt: 1, integrationUs: 500, integrationStatus: 200 }));
  metrics.record(exchange({ method: 'GET', status: 403, refusedAt: 'authorize' }));
  metrics.record(exchange({ method: 'MESSAGE', integrationStartedAt: 1, integrationUs: 500, integrationStatus: 502 }));
  metrics.record(exchange({ method: 'MESSAGE', integrationStartedAt: 1, status: 504, refusedAt: 'integration' }));
  metrics.record(exchange({ method: 'DISCONNECT' }));
  metrics.sent(3);
  metrics.sent(0);
  assert.deepEqual(figures(collector.collect()), {
    ...{ 'ConnectCount{w1}': [1, 1], 'MessageCount{w1}': [5, 5], 'ClientError{w1}': [5, 1] },
    ...{ 'IntegrationError{w1}': [5, 1], 'ExecutionError{w1}': [5, 1], 'IntegrationLatency{w1}': [2, 1] },
  });
  metrics.sent(1);
  assert.deepEqual(figures(collector.collect()), { 'MessageCount{w1}': [1, 1] });
});

test('what counted nothing for a whole minute is told to rest, once', () => {
  let now = minute;
  let rested = 0;
  const collector = new MetricsCollector(() => now);
  const counting = { take() {}, rest: () => void rested++ };
  collector.counts(counting);
  collector.collect();
  now += minute;
  collector.collect();
  assert.equal(rested, 1);
  now += minute;
  collector.collect();
  assert.equal(rested, 1);
});

test("an API's name is told in ASCII, or its id", () => {
  assert.equal(apiNameDimension('Grüße', 'a1').value, 'Gre');
  assert.equal(apiNameDimension('ペット', 'a1').value, 'a1');
});
