import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HttpMetrics, METRICS_WORDS } from './http-metrics.ts';

test('sums go beyond 32 bits and two objects on the same words share them', () => {
  const counters = new Int32Array(new SharedArrayBuffer(4 * METRICS_WORDS));
  const one = new HttpMetrics(counters, 0);
  const two = new HttpMetrics(counters, 0);
  for (let i = 0; i < 300; i++)
    (i % 2 === 0 ? one : two).record(i % 3 === 0 ? 404 : 502, 30_000_000, i % 2 === 0 ? 1_000 : undefined);
  assert.deepEqual(one.snapshot(), {
    count: 300,
    clientErrors: 100,
    serverErrors: 200,
    latencyUs: 9_000_000_000,
    integrationCount: 150,
    integrationLatencyUs: 150_000,
  });
});
