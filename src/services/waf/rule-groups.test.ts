import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { admin, caller, ruleOf, visibility, wafExample } from './testing/waf-examples.ts';

const labelled = ruleOf(admin, { RuleLabels: [{ Name: 'b' }, { Name: 'a' }] });
const looking = ruleOf({ LabelMatchStatement: { Scope: 'LABEL', Key: 'seen:b' } }, { Priority: 1 });

describe('200', () => {
  test('a group is created, read, changed, listed and deleted', async () => {
    const { operations, createRuleGroup } = wafExample();
    const more = { Description: 'ours', CustomResponseBodies: { no: { ContentType: 'TEXT_PLAIN', Content: 'no' } } };
    const { ref, arn } = await createRuleGroup('shop', 10, [labelled, looking], more);
    assert.match(arn, /^arn:aws:wafv2:eu-west-1:111111111111:regional\/rulegroup\/shop\//);
    const { RuleGroup, LockToken } = await operations.GetRuleGroup(ref, caller);
    assert.equal(LockToken, ref.LockToken);
    const namespace = 'awswaf:111111111111:rulegroup:shop:';
    assert.deepEqual(RuleGroup, {
      ...{ Name: 'shop', Id: ref.Id, ARN: arn, ...more, Capacity: 10, LabelNamespace: namespace },
      ...{ Rules: [labelled, looking], VisibilityConfig: visibility },
      AvailableLabels: [{ Name: `${namespace}a` }, { Name: `${namespace}b` }],
      ConsumedLabels: [{ Name: 'seen:b' }],
    });
    assert.deepEqual((await operations.GetRuleGroup({ ARN: arn }, caller)).RuleGroup, RuleGroup);

    const next = { ...ref, VisibilityConfig: visibility };
    const { NextLockToken = '' } = await operations.UpdateRuleGroup(next, caller);
    const { RuleGroup: emptied } = await operations.GetRuleGroup(ref, caller);
    assert.deepEqual(emptied, {
      ...{ Name: 'shop', Id: ref.Id, ARN: arn, Description: '', Capacity: 10, LabelNamespace: namespace },
      ...{ Rules: [], VisibilityConfig: visibility },
    });
    const { RuleGroups } = await operations.ListRuleGroups({ Scope: 'REGIONAL' }, caller);
    assert.deepEqual(RuleGroups, [{ Name: 'shop', Id: ref.Id, ARN: arn, Description: '', LockToken: NextLockToken }]);
    await operations.DeleteRuleGroup({ ...ref, LockToken: NextLockToken }, caller);
    await assert.rejects(operations.GetRuleGroup({ ARN: arn }, caller), { code: 'WAFNonexistentItemException' });
  });

  test('a permission policy is kept, told of, shown and ends with its group', async () => {
    const { operations, createRuleGroup, told } = wafExample();
    const { ref, arn: ResourceArn } = await createRuleGroup('shop', 10);
    const gone = { code: 'WAFNonexistentItemException' };
    await assert.rejects(operations.GetPermissionPolicy({ ResourceArn }, caller), gone);
    const Policy = JSON.stringify({
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Principal: { AWS: '222222222222' }, Action: ['wafv2:CreateWebACL'] },
    });
    assert.deepEqual(await operations.PutPermissionPolicy({ ResourceArn, Policy }, caller), {});
    assert.deepEqual(told, ['The permission policy of a WAF rule group']);
    assert.deepEqual(await operations.GetPermissionPolicy({ ResourceArn }, caller), { Policy });
    assert.deepEqual(await operations.DeletePermissionPolicy({ ResourceArn }, caller), {});
    await assert.rejects(operations.DeletePermissionPolicy({ ResourceArn }, caller), gone);
    await operations.PutPermissionPolicy({ ResourceArn, Policy }, caller);
    await operations.DeleteRuleGroup(ref, caller);
    await assert.rejects(operations.GetPermissionPolicy({ ResourceArn }, caller), gone);
  });
});

describe('WAFInvalidParameterException', () => {
  const over = (units: number) => ({
    code: 'WAFInvalidParameterException',
    message: `Error reason: You exceeded the capacity limit for a rule group or web ACL., field: RULE_GROUP, parameter: ${units}`,
  });

  test('rules that cost more than the group has', async () => {
    const { operations, createRuleGroup } = wafExample();
    await assert.rejects(createRuleGroup('shop', 1, [ruleOf(admin)]), over(2));
    const { ref } = await createRuleGroup('shop', 2, [ruleOf(admin)]);
    const more = { ...ref, VisibilityConfig: visibility, Rules: [ruleOf(admin), ruleOf(admin, { Priority: 1 })] };
    await assert.rejects(operations.UpdateRuleGroup(more, caller), over(4));
  });

  test('more than there can be', async () => {
    const { createRuleGroup } = wafExample();
    await assert.rejects(createRuleGroup('shop', 5001), over(5001));
    await createRuleGroup('shop', 5000);
  });

  test('prices, which are not run', async () => {
    const { createRuleGroup } = wafExample();
    await assert.rejects(createRuleGroup('shop', 1, [], { MonetizationConfig: {} }), /MONETIZATION_CONFIG/);
  });
});

test('WAFInvalidPermissionPolicyException', async () => {
  const { operations, createRuleGroup } = wafExample();
  const { arn: ResourceArn } = await createRuleGroup('shop', 10);
  const statement = { Effect: 'Allow', Principal: '*', Action: 'wafv2:CreateWebACL' };
  const policies = [
    '{',
    JSON.stringify({ Version: '2012-10-17', Statement: { ...statement, Effect: 'Deny' } }),
    JSON.stringify({ Version: '2012-10-17', Statement: { ...statement, Resource: '*' } }),
  ];
  for (const Policy of policies) {
    const put = operations.PutPermissionPolicy({ ResourceArn, Policy }, caller);
    await assert.rejects(put, { code: 'WAFInvalidPermissionPolicyException' }, Policy);
  }
});

test('WAFAssociatedItemException: a web ACL uses it', async () => {
  const { operations, createRuleGroup, createWebAcl } = wafExample();
  const { ref, arn } = await createRuleGroup('shop', 10);
  await createWebAcl('acl', [ruleOf({ RuleGroupReferenceStatement: { ARN: arn } }, { OverrideAction: { None: {} } })]);
  await assert.rejects(operations.DeleteRuleGroup(ref, caller), { code: 'WAFAssociatedItemException' });
});
