// Traces for the tests of this folder.

import { isMembers, type Members, readSegment, type Trace } from '../segment.ts';

export const TRACE_ID = '1-68000000-0123456789abcdef01234567';
export const ACCOUNT = '000000000000';
export const START = 1_745_000_000;

/** Documents as they are sent; times are seconds after START. Throws on what the service would refuse. */
export function traceOf(...documents: readonly Members[]): Trace {
  const segments = documents.map((document) => {
    const segment = readSegment(JSON.stringify({ trace_id: TRACE_ID, ...timed(document) }));
    if ('problem' in segment) throw new Error(segment.problem);
    return segment;
  });
  return { id: TRACE_ID, segments };
}

/** 16 digits that begin with the text. */
export function id(text: string): string {
  return text.padEnd(16, '0');
}

function timed(document: Members): Members {
  const { start_time: start, end_time: end, subsegments } = document;
  return {
    ...document,
    ...(typeof start === 'number' && { start_time: START + start }),
    ...(typeof end === 'number' && { end_time: START + end }),
    ...(Array.isArray(subsegments) && {
      subsegments: subsegments.map((each: unknown) => (isMembers(each) ? timed(each) : each)),
    }),
  };
}

/** Traces whose members are of types that they must not have. */
export function malformedTraces(): readonly Trace[] {
  const odd: readonly unknown[] = [
    null,
    7,
    'text',
    [],
    [null, 1, { message: 3 }],
    { request: 4, response: [] },
    true,
    { exceptions: {} },
  ];
  const names = [
    'http',
    'aws',
    'annotations',
    'cause',
    'user',
    'origin',
    'resource_arn',
    'subsegments',
    'fault',
    'sql',
    'parent_id',
  ];
  return odd.map((value) => {
    const members: Members = Object.fromEntries(names.map((name) => [name, value]));
    const part = { id: id('a1'), name: 'Lambda', namespace: 'aws', start_time: 1, end_time: 2, ...members };
    return traceOf(
      { id: id('a'), name: 'x', start_time: 0, ...members },
      { id: id('d'), type: 'subsegment', name: 'loose', namespace: 'remote', start_time: 1, ...members },
      { id: id('b'), name: 'y', start_time: 0, end_time: 1, ...members, subsegments: [part, value] },
    );
  });
}

/** What a stage tells of a request that it hands to a function. */
export function stageDocument(more: Members = {}): Members {
  return {
    ...{ id: id('a'), name: 'pets/dev', origin: 'AWS::ApiGateway::Stage', start_time: 0, end_time: 0.5 },
    resource_arn: 'arn:aws:apigateway:us-east-1::/restapis/abc/stages/dev',
    http: {
      request: { url: 'https://abc.example.com/dev/pets', method: 'GET', user_agent: 'curl/8', client_ip: '192.0.2.7' },
      response: { status: 200 },
    },
    annotations: { 'aws:api_id': 'abc', 'aws:api_stage': 'dev' },
    subsegments: [
      {
        ...{ id: id('a1'), name: 'Lambda', namespace: 'aws', start_time: 0.1, end_time: 0.45 },
        aws: { function_name: 'pets', operation: 'Invoke', resource_names: ['pets'] },
      },
    ],
    ...more,
  };
}

/** The service, and the function with a call of a table inside a part of its own. */
export function functionDocuments(more: Members = {}): readonly Members[] {
  return [
    { id: id('b'), parent_id: id('a1'), name: 'pets', origin: 'AWS::Lambda', start_time: 0.12, end_time: 0.44 },
    {
      ...{ id: id('c'), parent_id: id('b'), name: 'pets', origin: 'AWS::Lambda::Function', start_time: 0.15, end_time: 0.4 },
      user: 'alice',
      aws: { function_arn: 'arn:aws:lambda:us-east-1:000000000000:function:pets' },
      subsegments: [
        {
          ...{ id: id('c1'), name: '## handler', start_time: 0.2, end_time: 0.39 },
          annotations: { age: 30, vip: true, old: false, tags: ['not', 'indexed'] },
          subsegments: [
            {
              ...{ id: id('c2'), name: 'DynamoDB', namespace: 'aws', start_time: 0.25, end_time: 0.3 },
              aws: { table_name: 'Pets', operation: 'GetItem' },
              throttle: true,
              error: true,
              cause: { exceptions: [{ id: id('e'), message: 'Rate exceeded', type: 'ThrottlingException' }] },
            },
          ],
        },
      ],
      ...more,
    },
  ];
}

export function petsTrace(): Trace {
  return traceOf(stageDocument(), ...functionDocuments());
}

/** What the API says of as many requests. */
export const statistics = (counts: { ok?: number; error?: number; throttle?: number; fault?: number }, seconds: number) => {
  const { ok = 0, error = 0, throttle = 0, fault = 0 } = counts;
  return {
    OkCount: ok,
    ErrorStatistics: { ThrottleCount: throttle, OtherCount: error, TotalCount: error + throttle },
    FaultStatistics: { OtherCount: fault, TotalCount: fault },
    TotalCount: ok + error + throttle + fault,
    TotalResponseTime: seconds,
  };
};
