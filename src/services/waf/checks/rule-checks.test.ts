// What rules may be: each row one thing that is wrong with an otherwise right web ACL or rule group.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { FieldToMatch, Rule, Statement, TextTransformation } from '@aws-sdk/client-wafv2';
import { admin, rateOf, ruleOf, wafExample } from '../testing/waf-examples.ts';

const none: TextTransformation[] = [{ Priority: 0, Type: 'NONE' }];
const common = { VendorName: 'AWS', Name: 'AWSManagedRulesCommonRuleSet' };
const managed: Statement = { ManagedRuleGroupStatement: common };
const overridden = { OverrideAction: { None: {} } };

function sizeOf(FieldToMatch: FieldToMatch, TextTransformations = none): Statement {
  return { SizeConstraintStatement: { FieldToMatch, TextTransformations, ComparisonOperator: 'GT', Size: 1 } };
}

function nested(depth: number): Statement {
  return depth === 0 ? admin : { NotStatement: { Statement: nested(depth - 1) } };
}

function headers(count: number) {
  return Array.from({ length: count }, (_, i) => ({ Name: `x-${i}`, Value: 'v' }));
}

function blocking(CustomResponse: object): Partial<Rule> {
  return { Action: { Block: { CustomResponse: { ResponseCode: 403, ...CustomResponse } } } };
}

interface Row {
  readonly desc: string;
  readonly statement?: Statement;
  readonly more?: Partial<Rule>;
  /** Field and parameter of the refusal. */
  readonly at: readonly [field: string, parameter: string];
}

const rows: readonly Row[] = [
  // How rules are put together.
  { desc: 'no statement', statement: {}, at: ['STATEMENT', 'Statement'] },
  { desc: 'two statements', statement: { ...admin, ...sizeOf({ Method: {} }) }, at: ['STATEMENT', 'Statement'] },
  { desc: 'neither action', more: { Action: undefined }, at: ['RULE', 'Rule'] },
  { desc: 'both actions', more: { ...overridden, Action: { Block: {} } }, at: ['RULE', 'Rule'] },
  { desc: 'an override beside no group', more: overridden, at: ['RULE', 'Statement'] },
  { desc: 'an action beside a group', statement: managed, at: ['RULE', 'Statement'] },
  { desc: 'two actions in one', more: { Action: { Block: {}, Allow: {} } }, at: ['RULE_ACTION', 'RuleAction'] },
  { desc: 'no action in one', more: { Action: {} }, at: ['RULE_ACTION', 'RuleAction'] },
  { desc: 'an action that is not run', more: { Action: { Monetize: {} } }, at: ['RULE_ACTION', 'Monetize'] },
  {
    desc: 'two overrides',
    statement: managed,
    more: { OverrideAction: { None: {}, Count: {} } },
    at: ['OVERRIDE_ACTION', 'OverrideAction'],
  },
  {
    desc: 'labels beside a group',
    statement: managed,
    more: { ...overridden, RuleLabels: [{ Name: 'a' }] },
    at: ['RULE', 'rule-0'],
  },
  { desc: 'a reserved label', more: { RuleLabels: [{ Name: 'a:awswaf' }] }, at: ['RULE', 'a:awswaf'] },
  { desc: 'a label of six namespaces', more: { RuleLabels: [{ Name: 'a:b:c:d:e:f:g' }] }, at: ['RULE', 'a:b:c:d:e:f:g'] },
  { desc: 'a label that ends in a colon', more: { RuleLabels: [{ Name: 'a:' }] }, at: ['RULE', 'a:'] },
  // Custom requests and responses.
  { desc: 'a code that is not supported', more: blocking({ ResponseCode: 418 }), at: ['CUSTOM_RESPONSE', '418'] },
  { desc: 'a body that is not there', more: blocking({ CustomResponseBodyKey: 'x' }), at: ['CUSTOM_RESPONSE', 'x'] },
  {
    desc: 'a content type',
    more: blocking({ ResponseHeaders: [{ Name: 'Content-Type', Value: 'a/b' }] }),
    at: ['HEADER_NAME', 'content-type'],
  },
  ...['Content-Length', 'transfer-encoding', 'Date', 'X-Amzn-RequestId'].map((Name) => ({
    desc: `a header that the gateway writes: ${Name}`,
    more: blocking({
      ResponseHeaders: [
        { Name: 'Retry-After', Value: '1' },
        { Name, Value: '1' },
      ],
    }),
    at: ['HEADER_NAME', Name] as const,
  })),
  {
    desc: 'a header twice',
    more: blocking({ ResponseHeaders: ['a', 'A'].map((Name) => ({ Name, Value: 'v' })) }),
    at: ['CUSTOM_RESPONSE', 'A'],
  },
  {
    desc: 'a line break in a header',
    more: { Action: { Allow: { CustomRequestHandling: { InsertHeaders: [{ Name: 'a', Value: 'b\r\nc: d' }] } } } },
    at: ['CUSTOM_REQUEST_HANDLING', 'a'],
  },
  // Components.
  { desc: 'no component', statement: sizeOf({}), at: ['FIELD_TO_MATCH', 'FieldToMatch'] },
  { desc: 'two components', statement: sizeOf({ Method: {}, UriPath: {} }), at: ['FIELD_TO_MATCH', 'FieldToMatch'] },
  {
    desc: 'a pattern of headers that says two things',
    statement: sizeOf({
      Headers: { MatchPattern: { All: {}, IncludedHeaders: ['a'] }, MatchScope: 'ALL', OversizeHandling: 'MATCH' },
    }),
    at: ['HEADER_MATCH_PATTERN', 'MatchPattern'],
  },
  {
    desc: 'a pattern of cookies that says nothing',
    statement: sizeOf({ Cookies: { MatchPattern: {}, MatchScope: 'ALL', OversizeHandling: 'MATCH' } }),
    at: ['COOKIE_MATCH_PATTERN', 'MatchPattern'],
  },
  {
    desc: 'a pattern of JSON that says nothing',
    statement: sizeOf({ JsonBody: { MatchPattern: {}, MatchScope: 'ALL' } }),
    at: ['JSON_MATCH_PATTERN', 'MatchPattern'],
  },
  {
    desc: 'a long name of an argument',
    statement: sizeOf({ SingleQueryArgument: { Name: 'a'.repeat(31) } }),
    at: ['SINGLE_QUERY_ARGUMENT', 'a'.repeat(31)],
  },
  { desc: 'no transformation', statement: sizeOf({ Method: {} }, []), at: ['TEXT_TRANSFORMATION', 'TextTransformations'] },
  {
    desc: 'transformations of one priority',
    statement: sizeOf({ Method: {} }, [...none, { Priority: 0, Type: 'LOWERCASE' }]),
    at: ['TEXT_TRANSFORMATION', '0'],
  },
  // Statements.
  {
    desc: 'an AND of one',
    statement: { AndStatement: { Statements: [admin] } },
    at: ['AND_STATEMENT', 'AndStatement'],
  },
  { desc: 'an OR of one', statement: { OrStatement: { Statements: [admin] } }, at: ['OR_STATEMENT', 'OrStatement'] },
  { desc: 'a NOT of nothing', statement: { NotStatement: { Statement: {} } }, at: ['STATEMENT', 'Statement'] },
  { desc: 'too deep', statement: nested(21), at: ['STATEMENT', 'Statement'] },
  {
    desc: 'a search string that is too long',
    statement: { ByteMatchStatement: { ...(admin.ByteMatchStatement as object), SearchString: Buffer.alloc(201) } as never },
    at: ['BYTE_MATCH_STATEMENT', 'SearchString'],
  },
  {
    desc: 'a pattern that cannot run',
    statement: { RegexMatchStatement: { RegexString: 'a(?=b)', FieldToMatch: { Method: {} }, TextTransformations: none } },
    at: ['STATEMENT', 'a(?=b)'],
  },
  {
    desc: 'a label that ends in a colon is a namespace',
    statement: { LabelMatchStatement: { Scope: 'LABEL', Key: 'a:' } },
    at: ['LABEL_MATCH_STATEMENT', 'a:'],
  },
  {
    desc: 'a namespace that does not end in a colon is a label',
    statement: { LabelMatchStatement: { Scope: 'NAMESPACE', Key: 'a' } },
    at: ['LABEL_MATCH_STATEMENT', 'a'],
  },
  {
    desc: 'countries, of which nothing is known',
    statement: { GeoMatchStatement: { CountryCodes: ['CH'] } },
    at: ['GEO_MATCH_STATEMENT', 'GeoMatchStatement'],
  },
  {
    desc: 'networks, of which nothing is known',
    statement: { NotStatement: { Statement: { AsnMatchStatement: { AsnList: [64496] } } } },
    at: ['STATEMENT', 'AsnMatchStatement'],
  },
  // Rates.
  { desc: 'a window of another size', statement: rateOf({ EvaluationWindowSec: 90 }), at: ['RATE_BASED_STATEMENT', '90'] },
  { desc: 'custom keys of no key', statement: rateOf({ AggregateKeyType: 'CUSTOM_KEYS' }), at: ['CUSTOM_KEYS', 'CustomKeys'] },
  { desc: 'keys beside IP', statement: rateOf({ CustomKeys: [{ HTTPMethod: {} }] }), at: ['CUSTOM_KEYS', 'CustomKeys'] },
  {
    desc: 'an address alone as a custom key',
    statement: rateOf({ AggregateKeyType: 'CUSTOM_KEYS', CustomKeys: [{ IP: {} }] }),
    at: ['CUSTOM_KEYS', 'CustomKeys'],
  },
  {
    desc: 'the network as a custom key',
    statement: rateOf({ AggregateKeyType: 'CUSTOM_KEYS', CustomKeys: [{ ASN: {} }] }),
    at: ['CUSTOM_KEYS', 'ASN'],
  },
  {
    desc: 'a custom key of two',
    statement: rateOf({ AggregateKeyType: 'CUSTOM_KEYS', CustomKeys: [{ HTTPMethod: {}, IP: {} }] }),
    at: ['CUSTOM_KEYS', 'CustomKeys'],
  },
  {
    desc: 'a forwarded address from nowhere',
    statement: rateOf({ AggregateKeyType: 'FORWARDED_IP' }),
    at: ['FORWARDED_IP_CONFIG', 'ForwardedIPConfig'],
  },
  {
    desc: 'everything together, of everything',
    statement: rateOf({ AggregateKeyType: 'CONSTANT' }),
    at: ['SCOPE_DOWN', 'ScopeDownStatement'],
  },
  {
    desc: 'a rate inside another statement',
    statement: { NotStatement: { Statement: rateOf() } },
    at: ['STATEMENT', 'RateBasedStatement'],
  },
  {
    desc: 'a rate inside a rate',
    statement: rateOf({ ScopeDownStatement: rateOf() }),
    at: ['STATEMENT', 'RateBasedStatement'],
  },
  // Groups.
  {
    desc: 'a group inside another statement',
    statement: { OrStatement: { Statements: [admin, managed] } },
    at: ['STATEMENT', 'ManagedRuleGroupStatement'],
  },
  {
    desc: 'a group that cannot run here',
    statement: { ManagedRuleGroupStatement: { VendorName: 'AWS', Name: 'AWSManagedRulesATPRuleSet' } },
    more: overridden,
    at: ['MANAGED_RULE_SET_STATEMENT', 'AWSManagedRulesATPRuleSet'],
  },
  {
    desc: 'a configuration that the group does not have',
    statement: { ManagedRuleGroupStatement: { ...common, ManagedRuleGroupConfigs: [{ LoginPath: '/login' }] } },
    more: overridden,
    at: ['MANAGED_RULE_GROUP_CONFIG', 'LoginPath'],
  },
  {
    desc: 'a rule overridden twice',
    statement: {
      ManagedRuleGroupStatement: {
        ...common,
        ExcludedRules: [{ Name: 'a' }],
        RuleActionOverrides: [{ Name: 'a', ActionToUse: { Count: {} } }],
      },
    },
    more: overridden,
    at: ['EXCLUDED_RULE', 'a'],
  },
  {
    desc: 'an override with nothing',
    statement: { ManagedRuleGroupStatement: { ...common, RuleActionOverrides: [{ Name: 'a', ActionToUse: {} }] } },
    more: overridden,
    at: ['RULE_ACTION', 'RuleAction'],
  },
];

describe('WAFInvalidParameterException', () => {
  for (const { desc, statement = admin, more, at } of rows) {
    test(desc, async () => {
      const { createWebAcl } = wafExample();
      await assert.rejects(createWebAcl('acl', [ruleOf(statement, more)]), (error: { code: string; fields: object }) => {
        assert.equal(error.code, 'WAFInvalidParameterException');
        assert.partialDeepStrictEqual(error.fields, { Field: at[0], Parameter: at[1] });
        return true;
      });
    });
  }

  test('names and priorities twice', async () => {
    const { createWebAcl } = wafExample();
    const first = ruleOf(admin);
    await assert.rejects(createWebAcl('acl', [first, ruleOf(admin, { Priority: 1, Name: 'rule-0' })]), /same name/);
    await assert.rejects(createWebAcl('acl', [first, ruleOf(admin, { Name: 'other' })]), /same priority/);
    await createWebAcl('acl', [first, ruleOf(admin, { Priority: 1 })]);
  });

  test('a group in a rule group', async () => {
    const { createRuleGroup } = wafExample();
    const { arn } = await createRuleGroup('inner', 10);
    for (const statement of [managed, { RuleGroupReferenceStatement: { ARN: arn } }]) {
      await assert.rejects(createRuleGroup('outer', 1000, [ruleOf(statement, overridden)]), /cannot refer to rule groups/);
    }
  });

  test('an override of a rule that an own group does not have', async () => {
    const { createRuleGroup, createWebAcl } = wafExample();
    const { arn } = await createRuleGroup('inner', 10, [ruleOf(admin)]);
    const using = (name: string) =>
      ruleOf({ RuleGroupReferenceStatement: { ARN: arn, ExcludedRules: [{ Name: name }] } }, overridden);
    await assert.rejects(createWebAcl('acl', [using('other')]), /no rule of that name/);
    await createWebAcl('acl', [using('rule-0')]);
    const ExcludedRules = [{ Name: 'nobody knows' }];
    await createWebAcl('managed', [ruleOf({ ManagedRuleGroupStatement: { ...common, ExcludedRules } }, overridden)]);
  });

  test('an ARN of something else', async () => {
    const { createWebAcl, createIpSet } = wafExample();
    const { arn } = await createIpSet('set');
    const reference = {
      RegexPatternSetReferenceStatement: { ARN: arn, FieldToMatch: { Method: {} }, TextTransformations: none },
    };
    await assert.rejects(createWebAcl('acl', [ruleOf(reference)]), /The ARN isn't valid/);
  });
});

test('200: actions with all that they may have', async () => {
  const { createWebAcl } = wafExample();
  const handling = { CustomRequestHandling: { InsertHeaders: headers(10) } };
  const actions = [
    { Allow: handling },
    { Count: handling },
    { Captcha: handling },
    { Challenge: handling },
    { Block: { CustomResponse: { ResponseCode: 429, CustomResponseBodyKey: 'busy', ResponseHeaders: headers(10) } } },
  ];
  const rules = actions.map((Action, Priority) => ruleOf(nested(20), { Priority, Action }));
  await createWebAcl('acl', rules, { CustomResponseBodies: { busy: { ContentType: 'TEXT_PLAIN', Content: 'busy' } } });
});

test('WAFNonexistentItemException: sets, groups, managed groups and versions that are not there', async () => {
  const { createWebAcl } = wafExample();
  const set = 'arn:aws:wafv2:eu-west-1:111111111111:regional/ipset/a/00000000-0000-0000-0000-000000000000';
  const gone = { code: 'WAFNonexistentItemException' };
  await assert.rejects(createWebAcl('acl', [ruleOf({ IPSetReferenceStatement: { ARN: set } })]), gone);
  const group = { RuleGroupReferenceStatement: { ARN: set.replace('ipset', 'rulegroup') } };
  await assert.rejects(createWebAcl('acl', [ruleOf(group, overridden)]), gone);
  for (const other of [{ Name: 'AWSKnownBadInputs' }, { VendorName: 'Other' }, { Version: 'Version_9.0' }]) {
    const statement = { ManagedRuleGroupStatement: { ...common, ...other } };
    await assert.rejects(createWebAcl('acl', [ruleOf(statement, overridden)]), gone);
  }
});

describe('WAFLimitsExceededException', () => {
  const exceeded = { code: 'WAFLimitsExceededException' };

  test('the eleventh rate of a web ACL, the fifth of a group', async () => {
    const { createWebAcl, createRuleGroup } = wafExample();
    const rates = Array.from({ length: 11 }, (_, Priority) => ruleOf(rateOf(), { Priority }));
    await assert.rejects(createWebAcl('acl', rates), exceeded);
    await createWebAcl('acl', rates.slice(1));
    await assert.rejects(createRuleGroup('group', 100, rates.slice(0, 5)), exceeded);
    await createRuleGroup('group', 100, rates.slice(0, 4));
  });

  test('the eleventh transformation, and the eleventh header', async () => {
    const { createWebAcl } = wafExample();
    const steps = Array.from({ length: 11 }, (_, Priority) => ({ Priority, Type: 'LOWERCASE' as const }));
    await assert.rejects(createWebAcl('acl', [ruleOf(sizeOf({ Method: {} }, steps))]), exceeded);
    await createWebAcl('acl', [ruleOf(sizeOf({ Method: {} }, steps.slice(1)))]);
    await assert.rejects(createWebAcl('more', [ruleOf(admin, blocking({ ResponseHeaders: headers(11) }))]), exceeded);
  });

  test('the 101st header of a web ACL', async () => {
    const { createWebAcl } = wafExample();
    const rules = Array.from({ length: 11 }, (_, Priority) =>
      ruleOf(admin, { Priority, ...blocking({ ResponseHeaders: headers(10) }) }),
    );
    await assert.rejects(createWebAcl('acl', rules), exceeded);
    await createWebAcl('acl', rules.slice(1));
  });
});
