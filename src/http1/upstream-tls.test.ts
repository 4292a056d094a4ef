// https upstreams: the same connection over node:tls, with the certificate checked against the origin's name.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type net from 'node:net';
import path from 'node:path';
import { test } from 'node:test';
import tls from 'node:tls';
import { HeaderBlock } from './header-block.ts';
import { UpstreamPool, type UpstreamPoolOptions } from './upstream-pool.ts';

const cert = readFileSync(path.join(import.meta.dirname, 'testdata/localhost-cert.pem'), 'utf8');
const key = readFileSync(path.join(import.meta.dirname, 'testdata/localhost-key.pem'), 'utf8');

function get(pool: UpstreamPool, port: number, host: string, serverName?: string, anyIssuer?: boolean): Promise<string> {
  const headers = new HeaderBlock();
  headers.add('Host', host);
  return new Promise((resolve) => {
    pool.send({
      origin: {
        protocol: 'https',
        host,
        port,
        ...(serverName === undefined ? {} : { serverName }),
        ...(anyIssuer === true ? { anyIssuer } : {}),
      },
      method: 'GET',
      target: '/',
      headers,
      body: null,
      timeoutMs: 5000,
      receiver: {
        onResponse: (response) =>
          response.body.readAll(1_000_000, {
            onBody: (body) => resolve(`${response.status} ${body.toString('latin1')}`),
            onBodyFailure: resolve,
          }),
        onFailure: (failure) => resolve(`${failure.kind}: ${failure.message}`),
      },
    });
  });
}

test('https upstreams', async (t) => {
  const names: (string | false | null)[] = [];
  const protocols: (string | false | null)[] = [];
  let connections = 0;
  const body = 'x'.repeat(200_000);
  const server = tls.createServer({ cert, key, ALPNProtocols: ['h2', 'http/1.1'] }, (socket) => {
    connections++;
    names.push((socket as tls.TLSSocket & { servername?: string }).servername ?? null);
    protocols.push(socket.alpnProtocol);
    socket.on('error', () => {});
    socket.on('data', () => socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`));
  });
  server.on('tlsClientError', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as net.AddressInfo;
  const withPool = async (options: UpstreamPoolOptions, run: (pool: UpstreamPool) => Promise<void>): Promise<void> => {
    const pool = new UpstreamPool(options);
    await run(pool);
    pool.close();
  };

  await t.test('the certificate is checked, HTTP/1.1 is negotiated, the connection is reused', async () => {
    await withPool({ ca: cert }, async (pool) => {
      assert.equal(await get(pool, port, 'localhost'), `200 ${body}`);
      assert.equal(await get(pool, port, 'localhost'), `200 ${body}`);
      assert.equal(connections, 1);
      assert.deepEqual([names, protocols], [['localhost'], ['http/1.1']]);
      assert.equal(pool.state.idle, 1);
    });
  });
  await t.test('an address is checked as an address', async () => {
    await withPool({ ca: cert }, async (pool) => {
      assert.equal(await get(pool, port, '127.0.0.1'), `200 ${body}`);
    });
  });
  await t.test('an unknown authority is refused', async () => {
    await withPool({}, async (pool) => {
      assert.match(await get(pool, port, 'localhost'), /^connect: .*self-signed certificate/);
      assert.equal(pool.state.connections, 0);
    });
  });
  await t.test('another name is refused', async () => {
    const lookup = ((
      _host: string,
      _options: unknown,
      done: (error: null, addresses: { address: string; family: number }[]) => void,
    ) => done(null, [{ address: '127.0.0.1', family: 4 }])) as unknown as net.LookupFunction;
    await withPool({ ca: cert, lookup }, async (pool) => {
      assert.match(await get(pool, port, 'other.example'), /^connect: .*(altnames|Hostname)/);
    });
  });
  await t.test('a server name of its own is asked for and checked, on a connection of its own', async () => {
    await withPool({ ca: cert }, async (pool) => {
      names.length = 0;
      assert.equal(await get(pool, port, '127.0.0.1', 'localhost'), `200 ${body}`);
      assert.deepEqual(names, ['localhost']);
      assert.match(await get(pool, port, '127.0.0.1', 'other.example'), /^connect: .*(altnames|Hostname)/);
      assert.equal(await get(pool, port, '127.0.0.1'), `200 ${body}`);
    });
  });
  await t.test('any issuer: the name is still checked, and other calls to the same place are as strict as before', async () => {
    await withPool({}, async (pool) => {
      assert.equal(await get(pool, port, 'localhost', undefined, true), `200 ${body}`);
      assert.match(await get(pool, port, 'localhost'), /^connect: .*self-signed certificate/);
      assert.equal(await get(pool, port, '127.0.0.1', 'localhost', true), `200 ${body}`);
      assert.match(await get(pool, port, '127.0.0.1', 'other.example', true), /^connect: .*(altnames|Hostname)/);
      assert.equal(pool.state.connections, 2, 'the refused ones are closed');
    });
  });
  await t.test('any issuer: a certificate that is over is refused', async () => {
    const read = (name: string) => readFileSync(path.join(import.meta.dirname, 'testdata', name), 'utf8');
    const over = tls.createServer({ cert: read('expired-cert.pem'), key }, (socket) => socket.on('error', () => {}));
    over.on('tlsClientError', () => {});
    await new Promise<void>((resolve) => over.listen(0, '127.0.0.1', resolve));
    await withPool({}, async (pool) => {
      const answer = await get(pool, (over.address() as net.AddressInfo).port, 'localhost', undefined, true);
      over.close();
      assert.match(answer, /^connect: .*expired/i);
    });
  });
  await t.test('unless told to take any', async () => {
    await withPool({ rejectUnauthorized: false }, async (pool) => {
      assert.equal(await get(pool, port, 'localhost'), `200 ${body}`);
    });
  });
  await new Promise((resolve) => server.close(resolve));
});
