// The opening handshake: what becomes a WebSocket, what is refused and how, and what the client may do while it waits.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BytesTransport } from '../http1/bytes-transport.ts';
import { HeaderBlock } from '../http1/header-block.ts';
import type { ServerRequest } from '../http1/message.ts';
import { createHttp1Server } from '../http1/server.ts';
import { type AcceptOptions, acceptWebSocket, readHandshake, type WebSocketHandshake } from './handshake.ts';
import { clientFrame, inWords, serverFrames } from './testing/client-frames.ts';
import { turn } from './testing/memory-websocket.ts';
import { WebSocketEndpoint } from './websocket-endpoint.ts';

const good = {
  Host: 'a',
  Upgrade: 'websocket',
  Connection: 'Upgrade',
  'Sec-WebSocket-Version': '13',
  'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
};

function head(changes: Readonly<Record<string, string | undefined>> = {}, line = 'GET /chat HTTP/1.1'): string {
  const fields = Object.entries({ ...good, ...changes }).filter(([, value]) => value !== undefined);
  return `${line}\r\n${fields.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
}

/** A client that sent `wire` and whose request was not looked at yet. */
function connect(wire: string) {
  const requests: ServerRequest[] = [];
  const heard: string[] = [];
  const faults: unknown[] = [];
  const server = createHttp1Server({
    onRequest: (request) => requests.push(request),
    onFault: (error) => faults.push(error),
  });
  const transport = new BytesTransport();
  server.accept(transport);
  transport.feed(wire);
  const endpoint = new WebSocketEndpoint<undefined>({
    onMessage: (connection, message, isText) => {
      heard.push(`message ${message}`);
      connection.sendBytes(message, isText);
    },
    onClose: (_, code) => heard.push(`closed ${code}`),
  });
  const accept = (options?: AcceptOptions) => {
    const request = requests[0] as ServerRequest;
    return acceptWebSocket(request, readHandshake(request) as WebSocketHandshake, endpoint, undefined, options);
  };
  return { requests, heard, faults, server, transport, endpoint, accept };
}

const accepted =
  'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n';

test('what may be a handshake', async (t) => {
  const rows: readonly { desc: string; wire: string; refused?: number; protocols?: readonly string[]; fields?: string }[] = [
    { desc: 'the example of RFC 6455', wire: head(), protocols: [] },
    { desc: 'lists and any case', wire: head({ Upgrade: 'WebSocket', Connection: 'keep-alive, UPGRADE' }), protocols: [] },
    { desc: 'one of several upgrades', wire: head({ Upgrade: 'h2c, websocket' }), protocols: [] },
    { desc: 'subprotocols', wire: head({ 'Sec-WebSocket-Protocol': 'chat, v2.chat' }), protocols: ['chat', 'v2.chat'] },
    { desc: 'an extension is overlooked', wire: head({ 'Sec-WebSocket-Extensions': 'permessage-deflate' }), protocols: [] },
    {
      desc: 'a plain request',
      wire: head({ Upgrade: undefined, Connection: undefined }),
      refused: 426,
      fields: 'Upgrade: websocket',
    },
    { desc: 'no Connection: Upgrade', wire: head({ Connection: 'keep-alive' }), refused: 426, fields: 'Upgrade: websocket' },
    { desc: 'another protocol', wire: head({ Upgrade: 'h2c' }), refused: 426, fields: 'Connection: Upgrade' },
    { desc: 'HTTP/1.0', wire: head({}, 'GET / HTTP/1.0'), refused: 426 },
    { desc: 'POST', wire: head({}, 'POST / HTTP/1.1'), refused: 405, fields: 'Allow: GET' },
    { desc: 'a body', wire: `${head({ 'Content-Length': '1' })}x`, refused: 400 },
    { desc: 'a chunked body', wire: `${head({ 'Transfer-Encoding': 'chunked' })}0\r\n\r\n`, refused: 400 },
    { desc: 'no version', wire: head({ 'Sec-WebSocket-Version': undefined }), refused: 426, fields: 'Sec-WebSocket-Version: 13' },
    { desc: 'version 8', wire: head({ 'Sec-WebSocket-Version': '8' }), refused: 426, fields: 'Sec-WebSocket-Version: 13' },
    { desc: 'two versions', wire: head({ 'sec-websocket-version': '13' }), refused: 426 },
    { desc: 'no key', wire: head({ 'Sec-WebSocket-Key': undefined }), refused: 400 },
    { desc: 'two keys', wire: head({ 'sec-websocket-key': good['Sec-WebSocket-Key'] }), refused: 400 },
    { desc: 'a key of 15 bytes', wire: head({ 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25j' }), refused: 400 },
    { desc: 'a key of 17 bytes', wire: head({ 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZWE=' }), refused: 400 },
    { desc: 'a key that is not base64', wire: head({ 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25j*Q==' }), refused: 400 },
    { desc: 'an empty subprotocol', wire: head({ 'Sec-WebSocket-Protocol': 'a,,b' }), refused: 400 },
    { desc: 'the same subprotocol twice', wire: head({ 'Sec-WebSocket-Protocol': 'a, a' }), refused: 400 },
    { desc: 'a subprotocol with a blank', wire: head({ 'Sec-WebSocket-Protocol': 'a b' }), refused: 400 },
  ];
  for (const { desc, wire, refused, protocols, fields } of rows) {
    await t.test(desc, () => {
      const result = readHandshake(connect(wire).requests[0] as ServerRequest);
      if (refused === undefined) {
        assert.deepEqual(result, { key: good['Sec-WebSocket-Key'], protocols });
        return;
      }
      assert.ok('refused' in result, 'it was accepted');
      assert.equal(result.refused, refused);
      if (fields !== undefined) assert.match(result.headers.text, new RegExp(fields));
    });
  }
});

test('the 101', async (t) => {
  await t.test('with nothing else', () => {
    const client = connect(head());
    assert.equal(client.accept()?.isOpen, true);
    assert.equal(client.transport.sent, `${accepted}\r\n`);
  });
  await t.test('with a subprotocol and further fields; no field of the connection can be added', () => {
    const client = connect(head());
    const headers = new HeaderBlock();
    headers.add('X-A', 'b');
    headers.add('Connection', 'close');
    client.accept({ protocol: 'chat', headers });
    assert.equal(client.transport.sent, `${accepted}Sec-WebSocket-Protocol: chat\r\nX-A: b\r\n\r\n`);
  });
  await t.test('a subprotocol cannot smuggle a field', () => {
    const client = connect(head());
    assert.throws(() => client.accept({ protocol: 'a\r\nX: y' }), RangeError);
    assert.equal(client.transport.sent, '');
  });
  await t.test('once', () => {
    const client = connect(head());
    client.accept();
    assert.throws(() => client.accept(), /answered twice/);
    assert.throws(() => client.requests[0]?.respond(200, new HeaderBlock(), ''), /answered twice/);
  });
});

test('the decision comes later', async (t) => {
  await t.test('frames sent before the 101 are heard after it, in order with what follows', async () => {
    const client = connect(head() + clientFrame(1, 'early').toString('latin1'));
    client.transport.feed(clientFrame(1, 'waiting'));
    await turn();
    assert.equal(client.transport.sent, '');
    client.accept();
    client.transport.feed(clientFrame(1, 'at once'));
    assert.deepEqual(client.heard, []);
    await turn();
    client.transport.feed(clientFrame(1, 'then'));
    assert.deepEqual(client.heard, ['message early', 'message waiting', 'message at once', 'message then']);
    assert.equal(client.requests.length, 1);
    const frames = serverFrames(client.transport.sent.slice(accepted.length + 2));
    assert.deepEqual(frames.map(inWords), ['text early', 'text waiting', 'text at once', 'text then']);
  });

  await t.test('bytes behind the head of a request that is let in at once', async () => {
    const client = connect('');
    const server = createHttp1Server({
      onRequest: (request) => acceptWebSocket(request, readHandshake(request) as WebSocketHandshake, client.endpoint, undefined),
    });
    for (const cut of [1, 5, 20]) {
      client.heard.length = 0;
      const transport = new BytesTransport();
      server.accept(transport);
      const wire = head() + clientFrame(1, 'behind').toString('latin1') + clientFrame(1, 'more').toString('latin1');
      transport.feed(wire.slice(0, -cut));
      transport.feed(wire.slice(-cut));
      await turn();
      assert.deepEqual(client.heard, ['message behind', 'message more'], `cut ${cut} before the end`);
    }
  });

  await t.test('a client that sends much while it waits is held back, and nothing of it is lost', async () => {
    const client = connect(head());
    const frame = clientFrame(2, Buffer.alloc(30_000, 7));
    for (let i = 0; i < 5; i++) client.transport.feed(frame);
    assert.equal(client.transport.paused, true);
    client.accept();
    await turn();
    assert.equal(client.transport.paused, false);
    assert.equal(client.heard.length, 5);
  });

  await t.test('refused: an ordinary answer, and the connection goes on', async () => {
    const client = connect(head());
    await turn();
    client.requests[0]?.respond(403, new HeaderBlock(), '{"message":"Forbidden"}');
    client.transport.feed('GET /again HTTP/1.1\r\nHost: a\r\n\r\n');
    assert.equal(client.requests[1]?.target, '/again');
    assert.match(client.transport.sent, /^HTTP\/1.1 403 Forbidden\r\nContent-Length: 23\r\n\r\n/);
  });

  await t.test('a refusal of the table says what it must', () => {
    const client = connect(head({ 'Sec-WebSocket-Version': '8' }));
    const request = client.requests[0] as ServerRequest;
    const refusal = readHandshake(request);
    assert.ok('refused' in refusal);
    request.respond(refusal.refused, refusal.headers, '');
    assert.equal(
      client.transport.sent,
      'HTTP/1.1 426 Upgrade Required\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nContent-Length: 0\r\n\r\n',
    );
  });

  for (const how of ['breaks the connection', 'says that it sends nothing more'] as const) {
    await t.test(`a client that ${how} is told, and cannot be let in`, async () => {
      const client = connect(head());
      let told = 0;
      (client.requests[0] as ServerRequest).onAbort = () => told++;
      if (how === 'breaks the connection') client.transport.feedError(new Error('reset'));
      else client.transport.feedEnd();
      await turn();
      assert.equal(told, 1);
      assert.equal(client.accept(), undefined);
      assert.deepEqual(client.heard, []);
      assert.equal(client.server.connections, 0);
    });
  }

  await t.test('a client that has said all before the 101: it is heard, also when it is held back', async () => {
    const heard: string[] = [];
    const endpoint = new WebSocketEndpoint<undefined>({
      onMessage(connection, message): void {
        heard.push(String(message));
        connection.pause();
      },
      onClose: (_, code) => heard.push(`closed ${code}`),
    });
    const client = connect(head() + clientFrame(1, 'a').toString('latin1') + clientFrame(1, 'b').toString('latin1'));
    const request = client.requests[0] as ServerRequest;
    const connection = acceptWebSocket(request, readHandshake(request) as WebSocketHandshake, endpoint, undefined);
    client.transport.feedEnd();
    await turn();
    assert.deepEqual(heard, ['a']);
    connection?.resume();
    await turn();
    assert.deepEqual(heard, ['a', 'b']);
    connection?.resume();
    await turn();
    assert.deepEqual(heard, ['a', 'b', 'closed 1006']);
  });

  await t.test('a client that goes just after the 101', async () => {
    const client = connect(head() + clientFrame(1, 'early').toString('latin1'));
    client.accept();
    client.transport.feedError(new Error('reset'));
    await turn();
    assert.deepEqual(client.heard, ['closed 1006']);
    assert.equal(client.server.connections, 0);
  });

  await t.test('the timers of HTTP no longer run', async () => {
    const requests: ServerRequest[] = [];
    const limits = { headMs: 20, idleMs: 20, writeStallMs: 20 };
    const server = createHttp1Server({ limits, onRequest: (request) => requests.push(request) });
    const transport = new BytesTransport();
    server.accept(transport);
    transport.feed(head());
    const request = requests[0] as ServerRequest;
    const { endpoint } = connect('');
    acceptWebSocket(request, readHandshake(request) as WebSocketHandshake, endpoint, undefined);
    await new Promise((resolve) => setTimeout(resolve, 120));
    assert.equal(transport.destroyed || transport.ended, false);
  });
});
