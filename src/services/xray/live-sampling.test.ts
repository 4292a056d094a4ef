import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMemoryStore } from '../../store/memory.ts';
import { LiveSampling } from './live-sampling.ts';
import { defaultRule, samplingRuleKey } from './sampling-rule.ts';
import { SamplingStatistics } from './sampling-statistics.ts';

const scope = { account: '000000000000', region: 'us-east-1' };
const request = {
  ...{ scope, serviceName: 'pets/prod', serviceType: 'AWS::ApiGateway::Stage', host: 'h', httpMethod: 'GET' },
  ...{ urlPath: '/pets', resourceArn: 'arn' },
};

test('a rule counts as soon as it is stored; the reservoir is shared with other clients', async () => {
  let now = 1_000_000;
  const store = createMemoryStore();
  const statistics = new SamplingStatistics(() => now);
  const live = new LiveSampling({ store, statistics, now: () => now, random: () => 0.99 });
  const sampled = (count: number) =>
    Array.from({ length: count }, () => live.sample(request, now)).filter((each) => each.isSampled);
  assert.deepEqual(
    sampled(3).map(({ ruleName }) => ruleName),
    ['Default'],
  );

  store.subscribe((changes) => live.apply(changes));
  const rule = { ...defaultRule, ruleName: 'pets', priority: 1, reservoirSize: 10, fixedRate: 0, serviceName: 'pets/*' };
  await store.transact((transaction) => transaction.put(samplingRuleKey(scope, 'pets'), rule));
  now += 1000;
  // Before it has told how it uses the rule it borrows one a second.
  assert.equal(sampled(30).length, 1);
  now += 10_000;
  live.report();
  assert.equal(sampled(30).length, 10);
  statistics.report(scope, { ruleName: 'pets', clientId: 'another', requestCount: 30, sampledCount: 0, borrowCount: 0 });
  now += 10_000;
  live.report();
  now += 1000;
  assert.equal(sampled(30).length, 5);
  assert.equal(live.sample({ ...request, serviceName: 'other' }, now).ruleName, 'Default');
});
