import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { RuleSampler } from './rule-sampler.ts';
import { defaultRule, type SamplingRuleDocument } from './sampling-rule.ts';

function rule(ruleName: string, priority: number, more: Partial<SamplingRuleDocument> = {}): SamplingRuleDocument {
  return { ...defaultRule, ruleName, priority, ...more };
}

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
