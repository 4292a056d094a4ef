import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { scope, type UsageUnderTest, usageUnderTest } from '../../../test/usage-under-test.ts';
import { dateOfDay, dayOf } from '../../usage-plans/quota-period.ts';
import { awsError } from './gateway-under-test.ts';
import { saveUsage } from './usage-records.ts';

/** A plan with a quota of 10 in a month, with one key in it. */
async function withKey(tested: UsageUnderTest, limit = 10) {
  const { call, stage } = tested;
  await stage('pets', 'prod');
  const apiStages = [{ apiId: 'pets', stage: 'prod' }];
  const { id } = await call('CreateUsagePlan', { name: 'free', apiStages, quota: { limit, period: 'MONTH' } });
  const { id: keyId, value } = await call('CreateApiKey', { enabled: true });
  const usagePlanId = id as string;
  await call('CreateUsagePlanKey', { usagePlanId, keyId, keyType: 'API_KEY' });
  return { usagePlanId, keyId: keyId as string, value: value as string };
}

function requests({ request }: UsageUnderTest, value: string, count: number): string[] {
  return Array.from({ length: count }, () => request(value, 'pets', 'prod'));
}

const today = dayOf(Date.now());
const date = (ago: number) => dateOfDay(today - ago);

test('what a change of the control plane acknowledges is in force: enabling, moving, deleting', async () => {
  const tested = await usageUnderTest();
  const { call, request } = tested;
  const { usagePlanId, keyId, value } = await withKey(tested);
  const enabled = (on: string) => [{ op: 'replace' as const, path: '/enabled', value: on }];
  assert.equal(request(value, 'pets', 'prod'), keyId);
  await call('UpdateApiKey', { apiKey: keyId, patchOperations: enabled('false') });
  assert.equal(request(value, 'pets', 'prod'), 'INVALID_API_KEY');
  await call('UpdateApiKey', { apiKey: keyId, patchOperations: enabled('true') });
  assert.equal(request(value, 'pets', 'prod'), keyId);
  await call('DeleteUsagePlanKey', { usagePlanId, keyId });
  assert.equal(request(value, 'pets', 'prod'), 'INVALID_API_KEY');
  await call('CreateUsagePlanKey', { usagePlanId, keyId, keyType: 'API_KEY' });
  assert.equal(request(value, 'pets', 'prod'), keyId);
  await call('DeleteApiKey', { apiKey: keyId });
  assert.equal(request(value, 'pets', 'prod'), 'INVALID_API_KEY');
});

describe('GetUsage', () => {
  test('200: used and remaining of every day, keys in pages, a key alone', async () => {
    const tested = await usageUnderTest();
    const { call, store } = tested;
    const { usagePlanId, keyId, value } = await withKey(tested);
    const month = dayOf(Date.parse(`${date(0).slice(0, 7)}-01T00:00:00Z`));
    await saveUsage(store, [
      { scope, planId: usagePlanId, keyId, day: today - 40, used: 4, periodStart: 0, charged: 4, remaining: 6 },
    ]);
    requests(tested, value, 3);
    const usage = await call('GetUsage', { usagePlanId, startDate: date(41), endDate: date(0) });
    assert.deepEqual([usage.usagePlanId, usage.startDate, usage.endDate], [usagePlanId, date(41), date(0)]);
    const days = usage.items?.[keyId] ?? [];
    assert.equal(days.length, 42);
    assert.deepEqual(days[1], [4, 6]);
    assert.deepEqual(days.at(-1), [3, 7]);
    // A day without requests has what its month's last one left, or all of it.
    const isInSameMonth = date(40).slice(0, 7) === date(39).slice(0, 7);
    assert.deepEqual(days[2], [0, isInSameMonth ? 6 : 10]);
    if (today > month) assert.deepEqual(days.at(-2), [0, 10]);

    const other = await call('CreateApiKey', { enabled: true });
    await call('CreateUsagePlanKey', { usagePlanId, keyId: other.id, keyType: 'API_KEY' });
    const range = { usagePlanId, startDate: date(0), endDate: date(0) };
    assert.deepEqual((await call('GetUsage', range)).items, { [other.id as string]: [[0, 10]], [keyId]: [[3, 7]] });
    assert.deepEqual((await call('GetUsage', { ...range, keyId })).items, { [keyId]: [[3, 7]] });
    const first = await call('GetUsage', { ...range, limit: 1 });
    const second = await call('GetUsage', { ...range, limit: 1, position: first.position });
    assert.deepEqual([Object.keys(first.items), Object.keys(second.items), second.position], [[other.id], [keyId], undefined]);
  });

  const refused: [desc: string, startDate: string, endDate: string][] = [
    ['a date that is none', '2026-02-30', '2026-03-01'],
    ['a time', '2026-02-01T00:00:00Z', '2026-03-01'],
    ['an end before the start', '2026-02-02', '2026-02-01'],
    ['too many days', '2026-01-01', '2026-04-01'],
  ];
  for (const [desc, startDate, endDate] of refused) {
    test(`BadRequestException: ${desc}`, async () => {
      const tested = await usageUnderTest();
      const { usagePlanId } = await withKey(tested);
      await assert.rejects(
        tested.call('GetUsage', { usagePlanId, startDate, endDate }),
        awsError('BadRequestException', /date|days/),
      );
    });
  }
});

describe('UpdateUsage', () => {
  test('200: what remains is what was asked for, at once; the day still says what was used', async () => {
    const tested = await usageUnderTest();
    const { call } = tested;
    const { usagePlanId, keyId, value } = await withKey(tested, 2);
    assert.deepEqual(requests(tested, value, 3), [keyId, keyId, 'QUOTA_EXCEEDED']);
    const patchOperations = [{ op: 'replace' as const, path: '/remaining', value: '3' }];
    const updated = await call('UpdateUsage', { usagePlanId, keyId, patchOperations });
    assert.deepEqual(updated, { usagePlanId, startDate: date(0), endDate: date(0), items: { [keyId]: [[2, 3]] } });
    assert.deepEqual(requests(tested, value, 4), [keyId, keyId, keyId, 'QUOTA_EXCEEDED']);
    assert.deepEqual((await call('GetUsage', { usagePlanId, startDate: date(0), endDate: date(0) })).items, {
      [keyId]: [[5, 0]],
    });
    // It survives a restart.
    await call('UpdateUsage', { usagePlanId, keyId, patchOperations });
    const restarted = await usageUnderTest({ store: tested.store });
    assert.deepEqual(requests(restarted, value, 4), [keyId, keyId, keyId, 'QUOTA_EXCEEDED']);
  });

  const refused: [desc: string, operation: object, message: RegExp][] = [
    ['another path', { op: 'replace', path: '/used', value: '1' }, /\[\/remaining\]/],
    ['no number', { op: 'replace', path: '/remaining', value: 'all' }, /'all'/],
    ['below zero', { op: 'replace', path: '/remaining', value: '-1' }, /'-1'/],
    ['too much', { op: 'replace', path: '/remaining', value: '9999999999' }, /'9999999999'/],
  ];
  for (const [desc, operation, message] of refused) {
    test(`BadRequestException: ${desc}`, async () => {
      const tested = await usageUnderTest();
      const { usagePlanId, keyId } = await withKey(tested);
      await assert.rejects(
        tested.call('UpdateUsage', { usagePlanId, keyId, patchOperations: [operation] }),
        awsError('BadRequestException', message),
      );
    });
  }

  test('NotFoundException for a key of another plan', async () => {
    const tested = await usageUnderTest();
    const { usagePlanId } = await withKey(tested);
    const { id: keyId } = await tested.call('CreateApiKey', {});
    await assert.rejects(
      tested.call('UpdateUsage', { usagePlanId, keyId, patchOperations: [] }),
      awsError('NotFoundException', 'Invalid API Key identifier specified'),
    );
  });
});

describe('a quota is never overshot', () => {
  test('by a restart in order', async () => {
    const tested = await usageUnderTest();
    const { keyId, value } = await withKey(tested);
    assert.deepEqual(new Set(requests(tested, value, 8)), new Set([keyId]));
    await tested.live.close();
    const restarted = await usageUnderTest({ store: tested.store });
    assert.deepEqual(requests(restarted, value, 3), [keyId, keyId, 'QUOTA_EXCEEDED']);
  });

  test('by a restart after a kill by more than what was counted since the last write', async () => {
    const tested = await usageUnderTest();
    const { keyId, value } = await withKey(tested);
    requests(tested, value, 6);
    await tested.live.settle();
    requests(tested, value, 2);
    // Nothing is written any more: the process is gone.
    const restarted = await usageUnderTest({ store: tested.store });
    assert.deepEqual(requests(restarted, value, 5), [keyId, keyId, keyId, keyId, 'QUOTA_EXCEEDED']);
  });

  test('by taking a key out of its plan and putting it back, before and after a restart', async () => {
    const tested = await usageUnderTest();
    const { usagePlanId, keyId, value } = await withKey(tested);
    requests(tested, value, 8);
    const move = async ({ call }: UsageUnderTest) => {
      await call('DeleteUsagePlanKey', { usagePlanId, keyId });
      await call('CreateUsagePlanKey', { usagePlanId, keyId, keyType: 'API_KEY' });
    };
    await move(tested);
    assert.equal(requests(tested, value, 1)[0], keyId);
    await tested.live.close();
    const restarted = await usageUnderTest({ store: tested.store });
    await move(restarted);
    assert.deepEqual(requests(restarted, value, 2), [keyId, 'QUOTA_EXCEEDED']);
  });
});
