// Every row is a token and what must become of it. The attacks come first to mind when one reads RFC 8725 and the public lists of
// broken implementations.
import assert from 'node:assert/strict';
import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, test } from 'node:test';
import { IssuerKeys } from './issuer-keys.ts';
import { fuzzJwtVerifier } from './jwt-verifier.fuzz.ts';
import { type JwtVerdict, JwtVerifier } from './jwt-verifier.ts';
import { base64url, makeTestIssuer, makeTestKey, signToken, type TestIssuer } from './testing/test-issuer.ts';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const seconds = NOW / 1000;

const issuer = makeTestIssuer();
const other = makeTestKey('key-1');
const second = makeTestKey('key-2', 3072);
const pssKeys = ['PS256', 'PS384', 'PS512'].map((alg) => ({ alg, key: { ...second, keyId: alg } }));
issuer.keys = [
  issuer.key.jwk,
  { ...second.jwk, kid: 'pinned-384', alg: 'RS384' },
  ...pssKeys.map(({ alg }) => ({ ...second.jwk, kid: alg, alg })),
];

const genuine = {
  iss: issuer.issuer,
  aud: 'client-1',
  sub: 'user-1',
  iat: seconds - 10,
  nbf: seconds - 10,
  exp: seconds + 3600,
  scope: 'orders/read orders/write',
};

function verifier(from: TestIssuer = issuer, now: () => number = () => NOW): JwtVerifier {
  return new JwtVerifier(
    new IssuerKeys(from.issuer, from.fetch),
    { issuer: from.issuer, audiences: ['client-1', 'client-2'] },
    now,
  );
}

const shared = verifier();
const publicPem = issuer.key.publicKey.export({ type: 'spki', format: 'pem' }) as string;
const publicDer = issuer.key.publicKey.export({ type: 'spki', format: 'der' }).toString('latin1');
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const genuineToken = issuer.token(genuine);
const [headerPart, payloadPart, signaturePart] = genuineToken.split('.') as [string, string, string];
const header = { alg: 'RS256', typ: 'JWT', kid: 'key-1' };
const claimed = JSON.stringify(genuine);

function headed(changes: Readonly<Record<string, unknown>>): string {
  return issuer.token(genuine, { header: changes });
}

function claiming(changes: Readonly<Record<string, unknown>>): string {
  return issuer.token({ ...genuine, ...changes });
}

function written(headerText: string, payloadText: string): string {
  return signToken(headerText, payloadText, issuer.key.privateKey);
}

/** The last character of a base64url text changed in bits that no byte has. */
function withStrayBits(text: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  assert.notEqual(text.length % 4, 0, 'the text must have spare bits');
  return text.slice(0, -1) + alphabet[alphabet.indexOf(text.at(-1) as string) ^ 1];
}

const accepted: readonly { readonly desc: string; readonly token: string }[] = [
  { desc: 'RS256', token: genuineToken },
  ...['RS384', 'RS512'].map((alg) => ({ desc: alg, token: issuer.token(genuine, { alg }) })),
  ...pssKeys.map(({ alg, key }) => ({ desc: `${alg} with a key that says so`, token: issuer.token(genuine, { alg, key }) })),
  {
    desc: 'the algorithm that the key is pinned to',
    token: issuer.token(genuine, { alg: 'RS384', key: { ...second, keyId: 'pinned-384' } }),
  },
  { desc: 'no typ', token: headed({ typ: undefined }) },
  { desc: 'typ in lower case', token: headed({ typ: 'jwt' }) },
  { desc: 'typ of an access token', token: headed({ typ: 'at+jwt' }) },
  { desc: 'typ of an access token as media type', token: headed({ typ: 'application/at+jwt' }) },
  { desc: "typ with an issuer's prefix", token: headed({ typ: 'application/okta-internal-at+jwt' }) },
  { desc: 'aud is a list with one of ours', token: claiming({ aud: ['x', 'client-2'] }) },
  { desc: 'client_id when there is no aud', token: claiming({ aud: undefined, client_id: 'client-1' }) },
  { desc: 'aud counts, client_id is another', token: claiming({ client_id: 'somebody' }) },
  { desc: 'neither iat nor nbf', token: claiming({ iat: undefined, nbf: undefined }) },
  { desc: 'times with fractions', token: claiming({ exp: seconds + 0.5, iat: seconds - 0.5 }) },
  { desc: 'issued by a clock that is a little ahead', token: claiming({ iat: seconds + 30, nbf: seconds + 30 }) },
  {
    desc: 'header members that choose a key are not looked at',
    token: headed({ jku: 'https://evil.test/k', x5u: 'file:///', x5c: ['x'] }),
  },
  { desc: 'an embedded jwk is not looked at', token: headed({ jwk: other.jwk }) },
  { desc: 'a claim called __proto__', token: written(JSON.stringify(header), `{"__proto__":{"iss":"x"},${claimed.slice(1)}`) },
  { desc: 'JSON with white space inside', token: written(JSON.stringify(header, null, 2), JSON.stringify(genuine, null, 2)) },
  { desc: 'claims beyond ASCII', token: claiming({ name: 'Zoë 🦄' }) },
  { desc: 'deep, but not too deep', token: claiming({ a: JSON.parse('['.repeat(19) + ']'.repeat(19)) }) },
];

const refused: readonly { readonly desc: string; readonly token: string; readonly why: RegExp }[] = [
  // alg none and its spellings
  ...['none', 'None', 'NONE', 'nOnE', ''].map((alg) => ({
    desc: `alg "${alg}" without a signature`,
    token: `${base64url(JSON.stringify({ ...header, alg }))}.${payloadPart}.`,
    why: /base64url/,
  })),
  ...['none', 'None', 'NONE', 'nOnE'].map((alg) => ({
    desc: `alg "${alg}" with the genuine signature`,
    token: `${base64url(JSON.stringify({ ...header, alg }))}.${payloadPart}.${signaturePart}`,
    why: /signed with/,
  })),
  { desc: 'alg empty, signed', token: headed({ alg: '' }), why: /no algorithm/ },
  { desc: 'alg absent', token: headed({ alg: undefined }), why: /no algorithm/ },
  { desc: 'alg a number', token: headed({ alg: 256 }), why: /no algorithm/ },
  { desc: 'alg a list', token: headed({ alg: ['RS256'] }), why: /no algorithm/ },
  { desc: 'alg null', token: headed({ alg: null }), why: /no algorithm/ },
  { desc: 'alg in lower case', token: headed({ alg: 'rs256' }), why: /signed with/ },
  { desc: 'alg with a space', token: headed({ alg: 'RS256 ' }), why: /signed with/ },
  { desc: 'alg a name that objects have', token: headed({ alg: 'constructor' }), why: /signed with/ },
  { desc: 'alg of a key wrap', token: headed({ alg: 'RSA-OAEP' }), why: /signed with/ },
  // confusion of algorithms
  ...['HS256', 'HS384', 'HS512'].flatMap((alg) =>
    [publicPem, publicPem.trim(), publicDer, String(issuer.key.jwk['n']), JSON.stringify(issuer.key.jwk), ''].map(
      (secret, i) => ({
        desc: `${alg} with the public key as secret, form ${i}`,
        token: signToken(JSON.stringify({ ...header, alg }), claimed, secret, alg),
        why: /signed with/,
      }),
    ),
  ),
  {
    desc: 'ES256 with a key of its own',
    token: signToken(JSON.stringify({ ...header, alg: 'ES256' }), claimed, ec.privateKey, 'ES256'),
    why: /signed with/,
  },
  {
    desc: 'ES256 with a signature of zeros',
    token: `${base64url(JSON.stringify({ ...header, alg: 'ES256' }))}.${payloadPart}.${base64url(Buffer.alloc(64))}`,
    why: /signed with/,
  },
  {
    desc: 'PS256 by the right key, which does not say so',
    token: signToken(JSON.stringify({ ...header, alg: 'PS256' }), claimed, issuer.key.privateKey, 'PS256'),
    why: /signed with/,
  },
  {
    desc: 'RS256 by a key that is pinned to RS384',
    token: issuer.token(genuine, { key: { ...second, keyId: 'pinned-384' } }),
    why: /key is for RS384/,
  },
  {
    desc: 'says RS256, is RS512',
    token: signToken(JSON.stringify(header), claimed, issuer.key.privateKey, 'RS512'),
    why: /signature/,
  },
  {
    desc: 'says RS256, is PSS',
    token: signToken(JSON.stringify(header), claimed, issuer.key.privateKey, 'PS256'),
    why: /signature/,
  },
  {
    desc: 'says PS256, is PKCS #1 v1.5',
    token: signToken(JSON.stringify({ ...header, alg: 'PS256', kid: 'PS256' }), claimed, second.privateKey, 'RS256'),
    why: /signature/,
  },
  // signatures
  { desc: 'signature stripped', token: `${headerPart}.${payloadPart}.`, why: /base64url/ },
  { desc: 'signature and dot stripped', token: `${headerPart}.${payloadPart}`, why: /three parts/ },
  {
    desc: 'signature cut',
    token: `${headerPart}.${payloadPart}.${base64url(Buffer.from(signaturePart, 'base64url').subarray(0, 255))}`,
    why: /signature/,
  },
  {
    desc: 'signature with a byte more',
    token: `${headerPart}.${payloadPart}.${base64url(Buffer.concat([Buffer.from(signaturePart, 'base64url'), Buffer.of(0)]))}`,
    why: /signature/,
  },
  {
    desc: 'signature with a zero in front',
    token: `${headerPart}.${payloadPart}.${base64url(Buffer.concat([Buffer.of(0), Buffer.from(signaturePart, 'base64url')]))}`,
    why: /signature/,
  },
  { desc: 'signature of zeros', token: `${headerPart}.${payloadPart}.${base64url(Buffer.alloc(256))}`, why: /signature/ },
  {
    desc: 'signature is one',
    token: `${headerPart}.${payloadPart}.${base64url(Buffer.concat([Buffer.alloc(255), Buffer.of(1)]))}`,
    why: /signature/,
  },
  {
    desc: 'signature of all ones',
    token: `${headerPart}.${payloadPart}.${base64url(Buffer.alloc(256, 0xff))}`,
    why: /signature/,
  },
  { desc: 'another key with the same kid', token: issuer.token(genuine, { key: other }), why: /signature/ },
  {
    desc: 'an embedded jwk that fits the signature',
    token: issuer.token(genuine, { key: other, header: { jwk: other.jwk } }),
    why: /signature/,
  },
  {
    desc: 'jku and x5u that lead to the right key of another',
    token: issuer.token(genuine, { key: other, header: { jku: 'https://evil.test/keys', x5u: 'https://evil.test/cert' } }),
    why: /signature/,
  },
  {
    desc: "another token's signature",
    token: `${headerPart}.${base64url(JSON.stringify({ ...genuine, sub: 'admin' }))}.${signaturePart}`,
    why: /signature/,
  },
  { desc: 'says RS256, is SHA-1', token: signedWithSha1(), why: /signature/ },
  // kid
  ...[
    ['absent', undefined, /no key/],
    ['empty', '', /no key/],
    ['null', null, /no key/],
    ['a number', 1, /no key/],
    ['a list', ['key-1'], /no key/],
    ['unknown', 'key-9', /has no key/],
    ['__proto__', '__proto__', /has no key/],
    ['constructor', 'constructor', /has no key/],
    ['a path', '../../../../dev/null', /has no key/],
    ['SQL', "x' UNION SELECT 'secret' --", /has no key/],
    ['a command', '|/usr/bin/id', /has no key/],
    ['a URL', 'http://169.254.169.254/latest', /has no key/],
    ['with white space', 'key-1 ', /has no key/],
    ['with a NUL', 'key-1\0', /has no key/],
    ['in other case', 'KEY-1', /has no key/],
    ['with a line break', 'key-1\r\nx: y', /has no key/],
    ['very long', 'k'.repeat(9000), /has no key/],
  ].map(([desc, kid, why]) => ({ desc: `kid ${desc}`, token: headed({ kid }), why: why as RegExp })),
  // header
  ...[[], ['exp'], ['b64'], 'exp', null, false].map((crit) => ({
    desc: `crit ${JSON.stringify(crit)}`,
    token: headed({ crit }),
    why: /demands an extension/,
  })),
  { desc: 'b64 false', token: headed({ b64: false }), why: /"b64"/ },
  { desc: 'b64 false and critical', token: headed({ b64: false, crit: ['b64'] }), why: /extension/ },
  { desc: 'zip', token: headed({ zip: 'DEF' }), why: /"zip"/ },
  { desc: 'enc', token: headed({ enc: 'A256GCM' }), why: /"enc"/ },
  { desc: 'cty says that a token is inside', token: headed({ cty: 'JWT' }), why: /another token/ },
  { desc: 'cty is no text', token: headed({ cty: 1 }), why: /another token/ },
  ...['logout+jwt', 'dpop+jwt', 'secevent+jwt', 'application/oauth-authz-req+jwt', 'JOSE', 'jose+json', '+jwt'].map((typ) => ({
    desc: `typ ${typ}`,
    token: headed({ typ }),
    why: /something else/,
  })),
  ...[1, null, [], {}].map((typ) => ({ desc: `typ ${JSON.stringify(typ)}`, token: headed({ typ }), why: /something else/ })),
  { desc: 'header with alg twice', token: written('{"alg":"none","alg":"RS256","kid":"key-1"}', claimed), why: /twice/ },
  {
    desc: 'header with kid twice, once escaped',
    token: written('{"alg":"RS256","kid":"key-9","k\\u0069d":"key-1"}', claimed),
    why: /twice/,
  },
  { desc: 'header a list', token: written('["RS256"]', claimed), why: /header is not a JSON object/ },
  { desc: 'header null', token: written('null', claimed), why: /header is not a JSON object/ },
  { desc: 'header text', token: written('"RS256"', claimed), why: /header is not a JSON object/ },
  { desc: 'header with a comma too many', token: written('{"alg":"RS256","kid":"key-1",}', claimed), why: /not JSON/ },
  { desc: 'header with a comment', token: written('{"alg":"RS256"/**/,"kid":"key-1"}', claimed), why: /not JSON/ },
  { desc: 'header with a byte order mark', token: written(`\uFEFF${JSON.stringify(header)}`, claimed), why: /not JSON/ },
  { desc: 'header with text after it', token: written(`${JSON.stringify(header)}x`, claimed), why: /not JSON/ },
  {
    desc: 'header in UTF-16',
    token: rawToken(Buffer.from(JSON.stringify(header), 'utf16le'), Buffer.from(claimed)),
    why: /not JSON/,
  },
  // payload
  { desc: 'payload a list', token: written(JSON.stringify(header), `[${claimed}]`), why: /payload is not a JSON object/ },
  { desc: 'payload null', token: written(JSON.stringify(header), 'null'), why: /payload is not a JSON object/ },
  { desc: 'payload a number', token: written(JSON.stringify(header), '1'), why: /payload is not a JSON object/ },
  { desc: 'payload a token', token: written(JSON.stringify(header), genuineToken), why: /payload is not JSON/ },
  {
    desc: 'payload with invalid UTF-8',
    token: rawToken(Buffer.from(JSON.stringify(header)), Buffer.from(claimed.replace('user-1', '\xff'), 'latin1')),
    why: /UTF-8/,
  },
  {
    desc: 'payload with an overlong UTF-8 quote',
    token: rawToken(Buffer.from(JSON.stringify(header)), Buffer.from(claimed.replace('user-1', '\xc0\xa2'), 'latin1')),
    why: /UTF-8/,
  },
  { desc: 'iss twice', token: written(JSON.stringify(header), `{"iss":"https://evil.test",${claimed.slice(1)}`), why: /twice/ },
  {
    desc: 'aud twice, once escaped',
    token: written(JSON.stringify(header), `{"\\u0061ud":"x",${claimed.slice(1)}`),
    why: /twice/,
  },
  {
    desc: 'a member twice further down',
    token: written(JSON.stringify(header), `{"x":[{"a":1,"a":2}],${claimed.slice(1)}`),
    why: /twice/,
  },
  {
    desc: 'too deep',
    token: written(JSON.stringify(header), `{"x":${'['.repeat(30)}${']'.repeat(30)},${claimed.slice(1)}`),
    why: /deeper/,
  },
  { desc: 'very deep', token: written(JSON.stringify(header), `{"x":${'['.repeat(5000)}`), why: /deeper/ },
  { desc: 'NaN', token: written(JSON.stringify(header), claimed.replace(`${genuine.exp}`, 'NaN')), why: /not JSON/ },
  // claims
  { desc: 'no iss', token: claiming({ iss: undefined }), why: /no issuer/ },
  { desc: 'another iss', token: claiming({ iss: 'https://evil.test' }), why: /its issuer is/ },
  { desc: 'iss with a slash at the end', token: claiming({ iss: `${issuer.issuer}/` }), why: /slash at the end/ },
  { desc: 'iss in other case', token: claiming({ iss: 'https://ISSUER.test' }), why: /its issuer is/ },
  { desc: 'iss that begins alike', token: claiming({ iss: `${issuer.issuer}.evil.test` }), why: /its issuer is/ },
  { desc: 'iss a list', token: claiming({ iss: [issuer.issuer] }), why: /no issuer/ },
  { desc: 'no aud and no client_id', token: claiming({ aud: undefined }), why: /nobody/ },
  { desc: 'another aud', token: claiming({ aud: 'client-3' }), why: /it is for/ },
  { desc: 'another aud, client_id is ours', token: claiming({ aud: 'client-3', client_id: 'client-1' }), why: /it is for/ },
  { desc: 'aud null, client_id is ours', token: claiming({ aud: null, client_id: 'client-1' }), why: /nobody/ },
  { desc: 'aud empty, client_id is ours', token: claiming({ aud: [], client_id: 'client-1' }), why: /nobody/ },
  { desc: 'another client_id', token: claiming({ aud: undefined, client_id: 'client-3' }), why: /it is for/ },
  { desc: 'aud text with ours inside', token: claiming({ aud: 'client-1 client-2' }), why: /it is for/ },
  { desc: 'aud a map', token: claiming({ aud: { 'client-1': true } }), why: /nobody/ },
  { desc: 'aud a list with a number', token: claiming({ aud: ['client-1', 1] }), why: /nobody/ },
  { desc: 'aud a list in a list', token: claiming({ aud: [['client-1']] }), why: /nobody/ },
  { desc: 'no exp', token: claiming({ exp: undefined }), why: /when it ends/ },
  { desc: 'exp as text', token: claiming({ exp: `${seconds + 3600}` }), why: /when it ends/ },
  { desc: 'exp null', token: claiming({ exp: null }), why: /when it ends/ },
  { desc: 'exp true', token: claiming({ exp: true }), why: /when it ends/ },
  { desc: 'exp a list', token: claiming({ exp: [seconds + 3600] }), why: /when it ends/ },
  { desc: 'exp negative', token: claiming({ exp: -1 }), why: /when it ends/ },
  {
    desc: 'exp infinite',
    token: written(JSON.stringify(header), claimed.replace(`${genuine.exp}`, '1e999')),
    why: /when it ends/,
  },
  { desc: 'exp beyond what clocks can count', token: claiming({ exp: 1e300 }), why: /when it ends/ },
  {
    desc: 'exp with a hundred digits',
    token: written(JSON.stringify(header), claimed.replace(`${genuine.exp}`, '9'.repeat(100))),
    why: /when it ends/,
  },
  { desc: 'exp now', token: claiming({ exp: seconds }), why: /it ended/ },
  { desc: 'exp a second ago', token: claiming({ exp: seconds - 1 }), why: /it ended/ },
  { desc: 'exp long ago', token: claiming({ exp: 0 }), why: /it ended/ },
  { desc: 'nbf to come', token: claiming({ nbf: seconds + 61 }), why: /still to come/ },
  { desc: 'nbf as text', token: claiming({ nbf: '0' }), why: /"nbf" is not a time/ },
  { desc: 'nbf null', token: claiming({ nbf: null }), why: /"nbf" is not a time/ },
  { desc: 'iat to come', token: claiming({ iat: seconds + 61 }), why: /still to come/ },
  { desc: 'iat as text', token: claiming({ iat: 'today' }), why: /"iat" is not a time/ },
  // form
  { desc: 'empty', token: '', why: /three parts/ },
  { desc: 'one word', token: 'token', why: /three parts/ },
  { desc: 'dots only', token: '..', why: /base64url/ },
  { desc: 'four parts', token: `${genuineToken}.x`, why: /three parts/ },
  { desc: 'five parts, encrypted', token: 'a.b.c.d.e', why: /three parts/ },
  { desc: 'a dot in front', token: `.${genuineToken}`, why: /three parts/ },
  { desc: 'a dot at the end', token: `${genuineToken}.`, why: /three parts/ },
  { desc: 'with Bearer', token: `Bearer ${genuineToken}`, why: /base64url/ },
  { desc: 'with quotes', token: `"${genuineToken}"`, why: /base64url/ },
  ...[' ', '\t', '\r\n', '\0', '\u00a0', '\ufeff', '='].flatMap((mark) => [
    { desc: `${JSON.stringify(mark)} after`, token: genuineToken + mark, why: /base64url/ },
    { desc: `${JSON.stringify(mark)} before`, token: mark + genuineToken, why: /base64url/ },
    {
      desc: `${JSON.stringify(mark)} inside`,
      token: `${headerPart}.${payloadPart.slice(0, 8)}${mark}${payloadPart.slice(8)}.${signaturePart}`,
      why: /base64url/,
    },
    {
      desc: `${JSON.stringify(mark)} before a dot`,
      token: `${headerPart}${mark}.${payloadPart}.${signaturePart}`,
      why: /base64url/,
    },
  ]),
  { desc: 'base64 with padding', token: [headerPart, payloadPart, `${signaturePart}==`].join('.'), why: /base64url/ },
  { desc: 'base64 with + and /', token: plainBase64(), why: /base64url/ },
  {
    desc: 'stray bits at the end of the signature',
    token: `${headerPart}.${payloadPart}.${withStrayBits(signaturePart)}`,
    why: /base64url/,
  },
  { desc: 'stray bits at the end of a signed header', token: strayHeader(), why: /base64url/ },
  { desc: 'a single character too many', token: `${headerPart}A.${payloadPart}.${signaturePart}`, why: /base64url|JSON/ },
  { desc: 'letters of another width', token: genuineToken.replace('e', '\uff45'), why: /base64url/ },
  { desc: 'a lone surrogate', token: `${genuineToken.slice(0, -1)}\ud800`, why: /base64url/ },
  { desc: 'longer than 16 KB', token: claiming({ x: 'y'.repeat(16_384) }), why: /longer than 16384/ },
  {
    desc: 'a form of JWS that is JSON',
    token: JSON.stringify({ payload: payloadPart, protected: headerPart, signature: signaturePart }),
    why: /three parts|base64url/,
  },
];

/** The right key over the right bytes, but another hash than the header says. */
function signedWithSha1(): string {
  const signature = sign('sha1', Buffer.from(`${headerPart}.${payloadPart}`), issuer.key.privateKey);
  return `${headerPart}.${payloadPart}.${signature.toString('base64url')}`;
}

function rawToken(headerBytes: Buffer, payloadBytes: Buffer): string {
  const signed = `${base64url(headerBytes)}.${base64url(payloadBytes)}`;
  return `${signed}.${sign('sha256', Buffer.from(signed), issuer.key.privateKey).toString('base64url')}`;
}

function plainBase64(): string {
  // Found by trying: a signature whose base64url has - or _.
  for (let i = 0; i < 100; i++) {
    const token = issuer.token({ ...genuine, jti: `${i}` });
    const [h, p, s] = token.split('.') as [string, string, string];
    const plain = s.replaceAll('-', '+').replaceAll('_', '/');
    if (plain !== s) return `${h}.${p}.${plain}`;
  }
  throw new Error('no signature has - or _');
}

function strayHeader(): string {
  for (const kid of ['key-1', 'key-12', 'key-123']) {
    const encoded = base64url(JSON.stringify({ ...header, kid }));
    if (encoded.length % 4 === 0) continue;
    const signed = `${withStrayBits(encoded)}.${payloadPart}`;
    return `${signed}.${sign('sha256', Buffer.from(signed), issuer.key.privateKey).toString('base64url')}`;
  }
  throw new Error('no header has spare bits');
}

describe('genuine tokens', () => {
  for (const { desc, token } of accepted) {
    test(desc, async () => {
      const verdict = await shared.verify(token);
      assert.ok('claims' in verdict, JSON.stringify(verdict));
      assert.equal(Object.getPrototypeOf(verdict.claims), null);
      assert.equal(verdict.claims['sub'], 'user-1');
    });
  }
});

describe('tokens that nobody may get in with', () => {
  for (const { desc, token, why } of refused) {
    test(desc, async () => {
      const verdict = await shared.verify(token);
      assert.ok('fault' in verdict, 'the token must be refused');
      assert.match(verdict.fault, why);
      assert.ok(token.length < 24 || !verdict.fault.includes(token), 'the fault must not hold the token');
      assert.ok(!verdict.fault.includes(signaturePart.slice(0, 16)), 'the fault must not hold a signature');
      assert.doesNotMatch(verdict.description, /["\\\r\n]/, 'goes into a quoted header value');
    });
  }

  test('an authorizer without audiences lets nobody in', async () => {
    const strict = new JwtVerifier(
      new IssuerKeys(issuer.issuer, issuer.fetch),
      { issuer: issuer.issuer, audiences: [] },
      () => NOW,
    );
    assert.ok('fault' in (await strict.verify(genuineToken)));
  });
});

test('genuine tokens that were changed: none is accepted', async () => {
  const { disagreements, requests } = await fuzzJwtVerifier(20_000, 1);
  assert.deepEqual(disagreements, []);
  assert.ok(requests > 1000, `only ${requests} tokens came as far as their signature`);
});

describe('what is remembered', () => {
  test('a token that was verified is answered at once, with the same verdict', async () => {
    const own = verifier();
    const first = await own.verify(genuineToken);
    const again = own.verify(genuineToken);
    assert.ok(!(again instanceof Promise));
    assert.equal(again, first);
    assert.ok(Object.isFrozen(again));
  });

  test('a new token is answered at once when its key is known', async () => {
    const own = verifier();
    await own.verify(genuineToken);
    assert.ok(!(own.verify(claiming({ jti: 'new' })) instanceof Promise));
  });

  test('only until it ends', async () => {
    let now = NOW;
    const own = verifier(issuer, () => now);
    assert.ok('claims' in (await own.verify(genuineToken)));
    now = genuine.exp * 1000 - 1;
    assert.ok('claims' in (await own.verify(genuineToken)));
    now = genuine.exp * 1000;
    assert.match(faultOf(await own.verify(genuineToken)), /it ended/);
  });

  test('the least recently used token goes first', async () => {
    const own = new JwtVerifier(
      new IssuerKeys(issuer.issuer, issuer.fetch),
      { issuer: issuer.issuer, audiences: ['client-1'] },
      () => NOW,
      {
        tokens: 2,
        characters: 100_000,
      },
    );
    const [a, b, c] = ['a', 'b', 'c'].map((jti) => claiming({ jti })) as [string, string, string];
    const first = await own.verify(a);
    await own.verify(b);
    assert.equal(await own.verify(a), first);
    await own.verify(c);
    assert.equal(await own.verify(a), first, 'a was used after b, so b went');
  });

  test('a refused token is not remembered as anything', async () => {
    const own = verifier();
    const forged = issuer.token(genuine, { key: other });
    assert.ok('fault' in (await own.verify(forged)));
    assert.ok('fault' in (await own.verify(forged)));
  });
});

describe('scopes', () => {
  const rows: readonly { desc: string; claims: object; scopes: readonly string[] }[] = [
    { desc: 'scope as text', claims: { scope: 'a b' }, scopes: ['a', 'b'] },
    { desc: 'scope with spaces too many', claims: { scope: ' a  b ' }, scopes: ['a', 'b'] },
    { desc: 'scp as a list', claims: { scope: undefined, scp: ['a', 'b'] }, scopes: ['a', 'b'] },
    { desc: 'scp as text', claims: { scope: undefined, scp: 'a b' }, scopes: ['a', 'b'] },
    { desc: 'scp counts before scope', claims: { scope: 'a', scp: ['b'] }, scopes: ['b'] },
    { desc: 'none', claims: { scope: undefined }, scopes: [] },
    { desc: 'no scope in a map', claims: { scope: { a: true } }, scopes: [] },
    { desc: 'only the texts of a list', claims: { scope: undefined, scp: ['a', 1, null, ['b']] }, scopes: ['a'] },
  ];
  for (const { desc, claims, scopes } of rows) {
    test(desc, async () => {
      const verdict = await shared.verify(claiming({ ...claims }));
      assert.ok('scopes' in verdict);
      assert.deepEqual(verdict.scopes, scopes);
    });
  }
});

function faultOf(verdict: JwtVerdict): string {
  return 'fault' in verdict ? verdict.fault : 'accepted';
}
