// The client against this project's server side, against the package `ws`, and against servers that break the protocol.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { WebSocketServer } from 'ws';
import { connectWebSocket, HandshakeRefused, type WebSocketClientOptions } from './client.ts';
import { dataFrame, opcode, textFrame } from './frame.ts';
import { type Received, ServerFrameReader } from './server-frame-reader.ts';

let server: WebSocketServer;
let port = 0;

before(async () => {
  server = new WebSocketServer({
    port: 0,
    host: '127.0.0.1',
    perMessageDeflate: false,
    handleProtocols: (offered) => [...offered].at(-1) ?? false,
  });
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
  server.on('connection', (socket, request) => {
    socket.on('message', (data, isBinary) => {
      const text = String(data);
      if (text === 'headers') socket.send(JSON.stringify(request.headers));
      else if (text === 'close') socket.close(4001, 'as you wish');
      else if (text === 'vanish') socket.terminate();
      else if (text === 'ping') socket.ping('p');
      else if (text === 'big') socket.send('x'.repeat(5000));
      else if (text === 'raw') request.socket.write(Buffer.from([0x81, 0x80, 0, 0, 0, 0]));
      else if (text === 'parts') {
        socket.send('one ', { fin: false });
        socket.send('two', { fin: true });
      } else socket.send(data, { binary: isBinary });
    });
    socket.on('pong', (data) => socket.send(`pong ${data}`));
  });
});

after(() => server.close());

/** What was heard, as `text x`, `binary 00ff`, `closed 1000 reason`. */
async function connected(options: Partial<WebSocketClientOptions> = {}) {
  const heard: string[] = [];
  let tell = () => {};
  const note = (text: string) => {
    heard.push(text);
    tell();
  };
  const client = await connectWebSocket(
    { url: new URL(`ws://127.0.0.1:${port}/stage?x=1`), ...options },
    {
      onMessage: (payload, isText) => note(isText ? `text ${payload}` : `binary ${payload.toString('hex')}`),
      onClose: (code, reason) => note(`closed ${code} ${reason}`.trimEnd()),
    },
  );
  return {
    client,
    next: async (): Promise<string> => {
      while (heard.length === 0) {
        await new Promise<void>((resolve) => {
          tell = resolve;
        });
      }
      return heard.shift() as string;
    },
  };
}

describe('a client', () => {
  test('sends, hears, and closes', async () => {
    const { client, next } = await connected();
    for (const text of ['', 'hällo', 'x'.repeat(126), 'y'.repeat(70_000)]) {
      assert.equal(client.sendText(text), true);
      assert.equal(await next(), `text ${text}`.replace(/ $/, ' '));
    }
    client.sendText('parts');
    assert.equal(await next(), 'text one two');
    client.sendText('ping');
    assert.equal(await next(), 'text pong p');
    client.close(1000, 'done');
    assert.equal(await next(), 'closed 1000 done');
    assert.equal(client.sendText('late'), false);
  });

  test('hears why the server closed, or that it did not say', async () => {
    for (const [text, closed] of [
      ['close', 'closed 4001 as you wish'],
      ['vanish', 'closed 1006'],
      ['raw', 'closed 1002 A server does not mask its frames'],
    ] as const) {
      const { client, next } = await connected();
      client.sendText(text);
      assert.equal(await next(), closed);
    }
  });

  test('takes no message beyond its limit', async () => {
    const { client, next } = await connected({ messageBytesMax: 1000 });
    client.sendText('big');
    assert.equal(await next(), 'closed 1009 The message is longer than 1000 bytes');
  });

  test('offers subprotocols and sends headers; names under .localhost are this machine', async () => {
    const { client, next } = await connected({
      url: new URL(`ws://abc.localhost:${port}/`),
      protocols: ['one', 'two'],
      headers: { Authorization: 'Bearer x', 'User-Agent': 'me' },
    });
    assert.equal(client.protocol, 'two');
    client.sendText('headers');
    const headers = JSON.parse((await next()).slice('text '.length)) as http.IncomingHttpHeaders;
    assert.deepEqual(
      [headers.host, headers.authorization, headers['user-agent'], headers['sec-websocket-protocol']],
      [`abc.localhost:${port}`, 'Bearer x', 'me', 'one, two'],
    );
    client.close();
    assert.equal(await next(), 'closed 1005');
  });
});

describe('a server that lets nobody in', () => {
  async function refusing(listener: http.RequestListener & ((...args: never[]) => void), upgrade?: string): Promise<unknown> {
    const other = http.createServer(listener);
    if (upgrade !== undefined) other.on('upgrade', (_request, socket) => socket.end(upgrade));
    other.listen(0, '127.0.0.1');
    await once(other, 'listening');
    const url = new URL(`ws://127.0.0.1:${(other.address() as AddressInfo).port}/`);
    try {
      return await connectWebSocket({ url, handshakeMs: 300 }, { onMessage() {}, onClose() {} }).then(
        () => 'open',
        (error: unknown) => error,
      );
    } finally {
      other.closeAllConnections();
      other.close();
    }
  }

  test('its status and words are told', async () => {
    const error = await refusing((_request, response) => response.writeHead(403).end('{"message":"Forbidden"}'));
    assert.ok(error instanceof HandshakeRefused);
    assert.deepEqual([error.status, error.body], [403, '{"message":"Forbidden"}']);
  });

  test('a wrong Sec-WebSocket-Accept, an unknown subprotocol and silence are errors', async () => {
    const head = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n';
    const wrong = await refusing(() => {}, `${head}Sec-WebSocket-Accept: x\r\n\r\n`);
    assert.match(String(wrong), /Sec-WebSocket-Accept/);
    assert.match(String(await refusing(() => {})), /no answer in time/);
  });
});

describe('the reader of server frames', () => {
  const kinds = (received: readonly Received[]) =>
    received.map((one) => ('reason' in one ? `${one.kind} ${one.code} ${one.reason}` : `${one.kind} ${one.payload}`).trimEnd());

  test('bytes one by one are what they are together', () => {
    const wire = Buffer.concat(
      [textFrame('hello'), textFrame('é'.repeat(100)), dataFrame(opcode.binary, Buffer.from('b'))].map(({ wire: text }) =>
        Buffer.from(text, 'latin1'),
      ),
    );
    const reader = new ServerFrameReader(1000);
    const found = [...wire].flatMap((byte) => reader.read(Buffer.from([byte])));
    assert.deepEqual(kinds(found), kinds(new ServerFrameReader(1000).read(wire)));
    assert.deepEqual(kinds(found), ['message hello', `message ${'é'.repeat(100)}`, 'message b']);
  });

  const bad: readonly (readonly [desc: string, bytes: number[], told: RegExp])[] = [
    ['reserved bits', [0xc1, 0], /^violation 1002 Reserved bits/],
    ['reserved opcode', [0x83, 0], /^violation 1002 The opcode/],
    ['a long control frame', [0x89, 126, 0, 126], /^violation 1002 A control frame/],
    ['a fragmented control frame', [0x09, 0], /^violation 1002 A control frame/],
    ['a continuation of nothing', [0x80, 0], /^violation 1002 Frames of two/],
    ['a message in a message', [0x01, 1, 97, 0x81, 0], /^violation 1002 Frames of two/],
    ['text that is not UTF-8', [0x81, 1, 0xff], /^violation 1007/],
    ['a close code that may not be sent', [0x88, 2, 3, 0xed], /^violation 1002 The close code/],
    ['half a close code', [0x88, 1, 3], /^violation 1002 The close code/],
    ['a length beyond all', [0x82, 127, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], /^violation 1009/],
  ];
  for (const [desc, bytes, told] of bad) {
    test(desc, () => assert.match(kinds(new ServerFrameReader(1000).read(Buffer.from(bytes))).join(), told));
  }
});
