import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { compileRules, type RuleSubject, wildcardMatcher } from './rule-matcher.ts';
import { defaultRule, type SamplingRuleDocument } from './sampling-rule.ts';

const request: RuleSubject = {
  ...{ serviceName: 'pets/dev', serviceType: 'AWS::ApiGateway::Stage', host: 'abc.execute-api.eu-west-1.amazonaws.com' },
  ...{ httpMethod: 'GET', urlPath: '/dev/pets/1', attributes: { tier: 'Gold' } },
  resourceArn: 'arn:aws:apigateway:eu-west-1::/restapis/abc/stages/dev',
};

function rule(ruleName: string, priority: number, more: Partial<SamplingRuleDocument> = {}): SamplingRuleDocument {
  return { ...defaultRule, ruleName, priority, ...more };
}

test('wildcards', () => {
  const cases: readonly (readonly [string, string, boolean])[] = [
    ['*', '', true],
    ['', '', true],
    ['', 'a', false],
    ['/PETS/*', '/pets/1', true],
    ['/pets/*', '/PETS/', true],
    ['/pets/*', '/pets', false],
    ['/p?ts', '/pets', true],
    ['/p?ts', '/pts', false],
    ['*/items', '/a/b/items', true],
    ['*/items', '/a/b/items/1', false],
    // None of these is a wildcard.
    ['/a.b', '/axb', false],
    ['/a+', '/aa', false],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of IAM policies means nothing here.
    ['/${*}', '/${1}', true],
    ['toString', 'TOSTRING', true],
  ];
  for (const [pattern, text, expected] of cases)
    assert.equal(wildcardMatcher(pattern)(text.toLowerCase()), expected, `${pattern} ${text}`);
});

test('the time for a match does not explode', () => {
  const started = performance.now();
  assert.equal(wildcardMatcher(`${'*a'.repeat(60)}b`)('a'.repeat(100_000)), false);
  assert.ok(performance.now() - started < 2000);
});

describe('compileRules', () => {
  test('the lowest priority wins, then the name, in whatever order they come', () => {
    const rules = [defaultRule, rule('b', 5), rule('a', 5), rule('c', 9)];
    assert.equal(compileRules(rules)(request)?.ruleName, 'a');
    assert.equal(compileRules(rules.toReversed())(request)?.ruleName, 'a');
    assert.equal(compileRules([])(request), undefined);
  });

  test('every field has to fit', () => {
    const fitting: readonly Partial<SamplingRuleDocument>[] = [
      { serviceName: 'PETS/*' },
      { serviceType: 'aws::apigateway::stage' },
      { host: '*.execute-api.*' },
      { httpMethod: 'get' },
      { urlPath: '/dev/pets/?' },
      { resourceArn: '*/stages/dev' },
      { attributes: { tier: 'g*' } },
    ];
    const others: readonly Partial<SamplingRuleDocument>[] = [
      { serviceName: 'pets' },
      { serviceType: 'AWS::Lambda::Function' },
      { host: 'example.com' },
      { httpMethod: 'POST' },
      { urlPath: '/dev/pets/??' },
      { resourceArn: '' },
      { attributes: { tier: 'silver' } },
      { attributes: { tier: 'gold', other: '*' } },
      { attributes: { constructor: '*' } },
    ];
    for (const more of fitting) assert.equal(compileRules([rule('r', 1, more)])(request)?.ruleName, 'r', JSON.stringify(more));
    for (const more of others) assert.equal(compileRules([rule('r', 1, more)])(request), undefined, JSON.stringify(more));
    const { attributes: _, ...without } = request;
    assert.equal(compileRules([rule('r', 1, { attributes: { tier: '*' } })])(without), undefined);
  });
});
