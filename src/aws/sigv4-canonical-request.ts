// What Signature Version 4 signs: the canonical form of a request, and the key it is signed with.

import { createHash, createHmac } from 'node:crypto';

/** The parts of a request that a signature covers. */
export interface SignedRequest {
  readonly method: string;
  /** Undecoded path, without the query. */
  readonly path: string;
  /** Undecoded query without `?`, or ''. */
  readonly query: string;
  /** [name, value, …] as received. */
  readonly rawHeaders: readonly string[];
  /** Lower-case hexadecimal SHA-256 of the body as it was on the wire. */
  readonly bodyHash: string;
}

/** What a signature says of itself. */
export interface SignatureScope {
  readonly accessKeyId: string;
  /** `20261122` */
  readonly date: string;
  readonly region: string;
  readonly service: string;
}

/** The one algorithm that is understood. */
export const ALGORITHM = 'AWS4-HMAC-SHA256';

/** The last part of every credential scope. */
export const TERMINATOR = 'aws4_request';

const EMPTY_HASH = createHash('sha256').digest('hex');

/** Header values by lower-case name, trimmed, inner runs of spaces folded; a repeated header keeps each value. */
export function headerValues(rawHeaders: readonly string[]): Map<string, string[]> {
  const headers = new Map<string, string[]>();
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = (rawHeaders[i] as string).toLowerCase();
    const value = (rawHeaders[i + 1] as string).trim().replace(/[ \t]+/g, ' ');
    const values = headers.get(name);
    if (values === undefined) headers.set(name, [value]);
    else values.push(value);
  }
  return headers;
}

/** Query parameters in canonical encoding, in the order they came. */
export type Query = readonly (readonly [name: string, value: string])[];

/** Names and values, re-encoded the one canonical way. A malformed escape stands for itself. */
export function splitQuery(query: string): Query {
  if (query === '') return [];
  const pairs: [string, string][] = [];
  for (const part of query.split('&')) {
    if (part === '') continue;
    const equals = part.indexOf('=');
    const name = equals === -1 ? part : part.slice(0, equals);
    pairs.push([recode(name), equals === -1 ? '' : recode(part.slice(equals + 1))]);
  }
  return pairs;
}

function recode(text: string): string {
  const spaced = text.replaceAll('+', ' ');
  try {
    return uriEncode(decodeURIComponent(spaced));
  } catch {
    return uriEncode(spaced);
  }
}

/** Percent-encodes everything but A-Z a-z 0-9 - . _ ~, as SigV4 wants it. */
export function uriEncode(text: string): string {
  return encodeURIComponent(text.isWellFormed() ? text : text.toWellFormed()).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** The decoded value of a query parameter that occurs exactly once. */
export function single(query: Query, name: string): string | undefined {
  const found = query.filter(([candidate]) => candidate === name);
  return found.length === 1 ? decodeURIComponent((found[0] as readonly [string, string])[1]) : undefined;
}

/** `20261122T150405Z` */
export function toBasicTimestamp(time: number): string {
  return new Date(time).toISOString().replace(/[-:]|\.\d{3}/g, '');
}

/** The canonical request: six parts, one a line. `query` without the signature itself. */
export function canonicalRequest(
  method: string,
  path: string,
  query: Query,
  headers: ReadonlyMap<string, readonly string[]>,
  signedHeaders: readonly string[],
  payload: string,
  service: string,
): string {
  const pairs = query.toSorted(([nameA, valueA], [nameB, valueB]) => compare(nameA, nameB) || compare(valueA, valueB));
  const lines = signedHeaders.map((name) => `${name}:${headers.get(name)?.join(',') ?? ''}\n`).join('');
  return [
    method,
    canonicalPath(path, service),
    pairs.map(([name, value]) => `${name}=${value}`).join('&'),
    lines,
    signedHeaders.join(';'),
    payload,
  ].join('\n');
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** s3 keys are signed as they are; every other service signs the normalised path, encoded once more. */
function canonicalPath(path: string, service: string): string {
  if (service === 's3') {
    return path === '' ? '/' : path.split('/').map(recodeSegment).join('/');
  }
  const segments: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '' || segment === '.') continue;
    if (segment === '..') segments.pop();
    else segments.push(segment);
  }
  const normal = `/${segments.join('/')}${segments.length > 0 && path.endsWith('/') ? '/' : ''}`;
  return uriEncode(normal).replaceAll('%2F', '/');
}

function recodeSegment(segment: string): string {
  try {
    return uriEncode(decodeURIComponent(segment));
  } catch {
    return uriEncode(segment);
  }
}

/** What the signing key signs. */
export function stringToSign(timestamp: string, scope: SignatureScope, canonical: string): string {
  const hash = createHash('sha256').update(canonical).digest('hex');
  return `${ALGORITHM}\n${timestamp}\n${scope.date}/${scope.region}/${scope.service}/${TERMINATOR}\n${hash}`;
}

const SIGNING_KEYS_MAX = 1000;

/** Keyed by scope; holds the secret it was derived from, because an access key's secret may be set anew. */
const signingKeys = new Map<string, { readonly secret: string; readonly key: Buffer }>();

/** The key derived for a day, region and service; kept for the next request. */
export function signingKey(secret: string, { accessKeyId, date, region, service }: SignatureScope): Buffer {
  const id = `${accessKeyId}/${date}/${region}/${service}`;
  const known = signingKeys.get(id);
  if (known !== undefined && known.secret === secret) return known.key;
  const step = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
  const key = step(step(step(step(`AWS4${secret}`, date), region), service), TERMINATOR);
  // Oldest first out: scopes are the client's to choose, the cache must not grow with them.
  if (signingKeys.size >= SIGNING_KEYS_MAX) signingKeys.delete(signingKeys.keys().next().value as string);
  signingKeys.set(id, { secret, key });
  return key;
}

/** Lower-case hexadecimal SHA-256, the form `bodyHash` has. */
export function hashBody(body: Uint8Array): string {
  return body.length === 0 ? EMPTY_HASH : createHash('sha256').update(body).digest('hex');
}
