// Sampling rules as their owner sees them, grouped by what AWS answers.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Caller } from '../../aws/operations.ts';
import { createMemoryStore } from '../../store/memory.ts';
import { lastRuleChange, samplingRuleOperations } from './sampling-rules.ts';
import type { XRayContext } from './xray-context.ts';

const caller: Caller = { account: '111111111111', region: 'eu-west-1', requestId: 'r' };
const start = Date.UTC(2026, 10, 28, 12);
const wire = {
  ...{ RuleName: 'checkout', ResourceARN: '*', Priority: 100, FixedRate: 1, ReservoirSize: 5, Version: 1 },
  ...{ ServiceName: 'shop/*', ServiceType: '*', Host: '*', HTTPMethod: 'POST', URLPath: '/checkout/*' },
};

function under() {
  const told: string[] = [];
  const keptOnly = (what: string): void => void told.push(what);
  const store = createMemoryStore();
  const clock = { now: start + 250 };
  // These operations ask nothing else of the context.
  const operations = samplingRuleOperations({ store, now: () => clock.now, keptOnly } as XRayContext);
  const create = (more: object = {}) => operations.CreateSamplingRule({ SamplingRule: { ...wire, ...more } }, caller);
  const update = (SamplingRuleUpdate: object) => operations.UpdateSamplingRule({ SamplingRuleUpdate }, caller);
  const remove = (named: object) => operations.DeleteSamplingRule(named, caller);
  const names = async (from = caller) =>
    (await operations.GetSamplingRules({}, from)).SamplingRuleRecords.map(({ SamplingRule }) => SamplingRule.RuleName);
  return { store, clock, operations, create, update, remove, names, told };
}

const invalid = (message: string | RegExp) => ({ code: 'InvalidRequestException', message });

describe('200', () => {
  test('the Default rule is there from the beginning, and the last', async () => {
    const { operations, create, names } = under();
    const { SamplingRuleRecords: records, ...rest } = await operations.GetSamplingRules({}, caller);
    assert.deepEqual(rest, {});
    assert.deepEqual(records, [
      {
        SamplingRule: {
          ...{ RuleName: 'Default', RuleARN: 'arn:aws:xray:eu-west-1:111111111111:sampling-rule/Default', ResourceARN: '*' },
          ...{ Priority: 10000, FixedRate: 0.05, ReservoirSize: 1, Version: 1, Attributes: {} },
          ...{ ServiceName: '*', ServiceType: '*', Host: '*', HTTPMethod: '*', URLPath: '*' },
        },
        ...{ CreatedAt: new Date(0), ModifiedAt: new Date(0) },
      },
    ]);
    await create({ RuleName: 'z', Priority: 1 });
    await create({ RuleName: 'a', Priority: 9999 });
    assert.deepEqual(await names(), ['z', 'a', 'Default']);
    assert.deepEqual(await names({ ...caller, region: 'cn-north-1' }), ['Default']);
  });

  test('a rule is created, changed in what is given, and deleted', async () => {
    const { store, clock, create, update, remove, names } = under();
    const { SamplingRuleRecord: created } = await create({ Attributes: { tier: 'gold' } });
    assert.deepEqual(created, {
      SamplingRule: {
        ...wire,
        RuleARN: 'arn:aws:xray:eu-west-1:111111111111:sampling-rule/checkout',
        Attributes: { tier: 'gold' },
      },
      ...{ CreatedAt: new Date(start), ModifiedAt: new Date(start) },
    });
    clock.now += 5000;
    const { SamplingRuleRecord: updated } = await update({ RuleARN: created.SamplingRule.RuleARN, FixedRate: 0, Attributes: {} });
    assert.deepEqual(updated, {
      SamplingRule: { ...created.SamplingRule, FixedRate: 0, Attributes: {} },
      ...{ CreatedAt: new Date(start), ModifiedAt: new Date(start + 5000) },
    });
    assert.equal(await lastRuleChange(store, caller), clock.now);
    clock.now += 5000;
    assert.deepEqual((await remove({ RuleName: 'checkout' })).SamplingRuleRecord, updated);
    assert.equal(await lastRuleChange(store, caller), clock.now, 'deleting is a change');
    assert.deepEqual(await names(), ['Default']);
  });

  test('rate and reservoir of the Default rule', async () => {
    const { operations, update } = under();
    const { SamplingRuleRecord: record } = await update({ RuleName: 'Default', FixedRate: 0.01, ReservoirSize: 0 });
    assert.deepEqual([record.SamplingRule.FixedRate, record.SamplingRule.ReservoirSize], [0.01, 0]);
    assert.deepEqual([record.CreatedAt, record.ModifiedAt], [new Date(0), new Date(start)]);
    assert.deepEqual((await operations.GetSamplingRules({}, caller)).SamplingRuleRecords, [record]);
  });

  test('a boost is kept, and said not to run', async () => {
    const { create, update, told } = under();
    const boost = { MaxRate: 0.5, CooldownWindowMinutes: 10 };
    await create({ SamplingRateBoost: boost });
    const { SamplingRuleRecord: record } = await update({ RuleName: 'checkout', Priority: 7 });
    assert.deepEqual(record.SamplingRule.SamplingRateBoost, boost);
    assert.deepEqual([...new Set(told)], ['The rate boost of a sampling rule']);
  });
});

describe('InvalidRequestException', () => {
  test('a name that is taken', async () => {
    const { create } = under();
    await create();
    await assert.rejects(create(), invalid(/checkout already exists/));
    await assert.rejects(create({ RuleName: 'Default' }), invalid(/Default already exists/));
  });

  test('limits', async () => {
    const { create, update } = under();
    for (const more of [{ Version: 2 }, { Priority: 0 }, { Priority: 10_000 }, { FixedRate: 1.1 }, { ReservoirSize: -1 }]) {
      await assert.rejects(create(more), invalid(/^The /), JSON.stringify(more));
    }
    await assert.rejects(create({ RuleName: 'a\u0000b' }), invalid(/characters/));
    await assert.rejects(create({ RuleName: 'a\ud800' }), invalid(/characters/));
    await create();
    for (const more of [{ Priority: 10_000 }, { FixedRate: -1 }, { ReservoirSize: -1 }]) {
      await assert.rejects(update({ RuleName: 'checkout', ...more }), invalid(/^The /), JSON.stringify(more));
    }
  });

  test('no such rule', async () => {
    const { update, remove } = under();
    const arn = 'arn:aws:xray:eu-west-1:222222222222:sampling-rule/Default';
    for (const named of [{ RuleName: 'other' }, { RuleName: 'a\u0000b' }, { RuleARN: arn }, { RuleARN: 'x' }]) {
      await assert.rejects(update(named), invalid('Sampling rule does not exist'));
      await assert.rejects(remove(named), invalid('Sampling rule does not exist'));
    }
    await assert.rejects(remove({}), invalid(/Either RuleName or RuleARN/));
    await assert.rejects(remove({ RuleName: 'a', RuleARN: 'b' }), invalid(/not both/));
  });

  test('what the Default rule does not allow', async () => {
    const { update, remove } = under();
    const refused = invalid('Invalid update request for default sampling rule');
    await assert.rejects(update({ RuleName: 'Default', Priority: 10_000 }), refused);
    await assert.rejects(update({ RuleName: 'Default', FixedRate: 1, Host: '*' }), refused);
    await assert.rejects(remove({ RuleName: 'Default' }), invalid(/cannot be deleted/));
    await assert.rejects(
      remove({ RuleARN: 'arn:aws:xray:eu-west-1:111111111111:sampling-rule/Default' }),
      invalid(/cannot be deleted/),
    );
  });

  test('a token of another list', async () => {
    const { operations } = under();
    await assert.rejects(operations.GetSamplingRules({ NextToken: 'x' }, caller), invalid('Invalid NextToken.'));
  });
});

test('RuleLimitExceededException: a 26th rule', async () => {
  const { create, update, remove, names } = under();
  await update({ RuleName: 'Default', FixedRate: 0.1 });
  for (let i = 0; i < 25; i++) await create({ RuleName: `rule ${i}` });
  await assert.rejects(create(), { code: 'RuleLimitExceededException' });
  assert.equal((await names()).length, 26);
  await remove({ RuleName: 'rule 3' });
  await create();
});
