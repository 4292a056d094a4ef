// A connection that leaves HTTP: who hears what afterwards, and the server's books.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BytesTransport } from './bytes-transport.ts';
import { HeaderBlock } from './header-block.ts';
import type { ServerRequest } from './message.ts';
import type { ProtocolOwner, SwitchHost } from './protocol-switch.ts';
import { createHttp1Server, type Http1ServerOptions } from './server.ts';
import type { Transport } from './transport.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Writes down everything it is told. */
class Owner implements ProtocolOwner {
  readonly remoteAddress = '127.0.0.1';
  readonly heard: string[] = [];
  transport: Transport | undefined;
  private host: SwitchHost | undefined;

  onSwitched(transport: Transport, host: SwitchHost): void {
    this.heard.push('switched');
    this.transport = transport;
    this.host = host;
  }

  onBytes(buffer: Buffer, start: number, end: number): void {
    this.heard.push(buffer.toString('latin1', start, end));
  }

  onEnd(): void {
    this.heard.push('end');
  }

  onDrain(): void {
    this.heard.push('drain');
  }

  onClosed(error: Error | undefined): void {
    this.heard.push(error === undefined ? 'closed' : `closed: ${error.message}`);
    this.host?.left(this);
  }

  onServerDrain(): void {
    this.heard.push('server drains');
  }

  destroy(): void {
    this.transport?.destroy();
  }
}

function connect(wire: string, options: Partial<Http1ServerOptions> = {}) {
  const requests: ServerRequest[] = [];
  const faults: unknown[] = [];
  const server = createHttp1Server({
    onRequest: (request) => requests.push(request),
    onFault: (error) => faults.push(error),
    ...options,
  });
  const transport = new BytesTransport();
  server.accept(transport);
  transport.feed(wire);
  const owner = new Owner();
  const accept = (): boolean | undefined => requests[0]?.switchProtocols?.('echo', new HeaderBlock(), owner);
  return { requests, faults, server, transport, owner, accept };
}

const head = 'GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n';

test('the owner hears everything from the 101 on, and HTTP nothing', async () => {
  const { transport, owner, accept, requests, server, faults } = connect(head);
  await turn();
  assert.equal(accept(), true);
  assert.equal(transport.sent, 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\n');
  transport.feed('GET / HTTP/1.1\r\n\r\n');
  transport.drain();
  transport.feedEnd();
  transport.feedError(new Error('reset'));
  await turn();
  assert.deepEqual(owner.heard, ['switched', 'GET / HTTP/1.1\r\n\r\n', 'drain', 'end', 'closed: reset']);
  assert.equal(requests.length, 1);
  assert.equal(server.connections, 0);
  assert.deepEqual(faults, []);
});

test('what came early comes first, the end last', async () => {
  const { transport, owner, accept } = connect(`${head}one`);
  transport.feed(' two');
  accept();
  transport.feed(' three');
  transport.feedEnd();
  assert.deepEqual(owner.heard, ['switched']);
  await turn();
  assert.deepEqual(owner.heard, ['switched', 'one two three', 'end']);
});

test('an end of the input before the switch is told after it', async () => {
  const { transport, owner, accept } = connect(head);
  transport.feedEnd();
  await turn();
  accept();
  await turn();
  assert.deepEqual(owner.heard, ['switched', 'end']);
});

test('the request before it on the connection is answered as ever', async () => {
  const { transport, accept, requests, owner } = connect(`GET /first HTTP/1.1\r\nHost: a\r\n\r\n${head}early`);
  requests.shift()?.respond(200, new HeaderBlock(), 'ok');
  await turn();
  assert.equal(accept(), true);
  await turn();
  assert.match(transport.sent, /^HTTP\/1\.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP\/1\.1 101 /);
  assert.deepEqual(owner.heard, ['switched', 'early']);
});

test('a request whose body is still coming cannot switch', () => {
  const { accept } = connect('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nUpgrade: echo\r\n\r\nab');
  assert.throws(accept, /body has not arrived/);
});

test('a handler that throws after the switch: reported, and the connection ends', async () => {
  const error = new Error('of the handler');
  const owner = new Owner();
  const { transport, faults } = connect(`${head}early`, {
    onRequest(request): void {
      request.switchProtocols?.('echo', new HeaderBlock(), owner);
      throw error;
    },
  });
  await turn();
  assert.deepEqual(faults, [error]);
  assert.equal(transport.destroyed, true);
  assert.deepEqual(owner.heard, ['switched', 'closed']);
});

test('it keeps its place among the connections, and frees it', async () => {
  const { server, accept, owner } = connect(head, { limits: { connections: 1, connectionsPerAddress: 1 } });
  accept();
  const second = new BytesTransport();
  server.accept(second);
  assert.equal(second.destroyed, true);
  assert.equal(server.connections, 1);
  owner.destroy();
  await turn();
  assert.equal(server.connections, 0);
  const third = new BytesTransport();
  server.accept(third);
  assert.equal(third.destroyed, false);
});

test('the server’s end: told at once when it drains, destroyed when its grace is over', async () => {
  const { server, accept, owner, transport } = connect(head);
  accept();
  const drained = server.drain(30);
  assert.deepEqual(owner.heard, ['switched', 'server drains']);
  await drained;
  assert.equal(transport.destroyed, true);
});

test('a switch while the server drains is followed by the news', async () => {
  const { server, accept, owner } = connect(head);
  const drained = server.drain(30);
  accept();
  await turn();
  assert.deepEqual(owner.heard, ['switched', 'server drains']);
  await drained;
});
