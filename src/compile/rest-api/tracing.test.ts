// What traced stages of REST APIs tell X-Ray, and the header that integrations see.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { SampledRequest, Tracing } from '../../data-plane/ports.ts';
import { fakeResponse } from '../../data-plane/testing/fake-ports.ts';
import type { RestStage } from '../../model/rest-api.ts';
import { http, httpProxy, lambdaProxy, mock, restApi } from '../testing/rest-api-builder.ts';
import { ServedRestApi } from '../testing/served-rest-api.ts';

type Members = Readonly<Record<string, unknown>>;

class FakeTracing implements Tracing {
  readonly asked: SampledRequest[] = [];
  readonly documents: Members[] = [];
  isSampled = true;

  sample(request: SampledRequest) {
    this.asked.push(request);
    return { isSampled: this.isSampled, ruleName: 'Default' };
  }

  record(_scope: unknown, document: Members): void {
    this.documents.push(document);
  }
}

const ROOT = '1-5f84c7a1-0123456789abcdef01234567';
const CLIENT = '53995c3f42cd8ad8';

function traced(stage: Partial<RestStage> = { tracingEnabled: true }) {
  const tracing = new FakeTracing();
  const api = new ServedRestApi(
    restApi(
      {
        'GET /': { integration: lambdaProxy() },
        'GET /mock': { integration: mock() },
        'GET /proxy': { integration: httpProxy('http://backend.example.com/pets') },
        'POST /http': { integration: http('http://backend.example.com/pets', { httpMethod: 'PUT' }) },
      },
      { stage },
    ),
    { tracing },
  );
  const call = (target: string, headers: readonly (readonly [string, string])[] = [], method = 'GET') => {
    const answer = api.call({ target, method, headers });
    return { answer, document: tracing.documents.at(-1) };
  };
  return { api, tracing, call };
}

const callOf = (document: Members | undefined) => (document?.['subsegments'] as readonly Members[] | undefined)?.[0];

test('the stage and its call of the function are segments of the trace of the client', () => {
  const { api, tracing, call } = traced();
  const { document } = call('/', [
    ['X-Amzn-Trace-Id', `Root=${ROOT};Parent=${CLIENT};Sampled=1`],
    ['X-Forwarded-For', '198.51.100.7'],
  ]);
  const {
    id,
    start_time: start,
    end_time: end,
    subsegments,
    metadata,
    aws,
    ...rest
  } = document as Record<string, number & string>;
  assert.match(String(id), /^[0-9a-f]{16}$/);
  assert.ok(typeof start === 'number' && typeof end === 'number' && end >= start && end - start < 60);
  const { apiId } = api.pipeline.plan;
  assert.deepEqual(rest, {
    ...{ trace_id: ROOT, parent_id: CLIENT, name: `${api.pipeline.plan.apiName}/${api.pipeline.plan.stageName}` },
    origin: 'AWS::ApiGateway::Stage',
    resource_arn: `arn:aws:apigateway:us-east-1::/restapis/${apiId}/stages/${api.pipeline.plan.stageName}`,
    http: {
      request: {
        url: `http://a1b2c3.execute-api.us-east-1.amazonaws.com/${api.pipeline.plan.stageName}/`,
        ...{ method: 'GET', client_ip: '203.0.113.9', x_forwarded_for: true },
      },
      response: { status: 200, content_length: 0 },
    },
    annotations: { 'aws:api_id': apiId, 'aws:api_stage': api.pipeline.plan.stageName },
  });
  const invocation = callOf(document);
  assert.deepEqual([invocation?.['name'], invocation?.['namespace']], ['Lambda', 'aws']);
  const seen = String((api.lastEvent['headers'] as Record<string, string>)['X-Amzn-Trace-Id']);
  assert.equal(seen, `Root=${ROOT};Parent=${invocation?.['id']};Sampled=1`);
  // The client decided: no rule was asked, and none is named.
  assert.deepEqual(tracing.asked, []);
  assert.equal((aws as unknown as Members)['xray'], undefined);
});

test('a request that nobody decided about is decided by the rules, which are told what it is', () => {
  const { api, tracing, call } = traced();
  const { document } = call('/proxy?a=1');
  assert.deepEqual(
    tracing.asked.map(({ scope: _, ...request }) => request),
    [
      {
        serviceName: `${api.pipeline.plan.apiName}/${api.pipeline.plan.stageName}`,
        ...{ serviceType: 'AWS::ApiGateway::Stage', host: 'a1b2c3.execute-api.us-east-1.amazonaws.com' },
        ...{ httpMethod: 'GET', urlPath: '/proxy', resourceArn: document?.['resource_arn'] },
      },
    ],
  );
  const aws = document?.['aws'] as Members | undefined;
  assert.deepEqual(aws?.['xray'], { sampling_rule_name: 'Default' });
  assert.match(String(document?.['trace_id']), /^1-[0-9a-f]{8}-[0-9a-f]{24}$/);
  assert.equal(document?.['parent_id'], undefined);
});

describe('what is not told', () => {
  test('what the rules do not choose', () => {
    const { api, tracing, call } = traced();
    tracing.isSampled = false;
    call('/');
    assert.deepEqual(tracing.documents, []);
    const seen = String((api.lastEvent['headers'] as Record<string, string>)['X-Amzn-Trace-Id']);
    assert.match(seen, /^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Sampled=0$/);
  });

  test('what the client does not want', () => {
    const { tracing, call } = traced();
    call('/', [['X-Amzn-Trace-Id', `Root=${ROOT};Sampled=0`]]);
    assert.deepEqual([tracing.documents, tracing.asked], [[], []]);
  });

  test('a stage that is not traced, whatever the client wants', () => {
    const { tracing, call } = traced({ tracingEnabled: false });
    call('/', [['X-Amzn-Trace-Id', `Root=${ROOT};Sampled=1`]]);
    assert.deepEqual(tracing.documents, []);
  });
});

describe('how it ended', () => {
  const marks = (document: Members | undefined) =>
    (['error', 'throttle', 'fault'] as const).filter((mark) => document?.[mark] === true);

  for (const [status, expected] of [
    [200, []],
    [404, ['error']],
    [429, ['error', 'throttle']],
    [503, ['fault']],
  ] as const) {
    test(`the backend answers ${status}`, () => {
      const { api, call } = traced();
      api.upstreams.answer = () => fakeResponse(status, [], '');
      const { document } = call('/proxy');
      assert.deepEqual([marks(document), marks(callOf(document))], [expected, expected]);
      assert.deepEqual(callOf(document)?.['http'], {
        request: { url: 'http://backend.example.com:80', method: 'GET', traced: true },
        response: { status },
      });
    });
  }

  test('the function fails: Lambda itself answered', () => {
    const { api, call } = traced();
    api.ports.functions.handler = () => ({ kind: 'functionError', payload: '{}' });
    const { document } = call('/');
    assert.deepEqual([marks(document), marks(callOf(document))], [['fault'], []]);
  });

  test('nothing is there: no call', () => {
    const { call } = traced();
    const { answer, document } = call('/none');
    assert.equal(answer.status, 403);
    assert.deepEqual([marks(document), callOf(document)], [['error'], undefined]);
  });
});

test('a mock calls nobody', () => {
  assert.equal(callOf(traced().call('/mock').document), undefined);
});

test('an HTTP integration is called with its own method', () => {
  const { document } = traced().call('/http', [], 'POST');
  assert.deepEqual(callOf(document)?.['http'], {
    request: { url: 'http://backend.example.com:80', method: 'PUT', traced: true },
    response: { status: 200 },
  });
});
