// Which rule a request fits, and what the gateway's own sampler decides.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  defaultRule,
  matchesWildcards,
  matchingRule,
  RuleSampler,
  type SampledRequest,
  type SamplingRuleDocument,
} from './sampling-rule.ts';

const request: SampledRequest = {
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
  for (const [pattern, text, expected] of cases) assert.equal(matchesWildcards(pattern, text), expected, `${pattern} ${text}`);
});

test('the time for a match does not explode', () => {
  const started = performance.now();
  assert.equal(matchesWildcards(`${'*a'.repeat(60)}b`, 'a'.repeat(100_000)), false);
  assert.ok(performance.now() - started < 2000);
});

describe('matchingRule', () => {
  test('the lowest priority wins, then the name, in whatever order they come', () => {
    const rules = [defaultRule, rule('b', 5), rule('a', 5), rule('c', 9)];
    assert.equal(matchingRule(rules, request)?.ruleName, 'a');
    assert.equal(matchingRule(rules.toReversed(), request)?.ruleName, 'a');
    assert.equal(matchingRule([], request), undefined);
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
    for (const more of fitting) assert.equal(matchingRule([rule('r', 1, more)], request)?.ruleName, 'r', JSON.stringify(more));
    for (const more of others) assert.equal(matchingRule([rule('r', 1, more)], request), undefined, JSON.stringify(more));
    const { attributes: _, ...without } = request;
    assert.equal(matchingRule([rule('r', 1, { attributes: { tier: '*' } })], without), undefined);
  });
});

describe('RuleSampler', () => {
  const never = () => 0.999;
  const decide = (sampler: RuleSampler, count: number, at: number, of = defaultRule) =>
    Array.from({ length: count }, () => sampler.isSampled(of, at)).filter(Boolean).length;

  test('without a quota one request per second is borrowed, the others go by the rate', () => {
    const sampler = new RuleSampler({ random: never, now: () => 10_000 });
    const large = rule('large', 1, { reservoirSize: 50 });
    assert.deepEqual(
      [decide(sampler, 5, 10_000, large), decide(sampler, 5, 10_999, large), decide(sampler, 5, 11_000, large)],
      [1, 0, 1],
    );
    assert.deepEqual(sampler.takeUses(), [{ scope: '', ruleName: 'large', requestCount: 15, sampledCount: 2, borrowCount: 2 }]);
    assert.deepEqual(sampler.takeUses(), []);
    const empty = rule('empty', 1, { reservoirSize: 0 });
    assert.equal(decide(sampler, 5, 12_000, empty), 0);
  });

  test('the rate', () => {
    let random = 0;
    const sampler = new RuleSampler({ random: () => random });
    const half = rule('half', 1, { reservoirSize: 0, fixedRate: 0.5 });
    assert.equal(sampler.isSampled(half, 0), true);
    random = 0.5;
    assert.equal(sampler.isSampled(half, 0), false);
    assert.equal(sampler.isSampled({ ...half, fixedRate: 0 }, 0), false);
    random = 0.999999;
    assert.equal(sampler.isSampled({ ...half, fixedRate: 1 }, 0), true);
  });

  test('a quota is taken instead until it is over', () => {
    const sampler = new RuleSampler({ random: never, now: () => 20_000 });
    sampler.setQuota('Default', 3, 20_000);
    assert.equal(decide(sampler, 10, 20_000), 3);
    assert.equal(decide(sampler, 10, 21_000), 1, 'borrowed again');
    sampler.setQuota('Default', 0, 30_000);
    assert.equal(decide(sampler, 10, 22_000), 0, 'a quota of none is one, too');
    assert.deepEqual(sampler.takeUses(), [{ scope: '', ruleName: 'Default', requestCount: 30, sampledCount: 4, borrowCount: 1 }]);
  });

  test('rules of the same name in two accounts do not share', () => {
    const sampler = new RuleSampler({ random: never, now: () => 0 });
    assert.equal(sampler.isSampled(defaultRule, 0, '1/eu-west-1'), true);
    assert.equal(sampler.isSampled(defaultRule, 0, '2/eu-west-1'), true);
    assert.equal(sampler.isSampled(defaultRule, 0, '2/eu-west-1'), false);
    assert.deepEqual(
      sampler.takeUses().map(({ scope, requestCount }) => [scope, requestCount]),
      [
        ['1/eu-west-1', 1],
        ['2/eu-west-1', 2],
      ],
    );
  });
});
