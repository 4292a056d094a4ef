// What the service tells of the requests that its web ACLs looked at.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Rule } from '@aws-sdk/client-wafv2';
import { createMemoryStore } from '../../store/memory.ts';
import { caller, rateOf, ruleOf, stage, visibility } from './testing/waf-examples.ts';
import type { WafOperations } from './waf-context.ts';
import { createWafService } from './waf-service.ts';

const NOW = Date.UTC(2026, 10, 1, 12);
const HOUR_MS = 3_600_000;
const scope = { account: caller.account, region: caller.region };
const Scope = 'REGIONAL';

type Calls = { readonly [Name in keyof WafOperations]-?: NonNullable<WafOperations[Name]> };

/** A web ACL of these rules in front of a stage. */
async function served(rulesOf: (operations: Calls) => Promise<Rule[]>) {
  const store = createMemoryStore();
  const waf = await createWafService({
    ...{ store, metrics: { counts() {} }, openLog: () => ({ write() {} }), now: () => NOW },
    ...{ stageExists: async () => true, logGroupExists: async () => true },
  });
  store.subscribe((changes) => waf.apply(changes));
  const operations = waf.operations as Calls;
  const Rules = await rulesOf(operations);
  const settings = { Scope, DefaultAction: { Allow: {} }, VisibilityConfig: visibility } as const;
  const { Summary: { Id = '', ARN = '' } = {} } = await operations.CreateWebACL(
    { Name: 'shop', ...settings, Rules } as never,
    caller,
  );
  await operations.AssociateWebACL({ WebACLArn: ARN, ResourceArn: stage }, caller);
  const bound = waf.bind({ scope, apiId: 'pets', stageName: 'prod' });
  const send = (clientIp: string, times = 1, at = NOW) => {
    for (let i = 0; i < times; i++) {
      bound.current?.inspect({
        ...{ clientIp, method: 'GET', path: '/prod/pets', query: '', headers: [], body: '', bodyLength: 0 },
        ...{ httpVersion: 'HTTP/1.1', scheme: 'http', host: 'h', requestId: 'r=', at },
      });
    }
  };
  const keys = (RuleName: string, RuleGroupRuleName?: string) =>
    operations.GetRateBasedStatementManagedKeys({ Scope, WebACLName: 'shop', WebACLId: Id, RuleName, RuleGroupRuleName }, caller);
  const sampled = (StartTime: number, EndTime: number, WebAclArn = ARN) =>
    operations.GetSampledRequests(
      {
        ...{ WebAclArn, RuleMetricName: 'ALL', Scope, MaxItems: 10 },
        TimeWindow: { StartTime: new Date(StartTime), EndTime: new Date(EndTime) },
      },
      caller,
    );
  return { send, keys, sampled };
}

describe('GetRateBasedStatementManagedKeys', () => {
  test('the addresses that a rule of the web ACL limits, as blocks of one', async () => {
    const { send, keys } = await served(async () => [ruleOf(rateOf({ Limit: 10 }), { Name: 'fast' })]);
    send('192.0.2.1', 11);
    send('2001:db8::1', 11);
    send('192.0.2.2', 10);
    const { ManagedKeysIPV4, ManagedKeysIPV6 } = await keys('fast');
    assert.deepEqual(ManagedKeysIPV4, { IPAddressVersion: 'IPV4', Addresses: ['192.0.2.1/32'] });
    assert.deepEqual(ManagedKeysIPV6, { IPAddressVersion: 'IPV6', Addresses: ['2001:db8::1/128'] });
  });

  test('of a rule in a group, which the rule that refers to the group is named for', async () => {
    const { send, keys } = await served(async (operations) => {
      const Rules = [ruleOf(rateOf({ Limit: 10 }), { Name: 'fast' })];
      const group = { Name: 'limits', Scope, Capacity: 50, VisibilityConfig: visibility, Rules };
      const { Summary } = await operations.CreateRuleGroup(group as never, caller);
      const Statement = { RuleGroupReferenceStatement: { ARN: Summary?.ARN } };
      return [ruleOf(Statement, { Name: 'outer', OverrideAction: { None: {} } })];
    });
    send('192.0.2.1', 11);
    assert.deepEqual((await keys('fast', 'outer')).ManagedKeysIPV4?.Addresses, ['192.0.2.1/32']);
    for (const [name, outer] of [['fast'], ['outer'], ['slow', 'outer'], ['fast', 'inner']] as const) {
      await assert.rejects(keys(name, outer), { code: 'WAFNonexistentItemException' });
    }
  });

  test('a rule that counts by something else is refused', async () => {
    const { keys } = await served(async () => [
      ruleOf(rateOf({ AggregateKeyType: 'CUSTOM_KEYS', CustomKeys: [{ HTTPMethod: {} }, { IP: {} }] }), { Name: 'fast' }),
    ]);
    await assert.rejects(keys('fast'), { code: 'WAFUnsupportedAggregateKeyTypeException' });
  });
});

describe('GetSampledRequests', () => {
  test('of the window that is asked for, as far as the last three hours have it', async () => {
    const { send, sampled } = await served(async () => []);
    send('192.0.2.1', 2, NOW - 2 * HOUR_MS);
    send('192.0.2.2', 1, NOW - HOUR_MS);
    const found = await sampled(NOW - 24 * HOUR_MS, NOW - 1.5 * HOUR_MS);
    assert.deepEqual(
      found.SampledRequests?.map(({ Request }) => Request?.ClientIP),
      ['192.0.2.1', '192.0.2.1'],
    );
    assert.equal(found.PopulationSize, 2);
    assert.deepEqual(found.TimeWindow, { StartTime: new Date(NOW - 3 * HOUR_MS), EndTime: new Date(NOW - 1.5 * HOUR_MS) });
  });

  test('a window that is over has nothing, and does not end before it begins', async () => {
    const { send, sampled } = await served(async () => []);
    send('192.0.2.1');
    const end = NOW - 5 * HOUR_MS;
    const found = await sampled(end - HOUR_MS, end);
    assert.deepEqual([found.SampledRequests, found.PopulationSize], [[], 0]);
    assert.deepEqual(found.TimeWindow, { StartTime: new Date(end), EndTime: new Date(end) });
  });

  test('a window that ends before it begins is refused, and so is a web ACL that is not there', async () => {
    const { sampled } = await served(async () => []);
    await assert.rejects(sampled(NOW, NOW - 1), { code: 'WAFInvalidParameterException' });
    const arn = 'arn:aws:wafv2:eu-west-1:111111111111:regional/webacl/none/0b6ba7d8-3a4e-4b0e-9d0e-111111111111';
    await assert.rejects(sampled(NOW - 1, NOW, arn), { code: 'WAFNonexistentItemException' });
  });
});
