import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { embeddedMetrics, mayHoldMetrics } from './embedded-metrics.ts';

const scope = { account: '000000000000', region: 'us-east-1' };
const now = Date.UTC(2026, 10, 28);

const document = (members: object = {}, directive: object = {}, aws: object = {}) => ({
  _aws: {
    Timestamp: now,
    CloudWatchMetrics: [
      {
        ...{ Namespace: 'shop', Dimensions: [['service'], ['service', 'country']] },
        Metrics: [{ Name: 'orders', Unit: 'Count' }, { Name: 'took' }],
        ...directive,
      },
    ],
    ...aws,
  },
  ...{ service: 'cart', country: 'de', orders: 2, took: [10, 30], requestId: 'ignored' },
  ...members,
});

const read = (value: unknown) => embeddedMetrics(JSON.stringify(value), scope, now);

test('each metric under each set of dimensions, arrays as several values', () => {
  assert.deepEqual(
    read(document()).map(({ metric, unit, at, resolution, distribution }) => [
      metric.namespace,
      metric.metricName,
      metric.dimensions.map(({ name, value }) => `${name}=${value}`).join(),
      unit,
      at - now,
      resolution,
      distribution.sampleCount,
      distribution.sum,
    ]),
    [
      ['shop', 'orders', 'service=cart', 'Count', 0, 60, 1, 2],
      ['shop', 'orders', 'service=cart,country=de', 'Count', 0, 60, 1, 2],
      ['shop', 'took', 'service=cart', 'None', 0, 60, 2, 40],
      ['shop', 'took', 'service=cart,country=de', 'None', 0, 60, 2, 40],
    ],
  );
});

test('behind what the runtime writes before it', () => {
  const line = `2026-11-28T00:00:00.000Z\t7a4d\tINFO\t${JSON.stringify(document())}`;
  assert.equal(embeddedMetrics(line, scope, now).length, 4);
});

test('without dimensions, with seconds, without a value', () => {
  const metrics = [{ Name: 'orders', StorageResolution: 1 }, { Name: 'nowhere' }];
  const points = read(document({}, { Dimensions: [[]], Metrics: metrics }));
  assert.deepEqual(
    points.map(({ metric, resolution }) => [metric.metricName, metric.dimensions.length, resolution]),
    [['orders', 0, 1]],
  );
});

describe('what breaks the format is a log line and nothing more', () => {
  for (const [name, value] of Object.entries({
    'no directives': document({}, {}, { CloudWatchMetrics: undefined }),
    'no time': document({}, {}, { Timestamp: undefined }),
    'too old': document({}, {}, { Timestamp: now - 15 * 86_400_000 }),
    'in the future': document({}, {}, { Timestamp: now + 3 * 3_600_000 }),
    'no namespace': document({}, { Namespace: '' }),
    'a dimension without a value': document({ country: undefined }),
    'a dimension that is a number': document({ country: 7 }),
    'a dimension of the prototype': document({}, { Dimensions: [['constructor']] }),
    'too many dimensions': document({}, { Dimensions: [Array.from({ length: 31 }, () => 'service')] }),
    'too many metrics': document({}, { Metrics: Array.from({ length: 101 }, () => ({ Name: 'orders' })) }),
    'an unknown unit': document({}, { Metrics: [{ Name: 'orders', Unit: 'Orders' }] }),
    'a metric without a name': document({}, { Metrics: [{ Unit: 'Count' }] }),
    'an array': [document()],
  })) {
    test(name, () => assert.deepEqual(read(value), []));
  }

  test('no JSON', () => assert.deepEqual(embeddedMetrics('{"_aws" ', scope, now), []));
});

test('ordinary lines are not read', () => {
  assert.equal(mayHoldMetrics('{"message":"hello"}'), false);
  assert.equal(mayHoldMetrics(JSON.stringify(document())), true);
  assert.deepEqual(embeddedMetrics(`hello ${JSON.stringify(document())}`, scope, now), []);
});
