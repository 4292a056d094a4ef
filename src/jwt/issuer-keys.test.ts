// How the keys of an issuer are found, kept, renewed and given up.
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { describe, test } from 'node:test';
import { IssuerKeys } from './issuer-keys.ts';
import type { KeyFault } from './jwt-verifier.ts';
import { JwtVerifier } from './jwt-verifier.ts';
import { SigningKey } from './signing-key.ts';
import { makeTestIssuer, makeTestKey, type TestIssuer } from './testing/test-issuer.ts';

const MINUTE = 60_000;
const keyOne = makeTestKey('key-1');
const keyTwo = makeTestKey('key-2');
const discoveryUrl = 'https://issuer.test/.well-known/openid-configuration';
const keysUrl = 'https://issuer.test/keys';

interface Setting {
  readonly issuer: TestIssuer;
  readonly keys: IssuerKeys;
  now: number;
  /** Every fetch from now on fails. */
  outage(): void;
  recover(): void;
}

function setting(name = 'https://issuer.test'): Setting {
  const issuer = makeTestIssuer(name, keyOne);
  const { answer } = issuer;
  const made: Setting = {
    issuer,
    now: 1000,
    keys: new IssuerKeys(name, issuer.fetch, () => made.now),
    outage: () => {
      issuer.answer = async () => Promise.reject(new Error('connection refused'));
    },
    recover: () => {
      issuer.answer = answer;
    },
  };
  return made;
}

async function reasonOf(found: SigningKey | KeyFault | Promise<SigningKey | KeyFault>): Promise<string> {
  const key = await found;
  return key instanceof SigningKey ? 'found' : `${key.unavailable ? 'unavailable: ' : ''}${key.reason}`;
}

/** Lets a refresh in the background come to its end. */
async function settle(): Promise<void> {
  for (let i = 0; i < 10; i++) await Promise.resolve();
}

describe('finding', () => {
  test('discovery, then the key set; later look-ups are answered at once', async () => {
    const { issuer, keys } = setting();
    assert.ok((await keys.find('key-1')) instanceof SigningKey);
    assert.deepEqual(issuer.fetched, [discoveryUrl, keysUrl]);
    assert.ok(keys.find('key-1') instanceof SigningKey);
    assert.equal(issuer.fetched.length, 2);
  });

  test('many requests at once ask the issuer once', async () => {
    const { issuer, keys } = setting();
    const found = await Promise.all(Array.from({ length: 50 }, () => keys.find('key-1')));
    assert.ok(found.every((key) => key === found[0] && key instanceof SigningKey));
    assert.equal(issuer.fetched.length, 2);
  });

  test('an issuer with a slash at the end', async () => {
    const { issuer, keys } = setting('https://issuer.test/');
    issuer.answer = async ({ pathname }) => ({
      status: 200,
      body: Buffer.from(
        JSON.stringify(
          pathname.startsWith('/.well') ? { issuer: 'https://issuer.test/', jwks_uri: keysUrl } : { keys: [keyOne.jwk] },
        ),
      ),
    });
    assert.ok((await keys.find('key-1')) instanceof SigningKey);
    assert.equal(issuer.fetched[0], discoveryUrl);
  });
});

describe('rotation', () => {
  test('a new key is fetched when a token names it, but not more than once in 30 seconds', async () => {
    const at = setting();
    await at.keys.find('key-1');
    at.issuer.keys = [keyOne.jwk, keyTwo.jwk];
    assert.match(await reasonOf(at.keys.find('key-2')), /no key "key-2"/);
    assert.ok(!(at.keys.find('key-2') instanceof Promise), 'a made-up key id is answered at once');
    assert.equal(at.issuer.fetched.length, 2);
    at.now += 30_000;
    assert.equal(await reasonOf(at.keys.find('key-2')), 'found');
    assert.equal(at.issuer.fetched.length, 4);
  });

  test('a key that is still published stays the same object, one that is not is withdrawn', async () => {
    const at = setting();
    at.issuer.keys = [keyOne.jwk, keyTwo.jwk];
    const one = await at.keys.find('key-1');
    const two = await at.keys.find('key-2');
    assert.ok(one instanceof SigningKey && two instanceof SigningKey);
    at.issuer.keys = [keyOne.jwk];
    at.now += 61 * MINUTE;
    at.keys.refreshIfDue();
    await settle();
    assert.equal(at.keys.find('key-1'), one);
    assert.equal(one.withdrawn, false);
    assert.equal(two.withdrawn, true);
  });

  test('another key under the same id takes its place', async () => {
    const at = setting();
    const before = await at.keys.find('key-1');
    at.issuer.keys = [{ ...keyTwo.jwk, kid: 'key-1' }];
    at.now += 61 * MINUTE;
    at.keys.refreshIfDue();
    await settle();
    assert.ok(before instanceof SigningKey && before.withdrawn);
    assert.notEqual(at.keys.find('key-1'), before);
  });

  test('a token that was verified with a withdrawn key is verified anew', async () => {
    const at = setting();
    const verifier = new JwtVerifier(at.keys, { issuer: at.issuer.issuer, audiences: ['a'] }, () => 0);
    const token = at.issuer.token({ iss: at.issuer.issuer, aud: 'a', exp: 1e9 });
    assert.ok('claims' in (await verifier.verify(token)));
    at.issuer.keys = [keyTwo.jwk];
    at.now += 61 * MINUTE;
    verifier.verify(token);
    await settle();
    assert.ok('fault' in (await verifier.verify(token)));
  });
});

describe('outage', () => {
  test('keys are renewed in the background and kept for two hours while that fails', async () => {
    const at = setting();
    await at.keys.find('key-1');
    at.outage();
    for (const minutes of [61, 90, 119]) {
      at.now = 1000 + minutes * MINUTE;
      assert.ok(at.keys.find('key-1') instanceof SigningKey, `after ${minutes} minutes`);
      await settle();
    }
    assert.equal(at.issuer.fetched.length, 2 + 3, 'each look-up long after the last failure tried again');
    at.now = 1000 + 121 * MINUTE;
    assert.match(await reasonOf(at.keys.find('key-1')), /^unavailable: .*connection refused/);
    at.recover();
    at.now += 31_000;
    assert.equal(await reasonOf(at.keys.find('key-1')), 'found');
  });

  test('a verified token is not good any longer when its key is two hours old', async () => {
    const at = setting();
    const verifier = new JwtVerifier(at.keys, { issuer: at.issuer.issuer, audiences: ['a'] }, () => 0);
    const token = at.issuer.token({ iss: at.issuer.issuer, aud: 'a', exp: 1e9 });
    assert.ok('claims' in (await verifier.verify(token)));
    at.outage();
    at.now += 119 * MINUTE;
    assert.ok('claims' in (await verifier.verify(token)));
    await settle();
    at.now += 2 * MINUTE;
    assert.match(JSON.stringify(await verifier.verify(token)), /could not be fetched/);
  });

  test('an issuer that was never reached is tried again after 1, 2, 4 … seconds', async () => {
    const at = setting();
    at.outage();
    assert.match(await reasonOf(at.keys.find('key-1')), /^unavailable/);
    const tries: number[] = [];
    for (let second = 1; second <= 100; second++) {
      at.now += 1000;
      const before = at.issuer.fetched.length;
      await at.keys.find('key-1');
      if (at.issuer.fetched.length > before) tries.push(second);
    }
    assert.deepEqual(tries, [1, 3, 7, 15, 31, 61, 91]);
    at.recover();
    at.now += 30_000;
    assert.equal(await reasonOf(at.keys.find('key-1')), 'found');
  });
});

describe('documents that are refused', () => {
  const good = { issuer: 'https://issuer.test', jwks_uri: keysUrl };
  const rows: readonly { desc: string; discovery?: unknown; set?: unknown; status?: number; why: RegExp }[] = [
    { desc: 'status 404', status: 404, why: /answered 404/ },
    { desc: 'a redirect is not followed', status: 302, why: /answered 302/ },
    { desc: 'discovery of another issuer', discovery: { ...good, issuer: 'https://evil.test' }, why: /another issuer/ },
    { desc: 'no jwks_uri', discovery: { issuer: good.issuer }, why: /no jwks_uri/ },
    { desc: 'jwks_uri over http', discovery: { ...good, jwks_uri: 'http://issuer.test/keys' }, why: /not https/ },
    { desc: 'jwks_uri a file', discovery: { ...good, jwks_uri: 'file:///etc/passwd' }, why: /not https/ },
    { desc: 'jwks_uri on this machine', discovery: { ...good, jwks_uri: 'http://127.0.0.1:4566/keys' }, why: /this machine/ },
    {
      desc: 'jwks_uri on this machine, spelled oddly',
      discovery: { ...good, jwks_uri: 'http://2130706433/keys' },
      why: /this machine/,
    },
    { desc: 'jwks_uri on this machine, https', discovery: { ...good, jwks_uri: 'https://localhost/keys' }, why: /this machine/ },
    { desc: 'jwks_uri with a user name', discovery: { ...good, jwks_uri: 'https://a:b@issuer.test/keys' }, why: /user name/ },
    { desc: 'jwks_uri no URL', discovery: { ...good, jwks_uri: 'keys' }, why: /no URL/ },
    { desc: 'discovery no object', discovery: [], why: /not a JSON object/ },
    { desc: 'no keys', set: {}, why: /no RSA key/ },
    { desc: 'keys no list', set: { keys: { 0: keyOne.jwk } }, why: /no RSA key/ },
    { desc: 'longer than 150,000 bytes', set: { keys: [keyOne.jwk], x: 'y'.repeat(150_000) }, why: /longer than 150000/ },
    { desc: 'too deep', set: JSON.parse(`{"keys":${'['.repeat(30)}${']'.repeat(30)}}`), why: /deeper/ },
  ];
  for (const { desc, discovery = good, set = { keys: [keyOne.jwk] }, status = 200, why } of rows) {
    test(desc, async () => {
      const { issuer, keys } = setting();
      issuer.answer = async ({ pathname }) => ({
        status,
        body: Buffer.from(JSON.stringify(pathname.startsWith('/.well') ? discovery : set)),
      });
      assert.match(await reasonOf(keys.find('key-1')), why);
    });
  }

  test('an issuer over http is taken on this machine only', async () => {
    assert.equal(await reasonOf(setting('http://localhost:9000').keys.find('key-1')), 'found');
    assert.match(await reasonOf(setting('http://issuer.test').keys.find('key-1')), /not https/);
    assert.match(await reasonOf(setting('http://127.0.0.1.evil.test').keys.find('key-1')), /not https/);
    assert.match(await reasonOf(setting('nonsense').keys.find('key-1')), /no URL/);
  });
});

describe('keys that are left out', () => {
  const { publicKey: ec } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const short = makeTestKey('bad', 1024).jwk;
  const { jwk } = keyOne;
  const rows: readonly { desc: string; key: unknown }[] = [
    { desc: 'elliptic curves', key: { ...ec.export({ format: 'jwk' }), kid: 'bad' } },
    { desc: 'a secret', key: { kty: 'oct', k: 'c2VjcmV0', kid: 'bad', alg: 'HS256' } },
    { desc: '1024 bits', key: short },
    { desc: 'too many bits', key: { ...jwk, kid: 'bad', n: Buffer.alloc(4096, 0xff).toString('base64url') } },
    { desc: 'for encryption', key: { ...jwk, kid: 'bad', use: 'enc' } },
    { desc: 'key_ops without verify', key: { ...jwk, kid: 'bad', key_ops: ['encrypt'] } },
    { desc: 'algorithm that we do not have', key: { ...jwk, kid: 'bad', alg: 'RSA-OAEP' } },
    { desc: 'algorithm none', key: { ...jwk, kid: 'bad', alg: 'none' } },
    { desc: 'algorithm HS256', key: { ...jwk, kid: 'bad', alg: 'HS256' } },
    { desc: 'with its private half', key: { ...keyOne.privateKey.export({ format: 'jwk' }), kid: 'bad' } },
    { desc: 'exponent 1', key: { ...jwk, kid: 'bad', e: 'AQ' } },
    { desc: 'even exponent', key: { ...jwk, kid: 'bad', e: 'AQAA' } },
    { desc: 'very long exponent', key: { ...jwk, kid: 'bad', e: Buffer.alloc(200, 3).toString('base64url') } },
    { desc: 'exponent padded', key: { ...jwk, kid: 'bad', e: 'AQAB=' } },
    { desc: 'even modulus', key: { ...jwk, kid: 'bad', n: Buffer.alloc(256, 0xfe).toString('base64url') } },
    { desc: 'modulus a number', key: { ...jwk, kid: 'bad', n: 12 } },
    { desc: 'no modulus', key: { ...jwk, kid: 'bad', n: undefined } },
    { desc: 'no kid', key: { ...jwk, kid: undefined } },
    { desc: 'null', key: null },
    { desc: 'text', key: 'key' },
  ];
  for (const { desc, key } of rows) {
    test(desc, async () => {
      const { issuer, keys } = setting();
      issuer.keys = [key as Record<string, unknown>, jwk];
      assert.equal(await reasonOf(keys.find('key-1')), 'found', 'the good one is used');
      assert.match(await reasonOf(keys.find('bad')), /no key/);
    });
  }
});
