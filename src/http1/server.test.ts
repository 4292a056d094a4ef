// The listener over real sockets: both ways of reading accepted sockets, TCP and unix sockets, limits, draining.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { HeaderBlock } from './header-block.ts';
import type { ServerRequest } from './message.ts';
import { createHttp1Server, type Http1ServerOptions, type RefusedRequest } from './server.ts';
import type { ReadMode } from './tcp-transport.ts';

const none = new HeaderBlock();

/** Sends bytes, optionally ends, and collects everything until the server closes. */
function exchange(address: net.NetConnectOpts, bytes: string, end = false): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ ...address, allowHalfOpen: true } as net.NetConnectOpts);
    const got: Buffer[] = [];
    socket.on('error', reject);
    socket.on('data', (chunk: Buffer) => got.push(chunk));
    socket.on('end', () => {
      socket.end();
      resolve(Buffer.concat(got).toString('latin1'));
    });
    if (end) socket.end(bytes, 'latin1');
    else socket.write(bytes, 'latin1');
  });
}

function echo(request: ServerRequest): void {
  request.body.readAll(50_000_000, {
    onBody: (body) => request.respond(200, none, body.length === 0 ? request.target : body),
    onBodyFailure: (failure) => request.respond(400, none, failure),
  });
}

async function listening(
  options: Partial<Http1ServerOptions>,
  run: (port: number, server: ReturnType<typeof createHttp1Server>) => Promise<void>,
): Promise<void> {
  const faults: unknown[] = [];
  const server = createHttp1Server({ onRequest: echo, onFault: (error) => faults.push(error), ...options });
  await server.listen({ port: 0, host: '127.0.0.1' });
  try {
    await run(server.port, server);
    assert.deepEqual(faults, []);
  } finally {
    await server.close();
  }
}

for (const readMode of ['shared', 'data'] as const satisfies readonly ReadMode[]) {
  test(`accepted sockets, read mode ${readMode}`, async (t) => {
    await t.test('requests and answers', async () => {
      await listening({ readMode }, async (port) => {
        const wire =
          'GET /one HTTP/1.1\r\nHost: a\r\n\r\nPOST /two HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nConnection: close\r\n\r\ntwo';
        const sent = await exchange({ port, host: '127.0.0.1' }, wire);
        assert.equal(
          sent,
          'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n/oneHTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\ntwo',
        );
      });
    });

    await t.test('the read buffer is never seen twice: many clients at once get their own bytes back', async () => {
      await listening({ readMode }, async (port) => {
        const bodies = Array.from({ length: 40 }, (_, i) => String.fromCharCode(65 + (i % 26)).repeat(1000 * (i + 1)));
        const answers = await Promise.all(
          bodies.map((body) =>
            exchange({ port, host: '127.0.0.1' }, `POST / HTTP/1.0\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n${body}`),
          ),
        );
        for (const [i, answer] of answers.entries()) assert.ok(answer.endsWith(`\r\n\r\n${bodies[i]}`));
      });
    });

    await t.test('a client that says its end first still gets the answer', async () => {
      await listening({ readMode }, async (port) => {
        const sent = await exchange({ port, host: '127.0.0.1' }, 'GET /x HTTP/1.1\r\nHost: a\r\n\r\n', true);
        assert.match(sent, /\/x$/);
      });
    });

    await t.test('a refusal can be read by a client that is still sending', async () => {
      const refused: RefusedRequest[] = [];
      await listening({ readMode, onRefused: (request) => refused.push(request), limits: { bodyBytes: 10 } }, async (port) => {
        const body = 'x'.repeat(3_000_000);
        const sent = await exchange(
          { port, host: '127.0.0.1' },
          `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
        );
        assert.match(sent, /^HTTP\/1\.1 413 [\s\S]*\{"message":"Request Entity Too Large"\}$/);
        assert.equal(refused[0]?.status, 413);
        assert.equal(refused[0]?.remoteAddress, '127.0.0.1');
        assert.ok((refused[0]?.remotePort ?? 0) > 0);
      });
    });

    await t.test('large answers', async () => {
      // The pieces a large body leaves in are 65,536 bytes: none, one and several whole ones, with and without a rest.
      for (const length of [16_384, 16_385, 65_535, 65_536, 65_537, 131_072, 65_536 * 40, 5_000_000]) {
        const large = Buffer.alloc(length, 'x');
        await listening({ readMode, onRequest: (request) => request.respond(200, none, large) }, async (port) => {
          const sent = await exchange({ port, host: '127.0.0.1' }, 'GET / HTTP/1.0\r\nHost: a\r\n\r\n');
          assert.equal(sent.length - sent.indexOf('\r\n\r\n') - 4, length);
        });
      }
    });

    await t.test('Node’s client, kept alive', async () => {
      await listening({ readMode }, async (port, server) => {
        const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
        for (let i = 0; i < 20; i++) {
          const body = await new Promise<string>((resolve, reject) => {
            const request = http.request({ port, host: '127.0.0.1', method: 'POST', agent, path: '/' }, (response) => {
              let text = '';
              response.setEncoding('latin1');
              response.on('data', (chunk: string) => {
                text += chunk;
              });
              response.on('end', () => resolve(text));
            });
            request.on('error', reject);
            request.write(`chunk ${i}`);
            request.end(' and more');
          });
          assert.equal(body, `chunk ${i} and more`);
        }
        assert.equal(server.connections, 1);
        agent.destroy();
      });
    });

    await t.test('a client that resets is forgotten', async () => {
      let aborted = 0;
      await listening(
        {
          readMode,
          onRequest: (request) => {
            request.onAbort = () => aborted++;
          },
        },
        async (port, server) => {
          const socket = net.connect(port, '127.0.0.1');
          socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
          while (server.connections === 0) await tick();
          await tick();
          socket.resetAndDestroy();
          while (server.connections > 0) await tick();
          assert.equal(aborted, 1);
        },
      );
    });
  });
}

const tick = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 10));

test('the addresses of both ends', async () => {
  let seen: ServerRequest | undefined;
  await listening(
    {
      onRequest: (request) => {
        seen = request;
        request.respond(200, none, '');
      },
    },
    async (port) => {
      await exchange({ port, host: '127.0.0.1' }, 'GET / HTTP/1.0\r\nHost: a\r\n\r\n');
      assert.equal(seen?.remoteAddress, '127.0.0.1');
      assert.equal(seen?.localPort, port);
      assert.ok((seen?.remotePort ?? 0) > 0);
      assert.equal(seen?.headBytes, 'GET / HTTP/1.0\r\nHost: a\r\n\r\n'.length);
    },
  );
});

test('a unix socket, and several listeners of one server', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'stagegate-server-'));
  const socketPath = path.join(folder, 's');
  await listening({}, async (port, server) => {
    await server.listen({ path: socketPath });
    assert.equal(server.port, port);
    assert.match(await exchange({ path: socketPath }, 'GET /u HTTP/1.0\r\nHost: a\r\n\r\n'), /\/u$/);
    assert.match(await exchange({ port, host: '127.0.0.1' }, 'GET /t HTTP/1.0\r\nHost: a\r\n\r\n'), /\/t$/);
  });
  rmSync(folder, { recursive: true });
});

test('a port in use is an error of listen, and the server can try another', async () => {
  await listening({}, async (port, server) => {
    await assert.rejects(server.listen({ port, host: '127.0.0.1' }), /EADDRINUSE/);
    await server.listen({ port: 0, host: '127.0.0.1' });
  });
});

test('connections per address', async () => {
  await listening({ limits: { connectionsPerAddress: 2 } }, async (port, server) => {
    const open = [net.connect(port, '127.0.0.1'), net.connect(port, '127.0.0.1')];
    while (server.connections < 2) await tick();
    const third = net.connect(port, '127.0.0.1');
    third.on('error', () => {});
    await new Promise((resolve) => third.on('close', resolve));
    for (const socket of open) socket.destroy();
    while (server.connections > 0) await tick();
    assert.match(await exchange({ port, host: '127.0.0.1' }, 'GET /x HTTP/1.0\r\nHost: a\r\n\r\n'), /\/x$/);
  });
});

test('a drain under load fails no request', async () => {
  const server = createHttp1Server({ onRequest: (request) => setTimeout(() => request.respond(200, none, 'ok'), 5) });
  await server.listen({ port: 0, host: '127.0.0.1' });
  const { port } = server;
  let answered = 0;
  let failed = 0;
  let refusedConnections = 0;
  let stop = false;
  /** One client on one connection, as clients with a pool do it: a new connection when the last was announced to end. */
  const client = async (): Promise<void> => {
    while (!stop) {
      const socket = net.connect(port, '127.0.0.1');
      const connected = await new Promise<boolean>((resolve) => {
        socket.once('connect', () => resolve(true));
        socket.once('error', () => resolve(false));
      });
      if (!connected) {
        refusedConnections++;
        return;
      }
      socket.on('error', () => {});
      let last = false;
      while (!last && !stop) {
        socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
        const answer = await new Promise<string>((resolve) => {
          socket.once('data', (chunk) => resolve(chunk.toString()));
          socket.once('close', () => resolve(''));
        });
        if (answer.endsWith('ok')) answered++;
        else failed++;
        last = answer === '' || answer.includes('Connection: close');
      }
      socket.destroy();
    }
  };
  const clients = Promise.all(Array.from({ length: 20 }, client));
  while (answered < 100) await tick();
  await server.drain(5000, 1500);
  stop = true;
  await clients;
  assert.equal(failed, 0);
  assert.ok(answered >= 100);
  assert.equal(refusedConnections, 20, 'nobody could connect any more');
});
