// Dashboards as callers see them, grouped by what AWS answers.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { AwsError } from '../../aws/aws-error.ts';
import type { Caller } from '../../aws/operations.ts';
import { createMemoryStore } from '../../store/memory.ts';
import { type DashboardDocument, dashboardArn, dashboardKey, dashboardOperations } from './dashboards.ts';

const account = '111111111111';
const caller: Caller = { account, region: 'eu-west-1', requestId: 'r' };
const body = JSON.stringify({ widgets: [{ type: 'text', properties: { markdown: 'Grüße' } }] });
const start = Date.UTC(2026, 10, 28, 12);

function under() {
  const store = createMemoryStore();
  const clock = { now: start };
  const operations = dashboardOperations({ store, now: () => clock.now });
  const put = (DashboardName: string, more: object = {}) =>
    operations.PutDashboard({ DashboardName, DashboardBody: body, ...more }, caller);
  const names = async (DashboardNamePrefix?: string) =>
    (await operations.ListDashboards({ DashboardNamePrefix }, caller)).DashboardEntries.map(({ DashboardName }) => DashboardName);
  return { store, clock, operations, put, names };
}

function refusal(code: string, message: string | RegExp): (error: AwsError) => boolean {
  return (error) => {
    assert.equal(error.code, code);
    if (typeof message === 'string') assert.equal(error.message, message);
    else assert.match(error.message, message);
    return true;
  };
}

describe('200', () => {
  test('a dashboard is kept as it came, listed and deleted', async () => {
    const { operations, put, names } = under();
    assert.deepEqual(await put('shop'), { DashboardValidationMessages: [] });
    const arn = 'arn:aws:cloudwatch::111111111111:dashboard/shop';
    assert.deepEqual(await operations.GetDashboard({ DashboardName: 'shop' }, caller), {
      ...{ DashboardArn: arn, DashboardBody: body, DashboardName: 'shop' },
    });
    const size = Buffer.byteLength(body);
    assert.ok(size > body.length, 'bytes and not characters');
    const entry = { DashboardName: 'shop', DashboardArn: arn, LastModified: new Date(start), Size: size };
    assert.deepEqual(await operations.ListDashboards({}, caller), { DashboardEntries: [entry] });
    assert.deepEqual(await operations.DeleteDashboards({ DashboardNames: ['shop', 'shop'] }, caller), {});
    assert.deepEqual(await names(), []);
  });

  test('every region of an account sees the same dashboards, another account none', async () => {
    const { operations, put } = under();
    await put('shop');
    const inChina = await operations.GetDashboard({ DashboardName: 'shop' }, { ...caller, region: 'cn-north-1' });
    assert.equal(inChina.DashboardArn, 'arn:aws-cn:cloudwatch::111111111111:dashboard/shop');
    assert.equal(inChina.DashboardArn, dashboardArn(account, 'shop', 'cn-north-1'));
    const other = { ...caller, account: '222222222222' };
    await assert.rejects(operations.GetDashboard({ DashboardName: 'shop' }, other), { code: 'DashboardNotFoundError' });
    assert.deepEqual(await operations.ListDashboards({}, other), { DashboardEntries: [] });
  });

  test('putting it again replaces the body and keeps the tags', async () => {
    const { store, clock, operations, put } = under();
    await put('shop', { Tags: [{ Key: 'team', Value: 'a' }] });
    clock.now += 1000;
    await put('shop', { DashboardBody: '{"widgets":[]}', Tags: [{ Key: 'team', Value: 'b' }] });
    const { DashboardEntries: entries } = await operations.ListDashboards({}, caller);
    assert.deepEqual(
      entries.map(({ LastModified, Size }) => [LastModified.getTime(), Size]),
      [[start + 1000, 14]],
    );
    const kept = await store.get<DashboardDocument>(dashboardKey(account, 'shop'));
    assert.deepEqual(kept?.tags, { team: 'a' });
  });

  test('warnings come along, and the dashboard is there', async () => {
    const { put, names } = under();
    const { DashboardValidationMessages: warnings } = await put('shop', { DashboardBody: '{"widgets":[],"end":"P0D"}' });
    assert.deepEqual(
      warnings.map(({ DataPath }) => DataPath),
      ['/end'],
    );
    assert.deepEqual(await names(), ['shop']);
  });

  test('a prefix lists the names that begin with it, itself first', async () => {
    const { put, names } = under();
    for (const name of ['shop-b', 'shop', 'a', 'sho', 'shopping', 'z', 'Shop']) await put(name);
    assert.deepEqual(await names('shop'), ['shop', 'shop-b', 'shopping']);
    for (const prefix of ['x', 'shop.', 'a\0', '\ud800', 'a'.repeat(300)]) assert.deepEqual(await names(prefix), []);
  });

  test('a thousand are listed at once, the rest with the token', async () => {
    const { store, operations, put, names } = under();
    await put('a');
    await store.transact(async (transaction) => {
      for (let index = 0; index < 1001; index++) {
        const dashboardName = `p${String(index).padStart(4, '0')}`;
        const dashboard: DashboardDocument = { dashboardName, dashboardBody: '{}', lastModified: start, tags: {} };
        await transaction.put(dashboardKey(account, dashboardName), dashboard);
      }
    });
    const first = await operations.ListDashboards({ DashboardNamePrefix: 'p' }, caller);
    assert.equal(first.DashboardEntries.length, 1000);
    const NextToken = first.NextToken;
    const second = await operations.ListDashboards({ DashboardNamePrefix: 'p', NextToken }, caller);
    assert.deepEqual(
      second.DashboardEntries.map(({ DashboardName }) => DashboardName),
      ['p1000'],
    );
    assert.equal(second.NextToken, undefined);
    await assert.rejects(operations.ListDashboards({ NextToken }, caller), { code: 'InvalidNextToken' });
    await operations.DeleteDashboards({ DashboardNames: ['p1000'] }, caller);
    assert.equal((await operations.ListDashboards({ DashboardNamePrefix: 'p' }, caller)).NextToken, undefined);
    assert.equal((await names('p')).length, 1000);
  });
});

describe('InvalidParameterInput', () => {
  test('a body that is refused leaves the dashboard as it was', async () => {
    const { operations, put } = under();
    await put('shop');
    await assert.rejects(
      put('shop', { DashboardBody: '{}' }),
      refusal('DashboardInvalidInputError', /^The dashboard body is invalid, there are 1 validation errors:\n/),
    );
    assert.equal((await operations.GetDashboard({ DashboardName: 'shop' }, caller)).DashboardBody, body);
  });
});

describe('InvalidParameterValue', () => {
  const words =
    'The value for field DashboardName contains invalid characters. It can only contain alphanumerics, dash (-) and underscore (_).\n';
  test('names of other characters, in the recorded words', async () => {
    const { operations, put } = under();
    const refused = refusal('InvalidParameterValueException', words);
    await assert.rejects(put('my dashboard'), refused);
    await assert.rejects(put('shop\n'), refused);
    await assert.rejects(operations.GetDashboard({ DashboardName: 'a/b' }, caller), refused);
    await assert.rejects(operations.DeleteDashboards({ DashboardNames: ['a', 'é'] }, caller), refused);
  });

  test('a long name, many names, many tags, tags of AWS', async () => {
    const { operations, put, names } = under();
    await put('n'.repeat(255));
    const code = 'InvalidParameterValueException';
    await assert.rejects(put('n'.repeat(256)), { code });
    const DashboardNames = Array.from({ length: 101 }, (_, index) => `d${index}`);
    await assert.rejects(operations.DeleteDashboards({ DashboardNames }, caller), { code });
    const Tags = Array.from({ length: 51 }, (_, index) => ({ Key: `k${index}`, Value: '' }));
    await assert.rejects(put('b', { Tags }), { code });
    await assert.rejects(put('b', { Tags: [{ Key: 'AWS:x', Value: '' }] }), { code });
    assert.equal((await names()).length, 1);
  });
});

describe('MissingParameter', () => {
  test('a name, a body, names to delete', async () => {
    const { operations, put } = under();
    const code = 'MissingRequiredParameterException';
    await assert.rejects(put(''), { code, message: 'The parameter DashboardName is required.' });
    await assert.rejects(put('a', { DashboardBody: '' }), { code, message: 'The parameter DashboardBody is required.' });
    await assert.rejects(operations.DeleteDashboards({ DashboardNames: [] }, caller), { code });
  });
});

describe('ResourceNotFound', () => {
  test('a dashboard that is not there', async () => {
    const { operations } = under();
    await assert.rejects(
      operations.GetDashboard({ DashboardName: 'shop' }, caller),
      refusal('DashboardNotFoundError', 'Dashboard shop does not exist'),
    );
  });

  test('of several to delete those that are there are deleted', async () => {
    const { operations, put, names } = under();
    for (const name of ['a', 'b', 'c']) await put(name);
    await assert.rejects(
      operations.DeleteDashboards({ DashboardNames: ['a', 'x', 'c'] }, caller),
      refusal('DashboardNotFoundError', 'Dashboard x does not exist'),
    );
    assert.deepEqual(await names(), ['b']);
  });
});
