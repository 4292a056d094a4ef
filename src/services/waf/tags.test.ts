import assert from 'node:assert/strict';
import { test } from 'node:test';
import { caller, wafExample } from './testing/waf-examples.ts';

async function under() {
  const example = wafExample();
  const { operations, createWebAcl } = example;
  const { ref, arn } = await createWebAcl('shop', [], { Tags: [{ Key: 'team', Value: 'a' }] });
  const tag = (ResourceARN: string, tags: Record<string, string>) =>
    operations.TagResource({ ResourceARN, Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) }, caller);
  const tags = async (ResourceARN: string) => {
    const { TagInfoForResource: info } = await operations.ListTagsForResource({ ResourceARN }, caller);
    assert.equal(info?.ResourceARN, ResourceARN);
    return Object.fromEntries((info?.TagList ?? []).map(({ Key = '', Value }) => [Key, Value]));
  };
  return { ...example, ref, arn, tag, tags };
}

test('web ACLs, groups and sets are tagged, when they are created and later', async () => {
  const { operations, createIpSet, createRuleGroup, ref, arn, tag, tags } = await under();
  assert.deepEqual(await tags(arn), { team: 'a' });
  assert.deepEqual(await tag(arn, { team: 'b', x: '' }), {});
  assert.deepEqual(await tags(arn), { team: 'b', x: '' });
  assert.deepEqual(await operations.UntagResource({ ResourceARN: arn, TagKeys: ['team', 'none'] }, caller), {});
  assert.deepEqual(await tags(arn), { x: '' });
  for (const other of [await createIpSet('set'), await createRuleGroup('group', 1)]) {
    await tag(other.arn, { team: 'c' });
    assert.deepEqual(await tags(other.arn), { team: 'c' });
  }
  // A tag is no change of the web ACL: the lock token holds.
  const changed = { DefaultAction: { Allow: {} }, VisibilityConfig: { MetricName: 'm' } as never };
  await operations.UpdateWebACL({ ...ref, ...changed }, caller);
  assert.deepEqual(await tags(arn), { x: '' });
});

test('tags come in pages', async () => {
  const { operations, arn, tag } = await under();
  await tag(arn, { x: '', y: '' });
  const first = await operations.ListTagsForResource({ ResourceARN: arn, Limit: 2 }, caller);
  assert.equal(first.TagInfoForResource?.TagList?.length, 2);
  const NextMarker = first.NextMarker ?? '';
  const rest = await operations.ListTagsForResource({ ResourceARN: arn, Limit: 2, NextMarker }, caller);
  assert.deepEqual(rest.TagInfoForResource?.TagList, [{ Key: 'y', Value: '' }]);
});

test('WAFTagOperationException: a reserved key', async () => {
  const { arn, tag, tags, createWebAcl } = await under();
  await assert.rejects(tag(arn, { 'aws:x': '' }), { code: 'WAFTagOperationException' });
  await assert.rejects(createWebAcl('other', [], { Tags: [{ Key: 'AWS:x', Value: '' }] }), { code: 'WAFTagOperationException' });
  assert.deepEqual(await tags(arn), { team: 'a' });
});

test('WAFLimitsExceededException: the 51st tag', async () => {
  const { arn, tag } = await under();
  await tag(arn, Object.fromEntries(Array.from({ length: 49 }, (_, i) => [`key ${i}`, ''])));
  await assert.rejects(tag(arn, { more: '' }), { code: 'WAFLimitsExceededException' });
});

test('WAFNonexistentItemException and WAFInvalidParameterException: what is not there, and what has no tags', async () => {
  const { arn, tag, tags } = await under();
  const gone = `${arn.slice(0, -36)}00000000-0000-0000-0000-000000000000`;
  await assert.rejects(tags(gone), { code: 'WAFNonexistentItemException' });
  await assert.rejects(tag(gone, { a: '' }), { code: 'WAFNonexistentItemException' });
  for (const wrong of ['x', arn.replace('webacl', 'managedruleset'), arn.replace('eu-west-1', 'eu-west-2')]) {
    await assert.rejects(tags(wrong), { code: 'WAFInvalidParameterException' }, wrong);
  }
});
