import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Service } from '@aws-sdk/client-xray';
import type { Trace } from './segment.ts';
import { ServiceGraph } from './service-graph.ts';
import {
  ACCOUNT,
  functionDocuments,
  id,
  malformedTraces,
  petsTrace,
  START,
  stageDocument,
  statistics,
  traceOf,
} from './testing/trace-examples.ts';

const at = (seconds: number) => new Date((START + seconds) * 1000);

const graphOf = (traces: readonly Trace[]) => {
  const graph = new ServiceGraph(ACCOUNT);
  for (const trace of traces) graph.add(trace);
  return graph.services();
};

const find = (services: readonly Service[], type: string): Service => {
  const found = services.find(({ Type }) => Type === type);
  assert.ok(found, type);
  return found;
};

/** `caller type > called type`, in the order of the graph. */
const edges = (services: readonly Service[]) =>
  services.flatMap(({ Type, Edges = [] }) =>
    Edges.map(({ ReferenceId }) => `${Type} > ${services.find((other) => other.ReferenceId === ReferenceId)?.Type}`),
  );

describe('a stage, its function and a table', () => {
  const services = graphOf([petsTrace()]);

  test('from the client to the table', () => {
    assert.deepEqual(
      services.map(({ ReferenceId, Name, Type, State, Root, AccountId }) => [ReferenceId, Name, Type, State, Root, AccountId]),
      [
        [0, 'pets/dev', 'client', 'unknown', undefined, undefined],
        [1, 'pets/dev', 'AWS::ApiGateway::Stage', 'active', true, ACCOUNT],
        [2, 'pets', 'AWS::Lambda', 'active', undefined, ACCOUNT],
        [3, 'pets', 'AWS::Lambda::Function', 'active', undefined, ACCOUNT],
        [4, 'Pets', 'AWS::DynamoDB::Table', 'unknown', undefined, ACCOUNT],
      ],
    );
    assert.deepEqual(edges(services), [
      'client > AWS::ApiGateway::Stage',
      'AWS::ApiGateway::Stage > AWS::Lambda',
      'AWS::Lambda > AWS::Lambda::Function',
      'AWS::Lambda::Function > AWS::DynamoDB::Table',
    ]);
  });

  test('a client has nothing but its calls', () => {
    assert.deepEqual(services[0], {
      ...{
        ReferenceId: 0,
        Name: 'pets/dev',
        Names: ['pets/dev'],
        Type: 'client',
        State: 'unknown',
        StartTime: at(0),
        EndTime: at(1),
      },
      Edges: [
        {
          ...{ ReferenceId: 1, StartTime: at(0), EndTime: at(1), Aliases: [] },
          SummaryStatistics: statistics({ ok: 1 }, 0.5),
          ResponseTimeHistogram: [{ Value: 0.5, Count: 1 }],
        },
      ],
    });
  });

  test('an edge is what the caller saw, a node what the service tells', () => {
    assert.equal(find(services, 'AWS::ApiGateway::Stage').Edges?.[0]?.SummaryStatistics?.TotalResponseTime, 0.35);
    assert.deepEqual(find(services, 'AWS::Lambda').SummaryStatistics, statistics({ ok: 1 }, 0.32));
  });

  test('how calls of the table ended', () => {
    const table = find(services, 'AWS::DynamoDB::Table');
    assert.deepEqual(table.SummaryStatistics, statistics({ throttle: 1 }, 0.05));
    assert.deepEqual(table.ResponseTimeHistogram, [{ Value: 0.05, Count: 1 }]);
    assert.deepEqual(table.DurationHistogram, [{ Value: 0.05, Count: 1 }]);
  });
});

describe('many traces', () => {
  const services = graphOf([
    traceOf(stageDocument()),
    traceOf(stageDocument({ start_time: 10, end_time: 12, fault: true, error: true })),
    traceOf(stageDocument({ start_time: 20, end_time: 20.5, error: true })),
    traceOf(stageDocument({ start_time: 30, end_time: 31, error: true, throttle: true })),
  ]);

  test('are one node with the counts of all', () => {
    const stage = find(services, 'AWS::ApiGateway::Stage');
    assert.deepEqual(stage.SummaryStatistics, statistics({ ok: 1, error: 1, throttle: 1, fault: 1 }, 4));
    assert.deepEqual(
      stage.ResponseTimeHistogram?.map(({ Value, Count }) => [Value, Count]),
      [
        [0.5, 2],
        [1, 1],
        [2, 1],
      ],
    );
    assert.deepEqual([stage.StartTime, stage.EndTime], [at(0), at(31)]);
  });

  test('a function that sends nothing is inferred', () => {
    const lambda = find(services, 'AWS::Lambda');
    assert.deepEqual([lambda.Name, lambda.State, lambda.SummaryStatistics?.TotalCount], ['pets', 'unknown', 4]);
  });
});

test('a host that is inferred once and answers once is one node', () => {
  const caller = (more: object) => ({ id: id('a'), name: 'front', start_time: 0, end_time: 1, ...more });
  const call = { id: id('a1'), name: 'back', namespace: 'remote', start_time: 0, end_time: 1 };
  const services = graphOf([
    traceOf(caller({ subsegments: [call] })),
    traceOf(caller({ subsegments: [call] }), { id: id('b'), parent_id: id('a1'), name: 'back', start_time: 0, end_time: 1 }),
  ]);
  const back = services.filter(({ Name }) => Name === 'back');
  assert.equal(back.length, 1);
  assert.deepEqual([back[0]?.State, back[0]?.SummaryStatistics?.TotalCount], ['active', 2]);
});

test('documents of inferred services that come back are inferred still', () => {
  const document = { id: id('d'), parent_id: id('c2'), name: 'DynamoDB', origin: 'AWS::DynamoDB::Table', inferred: true };
  const back = { ...document, aws: { table_name: 'Pets' }, start_time: 0.25, end_time: 0.3 };
  const services = graphOf([traceOf(stageDocument(), ...functionDocuments(), back)]);
  const tables = services.filter(({ Type }) => Type === 'AWS::DynamoDB::Table');
  assert.deepEqual(
    tables.map(({ Name, State, SummaryStatistics }) => [Name, State, SummaryStatistics?.TotalCount]),
    [['Pets', 'unknown', 1]],
  );
});

test('calls that came by themselves lead to their segment', () => {
  const loose = {
    id: id('d'),
    parent_id: id('c1'),
    type: 'subsegment',
    name: 'SQS',
    namespace: 'aws',
    start_time: 0.3,
    end_time: 0.31,
  };
  const services = graphOf([traceOf(loose, stageDocument(), ...functionDocuments())]);
  assert.ok(edges(services).includes('AWS::Lambda::Function > AWS::SQS'));
});

test('what goes on is there and not counted', () => {
  const services = graphOf([traceOf(stageDocument({ end_time: undefined, in_progress: true, subsegments: undefined }))]);
  const stage = find(services, 'AWS::ApiGateway::Stage');
  assert.equal(stage.SummaryStatistics?.TotalCount, 0);
  assert.deepEqual(stage.DurationHistogram, []);
});

test('no traces, no services', () => {
  assert.deepEqual(graphOf([]), []);
});

test('circles and parents of themselves are not followed forever', () => {
  const services = graphOf([
    traceOf(
      { id: id('a'), parent_id: id('b'), name: 'a', start_time: 0, end_time: 1 },
      { id: id('b'), parent_id: id('a'), name: 'b', start_time: 0, end_time: 1 },
      { id: id('c'), parent_id: id('c'), name: 'c', start_time: 0, end_time: 1 },
      { id: id('d'), parent_id: id('e'), type: 'subsegment', name: 'd', start_time: 0, end_time: 1, namespace: 'remote' },
      { id: id('e'), parent_id: id('d'), type: 'subsegment', name: 'e', start_time: 0, end_time: 1, namespace: 'remote' },
    ),
  ]);
  assert.deepEqual(services.map(({ Name }) => Name).toSorted(), ['a', 'b', 'c', 'c', 'd', 'e']);
});

test('whatever the members of segments are, a graph is drawn', () => {
  assert.equal(find(graphOf(malformedTraces()), 'AWS::Lambda').State, 'unknown');
});
