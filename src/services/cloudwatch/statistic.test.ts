import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { distributionOf, fromBytes, merge, toBytes } from './distribution.ts';
import { compileStatistic } from './statistic.ts';

const ten = distributionOf(
  Array.from({ length: 10 }, (_, index) => index + 1),
  Array.from({ length: 10 }, () => 1),
);

function statisticOf(statistic: string, distribution = ten): number | undefined {
  const compiled = compileStatistic(statistic);
  assert.ok(compiled !== undefined, `${statistic} is no statistic`);
  return compiled(distribution);
}

describe('statistics', () => {
  for (const [statistic, expected] of [
    ['SampleCount', 10],
    ['Sum', 55],
    ['Average', 5.5],
    ['Minimum', 1],
    ['Maximum', 10],
    ['p50', 5],
    ['p90', 9],
    ['p99.9', 10],
    ['p100', 10],
    ['p0', 1],
    ['tm90', 5],
    ['TM(10%:90%)', 5.5],
    ['TM(:90%)', 5],
    ['TM(2:8)', 5.5],
    ['IQM', 5.5],
    ['tc90', 9],
    ['TC(5:)', 5],
    ['ts50', 15],
    ['TS(80%:)', 19],
    ['wm80', 5.2],
    ['WM(80%:)', 8.3],
    ['PR(:5)', 50],
    ['PR(5:7)', 20],
    // A single value that lies on the lower bound is no part of the range.
    ['TC(10:20)', 0],
  ] as const) {
    test(statistic, () => {
      const value = statisticOf(statistic);
      assert.ok(value !== undefined && Math.abs(value - expected) < 1e-9, `${value}`);
    });
  }

  for (const text of [
    '',
    'sum',
    'p',
    'p101',
    'p-1',
    'TM',
    'TM(:)',
    'TM(9:1)',
    'TM(10%:20)',
    'PR(10%:20%)',
    'xx50',
    'constructor',
  ]) {
    test(`"${text}" is none`, () => assert.equal(compileStatistic(text), undefined));
  }

  test('nothing left has no mean; nobody knows the percentiles of totals', () => {
    assert.equal(statisticOf('TM(20:30)'), undefined);
    const totals = { sampleCount: 4, sum: 10, minimum: 1, maximum: 5 };
    assert.deepEqual(
      [statisticOf('p50', totals), statisticOf('Average', totals), statisticOf('TC(:2)', totals)],
      [undefined, 2.5, undefined],
    );
    assert.equal(statisticOf('p50', { sampleCount: 4, sum: 12, minimum: 3, maximum: 3 }), 3);
  });
});

describe('distributions', () => {
  test('are put together as if all values had come at once', () => {
    const one = distributionOf([3, 1, 3], [1, 2, 1]);
    assert.deepEqual(one, { sampleCount: 4, sum: 8, minimum: 1, maximum: 3, values: [1, 3], counts: [2, 2] });
    assert.deepEqual(merge(one, distributionOf([2, 3], [1, 5])), distributionOf([1, 1, 2, 3], [1, 1, 1, 7]));
  });

  test('know no values when one of them does not', () => {
    const totals = { sampleCount: 2, sum: 5, minimum: 1, maximum: 4 };
    assert.deepEqual(merge(distributionOf([1], [1]), totals), { sampleCount: 3, sum: 6, minimum: 1, maximum: 4 });
    assert.equal(toBytes(totals), undefined);
  });

  test('come back from their bytes', () => {
    const one = distributionOf([0.25, -7, 1e300], [1, 2, 3]);
    assert.deepEqual(fromBytes(toBytes(one) as Uint8Array), { values: one.values, counts: one.counts });
  });

  test('stay small: many close values are told as fewer, totals and ends stay exact', () => {
    const values = Array.from({ length: 20_000 }, (_, index) => 1 + index / 100);
    const many = distributionOf(
      values,
      values.map(() => 1),
    );
    assert.ok((many.values?.length ?? 0) < 600);
    assert.deepEqual([many.sampleCount, many.minimum, many.maximum], [20_000, 1, 200.99]);
    const p90 = statisticOf('p90', many) ?? 0;
    assert.ok(Math.abs(p90 - 181) / 181 < 0.02, `${p90}`);
  });
});
