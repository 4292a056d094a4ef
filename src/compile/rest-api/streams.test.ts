// Methods whose answers are streamed (responseTransferMode STREAM): what goes out as it comes, and how that breaks off.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FunctionStreamSink } from '../../data-plane/ports.ts';
import { invoke } from '../../data-plane/rest-api/invoke.ts';
import { FakeBody, FakeRequest } from '../../data-plane/testing/fake-messages.ts';
import { fakeResponse } from '../../data-plane/testing/fake-ports.ts';
import type { BodySink } from '../../http1/message.ts';
import { TimerWheel } from '../../http1/timer-wheel.ts';
import type { RestIntegration } from '../../model/rest-api.ts';
import type { RestHttpPlan } from '../../model/rest-api-plan.ts';
import { httpProxy, lambdaProxy, restApi } from '../testing/rest-api-builder.ts';
import { ServedRestApi } from '../testing/served-rest-api.ts';
import { assembleRestApi } from './assemble.ts';

const FUNCTION_ARN = 'arn:aws:lambda:us-east-1:000000000000:function:hello';
const STREAMING_URI = `arn:aws:apigateway:us-east-1:lambda:path/2021-11-15/functions/${FUNCTION_ARN}/response-streaming-invocations`;
const BUFFERED_URI = `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${FUNCTION_ARN}/invocations`;
const NUL = '\0'.repeat(8);

const streamingProxy = (options: Partial<Omit<RestIntegration, 'integrationResponses'>> = {}) =>
  lambdaProxy({ uri: STREAMING_URI, responseTransferMode: 'STREAM', ...options });

interface Call {
  readonly api: ServedRestApi;
  readonly answer: FakeRequest;
  readonly stream: FunctionStreamSink;
}

/** A function that has begun to stream. */
function begun(integration = streamingProxy(), deadlines?: TimerWheel): Call {
  const ports = deadlines === undefined ? {} : { ports: { deadlines: deadlines as never } };
  const api = new ServedRestApi(restApi({ 'POST /': { integration } }), ports);
  api.ports.functions.handler = () => undefined;
  const answer = api.call({ method: 'POST', body: new FakeBody('{"a":1}') });
  const stream = api.ports.functions.waiting[0]?.onFunctionStream?.('application/octet-stream');
  assert.ok(stream);
  return { api, answer, stream };
}

const write = ({ stream }: Call, ...pieces: string[]): void => {
  for (const piece of pieces) stream.write(Buffer.from(piece));
};

describe('AWS_PROXY', () => {
  test('metadata becomes status and headers, what follows the eight NUL bytes is the body', () => {
    const call = begun();
    const metadata = {
      statusCode: 201,
      headers: { 'X-A': '1', 'Content-Type': 'text/event-stream', Date: 'x' },
      multiValueHeaders: { 'x-b': ['1', '2'] },
      cookies: ['c=1', 'd=2'],
    };
    write(call, JSON.stringify(metadata).slice(0, 20), `${JSON.stringify(metadata).slice(20)}\0\0\0`);
    assert.equal(call.answer.answered, false, 'nothing is sent before the delimiter');
    write(call, '\0\0\0\0\0');
    assert.equal(call.answer.status, 201, 'the head is sent with the delimiter');
    assert.equal(call.answer.contentLength, undefined);
    write(call, 'Hello, ', 'world');
    assert.equal(call.api.ports.exchanges.records.length, 0, 'the record waits for the end');
    call.stream.end(undefined);
    assert.equal(call.answer.responseText, 'Hello, world');
    const names = [
      'Date',
      'Content-Type',
      'X-A',
      'x-b',
      'Set-Cookie',
      'x-amzn-Remapped-Date',
      'X-Amzn-Trace-Id',
      'x-amzn-RequestId',
    ];
    const sent = call.answer.responseHeaders.map(([name]) => name);
    assert.deepEqual(
      names.filter((name) => !sent.includes(name)),
      [],
    );
    assert.deepEqual(
      call.answer.responseHeaders.filter(([name]) => name === 'Set-Cookie').map(([, value]) => value),
      ['c=1', 'd=2'],
    );
    assert.equal(call.api.ports.exchanges.records[0]?.status, 201);
    assert.equal(call.api.ports.exchanges.records[0]?.reason, undefined);
    assert.equal(call.api.ports.deadlines.waiting.size, 0);
  });

  test('the event is that of a buffered method', () => {
    const event = (integration: RestIntegration) => {
      const api = new ServedRestApi(restApi({ 'POST /': { integration } }));
      api.call({ method: 'POST', target: '/?a=1', body: new FakeBody('{"a":1}') });
      const { requestContext, headers, multiValueHeaders, ...others } = api.lastEvent;
      return { ...others, context: Object.keys(requestContext as object), names: Object.keys(headers as object) };
    };
    assert.deepEqual(event(streamingProxy()), event(lambdaProxy()));
  });

  for (const [desc, pieces] of [
    ['no JSON', [`nope${NUL}`]],
    ['no object', [`[]${NUL}`]],
    ['a member that is not known', [`{"statusCode":200,"body":"x"}${NUL}`]],
    ['no status', [`{"statusCode":"many"}${NUL}`]],
    ['cookies that are no list', [`{"cookies":"a=1"}${NUL}`]],
    ['a header that would end its line', [`{"headers":{"x":"a\\r\\nb"}}${NUL}`]],
    ['no delimiter', ['{"statusCode":200}']],
    ['more than 16 KB before the delimiter', ['x'.repeat(20_000)]],
    ['nothing at all', []],
  ] as const) {
    test(`metadata that cannot be used is a 502: ${desc}`, () => {
      const call = begun();
      write(call, ...pieces);
      call.stream.end(undefined);
      assert.equal(call.answer.status, 502);
      assert.equal(call.answer.responseText, '{"message": "Internal server error"}');
      assert.equal(call.answer.answers, 1);
      assert.match(call.api.ports.exchanges.records[0]?.reason ?? '', /function/);
    });
  }

  test('a function that fails before the delimiter: 502', () => {
    const call = begun();
    write(call, '{"sta');
    call.stream.end({ errorType: 'Error', payload: '{"errorMessage":"boom"}' });
    assert.equal(call.answer.status, 502);
    assert.match(call.api.ports.exchanges.records[0]?.reason ?? '', /boom/);
  });

  test('a function that fails in the middle: the client sees the answer break, the record says why', () => {
    const call = begun();
    write(call, `{}${NUL}half`);
    call.stream.end({ errorType: 'Error', payload: '{"errorMessage":"boom"}' });
    assert.deepEqual([call.answer.status, call.answer.responseText, call.answer.aborted], [200, 'half', 'aborted']);
    assert.match(call.api.ports.exchanges.records[0]?.reason ?? '', /boom/);
    assert.equal(call.api.ports.exchanges.records.length, 1);
  });

  for (const [desc, result, status] of [
    ['a function that does not stream', { kind: 'returned', payload: '{"statusCode":200,"body":"x"}' }, 502],
    ['a function that could not start', { kind: 'functionError', payload: '{}' }, 502],
    ['no such function', { kind: 'refused', refusal: 'ResourceNotFound', message: 'gone' }, 500],
  ] as const) {
    test(`${desc}: ${status}`, () => {
      const api = new ServedRestApi(restApi({ 'POST /': { integration: streamingProxy() } }));
      api.ports.functions.handler = () => result;
      assert.equal(api.call({ method: 'POST' }).status, status);
    });
  }

  test('no beginning in time: 504, and what comes later is dropped', () => {
    const call = begun();
    call.api.ports.deadlines.expireAll();
    assert.equal(call.answer.status, 504);
    write(call, `{}${NUL}late`);
    call.stream.end(undefined);
    assert.equal(call.answer.answers, 1);
  });

  test('an answer that takes longer than the integration may is broken off, in the middle', async () => {
    const call = begun(streamingProxy({ timeoutInMillis: 50 }), new TimerWheel());
    write(call, `{}${NUL}begin`);
    for (let attempt = 0; attempt < 500 && call.answer.aborted === undefined; attempt++) await sleep(10);
    assert.deepEqual([call.answer.aborted, call.answer.responseText], ['timeout', 'begin']);
    assert.match(call.api.ports.exchanges.records[0]?.reason ?? '', /time was over/);
  });

  for (const [desc, uri, responseTransferMode] of [
    ['STREAM with the URI of Invoke', BUFFERED_URI, 'STREAM'],
    ['BUFFERED with the URI of InvokeWithResponseStream', STREAMING_URI, 'BUFFERED'],
  ] as const) {
    test(`${desc} is served by nobody`, () => {
      const api = new ServedRestApi(restApi({ 'POST /': { integration: lambdaProxy({ uri, responseTransferMode }) } }));
      assert.equal(api.call({ method: 'POST' }).status, 500);
      assert.match(api.ports.exchanges.records[0]?.reason ?? '', /names no Lambda function/);
    });
  }
});

describe('HTTP_PROXY', () => {
  const served = (types: ('REGIONAL' | 'EDGE')[] = ['REGIONAL']) =>
    new ServedRestApi(
      restApi(
        { 'ANY /': { integration: httpProxy('http://h/', { responseTransferMode: 'STREAM', timeoutInMillis: 900_000 }) } },
        { api: { endpointConfiguration: { types, ipAddressType: 'ipv4' } } },
      ),
    );

  test('bytes pass as they are, more than 10 MB of them', () => {
    const api = served();
    const bytes = Buffer.alloc(11 * 2 ** 20, 0xff);
    const headers = [
      ['Content-Type', 'image/png'],
      ['Content-Encoding', 'br'],
      ['Via', 'x'],
      ['Server', 'b'],
    ] as const;
    api.upstreams.answer = () => fakeResponse(206, headers, new FakeBody(bytes));
    const answer = api.call({});
    assert.equal(answer.status, 206);
    assert.ok(answer.responseBody.equals(bytes));
    assert.equal(answer.contentLength, bytes.length);
    assert.equal(answer.responseHeader('content-encoding'), 'br');
    assert.equal(answer.responseHeader('via'), undefined);
    assert.equal(answer.responseHeader('x-amzn-Remapped-Server'), 'b');
    assert.equal(api.upstreams.calls[0]?.timeoutMs, 900_000);
    assert.equal(api.ports.exchanges.records.length, 1);
    assert.equal(api.ports.deadlines.waiting.size, 0);
  });

  test('the answer to HEAD says the length of its body', () => {
    const api = served();
    api.upstreams.answer = () => fakeResponse(200, [['Content-Length', '5']], '');
    assert.equal(api.call({ method: 'HEAD' }).contentLength, 5);
  });

  test('a backend that breaks off: so does the answer', () => {
    const api = served();
    api.upstreams.answer = () => fakeResponse(200, [], new FakeBody('half', { chunked: true, failure: 'aborted' }));
    const answer = api.call({});
    assert.deepEqual([answer.responseText, answer.aborted], ['half', 'aborted']);
    assert.match(api.ports.exchanges.records[0]?.reason ?? '', /broke off/);
  });

  test('a failure before the answer is a gateway response', () => {
    const api = served();
    api.upstreams.answer = () => ({ kind: 'timeout', message: 'slow' });
    assert.equal(api.call({}).status, 504);
    assert.equal(api.ports.deadlines.waiting.size, 0);
  });

  test('a backend that falls silent in the middle: the answer is broken off', async () => {
    const api = served();
    const { plan } = api.pipeline;
    const methods = plan.methods.map((method) => ({
      ...method,
      integration: { ...(method.integration as RestHttpPlan), stream: { idleTimeoutInMillis: 60 } },
    }));
    const pipeline = assembleRestApi({ ...plan, methods }, { ...api.ports, deadlines: new TimerWheel() }, api.upstreams);
    let sink: BodySink | undefined;
    const body = Object.assign(new FakeBody('', { chunked: true }), {
      pipeTo: (client: BodySink) => {
        sink = client;
      },
    });
    api.upstreams.answer = () => fakeResponse(200, [], body);
    const request = new FakeRequest({});
    invoke(pipeline, request, api.address(request));
    for (let piece = 0; piece < 5; piece++) {
      await sleep(20);
      sink?.write(Buffer.from(`${piece}`));
    }
    for (let attempt = 0; attempt < 500 && request.aborted === undefined; attempt++) await sleep(10);
    assert.equal(request.aborted, 'timeout');
    assert.match(api.ports.exchanges.records[0]?.reason ?? '', /nothing came for 60 ms/);
  });

  for (const [types, seconds] of [
    [['REGIONAL'], 300],
    [['EDGE'], 30],
  ] as const) {
    test(`a ${types[0]} backend that says nothing for ${seconds} s: 504`, () => {
      const api = served([...types]);
      api.upstreams.send = (call) => {
        api.upstreams.calls.push(call);
        return { cancel() {} };
      };
      const answer = api.call({});
      const [due] = api.ports.deadlines.waiting.values();
      const waits = Math.round(((due ?? 0) - answer.startedAt) / 10_000) * 10;
      assert.equal(waits, seconds);
      api.ports.deadlines.expireAll();
      assert.equal(answer.status, 504);
    });
  }
});
