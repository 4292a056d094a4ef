// IP sets as their owner sees them, grouped by what AWS answers; what all four nouns have in common is tested here.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { admin, caller, ruleOf, wafExample } from './testing/waf-examples.ts';

const uuid = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/;

describe('200', () => {
  test('a set is created, read, changed, listed and deleted', async () => {
    const { operations } = wafExample();
    const given = { Name: 'office', Scope: 'REGIONAL', IPAddressVersion: 'IPV6', Description: 'ours' } as const;
    const { Summary = {} } = await operations.CreateIPSet({ ...given, Addresses: ['2001:db8::/32'] }, caller);
    const { Id = '', LockToken = '' } = Summary;
    const ARN = `arn:aws:wafv2:eu-west-1:111111111111:regional/ipset/office/${Id}`;
    assert.match(Id, uuid);
    assert.match(LockToken, uuid);
    assert.deepEqual(Summary, { Name: 'office', Id, Description: 'ours', LockToken, ARN });
    const named = { Name: 'office', Scope: 'REGIONAL', Id } as const;
    const IPSet = { ...{ Name: 'office', Id, ARN, Description: 'ours' }, IPAddressVersion: 'IPV6', Addresses: ['2001:db8::/32'] };
    assert.deepEqual(await operations.GetIPSet(named, caller), { IPSet, LockToken });

    const { NextLockToken = '' } = await operations.UpdateIPSet({ ...named, LockToken, Addresses: [] }, caller);
    assert.match(NextLockToken, uuid);
    assert.notEqual(NextLockToken, LockToken);
    const emptied = { ...IPSet, Description: '', Addresses: [] };
    assert.deepEqual(await operations.GetIPSet(named, caller), { IPSet: emptied, LockToken: NextLockToken });
    const { IPSets } = await operations.ListIPSets({ Scope: 'REGIONAL' }, caller);
    assert.deepEqual(IPSets, [{ ...Summary, Description: '', LockToken: NextLockToken }]);
    assert.deepEqual(await operations.DeleteIPSet({ ...named, LockToken: NextLockToken }, caller), {});
    assert.deepEqual(await operations.ListIPSets({ Scope: 'REGIONAL' }, caller), { IPSets: [] });
  });

  test('lists come in pages, by name', async () => {
    const { operations, createIpSet } = wafExample();
    for (const name of ['c', 'a', 'b']) await createIpSet(name);
    const first = await operations.ListIPSets({ Scope: 'REGIONAL', Limit: 2 }, caller);
    const rest = await operations.ListIPSets({ Scope: 'REGIONAL', Limit: 2, NextMarker: first.NextMarker ?? '' }, caller);
    const names = [...(first.IPSets ?? []), ...(rest.IPSets ?? [])].map(({ Name }) => Name);
    assert.deepEqual(names, ['a', 'b', 'c']);
    assert.equal(rest.NextMarker, undefined);
    const wrong = operations.ListIPSets({ Scope: 'REGIONAL', NextMarker: 'x' }, caller);
    await assert.rejects(wrong, { code: 'WAFInvalidParameterException' });
  });

  test('what is for CloudFront has a place of its own, in us-east-1, and is told of', async () => {
    const { operations, told } = wafExample();
    const virginia = { ...caller, region: 'us-east-1' };
    const set = { Name: 'edge', IPAddressVersion: 'IPV4', Addresses: [] as string[] } as const;
    const { Summary } = await operations.CreateIPSet({ ...set, Scope: 'CLOUDFRONT' }, virginia);
    assert.match(Summary?.ARN ?? '', /^arn:aws:wafv2:us-east-1:111111111111:global\/ipset\/edge\//);
    assert.deepEqual(told, ['What WAF has for the scope CLOUDFRONT']);
    await operations.CreateIPSet({ ...set, Scope: 'REGIONAL' }, virginia);
    assert.equal(told.length, 1);
    await assert.rejects(operations.CreateIPSet({ ...set, Scope: 'CLOUDFRONT' }, caller), {
      code: 'WAFInvalidParameterException',
      message: 'Error reason: The scope is not valid., field: SCOPE_VALUE, parameter: CLOUDFRONT',
      fields: { Field: 'SCOPE_VALUE', Parameter: 'CLOUDFRONT', Reason: 'The scope is not valid.' },
    });
  });
});

test('WAFInvalidParameterException: blocks that are none', async () => {
  const { operations, createIpSet } = wafExample();
  const message = (block: string) =>
    `Error reason: The parameter contains formatting that is not valid., field: IP_ADDRESS, parameter: ${block}`;
  await assert.rejects(createIpSet('a', ['10.0.0.0/8', '0.0.0.0/0']), { message: message('0.0.0.0/0') });
  const { ref } = await createIpSet('a');
  const changed = operations.UpdateIPSet({ ...ref, Addresses: ['2001:db8::/32'] }, caller);
  await assert.rejects(changed, { message: message('2001:db8::/32') });
});

test('WAFDuplicateItemException: a name that is taken', async () => {
  const { createIpSet } = wafExample();
  await createIpSet('a');
  await assert.rejects(createIpSet('a'), { code: 'WAFDuplicateItemException' });
});

test('WAFOptimisticLockException: somebody else was first', async () => {
  const { operations, createIpSet } = wafExample();
  const { ref } = await createIpSet('a');
  await operations.UpdateIPSet({ ...ref, Addresses: [] }, caller);
  await assert.rejects(operations.UpdateIPSet({ ...ref, Addresses: [] }, caller), { code: 'WAFOptimisticLockException' });
  await assert.rejects(operations.DeleteIPSet(ref, caller), { code: 'WAFOptimisticLockException' });
});

test('WAFNonexistentItemException: neither name nor id alone will do', async () => {
  const { operations, createIpSet } = wafExample();
  const { ref } = await createIpSet('a');
  for (const other of [{ Name: 'b' }, { Id: '00000000-0000-0000-0000-000000000000' }, { Id: 'x\u0000' }]) {
    await assert.rejects(operations.GetIPSet({ ...ref, ...other }, caller), { code: 'WAFNonexistentItemException' });
  }
  const elsewhere = operations.GetIPSet(ref, { ...caller, region: 'eu-west-2' });
  await assert.rejects(elsewhere, { code: 'WAFNonexistentItemException' });
});

test('WAFAssociatedItemException: a rule refers to it, however deep', async () => {
  const { operations, createIpSet, createWebAcl, createRuleGroup } = wafExample();
  const { ref, arn } = await createIpSet('a');
  const outside = { NotStatement: { Statement: { IPSetReferenceStatement: { ARN: arn } } } };
  const acl = await createWebAcl('acl', [ruleOf({ AndStatement: { Statements: [admin, outside] } })]);
  await assert.rejects(operations.DeleteIPSet(ref, caller), { code: 'WAFAssociatedItemException' });
  const group = await createRuleGroup('group', 50, [ruleOf(outside)]);
  await operations.DeleteWebACL(acl.ref, caller);
  await assert.rejects(operations.DeleteIPSet(ref, caller), { code: 'WAFAssociatedItemException' });
  await operations.DeleteRuleGroup(group.ref, caller);
  await operations.DeleteIPSet(ref, caller);
});

test('WAFLimitsExceededException: the 10001st block, and the 101st set', async () => {
  const { createIpSet } = wafExample();
  const blocks = Array.from({ length: 10_001 }, (_, i) => `10.${i >> 8}.${i & 255}.0/24`);
  await assert.rejects(createIpSet('a', blocks), { code: 'WAFLimitsExceededException' });
  await createIpSet('a', blocks.slice(1));
  for (let i = 1; i < 100; i++) await createIpSet(`set-${i}`, []);
  await assert.rejects(createIpSet('more', []), { code: 'WAFLimitsExceededException' });
});
