// Groups as their owner sees them, grouped by what AWS answers.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Caller } from '../../aws/operations.ts';
import { createMemoryStore } from '../../store/memory.ts';
import { groupOperations } from './groups.ts';
import type { XRayContext } from './xray-context.ts';

const caller: Caller = { account: '111111111111', region: 'eu-west-1', requestId: 'r' };

function under() {
  const told: string[] = [];
  const keptOnly = (what: string): void => void told.push(what);
  // These operations ask nothing else of the context.
  const operations = groupOperations({ store: createMemoryStore(), keptOnly } as XRayContext);
  const create = async (GroupName: string, more: object = {}) =>
    (await operations.CreateGroup({ GroupName, ...more }, caller)).Group;
  const update = async (more: object) => (await operations.UpdateGroup(more, caller)).Group;
  const names = async () => (await operations.GetGroups({}, caller)).Groups.map(({ GroupName }) => GroupName);
  return { operations, create, update, names, told };
}

const invalid = (message: string | RegExp) => ({ code: 'InvalidRequestException', message });
const off = { InsightsEnabled: false, NotificationsEnabled: false };

describe('200', () => {
  test('a group is created, found by name and by ARN, listed and deleted', async () => {
    const { operations, create, names } = under();
    const FilterExpression = 'service("shop/dev") { fault }';
    const group = await create('shop', { FilterExpression });
    assert.match(group.GroupARN, /^arn:aws:xray:eu-west-1:111111111111:group\/shop\/[A-Z2-7]{26}$/);
    assert.deepEqual(group, {
      ...{ GroupName: 'shop', GroupARN: group.GroupARN, FilterExpression, InsightsConfiguration: off },
    });
    const { GroupName, GroupARN } = group;
    for (const named of [{ GroupName }, { GroupARN }, { GroupName, GroupARN }]) {
      assert.deepEqual(await operations.GetGroup(named, caller), { Group: group });
    }
    const bare = await create('all');
    assert.deepEqual(bare, { GroupName: 'all', GroupARN: bare.GroupARN, InsightsConfiguration: off });
    assert.deepEqual(await operations.GetGroups({}, caller), { Groups: [bare, group] });
    assert.deepEqual(await operations.DeleteGroup({ GroupARN }, caller), {});
    assert.deepEqual(await names(), ['all']);
    assert.notEqual((await create('shop')).GroupARN, GroupARN);
    await assert.rejects(operations.GetGroup({ GroupARN }, caller), invalid('Group not found'));
  });

  test('an update changes what is given', async () => {
    const { create, update, told } = under();
    const group = await create('shop', { FilterExpression: 'fault', InsightsConfiguration: { InsightsEnabled: true } });
    assert.deepEqual(told, ['Insights of an X-Ray group']);
    const on = { InsightsEnabled: true, NotificationsEnabled: false };
    assert.deepEqual(group.InsightsConfiguration, on);
    assert.deepEqual(await update({ GroupName: 'shop', FilterExpression: 'error' }), { ...group, FilterExpression: 'error' });
    const noisy = await update({ GroupARN: group.GroupARN, InsightsConfiguration: { NotificationsEnabled: true } });
    assert.deepEqual(noisy.InsightsConfiguration, { InsightsEnabled: true, NotificationsEnabled: true });
    const quiet = await update({ GroupName: 'shop', InsightsConfiguration: { InsightsEnabled: false } });
    assert.deepEqual(quiet, { ...group, FilterExpression: 'error', InsightsConfiguration: off });
    const all = await update({ GroupName: 'shop', FilterExpression: '' });
    assert.equal(all.FilterExpression, '');
  });
});

describe('InvalidRequestException', () => {
  test('names', async () => {
    const { create } = under();
    await create('shop');
    await create('Shop');
    await assert.rejects(create('shop'), invalid(/already exists/));
    await assert.rejects(create('Default'), invalid(/reserved/));
    await assert.rejects(create('a\u0000'), invalid(/characters/));
  });

  test('expressions that cannot be read, and notifications of no insights', async () => {
    const { create, update, names } = under();
    await assert.rejects(create('a', { FilterExpression: 'service("x' }), invalid(/^Invalid filter expression: ./));
    await assert.rejects(create('a', { InsightsConfiguration: { NotificationsEnabled: true } }), invalid(/InsightsEnabled/));
    assert.deepEqual(await names(), []);
    await create('a');
    await assert.rejects(update({ GroupName: 'a', FilterExpression: '((' }), invalid(/^Invalid filter expression: ./));
  });

  test('no such group', async () => {
    const { operations, create, update } = under();
    const { GroupARN } = await create('shop');
    const others = [
      { GroupName: 'other' },
      { GroupName: 'other', GroupARN },
      { GroupARN: 'arn:aws:xray:eu-west-1:111111111111:group/shop' },
    ];
    for (const named of [...others, { GroupName: 'a\u0000' }, { GroupARN: 'x' }]) {
      await assert.rejects(operations.GetGroup(named, caller), invalid('Group not found'));
      await assert.rejects(update(named), invalid('Group not found'));
      await assert.rejects(operations.DeleteGroup(named, caller), invalid('Group not found'));
    }
    await assert.rejects(operations.GetGroup({}, caller), invalid(/Either GroupName or GroupARN/));
    await assert.rejects(operations.GetGroups({ NextToken: 'x' }, caller), invalid('Invalid NextToken.'));
  });

  test('a 26th group', async () => {
    const { create } = under();
    for (let i = 0; i < 25; i++) await create(`group ${i}`);
    await assert.rejects(create('more'), invalid(/at most 25/));
  });
});
