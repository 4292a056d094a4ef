// The public keys of an issuer: each checked before OpenSSL sees it, and each with the algorithms it may be used with.

import { constants, createPublicKey, type KeyObject, verify } from 'node:crypto';
import { decodeBase64url } from './compact-token.ts';

/** Keys of one issuer that are looked at. */
const KEYS_MAX = 100;
const KEY_ID_LENGTH_MAX = 1024;
/** RFC 7518 3.3 wants 2048 bits; beyond 8192 a verification takes milliseconds. */
const MODULUS_BITS_MIN = 2048;
const MODULUS_BITS_MAX = 8192;
/** Larger exponents make verification slow and are used by nobody. */
const EXPONENT_BYTES_MAX = 8;

interface RsaAlgorithm {
  readonly hash: string;
  readonly padding: number;
  readonly saltLength?: number;
}

const { RSA_PKCS1_PADDING, RSA_PKCS1_PSS_PADDING, RSA_PSS_SALTLEN_DIGEST } = constants;
const pss = { padding: RSA_PKCS1_PSS_PADDING, saltLength: RSA_PSS_SALTLEN_DIGEST };

// AWS: only algorithms based on RSA are supported. Seen: developer guide, "Control access to HTTP APIs with JWT authorizers".
const ALGORITHMS: ReadonlyMap<string, RsaAlgorithm> = new Map<string, RsaAlgorithm>([
  ['RS256', { hash: 'sha256', padding: RSA_PKCS1_PADDING }],
  ['RS384', { hash: 'sha384', padding: RSA_PKCS1_PADDING }],
  ['RS512', { hash: 'sha512', padding: RSA_PKCS1_PADDING }],
  ['PS256', { hash: 'sha256', ...pss }],
  ['PS384', { hash: 'sha384', ...pss }],
  ['PS512', { hash: 'sha512', ...pss }],
]);

/** A key that says nothing of its algorithm serves these; PSS must be asked for by the key. */
const UNNAMED_ALGORITHMS: ReadonlySet<string> = new Set(['RS256', 'RS384', 'RS512']);

/** One key of an issuer, imported once. */
export class SigningKey {
  readonly keyId: string;
  /** The key decides which algorithms it is used with, never the token. */
  readonly algorithms: ReadonlySet<string>;
  /** Set when the issuer no longer publishes the key: what was verified with it must be verified anew. */
  withdrawn = false;
  /** Same text, same key. */
  readonly fingerprint: string;
  readonly #key: KeyObject;

  constructor(keyId: string, algorithms: ReadonlySet<string>, fingerprint: string, key: KeyObject) {
    this.keyId = keyId;
    this.algorithms = algorithms;
    this.fingerprint = fingerprint;
    this.#key = key;
  }

  /** Whether the signature over `signed` is this key's. The algorithm must be one of `algorithms`. */
  verifies(algorithm: string, signed: Buffer, signature: Buffer): boolean {
    const known = this.algorithms.has(algorithm) ? ALGORITHMS.get(algorithm) : undefined;
    if (known === undefined) return false;
    try {
      const { hash, padding, saltLength } = known;
      return verify(hash, signed, { key: this.#key, padding, saltLength }, signature);
    } catch {
      return false;
    }
  }
}

/**
 * The usable keys of a JWKS document by their `kid`; keys that cannot be used are left out. Of two with one `kid` the first
 * counts. Keys that `known` has already are kept, not imported again.
 */
export function importSigningKeys(
  document: Readonly<Record<string, unknown>>,
  known: ReadonlyMap<string, SigningKey>,
): Map<string, SigningKey> {
  const keys = new Map<string, SigningKey>();
  const listed = document['keys'];
  if (!Array.isArray(listed)) return keys;
  for (const entry of listed.slice(0, KEYS_MAX) as readonly unknown[]) {
    const key = importKey(entry, known);
    if (key !== undefined && !keys.has(key.keyId)) keys.set(key.keyId, key);
  }
  return keys;
}

function importKey(entry: unknown, known: ReadonlyMap<string, SigningKey>): SigningKey | undefined {
  if (typeof entry !== 'object' || entry === null) return undefined;
  // JSON.parse made it: every member that is read here is its own or absent from Object.prototype.
  const { kty, kid, use, key_ops: uses, alg, n, e, d } = entry as Readonly<Record<string, unknown>>;
  if (kty !== 'RSA' || typeof kid !== 'string' || kid === '' || kid.length > KEY_ID_LENGTH_MAX) return undefined;
  if (use !== undefined && use !== 'sig') return undefined;
  if (uses !== undefined && !(Array.isArray(uses) && uses.includes('verify'))) return undefined;
  // Whoever publishes the private half lets everybody sign.
  if (d !== undefined) return undefined;
  if (alg !== undefined && (typeof alg !== 'string' || !ALGORITHMS.has(alg))) return undefined;
  if (typeof n !== 'string' || typeof e !== 'string' || !isModulus(n) || !isExponent(e)) return undefined;
  const fingerprint = `${alg ?? ''}.${n}.${e}`;
  const before = known.get(kid);
  if (before !== undefined && !before.withdrawn && before.fingerprint === fingerprint) return before;
  try {
    const key = createPublicKey({ key: { kty, n, e }, format: 'jwk' });
    return new SigningKey(kid, alg === undefined ? UNNAMED_ALGORITHMS : new Set([alg as string]), fingerprint, key);
  } catch {
    // CVE-2025-23166: what OpenSSL does not like must not get further than here.
    return undefined;
  }
}

function isModulus(text: string): boolean {
  if (text.length > MODULUS_BITS_MAX / 6 + 1) return false;
  const bytes = decodeBase64url(text);
  if (bytes === undefined || bytes[0] === 0) return false;
  const bits = bytes.length * 8 - Math.clz32(bytes[0] as number) + 24;
  return bits >= MODULUS_BITS_MIN && bits <= MODULUS_BITS_MAX && isOdd(bytes);
}

function isExponent(text: string): boolean {
  if (text.length > 16) return false;
  const bytes = decodeBase64url(text);
  if (bytes === undefined || bytes[0] === 0 || bytes.length > EXPONENT_BYTES_MAX) return false;
  return isOdd(bytes) && !(bytes.length === 1 && bytes[0] === 1);
}

function isOdd(bytes: Buffer): boolean {
  return ((bytes.at(-1) as number) & 1) === 1;
}
