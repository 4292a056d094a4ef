import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Caller } from '../../aws/operations.ts';
import { createMemoryStore } from '../../store/memory.ts';
import { type GroupDocument, groupArn, groupKey } from './group-document.ts';
import { samplingRuleOperations } from './sampling-rules.ts';
import { tagOperations } from './tags.ts';
import type { XRayContext } from './xray-context.ts';

const caller: Caller = { account: '111111111111', region: 'eu-west-1', requestId: 'r' };
const group: GroupDocument = {
  ...{ groupName: 'slow/ones', uniqueId: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ' },
  ...{ insightsEnabled: false, notificationsEnabled: false, tags: { team: 'a' } },
};
const groupAt = groupArn(caller, group);
const defaultAt = 'arn:aws:xray:eu-west-1:111111111111:sampling-rule/Default';

async function under() {
  const store = createMemoryStore();
  await store.transact((transaction) => transaction.put(groupKey(caller, group.groupName), group));
  // These operations ask nothing else of the context.
  const context = { store, now: () => 5 } as XRayContext;
  const operations = { ...tagOperations(context), ...samplingRuleOperations(context) };
  const tag = (ResourceARN: string, tags: Record<string, string>) =>
    operations.TagResource({ ResourceARN, Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) }, caller);
  const tags = async (ResourceARN: string) =>
    Object.fromEntries(
      (await operations.ListTagsForResource({ ResourceARN }, caller)).Tags.map(({ Key, Value }) => [Key, Value]),
    );
  return { store, operations, tag, tags };
}

test('groups and rules, the Default rule too, are tagged and untagged', async () => {
  const { operations, tag, tags } = await under();
  assert.deepEqual(await tag(groupAt, { team: 'b', x: '' }), {});
  assert.deepEqual(await tags(groupAt), { team: 'b', x: '' });
  await tag(defaultAt, { team: 'c' });
  assert.deepEqual(await tags(defaultAt), { team: 'c' });
  assert.equal((await operations.GetSamplingRules({}, caller)).SamplingRuleRecords.length, 1);
  assert.deepEqual(await operations.UntagResource({ ResourceARN: groupAt, TagKeys: ['team', 'none'] }, caller), {});
  assert.deepEqual(await tags(groupAt), { x: '' });
});

test('InvalidRequestException: a reserved key', async () => {
  const { tag, tags } = await under();
  await assert.rejects(tag(groupAt, { 'AWS:x': '1' }), { code: 'InvalidRequestException' });
  assert.deepEqual(await tags(groupAt), { team: 'a' });
});

test('TooManyTagsException: the 51st', async () => {
  const { tag } = await under();
  await tag(groupAt, Object.fromEntries(Array.from({ length: 49 }, (_, i) => [`key ${i}`, ''])));
  await tag(groupAt, { team: 'again' });
  await assert.rejects(tag(groupAt, { more: '' }), { code: 'TooManyTagsException', fields: { ResourceName: groupAt } });
});

test('ResourceNotFoundException', async () => {
  const { tags, tag } = await under();
  for (const arn of [
    `${groupAt}A`,
    `${defaultAt}s`,
    'arn:aws:xray:eu-west-1:222222222222:sampling-rule/Default',
    '',
    'x/\u0000',
  ]) {
    await assert.rejects(tags(arn), { code: 'ResourceNotFoundException' }, arn);
    await assert.rejects(tag(arn, { a: '' }), { code: 'ResourceNotFoundException', fields: { ResourceName: arn } }, arn);
  }
});
