import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readSegment } from './segment.ts';
import { servedRequests } from './served-requests.ts';
import {
  ACCOUNT,
  functionDocuments,
  id,
  malformedTraces,
  petsTrace,
  START,
  stageDocument,
  TRACE_ID,
  traceOf,
} from './testing/trace-examples.ts';
import { durationOf, summarise } from './trace-summary.ts';

const service = (Name: string, Type: string) => ({ Name, Names: [Name], AccountId: ACCOUNT, Type });

test('a stage, its function and a table that sends nothing itself', () => {
  const stage = service('pets/dev', 'AWS::ApiGateway::Stage');
  const pets = service('pets', 'AWS::Lambda::Function');
  assert.deepEqual(summarise(petsTrace(), ACCOUNT), {
    Id: TRACE_ID,
    StartTime: new Date(START * 1000),
    Duration: 0.5,
    ResponseTime: 0.5,
    HasFault: false,
    HasError: false,
    HasThrottle: false,
    IsPartial: false,
    Http: {
      HttpURL: 'https://abc.example.com/dev/pets',
      HttpStatus: 200,
      HttpMethod: 'GET',
      UserAgent: 'curl/8',
      ClientIp: '192.0.2.7',
    },
    Annotations: {
      'aws:api_id': [{ AnnotationValue: { StringValue: 'abc' }, ServiceIds: [stage] }],
      'aws:api_stage': [{ AnnotationValue: { StringValue: 'dev' }, ServiceIds: [stage] }],
      age: [{ AnnotationValue: { NumberValue: 30 }, ServiceIds: [pets] }],
      vip: [{ AnnotationValue: { BooleanValue: true }, ServiceIds: [pets] }],
      old: [{ AnnotationValue: { BooleanValue: false }, ServiceIds: [pets] }],
    },
    Users: [{ UserName: 'alice', ServiceIds: [pets] }],
    ServiceIds: [stage, service('pets', 'AWS::Lambda'), pets, service('Pets', 'AWS::DynamoDB::Table')],
    ResourceARNs: [{ ARN: 'arn:aws:apigateway:us-east-1::/restapis/abc/stages/dev' }],
    InstanceIds: [],
    AvailabilityZones: [],
    EntryPoint: stage,
    Revision: 3,
  });
});

describe('times', () => {
  test('the duration counts what goes on after the answer, the response time does not', () => {
    const summary = summarise(traceOf(stageDocument(), ...functionDocuments({ end_time: 2 })), ACCOUNT);
    assert.equal(summary.Duration, 2);
    assert.equal(summary.ResponseTime, 0.5);
  });

  test('a root that goes on is partial and has no response time', () => {
    const summary = summarise(
      traceOf(stageDocument({ end_time: undefined, in_progress: true }), ...functionDocuments()),
      ACCOUNT,
    );
    assert.equal(summary.IsPartial, true);
    assert.equal(summary.ResponseTime, undefined);
    assert.equal(summary.Duration, 0.44);
  });

  test('clocks that go backwards take no time', () => {
    assert.equal(durationOf(traceOf({ id: id('a'), name: 'x', start_time: 5, end_time: 1 })), 0);
  });
});

describe('how it ended', () => {
  for (const [desc, stage, inner, expected] of [
    ['a fault of the root', { fault: true }, {}, [true, false, false]],
    ['an error of the root', { error: true }, {}, [false, true, false]],
    ['a fault that stayed inside', {}, { fault: true }, [false, false, false]],
    ['a throttle anywhere', {}, { error: true, throttle: true }, [false, false, true]],
  ] as const) {
    test(desc, () => {
      const { HasFault, HasError, HasThrottle } = summarise(traceOf(stageDocument(stage), ...functionDocuments(inner)), ACCOUNT);
      assert.deepEqual([HasFault, HasError, HasThrottle], expected);
    });
  }
});

describe('the root', () => {
  test('a segment whose parent never came', () => {
    assert.equal(summarise(traceOf(...functionDocuments()), ACCOUNT).EntryPoint?.Type, 'AWS::Lambda');
  });

  test('segments that name each other: the oldest', () => {
    const trace = traceOf(
      { id: id('a'), parent_id: id('b'), name: 'late', start_time: 1, end_time: 2 },
      { id: id('b'), parent_id: id('a'), name: 'early', start_time: 0, end_time: 2 },
    );
    assert.equal(summarise(trace, ACCOUNT).EntryPoint?.Name, 'early');
  });

  test('only parts that came by themselves: none', () => {
    const trace = traceOf({ id: id('d'), parent_id: id('a'), type: 'subsegment', name: 'part', start_time: 0, end_time: 1 });
    const summary = summarise(trace, ACCOUNT);
    assert.equal(summary.EntryPoint, undefined);
    assert.equal(summary.Duration, 1);
  });
});

test('parts that came by themselves belong to the segment above, in whatever order', () => {
  const trace = traceOf(
    {
      id: id('f'),
      parent_id: id('d'),
      type: 'subsegment',
      name: 'inner',
      start_time: 0.2,
      end_time: 3,
      annotations: { deep: 'yes' },
    },
    { id: id('d'), parent_id: id('a1'), type: 'subsegment', name: 'outer', start_time: 0.1, end_time: 0.9 },
    stageDocument(),
  );
  assert.equal(summarise(trace, ACCOUNT).Annotations?.['deep']?.[0]?.ServiceIds?.[0]?.Name, 'pets/dev');
  assert.equal(servedRequests(trace)[0]?.lastEnd, START + 3);
});

describe('names and types', () => {
  for (const [desc, document, name, type] of [
    ['what the surroundings tell', { aws: { ecs: { container: 'x' } } }, 'app', 'AWS::ECS::Container'],
    ['nothing known', {}, 'app', 'remote'],
  ] as const) {
    test(desc, () => {
      const { EntryPoint } = summarise(traceOf({ id: id('a'), name: 'app', start_time: 0, end_time: 1, ...document }), ACCOUNT);
      assert.deepEqual(EntryPoint, service(name, type));
    });
  }

  for (const [call, name, type, accountId] of [
    [{ name: 'dynamodb', namespace: 'aws', aws: { table_name: 'T' } }, 'T', 'AWS::DynamoDB::Table', ACCOUNT],
    [{ name: 'S3', namespace: 'aws', aws: {} }, 'S3', 'AWS::S3', ACCOUNT],
    [{ name: 'Secrets Manager', namespace: 'aws' }, 'Secrets Manager', 'AWS::SecretsManager', ACCOUNT],
    [
      { name: 'Lambda', namespace: 'aws', aws: { function_name: 'f', account_id: '111111111111' } },
      'f',
      'AWS::Lambda',
      '111111111111',
    ],
    [{ name: 'api.example.com', namespace: 'remote' }, 'api.example.com', 'remote', undefined],
    [{ name: 'pets@db', namespace: 'remote', sql: { url: 'jdbc:x' } }, 'pets@db', 'Database::SQL', undefined],
    [{ name: '__proto__', namespace: 'aws' }, '__proto__', 'AWS::__proto__', ACCOUNT],
  ] as const) {
    test(`a call of ${name}`, () => {
      const calls = [{ id: id('a1'), start_time: 0, end_time: 1, ...call }];
      const trace = traceOf({ id: id('a'), name: 'app', start_time: 0, end_time: 1, subsegments: calls });
      const found = summarise(trace, ACCOUNT).ServiceIds?.[1];
      assert.deepEqual([found?.Name, found?.Type, found?.AccountId], [name, type, accountId]);
    });
  }
});

describe('annotations', () => {
  test('the same value of several services is there once', () => {
    const trace = traceOf(stageDocument({ annotations: { k: 'v' } }), ...functionDocuments({ annotations: { k: 'v' } }));
    const { Annotations } = summarise(trace, ACCOUNT);
    assert.equal(Annotations?.['k']?.length, 1);
    assert.equal(Annotations?.['k']?.[0]?.ServiceIds?.length, 2);
  });

  test('a key that objects have themselves', () => {
    const annotations: unknown = JSON.parse('{"__proto__": "mine", "toString": 1}');
    const { Annotations = {} } = summarise(traceOf(stageDocument({ annotations })), ACCOUNT);
    assert.deepEqual(Object.keys(Annotations), ['__proto__', 'toString']);
  });

  test('no more than 50 keys', () => {
    const annotations = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`key${index}`, index]));
    const { Annotations } = summarise(traceOf(stageDocument({ annotations })), ACCOUNT);
    assert.equal(Object.keys(Annotations ?? {}).length, 50);
  });
});

test('whatever the members are, nothing is thrown', () => {
  for (const trace of malformedTraces()) assert.equal(summarise(trace, ACCOUNT).ServiceIds?.length, 4);
});

test('times beyond all dates can still be written', () => {
  const segment = readSegment(`{"id":"${id('a')}","trace_id":"${TRACE_ID}","name":"x","start_time":-1e999,"end_time":1e999}`);
  assert.ok(!('problem' in segment));
  const summary = summarise({ id: TRACE_ID, segments: [segment] }, ACCOUNT);
  assert.equal(summary.StartTime?.toISOString(), '1970-01-01T00:00:00.000Z');
  assert.equal(summary.Duration, 0);
});

test('long chains of parts are followed once', () => {
  const number = (index: number) => index.toString(16).padStart(16, '0');
  const parts = Array.from({ length: 5000 }, (_, index) => ({
    ...{
      id: number(index + 2),
      parent_id: number(index + 1),
      type: 'subsegment',
      name: 'p',
      start_time: index,
      end_time: index + 1,
    },
  }));
  const trace = traceOf(...parts.toReversed(), { id: number(1), name: 'x', start_time: 0, end_time: 1 });
  assert.equal(servedRequests(trace)[0]?.documents.length, 5001);
});
