// A tiny OpenID Connect issuer for one machine: `node issuer.mjs [port]`, 9000 by default. Its key lives as long as it does.
// GET /token?sub=ada&scope=orders/read answers a token. Anybody gets one: it is for trying things out, never for the world.
import { generateKeyPairSync, sign } from 'node:crypto';
import http from 'node:http';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'key-1', use: 'sig', alg: 'RS256' };
const base64url = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

function token({ sub = 'ada', scope = '' }) {
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: issuer, aud: 'shop', sub, scope, iat: now, exp: now + 3600 };
  const signed = `${base64url({ alg: 'RS256', typ: 'JWT', kid: jwk.kid })}.${base64url(claims)}`;
  return `${signed}.${sign('sha256', signed, privateKey).toString('base64url')}`;
}

let issuer = '';
const server = http.createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url, issuer);
  const json = (value) => response.setHeader('content-type', 'application/json').end(JSON.stringify(value));
  if (pathname === '/.well-known/openid-configuration') json({ issuer, jwks_uri: `${issuer}/keys` });
  else if (pathname === '/keys') json({ keys: [jwk] });
  else if (pathname === '/token') response.end(token(Object.fromEntries(searchParams)));
  else response.writeHead(404).end();
});

server.listen(Number(process.argv[2] ?? 9000), 'localhost', () => {
  issuer = `http://localhost:${server.address().port}`;
  console.log(`The issuer ${issuer} is ready; a token for an hour:\n${token({ scope: 'orders/read' })}`);
});
