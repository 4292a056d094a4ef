import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { test } from 'node:test';
import { SignatureV4 } from '@smithy/signature-v4';
import type { AccessKey } from './authentication.ts';
import { readScope, verifySignature, wrongService } from './sigv4.ts';
import { hashBody, type SignedRequest } from './sigv4-canonical-request.ts';
import { signRequest } from './sigv4-sign.ts';

const NOW = Date.parse('2026-11-22T15:04:05Z');
const SKEW = 5 * 60_000;
const KEYS: Readonly<Record<string, AccessKey>> = {
  AKIDPERMANENT: { secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' },
  ASIDTEMPORARY: { secretAccessKey: 'tempSecret', sessionToken: 'token/+=1', expiresAt: NOW + 3_600_000 },
  ASIDEXPIRED: { secretAccessKey: 'tempSecret', sessionToken: 'old', expiresAt: NOW - 1 },
};

class Sha256 {
  readonly #hash;
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', secret as string);
  }
  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(data as string);
  }
  async digest(): Promise<Uint8Array> {
    return new Uint8Array(this.#hash.digest());
  }
  reset(): void {}
}

interface Plain {
  method: string;
  path: string;
  query: Record<string, string | string[]>;
  headers: Record<string, string>;
  body: string;
  hostname: string;
  protocol: string;
}

function signer(service: string, accessKeyId: string): SignatureV4 {
  const key = KEYS[accessKeyId] as AccessKey;
  return new SignatureV4({
    service,
    region: 'eu-west-1',
    sha256: Sha256,
    credentials: { accessKeyId, secretAccessKey: key.secretAccessKey, sessionToken: key.sessionToken },
    uriEscapePath: service !== 's3',
    applyChecksum: true,
  });
}

const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

function wire(request: Plain): SignedRequest & { body: string } {
  const pairs: string[] = [];
  for (const [name, raw] of Object.entries(request.query))
    for (const item of [raw].flat()) pairs.push(`${encode(name)}=${encode(item)}`);
  return {
    method: request.method,
    path: request.path,
    query: pairs.join('&'),
    rawHeaders: Object.entries(request.headers).flat(),
    bodyHash: hashBody(Buffer.from(request.body)),
    body: request.body,
  };
}

function verify(request: SignedRequest, options: { now?: number; service?: string; region?: string } = {}) {
  return verifySignature(request, {
    now: NOW,
    clockSkewMs: SKEW,
    credentials: (id) => (Object.hasOwn(KEYS, id) ? KEYS[id] : undefined),
    ...options,
  });
}

class Random {
  #state: number;
  constructor(seed: number) {
    this.#state = seed;
  }
  below(limit: number): number {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) | 0;
    return (this.#state >>> 8) % limit;
  }
  pick<T>(values: readonly T[]): T {
    return values[this.below(values.length)] as T;
  }
  text(parts: readonly string[], most: number): string {
    let result = '';
    for (let i = this.below(most + 1); i > 0; i--) result += this.pick(parts);
    return result;
  }
}

const WORDS = ['a', 'Zz', '0', '-', '_', '.', '~', 'é', '日', '😀', ' ', '+', '%', '/', '=', '&', '*', "'", '(', '!', ':', ','];

function randomRequest(random: Random): Plain {
  const segments = Array.from({ length: random.below(5) }, () => encode(random.text(WORDS, 5)) || 'x');
  const query: Record<string, string | string[]> = {};
  for (let i = random.below(4); i > 0; i--) {
    query[random.text(WORDS, 3) || 'q'] =
      random.below(4) === 0 ? [random.text(WORDS, 3), random.text(WORDS, 3)] : random.text(WORDS, 4);
  }
  const headers: Record<string, string> = { host: random.pick(['localhost:4566', 'abc.execute-api.eu-west-1.amazonaws.com']) };
  for (let i = random.below(4); i > 0; i--)
    headers[`x-${random.pick(['amz-meta', 'custom', 'other'])}-${i}`] = `v  ${random.below(100)}\t x `;
  if (random.below(2) === 0) headers['content-type'] = 'application/json';
  return {
    method: random.pick(['GET', 'POST', 'PUT', 'DELETE']),
    path: `/${segments.join(random.below(8) === 0 ? '//' : '/')}${random.below(4) === 0 ? '/' : ''}`,
    query,
    headers,
    body: random.text(WORDS, 10),
    hostname: 'localhost',
    protocol: 'http:',
  };
}

type Wire = ReturnType<typeof wire>;

/** Changes exactly one thing that the signature covers. */
function mutations(request: Wire, random: Random): [string, Wire][] {
  const list: [string, Wire][] = [];
  const withHeader = (name: string, change: (value: string) => string | undefined): Wire => {
    const rawHeaders: string[] = [];
    for (let i = 0; i < request.rawHeaders.length; i += 2) {
      const value = request.rawHeaders[i + 1] as string;
      const changed = request.rawHeaders[i] === name ? change(value) : value;
      if (changed !== undefined) rawHeaders.push(request.rawHeaders[i] as string, changed);
    }
    return { ...request, rawHeaders };
  };
  list.push(['method', { ...request, method: request.method === 'GET' ? 'POST' : 'GET' }]);
  list.push(['path', { ...request, path: `${request.path.replace(/\/+$/, '')}/zz` }]);
  list.push(['query', { ...request, query: request.query === '' ? 'x=1' : `${request.query}&x=1` }]);
  list.push(['query value', { ...request, query: request.query === '' ? '=a' : `${request.query}0` }]);
  list.push(['a signature in the query too', { ...request, query: `${request.query}&X-Amz-Signature=1` }]);
  list.push(['body', { ...request, bodyHash: hashBody(Buffer.from(`${request.body}x`)) }]);
  list.push(['unsigned x-amz header', { ...request, rawHeaders: [...request.rawHeaders, 'X-Amz-Extra', '1'] }]);
  list.push(['second host', { ...request, rawHeaders: [...request.rawHeaders, 'Host', 'evil'] }]);
  const signed = request.rawHeaders.filter((name, i) => i % 2 === 0 && name !== 'authorization');
  for (const name of signed) {
    list.push([`header ${name}`, withHeader(name, (value) => `${value}1`)]);
    list.push([`no header ${name}`, withHeader(name, () => undefined)]);
  }
  list.push([
    'a bit of the signature',
    withHeader('authorization', (value) => {
      const at = value.indexOf('Signature=') + 10 + random.below(64);
      return (
        value.slice(0, at) +
        (Number.parseInt(value[at] as string, 16) ^ (1 << random.below(4))).toString(16) +
        value.slice(at + 1)
      );
    }),
  ]);
  list.push(['region', withHeader('authorization', (value) => value.replace('eu-west-1', 'eu-west-2'))]);
  list.push([
    'service',
    withHeader('authorization', (value) => value.replace(/\/[a-z0-9-]+\/aws4_request/, '/sqs/aws4_request')),
  ]);
  list.push(['terminator', withHeader('authorization', (value) => value.replace('aws4_request', 'aws4_requesx'))]);
  list.push(['key', withHeader('authorization', (value) => value.replace('Credential=A', 'Credential=B'))]);
  list.push(['algorithm', withHeader('authorization', (value) => value.replace('SHA256', 'SHA512'))]);
  list.push([
    'signed headers',
    withHeader('authorization', (value) => value.replace(/SignedHeaders=[^,]*/, 'SignedHeaders=host')),
  ]);
  return list;
}

test('header form: every request the SDK signs is accepted, every change of it refused', async () => {
  const random = new Random(1);
  let refused = 0;
  for (let i = 0; i < 400; i++) {
    const service = random.pick(['execute-api', 'apigateway', 'lambda', 's3']);
    const accessKeyId = random.pick(['AKIDPERMANENT', 'ASIDTEMPORARY']);
    const plain = randomRequest(random);
    const signed = (await signer(service, accessKeyId).sign(plain as never, { signingDate: new Date(NOW) })) as unknown as Plain;
    const request = wire({ ...plain, ...signed });
    const verdict = verify(request, { service, region: 'eu-west-1' });
    assert.equal(verdict.verified, true, `${i}: ${JSON.stringify(request)} ${JSON.stringify(verdict)}`);
    for (const [desc, mutated] of mutations(request, random)) {
      // A lone SignedHeaders=host may already be what was signed with no other header; it never is here.
      assert.equal(verify(mutated).verified, false, `${i} ${desc}: ${JSON.stringify(mutated)}`);
      refused++;
    }
  }
  assert.ok(refused > 5000);
});

test('presigned form: every request the SDK presigns is accepted until it expires, every change refused', async () => {
  const random = new Random(2);
  for (let i = 0; i < 150; i++) {
    const service = random.pick(['execute-api', 'sts']);
    const plain = { ...randomRequest(random), body: '' };
    const expiresIn = 1 + random.below(604_800);
    const signed = (await signer(service, 'ASIDTEMPORARY').presign(plain as never, {
      signingDate: new Date(NOW),
      expiresIn,
    })) as unknown as Plain;
    const request = wire({ ...plain, ...signed });
    assert.equal(verify(request).verified, true, `${i}: ${JSON.stringify(request)} ${JSON.stringify(verify(request))}`);
    assert.equal(verify(request, { now: NOW + expiresIn * 1000 }).verified, expiresIn * 1000 < 3_600_000);
    const late = verify(request, { now: NOW + expiresIn * 1000 + 1 });
    assert.equal(late.verified, false);
    for (const name of [
      'X-Amz-Date',
      'X-Amz-Expires',
      'X-Amz-Credential',
      'X-Amz-Signature',
      'X-Amz-Security-Token',
      'X-Amz-SignedHeaders',
    ]) {
      const changed = { ...request, query: request.query.replace(`${name}=`, `${name}=1`) };
      assert.equal(verify(changed).verified, false, `${i} ${name}`);
      const gone = { ...request, query: request.query.replace(new RegExp(`&?${name}=[^&]*`), '') };
      assert.equal(verify(gone).verified, false, `${i} without ${name}`);
      const twice = { ...request, query: `${request.query}&${name}=1` };
      assert.equal(verify(twice).verified, false, `${i} twice ${name}`);
    }
    assert.equal(verify({ ...request, method: request.method === 'GET' ? 'PUT' : 'GET' }).verified, false);
    assert.equal(verify({ ...request, path: `${request.path}x` }).verified, false);
    assert.equal(verify({ ...request, rawHeaders: ['host', 'elsewhere'] }).verified, false);
  }
});

test('what signRequest signs, verifySignature accepts', () => {
  const random = new Random(3);
  for (let i = 0; i < 200; i++) {
    const service = random.pick(['execute-api', 's3', 'sqs']);
    const request = wire(randomRequest(random));
    const added = signRequest(
      request,
      { accessKeyId: 'ASIDTEMPORARY', secretAccessKey: 'tempSecret', sessionToken: 'token/+=1' },
      { region: 'eu-west-1', service, now: NOW },
    );
    const signed = { ...request, rawHeaders: [...request.rawHeaders, ...added.flat()] };
    const verdict = verify(signed, { service });
    assert.equal(verdict.verified, true, JSON.stringify(verdict));
  }
});

function signedGet(
  overrides: { now?: number; accessKeyId?: string; sessionToken?: string; headers?: string[]; path?: string } = {},
): SignedRequest {
  const request: SignedRequest = {
    method: 'GET',
    path: overrides.path ?? '/a',
    query: '',
    rawHeaders: ['Host', 'localhost', ...(overrides.headers ?? [])],
    bodyHash: hashBody(Buffer.alloc(0)),
  };
  const accessKeyId = overrides.accessKeyId ?? 'AKIDPERMANENT';
  const added = signRequest(
    request,
    { accessKeyId, secretAccessKey: KEYS[accessKeyId]?.secretAccessKey ?? 'x', sessionToken: overrides.sessionToken },
    { region: 'us-east-1', service: 'execute-api', now: overrides.now ?? NOW },
  );
  return { ...request, rawHeaders: [...request.rawHeaders, ...added.flat()] };
}

const authorization = (value: string, ...more: string[]): SignedRequest => ({
  method: 'GET',
  path: '/',
  query: '',
  rawHeaders: ['Host', 'h', 'Authorization', value, ...more],
  bodyHash: hashBody(Buffer.alloc(0)),
});

const refusals: {
  desc: string;
  request: SignedRequest;
  now?: number;
  service?: string;
  region?: string;
  kind: string;
  message: RegExp;
}[] = [
  {
    desc: 'nothing',
    request: { ...authorization(''), rawHeaders: ['Host', 'h'] },
    kind: 'missing',
    message: /^Missing Authentication Token$/,
  },
  {
    desc: 'a bearer token without an equal sign',
    request: authorization('Bearer tok'),
    kind: 'incomplete',
    message:
      /^Invalid key=value pair \(missing equal-sign\) in Authorization header \(hashed with SHA-256 and encoded with Base64\): '[A-Za-z0-9+/]{43}='\.$/,
  },
  {
    desc: 'another scheme with an equal sign',
    request: authorization('Basic dXNlcjpwYXNz='),
    kind: 'incomplete',
    message:
      /^Authorization header requires 'Credential' parameter\. Authorization header requires 'Signature' parameter\. Authorization header requires 'SignedHeaders' parameter\. Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header\. Authorization=Basic dXNlcjpwYXNz=$/,
  },
  {
    desc: 'a signature without signed headers',
    request: authorization(
      'AWS4-HMAC-SHA256 Credential=a/20261122/r/s/aws4_request, Signature=00',
      'X-Amz-Date',
      '20261122T150405Z',
    ),
    kind: 'incomplete',
    message: /^Authorization header requires 'SignedHeaders' parameter\. Authorization=AWS4/,
  },
  {
    desc: 'a credential of four parts',
    request: authorization(
      'AWS4-HMAC-SHA256 Credential=a/20261122/r/s, SignedHeaders=host, Signature=00',
      'X-Amz-Date',
      '20261122T150405Z',
    ),
    kind: 'incomplete',
    message:
      /^Credential must have exactly 5 slash-delimited elements, e\.g\. keyid\/date\/region\/service\/term, got 'a\/20261122\/r\/s'$/,
  },
  {
    desc: 'a date of another form',
    request: authorization(
      'AWS4-HMAC-SHA256 Credential=a/20261122/r/s/aws4_request, SignedHeaders=host, Signature=00',
      'X-Amz-Date',
      '2026-11-22',
    ),
    kind: 'incomplete',
    message: /^Date must be in ISO-8601 'basic format'\. Got '2026-11-22'\./,
  },
  {
    desc: 'an unknown key',
    request: signedGet({ accessKeyId: 'AKIDNOBODY' }),
    kind: 'unknownKey',
    message: /^The security token included in the request is invalid\.$/,
  },
  {
    desc: 'a permanent key with a token',
    request: signedGet({ sessionToken: 'x' }),
    kind: 'unknownKey',
    message: /is invalid\.$/,
  },
  {
    desc: 'a temporary key without its token',
    request: signedGet({ accessKeyId: 'ASIDTEMPORARY' }),
    kind: 'unknownKey',
    message: /is invalid\.$/,
  },
  {
    desc: 'a temporary key with another token',
    request: signedGet({ accessKeyId: 'ASIDTEMPORARY', sessionToken: 'token/+=2' }),
    kind: 'unknownKey',
    message: /is invalid\.$/,
  },
  {
    desc: 'an expired temporary key',
    request: signedGet({ accessKeyId: 'ASIDEXPIRED', sessionToken: 'old' }),
    kind: 'tokenExpired',
    message: /^The security token included in the request is expired$/,
  },
  {
    desc: 'signed six minutes ago',
    request: signedGet({ now: NOW - 6 * 60_000 }),
    kind: 'mismatch',
    message: /^Signature expired: 20261122T145805Z is now earlier than 20261122T145905Z \(20261122T150405Z - 5 min\.\)$/,
  },
  {
    desc: 'signed six minutes ahead',
    request: signedGet({ now: NOW + 6 * 60_000 }),
    kind: 'mismatch',
    message: /^Signature not yet current: 20261122T151005Z is still later than 20261122T150905Z \(20261122T150405Z \+ 5 min\.\)$/,
  },
  {
    desc: 'another service',
    request: signedGet(),
    service: 'iam',
    kind: 'mismatch',
    message: /^Credential should be scoped to correct service: 'iam'\. $/,
  },
  {
    desc: 'another region',
    request: signedGet(),
    region: 'eu-west-1',
    kind: 'mismatch',
    message: /^Credential should be scoped to a valid region, not 'us-east-1'\. $/,
  },
  {
    desc: 'another path',
    request: { ...signedGet(), path: '/b' },
    kind: 'mismatch',
    message:
      /^The request signature we calculated does not match the signature you provided\. Check your AWS Secret Access Key and signing method\. Consult the service documentation for details\.\n\nThe Canonical String for this request should have been\n'GET\n\/b\n/,
  },
];

test('refusals say what AWS says', async (t) => {
  for (const { desc, request, kind, message, ...options } of refusals) {
    await t.test(desc, () => {
      const verdict = verify(request, options);
      assert.equal(verdict.verified, false);
      assert.equal(verdict.verified === false && verdict.kind, kind);
      assert.match(verdict.verified === false ? verdict.message : '', message);
    });
  }
});

const acceptances: { desc: string; request: SignedRequest; now?: number }[] = [
  { desc: 'five minutes late', request: signedGet({ now: NOW - SKEW }) },
  { desc: 'five minutes early', request: signedGet({ now: NOW + SKEW }) },
  {
    desc: 'header values with other spaces at the ends and between',
    request: {
      ...signedGet({ headers: ['X-Custom', 'a b'] }),
      rawHeaders: signedGet({ headers: ['X-Custom', 'a b'] }).rawHeaders.map((v) => (v === 'a b' ? ' a   b ' : v)),
    },
  },
  {
    desc: 'a header that is not signed and need not be',
    request: { ...signedGet(), rawHeaders: [...signedGet().rawHeaders, 'User-Agent', 'x', 'X-Amzn-Trace-Id', 'Root=1'] },
  },
  { desc: 'the same path with dots and doubled slashes', request: { ...signedGet({ path: '/a/b' }), path: '//a/./x/../b' } },
  {
    desc: 'header names in another case',
    request: { ...signedGet(), rawHeaders: signedGet().rawHeaders.map((v, i) => (i % 2 === 0 ? v.toUpperCase() : v)) },
  },
];

test('what is the same request is accepted', async (t) => {
  for (const { desc, request, now } of acceptances) {
    await t.test(desc, () => assert.equal(verify(request, { now: now ?? NOW }).verified, true, JSON.stringify(verify(request))));
  }
});

test('the body is checked against x-amz-content-sha256, unless the signer left it unsigned', () => {
  const another = hashBody(Buffer.from('another body'));
  assert.equal(verify(signedGet({ headers: ['X-Amz-Content-Sha256', hashBody(Buffer.alloc(0))] })).verified, true);
  assert.equal(verify(signedGet({ headers: ['X-Amz-Content-Sha256', another] })).verified, false);
  const request: SignedRequest = {
    method: 'POST',
    path: '/',
    query: '',
    rawHeaders: ['Host', 'h', 'X-Amz-Content-Sha256', 'UNSIGNED-PAYLOAD'],
    bodyHash: 'UNSIGNED-PAYLOAD',
  };
  const added = signRequest(
    request,
    { accessKeyId: 'AKIDPERMANENT', secretAccessKey: KEYS['AKIDPERMANENT']?.secretAccessKey ?? '' },
    { region: 'r', service: 's', now: NOW },
  );
  const rawHeaders = [...request.rawHeaders, ...added.flat()];
  assert.equal(verify({ ...request, rawHeaders, bodyHash: hashBody(Buffer.from('anything')) }).verified, true);
});

test('an access key whose secret was set anew is checked with the new one', () => {
  const request = signedGet();
  const with_ = (secretAccessKey: string) =>
    verifySignature(request, { now: NOW, clockSkewMs: SKEW, credentials: () => ({ secretAccessKey }) }).verified;
  assert.equal(with_(KEYS['AKIDPERMANENT']?.secretAccessKey ?? ''), true);
  assert.equal(with_('another'), false);
  assert.equal(with_(KEYS['AKIDPERMANENT']?.secretAccessKey ?? ''), true);
});

test('readScope reads the scope of both forms and never throws', () => {
  assert.equal(readScope(signedGet().rawHeaders, '')?.service, 'execute-api');
  assert.equal(readScope([], 'X-Amz-Credential=AK%2F20261122%2Feu-west-1%2Fsts%2Faws4_request')?.region, 'eu-west-1');
  for (const value of ['', 'Credential=', 'AWS4-HMAC-SHA256 Credential=a/b', '%%%', 'Credential=////']) {
    assert.equal(readScope(['Authorization', value], `X-Amz-Credentia=${value}`), undefined);
  }
});

test('wrongService names the service that was meant', () => {
  assert.equal(wrongService('iam').kind, 'mismatch');
});
