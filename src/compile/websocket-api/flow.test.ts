// Handshakes, messages and ends of connections through the whole flow, with functions behind the routes.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { FunctionResult } from '../../data-plane/ports.ts';
import type { WebSocketRoute, WebSocketStage } from '../../model/websocket-api.ts';
import { type FakeClient, ServedWebSocketApi } from '../testing/served-websocket-api.ts';
import { lambdaProxy, type RouteOptions, webSocketApi } from '../testing/websocket-api-builder.ts';

const all: Readonly<Record<string, RouteOptions>> = {
  $connect: { integration: lambdaProxy('connect') },
  $disconnect: { integration: lambdaProxy('disconnect') },
  $default: { integration: lambdaProxy('fallback') },
  send: { integration: lambdaProxy('send') },
  ask: { integration: lambdaProxy('ask'), answers: true },
};

interface Options {
  readonly routes?: Readonly<Record<string, RouteOptions>>;
  readonly stage?: Partial<WebSocketStage>;
  readonly result?: FunctionResult | undefined;
}

function serve({ routes = all, stage = {}, ...options }: Options = {}): ServedWebSocketApi {
  const api = new ServedWebSocketApi(webSocketApi(routes, { stage }));
  const result = 'result' in options ? options.result : ({ kind: 'returned', payload: '{"statusCode":200}' } as const);
  api.ports.functions.handler = () => result;
  return api;
}

const connected = (options?: Options): { api: ServedWebSocketApi; client: FakeClient } => {
  const api = serve(options);
  const client = api.connect();
  assert.ok(client.connection !== undefined, client.request.responseText);
  return { api, client };
};

function withoutTimes(event: Record<string, unknown>): Record<string, unknown> {
  const { extendedRequestId, requestId, requestTime, requestTimeEpoch, connectedAt, connectionId, messageId, ...context } = event[
    'requestContext'
  ] as Record<string, unknown>;
  assert.equal(extendedRequestId, requestId);
  assert.match(String(requestId), /^[\w-]{15}=$/);
  assert.match(String(requestTime), /^\d\d\/\w{3}\/\d{4}:\d\d:\d\d:\d\d \+0000$/);
  assert.ok(Number(connectedAt) <= Number(requestTimeEpoch));
  assert.match(String(connectionId), /^[\w-]{23}=$/);
  return { ...event, requestContext: { ...context, ...(messageId === undefined ? {} : { messageId: 'M' }) } };
}

const context = {
  messageDirection: 'IN',
  stage: 'prod',
  identity: { userAgent: 'wscat', sourceIp: '203.0.113.9' },
  domainName: 'w1x2y3z4a5.execute-api.us-east-1.amazonaws.com',
  apiId: 'w1x2y3z4a5',
};
const host = context.domainName;

describe('a handshake', () => {
  test('is let in by its function, which sees it as AWS shows it', () => {
    const api = serve();
    const trace = 'Root=1-6740a1b2-0123456789abcdef01234567';
    const client = api.connect({
      target: '/prod?room=7&room=8',
      host,
      headers: [
        ['User-Agent', 'wscat'],
        ['Connection', 'Upgrade'],
        ['Upgrade', 'websocket'],
        ['Sec-WebSocket-Key', 'c2FtcGxlIGtleSBoZXJlIQ=='],
        ['X-Amzn-Trace-Id', trace],
        ['X-Two', 'a'],
        ['x-two', 'b'],
      ],
    });
    assert.equal(client.request.answered, false, 'no HTTP answer');
    assert.equal(api.ports.connections.size, 1);
    assert.deepEqual([...api.ports.journal.open], [client.connection?.id]);
    const headers = {
      Host: host,
      'User-Agent': 'wscat',
      'Sec-WebSocket-Key': 'c2FtcGxlIGtleSBoZXJlIQ==',
      'X-Two': 'b',
      'X-Amzn-Trace-Id': trace,
      'X-Forwarded-For': '203.0.113.9',
      'X-Forwarded-Port': '8080',
      'X-Forwarded-Proto': 'http',
    };
    assert.deepEqual(withoutTimes(api.lastEvent), {
      headers,
      multiValueHeaders: {
        ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
        'X-Two': ['a', 'b'],
      },
      queryStringParameters: { room: '8' },
      multiValueQueryStringParameters: { room: ['7', '8'] },
      requestContext: { ...context, routeKey: '$connect', eventType: 'CONNECT' },
      isBase64Encoded: false,
    });
  });

  test('without a query has no such members; stage variables are there when there are some', () => {
    const api = serve({ stage: { stageVariables: { color: 'blue' } } });
    api.connect();
    assert.equal('queryStringParameters' in api.lastEvent, false);
    assert.deepEqual(api.lastEvent['stageVariables'], { color: 'blue' });
  });

  test('gets the subprotocol that the function chose, and nothing else of its answer', () => {
    const payload = JSON.stringify({
      statusCode: 200,
      headers: { 'sec-websocket-protocol': 'chat.v2', 'x-y': 'z' },
      body: 'hello',
    });
    const { client } = connected({ result: { kind: 'returned', payload } });
    assert.equal(client.protocol, 'chat.v2');
    assert.deepEqual(client.received, []);
    const forged = JSON.stringify({ statusCode: 200, headers: { 'Sec-WebSocket-Protocol': 'a\r\nX-Y: z' } });
    assert.equal(connected({ result: { kind: 'returned', payload: forged } }).client.protocol, undefined);
  });

  for (const [desc, result, status, body] of [
    ['the function refuses', { kind: 'returned', payload: '{"statusCode":401,"body":"no"}' }, 401, ''],
    [
      'the function fails',
      { kind: 'functionError', payload: '{"errorMessage":"x"}' },
      502,
      '{"message":"Internal server error"}',
    ],
    ['its answer is none', { kind: 'returned', payload: 'null' }, 502, '{"message":"Internal server error"}'],
    ['its status is none', { kind: 'returned', payload: '{"statusCode":"ok"}' }, 502, '{"message":"Internal server error"}'],
    [
      'the function may not be called',
      { kind: 'refused', refusal: 'AccessDenied', message: 'no' },
      500,
      '{"message":"Internal server error"}',
    ],
  ] as const) {
    test(`is answered ${status} when ${desc}`, () => {
      const api = serve({ result });
      const client = api.connect();
      assert.equal(client.connection, undefined);
      assert.equal(client.request.status, status);
      assert.equal(client.request.responseText, body);
      assert.equal(client.request.responseHeader('content-type'), 'application/json');
      assert.equal(api.ports.connections.size, 0);
      assert.equal(api.ports.journal.open.size, 0, 'no $disconnect for it');
    });
  }

  test('is answered 504 when the function is too slow; its late answer is ignored', () => {
    const api = serve({ result: undefined });
    const client = api.connect();
    assert.equal(client.request.answered, false);
    api.ports.deadlines.expireAll();
    assert.equal(client.request.status, 504);
    assert.equal(client.request.responseText, '{"message":"Endpoint request timed out"}');
    api.ports.functions.waiting[0]?.onFunctionResult({ kind: 'returned', payload: '{"statusCode":200}' });
    assert.equal(client.connection, undefined);
    assert.equal(client.request.answers, 1);
  });

  test('needs no $connect route', () => {
    const { client, api } = connected({ routes: { $default: { integration: lambdaProxy() } } });
    assert.ok(client.connection);
    assert.equal(api.ports.journal.open.size, 0, 'nothing has to be told at its end');
    assert.equal(api.ports.functions.events.length, 0);
  });

  test('is answered when the connection is durable, not before', () => {
    const api = serve();
    api.ports.journal.holds = true;
    const client = api.connect();
    assert.equal(client.connection, undefined);
    api.ports.journal.waiting[0]?.();
    assert.ok(client.connection);
    const refused = api.connect();
    api.ports.journal.waiting[1]?.(new Error('disk full'));
    assert.equal(refused.connection, undefined);
    assert.equal(refused.request.status, 500);
  });

  test('of a client that leaves while its function runs is over at once: $disconnect follows', () => {
    const api = serve({ result: undefined });
    const client = api.connect();
    client.request.leave();
    client.request.answers = 1;
    api.ports.functions.handler = () => ({ kind: 'returned', payload: '{"statusCode":200}' });
    api.ports.functions.waiting[0]?.onFunctionResult({ kind: 'returned', payload: '{"statusCode":200}' });
    assert.equal(api.ports.connections.size, 0);
    const { routeKey, disconnectStatusCode } = api.lastEvent['requestContext'] as Record<string, unknown>;
    assert.deepEqual([routeKey, disconnectStatusCode], ['$disconnect', 1006]);
    assert.equal(api.ports.journal.open.size, 0);
  });

  test('is throttled', () => {
    const routeSettings = { $connect: { throttlingRateLimit: 1, throttlingBurstLimit: 1 } } as never;
    const api = serve({ stage: { routeSettings } });
    assert.ok(api.connect().connection);
    const refused = api.connect().request;
    assert.equal(refused.status, 429);
    assert.equal(refused.responseText, '{"message":"Too Many Requests"}');
  });

  test('must have what the route requires', () => {
    const requestParameters = {
      'route.request.header.X-Team': { required: true },
      'route.request.querystring.room': { required: true },
      'route.request.querystring.other': { required: false },
    };
    const api = serve({ routes: { $connect: { integration: lambdaProxy(), requestParameters } } });
    const refused = api.connect().request;
    assert.equal(refused.status, 400);
    assert.equal(refused.responseText, '{"message":"Missing required request parameters: [X-Team, room]"}');
    assert.ok(api.connect({ target: '/prod?room=1', headers: [['x-team', 'a']] }).connection);
  });
});

describe('API keys', () => {
  const routes = { $connect: { integration: lambdaProxy(), apiKeyRequired: true } };

  test('nobody gets in where no key is checked', () => {
    const { request } = serve({ routes }).connect();
    assert.equal(request.status, 403);
    assert.equal(request.responseText, '{"message":"Forbidden"}');
  });

  test('the key is asked about, and events show it', () => {
    const asked: unknown[] = [];
    const meter = {
      bind: (method: object) => ({
        take: (key: string | undefined) => {
          asked.push({ ...method, key });
          return { kind: 'passed', apiKeyId: 'key1' } as const;
        },
      }),
    };
    const api = new ServedWebSocketApi(webSocketApi(routes), { meter });
    api.ports.functions.handler = () => ({ kind: 'returned', payload: '{}' });
    assert.ok(api.connect({ headers: [['x-api-key', 'secret']] }).connection);
    assert.deepEqual(asked, [
      {
        scope: { account: '000000000000', region: 'us-east-1' },
        apiId: 'w1x2y3z4a5',
        stageName: 'prod',
        resourcePath: '$connect',
        httpMethod: '',
        key: 'secret',
      },
    ]);
    const { identity } = api.lastEvent['requestContext'] as { identity: Record<string, unknown> };
    assert.deepEqual([identity['apiKey'], identity['apiKeyId']], ['secret', 'key1']);
  });

  test('a route of messages that asks for a key takes those of connections that came with one', () => {
    const send = { integration: lambdaProxy(), apiKeyRequired: true };
    const meter = { bind: () => ({ take: () => ({ kind: 'passed', apiKeyId: 'key1' }) as const }) };
    const withoutKey = new ServedWebSocketApi(webSocketApi({ send }), { meter });
    const stranger = withoutKey.connect();
    withoutKey.say(stranger, '{"action":"send"}');
    assert.match(String(stranger.received.at(-1)), /^\{"message": "Forbidden", /);
    assert.equal(withoutKey.ports.functions.events.length, 0);

    const withKey = new ServedWebSocketApi(webSocketApi({ ...routes, send }), { meter });
    withKey.ports.functions.handler = () => ({ kind: 'returned', payload: '{}' });
    const member = withKey.connect({ headers: [['x-api-key', 'secret']] });
    withKey.say(member, '{"action":"send"}');
    assert.deepEqual(member.received, []);
    assert.equal((withKey.lastEvent['requestContext'] as Record<string, unknown>)['routeKey'], 'send');
  });
});

describe('a Lambda authorizer', () => {
  const authorizers = [
    {
      authorizerId: 'auth1',
      name: 'team',
      authorizerType: 'REQUEST' as const,
      authorizerUri: lambdaProxy('authorizer').integrationUri as string,
      identitySource: ['route.request.querystring.token'],
    },
  ];
  const policy = (Effect: string, Resource = '*') => ({
    principalId: 'ann',
    policyDocument: { Version: '2012-10-17', Statement: [{ Effect, Action: 'execute-api:Invoke', Resource }] },
    context: { team: 'red', n: 7, yes: true },
  });

  function guarded(answer: FunctionResult | object): ServedWebSocketApi {
    const route: Partial<WebSocketRoute> = { authorizationType: 'CUSTOM', authorizerId: 'auth1' };
    const api = new ServedWebSocketApi(
      webSocketApi({ ...all, $connect: { ...all['$connect'], ...route } }, { api: { authorizers } }),
    );
    api.ports.functions.handler = (event) => {
      if (!event.startsWith('{"type":"REQUEST"')) return { kind: 'returned', payload: '{"statusCode":200}' };
      return 'kind' in answer ? (answer as FunctionResult) : { kind: 'returned', payload: JSON.stringify(answer) };
    };
    return api;
  }

  test('sees the handshake, and what it says is shown to every later event, as text', () => {
    const api = guarded(policy('Allow'));
    const client = api.connect({ target: '/prod?token=t', host });
    const asked = JSON.parse(api.ports.functions.events[0] ?? '{}') as Record<string, unknown>;
    assert.equal(asked['methodArn'], 'arn:aws:execute-api:us-east-1:000000000000:w1x2y3z4a5/prod/$connect');
    assert.deepEqual(asked['stageVariables'], {});
    const headers = asked['headers'] as Record<string, string>;
    assert.deepEqual([headers['Connection'], headers['Upgrade'], headers['content-length']], ['upgrade', 'websocket', '0']);
    api.say(client, '{"action":"send"}');
    api.leave(client);
    const shown = api.ports.functions.events
      .slice(1)
      .map(
        (event) => (JSON.parse(event) as { requestContext: { authorizer: Record<string, unknown> } }).requestContext.authorizer,
      );
    assert.equal(shown.length, 3);
    for (const { integrationLatency, ...authorizer } of shown) {
      assert.equal(typeof integrationLatency, 'number');
      assert.deepEqual(authorizer, { principalId: 'ann', team: 'red', n: '7', yes: 'true' });
    }
  });

  for (const [desc, answer, target, status, message] of [
    ['no token: nobody is asked', policy('Allow'), '/prod', 401, 'Unauthorized'],
    ['a policy that denies', policy('Deny'), '/prod?token=t', 403, 'Forbidden'],
    ['a policy about another route', policy('Allow', 'arn:aws:execute-api:*:*:*/prod/other'), '/prod?token=t', 403, 'Forbidden'],
    [
      'a function that says Unauthorized',
      { kind: 'functionError', payload: '{"errorMessage":"Unauthorized"}' },
      '/prod?token=t',
      401,
      'Unauthorized',
    ],
    [
      'a function that fails',
      { kind: 'functionError', payload: '{"errorMessage":"boom"}' },
      '/prod?token=t',
      500,
      'Internal server error',
    ],
    ['an answer that is none', { hello: 1 }, '/prod?token=t', 500, 'Internal server error'],
    [
      'an answer of more than 8 KB',
      { ...policy('Allow'), context: { x: 'x'.repeat(9_000) } },
      '/prod?token=t',
      500,
      'Internal server error',
    ],
  ] as const) {
    test(`keeps out: ${desc}`, () => {
      const api = guarded(answer);
      const { request, connection } = api.connect({ target });
      assert.equal(connection, undefined);
      assert.equal(request.status, status);
      assert.equal(request.responseText, JSON.stringify({ message }));
      assert.ok(
        api.ports.functions.events.every((event) => event.startsWith('{"type":"REQUEST"')),
        '$connect must not run',
      );
    });
  }
});

describe('a message', () => {
  const boundTo = (api: ServedWebSocketApi, name: string) =>
    api.ports.functions.bound.some(({ functionArn }) => functionArn.endsWith(`:${name}`));

  test('goes to the route that its key names, as AWS shows it', () => {
    const { api, client } = connected();
    assert.ok(boundTo(api, 'send'));
    api.say(client, '{"action":"send","text":"hällo"}');
    const event = api.lastEvent;
    assert.deepEqual(withoutTimes(event), {
      requestContext: {
        ...context,
        identity: { sourceIp: '203.0.113.9' },
        domainName: 'a1b2c3.execute-api.us-east-1.amazonaws.com',
        routeKey: 'send',
        messageId: 'M',
        eventType: 'MESSAGE',
      },
      body: '{"action":"send","text":"hällo"}',
      isBase64Encoded: false,
    });
    assert.equal((event['requestContext'] as { connectionId: string }).connectionId, client.connection?.id);
    assert.deepEqual(client.received, [], 'a one-way route says nothing');
  });

  for (const [text, routeKey] of [
    ['{"action":"nobody"}', '$default'],
    ['{"action":"$connect"}', '$default'],
    ['{"action":"$disconnect"}', '$default'],
    ['{}', '$default'],
    ['no json', '$default'],
    ['', '$default'],
    ['{"action":"ask"}', 'ask'],
  ] as const) {
    test(`"${text}" goes to ${routeKey}`, () => {
      const { api, client } = connected();
      api.say(client, text);
      assert.equal((api.lastEvent['requestContext'] as { routeKey: string }).routeKey, routeKey);
    });
  }

  test('a two-way route sends the body of the answer, whatever its status', () => {
    const { api, client } = connected();
    api.ports.functions.handler = () => ({ kind: 'returned', payload: '{"statusCode":500,"body":"wörld"}' });
    api.say(client, '{"action":"ask"}');
    api.ports.functions.handler = () => ({ kind: 'returned', payload: '{"statusCode":200}' });
    api.say(client, '{"action":"ask"}');
    api.ports.functions.handler = () => ({ kind: 'returned', payload: '{"body":"AQL/","isBase64Encoded":true}' });
    api.say(client, '{"action":"ask"}');
    assert.deepEqual(client.received, ['wörld', Buffer.from([1, 2, 255])]);
  });

  test('its sizes are bytes of UTF-8', () => {
    const { api, client } = connected();
    api.ports.functions.handler = () => ({ kind: 'returned', payload: '{"statusCode":200,"body":"wörld €"}' });
    api.say(client, '{"action":"ask","text":"ä"}');
    const { bytesIn, bytesOut } = api.ports.exchanges.records.at(-1) ?? {};
    assert.deepEqual({ bytesIn, bytesOut }, { bytesIn: 28, bytesOut: 10 });
  });

  for (const [desc, routes, text, result, frame] of [
    [
      'no route and no $default',
      { send: { integration: lambdaProxy() } },
      '{"action":"x"}',
      undefined,
      '{"message": "Forbidden", "connectionId":"C", "requestId":"R"}',
    ],
    [
      'a function that fails',
      all,
      '{"action":"send"}',
      { kind: 'functionError', payload: '{}' },
      '{"message": "Internal server error", "connectionId":"C", "requestId":"R"}',
    ],
    [
      'a function that may not be called',
      all,
      '{"action":"send"}',
      { kind: 'refused', refusal: 'AccessDenied', message: 'no' },
      '{"message": "Internal server error", "connectionId":"C", "requestId":"R"}',
    ],
    [
      'an answer that is none',
      all,
      '{"action":"send"}',
      { kind: 'returned', payload: '"text"' },
      '{"message": "Internal server error", "connectionId":"C", "requestId":"R"}',
    ],
  ] as const) {
    test(`that is not served is told so, and the connection stays: ${desc}`, () => {
      const { api, client } = connected({ routes });
      if (result !== undefined) api.ports.functions.handler = () => result;
      api.say(client, text);
      const [said = ''] = client.received;
      const id = client.connection?.id ?? '';
      assert.equal(
        String(said)
          .replace(id, 'C')
          .replace(/[\w-]{15}=/, 'R'),
        frame,
      );
      assert.equal(client.isOpen, true);
    });
  }

  test('that takes too long', () => {
    const { api, client } = connected();
    api.ports.functions.handler = () => undefined;
    api.say(client, '{"action":"send"}');
    assert.deepEqual(client.received, []);
    api.ports.deadlines.expireAll();
    assert.match(String(client.received[0]), /^\{"message": "Endpoint request timed out", "connectionId":"/);
  });

  test('is throttled', () => {
    const routeSettings = { send: { throttlingRateLimit: 1, throttlingBurstLimit: 2 } } as never;
    const { api, client } = connected({ stage: { routeSettings } });
    for (let i = 0; i < 3; i++) api.say(client, '{"action":"send"}');
    assert.equal(api.ports.functions.events.length, 3);
    assert.match(String(client.received[0]), /^\{"message": "Too Many Requests", "connectionId":"/);
  });

  test('must fit its model', () => {
    const schema = '{"type":"object","required":["text"],"properties":{"text":{"type":"string"}}}';
    const models = [{ modelId: 'm1', name: 'Send', contentType: 'application/json', schema }];
    const send: RouteOptions = {
      integration: lambdaProxy('send'),
      modelSelectionExpression: '$request.body.action',
      requestModels: { send: 'Send' },
    };
    const api = new ServedWebSocketApi(webSocketApi({ ...all, send }, { api: { models } }));
    api.ports.functions.handler = () => ({ kind: 'returned', payload: '{}' });
    const client = api.connect();
    api.say(client, '{"action":"send","text":"x"}');
    assert.deepEqual(client.received, []);
    api.say(client, '{"action":"send","text":5}');
    const id = client.connection?.id ?? '';
    assert.equal(
      String(client.received[0])
        .replace(id, 'C')
        .replace(/[\w-]{15}=/, 'M'),
      '{"message": "Bad request body", "connectionId":"C", "messageId":"M"}',
    );
    assert.equal(api.ports.functions.events.length, 2);
    // $default of the API does not validate; a route whose models have no key for the message lets nothing through.
    api.say(client, '{"action":"nobody"}');
    assert.equal(client.received.length, 1);
  });

  test('for which the route has no model does not fit', () => {
    const models = [{ modelId: 'm1', name: 'Send', contentType: 'application/json', schema: '{"type":"object"}' }];
    const send: RouteOptions = {
      integration: lambdaProxy('send'),
      modelSelectionExpression: '$request.body.kind',
      requestModels: { text: 'Send' },
    };
    const api = new ServedWebSocketApi(webSocketApi({ send }, { api: { models } }));
    const client = api.connect();
    api.say(client, '{"action":"send","kind":"text"}');
    assert.equal(client.received.length, 0);
    api.say(client, '{"action":"send","kind":"image"}');
    assert.match(String(client.received[0]), /^\{"message": "Bad request body"/);
  });

  test('many at work hold the client back until some are done', () => {
    const { api, client } = connected();
    api.ports.functions.handler = () => undefined;
    for (let i = 0; i < 63; i++) api.say(client, '{"action":"send"}');
    assert.equal(client.paused, false);
    api.say(client, '{"action":"send"}');
    assert.equal(client.paused, true);
    api.ports.functions.waiting.at(-1)?.onFunctionResult({ kind: 'returned', payload: '{}' });
    assert.equal(client.paused, false);
  });

  test('of a client that is gone when its answer comes does no harm', () => {
    const { api, client } = connected();
    api.ports.functions.handler = () => undefined;
    api.say(client, '{"action":"ask"}');
    const waiting = api.ports.functions.waiting.at(-1);
    api.leave(client);
    waiting?.onFunctionResult({ kind: 'returned', payload: '{"body":"late"}' });
    assert.deepEqual(client.received, []);
  });
});

describe('the end of a connection', () => {
  test('is told once, with its code and reason', () => {
    const { api, client } = connected();
    api.leave(client, 1000, 'Connection Closed Normally');
    assert.deepEqual(withoutTimes(api.lastEvent), {
      headers: { Host: 'a1b2c3.execute-api.us-east-1.amazonaws.com', 'x-api-key': '', 'X-Forwarded-For': '', 'x-restapi': '' },
      multiValueHeaders: {
        Host: ['a1b2c3.execute-api.us-east-1.amazonaws.com'],
        'x-api-key': [''],
        'X-Forwarded-For': [''],
        'x-restapi': [''],
      },
      requestContext: {
        ...context,
        identity: { sourceIp: '203.0.113.9' },
        domainName: 'a1b2c3.execute-api.us-east-1.amazonaws.com',
        routeKey: '$disconnect',
        eventType: 'DISCONNECT',
        disconnectStatusCode: 1000,
        disconnectReason: 'Connection Closed Normally',
      },
      isBase64Encoded: false,
    });
    assert.equal(api.ports.connections.size, 0);
    assert.equal(api.ports.journal.open.size, 0);
  });

  test('is forgotten when $disconnect has answered, not before, whatever it answers', async () => {
    const { api, client } = connected();
    api.ports.functions.handler = () => undefined;
    api.leave(client);
    assert.equal(api.ports.journal.open.size, 1);
    let isDone = false;
    const done = api.ports.departures.idle().then(() => (isDone = true));
    await Promise.resolve();
    assert.equal(isDone, false);
    api.ports.functions.waiting.at(-1)?.onFunctionResult({ kind: 'functionError', payload: '{}' });
    assert.equal(api.ports.journal.open.size, 0);
    await done;
  });
});

test('many that leave together run $disconnect a few at a time', async () => {
  const api = serve();
  const clients = Array.from({ length: 100 }, () => api.connect());
  api.ports.functions.handler = () => undefined;
  for (const client of clients) api.leave(client);
  const running = () => api.ports.functions.waiting.length;
  assert.equal(running(), 64);
  api.ports.functions.waiting[0]?.onFunctionResult({ kind: 'returned', payload: '{}' });
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(running(), 65);
  api.ports.functions.handler = () => ({ kind: 'returned', payload: '{}' });
  for (const waiting of api.ports.functions.waiting.slice(1)) waiting.onFunctionResult({ kind: 'returned', payload: '{}' });
  await api.ports.departures.idle();
  assert.equal(api.ports.journal.open.size, 0);
});

test('every event is counted and recorded', () => {
  const { api, client } = connected();
  api.say(client, '{"action":"send"}');
  api.say(client, '{"action":"nobody"}');
  api.leave(client);
  assert.deepEqual(
    api.ports.exchanges.records.map(({ method, path, routeKey, status, apiKind }) => [method, path, routeKey, status, apiKind]),
    [
      ['GET', '/prod', '$connect', 101, 'websocket-api'],
      ['MESSAGE', '/prod', 'send', 200, 'websocket-api'],
      ['MESSAGE', '/prod', '$default', 200, 'websocket-api'],
      ['DISCONNECT', '/prod', '$disconnect', 200, 'websocket-api'],
    ],
  );
  const sums = new Map(
    api.ports.metrics
      .collect()
      .filter(({ metric }) => metric.dimensions.length === 2)
      .map(({ metric, distribution }) => [metric.metricName, distribution.sum]),
  );
  // Nothing was sent to the client.
  assert.deepEqual([sums.get('ConnectCount'), sums.get('MessageCount'), sums.get('ClientError')], [1, 2, 0]);
});
