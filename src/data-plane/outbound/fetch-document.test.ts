// Over real sockets: what a document comes from, and from where none ever comes.
import assert from 'node:assert/strict';
import http from 'node:http';
import type net from 'node:net';
import { after, before, describe, test } from 'node:test';
import { TimerWheel } from '../../http1/timer-wheel.ts';
import { UpstreamPool } from '../../http1/upstream-pool.ts';
import { IssuerKeys } from '../../jwt/issuer-keys.ts';
import { JwtVerifier } from '../../jwt/jwt-verifier.ts';
import { makeTestIssuer } from '../../jwt/testing/test-issuer.ts';
import { createEgressPolicy, guardedConnect } from '../integrations/egress.ts';
import { createDocumentFetch } from './fetch-document.ts';

const limits = { timeoutMs: 1500, maxBytes: 1000 };
const wheel = new TimerWheel((error) => console.error(error));
let controlPort = 0;
const pool = new UpstreamPool({ wheel, connect: guardedConnect(createEgressPolicy(() => controlPort)) });
const fetchDocument = createDocumentFetch(pool);

let port = 0;
const issuer = makeTestIssuer('http://127.0.0.1');
const seen: string[] = [];
const server = http.createServer((request, response) => {
  seen.push(`${request.method} ${request.url} ${request.headers.host} ${request.headers.accept}`);
  if (request.url === '/moved') response.writeHead(302, { location: '/.well-known/openid-configuration' }).end();
  else if (request.url === '/long') response.end('x'.repeat(2000));
  else if (request.url === '/endless') setInterval(() => response.write('x'.repeat(100)), 1).unref();
  else if (request.url === '/silent') return;
  else {
    const document = request.url?.startsWith('/.well')
      ? { issuer: `http://127.0.0.1:${port}`, jwks_uri: `http://127.0.0.1:${port}/keys` }
      : { keys: issuer.keys };
    response.end(JSON.stringify(document));
  }
});

before(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as net.AddressInfo).port;
});

after(() => {
  pool.close();
  server.closeAllConnections();
  server.close();
});

function url(path: string): URL {
  return new URL(`http://127.0.0.1:${port}${path}`);
}

describe('fetchDocument', () => {
  test('a document with its status', async () => {
    const { status, body } = await fetchDocument(url('/keys?x=1'), limits);
    assert.equal(status, 200);
    assert.deepEqual(JSON.parse(Buffer.from(body).toString()), { keys: issuer.keys });
    assert.equal(seen.at(-1), `GET /keys?x=1 127.0.0.1:${port} application/json`);
  });

  test('a redirect is an answer, not a way', async () => {
    assert.equal((await fetchDocument(url('/moved'), limits)).status, 302);
  });

  test('a document that is too long', async () => {
    await assert.rejects(fetchDocument(url('/long'), limits), /2000 bytes, more than 1000/);
  });

  test('a document that never ends', async () => {
    await assert.rejects(fetchDocument(url('/endless'), limits));
  });

  test('an issuer that says nothing', async () => {
    await assert.rejects(fetchDocument(url('/silent'), { ...limits, timeoutMs: 50 }), /time|50/i);
  });

  test('an issuer that is not there', async () => {
    await assert.rejects(fetchDocument(new URL('http://127.0.0.1:1/x'), limits), /127\.0\.0\.1:1: /);
  });

  test("the machine's credentials are never fetched", async () => {
    await assert.rejects(fetchDocument(new URL('http://169.254.169.254/latest'), limits), /credentials/);
    await assert.rejects(fetchDocument(new URL('http://[::ffff:169.254.169.254]/latest'), limits), /credentials/);
  });

  test('the control listener is never asked', async () => {
    controlPort = port;
    await assert.rejects(fetchDocument(url('/keys'), limits), /control listener/);
    controlPort = 0;
  });
});

test('a token is verified with keys that came over the network', async () => {
  const name = `http://127.0.0.1:${port}`;
  const verifier = new JwtVerifier(new IssuerKeys(name, fetchDocument), { issuer: name, audiences: ['a'] });
  const token = issuer.token({ iss: name, aud: 'a', exp: Math.floor(Date.now() / 1000) + 60, scope: 'x y' });
  const verdict = await verifier.verify(token);
  assert.ok('scopes' in verdict, JSON.stringify(verdict));
  assert.deepEqual(verdict.scopes, ['x', 'y']);
});
