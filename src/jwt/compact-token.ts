// The compact form of a signed token, `header.payload.signature`, taken apart strictly: one way to write each token, so that what
// was verified is what everybody else reads.

import { parseStrictJson } from './strict-json.ts';
import { type TokenFault, tokenFault } from './token-fault.ts';

/** Longest token that is looked at, in characters. */
export const TOKEN_LENGTH_MAX = 16_384;
/** Braces and brackets open at once in a header or a payload. */
const DEPTH_MAX = 20;

/** A token whose form is right; nothing is known about its truth yet. */
export interface CompactToken {
  readonly algorithm: string;
  readonly keyId: string;
  readonly claims: Readonly<Record<string, unknown>>;
  /** `header.payload`, the bytes that were signed. */
  readonly signed: Buffer;
  readonly signature: Buffer;
}

/** Takes a token apart, or says what is wrong with its form. */
export function parseCompactToken(token: string): CompactToken | TokenFault {
  if (token.length > TOKEN_LENGTH_MAX) return tokenFault('malformed', `it is longer than ${TOKEN_LENGTH_MAX} characters`);
  const parts = token.split('.', 4);
  if (parts.length !== 3) return tokenFault('segments', 'it does not consist of three parts joined with dots');
  const [headerText, payloadText, signatureText] = parts as [string, string, string];
  const headerBytes = decodeBase64url(headerText);
  const payloadBytes = decodeBase64url(payloadText);
  const signature = decodeBase64url(signatureText);
  if (headerBytes === undefined || payloadBytes === undefined || signature === undefined) {
    return tokenFault('malformed', 'a part of it is empty or is not base64url without padding');
  }
  const header = parseStrictJson(headerBytes, DEPTH_MAX);
  if (header.object === undefined) return tokenFault('malformed', `its header ${header.fault}`);
  const fault = checkHeader(header.object);
  if (fault !== undefined) return fault;
  const payload = parseStrictJson(payloadBytes, DEPTH_MAX);
  if (payload.object === undefined) return tokenFault('malformed', `its payload ${payload.fault}`);
  return {
    algorithm: header.object['alg'] as string,
    keyId: header.object['kid'] as string,
    claims: payload.object,
    signed: Buffer.from(token.slice(0, token.lastIndexOf('.')), 'latin1'),
    signature,
  };
}

/**
 * What a header must and must not say. `jku`, `jwk`, `x5u` and `x5c` are not looked at: a token does not choose the key that it is
 * checked with.
 */
function checkHeader(header: Readonly<Record<string, unknown>>): TokenFault | undefined {
  const { alg, kid, typ } = header;
  if (typeof alg !== 'string' || alg === '') return tokenFault('algorithm', 'its header names no algorithm ("alg")');
  // AWS: the token's `kid` must name a key of the issuer. Seen: developer guide, "Validating a JWT".
  if (typeof kid !== 'string' || kid === '') return tokenFault('key', 'its header names no key ("kid")');
  // RFC 7515 4.1.11: who does not understand an extension that is marked critical must refuse. We understand none.
  if ('crit' in header) return tokenFault('malformed', 'its header demands an extension ("crit")');
  for (const name of ['b64', 'zip', 'enc']) {
    if (name in header) return tokenFault('malformed', `its header has "${name}", which a signed token cannot have here`);
  }
  const { cty } = header;
  if (cty !== undefined && (typeof cty !== 'string' || /(^|[/+])jwt$/i.test(cty))) {
    return tokenFault('malformed', 'it holds another token (header "cty")');
  }
  if (typ !== undefined && !(typeof typ === 'string' && isAccessOrIdType(typ))) {
    return tokenFault('malformed', 'its header says that it is for something else ("typ")');
  }
  return undefined;
}

/**
 * RFC 8725 3.11: the kinds of token of one issuer must not pass for each other. A type that names another kind (`logout+jwt`,
 * `dpop+jwt`, `secevent+jwt` …) is refused; `JWT`, access tokens (RFC 9068 `at+jwt`, also with an issuer's prefix) and the made-up
 * types of issuers are taken, as AWS takes them.
 */
function isAccessOrIdType(type: string): boolean {
  const name = type.toLowerCase().replace(/^application\//, '');
  if (name === 'jose' || name === 'jose+json') return false;
  return !name.endsWith('+jwt') || name === 'at+jwt' || name.endsWith('-at+jwt');
}

/**
 * Decodes base64url as RFC 7515 writes it: no padding, no white space, no stray bits in the last character; undefined otherwise
 * and for nothing at all.
 */
export function decodeBase64url(text: string): Buffer | undefined {
  if (!/^[A-Za-z0-9_-]+$/.test(text)) return undefined;
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : undefined;
}
