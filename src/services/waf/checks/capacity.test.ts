// What rules cost: AWS's numbers, one row for each.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FieldToMatch, Rule, Statement, TextTransformationType } from '@aws-sdk/client-wafv2';
import { admin, caller, rateOf, ruleOf, wafExample } from '../testing/waf-examples.ts';

const path: FieldToMatch = { UriPath: {} };
const json: FieldToMatch = { JsonBody: { MatchPattern: { All: {} }, MatchScope: 'ALL' } };

function on(FieldToMatch: FieldToMatch, ...types: TextTransformationType[]) {
  const given: TextTransformationType[] = types.length === 0 ? ['NONE'] : types;
  return { FieldToMatch, TextTransformations: given.map((Type, Priority) => ({ Type, Priority })) };
}

function bytes(PositionalConstraint: 'EXACTLY' | 'CONTAINS', field = path, ...types: TextTransformationType[]): Statement {
  return { ByteMatchStatement: { SearchString: Buffer.from('x'), PositionalConstraint, ...on(field, ...types) } };
}

function sqli(SensitivityLevel?: 'LOW' | 'HIGH', field = path, ...types: TextTransformationType[]): Statement {
  return { SqliMatchStatement: { ...on(field, ...types), SensitivityLevel } };
}

const rows: readonly { readonly desc: string; readonly rules: readonly Rule[]; readonly units: number }[] = [
  { desc: 'no rules', rules: [], units: 0 },
  { desc: 'the start of a path', rules: [ruleOf(admin)], units: 2 },
  {
    desc: "a response whose body is the web ACL's, which is not asked about",
    rules: [ruleOf(admin, { Action: { Block: { CustomResponse: { ResponseCode: 429, CustomResponseBodyKey: 'slower' } } } })],
    units: 2,
  },
  { desc: 'an exact string', rules: [ruleOf(bytes('EXACTLY'))], units: 2 },
  { desc: 'a part of a string', rules: [ruleOf(bytes('CONTAINS'))], units: 10 },
  { desc: 'SQL injection', rules: [ruleOf(sqli())], units: 20 },
  { desc: 'SQL injection, sensitive', rules: [ruleOf(sqli('HIGH'))], units: 30 },
  { desc: 'scripts', rules: [ruleOf({ XssMatchStatement: on(path) })], units: 40 },
  {
    desc: 'a size',
    rules: [ruleOf({ SizeConstraintStatement: { ...on(path), ComparisonOperator: 'GT', Size: 1 } })],
    units: 1,
  },
  { desc: 'a pattern', rules: [ruleOf({ RegexMatchStatement: { ...on(path), RegexString: 'x' } })], units: 3 },
  { desc: 'a label', rules: [ruleOf({ LabelMatchStatement: { Scope: 'LABEL', Key: 'a' } })], units: 1 },
  { desc: 'all query arguments', rules: [ruleOf(sqli('LOW', { AllQueryArguments: {} }))], units: 30 },
  { desc: 'a JSON body', rules: [ruleOf(sqli('LOW', json))], units: 40 },
  { desc: 'two transformations', rules: [ruleOf(sqli('LOW', path, 'URL_DECODE', 'LOWERCASE'))], units: 40 },
  {
    desc: 'a transformation of one component, in two rules',
    rules: [ruleOf(sqli('LOW', path, 'LOWERCASE')), ruleOf(bytes('EXACTLY', path, 'LOWERCASE'), { Priority: 1 })],
    units: 20 + 2 + 10,
  },
  {
    desc: 'a transformation of two components',
    rules: [ruleOf(sqli('LOW', path, 'LOWERCASE')), ruleOf(sqli('LOW', { Method: {} }, 'LOWERCASE'), { Priority: 1 })],
    units: 60,
  },
  {
    desc: 'transformations that begin alike',
    rules: [
      ruleOf(sqli('LOW', path, 'LOWERCASE', 'URL_DECODE')),
      ruleOf(sqli('LOW', path, 'LOWERCASE', 'TRIM'), { Priority: 1 }),
    ],
    units: 20 + 20 + 30,
  },
  {
    desc: 'what is in AND, OR and NOT',
    rules: [
      ruleOf({
        AndStatement: {
          Statements: [admin, { OrStatement: { Statements: [sqli(), { NotStatement: { Statement: sqli('HIGH') } }] } }],
        },
      }),
    ],
    units: 52,
  },
  { desc: 'a rate', rules: [ruleOf(rateOf())], units: 2 },
  { desc: 'a rate of some requests', rules: [ruleOf(rateOf({ ScopeDownStatement: sqli() }))], units: 22 },
  {
    desc: 'a rate by custom keys',
    rules: [
      ruleOf(
        rateOf({
          AggregateKeyType: 'CUSTOM_KEYS',
          CustomKeys: [{ IP: {} }, { Header: { Name: 'x', TextTransformations: [{ Priority: 0, Type: 'LOWERCASE' }] } }],
        }),
      ),
    ],
    units: 2 + 60 + 10,
  },
  {
    desc: 'a managed group for some requests',
    rules: [
      ruleOf(
        {
          ManagedRuleGroupStatement: {
            ...{ VendorName: 'AWS', Name: 'AWSManagedRulesCommonRuleSet', ScopeDownStatement: admin },
          },
        },
        { OverrideAction: { Count: {} } },
      ),
    ],
    units: 702,
  },
  {
    desc: 'six labels',
    rules: [ruleOf(admin, { RuleLabels: Array.from({ length: 6 }, (_, i) => ({ Name: `label-${i}` })) })],
    units: 4,
  },
];

for (const { desc, rules, units } of rows) {
  test(`${desc}: ${units}`, async () => {
    const { operations } = wafExample();
    assert.deepEqual(await operations.CheckCapacity({ Scope: 'REGIONAL', Rules: [...rules] }, caller), { Capacity: units });
  });
}

test('IP sets, regex pattern sets and rule groups', async () => {
  const { operations, createIpSet, createRuleGroup } = wafExample();
  const ipSet = await createIpSet('set');
  const group = await createRuleGroup('group', 123);
  const RegularExpressionList = [{ RegexString: 'x' }];
  const patterns = await operations.CreateRegexPatternSet({ Name: 'a', Scope: 'REGIONAL', RegularExpressionList }, caller);
  const forwarded = (Position: 'FIRST' | 'ANY'): Statement => ({
    IPSetReferenceStatement: {
      ARN: ipSet.arn,
      IPSetForwardedIPConfig: { HeaderName: 'x-forwarded-for', FallbackBehavior: 'MATCH', Position },
    },
  });
  const cost = async (rule: Rule) => (await operations.CheckCapacity({ Scope: 'REGIONAL', Rules: [rule] }, caller)).Capacity;
  assert.equal(await cost(ruleOf({ IPSetReferenceStatement: { ARN: ipSet.arn } })), 1);
  assert.equal(await cost(ruleOf(forwarded('FIRST'))), 1);
  assert.equal(await cost(ruleOf(forwarded('ANY'))), 5);
  assert.equal(await cost(ruleOf({ RegexPatternSetReferenceStatement: { ARN: patterns.Summary?.ARN, ...on(path) } })), 25);
  const using = ruleOf({ RuleGroupReferenceStatement: { ARN: group.arn } }, { OverrideAction: { None: {} } });
  assert.equal(await cost(using), 123);
});
