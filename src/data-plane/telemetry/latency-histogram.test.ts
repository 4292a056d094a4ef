import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LatencyHistogram } from './latency-histogram.ts';

test('count, sum, least and largest are exact; each value is right to 1.6 %', () => {
  const histogram = new LatencyHistogram();
  const times = [0, 1, 63, 64, 65, 127, 128, 1_000, 1_015, 999_999, 29_000_000];
  for (const time of times) histogram.add(time);
  const { values = [], counts = [], ...totals } = histogram.take() ?? assert.fail();
  assert.deepEqual(totals, {
    sampleCount: times.length,
    sum: times.reduce((sum, time) => sum + time, 0) / 1000,
    minimum: 0,
    maximum: 29_000,
  });
  assert.equal(
    counts.reduce((sum, count) => sum + count, 0),
    times.length,
  );
  assert.deepEqual(
    values,
    values.toSorted((a, b) => a - b),
  );
  for (const time of times) {
    const nearest = Math.min(...values.map((value) => Math.abs(value * 1000 - time)));
    assert.ok(nearest <= time * 0.016, `${time} us is told ${nearest} us off`);
  }
});

test('taking begins anew, and rest gives the memory back only when nothing was counted', () => {
  const histogram = new LatencyHistogram();
  assert.equal(histogram.take(), undefined);
  histogram.add(5_000);
  histogram.rest();
  assert.deepEqual(histogram.take()?.values, [5]);
  assert.equal(histogram.count, 0);
  histogram.rest();
  histogram.add(7_000);
  assert.deepEqual([histogram.count, histogram.take()?.minimum], [1, 7]);
});

test('what is too long or negative is counted at the ends', () => {
  const histogram = new LatencyHistogram();
  histogram.add(-5);
  histogram.add(2 ** 40);
  const taken = histogram.take();
  assert.deepEqual([taken?.sampleCount, taken?.minimum, taken?.maximum], [2, 0, (2 ** 30 - 1) / 1000]);
});
