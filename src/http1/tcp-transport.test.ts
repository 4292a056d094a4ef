import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import net from 'node:net';
import { test } from 'node:test';
import { connectTransport } from './connect-transport.ts';
import { adoptAcceptedSocket, adoptPipe, probeReadMode, type ReadMode } from './tcp-transport.ts';
import type { Transport } from './transport.ts';

interface Accepted {
  readonly transport: Transport;
  readonly client: net.Socket;
  readonly events: string[];
  readonly buffers: Set<ArrayBufferLike>;
  close(): Promise<void>;
}

async function accept(mode: ReadMode): Promise<Accepted> {
  const events: string[] = [];
  const buffers = new Set<ArrayBufferLike>();
  const server = net.createServer({ pauseOnConnect: true, allowHalfOpen: true, noDelay: true });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const accepted = new Promise<net.Socket>((resolve) => server.once('connection', resolve));
  const client = net.connect({ port: (server.address() as net.AddressInfo).port, host: '127.0.0.1', allowHalfOpen: true });
  client.on('error', () => {});
  const transport = adoptAcceptedSocket(await accepted, mode);
  transport.receiver = {
    onBytes: (buffer, start, end) => {
      buffers.add(buffer.buffer);
      events.push(buffer.toString('latin1', start, end));
    },
    onEnd: () => events.push('end'),
    onDrain: () => events.push('drain'),
    onClosed: (error) => events.push(`closed ${error === undefined ? '' : (error as NodeJS.ErrnoException).code}`.trim()),
  };
  const close = (): Promise<void> => {
    client.destroy();
    transport.destroy();
    return new Promise((resolve) => server.close(() => resolve()));
  };
  return { transport, client, events, buffers, close };
}

const tick = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 10));

async function until(condition: () => boolean): Promise<void> {
  for (let i = 0; i < 500 && !condition(); i++) await tick();
  assert.ok(condition(), 'waited five seconds in vain');
}

test('this Node can share its read buffer', async () => {
  assert.equal(await probeReadMode(), 'shared');
});

test('in shared mode every connection is read into the same memory', async () => {
  const first = await accept('shared');
  const second = await accept('shared');
  first.client.write('one');
  second.client.write('two');
  await until(() => first.events.length > 0 && second.events.length > 0);
  assert.deepEqual([first.events, second.events], [['one'], ['two']]);
  assert.deepEqual(first.buffers, second.buffers);
  assert.equal(first.buffers.size, 1);
  await first.close();
  await second.close();
});

test('an accepted socket whose handle looks unfamiliar is read through data events', async () => {
  const server = net.createServer({ pauseOnConnect: true, allowHalfOpen: true });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const accepted = new Promise<net.Socket>((resolve) => server.once('connection', resolve));
  const client = net.connect((server.address() as net.AddressInfo).port, '127.0.0.1');
  const socket = await accepted;
  Object.defineProperty((socket as unknown as { _handle: object })._handle, 'useUserBuffer', { value: undefined });
  const transport = adoptAcceptedSocket(socket, 'shared');
  const got: string[] = [];
  transport.receiver = {
    onBytes: (buffer, start, end) => got.push(buffer.toString('latin1', start, end)),
    onEnd: () => {},
    onDrain: () => {},
    onClosed: () => {},
  };
  client.write('hello');
  await until(() => got.length > 0);
  assert.deepEqual(got, ['hello']);
  assert.equal(socket.listenerCount('data'), 1);
  transport.destroy();
  client.destroy();
  await new Promise((resolve) => server.close(resolve));
});

for (const mode of ['shared', 'data'] as const) {
  test(`a transport, read mode ${mode}`, async (t) => {
    await t.test('reads, writes and ends in both directions', async () => {
      const { transport, client, events, close } = await accept(mode);
      let got = '';
      client.on('data', (chunk) => {
        got += chunk.toString('latin1');
      });
      client.end('hello');
      await until(() => events.includes('end'));
      assert.equal(transport.write('caf\xe9 '), true);
      assert.equal(transport.write(Buffer.from('bytes')), true);
      transport.end();
      await until(() => events.length === 3);
      assert.deepEqual(events, ['hello', 'end', 'closed']);
      assert.equal(got, 'caf\xe9 bytes');
      assert.equal(transport.remoteAddress, '127.0.0.1');
      await close();
    });

    await t.test('pause holds the peer back, resume lets everything through', async () => {
      const { transport, client, events, close } = await accept(mode);
      transport.pause();
      const payload = 'x'.repeat(30_000_000);
      let flushed = false;
      client.write(payload, 'latin1', () => {
        flushed = true;
      });
      await new Promise((resolve) => setTimeout(resolve, 100));
      assert.equal(flushed, false);
      transport.resume();
      await until(() => flushed && events.join('').length === payload.length);
      await close();
    });

    await t.test('a peer that does not read: false, and drain when it does', async () => {
      const { transport, client, events, close } = await accept(mode);
      client.pause();
      const piece = Buffer.alloc(1_000_000);
      let writes = 0;
      while (transport.write(piece) && writes < 100) writes++;
      await tick();
      assert.equal(events.length, 0);
      client.resume();
      await until(() => events.includes('drain'));
      await close();
    });

    await t.test('text, bytes and corked writes arrive in order, however slowly the peer reads', async () => {
      const { transport, client, events, close } = await accept(mode);
      client.pause();
      let got = '';
      client.on('data', (chunk) => {
        got += chunk.toString('latin1');
      });
      client.pause();
      const pieces: string[] = [];
      let held = 0;
      for (let i = 0; i < 150; i++) {
        const text = `${i}:`.padEnd(i % 7 === 0 ? 200_000 : 20, String.fromCharCode(97 + (i % 26)));
        pieces.push(text);
        if (i % 11 === 0) transport.cork();
        if (!transport.write(i % 5 === 0 ? Buffer.from(text, 'latin1') : text)) held++;
        if (i % 11 === 3) transport.uncork();
      }
      assert.ok(held > 0, 'the peer held it back');
      assert.equal(events.length, 0);
      client.resume();
      await until(() => events.includes('drain'));
      transport.write('last');
      transport.end();
      const expected = `${pieces.join('')}last`;
      await until(() => got.length >= expected.length);
      assert.ok(got === expected, 'the same bytes in the same order');
      await close();
    });

    await t.test('text to a peer that does not read: false, and drain when it does', async () => {
      const { transport, client, events, close } = await accept(mode);
      client.pause();
      const piece = 'x'.repeat(1_000_000);
      let writes = 1;
      while (transport.write(piece) && writes < 100) writes++;
      assert.ok(writes < 100);
      assert.equal(transport.queuedBytes, piece.length);
      await tick();
      assert.equal(events.length, 0);
      let got = 0;
      client.on('data', (chunk) => {
        got += chunk.length;
      });
      client.resume();
      await until(() => events.includes('drain') && got === writes * piece.length);
      assert.deepEqual(events, ['drain']);
      assert.equal(transport.queuedBytes, 0);
      assert.equal(transport.write('more'), true);
      await until(() => got === writes * piece.length + 4);
      await close();
    });

    await t.test(
      'what is written while bytes arrive leaves together, in order, and before anything that is written later',
      async () => {
        const { transport, client, events, close } = await accept(mode);
        const got: string[] = [];
        client.on('data', (chunk) => got.push(chunk.toString('latin1')));
        transport.receiver = {
          ...transport.receiver,
          onBytes: (buffer, start, end) => {
            for (const letter of buffer.toString('latin1', start, end)) transport.write(`${letter};`);
            assert.equal(transport.queuedBytes, 2 * (end - start));
            if (buffer[start] === 0x62) transport.write(Buffer.from('bytes;'));
          },
        };
        client.write('aaaa');
        await until(() => got.join('').length === 8);
        assert.deepEqual(got, ['a;a;a;a;']);
        assert.equal(transport.queuedBytes, 0);
        client.write('bb');
        await until(() => got.join('').length === 18);
        transport.write('later');
        await until(() => got.join('').length === 23);
        assert.equal(got.join(''), 'a;a;a;a;b;b;bytes;later');
        assert.deepEqual(events, []);
        await close();
      },
    );

    for (const way of ['end', 'destroy'] as const) {
      await t.test(`what is written while bytes arrive has left before ${way}()`, async () => {
        const { transport, client, close } = await accept(mode);
        let got = '';
        let ended = false;
        client.on('data', (chunk) => {
          got += chunk.toString('latin1');
        });
        client.on('end', () => {
          ended = true;
        });
        transport.receiver = {
          ...transport.receiver,
          onBytes: () => {
            transport.write('last words');
            transport[way]();
          },
        };
        client.write('x');
        await until(() => ended);
        assert.equal(got, 'last words');
        await close();
      });
    }

    await t.test('a peer that asks and does not read: congested, once, and drain when it does', async () => {
      const { transport, client, events, close } = await accept(mode);
      client.pause();
      const answer = 'y'.repeat(10_000);
      let answers = 0;
      transport.receiver = {
        ...transport.receiver,
        onBytes: (_buffer, start, end) => {
          answers += end - start;
          for (let i = start; i < end; i++) {
            // Where text goes through the stream it is the write that says so.
            if (!transport.write(answer) && !events.includes('congested')) events.push('congested');
          }
        },
        onCongested: () => events.push('congested'),
      };
      // More than socket buffers take.
      for (let i = 0; i < 10_000 && !events.includes('congested'); i++) {
        client.write('x');
        await new Promise((resolve) => setImmediate(resolve));
      }
      await until(() => events.length > 0);
      assert.deepEqual(events, ['congested']);
      assert.ok(transport.queuedBytes > 0);
      let got = '';
      client.on('data', (chunk) => {
        got += chunk.toString('latin1');
      });
      client.resume();
      await until(() => got.length === answers * answer.length);
      assert.deepEqual(events, ['congested', 'drain']);
      assert.equal(got, answer.repeat(answers));
      await close();
    });

    await t.test('text that waits when the peer resets: closed, and no drain', async () => {
      const { transport, client, events, close } = await accept(mode);
      client.pause();
      const piece = 'x'.repeat(1_000_000);
      let writes = 1;
      while (transport.write(piece) && writes < 100) writes++;
      client.resetAndDestroy();
      await until(() => events.length > 0);
      await tick();
      assert.equal(events.length, 1);
      assert.match(events[0] ?? '', /^closed E(?:CONNRESET|PIPE)$/);
      await close();
    });

    await t.test('reset is an error for the peer, an orderly close here', async () => {
      const { transport, client, events, close } = await accept(mode);
      const failed = new Promise<NodeJS.ErrnoException>((resolve) => client.once('error', resolve));
      client.resume();
      transport.reset();
      assert.equal((await failed).code, 'ECONNRESET');
      await until(() => events.length > 0);
      assert.deepEqual(events, ['closed']);
      transport.write('nothing happens');
      transport.end();
      await close();
    });

    await t.test('a reset by the peer is told once, with its reason', async () => {
      const { client, events, close } = await accept(mode);
      client.resetAndDestroy();
      await until(() => events.length > 0);
      assert.deepEqual(events, ['closed ECONNRESET']);
      await close();
    });
  });
}

for (const mode of ['shared', 'data'] as const) {
  test(`what a process wrote before it ended is read, whatever is written to it (${mode})`, { timeout: 20_000 }, async (t) => {
    const source = 'require("fs").writeSync(3, "said before the end")';
    const child = spawn(process.execPath, ['-e', source], { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
    const transport = adoptPipe(child.stdio[3] as net.Socket, mode);
    let read = '';
    const ended = new Promise<void>((resolve) => {
      transport.receiver = {
        onBytes: (buffer, start, end) => {
          read += buffer.toString('latin1', start, end);
        },
        onEnd: resolve,
        onDrain() {},
        onClosed: () => resolve(),
      };
    });
    if (!transport.readsOn) {
      t.diagnostic('what is written goes through the stream of node:net here, which destroys the socket when it fails');
      child.kill();
      return;
    }
    // It is a zombie before anybody reads, and the last of its threads has let go of the pipe.
    while (!/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${child.pid}/stat`, 'latin1')));
    while (readdirSync(`/proc/${child.pid}/task`).length > 1);
    for (let write = 0; write < 3; write++) transport.write('nobody reads this');
    await ended;
    assert.equal(read, 'said before the end');
    transport.destroy();
  });
}

interface Outgoing {
  readonly transport: Transport;
  /** What the server has read of it: pieces, and `end`. */
  readonly got: string[];
  close(): Promise<void>;
}

async function connect(): Promise<Outgoing> {
  const got: string[] = [];
  const server = net.createServer((socket) => {
    socket.on('data', (chunk) => got.push(chunk.toString('latin1')));
    socket.on('close', () => got.push('closed'));
    socket.on('error', () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as net.AddressInfo;
  const transport = await new Promise<Transport>((resolve) => {
    const made = connectTransport(
      { host: '127.0.0.1', port, socketPath: undefined, tls: undefined, lookup: undefined },
      { onConnected: () => resolve(made), onBytes() {}, onEnd() {}, onDrain() {}, onClosed() {} },
    );
  });
  const close = (): Promise<void> => {
    transport.destroy();
    return new Promise((resolve) => server.close(() => resolve()));
  };
  return { transport, got, close };
}

/** Runs `then` while something arrives on another connection. */
async function whileReading(then: () => void): Promise<void> {
  const { transport, client, close } = await accept('shared');
  await new Promise<void>((resolve) => {
    transport.receiver = {
      ...transport.receiver,
      onBytes() {
        then();
        resolve();
      },
    };
    client.write('x');
  });
  await close();
}

test('requests that are written while another connection is read leave together, in order', async () => {
  const [one, two] = [await connect(), await connect()];
  await whileReading(() => {
    for (const text of ['a', 'b', 'c']) for (const { transport } of [one, two]) assert.equal(transport.write(text), true);
    assert.equal(one.transport.queuedBytes, 3);
  });
  await until(() => one.got.length > 0 && two.got.length > 0);
  assert.deepEqual([one.got, two.got], [['abc'], ['abc']]);
  assert.equal(one.transport.queuedBytes, 0);
  await one.close();
  await two.close();
});

for (const way of ['destroy', 'reset'] as const) {
  test(`a request that has not left is not sent any more after ${way}()`, async () => {
    const { transport, got, close } = await connect();
    await whileReading(() => {
      transport.write('never');
      transport[way]();
    });
    await until(() => got.includes('closed'));
    assert.deepEqual(got, ['closed']);
    await close();
  });
}
