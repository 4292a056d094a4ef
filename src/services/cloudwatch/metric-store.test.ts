import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import type { Dimension, MetricPoint } from '../../model/metric.ts';
import { distributionOf } from './distribution.ts';
import { MetricStore } from './metric-store.ts';

const scope = { account: '000000000000', region: 'us-east-1' };
const day = 86_400_000;
const now = Date.UTC(2026, 10, 28, 12);
const all = { since: 0, after: 0, limit: 100 };
const ever = { from: 0, to: now + day, withValues: true };

function point(value: number, at: number, more: Partial<MetricPoint> & { dimensions?: readonly Dimension[] } = {}): MetricPoint {
  const { dimensions = [], ...rest } = more;
  const metric = { namespace: 'shop', metricName: 'orders', dimensions };
  return { scope, metric, unit: 'Count', at, resolution: 60, distribution: distributionOf([value], [1]), ...rest };
}

test('points of one minute are one; dimensions name a metric in any order, another region has its own', () => {
  const store = new MetricStore(undefined);
  const a = { name: 'a', value: '1' };
  const b = { name: 'b', value: '2' };
  store.add([point(1, now, { dimensions: [b, a] }), point(2, now + 59_999, { dimensions: [a, b] })]);
  store.add([point(3, now + 60_000, { dimensions: [a, b] }), point(9, now, { dimensions: [a] })]);
  store.add([point(7, now, { scope: { ...scope, region: 'eu-west-1' }, dimensions: [a, b] })]);
  assert.deepEqual(
    store.list(scope, all).map(({ dimensions }) => dimensions),
    [[b, a], [a]],
  );
  const points = store.read(scope, { namespace: 'shop', metricName: 'orders', dimensions: [a, b] }, ever, 10);
  assert.deepEqual(
    points.map(({ at, distribution }) => [at - now, distribution.sum, distribution.values]),
    [
      [0, 3, [1, 2]],
      [60_000, 3, [3]],
    ],
  );
  store.close();
});

test('lists by namespace, name, age and place', () => {
  const store = new MetricStore(undefined);
  const named = (metricName: string, at: number) => point(1, at, { metric: { namespace: 'n', metricName, dimensions: [] } });
  store.add([named('old', now - 20 * day), named('new', now), named('newer', now), point(1, now)]);
  const names = (request: object) => store.list(scope, { ...all, ...request }).map(({ metricName }) => metricName);
  assert.deepEqual(names({ namespace: 'n', since: now - day }), ['new', 'newer']);
  assert.deepEqual(names({ metricName: 'old' }), ['old']);
  const [first] = store.list(scope, { ...all, limit: 1 });
  assert.deepEqual(names({ after: first?.number }), ['new', 'newer', 'orders']);
  store.close();
});

test('old values are told in longer periods, and at last forgotten', () => {
  const store = new MetricStore(undefined);
  const tenMinutes = Array.from({ length: 10 }, (_, minute) => point(minute, now + minute * 60_000));
  const seconds = Array.from({ length: 60 }, (_, second) => point(100, now + second * 1000, { resolution: 1 }));
  store.add([...tenMinutes, ...seconds]);
  const periodsAt = (later: number) => {
    while (store.age(now + later));
    return store
      .read(scope, point(0, 0).metric, { from: 0, to: now + 1000 * day, withValues: false }, 1000)
      .map(({ period, distribution }) => [period, distribution.sampleCount]);
  };
  assert.equal(periodsAt(0).length, 70);
  assert.deepEqual(periodsAt(4 * 3_600_000), [[60, 61], ...Array.from({ length: 9 }, () => [60, 1])]);
  assert.deepEqual(periodsAt(16 * day), [
    [300, 65],
    [300, 5],
  ]);
  assert.deepEqual(periodsAt(64 * day), [[3_600, 70]]);
  assert.deepEqual(periodsAt(456 * day), []);
  assert.deepEqual(store.list(scope, all), []);
  // And the same metric can come again.
  store.add([point(1, now + 457 * day)]);
  assert.equal(store.list(scope, all).length, 1);
  store.close();
});

test('is there after a restart; what fails is not kept at all', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'metrics-'));
  const file = path.join(folder, 'metrics.sqlite');
  const store = new MetricStore(file);
  store.add([point(1, now)]);
  assert.throws(() => store.add([point(2, now), point(Number.NaN, now)]));
  store.close();
  assert.throws(() => store.list(scope, all), /closed/);
  const again = new MetricStore(file);
  const [kept] = again.read(scope, point(0, 0).metric, ever, 10);
  assert.equal(kept?.distribution.sum, 1);
  again.clear();
  assert.deepEqual(again.list(scope, all), []);
  again.close();
  rmSync(folder, { recursive: true });
});
