import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { SecretDigest } from '../../secrets/secret-digest.ts';
import { dayOfDate } from '../../usage-plans/quota-period.ts';
import { Meter } from './meter.ts';
import { UsageSlots } from './usage-slots.ts';
import { type PlanLimits, UsageTable } from './usage-table.ts';

const scope = { account: '000000000000', region: 'eu-west-1' };
const digest = new SecretDigest(Buffer.alloc(32, 1), 'api keys');
const key = 'k'.repeat(40);
/** A Friday, in the middle of a month. */
const noon = Date.UTC(2026, 10, 13, 12);
const DAY_MS = 86_400_000;

function metered(plan: Partial<PlanLimits> = {}, words = 1024) {
  const table = new UsageTable();
  const meter = new Meter(table, new UsageSlots(new Int32Array(new SharedArrayBuffer(words * 4))), digest);
  const put = (changed: Partial<PlanLimits>, id = 'plan') =>
    table.putPlan(scope, { id, name: id, apiStages: [{ apiId: 'pets', stage: 'prod' }], ...changed });
  const putKey = (value: string, keyId: string, planIds = ['plan'], enabled = true) =>
    table.putKey(scope, digest.of(value) ?? '', { keyId, enabled, planIds });
  put(plan);
  putKey(key, 'key');
  const at = (stageName = 'prod', resourcePath = '/pets', httpMethod = 'GET', apiId = 'pets') =>
    meter.bind({ scope, apiId, stageName, resourcePath, httpMethod });
  const bound = at();
  const take = (nowMs = noon, apiKey: string | undefined = key, method = bound) => {
    const verdict = method.take(apiKey, nowMs);
    return verdict.kind === 'passed' ? verdict.apiKeyId : verdict.refused;
  };
  /** Requests admitted of `count`. */
  const many = (count: number, nowMs = noon) =>
    Array.from({ length: count }, () => take(nowMs)).filter((answer) => answer === 'key').length;
  return { table, meter, put, putKey, at, take, many };
}

describe('who gets in', () => {
  const rows: [desc: string, answer: string, run: (tested: ReturnType<typeof metered>) => string][] = [
    ['a key of a plan that has the stage', 'key', ({ take }) => take()],
    ['no key', 'INVALID_API_KEY', ({ at }) => (at().take(undefined, noon) as { refused: string }).refused],
    ['an empty key', 'INVALID_API_KEY', ({ take }) => take(noon, '')],
    ['an unknown key', 'INVALID_API_KEY', ({ take }) => take(noon, `${key}k`)],
    ['a key that is endless', 'INVALID_API_KEY', ({ take }) => take(noon, 'k'.repeat(100_000))],
    ['another stage', 'INVALID_API_KEY', ({ take, at }) => take(noon, key, at('test'))],
    ['another API', 'INVALID_API_KEY', ({ take, at }) => take(noon, key, at('prod', '/pets', 'GET', 'cats'))],
    [
      'a disabled key',
      'INVALID_API_KEY',
      ({ take, putKey }) => {
        putKey(key, 'key', ['plan'], false);
        return take();
      },
    ],
    [
      'a key that left its plan',
      'INVALID_API_KEY',
      ({ take, putKey }) => {
        putKey(key, 'key', []);
        return take();
      },
    ],
    [
      'a key that was deleted',
      'INVALID_API_KEY',
      ({ take, table }) => {
        table.removeKey(scope, digest.of(key) ?? '');
        return take();
      },
    ],
    [
      'a plan that was deleted',
      'INVALID_API_KEY',
      ({ take, table }) => {
        table.removePlan(scope, 'plan');
        return take();
      },
    ],
    [
      'a key of two plans, the second has the stage',
      'key',
      ({ take, put, putKey }) => {
        put({ apiStages: [] }, 'other');
        putKey(key, 'key', ['other', 'plan']);
        return take();
      },
    ],
    [
      'a key that is told of before its plan',
      'late',
      ({ take, put, putKey }) => {
        putKey('l'.repeat(40), 'late', ['new']);
        put({}, 'new');
        return take(noon, 'l'.repeat(40));
      },
    ],
  ];
  for (const [desc, answer, run] of rows) test(`${desc}: ${answer}`, () => assert.equal(run(metered()), answer));

  test('a key of another region is another key', () => {
    const { meter } = metered();
    const elsewhere = meter.bind({
      scope: { ...scope, region: 'us-east-1' },
      apiId: 'pets',
      stageName: 'prod',
      resourcePath: '/pets',
      httpMethod: 'GET',
    });
    assert.equal(elsewhere.take(key, noon).kind, 'refused');
  });
});

describe('throttles', () => {
  const rates: [rate: number, burst: number, perMs: number][] = [
    [1000, 100, 2],
    [10, 20, 1],
    [33.3, 5, 1],
    [900, 100_000, 3],
  ];
  for (const [rateLimit, burstLimit, perMs] of rates) {
    test(`60 s at rate ${rateLimit}, burst ${burstLimit}: rate * 60 + burst, within 1 %`, () => {
      const { many } = metered({ throttle: { rateLimit, burstLimit } });
      let admitted = 0;
      for (let ms = 0; ms < 60_000; ms++) admitted += many(perMs, noon + ms);
      const expected = rateLimit * 60 + burstLimit;
      assert.ok(Math.abs(admitted - expected) <= expected * 0.01 + 1, `${admitted} of ${expected}`);
    });
  }

  test('each key has a bucket of its own, shared by the stages of the plan', () => {
    const { put, putKey, take, at } = metered();
    const apiStages = ['prod', 'test'].map((stage) => ({ apiId: 'pets', stage }));
    put({ apiStages, throttle: { rateLimit: 0, burstLimit: 2 } });
    putKey('o'.repeat(40), 'other');
    assert.deepEqual([take(), take(noon, key, at('test')), take()], ['key', 'key', 'THROTTLED']);
    assert.equal(take(noon, 'o'.repeat(40)), 'other');
  });

  test("a method's limit comes before the plan's, and a request that the plan refuses costs the method nothing", () => {
    const { put, take, at } = metered();
    const methods = { '/pets/GET': { rateLimit: 0, burstLimit: 2 }, '//GET': { rateLimit: 0, burstLimit: 1 } };
    const apiStages = [{ apiId: 'pets', stage: 'prod', throttle: methods }];
    put({ apiStages, throttle: { rateLimit: 0, burstLimit: 1 } });
    assert.deepEqual([take(), take()], ['key', 'THROTTLED']);
    put({ apiStages, throttle: { rateLimit: 0, burstLimit: 1000 } });
    put({ apiStages });
    assert.deepEqual([take(), take()], ['key', 'THROTTLED']);
    const post = at('prod', '/pets', 'POST');
    for (let i = 0; i < 10; i++) assert.equal(take(noon, key, post), 'key');
    const root = at('prod', '/', 'GET');
    assert.deepEqual([take(noon, key, root), take(noon, key, root)], ['key', 'THROTTLED']);
  });

  test('the same limits again refill nothing; other limits keep what was used', () => {
    const { put, take, many } = metered({ throttle: { rateLimit: 0, burstLimit: 10 } });
    assert.equal(many(8), 8);
    put({ throttle: { rateLimit: 0, burstLimit: 10 }, description: 'changed' });
    put({ throttle: { rateLimit: 0, burstLimit: 5000 } });
    // To a thousandth, as far as large bursts are known.
    assert.ok(Math.abs(many(6000) - 4992) <= 5);
    put({ throttle: { rateLimit: 0, burstLimit: 1 } });
    assert.equal(take(), 'THROTTLED');
  });

  test('one of the two limits alone: the other is what an account has', () => {
    assert.equal(metered({ throttle: { rateLimit: 1 } }).many(10_000), 5_000);
  });
});

describe('quotas', () => {
  const quota = (limit: number, period: 'DAY' | 'WEEK' | 'MONTH' = 'DAY', offset = 0, since = '2026-11-13T00:00:00Z') => ({
    quota: { limit, period, offset },
    quotaSince: since,
  });

  const periods: [period: 'DAY' | 'WEEK' | 'MONTH', lastDay: string][] = [
    ['DAY', '2026-11-13'],
    ['WEEK', '2026-11-14'],
    ['MONTH', '2026-11-30'],
  ];
  for (const [period, lastDay] of periods) {
    test(`${period}: exactly the limit until ${lastDay} ends in UTC, then as much again`, () => {
      const { many, take } = metered(quota(100, period));
      assert.equal(many(60), 60);
      const end = ((dayOfDate(lastDay) ?? 0) + 1) * DAY_MS;
      assert.equal(many(60, end - 1), 40);
      assert.equal(take(end - 1), 'QUOTA_EXCEEDED');
      assert.equal(many(150, end), 100);
    });
  }

  test('the offset is subtracted in the first period alone', () => {
    const { many } = metered(quota(10, 'DAY', 4));
    assert.equal(many(20), 6);
    assert.equal(many(20, noon + DAY_MS), 10);
  });

  test('0 lets nobody in; what is refused is not counted', () => {
    const { take, meter } = metered(quota(0));
    assert.deepEqual([take(), take()], ['QUOTA_EXCEEDED', 'QUOTA_EXCEEDED']);
    assert.deepEqual(meter.collect().records, []);
  });

  test('a throttled request is not charged', () => {
    const { many, put } = metered({ ...quota(10), throttle: { rateLimit: 0, burstLimit: 3 } });
    assert.equal(many(100), 3);
    put(quota(10));
    assert.equal(many(100), 7);
  });

  test('a plan, a stage or a key that is put again gives nothing back; a larger limit gives what is more', () => {
    const { many, put, putKey } = metered(quota(10));
    assert.equal(many(8), 8);
    put(quota(10));
    putKey(key, 'key', ['plan'], true);
    put({ ...quota(10), apiStages: [] });
    put(quota(10));
    assert.equal(many(8), 2);
    put(quota(15));
    assert.equal(many(8), 5);
    put(quota(5));
    assert.equal(many(8), 0);
  });

  test('a key that leaves a plan and comes back goes on from what it used, before and after that is written', () => {
    const { many, putKey, meter } = metered(quota(10));
    assert.equal(many(8), 8);
    putKey(key, 'key', []);
    putKey(key, 'key');
    assert.equal(many(1), 1);
    putKey(key, 'key', []);
    meter.collect();
    meter.sweep(Date.now());
    putKey(key, 'key');
    assert.equal(many(8), 1);
  });

  test('a longer period goes on from what the shorter one was charged with', () => {
    const { many, put } = metered(quota(10));
    assert.equal(many(8), 8);
    put(quota(10, 'MONTH'));
    assert.equal(many(8), 2);
  });

  test('a clock that steps back gives no quota twice; one that was a year ahead does not lock anybody out', () => {
    const { many } = metered(quota(10));
    const midnight = Date.UTC(2026, 10, 14);
    assert.equal(many(10, midnight + 1), 10);
    assert.equal(many(10, midnight - 1), 0);
    assert.equal(many(10, midnight + 365 * DAY_MS), 10);
    assert.equal(many(10, midnight + 1), 10);
    assert.equal(many(1, midnight + 1), 0);
  });

  test('more can be granted than the quota holds, for this period', () => {
    const { table, meter, many } = metered(quota(10));
    assert.equal(many(20), 10);
    const membership = table.membership(scope, 'plan', digest.of(key) ?? '');
    assert.ok(membership !== undefined);
    assert.equal(meter.setRemaining(membership, 25, noon), true);
    assert.equal(many(50), 25);
    assert.equal(many(50, noon + DAY_MS), 10);
    assert.equal(meter.setRemaining(membership, 0, noon + DAY_MS), true);
    assert.equal(many(50, noon + DAY_MS), 0);
  });
});

describe('what is written', () => {
  test('the days of a key that used something, each once, with what remained', () => {
    const { many, meter } = metered({ quota: { limit: 10, offset: 0, period: 'WEEK' }, quotaSince: '2026-01-01T00:00:00Z' });
    many(3);
    many(2, noon + DAY_MS);
    const days = (collected: ReturnType<Meter['collect']>) =>
      collected.records.map(({ day, used, remaining }) => [day, used, remaining]);
    const friday = dayOfDate('2026-11-13') as number;
    const collected = meter.collect();
    assert.deepEqual(days(collected), [
      [friday, 3, 7],
      [friday + 1, 2, 5],
    ]);
    assert.deepEqual(meter.collect().records, []);
    many(1, noon + DAY_MS);
    assert.deepEqual(days(meter.collect()), [[friday + 1, 3, 4]]);
    // What could not be written comes again, with what was counted since.
    many(1, noon + DAY_MS);
    meter.putBack(collected);
    assert.deepEqual(days(meter.collect()), [
      [friday, 3, 7],
      [friday + 1, 4, 3],
    ]);
  });

  test('nothing of a plan that was deleted', () => {
    const { many, meter, table } = metered();
    many(3);
    table.removePlan(scope, 'plan');
    assert.deepEqual(meter.collect().records, []);
  });

  test('what was written is gone on from, on the same day and later in the period', () => {
    for (const later of [0, DAY_MS]) {
      const quotaPlan = { quota: { limit: 10, offset: 0, period: 'WEEK' as const }, quotaSince: '2026-01-01T00:00:00Z' };
      const before = metered(quotaPlan);
      before.many(8);
      const [record] = before.meter.collect().records;
      const { table, meter, many } = metered(quotaPlan);
      const membership = table.membership(scope, 'plan', digest.of(key) ?? '');
      assert.ok(membership !== undefined && record !== undefined);
      meter.restore(membership, record);
      assert.equal(many(8, noon + later), 2);
      assert.deepEqual(
        meter.collect().records.map(({ used, remaining }) => [used, remaining]),
        [[later === 0 ? 10 : 2, 0]],
      );
    }
  });
});

test('full counters let nobody in who would not be counted, and words of keys that left are used again', () => {
  const { take, putKey, meter } = metered({}, 8);
  assert.equal(take(), 'key');
  putKey('o'.repeat(40), 'other');
  assert.equal(take(noon, 'o'.repeat(40)), 'THROTTLED');
  putKey(key, 'key', []);
  meter.collect();
  meter.sweep(Date.now() + 3_600_000);
  assert.equal(take(noon, 'o'.repeat(40)), 'other');
  assert.equal(meter.collect().records[0]?.used, 1);
});
