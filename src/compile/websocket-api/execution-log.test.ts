// Execution logs of WebSocket stages: which lines, which secrets, how long.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fakeResponse } from '../../data-plane/testing/fake-ports.ts';
import type { WebSocketRouteSettings } from '../../model/websocket-api.ts';
import { ServedWebSocketApi } from '../testing/served-websocket-api.ts';
import { lambdaProxy, mock, type RouteOptions, webSocketApi } from '../testing/websocket-api-builder.ts';

const all: Readonly<Record<string, RouteOptions>> = {
  $connect: { integration: lambdaProxy('connect') },
  $disconnect: { integration: lambdaProxy('disconnect') },
  send: { integration: lambdaProxy('send') },
};
const info = { loggingLevel: 'INFO', dataTraceEnabled: false } as const;
const trace = { loggingLevel: 'INFO', dataTraceEnabled: true } as const;

function serve(settings: WebSocketRouteSettings | undefined, routes = all, meter?: object): ServedWebSocketApi {
  const off = { detailedMetricsEnabled: false, dataTraceEnabled: false, loggingLevel: 'OFF' } as const;
  const stage = { defaultRouteSettings: { ...off, ...settings } };
  const api = new ServedWebSocketApi(webSocketApi(routes, { stage }), meter === undefined ? {} : { meter: meter as never });
  api.ports.functions.requestId = 'L1';
  return api;
}

/** The lines since the last call, their ids replaced. */
function linesOf(api: ServedWebSocketApi, connectionId = '?'): string[] {
  return api.ports.stageLogs.lines.splice(0).map((line) => {
    const id = /^\(([\w-]{15}=)\) /.exec(line)?.[1];
    assert.ok(id, line);
    return line
      .slice(id.length + 3)
      .replaceAll(id, 'R')
      .replaceAll(connectionId, 'C');
  });
}

test('the group is named after the API and the stage, and opened when some route is logged', () => {
  const scope = { account: '000000000000', region: 'us-east-1' };
  const opened = serve(info).ports.stageLogs.opened;
  assert.deepEqual(opened, [{ scope, logGroupName: 'API-Gateway-Execution-Logs_w1x2y3z4a5/prod' }]);
  assert.deepEqual(serve(undefined).ports.stageLogs.opened, []);
});

test('INFO: what happened, without headers and bodies', () => {
  const api = serve(info);
  const client = api.connect({ headers: [['User-Agent', 'wscat']] });
  const id = client.connection?.id;
  assert.deepEqual(linesOf(api, id), [
    'Extended Request Id: R',
    'Starting execution for request: R',
    'WebSocket Request Route: [$connect]',
    'Client [UserAgent: wscat, SourceIp: 203.0.113.9] is connecting to WebSocket API [w1x2y3z4a5].',
    'Client [Connection Id: C] connected to API [w1x2y3z4a5] successfully.',
    'AWS Integration Endpoint RequestId : L1',
  ]);
  api.say(client, '{"action":"send"}');
  assert.deepEqual(linesOf(api, id), [
    'Extended Request Id: R',
    'Starting execution for request: R',
    'WebSocket Request Route: [send]',
    'WebSocket API [w1x2y3z4a5] received message from client [Connection Id: C].',
    'Message from client [Connection Id: C] sent to API [w1x2y3z4a5] with response status code [200].',
    'AWS Integration Endpoint RequestId : L1',
  ]);
  api.say(client, '{"action":"nobody"}');
  assert.deepEqual(linesOf(api), [], 'no route, no lines');
  api.leave(client, 1000, 'bye');
  assert.deepEqual(linesOf(api, id).slice(2), [
    'WebSocket Request Route: [$disconnect]',
    'Client [Connection Id: C] disconnected from API [w1x2y3z4a5] with integration response status code [200]. Close reason: [1000: bye]',
    'AWS Integration Endpoint RequestId : L1',
  ]);
});

test('a data trace shows what came in, went out and came back, secrets masked', () => {
  const backend = {
    integrationType: 'HTTP',
    integrationMethod: 'POST',
    integrationUri: 'http://backend.example/ws',
    requestParameters: { 'integration.request.header.x-api-key': "'0123456789012345678901234567890123456789'" },
    responses: { $default: {} },
  } as const;
  const api = serve(trace, { ...all, send: { integration: backend, answers: true } });
  const token = 'Bearer 0123456789012345678901234567890123456789';
  const client = api.connect({ target: '/prod?room=7', headers: [['Authorization', token]] });
  const handshake = linesOf(api).join('\n');
  assert.match(
    handshake,
    /\nMethod request query string: \{room=7\}\nMethod request headers: \{Host=.*, Authorization=\*{41}456789\}\n/,
  );
  api.upstreams.answer = () => fakeResponse(201, [['X-Y', 'z']], '{"ok":true}');
  api.say(client, '{"action":"send","text":"hällo"}');
  assert.deepEqual(
    linesOf(api, client.connection?.id).map((line) =>
      line.replace(/latency: \d+/, 'latency: N').replace(/1-[0-9a-f]{8}-[0-9a-f]{24}/, 'T'),
    ),
    [
      'Extended Request Id: R',
      'Starting execution for request: R',
      'WebSocket Request Route: [send]',
      'WebSocket API [w1x2y3z4a5] received message from client [Connection Id: C].',
      'Method request body before transformations: {"action":"send","text":"hällo"}',
      'Endpoint request URI: http://backend.example:80/ws',
      `Endpoint request headers: {Host=backend.example, Accept=application/json, User-Agent=AmazonAPIGateway_w1x2y3z4a5, X-Amzn-Trace-Id=Root=T, Content-Type=application/json, X-Amzn-Apigateway-Api-Id=w1x2y3z4a5, x-api-key=${'*'.repeat(34)}456789}`,
      'Endpoint request body after transformations: {"action":"send","text":"hällo"}',
      'Sending request to http://backend.example:80/ws',
      'Received response. Status: 201, Integration latency: N ms',
      'Endpoint response headers: {X-Y=z}',
      'Endpoint response body before transformations: {"ok":true}',
      'Message from client [Connection Id: C] sent to API [w1x2y3z4a5] with response status code [201].',
    ],
  );
});

test('one event has 1,024 bytes at most', () => {
  const api = serve(trace, { send: { integration: mock() } });
  const client = api.connect();
  api.say(client, JSON.stringify({ action: 'send', text: 'ü'.repeat(2_000) }));
  const cut = api.ports.stageLogs.lines.filter((line) => line.endsWith(' [TRUNCATED]'));
  assert.equal(cut.length, 1);
  for (const line of cut) assert.ok(Buffer.byteLength(line) <= 1_024 + ' [TRUNCATED]'.length);
});

describe('failures', () => {
  const rows = [
    [
      'a function that fails',
      '{"errorMessage":"boom","secret":"s"}',
      'functionError',
      'Lambda execution failed with status 200 due to customer function error: boom. Lambda request id: L1',
    ],
    [
      'an answer that is none',
      '"text"',
      'returned',
      'Execution failed due to configuration error: Malformed Lambda proxy response',
    ],
    ['no permission', '', 'refused', 'Execution failed due to configuration error: Invalid permissions on Lambda function'],
  ] as const;
  for (const [desc, payload, kind, line] of rows) {
    for (const level of ['INFO', 'ERROR'] as const) {
      test(`${level}: ${desc}`, () => {
        const api = serve({ loggingLevel: level });
        const client = api.connect();
        linesOf(api);
        api.ports.functions.handler = () =>
          kind === 'refused' ? { kind, refusal: 'AccessDenied', message: 'no' } : { kind, payload };
        api.say(client, '{"action":"send"}');
        const lines = linesOf(api, client.connection?.id);
        assert.ok(lines.includes(line), lines.join('\n'));
        if (level === 'ERROR') assert.deepEqual(lines, [line, 'AWS Integration Endpoint RequestId : L1']);
        assert.doesNotMatch(lines.join('\n'), /secret/);
      });
    }
  }

  test('ERROR says nothing of what went well', () => {
    const api = serve({ loggingLevel: 'ERROR' });
    const client = api.connect();
    api.say(client, '{"action":"send"}');
    assert.deepEqual(linesOf(api), []);
  });

  test('too slow', () => {
    const api = serve({ loggingLevel: 'ERROR' });
    const client = api.connect();
    api.ports.functions.handler = () => undefined;
    api.say(client, '{"action":"send"}');
    api.ports.deadlines.expireAll();
    assert.equal(linesOf(api)[0], 'Execution failed due to a timeout error');
  });

  test('a message that is throttled was sent to nothing', () => {
    const api = serve({ ...info, throttlingRateLimit: 1, throttlingBurstLimit: 1 }, { send: { integration: mock() } });
    const client = api.connect();
    api.say(client, '{"action":"send"}');
    assert.equal(linesOf(api).filter((line) => line.startsWith('Message from client')).length, 1);
    api.say(client, '{"action":"send"}');
    assert.equal(linesOf(api).filter((line) => line.startsWith('Message from client')).length, 0);
  });

  test('a handshake that $connect refuses', () => {
    const api = serve(info);
    api.ports.functions.handler = () => ({ kind: 'returned', payload: '{"statusCode":403}' });
    api.connect();
    const line = 'Client [UserAgent: null, SourceIp: 203.0.113.9] failed to connect to API [w1x2y3z4a5] with status code [403].';
    assert.ok(linesOf(api).includes(line));
  });

  test('a key that is none: the execution does not start', () => {
    const api = serve(info, { $connect: { integration: mock(), apiKeyRequired: true } });
    api.connect();
    const lines = linesOf(api);
    assert.equal(lines[1], 'Verifying Usage Plan for request: R. API Key:  API Stage: w1x2y3z4a5/prod');
    assert.equal(
      lines.some((line) => line.startsWith('Starting execution')),
      false,
    );
    assert.match(lines.at(-1) ?? '', /failed to connect to API \[w1x2y3z4a5\] with status code \[403\]\.$/);
  });

  test('a key is shown by its end', () => {
    const meter = { bind: () => ({ take: () => ({ kind: 'passed', apiKeyId: 'k' }) }) };
    const api = serve(info, { $connect: { integration: mock(), apiKeyRequired: true } }, meter);
    api.connect({ headers: [['x-api-key', `${'a'.repeat(30)}bcdefg`]] });
    const text = linesOf(api).join('\n');
    assert.match(text, /API Key \*{30}bcdefg authorized because route '\$connect' requires API Key/);
    assert.doesNotMatch(text, /aaa/);
  });
});
