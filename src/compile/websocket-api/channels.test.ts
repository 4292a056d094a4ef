// Channels through the whole flow: what functions ask for, what the management API does, and the end of connections.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { FakeBody, FakeRequest } from '../../data-plane/testing/fake-messages.ts';
import { serveManagementApi } from '../../data-plane/websocket-api/management-api.ts';
import { type FakeClient, ServedWebSocketApi } from '../testing/served-websocket-api.ts';
import { lambdaProxy, mock, type RouteOptions, webSocketApi } from '../testing/websocket-api-builder.ts';

const routes = {
  $connect: { integration: lambdaProxy() },
  $disconnect: { integration: lambdaProxy() },
  join: { integration: lambdaProxy() },
  ask: { integration: lambdaProxy(), answers: true },
};

/** What the function asks of channels, by route. */
type Wishes = Readonly<Record<string, unknown>>;

function serve(wishes: Wishes = {}): ServedWebSocketApi {
  const api = new ServedWebSocketApi(webSocketApi(routes));
  api.ports.functions.handler = (event) => {
    const { routeKey } = (JSON.parse(event) as { requestContext: { routeKey: string } }).requestContext;
    const wish = wishes[routeKey];
    const headers = wish === undefined ? {} : { 'stagegate-channels': typeof wish === 'string' ? wish : JSON.stringify(wish) };
    return { kind: 'returned', payload: JSON.stringify({ statusCode: 200, headers, body: `answer of ${routeKey}` }) };
  };
  return api;
}

interface Answered {
  readonly status: number;
  readonly errorType: string | undefined;
  readonly json: Record<string, unknown>;
}

function call(api: ServedWebSocketApi, method: string, path: string, body: string | Buffer = ''): Answered {
  const request = new FakeRequest({ method, target: `/prod${path}`, body: new FakeBody(body) });
  const behindStage = path.split('?', 1)[0] as string;
  assert.ok(
    serveManagementApi(
      { pipeline: api.pipeline, callers: undefined, protocol: 'http', messageBytes: 131_072 },
      request,
      behindStage,
    ),
    path,
  );
  const text = request.responseText;
  return {
    status: request.status,
    errorType: /x-amzn-ErrorType: (\w+)/.exec(request.headerText)?.[1],
    json: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
  };
}

const idOf = (client: FakeClient): string => client.connection?.id ?? '';

describe('a function', () => {
  test('subscribes with the answer of $connect, and of a message, before the message is answered', () => {
    const api = serve({
      $connect: { subscribe: ['news'] },
      ask: { subscribe: [{ channel: 'room', ids: true }], unsubscribe: ['news'] },
    });
    const client = api.connect();
    assert.deepEqual(call(api, 'GET', '/@channels').json, { channels: [{ name: 'news', subscribers: 1 }] });
    api.say(client, '{"action":"ask"}');
    assert.match(String(client.received[0]), /"event":"subscribed"/);
    assert.deepEqual(client.received.slice(1), ['answer of ask']);
    assert.deepEqual(call(api, 'GET', '/@channels').json, { channels: [{ name: 'room', subscribers: 1 }] });
    api.leave(client);
    assert.deepEqual(call(api, 'GET', '/@channels').json, { channels: [] });
  });

  test('that asks for nonsense has not let the client in, or has failed at its message', () => {
    assert.equal(serve({ $connect: '{"subscribe":["a b"]}' }).connect().request.status, 502);
    const api = serve({ join: 'room-7' });
    const client = api.connect();
    api.say(client, '{"action":"join"}');
    assert.match(String(client.received[0]), /^\{"message": "Internal server error"/);
    assert.deepEqual(call(api, 'GET', '/@channels').json, { channels: [] });
  });

  test('that asks for too much is told by a frame; a $connect that does is closed', () => {
    const hundred = Array.from({ length: 100 }, (_, i) => `r${i}`);
    const api = serve({ $connect: { subscribe: hundred }, ask: { subscribe: ['one-more'] } });
    const client = api.connect();
    api.say(client, '{"action":"ask"}');
    assert.equal(client.received.length, 1);
    assert.match(String(client.received[0]), /^\{"message": "Limit Exceeded", "connectionId":"/);
    const crowded = serve({ $connect: { subscribe: ['late'] } });
    crowded.ports.channels.subscribe = () => ({ limit: 'A stage can have 0 channels.' });
    assert.deepEqual(crowded.connect().closed, { code: 1013, reason: 'A stage can have 0 channels.' });
  });

  test('that does not ask is as before: answers, headers and frames are the same', () => {
    const api = serve();
    const client = api.connect();
    api.say(client, '{"action":"ask"}');
    assert.deepEqual(client.received, ['answer of ask']);
    assert.equal(client.connection?.subscriptions, undefined);
  });
});

describe('a route without a function', () => {
  const withTemplate = (template: string, answers?: boolean) => ({
    integration: { ...mock(), requestTemplates: { $default: '{"statusCode":200}', 'Stagegate-Channels': template } },
    ...(answers === undefined ? {} : { answers }),
  });
  const api = (asked: Parameters<typeof webSocketApi>[0]) => new ServedWebSocketApi(webSocketApi(asked));
  const channelsOf = (client: FakeClient): string[] => [...(client.connection?.subscriptions?.keys() ?? [])];

  test('subscribes at $connect by what the client asked for, and at messages', () => {
    const served = api({
      $connect: withTemplate(
        '{"subscribe":["user:$context.connectionId.substring(0,4)","$util.escapeJavaScript($input.params("room"))"]}',
      ),
      part: withTemplate('{"unsubscribe":[$input.json("$.room")]}'),
    });
    const client = served.connect({ target: '/prod?room=room-7' });
    assert.deepEqual(channelsOf(client), [`user:${idOf(client).slice(0, 4)}`, 'room-7']);
    served.say(client, '{"action":"part","room":"room-7"}');
    assert.deepEqual(channelsOf(client).length, 1);
    assert.deepEqual(client.received, []);
  });

  test('cannot be talked into another channel by a name that a client gave', () => {
    const served = api({ $connect: withTemplate('{"subscribe":["$util.escapeJavaScript($input.params("room"))"]}') });
    const client = served.connect({ target: '/prod?room=a%22%2C%22admin' });
    assert.equal(client.connection, undefined);
    assert.equal(client.request.status, 500);
  });

  test('asks for nothing with a template that says nothing', () => {
    const served = api({ $connect: withTemplate('#if($input.params("room") != "")["x"]#end') });
    assert.deepEqual(channelsOf(served.connect()), []);
  });

  test('is not moved by what a message says, whatever key a client selects', () => {
    const passing: RouteOptions = {
      integration: {
        ...mock(),
        requestTemplates: { 'Stagegate-Channels': '{}' },
        templateSelectionExpression: '$request.body.key',
        passthroughBehavior: 'WHEN_NO_TEMPLATES',
      },
    };
    const served = api({ $default: passing });
    const client = served.connect();
    served.say(client, '{"statusCode":200,"key":"Stagegate-Channels","Stagegate-Channels":{"subscribe":["admin"]}}');
    assert.deepEqual([channelsOf(client), client.received], [[], []]);
  });
});

describe('the management API', () => {
  test('publishes text and bytes, and leaves one out', () => {
    const api = serve({ $connect: { subscribe: ['room'] } });
    const [a, b] = [api.connect(), api.connect()];
    const first = call(api, 'POST', '/@channels/room', 'hällo');
    assert.equal(first.status, 200);
    assert.equal(first.json['delivered'], 2);
    assert.match(String(first.json['id']), /^[0-9a-f]{12}-1$/);
    assert.equal(
      call(api, 'POST', `/%40channels/room?exclude=${encodeURIComponent(idOf(a))}`, Buffer.from([255])).json['delivered'],
      1,
    );
    assert.deepEqual(a.received, ['hällo']);
    assert.deepEqual(b.received, ['hällo', Buffer.from([255])]);
  });

  test('subscribes and unsubscribes, with a replay', () => {
    const api = serve();
    const client = api.connect();
    const settings = { presence: true, history: { messages: 10, seconds: 60 } };
    assert.deepEqual(call(api, 'PUT', '/@channels/room', JSON.stringify(settings)).json, { name: 'room', ...settings });
    const { id } = call(api, 'POST', '/@channels/room', 'one').json;
    call(api, 'POST', '/@channels/room', 'two');
    const path = `/@channels/room/connections/${encodeURIComponent(idOf(client))}`;
    assert.equal(call(api, 'PUT', `${path}?after=${String(id)}`).status, 204);
    assert.match(String(client.received[0]), /"message":"two"\}$/);
    const { json } = call(api, 'GET', '/@channels/room');
    assert.deepEqual(json['subscribers'], [idOf(client)]);
    assert.deepEqual(json['history'], { messages: 10, seconds: 60, held: 2, heldBytes: 1030, oldestId: id });
    assert.equal(call(api, 'DELETE', path).status, 204);
    assert.equal(call(api, 'GET', '/@channels/room').json['subscriberCount'], 0);
    assert.deepEqual(call(api, 'PUT', '/@channels/room', '{}').json, { name: 'room', presence: false });
    assert.deepEqual(call(api, 'GET', '/@channels').json, { channels: [] });
  });

  test('lists in pages', () => {
    const api = serve({ $connect: { subscribe: ['c', 'a', 'b'] } });
    api.connect();
    const page = call(api, 'GET', '/@channels?limit=2').json;
    assert.deepEqual(page, {
      channels: [
        { name: 'a', subscribers: 1 },
        { name: 'b', subscribers: 1 },
      ],
      nextToken: 'b',
    });
    assert.deepEqual(call(api, 'GET', '/@channels?nextToken=b').json, { channels: [{ name: 'c', subscribers: 1 }] });
  });

  const unknownId = 'AAAAAAAAAAAAAAAAAAAAAAA=';
  const refusals: readonly (readonly [desc: string, method: string, path: string, body: string, status: number, type: string])[] =
    [
      ['a name that is none', 'POST', '/@channels/a%2Cb', 'x', 400, 'BadRequestException'],
      ['broken percent encoding', 'POST', '/@channels/%zz', 'x', 400, 'BadRequestException'],
      ['a message above 128 KB', 'POST', '/@channels/room', 'x'.repeat(131_073), 413, 'PayloadTooLargeException'],
      ['somebody impossible left out', 'POST', '/@channels/room?exclude=!', 'x', 400, 'BadRequestException'],
      ['settings that are none', 'PUT', '/@channels/room', '{"presense":true}', 400, 'BadRequestException'],
      ['settings that are too long', 'PUT', '/@channels/room', ' '.repeat(5000), 400, 'BadRequestException'],
      ['an id that is none', 'PUT', '/@channels/room/connections/!', '', 400, 'BadRequestException'],
      ['a position that is none', 'PUT', `/@channels/room/connections/${unknownId}?after=x`, '', 400, 'BadRequestException'],
      ['a connection that is gone', 'PUT', `/@channels/room/connections/${unknownId}`, '', 410, 'GoneException'],
      ['one that is gone, to be unsubscribed', 'DELETE', `/@channels/room/connections/${unknownId}`, '', 410, 'GoneException'],
      ['a page of nothing', 'GET', '/@channels?limit=0', '', 400, 'BadRequestException'],
      ['another method', 'DELETE', '/@channels/room', '', 403, 'MissingAuthenticationTokenException'],
      ['a path of nothing', 'GET', '/@channels/room/members', '', 403, 'MissingAuthenticationTokenException'],
    ];
  for (const [desc, method, path, body, status, type] of refusals) {
    test(`refuses ${desc}`, () => {
      const answered = call(serve(), method, path, body);
      assert.deepEqual([answered.status, answered.errorType], [status, type]);
    });
  }

  test('knows connections of its own stage alone', () => {
    const api = serve();
    const client = api.connect();
    Object.assign(client.connection as object, { facts: { ...client.connection?.facts, stageName: 'dev' } });
    const path = `/@channels/room/connections/${encodeURIComponent(idOf(client))}`;
    assert.equal(call(api, 'PUT', path).status, 410);
  });
});
