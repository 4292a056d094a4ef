// An HTTP proxy integration under load and with difficult origins: no byte lost, none mixed up, nothing half sent taken for whole.

import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { Agent, createServer, request as httpRequest, type Server } from 'node:http';
import { type AddressInfo, connect, createServer as createTcpServer, type Socket, type Server as TcpServer } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { CreateApiCommand } from '@aws-sdk/client-apigatewayv2';
import { type AwsClients, awsClients } from './aws-clients.ts';
import { hostOf } from './deployed-api.ts';
import { rawBytes, rawRequest } from './raw-http.ts';
import { type StartedServer, startServer } from './started-server.ts';

let server: StartedServer;
let clients: AwsClients;
/** Echoes what it is asked, in a chunked answer. */
let echo: Server;
let echoHost: string;
/** Answers with the bytes the path names, whatever they are. */
let odd: TcpServer;
let oddHost: string;
const oddSockets = new Set<Socket>();

const oddAnswers: Record<string, string> = {
  '/truncated': 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this',
  '/until-close': 'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nto the end',
  '/no-http': 'SSH-2.0-OpenSSH_9.2\r\n',
  '/two-lengths': 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc',
  '/bad-header': 'HTTP/1.1 200 OK\r\nX Bad: 1\r\nContent-Length: 2\r\n\r\nok',
  '/more-than-promised': 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison',
  '/no-content': 'HTTP/1.1 204 No Content\r\nX-Kept: yes\r\n\r\n',
  '/early-hints': 'HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
};

before(async () => {
  echo = createServer((request, response) => {
    response.setHeader('x-id', request.headers['x-id'] ?? '');
    if (request.url?.startsWith('/large') === true) {
      const size = Number(request.url.slice('/large/'.length));
      const piece = Buffer.alloc(64 * 1024, 'p');
      for (let sent = 0; sent < size; sent += piece.length) response.write(piece);
      response.end();
      return;
    }
    request.pipe(response);
  });
  echo.listen(0, '127.0.0.1');
  await once(echo, 'listening');
  odd = createTcpServer((socket) => {
    oddSockets.add(socket);
    socket.on('close', () => oddSockets.delete(socket));
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      const path = /^\S+ ([^\s?]+)/.exec(bytes.toString('latin1'))?.[1] ?? '';
      socket.write(oddAnswers[path] ?? 'HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n');
      if (path === '/truncated' || path === '/until-close') socket.end();
    });
  });
  odd.listen(0, '127.0.0.1');
  await once(odd, 'listening');
  server = await startServer();
  clients = awsClients(server);
  echoHost = await proxyTo(echo);
  oddHost = await proxyTo(odd);
});

after(async () => {
  clients?.destroy();
  await server?.stop();
  echo?.closeAllConnections();
  echo?.close();
  for (const socket of oddSockets) socket.destroy();
  odd?.close();
});

async function proxyTo(origin: Server | TcpServer): Promise<string> {
  const target = `http://127.0.0.1:${(origin.address() as AddressInfo).port}`;
  const api = await clients.apis.send(new CreateApiCommand({ Name: 'proxy', ProtocolType: 'HTTP', Target: target }));
  return hostOf(api.ApiId ?? '');
}

describe('a good origin', () => {
  test('gets and gives every byte while many connections are used at once', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 24 });
    const exchange = (n: number): Promise<void> =>
      new Promise((resolve, reject) => {
        const body = randomBytes(1 + ((n * 7919) % 40_000));
        const id = `request-${n}`;
        const outgoing = httpRequest(
          {
            port: server.port,
            host: '127.0.0.1',
            method: 'POST',
            path: `/echo/${n}`,
            agent,
            headers: { host: echoHost, 'x-id': id },
          },
          (response) => {
            const parts: Buffer[] = [];
            response.on('data', (part: Buffer) => parts.push(part));
            response.on('error', reject);
            response.on('end', () => {
              try {
                assert.equal(response.statusCode, 200);
                assert.equal(response.headers['x-id'], id, 'the answer is the one of this request');
                assert.equal(sha256(Buffer.concat(parts)), sha256(body), `body of ${id}`);
                resolve();
              } catch (error) {
                reject(error);
              }
            });
          },
        );
        outgoing.on('error', reject);
        // Half of the bodies are sent in pieces, chunked.
        if (n % 2 === 0) outgoing.end(body);
        else {
          outgoing.write(body.subarray(0, body.length >> 1));
          setImmediate(() => outgoing.end(body.subarray(body.length >> 1)));
        }
      });
    try {
      await Promise.all(Array.from({ length: 400 }, (_, n) => exchange(n)));
    } finally {
      agent.destroy();
    }
  });

  test('may answer with up to 10 MB, to a slow reader', async () => {
    const size = 10 * 1024 * 1024;
    assert.equal(await readSlowly(size), size);
  });

  // AWS: the payload quota of HTTP APIs is 10 MB, for answers too.
  test('may not answer with more: what was begun is broken off', async () => {
    await assert.rejects(readSlowly(12 * 1024 * 1024), { code: 'ECONNRESET' });
  });

  function readSlowly(size: number): Promise<number> {
    return new Promise<number>((resolve, reject) => {
      let length = 0;
      const outgoing = httpRequest(
        { port: server.port, host: '127.0.0.1', path: `/large/${size}`, headers: { host: echoHost } },
        (response) => {
          response.on('data', (part: Buffer) => {
            length += part.length;
            if (length % 7 === 0) {
              response.pause();
              setTimeout(() => response.resume(), 1);
            }
          });
          response.on('end', () => resolve(length));
          response.on('error', reject);
        },
      );
      outgoing.on('error', reject);
      outgoing.end();
    });
  }

  test('is asked with Expect: 100-continue answered by the gateway', async () => {
    const text = await new Promise<string>((resolve, reject) => {
      let seen = '';
      const socket = connect(server.port, '127.0.0.1');
      const timer = setTimeout(() => {
        socket.destroy();
        reject(new Error(`no complete answer: ${JSON.stringify(seen)}`));
      }, 15_000);
      socket.write(
        `POST /echo HTTP/1.1\r\nHost: ${echoHost}\r\nContent-Length: 5\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n`,
      );
      socket.on('data', (bytes) => {
        const first = seen === '';
        seen += bytes.toString('latin1');
        if (first) socket.write('hello');
      });
      socket.on('error', reject);
      socket.on('close', () => {
        clearTimeout(timer);
        resolve(seen);
      });
    });
    assert.match(text, /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 /);
    assert.ok(text.includes('hello'));
  });

  test('does not see a request whose client went away, as a whole one', async () => {
    const arrived = once(echo, 'request');
    const socket = connect(server.port, '127.0.0.1');
    socket.write(`POST /echo HTTP/1.1\r\nHost: ${echoHost}\r\nContent-Length: 100000\r\n\r\npart`);
    const [incoming] = (await arrived) as [
      NodeJS.ReadableStream & { complete: boolean; on(event: 'close', act: () => void): void },
    ];
    const closed = new Promise<void>((resolve) => incoming.on('close', resolve));
    incoming.resume();
    incoming.on('error', () => undefined);
    socket.destroy();
    await closed;
    assert.equal(incoming.complete, false);
  });
});

describe('a bad origin', () => {
  const rows: { path: string; is: string }[] = [
    { path: '/no-http', is: 'no HTTP' },
    { path: '/two-lengths', is: 'an answer with two lengths' },
    { path: '/bad-header', is: 'an answer with a malformed header' },
  ];
  for (const row of rows) {
    test(`that gives ${row.is} makes a gateway error`, async () => {
      const response = await rawRequest(server.port, { target: row.path, host: oddHost });
      assert.ok(
        response.status === 503 || response.status === 500 || response.status === 502,
        `${response.status} ${response.text()}`,
      );
      assert.match(response.text(), /^\{"message":"[^"]+"\}$/);
    });
  }

  test('that breaks off is not passed on as complete', async () => {
    const outcome = await rawRequest(server.port, { target: '/truncated', host: oddHost }).then(
      (response) => (response.status === 200 ? 'taken for whole' : 'refused'),
      () => 'broken off',
    );
    assert.notEqual(outcome, 'taken for whole');
  });

  test('that sends more than it promised does not poison the next answer', async () => {
    for (let i = 0; i < 3; i++) {
      const response = await rawRequest(server.port, { target: '/more-than-promised', host: oddHost });
      assert.ok(response.status !== 200 || response.text() === 'ok', `${response.status} ${response.text()}`);
    }
  });

  test('that ends its answer by closing gives all of it', async () => {
    const response = await rawRequest(server.port, { target: '/until-close', host: oddHost });
    assert.equal(response.status, 200);
    assert.equal(response.text(), 'to the end');
  });

  test('that answers 204 gives no body', async () => {
    const response = await rawRequest(server.port, { target: '/no-content', host: oddHost });
    assert.equal(response.status, 204);
    assert.equal(response.header('x-kept'), 'yes');
  });

  test('that sends an early hint first gives its final answer', async () => {
    const head = `GET /early-hints HTTP/1.1\r\nHost: ${oddHost}\r\nConnection: close\r\n\r\n`;
    const response = await rawBytes(server.port, Buffer.from(head));
    const final = response.status === 103 ? Buffer.from(response.text()).toString() : response.text();
    assert.ok(final.endsWith('ok'), `${response.status} ${final}`);
  });
});

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
