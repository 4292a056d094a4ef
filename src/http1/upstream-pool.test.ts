// The upstream pool against small servers that speak raw bytes, well or badly.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { HeaderBlock } from './header-block.ts';
import type { BodyFailure, BodySink, MessageBody, UpstreamCall, UpstreamFailure, UpstreamResponse } from './message.ts';
import { createHttp1Server } from './server.ts';
import { UpstreamPool, type UpstreamPoolOptions } from './upstream-pool.ts';
import { WholeBody } from './whole-body.ts';

interface Upstream {
  readonly port: number;
  readonly sockets: net.Socket[];
  /** Everything received, per connection. */
  readonly received: string[];
  close(): Promise<void>;
}

/** A server that calls `speak` with everything received so far on a connection whenever more arrives. */
async function upstream(
  speak: (socket: net.Socket, received: string, connection: number) => void,
  address?: string,
): Promise<Upstream> {
  const sockets: net.Socket[] = [];
  const received: string[] = [];
  const server = net.createServer((socket) => {
    const index = sockets.push(socket) - 1;
    received.push('');
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      received[index] += chunk.toString('latin1');
      speak(socket, received[index] as string, index);
    });
  });
  await new Promise<void>((resolve) =>
    address === undefined ? server.listen(0, '127.0.0.1', resolve) : server.listen(address, resolve),
  );
  return {
    port: address === undefined ? (server.address() as net.AddressInfo).port : 0,
    sockets,
    received,
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

type Outcome =
  | { readonly status: number; readonly body: string; readonly response: UpstreamResponse }
  | { readonly failure: UpstreamFailure }
  | { readonly status: number; readonly bodyFailure: BodyFailure };

interface CallOptions extends Partial<Omit<UpstreamCall, 'receiver' | 'headers'>> {
  readonly port?: number;
}

function call(pool: UpstreamPool, options: CallOptions): Promise<Outcome> {
  return new Promise((resolve) => {
    const headers = new HeaderBlock();
    headers.add('Host', 'upstream');
    pool.send({
      origin: { protocol: 'http', host: '127.0.0.1', port: options.port ?? 0 },
      method: 'GET',
      target: '/',
      body: null,
      timeoutMs: 5000,
      ...options,
      headers,
      receiver: {
        onFailure: (failure) => resolve({ failure }),
        onResponse: (response) => {
          const { status } = response;
          response.body.readAll(10_000_000, {
            onBody: (body) => resolve({ status, body: body.toString('latin1'), response }),
            onBodyFailure: (bodyFailure) => resolve({ status, bodyFailure }),
          });
        },
      },
    });
  });
}

function show(outcome: Outcome): string {
  if ('failure' in outcome) return outcome.failure.kind;
  return 'body' in outcome ? `${outcome.status} ${outcome.body}` : `${outcome.status} broken ${outcome.bodyFailure}`;
}

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const requestsIn = (received: string): number => received.split('HTTP/1.1\r\n').length - 1;

async function withPool(options: UpstreamPoolOptions, run: (pool: UpstreamPool) => Promise<void>): Promise<void> {
  const faults: unknown[] = [];
  const pool = new UpstreamPool({ onFault: (error) => faults.push(error), ...options });
  try {
    await run(pool);
    assert.deepEqual(faults, []);
  } finally {
    pool.close();
  }
}

test('responses', { concurrency: true }, async (t) => {
  const rows: readonly {
    desc: string;
    response: string;
    ends?: boolean;
    method?: string;
    expect: string;
    reused?: boolean;
    limit?: number;
  }[] = [
    { desc: 'length', response: ok, expect: '200 ok', reused: true },
    { desc: 'length 0', response: 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n', expect: '200 ', reused: true },
    { desc: 'no reason', response: 'HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok', expect: '200 ok', reused: true },
    {
      desc: 'chunked',
      response: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\no\r\n1\r\nk\r\n0\r\nX: y\r\n\r\n',
      expect: '200 ok',
      reused: true,
    },
    { desc: 'delimited by close', response: 'HTTP/1.1 200 OK\r\n\r\nok', ends: true, expect: '200 ok', reused: false },
    {
      desc: 'HTTP/1.0 with a length',
      response: 'HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok',
      expect: '200 ok',
      reused: false,
    },
    {
      desc: 'HTTP/1.0 with keep-alive',
      response: 'HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok',
      expect: '200 ok',
      reused: true,
    },
    {
      desc: 'Connection: close',
      response: 'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok',
      expect: '200 ok',
      reused: false,
    },
    { desc: '204', response: 'HTTP/1.1 204 No Content\r\n\r\n', expect: '204 ', reused: true },
    {
      desc: '304 with a length and no body',
      response: 'HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n',
      expect: '304 ',
      reused: true,
    },
    {
      desc: 'HEAD with a length',
      method: 'HEAD',
      response: 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n',
      expect: '200 ',
      reused: true,
    },
    {
      desc: 'HEAD, chunked',
      method: 'HEAD',
      response: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n',
      expect: '200 ',
      reused: true,
    },
    {
      desc: 'interim responses are skipped',
      response: `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n${ok}`,
      expect: '200 ok',
      reused: true,
    },
    {
      desc: 'an interim response with a length',
      response: `HTTP/1.1 100 Continue\r\nContent-Length: 2\r\n\r\n${ok}`,
      expect: 'malformed',
      reused: false,
    },
    {
      desc: 'an interim response that ends the connection',
      response: `HTTP/1.1 103 Hints\r\nConnection: close\r\n\r\n${ok}`,
      expect: 'malformed',
      reused: false,
    },
    {
      desc: 'interim responses without end',
      response: 'HTTP/1.1 100 Continue\r\n\r\n'.repeat(20) + ok,
      expect: 'malformed',
      reused: false,
    },
    {
      desc: 'an unasked 101',
      response: 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n',
      expect: 'malformed',
      reused: false,
    },
    {
      desc: 'bytes after the response',
      response: `${ok}HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil`,
      expect: '200 ok',
      reused: false,
    },
    { desc: 'bytes after a bodiless response', response: 'HTTP/1.1 204 No Content\r\n\r\nevil', expect: '204 ', reused: false },
    {
      desc: 'body shorter than its length',
      response: 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nok',
      ends: true,
      expect: '200 broken aborted',
      reused: false,
    },
    {
      desc: 'chunked breaks off',
      response: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nok',
      ends: true,
      expect: '200 broken aborted',
      reused: false,
    },
    {
      desc: 'broken chunk size',
      response: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
      expect: 'malformed',
      reused: false,
    },
    { desc: 'head breaks off', response: 'HTTP/1.1 200 OK\r\nContent-', ends: true, expect: 'malformed', reused: false },
    { desc: 'no answer at all', response: '', ends: true, expect: 'reset', reused: false },
    { desc: 'no HTTP', response: 'SSH-2.0-OpenSSH_9.6\r\n', expect: 'malformed', reused: false },
    { desc: 'HTTP/2.0', response: 'HTTP/2.0 200 OK\r\n\r\n', expect: 'malformed', reused: false },
    { desc: 'status of two digits', response: 'HTTP/1.1 20 OK\r\n\r\n', expect: 'malformed', reused: false },
    { desc: 'status of four digits', response: 'HTTP/1.1 2000 OK\r\n\r\n', expect: 'malformed', reused: false },
    { desc: 'status 099', response: 'HTTP/1.1 099 OK\r\n\r\n', expect: 'malformed', reused: false },
    { desc: 'status 600', response: 'HTTP/1.1 600 OK\r\n\r\n', expect: 'malformed', reused: false },
    {
      desc: 'two lengths',
      response: 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok',
      expect: 'malformed',
      reused: false,
    },
    { desc: 'length list', response: 'HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\nok', expect: 'malformed', reused: false },
    { desc: 'length +2', response: 'HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\nok', expect: 'malformed', reused: false },
    {
      desc: 'length and coding',
      response: 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      expect: 'malformed',
      reused: false,
    },
    {
      desc: 'another coding',
      response: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n',
      expect: 'malformed',
      reused: false,
    },
    {
      desc: 'a tab behind the coding',
      response: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\t\r\n\r\n0\r\n\r\n',
      expect: 'malformed',
      reused: false,
    },
    {
      desc: 'coding in HTTP/1.0',
      response: 'HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      expect: 'malformed',
      reused: false,
    },
    { desc: 'bare LF', response: 'HTTP/1.1 200 OK\nContent-Length: 2\n\nok', expect: 'malformed', reused: false },
    {
      desc: 'folded field',
      response: 'HTTP/1.1 200 OK\r\nX-A: b\r\n c\r\nContent-Length: 2\r\n\r\nok',
      expect: 'malformed',
      reused: false,
    },
    {
      desc: 'NUL in a field',
      response: 'HTTP/1.1 200 OK\r\nX-A: \x00\r\nContent-Length: 2\r\n\r\nok',
      expect: 'malformed',
      reused: false,
    },
    {
      desc: 'head over 16 KB',
      response: `HTTP/1.1 200 OK\r\n${`X-A: ${'a'.repeat(5000)}\r\n`.repeat(4)}\r\n`,
      expect: 'tooLarge',
      reused: false,
    },
    { desc: 'endless status line', response: `HTTP/1.1 200 ${'a'.repeat(20_000)}`, expect: 'tooLarge', reused: false },
    {
      desc: 'declared length over the limit',
      limit: 10,
      response: 'HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n',
      expect: 'tooLarge',
      reused: false,
    },
    {
      desc: 'chunked over the limit',
      limit: 10,
      response: `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n${'a'.repeat(11)}\r\n0\r\n\r\n`,
      expect: 'tooLarge',
      reused: false,
    },
    {
      desc: 'delimited by close, over the limit',
      limit: 10,
      response: `HTTP/1.1 200 OK\r\n\r\n${'a'.repeat(11)}`,
      ends: true,
      expect: '200 broken tooLarge',
      reused: false,
    },
  ];
  await Promise.all(
    rows.map(({ desc, response, ends, method = 'GET', expect, reused = true, limit }) =>
      t.test(desc, async () => {
        for (const bytewise of [false, true]) {
          if (bytewise && response.length > 1000) continue;
          const server = await upstream((socket) => {
            if (!bytewise) socket.write(response, 'latin1');
            else for (const char of response) socket.write(char, 'latin1');
            if (ends) socket.end();
          });
          await withPool({}, async (pool) => {
            const options = { port: server.port, method, ...(limit === undefined ? undefined : { maxResponseBytes: limit }) };
            const outcome = show(await call(pool, options));
            // A body that breaks later than its first packet is delivered first and fails then.
            if (!bytewise || outcome !== `200 broken ${expect}`)
              assert.equal(outcome, expect, bytewise ? 'byte by byte' : 'whole');
            await wait(30);
            assert.equal(pool.state.idle, reused ? 1 : 0, 'kept for reuse');
          });
          await server.close();
        }
      }),
    ),
  );
});

test('a connection is used again, the last one first', async () => {
  const server = await upstream((socket) => socket.write(ok));
  await withPool({}, async (pool) => {
    await call(pool, { port: server.port });
    await call(pool, { port: server.port });
    assert.equal(server.sockets.length, 1);
    await Promise.all([call(pool, { port: server.port }), call(pool, { port: server.port })]);
    assert.equal(server.sockets.length, 2);
    assert.deepEqual(pool.state, { connections: 2, idle: 2, queued: 0 });
    await call(pool, { port: server.port });
    assert.equal(requestsIn(server.received[0] as string) + requestsIn(server.received[1] as string), 5);
  });
  await server.close();
});

test('what is written', async (t) => {
  const rows: readonly { desc: string; options: CallOptions; wire: string }[] = [
    { desc: 'GET without a body', options: {}, wire: 'GET / HTTP/1.1\r\nHost: upstream\r\n\r\n' },
    {
      desc: 'POST without a body',
      options: { method: 'POST' },
      wire: 'POST / HTTP/1.1\r\nHost: upstream\r\nContent-Length: 0\r\n\r\n',
    },
    {
      desc: 'text',
      options: { method: 'PUT', target: '/a?b', body: 'hello' },
      wire: 'PUT /a?b HTTP/1.1\r\nHost: upstream\r\nContent-Length: 5\r\n\r\nhello',
    },
    {
      desc: 'bytes',
      options: { method: 'POST', body: Buffer.from('hello') },
      wire: 'POST / HTTP/1.1\r\nHost: upstream\r\nContent-Length: 5\r\n\r\nhello',
    },
    {
      desc: 'many bytes',
      options: { method: 'POST', body: Buffer.alloc(50_000, 'x') },
      wire: `POST / HTTP/1.1\r\nHost: upstream\r\nContent-Length: 50000\r\n\r\n${'x'.repeat(50_000)}`,
    },
  ];
  for (const { desc, options, wire } of rows) {
    await t.test(desc, async () => {
      const server = await upstream((socket, received) => {
        if (received.length >= wire.length) socket.write(ok);
      });
      await withPool({}, async (pool) => {
        assert.equal(show(await call(pool, { ...options, port: server.port })), '200 ok');
        assert.equal(server.received[0], wire);
      });
      await server.close();
    });
  }
  await t.test('a target that would break the request line is refused', async () => {
    await withPool({}, async (pool) => {
      for (const target of ['/a b', '/a\r\nX: y', '/\x00', '/caf\xe9', '']) {
        assert.equal(show(await call(pool, { target, port: 1 })), 'refused');
      }
    });
  });
});

test('connect failures', async () => {
  const server = await upstream(() => {});
  const { port } = server;
  await server.close();
  await withPool({}, async (pool) => {
    const outcome = await call(pool, { port });
    assert.ok('failure' in outcome && outcome.failure.kind === 'connect');
    assert.match(outcome.failure.message, /ECONNREFUSED/);
    const unknown = await call(pool, { origin: { protocol: 'http', host: 'no-such-host.invalid', port: 80 } });
    assert.equal(show(unknown), 'lookup');
    assert.equal(pool.state.connections, 0);
  });
});

test('origins without connections are forgotten, and found again', async () => {
  const server = await upstream((socket, received) => {
    if (requestsIn(received) > 1) socket.destroy();
    else socket.write(ok);
  });
  await withPool({ limits: { idleMs: 50 } }, async (pool) => {
    const origin = { protocol: 'http', host: '127.0.0.1', port: server.port } as const;
    assert.equal(show(await call(pool, { origin })), '200 ok');
    await wait(200);
    assert.deepEqual(pool.state, { connections: 0, idle: 0, queued: 0 });
    assert.equal(show(await call(pool, { origin })), '200 ok');
    // The only connection breaks and the call is repeated on a new one, which is counted and reused.
    assert.equal(show(await call(pool, { origin })), '200 ok');
    assert.deepEqual(pool.state, { connections: 1, idle: 1, queued: 0 });
  });
  await server.close();
});

test('a host name with several addresses', async () => {
  const server = await upstream((socket) => socket.write(ok));
  await withPool({}, async (pool) => {
    assert.equal(show(await call(pool, { origin: { protocol: 'http', host: 'localhost', port: server.port } })), '200 ok');
    assert.equal(show(await call(pool, { origin: { protocol: 'http', host: 'localhost', port: server.port } })), '200 ok');
    assert.equal(server.sockets.length, 1);
  });
  await server.close();
});

test('a unix socket', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'stagegate-pool-'));
  const socketPath = path.join(folder, 's');
  const server = await upstream((socket) => socket.write(ok), socketPath);
  await withPool({}, async (pool) => {
    assert.equal(show(await call(pool, { origin: { protocol: 'http', host: 'x', port: 0, socketPath } })), '200 ok');
  });
  await server.close();
  rmSync(folder, { recursive: true });
});

test('a kept connection that closes as it is reused', async (t) => {
  const closesSecond = (socket: net.Socket, received: string): void => {
    if (requestsIn(received) > 1) socket.destroy();
    else socket.write(ok);
  };
  await t.test('an idempotent request is sent once more, on a new connection', async () => {
    const server = await upstream(closesSecond);
    await withPool({}, async (pool) => {
      await call(pool, { port: server.port });
      assert.equal(show(await call(pool, { port: server.port, method: 'PUT', body: 'x' })), '200 ok');
      assert.equal(server.sockets.length, 2);
    });
    await server.close();
  });
  await t.test('POST is not', async () => {
    const server = await upstream(closesSecond);
    await withPool({}, async (pool) => {
      await call(pool, { port: server.port });
      assert.equal(show(await call(pool, { port: server.port, method: 'POST', body: 'x' })), 'reset');
      assert.equal(server.sockets.length, 1);
    });
    await server.close();
  });
  await t.test('POST is, when nothing of it has left', async () => {
    const kept = await upstream((socket) => socket.write(ok));
    // Its answer and the end of the kept connection are read in the same turn.
    const other = await upstream((socket) => {
      socket.write(ok);
      kept.sockets[0]?.destroy();
    });
    await withPool({}, async (pool) => {
      await call(pool, { port: kept.port });
      const posted = await new Promise<Outcome>((resolve) => {
        const headers = new HeaderBlock();
        headers.add('Host', 'upstream');
        pool.send({
          origin: { protocol: 'http', host: '127.0.0.1', port: other.port },
          ...{ method: 'GET', target: '/', body: null, timeoutMs: 5000, headers },
          receiver: {
            onFailure: (failure) => resolve({ failure }),
            onResponse(response) {
              resolve(call(pool, { port: kept.port, method: 'POST', body: 'x' }));
              response.body.discard();
            },
          },
        });
      });
      assert.equal(show(posted), '200 ok');
      assert.deepEqual(kept.received.map(requestsIn), [1, 1]);
    });
    await kept.close();
    await other.close();
  });
  await t.test('nor is anything on a new connection, nor twice', async () => {
    const server = await upstream((socket, received, index) => {
      if (index === 0 && requestsIn(received) === 1) socket.write(ok);
      else socket.destroy();
    });
    await withPool({}, async (pool) => {
      await call(pool, { port: server.port });
      assert.equal(show(await call(pool, { port: server.port })), 'reset');
      assert.equal(server.sockets.length, 2);
      assert.equal(show(await call(pool, { port: server.port })), 'reset');
      assert.equal(server.sockets.length, 3);
    });
    await server.close();
  });
  await t.test('nor when a byte of the response was seen', async () => {
    const server = await upstream((socket, received) => {
      if (requestsIn(received) > 1) socket.end('HTTP');
      else socket.write(ok);
    });
    await withPool({}, async (pool) => {
      await call(pool, { port: server.port });
      assert.equal(show(await call(pool, { port: server.port })), 'malformed');
      assert.equal(server.sockets.length, 1);
    });
    await server.close();
  });
  await t.test('one that closed while it was idle is not used at all', async () => {
    const server = await upstream((socket) => socket.end(ok));
    await withPool({}, async (pool) => {
      await call(pool, { port: server.port });
      await wait(50);
      assert.equal(show(await call(pool, { port: server.port, method: 'POST', body: 'x' })), '200 ok');
      assert.equal(server.sockets.length, 2);
    });
    await server.close();
  });
  await t.test('bytes on an idle connection end it', async () => {
    const server = await upstream((socket) => {
      socket.write(ok);
      setTimeout(() => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil'), 20);
    });
    await withPool({}, async (pool) => {
      await call(pool, { port: server.port });
      await wait(80);
      assert.equal(pool.state.connections, 0);
      assert.equal(show(await call(pool, { port: server.port })), '200 ok');
    });
    await server.close();
  });
});

test('deadlines', { concurrency: true }, async (t) => {
  const within = (ms: number, expected: number): void => {
    assert.ok(ms >= expected - 1, `${ms} ms is early`);
    // The bar is 25 ms on an idle machine; tests share theirs.
    assert.ok(ms < expected + 150, `${ms} ms is late`);
  };
  await Promise.all([
    t.test('no response', async () => {
      const server = await upstream(() => {});
      await withPool({}, async (pool) => {
        const started = performance.now();
        assert.equal(show(await call(pool, { port: server.port, timeoutMs: 100 })), 'timeout');
        within(performance.now() - started, 100);
        assert.equal(pool.state.connections, 0);
      });
      await server.close();
    }),
    t.test('a response that trickles', async () => {
      const timers: NodeJS.Timeout[] = [];
      const server = await upstream((socket) => {
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n');
        timers.push(setInterval(() => socket.write('x'), 10));
      });
      await withPool({}, async (pool) => {
        const started = performance.now();
        assert.equal(show(await call(pool, { port: server.port, timeoutMs: 200 })), '200 broken timeout');
        within(performance.now() - started, 200);
      });
      for (const timer of timers) clearInterval(timer);
      await server.close();
    }),
    t.test('waiting for a connection counts', async () => {
      const server = await upstream(() => {});
      await withPool({ limits: { connectionsPerOrigin: 1 } }, async (pool) => {
        const first = call(pool, { port: server.port, timeoutMs: 300 });
        const started = performance.now();
        assert.equal(show(await call(pool, { port: server.port, timeoutMs: 100 })), 'timeout');
        within(performance.now() - started, 100);
        assert.equal(show(await first), 'timeout');
      });
      await server.close();
    }),
    t.test('idle connections are closed', async () => {
      const server = await upstream((socket) => socket.write(ok));
      await withPool({ limits: { idleMs: 60 } }, async (pool) => {
        await call(pool, { port: server.port });
        assert.equal(pool.state.idle, 1);
        await wait(250);
        assert.equal(pool.state.connections, 0);
      });
      await server.close();
    }),
  ]);
});

test('the number of connections is bounded, then the number of calls that wait', async () => {
  let answer: (() => void)[] = [];
  const server = await upstream((socket) => answer.push(() => socket.write(ok)));
  await withPool({ limits: { connectionsPerOrigin: 2, queuedPerOrigin: 2 } }, async (pool) => {
    const calls = Array.from({ length: 5 }, () => call(pool, { port: server.port }));
    assert.equal(show(await (calls[4] as Promise<Outcome>)), 'refused');
    while (answer.length < 2) await wait(5);
    assert.deepEqual(pool.state, { connections: 2, idle: 0, queued: 2 });
    for (let round = 0; round < 2; round++) {
      const ready = answer;
      answer = [];
      for (const go of ready) go();
      await wait(30);
    }
    const outcomes = await Promise.all(calls.slice(0, 4));
    assert.deepEqual(outcomes.map(show), ['200 ok', '200 ok', '200 ok', '200 ok']);
    assert.equal(server.sockets.length, 2);
  });
  await server.close();
});

test('calls that wait go on when a connection breaks', async () => {
  const server = await upstream((socket, _received, index) => {
    if (index === 0) socket.destroy();
    else socket.write(ok);
  });
  await withPool({ limits: { connectionsPerOrigin: 1 } }, async (pool) => {
    const [first, second] = await Promise.all([call(pool, { port: server.port }), call(pool, { port: server.port })]);
    assert.equal(show(first), 'reset');
    assert.equal(show(second), '200 ok');
  });
  await server.close();
});

test('cancel ends the call without a word', async () => {
  const server = await upstream((socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc'));
  await withPool({}, async (pool) => {
    const headers = new HeaderBlock();
    let failure: BodyFailure | undefined;
    const origin = { protocol: 'http' as const, host: '127.0.0.1', port: server.port };
    const silent = pool.send({
      origin,
      method: 'GET',
      target: '/',
      headers,
      body: null,
      timeoutMs: 1000,
      receiver: { onResponse: () => assert.fail(), onFailure: () => assert.fail() },
    });
    silent.cancel();
    silent.cancel();
    await new Promise<void>((resolve) => {
      const ticket = pool.send({
        origin,
        method: 'GET',
        target: '/',
        headers,
        body: null,
        timeoutMs: 1000,
        receiver: {
          onResponse: (response) => {
            response.body.readAll(100, { onBody: () => assert.fail(), onBodyFailure: (kind) => (failure = kind) });
            setImmediate(() => {
              ticket.cancel();
              resolve();
            });
          },
          onFailure: () => assert.fail(),
        },
      });
    });
    assert.equal(failure, 'aborted');
    assert.equal(pool.state.connections, 0);
  });
  await server.close();
});

/** A body that is not there yet. */
function slowBody(length: number | undefined, feed: (sink: BodySink) => void): MessageBody {
  return {
    length,
    takeText: () => undefined,
    readAll: () => assert.fail('must be streamed'),
    pipeTo: (sink) => feed(sink),
    discard: () => {},
  };
}

test('streamed request bodies', async (t) => {
  await t.test('with a length', async () => {
    const server = await upstream((socket, received) => {
      if (received.endsWith('hello')) socket.write(ok);
    });
    await withPool({}, async (pool) => {
      const body = slowBody(5, (sink) => {
        sink.write(Buffer.from('hel'));
        setTimeout(() => {
          sink.write(Buffer.from('lo'));
          sink.end();
        }, 10);
      });
      assert.equal(show(await call(pool, { port: server.port, method: 'POST', body })), '200 ok');
      assert.equal(server.received[0], 'POST / HTTP/1.1\r\nHost: upstream\r\nContent-Length: 5\r\n\r\nhello');
      assert.equal(pool.state.idle, 1);
    });
    await server.close();
  });
  await t.test('without a length: chunked', async () => {
    const server = await upstream((socket, received) => {
      if (received.endsWith('0\r\n\r\n')) socket.write(ok);
    });
    await withPool({}, async (pool) => {
      const body = slowBody(undefined, (sink) => {
        sink.write(Buffer.from('hello'));
        sink.end();
      });
      assert.equal(show(await call(pool, { port: server.port, method: 'POST', body })), '200 ok');
      assert.equal(
        server.received[0],
        'POST / HTTP/1.1\r\nHost: upstream\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
      );
    });
    await server.close();
  });
  await t.test('the source fails', async () => {
    const server = await upstream(() => {});
    await withPool({}, async (pool) => {
      const body = slowBody(5, (sink) => {
        sink.write(Buffer.from('hel'));
        setTimeout(() => sink.abort('aborted'), 10);
      });
      const outcome = await call(pool, { port: server.port, method: 'POST', body });
      assert.ok('failure' in outcome);
      assert.equal(outcome.failure.kind, 'requestBody');
      assert.equal(outcome.failure.bodyFailure, 'aborted');
      assert.equal(pool.state.connections, 0);
    });
    await server.close();
  });
  await t.test('an early response is delivered, the connection is not used again and the source is told', async () => {
    const server = await upstream((socket) => socket.write('HTTP/1.1 413 No\r\nContent-Length: 2\r\n\r\nno'));
    await withPool({}, async (pool) => {
      let told = false;
      const body = slowBody(1000, (sink) => {
        sink.onSinkClosed = () => {
          told = true;
        };
        sink.write(Buffer.from('part'));
      });
      assert.equal(show(await call(pool, { port: server.port, method: 'POST', body })), '413 no');
      assert.equal(told, true);
      assert.equal(pool.state.connections, 0);
    });
    await server.close();
  });
  await t.test('a half-sent body and a closed connection: a failure, no second attempt', async () => {
    const server = await upstream((socket, received) => {
      if (requestsIn(received) === 1 && !received.includes('PUT')) socket.write(ok);
      else socket.destroy();
    });
    await withPool({}, async (pool) => {
      await call(pool, { port: server.port });
      const body = slowBody(1000, (sink) => sink.write(Buffer.from('part')));
      assert.equal(show(await call(pool, { port: server.port, method: 'PUT', body })), 'reset');
      assert.equal(server.sockets.length, 1);
    });
    await server.close();
  });
});

test('backpressure from client to upstream and back', async () => {
  // More than the socket buffers of three hops hold.
  const size = 48_000_000;
  let echoed = 0;
  const echo = createHttp1Server({
    limits: { bodyBytes: 100_000_000 },
    onRequest: (request) => {
      const sink = request.startResponse(200, new HeaderBlock(), request.body.length);
      const write = sink.write.bind(sink);
      sink.write = (chunk) => {
        echoed += chunk.length;
        return write(chunk);
      };
      request.body.pipeTo(sink);
    },
  });
  await echo.listen({ port: 0, host: '127.0.0.1' });
  await withPool({}, async (pool) => {
    const proxy = createHttp1Server({
      limits: { bodyBytes: 100_000_000 },
      onRequest: (request) =>
        pool.send({
          origin: { protocol: 'http', host: '127.0.0.1', port: echo.port },
          method: request.method,
          target: request.target,
          headers: hostOnly,
          body: request.body,
          timeoutMs: 20_000,
          receiver: {
            onResponse: (response) =>
              response.body.pipeTo(request.startResponse(response.status, new HeaderBlock(), response.body.length)),
            onFailure: (failure) => request.respond(502, new HeaderBlock(), failure.kind),
          },
        }),
    });
    await proxy.listen({ port: 0, host: '127.0.0.1' });
    const client = net.connect(proxy.port, '127.0.0.1');
    const payload = Buffer.alloc(size);
    for (let i = 0; i < size; i += 4) payload.writeUInt32LE(i, i);
    client.write(`POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: ${size}\r\n\r\n`);
    client.write(payload);
    // A client that does not read for a while holds everybody back.
    await wait(300);
    const held = echoed;
    const got: Buffer[] = [];
    for await (const chunk of client) {
      got.push(chunk as Buffer);
      if (got.length % 50 === 0) await wait(1);
    }
    const answer = Buffer.concat(got);
    const head = answer.indexOf('\r\n\r\n') + 4;
    assert.match(answer.subarray(0, head).toString(), /^HTTP\/1\.1 200 OK\r\nContent-Length: 48000000\r\n/);
    assert.ok(answer.subarray(head).equals(payload));
    assert.ok(held < size / 2, `${held} of ${size} bytes had passed before the client read any`);
    await proxy.close();
  });
  await echo.close();
});

const hostOnly = new HeaderBlock();
hostOnly.add('Host', 'upstream');

test('a body that was consumed before is a fault and a failed call, on new and kept connections', async () => {
  const server = await upstream((socket) => socket.write(ok));
  const faults: unknown[] = [];
  const pool = new UpstreamPool({ onFault: (error) => faults.push(error) });
  for (const round of [1, 2]) {
    const body = new WholeBody('text');
    body.takeText();
    assert.equal(show(await call(pool, { port: server.port, method: 'POST', body })), 'reset');
    assert.match(String(faults[round - 1]), /already consumed/);
    assert.equal(show(await call(pool, { port: server.port })), '200 ok');
  }
  assert.equal(faults.length, 2);
  pool.close();
  await server.close();
});

test('a receiver that throws is reported, and the pool goes on', async () => {
  const server = await upstream((socket) => socket.write(ok));
  const faults: unknown[] = [];
  const pool = new UpstreamPool({ onFault: (error) => faults.push(error) });
  pool.send({
    origin: { protocol: 'http', host: '127.0.0.1', port: server.port },
    method: 'GET',
    target: '/',
    headers: hostOnly,
    body: null,
    timeoutMs: 1000,
    receiver: {
      onResponse: () => {
        throw new Error('bug');
      },
      onFailure: () => {},
    },
  });
  while (faults.length === 0) await wait(5);
  assert.match(String(faults[0]), /bug/);
  assert.equal(show(await call(pool, { port: server.port })), '200 ok');
  pool.close();
  assert.equal(show(await call(pool, { port: server.port })), 'refused');
  await server.close();
});
