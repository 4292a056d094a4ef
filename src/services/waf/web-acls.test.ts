// Web ACLs as their owner sees them, grouped by what AWS answers.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { toDocument } from './rule-document.ts';
import { admin, caller, rateOf, ruleOf, visibility, wafExample } from './testing/waf-examples.ts';
import { type WebAclDocument, webAclKind } from './waf-documents.ts';

/** Every member that is run. */
const settings = {
  DefaultAction: { Block: { CustomResponse: { ResponseCode: 429, CustomResponseBodyKey: 'busy' } } },
  Description: 'in front of the shop',
  CustomResponseBodies: { busy: { ContentType: 'APPLICATION_JSON', Content: '{"busy":true}' } },
  CaptchaConfig: { ImmunityTimeProperty: { ImmunityTime: 60 } },
  ChallengeConfig: { ImmunityTimeProperty: { ImmunityTime: 300 } },
  AssociationConfig: { RequestBody: { API_GATEWAY: { DefaultSizeInspectionLimit: 'KB_64' } } },
} as const;

describe('200', () => {
  test('everything comes back as it was given, bytes too', async () => {
    const { store, operations, createWebAcl, createIpSet, told } = wafExample();
    const set = await createIpSet('set');
    const managed = { VendorName: 'AWS', Name: 'AWSManagedRulesCommonRuleSet', Version: 'Version_1.0' };
    const rules = [
      ruleOf(admin, { RuleLabels: [{ Name: 'seen:admin' }], CaptchaConfig: { ImmunityTimeProperty: { ImmunityTime: 90 } } }),
      ruleOf(rateOf({ ScopeDownStatement: admin, EvaluationWindowSec: 60 }), { Priority: 1 }),
      ruleOf({ ManagedRuleGroupStatement: managed }, { Priority: 2, OverrideAction: { None: {} } }),
      ruleOf({ NotStatement: { Statement: { IPSetReferenceStatement: { ARN: set.arn } } } }, { Priority: 3 }),
    ];
    const { ref, arn } = await createWebAcl('shop', rules, settings);
    const { WebACL, LockToken } = await operations.GetWebACL(ref, caller);
    assert.equal(LockToken, ref.LockToken);
    assert.deepEqual(WebACL, {
      ...{ Name: 'shop', Id: ref.Id, ARN: arn, ...settings, Rules: rules, VisibilityConfig: visibility },
      // 2 for the string match, once more under the rate limit's 2, 700 of the group, 1 for the set, 1 for a label.
      ...{ Capacity: 708, LabelNamespace: 'awswaf:111111111111:webacl:shop:' },
      ...{ ManagedByFirewallManager: false, RetrofittedByFirewallManager: false },
    });
    assert.deepEqual((await operations.GetWebACL({ ARN: arn }, caller)).WebACL, WebACL);
    assert.deepEqual(told, []);
    const [kept] = await store.scan<WebAclDocument>(webAclKind);
    assert.deepEqual(kept?.document.rules, toDocument(rules));
  });

  test('an update replaces all of it', async () => {
    const { operations, createWebAcl } = wafExample();
    const { ref, arn } = await createWebAcl('shop', [ruleOf(admin)], settings);
    const bare = { ...ref, DefaultAction: { Allow: {} }, VisibilityConfig: visibility };
    const { NextLockToken } = await operations.UpdateWebACL(bare, caller);
    const { WebACL, LockToken } = await operations.GetWebACL(ref, caller);
    assert.equal(LockToken, NextLockToken);
    assert.deepEqual(WebACL, {
      ...{ Name: 'shop', Id: ref.Id, ARN: arn, Description: '', DefaultAction: { Allow: {} }, Rules: [] },
      ...{ VisibilityConfig: visibility, Capacity: 0, LabelNamespace: 'awswaf:111111111111:webacl:shop:' },
      ...{ ManagedByFirewallManager: false, RetrofittedByFirewallManager: false },
    });
    await assert.rejects(operations.UpdateWebACL(bare, caller), { code: 'WAFOptimisticLockException' });
    const { WebACLs } = await operations.ListWebACLs({ Scope: 'REGIONAL' }, caller);
    assert.deepEqual(WebACLs, [{ Name: 'shop', Id: ref.Id, ARN: arn, Description: '', LockToken: NextLockToken }]);
  });

  test('what is kept and does nothing is told of, and comes back', async () => {
    const { operations, createWebAcl, told } = wafExample();
    const more = {
      TokenDomains: ['example.com'],
      OnSourceDDoSProtectionConfig: { ALBLowReputationMode: 'ALWAYS_ON' },
      ApplicationConfig: { Attributes: [{ Name: 'kind', Values: ['api'] }] },
      AssociationConfig: { RequestBody: { COGNITO_USER_POOL: { DefaultSizeInspectionLimit: 'KB_32' } } },
    };
    const { ref } = await createWebAcl('shop', [], more);
    assert.deepEqual(told, [
      'TokenDomains of a web ACL',
      'OnSourceDDoSProtectionConfig of a web ACL',
      'ApplicationConfig of a web ACL',
      'AssociationConfig of a web ACL for COGNITO_USER_POOL',
    ]);
    assert.partialDeepStrictEqual((await operations.GetWebACL(ref, caller)).WebACL, more);
  });
});

describe('WAFInvalidParameterException', () => {
  for (const { desc, more, field } of [
    { desc: 'two default actions', more: { DefaultAction: { Allow: {}, Block: {} } }, field: 'DEFAULT_ACTION' },
    { desc: 'no default action', more: { DefaultAction: {} }, field: 'DEFAULT_ACTION' },
    {
      desc: 'a default action with a body that is not there',
      more: { DefaultAction: settings.DefaultAction },
      field: 'CUSTOM_RESPONSE',
    },
    {
      desc: 'a body that is no JSON',
      more: { CustomResponseBodies: { a: { ContentType: 'APPLICATION_JSON', Content: '{' } } },
      field: 'CUSTOM_RESPONSE_BODY',
    },
    { desc: 'a reserved metric name', more: { VisibilityConfig: { ...visibility, MetricName: 'All' } }, field: 'METRIC_NAME' },
    {
      desc: 'too short an immunity',
      more: { ChallengeConfig: { ImmunityTimeProperty: { ImmunityTime: 60 } } },
      field: 'CHALLENGE_CONFIG',
    },
    {
      desc: 'data protection, which is not run',
      more: { DataProtectionConfig: { DataProtections: [{ Field: { FieldType: 'BODY' }, Action: 'HASH' }] } },
      field: 'DATA_PROTECTION_CONFIG',
    },
    { desc: 'prices, which are not run', more: { MonetizationConfig: {} }, field: 'MONETIZATION_CONFIG' },
  ]) {
    test(desc, async () => {
      const { createWebAcl } = wafExample();
      await assert.rejects(createWebAcl('shop', [], more), (error: { code: string; fields: Record<string, unknown> }) => {
        assert.equal(error.code, 'WAFInvalidParameterException');
        assert.equal(error.fields['Field'], field);
        return true;
      });
    });
  }

  test('more than 5000 units', async () => {
    const { createWebAcl } = wafExample();
    const managed = { VendorName: 'AWS', Name: 'AWSManagedRulesCommonRuleSet' };
    const rules = Array.from({ length: 8 }, (_, Priority) =>
      ruleOf({ ManagedRuleGroupStatement: managed }, { Priority, OverrideAction: { None: {} } }),
    );
    await createWebAcl('seven', rules.slice(1));
    await assert.rejects(createWebAcl('eight', rules), {
      message: 'Error reason: You exceeded the capacity limit for a rule group or web ACL., field: WEB_ACL, parameter: 5600',
    });
  });
});

test('WAFLimitsExceededException: bodies that are too large', async () => {
  const { createWebAcl } = wafExample();
  const body = (bytes: number) => ({ ContentType: 'TEXT_PLAIN', Content: 'x'.repeat(bytes) });
  const many = Object.fromEntries(Array.from({ length: 13 }, (_, i) => [`key-${i}`, body(4096)]));
  for (const CustomResponseBodies of [{ a: body(4097) }, many]) {
    await assert.rejects(createWebAcl('shop', [], { CustomResponseBodies }), { code: 'WAFLimitsExceededException' });
  }
});
