// An issuer for tests: real keys, real signatures, and its two documents without a network.

import { constants, createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import type { FetchDocument } from '../issuer-keys.ts';

export interface TestKey {
  readonly keyId: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  /** As it stands in a JWKS. */
  readonly jwk: Readonly<Record<string, unknown>>;
}

export interface TestIssuer {
  readonly issuer: string;
  readonly key: TestKey;
  /** What the issuer publishes; to be changed by tests. */
  keys: Readonly<Record<string, unknown>>[];
  /** URLs that were fetched, in order. */
  readonly fetched: string[];
  /** Answers with the two documents; replaced by tests of outages. */
  answer: (url: URL) => Promise<{ status: number; body: Uint8Array }>;
  readonly fetch: FetchDocument;
  /** A signed token: RS256 and the issuer's key unless told otherwise. A header or claim that is undefined is left out. */
  token(claims: Readonly<Record<string, unknown>>, options?: TokenOptions): string;
}

export interface TokenOptions {
  readonly alg?: string;
  readonly key?: TestKey;
  readonly header?: Readonly<Record<string, unknown>>;
}

export function makeTestKey(keyId: string, modulusLength = 2048): TestKey {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength });
  return { keyId, privateKey, publicKey, jwk: { ...publicKey.export({ format: 'jwk' }), kid: keyId, use: 'sig' } };
}

export function makeTestIssuer(issuer = 'https://issuer.test', key = makeTestKey('key-1')): TestIssuer {
  const made: TestIssuer = {
    issuer,
    key,
    keys: [key.jwk],
    fetched: [],
    answer: async (url) => {
      const isDiscovery = url.pathname.endsWith('/.well-known/openid-configuration');
      const document = isDiscovery ? { issuer, jwks_uri: `${issuer}/keys` } : { keys: made.keys };
      return { status: 200, body: Buffer.from(JSON.stringify(document)) };
    },
    fetch: (url) => {
      made.fetched.push(url.href);
      return made.answer(url);
    },
    token: (claims, options = {}) => {
      const header = { alg: options.alg ?? 'RS256', typ: 'JWT', kid: (options.key ?? key).keyId, ...options.header };
      return signToken(JSON.stringify(header), JSON.stringify(claims), (options.key ?? key).privateKey, options.alg);
    },
  };
  return made;
}

/** Signs any header and payload text. */
export function signToken(header: string, payload: string, key: KeyObject | string, algorithm = 'RS256'): string {
  const signed = `${base64url(header)}.${base64url(payload)}`;
  return `${signed}.${signatureOf(signed, key, algorithm).toString('base64url')}`;
}

export function base64url(text: string | Buffer): string {
  return Buffer.from(text).toString('base64url');
}

function signatureOf(signed: string, key: KeyObject | string, algorithm: string): Buffer {
  const hash = `sha${algorithm.slice(2)}`;
  const data = Buffer.from(signed);
  if (algorithm.startsWith('HS'))
    return createHmac(hash, key as string)
      .update(data)
      .digest();
  if (algorithm.startsWith('ES')) return sign(hash, data, { key: key as KeyObject, dsaEncoding: 'ieee-p1363' });
  const isPss = algorithm.startsWith('PS');
  return sign(hash, data, {
    key: key as KeyObject,
    padding: isPss ? constants.RSA_PKCS1_PSS_PADDING : constants.RSA_PKCS1_PADDING,
    ...(isPss ? { saltLength: constants.RSA_PSS_SALTLEN_DIGEST } : {}),
  });
}
