import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseEntitySelector } from './filter-expression.ts';
import { ServiceTimeline } from './service-timeline.ts';
import { ACCOUNT, START, stageDocument, statistics, traceOf } from './testing/trace-examples.ts';

const at = (seconds: number) => new Date((START + seconds) * 1000);
const hour = { startTime: at(-1800), endTime: at(1800) };

describe('statistics of periods', () => {
  const traces = [0, 10, 70].map((start) =>
    traceOf(stageDocument({ start_time: start, end_time: start + 1, fault: start === 10 ? true : undefined })),
  );
  const minute = (text?: string, window = hour) => {
    const entity = text === undefined ? undefined : parseEntitySelector(text);
    assert.ok(entity?.kind !== 'problem');
    const timeline = new ServiceTimeline({ entity, periodSeconds: 60, accountId: ACCOUNT, window });
    for (const trace of traces) timeline.add(trace);
    return timeline.statistics();
  };
  // 1,745,000,000 is 20 s after a whole minute.
  const first = at(-20);

  test('of the clients without an entity', () => {
    assert.deepEqual(minute(), [
      {
        Timestamp: first,
        EdgeSummaryStatistics: statistics({ ok: 1, fault: 1 }, 2),
        ResponseTimeHistogram: [{ Value: 1, Count: 2 }],
      },
      {
        Timestamp: at(40),
        EdgeSummaryStatistics: statistics({ ok: 1 }, 1),
        ResponseTimeHistogram: [{ Value: 1, Count: 1 }],
      },
    ]);
  });

  test('of a service', () => {
    assert.deepEqual(minute('service(id(name: "pets/dev", account.id: "000000000000"))')[0], {
      Timestamp: first,
      ServiceSummaryStatistics: statistics({ ok: 1, fault: 1 }, 2),
      ResponseTimeHistogram: [{ Value: 1, Count: 2 }],
    });
    assert.deepEqual(minute('service("other")'), []);
  });

  test('of an edge', () => {
    assert.equal(minute('edge("pets/dev", "pets")')[0]?.EdgeSummaryStatistics?.TotalCount, 3);
  });

  test('in the window only', () => {
    assert.equal(minute(undefined, { startTime: at(60), endTime: at(120) }).length, 1);
  });
});
