import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { TokenBucket } from './throttle.ts';

const START = 1_795_359_845_000;
const counters = () => new Int32Array(new SharedArrayBuffer(64));
const bucket = (rateLimit: number, burstLimit: number, memory = counters(), now = START) =>
  new TokenBucket(memory, { slot: 0, rateLimit, burstLimit }, 'the test', now);

/** Requests admitted over 60 simulated seconds when `perMs` are sent every millisecond of the clock. */
function admitted(rate: number, burst: number, perMs: number, start = START): number {
  const tested = bucket(rate, burst, counters(), start);
  let count = 0;
  for (let ms = 0; ms < 60_000; ms++) {
    for (let i = 0; i < perMs; i++) if (tested.take(start + ms) === undefined) count++;
  }
  return count;
}

describe('TokenBucket', () => {
  const figures: [rate: number, burst: number, perMs: number][] = [
    [10_000, 5_000, 12],
    [3_000, 10, 4],
    [1_000, 1, 2],
    [100, 100, 1],
    [33.3, 5, 1],
    [10.5, 20, 1],
    [7, 2_000_000, 40],
    [10, 100_000, 3],
    [900, 50_000_000, 900],
    [0.5, 3, 1],
    [1, 1, 1],
  ];
  for (const [rate, burst, perMs] of figures) {
    test(`60 s at rate ${rate}, burst ${burst}: rate * 60 + burst, within 1 %`, () => {
      const count = admitted(rate, burst, perMs);
      const expected = Math.min(rate * 60 + burst, perMs * 60_000);
      // One token may be on its way at the end.
      assert.ok(Math.abs(count - expected) <= expected * 0.01 + 1, `${count} of ${expected}`);
    });
  }

  test('the figures hold when 32-bit milliseconds wrap', () => {
    const start = 2 ** 32 * 418 + 2 ** 31 - 30_000;
    const count = admitted(100, 50, 1, start);
    assert.ok(Math.abs(count - 6_050) <= 60, `${count}`);
  });

  test('0/0 refuses every call', () => {
    const closed = bucket(0, 0);
    for (let ms = 0; ms < 1_000; ms++) assert.equal(closed.take(START + ms)?.refused, 'THROTTLED');
  });

  test('a slow rate is not lost in rounding', () => {
    const slow = bucket(0.01, 1);
    assert.equal(slow.take(START), undefined);
    for (let ms = 1; ms < 99_000; ms += 7) assert.equal(slow.take(START + ms)?.refused, 'THROTTLED');
    assert.equal(slow.take(START + 100_200), undefined);
  });

  test('a clock that steps back neither opens nor locks the bucket', () => {
    const tested = bucket(1, 2);
    tested.take(START);
    tested.take(START);
    assert.equal(tested.take(START - 100)?.refused, 'THROTTLED');
    assert.equal(tested.take(START + 2_000), undefined);
    tested.take(START + 2_000);
    tested.take(START + 2_000);
    assert.equal(tested.take(START - 3_600_000), undefined, 'after a large step it starts full');
    assert.equal(tested.take(START - 3_600_000), undefined);
    assert.equal(tested.take(START - 3_600_000)?.refused, 'THROTTLED');
  });

  test('a redeploy keeps what was used, also when the limits change', () => {
    const memory = counters();
    const before = bucket(1, 10, memory);
    for (let i = 0; i < 8; i++) before.take(START);
    const same = bucket(1, 10, memory);
    assert.equal(same.tokensLeft(), 2);
    const larger = bucket(1, 12, memory);
    assert.equal(larger.tokensLeft(), 4, 'what the burst grew by is there at once');
    const smaller = bucket(1, 1, memory);
    assert.equal(smaller.tokensLeft(), 1);
    smaller.take(START);
    assert.equal(bucket(1, 1, memory).tokensLeft(), 0, 'the same limits give nothing');
  });

  for (const [from, to] of [
    [1, 5_000],
    [1_024, 1_025],
    [1_025, 2_000],
    [5_000, 7_000],
    [0, 3],
    [1_000_000, 1_100_000],
  ] as const) {
    test(`a burst that grows from ${from} to ${to} leaves the requests that were let in`, () => {
      const memory = counters();
      const before = bucket(0, from, memory);
      const used = Math.min(from, 900);
      for (let i = 0; i < used; i++) before.take(START);
      assert.equal(before.tokensLeft(), from - used);
      // Large bursts are known to a thousandth.
      const off = Math.abs(bucket(0, to, memory).tokensLeft() - (to - used));
      assert.ok(off <= to / 1000, `off by ${off}`);
    });
  }

  test('a token that was given back can be taken again', () => {
    const tested = bucket(0, 1);
    assert.equal(tested.take(START), undefined);
    tested.giveBack();
    assert.equal(tested.take(START), undefined);
    assert.equal(tested.take(START)?.refused, 'THROTTLED');
  });

  test('threads share one exact count', { timeout: 30_000 }, async () => {
    const memory = counters();
    const url = new URL('./throttle.ts', import.meta.url).href;
    const code = `
      import { parentPort, workerData } from 'node:worker_threads';
      const { TokenBucket } = await import(${JSON.stringify(url)});
      const bucket = new TokenBucket(workerData, { slot: 0, rateLimit: 0, burstLimit: 5000 }, 'x', ${START});
      let count = 0;
      for (let i = 0; i < 20000; i++) if (bucket.take(${START}) === undefined) count++;
      parentPort.postMessage(count);`;
    bucket(0, 5_000, memory);
    const counts = await Promise.all(
      [1, 2, 3].map(async () => {
        const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(code)}`), { workerData: memory });
        const count = await new Promise<number>((resolve, reject) => worker.once('message', resolve).once('error', reject));
        await worker.terminate();
        return count;
      }),
    );
    assert.equal(
      counts.reduce((sum, count) => sum + count, 0),
      5_000,
    );
  });
});
