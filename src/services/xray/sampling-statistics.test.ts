// What clients get for the reports of their sampling.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Caller } from '../../aws/operations.ts';
import { createMemoryStore } from '../../store/memory.ts';
import { samplingRuleOperations } from './sampling-rules.ts';
import { SamplingStatistics, samplingStatisticsOperations } from './sampling-statistics.ts';
import type { XRayContext } from './xray-context.ts';

const caller: Caller = { account: '111111111111', region: 'eu-west-1', requestId: 'r' };
const start = Date.UTC(2026, 10, 28, 12);

function clocked() {
  const clock = { now: start };
  const sampling = new SamplingStatistics(() => clock.now);
  const report = (clientId: string, requestCount: number, ruleName = 'r') =>
    sampling.report(caller, { ruleName, clientId, requestCount, sampledCount: 2, borrowCount: 1 });
  const quotas = (reservoirSize: number, ...clients: string[]) =>
    clients.map((client) => sampling.quota(caller, { ruleName: 'r', reservoirSize }, client));
  return { clock, sampling, report, quotas };
}

describe('quota', () => {
  test('in proportion to the requests, and all of it', () => {
    const { report, quotas } = clocked();
    report('a', 30);
    assert.deepEqual(quotas(10, 'a', 'nobody'), [10, 0]);
    report('b', 10);
    assert.deepEqual(quotas(8, 'a', 'b'), [6, 2]);
    assert.deepEqual(quotas(0, 'a', 'b'), [0, 0]);
    report('c', 40);
    assert.deepEqual(quotas(1, 'a', 'b', 'c'), [0, 0, 1], 'one goes to whom most of it belongs');
    for (const size of [1, 2, 3, 5, 7, 10, 99, 1000]) {
      const given = quotas(size, 'a', 'b', 'c');
      assert.equal(
        given.reduce((sum, each) => sum + each, 0),
        size,
      );
    }
  });

  test('in equal parts when nobody had a request', () => {
    const { report, quotas } = clocked();
    for (const client of ['a', 'b', 'c']) report(client, 0);
    assert.deepEqual(quotas(4, 'a', 'b', 'c'), [2, 1, 1]);
  });

  test('a client that stopped reporting has no part', () => {
    const { clock, report, quotas } = clocked();
    report('a', 10);
    clock.now += 10_500;
    report('b', 10);
    assert.deepEqual(quotas(10, 'a', 'b'), [5, 5], 'it may be a little late');
    clock.now += 10_000;
    report('b', 10);
    assert.deepEqual(quotas(10, 'a', 'b'), [0, 10]);
  });

  test('accounts do not share', () => {
    const { sampling, report } = clocked();
    report('a', 10);
    assert.equal(sampling.quota({ ...caller, account: '222222222222' }, { ruleName: 'r', reservoirSize: 5 }, 'a'), 0);
  });
});

describe('what is kept is bounded', () => {
  test('clients', () => {
    const { report, quotas } = clocked();
    for (let i = 0; i < 1001; i++) report(`client ${i}`, 1);
    assert.deepEqual(quotas(1000, 'client 0', 'client 1', 'client 1000'), [0, 1, 1]);
  });

  test('rules and time', () => {
    const { clock, sampling, report } = clocked();
    for (let i = 0; i < 2001; i++) report('a', 1, `rule ${i}`);
    assert.equal(sampling.summaries(caller, 'rule 0').length, 0);
    assert.equal(sampling.summaries(caller, 'rule 1').length, 1);
    for (let i = 0; i < 100; i++) {
      report('a', 1);
      clock.now += 10_000;
    }
    assert.equal(sampling.summaries(caller, 'r').length, 59);
    sampling.clear();
    assert.deepEqual(sampling.summaries(caller, 'r'), []);
  });
});

describe('operations', () => {
  const clientId = 'ABCDEF1234567890ABCDEF10';
  function under() {
    const store = createMemoryStore();
    const clock = { now: start + 1234 };
    const now = () => clock.now;
    // These operations ask nothing of the traces.
    const context = { store, now, sampling: new SamplingStatistics(now) } as XRayContext;
    const operations = { ...samplingRuleOperations(context), ...samplingStatisticsOperations(context) };
    const report = (RuleName: string, RequestCount: number, ClientID = clientId) => ({
      ...{ RuleName, ClientID, Timestamp: new Date(now()), RequestCount, SampledCount: 2, BorrowCount: 1 },
    });
    const ask = (...SamplingStatisticsDocuments: ReturnType<typeof report>[]) =>
      operations.GetSamplingTargets({ SamplingStatisticsDocuments }, caller);
    return { clock, operations, report, ask };
  }

  test('targets', async () => {
    const { clock, operations, report, ask } = under();
    assert.deepEqual(await ask(report('Default', 110), report('gone', 3)), {
      SamplingTargetDocuments: [
        {
          ...{ RuleName: 'Default', FixedRate: 0.05, ReservoirQuota: 1, Interval: 10 },
          ReservoirQuotaTTL: new Date(clock.now + 300_000),
        },
      ],
      LastRuleModification: new Date(0),
      UnprocessedStatistics: [{ RuleName: 'gone', ErrorCode: 'RuleNotFound', Message: 'Sampling rule does not exist' }],
      UnprocessedBoostStatistics: [],
    });
    await operations.UpdateSamplingRule({ SamplingRuleUpdate: { RuleName: 'Default', ReservoirSize: 9 } }, caller);
    const after = await ask(report('Default', 100), report('Default', 200, 'F'.repeat(24)));
    assert.deepEqual(after.LastRuleModification, new Date(clock.now));
    assert.deepEqual(
      after.SamplingTargetDocuments.map(({ ReservoirQuota }) => ReservoirQuota),
      [3, 6],
    );
  });

  test('summaries: one for each rule and ten seconds', async () => {
    const { clock, operations, report, ask } = under();
    const summaries = async () => (await operations.GetSamplingStatisticSummaries({}, caller)).SamplingStatisticSummaries;
    assert.deepEqual(await summaries(), []);
    await ask(report('Default', 10), report('Default', 5, 'F'.repeat(24)));
    clock.now += 10_000;
    await ask(report('Default', 7));
    assert.deepEqual(await summaries(), [
      { RuleName: 'Default', Timestamp: new Date(start), RequestCount: 15, BorrowCount: 2, SampledCount: 4 },
      { RuleName: 'Default', Timestamp: new Date(start + 10_000), RequestCount: 7, BorrowCount: 1, SampledCount: 2 },
    ]);
    clock.now += 600_000;
    assert.deepEqual(await summaries(), []);
  });
});
