// Clients that others wrote, over real sockets and both ways of reading them: Node's WebSocket and the package `ws`.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { test } from 'node:test';
import WebSocketClient from 'ws';
import { createHttp1Server, type Http1Server } from '../http1/server.ts';
import type { ReadMode } from '../http1/tcp-transport.ts';
import { acceptWebSocket, readHandshake } from './handshake.ts';
import { clientFrame } from './testing/client-frames.ts';
import { handshakeRequest } from './testing/memory-websocket.ts';
import type { WebSocketConnection } from './websocket-connection.ts';
import { WebSocketEndpoint } from './websocket-endpoint.ts';
import type { WebSocketLimits } from './websocket-limits.ts';

interface Echo {
  readonly url: string;
  readonly port: number;
  readonly server: Http1Server;
  readonly closed: string[];
  readonly connections: WebSocketConnection<undefined>[];
}

async function withEcho(
  run: (echo: Echo) => Promise<void>,
  limits: Partial<WebSocketLimits> = {},
  readMode: ReadMode = 'shared',
): Promise<void> {
  const closed: string[] = [];
  const connections: WebSocketConnection<undefined>[] = [];
  const faults: unknown[] = [];
  const endpoint = new WebSocketEndpoint<undefined>(
    {
      onMessage(connection, message, isText): void {
        if (isText && message.length === 4 && message.toString() === 'stop') connection.close(4001, 'as you wish');
        else connection.sendBytes(Buffer.from(message), isText);
      },
      onClose: (_, code, reason, wasClean) => closed.push(`${code} ${reason} ${wasClean}`),
    },
    limits,
  );
  const server = createHttp1Server({
    readMode,
    onFault: (error) => faults.push(error),
    onRequest(request): void {
      const handshake = readHandshake(request);
      if ('refused' in handshake) {
        request.respond(handshake.refused, handshake.headers, handshake.message);
        return;
      }
      // As with an authorizer: the decision takes a while.
      setTimeout(() => {
        const [protocol] = handshake.protocols;
        const connection = acceptWebSocket(request, handshake, endpoint, undefined, protocol === undefined ? {} : { protocol });
        if (connection !== undefined) connections.push(connection);
      }, 5);
    },
  });
  await server.listen({ port: 0, host: '127.0.0.1' });
  try {
    await run({ url: `ws://127.0.0.1:${server.port}/chat`, port: server.port, server, closed, connections });
    assert.deepEqual(faults, []);
  } finally {
    await server.close();
  }
}

async function until(condition: () => boolean): Promise<void> {
  const started = Date.now();
  while (!condition()) {
    if (Date.now() - started > 10_000) throw new Error('waited 10 seconds in vain');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const messages = ['', 'hello', 'κόσμε 😀', 'x'.repeat(125), 'x'.repeat(126), 'é'.repeat(16_000), 'x'.repeat(32_768)];

for (const readMode of ['shared', 'data'] as const) {
  test(`Node’s WebSocket, read mode ${readMode}`, async () => {
    await withEcho(
      async ({ url, closed }) => {
        const client = new WebSocket(url, ['chat', 'other']);
        client.binaryType = 'arraybuffer';
        await once(client, 'open');
        assert.equal(client.protocol, 'chat');
        assert.equal(client.extensions, '');
        const got: unknown[] = [];
        client.addEventListener('message', (event) => got.push(event.data));
        for (const message of messages) client.send(message);
        client.send(new Uint8Array([0, 1, 255]));
        await until(() => got.length === messages.length + 1);
        assert.deepEqual(got.slice(0, -1), messages);
        assert.deepEqual(new Uint8Array(got.at(-1) as ArrayBuffer), new Uint8Array([0, 1, 255]));
        client.close(4321, 'enough');
        const [event] = (await once(client, 'close')) as [CloseEvent];
        assert.equal(event.wasClean, true);
        assert.deepEqual(closed, ['4321 enough true']);
      },
      {},
      readMode,
    );
  });

  test(`ws, read mode ${readMode}`, async () => {
    await withEcho(
      async ({ url, closed, server }) => {
        const client = new WebSocketClient(url, { perMessageDeflate: true });
        const got: string[] = [];
        client.on('message', (data, isBinary) => got.push(`${isBinary} ${data}`));
        await once(client, 'open');
        assert.equal(client.extensions, '');
        for (const message of messages) client.send(message);
        // In parts.
        client.send('one ', { fin: false });
        client.send('two ', { fin: false });
        client.send('three', { fin: true });
        client.send(Buffer.from('bytes'));
        await until(() => got.length === messages.length + 2);
        assert.deepEqual(got, [...messages.map((message) => `false ${message}`), 'false one two three', 'true bytes']);
        client.ping('are you there');
        const [payload] = await once(client, 'pong');
        assert.equal(String(payload), 'are you there');
        client.send('stop');
        const [code, reason] = await once(client, 'close');
        assert.deepEqual([code, String(reason)], [4001, 'as you wish']);
        await until(() => server.connections === 0);
        assert.deepEqual(closed, ['4001 as you wish true']);
      },
      {},
      readMode,
    );
  });
}

test('a message in many segments is assembled, larger ones are closed with 1009', async () => {
  await withEcho(async ({ url, closed }) => {
    const client = new WebSocketClient(url, { perMessageDeflate: false });
    await once(client, 'open');
    client.send('y'.repeat(32_769));
    const [code] = await once(client, 'close');
    assert.equal(code, 1009);
    assert.deepEqual(closed, ['1009 The frame is too big false']);
  });
});

test('a plain request and a wrong version are answered as HTTP', async () => {
  await withEcho(async ({ port, url }) => {
    const response = await fetch(`http://127.0.0.1:${port}/chat`);
    assert.equal(response.status, 426);
    assert.equal(response.headers.get('upgrade'), 'websocket');
    const client = new WebSocketClient(url, { protocolVersion: 8 });
    const [error] = await once(client, 'error');
    assert.match(String(error), /426/);
  });
});

test('clients that come and go while they wait to be let in', async () => {
  await withEcho(async ({ port, server, closed, connections }) => {
    for (let i = 0; i < 50; i++) {
      const socket = net.connect(port, '127.0.0.1');
      socket.on('error', () => {});
      socket.write(handshakeRequest);
      setTimeout(() => socket.destroy(), i % 10);
    }
    await until(() => server.connections > 0);
    await until(() => server.connections === 0);
    // Whoever was let in has also gone, once.
    assert.equal(closed.length, connections.length);
  });
});

test('a client that reads nothing is ended; others are served meanwhile', async () => {
  await withEcho(async ({ url, port, connections, closed }) => {
    const other = new WebSocketClient(url);
    await once(other, 'open');
    const deaf = net.connect(port, '127.0.0.1');
    deaf.pause();
    deaf.on('error', () => {});
    deaf.write(handshakeRequest);
    await until(() => connections.length === 2);
    const [, connection] = connections as [unknown, WebSocketConnection<undefined>];
    const message = 'z'.repeat(100_000);
    let sent = 0;
    let refusal: unknown;
    for (; refusal === undefined && sent < 500; sent++) {
      refusal = connection.sendText(message);
      if (sent % 10 === 0) await new Promise((resolve) => setImmediate(resolve));
      if (connection.queuedBytes > 1_200_000) throw new Error('more waits than may wait');
    }
    assert.equal(refusal, 'slowConsumer');
    await until(() => closed.length === 1);
    assert.equal(closed[0], '1006 The client reads too slowly false');
    other.send('still here');
    assert.equal(String((await once(other, 'message'))[0]), 'still here');
    other.terminate();
    deaf.destroy();
  });
});

test('a server that winds down says so, and waits', async () => {
  await withEcho(async ({ url, server }) => {
    const client = new WebSocketClient(url);
    await once(client, 'open');
    const closed = once(client, 'close');
    await server.drain(5000);
    const [code, reason] = await closed;
    assert.deepEqual([code, String(reason)], [1001, 'Going away']);
  });
});

test('frames that arrive with the request', async () => {
  await withEcho(async ({ port }) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.write(Buffer.concat([Buffer.from(handshakeRequest, 'latin1'), clientFrame(1, 'early'), clientFrame(1, 'bird')]));
    let got = '';
    socket.on('data', (data) => {
      got += data.toString('latin1');
    });
    await until(() => got.includes('bird'));
    assert.match(got, /^HTTP\/1\.1 101 [\s\S]*\r\n\r\n\x81\x05early\x81\x04bird$/);
    socket.destroy();
  });
});
