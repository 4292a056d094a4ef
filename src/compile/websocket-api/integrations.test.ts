// biome-ignore-all lint/suspicious/noTemplateCurlyInString: expressions in AWS's notation
// Events through MOCK, HTTP, functions behind templates and AWS services: what is called, and what the client hears.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { FakeBody } from '../../data-plane/testing/fake-messages.ts';
import { fakeResponse } from '../../data-plane/testing/fake-ports.ts';
import type { UpstreamCall } from '../../http1/message.ts';
import type { WebSocketStage } from '../../model/websocket-api.ts';
import type { Surroundings } from '../http-api/surroundings.ts';
import { type FakeClient, ServedWebSocketApi } from '../testing/served-websocket-api.ts';
import {
  type IntegrationOptions,
  invocationUri,
  mock,
  type RouteOptions,
  webSocketApi,
} from '../testing/websocket-api-builder.ts';

const surroundings: Surroundings = {
  vpcTargets: new Map([['link1', { host: '10.0.0.7', port: 9000 }]]),
  awsEndpoints: new Map([['all', 'http://127.0.0.1:4566/base']]),
  hasAwsKeys: true,
};

interface Served {
  readonly api: ServedWebSocketApi;
  readonly client: FakeClient;
  /** Says a message and returns what the client heard of it. */
  say(message: unknown): readonly (string | Buffer)[];
}

/** A two-way $default route with this integration, and a client. */
function serve(integration: IntegrationOptions, options: { stage?: Partial<WebSocketStage>; route?: RouteOptions } = {}): Served {
  const route = { integration, answers: true, ...options.route };
  const api = new ServedWebSocketApi(webSocketApi({ $default: route }, { stage: options.stage ?? {} }), { surroundings });
  const client = api.connect();
  return {
    api,
    client,
    say(message) {
      client.received.length = 0;
      api.say(client, typeof message === 'string' ? message : JSON.stringify(message));
      return [...client.received];
    },
  };
}

function connecting(integration: IntegrationOptions): ServedWebSocketApi {
  return new ServedWebSocketApi(webSocketApi({ $connect: { integration } }), { surroundings });
}

const frame = (message: string) =>
  new RegExp(`^\\{"message": "${message}", "connectionId":"[^"]+", "(?:requestId|messageId)":"[^"]+"\\}$`);

function assertFrame(received: readonly (string | Buffer)[], message: string): void {
  assert.equal(received.length, 1);
  assert.match(String(received[0]), frame(message));
}

/** Headers of a call as pairs. */
function headersOf(call: UpstreamCall | undefined): Record<string, string> {
  const lines = (call?.headers.text ?? '').split('\r\n').filter((line) => line !== '');
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(': ') + 2)]));
}

const http = (options: IntegrationOptions = {}): IntegrationOptions => ({
  integrationType: 'HTTP',
  integrationMethod: 'POST',
  integrationUri: 'http://backend.example:3000/ws',
  responses: { $default: {} },
  ...options,
});
const lambda = (options: IntegrationOptions = {}): IntegrationOptions => ({
  integrationType: 'AWS',
  integrationMethod: 'POST',
  integrationUri: invocationUri('chat'),
  responses: { $default: {} },
  ...options,
});
const sqs = (options: IntegrationOptions = {}): IntegrationOptions => ({
  integrationType: 'AWS',
  integrationMethod: 'POST',
  integrationUri: 'arn:aws:apigateway:us-east-1:sqs:path/000000000000/jobs',
  responses: { $default: {} },
  ...options,
});
const template = (text: string) => ({ requestTemplates: { $default: text } });
const answering = (text: string) => ({ responses: { $default: { responseTemplates: { $default: text } } } });

describe('MOCK', () => {
  test('a fixed answer', () => {
    const { say, api } = serve({ ...mock(), ...answering('{"pong":true}') });
    assert.deepEqual(say('ping'), ['{"pong":true}']);
    assert.deepEqual(say('ping'), ['{"pong":true}']);
    assert.equal(api.ports.exchanges.records.at(-1)?.integrationUs, undefined, 'nothing was called that could take time');
  });

  test('the response template reads what the request template passed on', () => {
    const { say } = serve({
      ...mock(`{"statusCode":200,"n":$input.json('$.n')}`),
      ...answering(`got $input.path('$.n') at $context.routeKey`),
    });
    assert.deepEqual(say({ n: 5 }), ['got 5 at $default']);
    assert.deepEqual(say({ n: 6 }), ['got 6 at $default']);
  });

  test('an echo: the message passes when no template is for it', () => {
    const { say } = serve({ integrationType: 'MOCK', responses: { $default: {} } });
    assert.deepEqual(say('{"statusCode":200,"text":"hällo"}'), ['{"statusCode":200,"text":"hällo"}']);
    const { say: again } = serve({ ...mock('$input.body'), ...answering('${input.body}') });
    assert.deepEqual(again('{"statusCode":200,"text":"x"}'), ['{"statusCode":200,"text":"x"}']);
  });

  test('the status selects the response, a pattern before $default', () => {
    const { say } = serve({
      ...mock(`{"statusCode":$input.path('$.status')}`),
      responses: {
        '/2\\d\\d/': { responseTemplates: { $default: 'fine' } },
        '/4\\d\\d/': { responseTemplates: { $default: 'yours' } },
        $default: { responseTemplates: { $default: 'ours' } },
      },
    });
    for (const [status, heard] of [
      [200, 'fine'],
      [404, 'yours'],
      [500, 'ours'],
      [204, 'fine'],
      [20, 'ours'],
    ] as const) {
      assert.deepEqual(say({ status }), [heard], String(status));
    }
  });

  for (const [desc, options] of [
    ['no status code', mock('{}')],
    ['no integration response for the status', mock('{"statusCode":500}', { '/200/': {} })],
    ['no integration response at all', mock('{"statusCode":200}', {})],
    ['a template that cannot be compiled', mock('#if(')],
    ['a response template that cannot be compiled', { ...mock(), ...answering('#if(') }],
    ['a pattern that cannot be run', mock('{"statusCode":200}', { '/(?=2)200/': {}, $default: {} })],
    ['a mapping that is none', { ...mock(), requestParameters: { 'integration.request.header.x': 'what' } }],
  ] as const) {
    test(`${desc} is our failure`, () => assertFrame(serve(options).say('{"a":1}'), 'Internal server error'));
  }

  test('a one-way route needs no integration response, and says nothing', () => {
    const { say, api } = serve(mock('{"statusCode":200}', {}), { route: { answers: false } });
    assert.deepEqual(say('{}'), []);
    assert.equal(api.ports.exchanges.records.at(-1)?.status, 200);
  });

  for (const [status, answered] of [
    [200, undefined],
    [204, undefined],
    [403, 403],
    [500, 500],
    // What is no final status of HTTP.
    [0, 502],
    [101, 502],
    [999, 502],
  ] as const) {
    test(`$connect with ${status}: ${answered ?? 'let in'}`, () => {
      const client = connecting(mock(`{"statusCode":${status}}`)).connect();
      assert.equal(client.connection !== undefined, answered === undefined);
      if (answered !== undefined) assert.equal(client.request.status, answered);
    });
  }

  test('$connect without an integration response is not let in', () => {
    const { request, connection } = connecting(mock('{"statusCode":200}', {})).connect();
    assert.equal(connection, undefined);
    assert.equal(request.status, 500);
    assert.equal(request.responseText, '{"message":"Internal server error"}');
  });

  test('$disconnect runs and answers nobody', () => {
    const api = new ServedWebSocketApi(webSocketApi({ $disconnect: { integration: mock('{"statusCode":200}', {}) } }));
    api.leave(api.connect());
    assert.equal(api.ports.exchanges.records.at(-1)?.status, 200);
    assert.equal(api.ports.journal.open.size, 0);
  });
});

describe('the template selection expression', () => {
  test('of requests reads the message', () => {
    const { say } = serve({
      ...mock(),
      ...answering('$input.body'),
      templateSelectionExpression: '$request.body.kind',
      requestTemplates: { a: '{"statusCode":200,"is":"A"}', b: '{"statusCode":200,"is":"B"}', $default: '{"statusCode":200}' },
    });
    assert.deepEqual(say({ kind: 'a' }), ['{"statusCode":200,"is":"A"}']);
    assert.deepEqual(say({ kind: 'b' }), ['{"statusCode":200,"is":"B"}']);
    assert.deepEqual(say({ kind: 'c' }), ['{"statusCode":200}']);
    assert.deepEqual(say('no json'), ['{"statusCode":200}']);
    assert.deepEqual(say({ kind: '__proto__' }), ['{"statusCode":200}']);
  });

  for (const [expression, heard] of [
    ['$integration.response.statuscode', 'by status'],
    ['$integration.response.header.x-kind', 'by header'],
    ['$integration.response.multivalueheader.x-two', 'by both'],
    ['$integration.response.body.kind', 'by body'],
    ['$request.body.kind', 'by message'],
    ['${context.routeKey}-${stageVariables.color}', 'by context'],
    ['\\$default', 'default'],
  ] as const) {
    test(`of responses: ${expression}`, () => {
      const { say, api } = serve(
        http({
          responses: {
            $default: {
              templateSelectionExpression: expression,
              responseTemplates: {
                '201': 'by status',
                h: 'by header',
                'a,b': 'by both',
                body: 'by body',
                message: 'by message',
                '$default-blue': 'by context',
                $default: 'default',
              },
            },
          },
        }),
        { stage: { stageVariables: { color: 'blue' } } },
      );
      api.upstreams.answer = () =>
        fakeResponse(
          201,
          [
            ['X-Kind', 'h'],
            ['x-two', 'a'],
            ['x-two', 'b'],
          ],
          '{"kind":"body"}',
        );
      assert.deepEqual(say({ kind: 'message' }), [heard]);
    });
  }
});

describe('messages that no template is for', () => {
  const withTemplate = { requestTemplates: { a: '{"x":1}' }, templateSelectionExpression: '$request.body.kind' };
  for (const [passthroughBehavior, templates, passes] of [
    ['WHEN_NO_MATCH', withTemplate, true],
    ['WHEN_NO_MATCH', {}, true],
    ['WHEN_NO_TEMPLATES', {}, true],
    ['WHEN_NO_TEMPLATES', withTemplate, false],
    ['NEVER', {}, false],
    ['NEVER', withTemplate, false],
  ] as const) {
    test(`${passthroughBehavior}, ${templates === withTemplate ? 'a template for others' : 'no templates'}`, () => {
      const { say, api } = serve(http({ passthroughBehavior, ...templates }));
      const received = say('{"kind":"b"}');
      if (passes) assert.equal(String(api.upstreams.calls[0]?.body), '{"kind":"b"}');
      else {
        assert.equal(api.upstreams.calls.length, 0);
        assertFrame(received, 'Unsupported Media Type');
      }
    });
  }

  test('an empty template passes the message on', () => {
    const { say, api } = serve(http({ passthroughBehavior: 'NEVER', requestTemplates: { $default: ' \n' } }));
    say('{"a":1}');
    assert.equal(String(api.upstreams.calls[0]?.body), '{"a":1}');
  });
});

describe('HTTP', () => {
  test('sends what is mapped, and what the gateway says of itself', () => {
    const { say, api, client } = serve(
      http({
        integrationUri: 'http://backend.example:3000/rooms/{room}?v=1',
        ...template(`{"said":$input.json('$.text'),"by":"$context.connectionId","in":"$stageVariables.color"}`),
        requestParameters: {
          'integration.request.header.X-Connection': 'context.connectionId',
          'integration.request.header.x-static': "'a b'",
          'integration.request.header.x-var': 'stageVariables.color',
          'integration.request.header.x-none': 'route.request.body.none',
          'integration.request.header.x-object': 'route.request.body.deep',
          'integration.request.querystring.q': 'route.request.body.text',
          'integration.request.path.room': "route.request.body['deep'].list[1]",
        },
      }),
      { stage: { stageVariables: { color: 'blue' } } },
    );
    api.upstreams.answer = () => fakeResponse(200, [], '{"ok":true}');
    const text = 'hi & bye=ü';
    assert.deepEqual(say({ text, deep: { list: [1, 'a/b ?'] } }), ['{"ok":true}']);
    const [call] = api.upstreams.calls;
    const { 'X-Amzn-Trace-Id': trace = '', ...headers } = headersOf(call);
    assert.match(trace, /^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/);
    assert.deepEqual(headers, {
      Host: 'backend.example:3000',
      Accept: 'application/json',
      'User-Agent': 'AmazonAPIGateway_w1x2y3z4a5',
      'Content-Type': 'application/json',
      'X-Amzn-Apigateway-Api-Id': 'w1x2y3z4a5',
      'X-Connection': client.connection?.id,
      'x-static': 'a b',
      'x-var': 'blue',
      'x-object': '{"list":[1,"a\\/b ?"]}',
    });
    assert.equal(call?.method, 'POST');
    assert.equal(call?.target, '/rooms/a/b%20%3F?v=1&q=hi%20%26%20bye%3D%C3%BC');
    assert.deepEqual(JSON.parse(String(call?.body)), { said: text, by: client.connection?.id, in: 'blue' });
    assert.deepEqual(call?.origin, { protocol: 'http', host: 'backend.example', port: 3000 });
    assert.equal(call?.timeoutMs, 29_000);
  });

  test('the connection id is not sent unless it is mapped', () => {
    const { say, api, client } = serve(http());
    say('{}');
    assert.equal(api.upstreams.calls[0]?.headers.text.includes(client.connection?.id ?? '?'), false);
  });

  test('the status selects the response', () => {
    const { say, api } = serve(
      http({ responses: { '/4\\d\\d/': { responseTemplates: { $default: 'no: $input.body' } }, $default: {} } }),
    );
    api.upstreams.answer = () => fakeResponse(404, [], 'nobody');
    assert.deepEqual(say('{}'), ['no: nobody']);
    api.upstreams.answer = () => fakeResponse(200, [], 'yes');
    assert.deepEqual(say('{}'), ['yes']);
  });

  test('an answer that comes in pieces', () => {
    const { say, api } = serve(http());
    api.upstreams.answer = () => fakeResponse(200, [], new FakeBody('in pieces: ü', { chunked: true }));
    assert.deepEqual(say('{}'), ['in pieces: ü']);
  });

  test('GET has no body', () => {
    const { say, api } = serve(http({ integrationMethod: 'GET', ...template('{"a":1}') }));
    say('{}');
    assert.equal(api.upstreams.calls[0]?.body, null);
    assert.equal(headersOf(api.upstreams.calls[0])['Content-Type'], undefined);
  });

  for (const [desc, failure, message] of [
    ['nobody listens', { kind: 'connect', message: 'no' }, 'Internal server error'],
    ['the connection breaks', { kind: 'network', message: 'no' }, 'Internal server error'],
    ['too slow', { kind: 'timeout', message: 'no' }, 'Endpoint request timed out'],
  ] as const) {
    test(`failures: ${desc}`, () => {
      const { say, api } = serve(http());
      api.upstreams.answer = () => failure as never;
      assertFrame(say('{}'), message);
    });
  }

  test('a body that breaks off', () => {
    const { say, api } = serve(http());
    api.upstreams.answer = () => fakeResponse(200, [], new FakeBody('x', { chunked: true, failure: 'timeout' }));
    assertFrame(say('{}'), 'Endpoint request timed out');
  });

  for (const [status, answered] of [
    [200, undefined],
    [401, 401],
    [302, 302],
    [500, 500],
  ] as const) {
    test(`$connect: the backend's ${status}`, () => {
      const api = connecting(
        http({
          requestParameters: {
            'integration.request.header.x-token': 'route.request.querystring.token',
            'integration.request.header.x-tokens': 'route.request.multivaluequerystring.token',
            'integration.request.header.x-team': 'route.request.header.X-Team',
            'integration.request.header.x-teams': 'route.request.multivalueheader.X-Team',
          },
          responses: {
            $default: {
              responseParameters: { 'method.response.header.Sec-WebSocket-Protocol': 'integration.response.header.x-protocol' },
            },
          },
        }),
      );
      api.upstreams.answer = () =>
        fakeResponse(
          status,
          [
            ['X-Protocol', 'chat.v2'],
            ['X-Other', 'no'],
          ],
          'body',
        );
      const client = api.connect({
        target: '/prod?token=a&token=b',
        headers: [
          ['X-Team', 'r'],
          ['x-team', 's'],
        ],
      });
      const headers = headersOf(api.upstreams.calls[0]);
      assert.deepEqual(
        [headers['x-token'], headers['x-tokens'], headers['x-team'], headers['x-teams']],
        ['b', 'a,b', 's', 'r,s'],
      );
      assert.equal(api.upstreams.calls[0]?.body, null);
      assert.equal(client.connection !== undefined, answered === undefined);
      if (answered === undefined) assert.equal(client.protocol, 'chat.v2');
      else {
        assert.equal(client.request.status, answered);
        assert.equal(client.request.responseText, '');
        assert.doesNotMatch(client.request.headerText, /X-Other|protocol/i);
      }
    });
  }

  test('an https backend is shown the certificate of the stage, another one nothing', () => {
    const clientCertificate = { name: 'c', certificatePem: 'pem', privateKeyPem: 'key' };
    for (const protocol of ['https', 'http']) {
      const integration = http({ integrationUri: `${protocol}://backend.example/ws` });
      const api = new ServedWebSocketApi(webSocketApi({ $default: { integration } }), { clientCertificate });
      api.say(api.connect(), '{}');
      assert.deepEqual(api.upstreams.calls[0]?.origin.clientCertificate, protocol === 'https' ? clientCertificate : undefined);
    }
  });

  test('through a VPC link: the operator says where, the name stays', () => {
    const { say, api } = serve(
      http({ integrationUri: 'https://inside.example/ws', connectionType: 'VPC_LINK', connectionId: 'link1' }),
    );
    say('{}');
    const [call] = api.upstreams.calls;
    assert.deepEqual(call?.origin, { protocol: 'https', host: '10.0.0.7', port: 9000, serverName: 'inside.example' });
    assert.equal(headersOf(call)['Host'], 'inside.example');
  });
});

describe('HTTP_PROXY', () => {
  const proxy = (options: IntegrationOptions = {}) => http({ integrationType: 'HTTP_PROXY', responses: {}, ...options });

  test('passes the message, and gives the answer back as it is, whatever its status', () => {
    const { say, api } = serve(
      proxy({ requestParameters: { 'integration.request.header.connectionId': 'context.connectionId' }, ...template('unused') }),
    );
    api.upstreams.answer = () => fakeResponse(503, [], 'wörld');
    assert.deepEqual(say('{"text":"hällo"}'), ['wörld']);
    const [call] = api.upstreams.calls;
    assert.equal(Buffer.from(call?.body as Buffer).toString('utf8'), '{"text":"hällo"}');
    const { connectionId = '', 'User-Agent': agent } = headersOf(call);
    assert.equal(agent, 'AmazonAPIGateway_w1x2y3z4a5');
    assert.match(connectionId, /=$/);
  });

  test('bytes that are no text stay bytes', () => {
    const { say, api } = serve(proxy());
    const bytes = Buffer.from([0xff, 0, 1]);
    api.upstreams.answer = () => fakeResponse(200, [], new FakeBody(bytes, { chunked: true }));
    assert.deepEqual(say('{}'), [bytes]);
  });

  test('a handshake brings its headers and its query string, and gets the subprotocol of the answer', () => {
    const api = connecting(proxy({ integrationUri: 'http://backend.example/connect' }));
    api.upstreams.answer = () => fakeResponse(200, [['Sec-WebSocket-Protocol', 'chat']], '');
    const client = api.connect({
      target: '/prod?token=t%20t',
      headers: [
        ['X-Team', 'red'],
        ['Connection', 'Upgrade, X-Hidden'],
        ['Upgrade', 'websocket'],
        ['Authorization', 'AWS4-HMAC-SHA256 Credential=x'],
        ['Content-Length', '0'],
        ['X-Forwarded-For', '198.51.100.1'],
      ],
    });
    const [call] = api.upstreams.calls;
    const { 'X-Amzn-Trace-Id': trace, ...headers } = headersOf(call);
    assert.ok(trace);
    assert.deepEqual(headers, {
      Host: 'backend.example',
      'X-Team': 'red',
      'X-Forwarded-For': '198.51.100.1, 203.0.113.9',
      'X-Forwarded-Port': '8080',
      'X-Forwarded-Proto': 'http',
      'X-Amzn-Apigateway-Api-Id': 'w1x2y3z4a5',
    });
    assert.equal(call?.target, '/connect?token=t%20t');
    assert.equal(client.protocol, 'chat');
  });
});

describe('a function behind templates', () => {
  test('gets what the template makes, and its payload is mapped', () => {
    const { say, api } = serve(
      lambda({ ...template(`{"n":$input.json('$.n')}`), ...answering(`{"twice":$input.path('$.twice')}`) }),
    );
    api.ports.functions.handler = (event) => {
      const { n } = JSON.parse(event) as { n: number };
      return { kind: 'returned', payload: JSON.stringify({ twice: 2 * n }) };
    };
    assert.deepEqual(say({ n: 4 }), ['{"twice":8}']);
  });

  test('its errorMessage selects the response', () => {
    const { say, api } = serve(
      lambda({ responses: { '/.*BadRequest.*/': { responseTemplates: { $default: 'bad' } }, $default: {} } }),
    );
    api.ports.functions.handler = () => ({ kind: 'functionError', payload: '{"errorMessage":"[BadRequest] x"}' });
    assert.deepEqual(say('{}'), ['bad']);
    api.ports.functions.handler = () => ({ kind: 'functionError', payload: '{"errorMessage":"boom"}' });
    assert.deepEqual(say('{}'), ['{"errorMessage":"boom"}']);
  });

  test('an event that is no JSON is refused like Lambda does', () => {
    const { say, api } = serve(lambda({ ...template('{') }));
    assert.deepEqual(say('{}'), ['{"Type":"User","message":"Could not parse request body into json: Unrecognized token"}']);
    assert.equal(api.ports.functions.events.length, 0);
  });

  test('asynchronously when the mapping says so', () => {
    const { say, api } = serve(
      lambda({ requestParameters: { 'integration.request.header.X-Amz-Invocation-Type': "'Event'" }, ...answering('queued') }),
    );
    assert.deepEqual(say('{"a":1}'), ['queued']);
    assert.deepEqual(api.ports.functions.queued, ['{"a":1}']);
    assert.equal(api.ports.functions.events.length, 0);
  });

  test('is given up after its time', () => {
    const { say, api, client } = serve(lambda());
    api.ports.functions.handler = () => undefined;
    say('{}');
    api.ports.deadlines.expireAll();
    assertFrame(client.received, 'Endpoint request timed out');
  });

  test('that may not be called', () => {
    const { say, api } = serve(lambda());
    api.ports.functions.handler = () => ({ kind: 'refused', refusal: 'AccessDenied', message: 'no' });
    assertFrame(say('{}'), 'Internal server error');
  });

  test('that fails lets nobody in, whatever response is for it', () => {
    const api = connecting(lambda());
    api.ports.functions.handler = () => ({ kind: 'functionError', payload: '{"errorMessage":"boom"}' });
    const refused = api.connect();
    assert.equal(refused.connection, undefined);
    assert.equal(refused.request.status, 502);
    api.ports.functions.handler = () => ({ kind: 'returned', payload: 'null' });
    assert.ok(api.connect().connection);
    assert.equal(api.ports.functions.events.at(-1), '{}', 'a handshake has no body');
  });
});

describe('an AWS service', () => {
  test('gets a signed call, and nothing that was not mapped', () => {
    const { say, api } = serve(
      sqs({
        requestParameters: {
          'integration.request.header.Content-Type': "'application/x-www-form-urlencoded'",
          'integration.request.querystring.trace': 'context.requestId',
        },
        ...template("Action=SendMessage&MessageBody=$util.urlEncode($input.path('$.text'))"),
        ...answering("$input.path('$.id')"),
      }),
    );
    api.upstreams.answer = () => fakeResponse(200, [['Content-Type', 'application/json']], '{"id":"m1"}');
    assert.deepEqual(say({ text: 'a b' }), ['m1']);
    const [call] = api.upstreams.calls;
    const headers = headersOf(call);
    assert.match(
      headers['authorization'] ?? '',
      /^AWS4-HMAC-SHA256 Credential=AKIATEST\/\d{8}\/us-east-1\/sqs\/aws4_request, SignedHeaders=accept;content-type;host;user-agent;x-amz-date, Signature=[0-9a-f]{64}$/,
    );
    assert.equal(headers['Content-Type'], 'application/x-www-form-urlencoded');
    assert.equal(headers['Host'], '127.0.0.1:4566');
    assert.equal(headers['User-Agent'], 'AmazonAPIGateway_w1x2y3z4a5');
    assert.equal(String(call?.body), 'Action=SendMessage&MessageBody=a+b');
    assert.match(call?.target ?? '', /^\/base\/000000000000\/jobs\?trace=[\w-]{15}%3D$/);
  });

  test('its status decides about a handshake', () => {
    const api = connecting(sqs());
    api.upstreams.answer = () => fakeResponse(400, [], '{}');
    assert.equal(api.connect().request.status, 400);
    api.upstreams.answer = () => fakeResponse(200, [], '{}');
    assert.ok(api.connect().connection);
  });

  test('a signature cannot be mapped away', () => {
    const { say, api } = serve(sqs({ requestParameters: { 'integration.request.header.Authorization': "'mine'" } }));
    assertFrame(say('{}'), 'Internal server error');
    assert.equal(api.upstreams.calls.length, 0);
  });
});

describe('content handling', () => {
  test('CONVERT_TO_BINARY: base64 of a message becomes bytes', () => {
    const { say, api } = serve(http({ contentHandlingStrategy: 'CONVERT_TO_BINARY' }));
    say('AQL/');
    assert.deepEqual(api.upstreams.calls[0]?.body, Buffer.from([1, 2, 255]));
    assert.equal(headersOf(api.upstreams.calls[0])['Content-Type'], 'application/octet-stream');
    assertFrame(say('no base64!'), 'Bad request body');
    const proxied = serve(http({ integrationType: 'HTTP_PROXY', contentHandlingStrategy: 'CONVERT_TO_BINARY', responses: {} }));
    proxied.say('AQL/');
    assert.deepEqual(proxied.api.upstreams.calls[0]?.body, Buffer.from([1, 2, 255]));
  });

  test('CONVERT_TO_TEXT of an answer: bytes become base64, text stays', () => {
    const { say, api } = serve(http({ responses: { $default: { contentHandlingStrategy: 'CONVERT_TO_TEXT' } } }));
    api.upstreams.answer = () => fakeResponse(200, [], new FakeBody(Buffer.from([1, 2, 255]), { chunked: true }));
    assert.deepEqual(say('{}'), ['AQL/']);
    api.upstreams.answer = () => fakeResponse(200, [['Content-Type', 'image/svg']], 'abc');
    assert.deepEqual(say('{}'), ['YWJj']);
    api.upstreams.answer = () => fakeResponse(200, [['Content-Type', 'application/json; charset=utf-8']], '{}');
    assert.deepEqual(say('{}'), ['{}']);
  });

  test('CONVERT_TO_BINARY of an answer: base64 becomes a binary frame', () => {
    const { say, api } = serve(http({ responses: { $default: { contentHandlingStrategy: 'CONVERT_TO_BINARY' } } }));
    api.upstreams.answer = () => fakeResponse(200, [], 'AQL/');
    assert.deepEqual(say('{}'), [Buffer.from([1, 2, 255])]);
    api.upstreams.answer = () => fakeResponse(200, [], 'no base64!');
    assertFrame(say('{}'), 'Internal server error');
  });
});

describe('templates', () => {
  test('see the handshake', () => {
    const api = connecting(
      http({ ...template(`$input.params('room') $input.params().header.X-Team $input.body $context.eventType`) }),
    );
    api.upstreams.answer = () => fakeResponse(200, [], '');
    api.connect({ target: '/prod?room=5', headers: [['X-Team', 'red']] });
    assert.equal(String(api.upstreams.calls[0]?.body), '5 red {} CONNECT');
  });

  test('of messages have no parameters', () => {
    const { say, api } = serve(http({ ...template(`[$input.params('room')]`) }));
    say('{"room":5}');
    assert.equal(String(api.upstreams.calls[0]?.body), '[]');
  });

  test('of one event share $context, those of two events do not', () => {
    const { say } = serve({
      ...mock(`#set($context.requestOverride.header.seen = $input.path('$.n')){"statusCode":200}`),
      ...answering('$!context.requestOverride.header.seen'),
    });
    assert.deepEqual(say({ n: 1 }), ['1']);
    assert.deepEqual(say({}), []);
  });

  test('walk through $context', () => {
    const names = `#foreach($name in $context.keySet())$name #end`;
    const { say } = serve({ ...mock(), ...answering(`${names}| $context.identity.sourceIp $!context.authorizer.principalId|`) });
    const [heard = ''] = say('{}');
    assert.equal(
      heard,
      'apiId connectedAt connectionId deploymentId domainName eventType extendedRequestId identity messageDirection messageId requestId requestTime requestTimeEpoch routeKey stage requestOverride responseOverride | 203.0.113.9 |',
    );
  });

  test('what one rendering changes, the next does not see', () => {
    const { say } = serve(
      {
        ...mock(),
        ...answering(`$!stageVariables.get('x') #set($ignored = $stageVariables.put('x', 'changed'))$stageVariables.get('x')`),
      },
      { stage: { stageVariables: { x: 'set' } } },
    );
    const first = say('{}');
    assert.deepEqual(say('{}'), first);
  });

  test('that run text of theirs reach everything', () => {
    const { say } = serve({ ...mock(), ...answering(`#set($text = '$con' + 'text.routeKey')#evaluate($text)`) });
    assert.deepEqual(say('{}'), ['$default']);
  });

  test('hostile ones end within their budget', () => {
    for (const text of [
      '#foreach($a in [1..1000])#foreach($b in [1..1000])#foreach($c in [1..1000])$a$b$c#end#end#end',
      `#set($x = 'xxxxxxxxxxxxxxxx')#foreach($a in [1..1000])#set($x = "$x$x")#end$x`,
      '#macro(m)#m()#m()#end#m()',
      `$input.json('$..[?(@.a =~ /(a+)+$/)]')`,
    ]) {
      const { say } = serve({ ...mock('$input.body'), ...answering(text) });
      const received = say({ statusCode: 200, a: `${'a'.repeat(5_000)}!` });
      if (text.includes('=~')) assert.deepEqual(received, ['[]']);
      else assertFrame(received, 'Internal server error');
    }
  });

  test('what a template did is in the record', () => {
    const built = webSocketApi({ $default: { integration: { ...mock(), ...answering('#set($a = 1)\n$a') }, answers: true } });
    const api = new ServedWebSocketApi(built);
    api.ports.exchanges.captureLevel = 2;
    api.say(api.connect(), '{}');
    const record = api.ports.exchanges.records.at(-1);
    assert.deepEqual(
      record?.templates?.map(({ stage, lines }) => [stage, lines.map(({ line }) => line)]),
      [['integrationResponse', [1, 2]]],
    );
    assert.equal(record?.integrationRequest?.body, '{"statusCode":200}');
    assert.deepEqual(
      record?.steps?.map(({ stage }) => stage),
      ['route', 'integrationRequest', 'integration'],
    );
  });
});

describe('no mapping gets out of its place', () => {
  const nasty = ['a\r\nX-Evil: 1', 'a\nb', 'a\u0000b', '\r\n\r\nGET / HTTP/1.1'];
  for (const integration of [http, sqs]) {
    test(`headers, ${integration === http ? 'HTTP' : 'service'}`, () => {
      const { say, api } = serve(
        integration({ requestParameters: { 'integration.request.header.x-text': 'route.request.body.text' } }),
      );
      for (const text of nasty) {
        assertFrame(say({ text }), 'Internal server error');
        assert.equal(api.upstreams.calls.length, 0, JSON.stringify(text));
      }
    });
  }

  test('paths and queries', () => {
    const { say, api } = serve(
      http({
        integrationUri: 'http://backend.example/{p}',
        requestParameters: {
          'integration.request.path.p': 'route.request.body.text',
          'integration.request.querystring.q': 'route.request.body.text',
        },
      }),
    );
    for (const text of nasty) {
      api.upstreams.calls.length = 0;
      say({ text });
      assert.match(api.upstreams.calls[0]?.target ?? '', /^\/[!-~]*$/, JSON.stringify(text));
    }
    say({ text: 'x?y#z' });
    assert.equal(api.upstreams.calls.at(-1)?.target, '/x%3Fy%23z?q=x%3Fy%23z');
  });

  test('hosts', () => {
    const { say, api } = serve(
      http({
        integrationUri: 'http://{h}.example/x',
        requestParameters: { 'integration.request.path.h': 'route.request.body.h' },
      }),
    );
    for (const h of ['evil.com/', 'evil.com#', 'user@evil', 'a\r\nb', '']) {
      assertFrame(say({ h }), 'Internal server error');
    }
    assert.equal(api.upstreams.calls.length, 0);
    say({ h: 'good' });
    assert.equal(api.upstreams.calls[0]?.origin.host, 'good.example');
  });

  test('the Host header, framing and values that are too long', () => {
    for (const [name, expression] of [
      ['Host', "'evil.com, other'"],
      ['Content-Length', "'5'"],
      ['Transfer-Encoding', "'chunked'"],
      ['x-long', 'route.request.body.long'],
    ] as const) {
      const { say, api } = serve(http({ requestParameters: { [`integration.request.header.${name}`]: expression } }));
      assertFrame(say({ long: 'x'.repeat(10_241) }), 'Internal server error');
      assert.equal(api.upstreams.calls.length, 0, name);
    }
  });

  test('the subprotocol', () => {
    const api = connecting(
      http({
        responses: {
          $default: { responseParameters: { 'method.response.header.sec-websocket-protocol': 'integration.response.body.p' } },
        },
      }),
    );
    api.upstreams.answer = () => fakeResponse(200, [], JSON.stringify({ p: 'a\r\nX-Evil: 1' }));
    assert.equal(api.connect().protocol, undefined);
    api.upstreams.answer = () => fakeResponse(200, [], JSON.stringify({ p: 'chat' }));
    assert.equal(api.connect().protocol, 'chat');
  });

  test('a body that is no JSON where a mapping reads into it', () => {
    const { say } = serve(http({ requestParameters: { 'integration.request.header.x': 'route.request.body.a' } }));
    assertFrame(say('{"a'), 'Bad request body');
  });
});
