// Checks AWS Signature Version 4. A pure function of the request, its body's hash and the clock, so that the control plane
// and AWS_IAM methods share one implementation.

import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { AccessKey } from './authentication.ts';
import {
  ALGORITHM,
  canonicalRequest,
  headerValues,
  type Query,
  type SignatureScope,
  type SignedRequest,
  signingKey,
  single,
  splitQuery,
  stringToSign,
  TERMINATOR,
  toBasicTimestamp,
} from './sigv4-canonical-request.ts';

/** Against what a signature is checked. */
export interface VerifyOptions {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** The token is the request's own claim; the key that is found must hold exactly that token, or none when there is none. */
  readonly credentials: (accessKeyId: string, sessionToken: string | undefined) => AccessKey | undefined;
  /** How far the signer's clock may be off, in milliseconds. */
  readonly clockSkewMs: number;
  /** The service the scope must name; undefined takes any (see `wrongService`). */
  readonly service?: string;
  /** The region the scope must name; undefined takes any. */
  readonly region?: string;
}

/** The request was signed by the owner of `key`. */
export interface VerifiedSignature {
  readonly verified: true;
  readonly scope: SignatureScope;
  readonly key: AccessKey;
  readonly sessionToken: string | undefined;
}

/** Why a signature was refused, before it is named in a protocol. */
export type SignatureFailureKind =
  /** Nothing that looks like a signature. */
  | 'missing'
  /** Parts are missing or malformed. */
  | 'incomplete'
  | 'unknownKey'
  /** Another signature than ours, a wrong scope, a header left unsigned, or a clock too far off. */
  | 'mismatch'
  /** A presigned request after its time. */
  | 'expired'
  /** Temporary credentials after their time. */
  | 'tokenExpired';

/** The request was not signed, or not well. */
export interface SignatureFailure {
  readonly verified: false;
  readonly kind: SignatureFailureKind;
  /** AWS's sentence for the client. */
  readonly message: string;
}

const UNSIGNED_PAYLOAD = 'UNSIGNED-PAYLOAD';
const EXPIRES_SECONDS_MAX = 604_800;
const AUTHORIZATION_LENGTH_MAX = 16_384;
const SIGNED_HEADERS_MAX = 200;

interface ParsedSignature {
  readonly credential: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  /** `20261122T150405Z` */
  readonly timestamp: string;
  readonly sessionToken: string | undefined;
  /** The signature stands in the query. */
  readonly presigned: boolean;
  /** Seconds a presigned request is good for, when it says so. */
  readonly expires: number | undefined;
}

const failure = (kind: SignatureFailureKind, message: string): SignatureFailure => ({ verified: false, kind, message });

/** Checks the signature of a request. Never throws. */
export function verifySignature(request: SignedRequest, options: VerifyOptions): VerifiedSignature | SignatureFailure {
  const headers = headerValues(request.rawHeaders);
  const query = splitQuery(request.query);
  const parsed = parseSignature(headers, query);
  if ('verified' in parsed) return parsed;
  const scope = parseCredential(parsed.credential);
  if ('verified' in scope) return scope;
  const key = options.credentials(scope.accessKeyId, parsed.sessionToken);
  if (key === undefined || !sameToken(key.sessionToken, parsed.sessionToken)) {
    return failure('unknownKey', 'The security token included in the request is invalid.');
  }
  if (key.expiresAt !== undefined && options.now >= key.expiresAt) {
    return failure('tokenExpired', 'The security token included in the request is expired');
  }
  const refused = checkScope(scope, parsed, options) ?? checkClock(parsed, options) ?? checkSignedHeaders(parsed, headers, query);
  if (refused !== undefined) return refused;
  const payload = payloadHash(request, scope, parsed, headers, query);
  if (payload === undefined) return mismatch('');
  const signedQuery = parsed.presigned ? query.filter(([name]) => name !== 'X-Amz-Signature') : query;
  const canonical = canonicalRequest(
    request.method,
    request.path,
    signedQuery,
    headers,
    parsed.signedHeaders,
    payload,
    scope.service,
  );
  const toSign = stringToSign(parsed.timestamp, scope, canonical);
  const expected = createHmac('sha256', signingKey(key.secretAccessKey, scope)).update(toSign).digest();
  // Compared in constant time: the answer must not tell how much of it was right.
  if (!/^[0-9a-f]{64}$/.test(parsed.signature) || !timingSafeEqual(expected, Buffer.from(parsed.signature, 'hex'))) {
    return mismatch(
      `\n\nThe Canonical String for this request should have been\n'${canonical}'\n\nThe String-to-Sign should have been\n'${toSign}'\n`,
    );
  }
  return { verified: true, scope, key, sessionToken: parsed.sessionToken };
}

/** Why a request's signature cannot even be read; undefined when it can, whoever made it. Never throws. */
export function unreadableSignature(rawHeaders: readonly string[], query: string): SignatureFailure | undefined {
  const parsed = parseSignature(headerValues(rawHeaders), splitQuery(query));
  return 'verified' in parsed ? parsed : undefined;
}

function mismatch(detail: string): SignatureFailure {
  return failure(
    'mismatch',
    'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and ' +
      `signing method. Consult the service documentation for details.${detail.length > 16_384 ? '' : detail}`,
  );
}

/** Reads who signed for what without checking anything; undefined when there is no readable scope. */
export function readScope(rawHeaders: readonly string[], query: string): SignatureScope | undefined {
  let credential: string | undefined;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    if (rawHeaders[i]?.toLowerCase() !== 'authorization') continue;
    const value = rawHeaders[i + 1] as string;
    const start = value.indexOf('Credential=');
    if (value.length > AUTHORIZATION_LENGTH_MAX || start === -1) continue;
    credential = value.slice(start + 'Credential='.length).split(/[, ]/, 1)[0];
  }
  if (credential === undefined && query.includes('X-Amz-Credential=')) credential = single(splitQuery(query), 'X-Amz-Credential');
  if (credential === undefined) return undefined;
  const scope = parseCredential(credential);
  return 'verified' in scope ? undefined : scope;
}

function parseSignature(headers: ReadonlyMap<string, readonly string[]>, query: Query): ParsedSignature | SignatureFailure {
  const authorization = headers.get('authorization');
  if (authorization !== undefined) return parseAuthorization(authorization, headers);
  if (query.some(([name]) => name === 'X-Amz-Signature' || name === 'X-Amz-Credential' || name === 'X-Amz-Algorithm')) {
    return parsePresigned(query);
  }
  return failure('missing', 'Missing Authentication Token');
}

function parseAuthorization(
  values: readonly string[],
  headers: ReadonlyMap<string, readonly string[]>,
): ParsedSignature | SignatureFailure {
  const value = values.join(',');
  if (values.length > 1 || value.length > AUTHORIZATION_LENGTH_MAX) {
    return failure('incomplete', 'The Authorization header occurs more than once or is too long.');
  }
  // AWS: see the sentences below. Seen: answers quoted in serverless#3205 and cognitocurl#15.
  if (!value.includes('=')) {
    const hash = createHash('sha256').update(value).digest('base64');
    return failure(
      'incomplete',
      `Invalid key=value pair (missing equal-sign) in Authorization header (hashed with SHA-256 and encoded with Base64): '${hash}'.`,
    );
  }
  const parts = new Map<string, string>();
  const space = value.indexOf(' ');
  for (const part of value.slice(space + 1).split(',')) {
    const equals = part.indexOf('=');
    if (equals > 0) parts.set(part.slice(0, equals).trim(), part.slice(equals + 1).trim());
  }
  const isAws = value.slice(0, space) === ALGORITHM;
  const credential = isAws ? parts.get('Credential') : undefined;
  const signature = isAws ? parts.get('Signature') : undefined;
  const signedHeaders = isAws ? parts.get('SignedHeaders') : undefined;
  const dates = headers.get('x-amz-date') ?? headers.get('date');
  const sentences: string[] = [];
  if (!credential) sentences.push("Authorization header requires 'Credential' parameter.");
  if (!signature) sentences.push("Authorization header requires 'Signature' parameter.");
  if (!signedHeaders) sentences.push("Authorization header requires 'SignedHeaders' parameter.");
  if (dates === undefined) {
    sentences.push("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.");
  }
  if (!credential || !signature || !signedHeaders || dates === undefined) {
    return failure('incomplete', `${sentences.join(' ')} Authorization=${value.slice(0, 1024)}`);
  }
  const timestamp = headers.has('x-amz-date') ? basicTimestamp(dates) : timestampOfDateHeader(dates);
  if (timestamp === undefined) return badDate(dates.join(','));
  return {
    credential,
    signature,
    signedHeaders: signedHeaders.split(';', SIGNED_HEADERS_MAX),
    timestamp,
    sessionToken: headers.get('x-amz-security-token')?.join(','),
    presigned: false,
    expires: undefined,
  };
}

function parsePresigned(query: Query): ParsedSignature | SignatureFailure {
  const algorithm = single(query, 'X-Amz-Algorithm');
  const credential = single(query, 'X-Amz-Credential');
  const signature = single(query, 'X-Amz-Signature');
  const signedHeaders = single(query, 'X-Amz-SignedHeaders');
  const date = single(query, 'X-Amz-Date');
  const expiresText = single(query, 'X-Amz-Expires');
  const missing = Object.entries({
    'X-Amz-Algorithm': algorithm === ALGORITHM ? algorithm : undefined,
    'X-Amz-Credential': credential,
    'X-Amz-Signature': signature,
    'X-Amz-SignedHeaders': signedHeaders,
    'X-Amz-Date': date,
  }).filter(([, value]) => !value);
  if (!credential || !signature || !signedHeaders || !date || missing.length > 0) {
    const sentences = missing.map(([name]) => `AWS query-string parameters must include '${name}'.`);
    return failure('incomplete', `${sentences.join(' ')} Re-examine the query-string parameters.`);
  }
  const timestamp = basicTimestamp([date]);
  if (timestamp === undefined) return badDate(date);
  // Without X-Amz-Expires the ordinary clock rule holds.
  const expires = expiresText === undefined ? undefined : /^[0-9]{1,7}$/.test(expiresText) ? Number(expiresText) : 0;
  if (expires !== undefined && (expires < 1 || expires > EXPIRES_SECONDS_MAX)) {
    return failure(
      'incomplete',
      `X-Amz-Expires must be between 1 second and a week (in seconds); that is, the given X-Amz-Expires must be at most ${EXPIRES_SECONDS_MAX} seconds`,
    );
  }
  return {
    credential,
    signature,
    signedHeaders: signedHeaders.split(';', SIGNED_HEADERS_MAX),
    timestamp,
    sessionToken: single(query, 'X-Amz-Security-Token'),
    presigned: true,
    expires,
  };
}

function badDate(date: string): SignatureFailure {
  return failure(
    'incomplete',
    `Date must be in ISO-8601 'basic format'. Got '${date.slice(0, 64)}'. See http://en.wikipedia.org/wiki/ISO_8601`,
  );
}

function basicTimestamp(values: readonly string[]): string | undefined {
  const value = values[0];
  return values.length === 1 && value !== undefined && !Number.isNaN(timeOf(value)) ? value : undefined;
}

function timestampOfDateHeader(values: readonly string[]): string | undefined {
  const value = values[0];
  if (values.length !== 1 || value === undefined || value.length > 64) return undefined;
  const basic = basicTimestamp([value]);
  if (basic !== undefined) return basic;
  const time = Date.parse(value);
  return Number.isNaN(time) ? undefined : toBasicTimestamp(time);
}

/** Milliseconds since the epoch of a basic timestamp, or NaN. */
function timeOf(timestamp: string): number {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(timestamp);
  return parts === null ? Number.NaN : Date.parse(`${parts[1]}-${parts[2]}-${parts[3]}T${parts[4]}:${parts[5]}:${parts[6]}Z`);
}

function parseCredential(credential: string): SignatureScope | SignatureFailure {
  const parts = credential.split('/', 6);
  if (parts.length !== 5 || parts.some((part) => part === '')) {
    return failure(
      'incomplete',
      `Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '${credential.slice(0, 256)}'`,
    );
  }
  const [accessKeyId, date, region, service, term] = parts as [string, string, string, string, string];
  if (term !== TERMINATOR) {
    return failure(
      'mismatch',
      `Credential should be scoped with a valid terminator: '${TERMINATOR}', not '${term.slice(0, 64)}'.`,
    );
  }
  return { accessKeyId, date, region, service };
}

function sameToken(expected: string | undefined, given: string | undefined): boolean {
  if (expected === undefined || given === undefined) return expected === given;
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(expected), hash(given));
}

function checkScope(scope: SignatureScope, parsed: ParsedSignature, options: VerifyOptions): SignatureFailure | undefined {
  const day = parsed.timestamp.slice(0, 8);
  if (scope.date !== day) {
    return failure(
      'mismatch',
      `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${scope.date.slice(0, 64)}' != '${day}', from '${parsed.timestamp}'.`,
    );
  }
  if (options.region !== undefined && scope.region !== options.region) {
    return failure('mismatch', `Credential should be scoped to a valid region, not '${scope.region.slice(0, 64)}'. `);
  }
  if (options.service !== undefined && scope.service !== options.service) {
    return wrongService(options.service);
  }
  return undefined;
}

/** The refusal of a signature that was made for another service. */
export function wrongService(expected: string): SignatureFailure {
  return failure('mismatch', `Credential should be scoped to correct service: '${expected}'. `);
}

function checkClock(parsed: ParsedSignature, { now, clockSkewMs }: VerifyOptions): SignatureFailure | undefined {
  const time = timeOf(parsed.timestamp);
  const minutes = `${Math.round(clockSkewMs / 60_000)} min.`;
  if (time > now + clockSkewMs) {
    return failure(
      'mismatch',
      `Signature not yet current: ${parsed.timestamp} is still later than ${toBasicTimestamp(now + clockSkewMs)} (${toBasicTimestamp(now)} + ${minutes})`,
    );
  }
  if (parsed.expires !== undefined)
    return now > time + parsed.expires * 1000 ? failure('expired', 'Request has expired.') : undefined;
  if (time < now - clockSkewMs) {
    return failure(
      'mismatch',
      `Signature expired: ${parsed.timestamp} is now earlier than ${toBasicTimestamp(now - clockSkewMs)} (${toBasicTimestamp(now)} - ${minutes})`,
    );
  }
  return undefined;
}

function checkSignedHeaders(
  parsed: ParsedSignature,
  headers: ReadonlyMap<string, readonly string[]>,
  query: Query,
): SignatureFailure | undefined {
  const signed = new Set(parsed.signedHeaders);
  if (
    signed.size !== parsed.signedHeaders.length ||
    parsed.signedHeaders.some((name) => name !== name.toLowerCase() || name === '')
  ) {
    return failure('incomplete', 'SignedHeaders must be a list of distinct lower-case header names.');
  }
  // `:authority` is the host of an HTTP/2 request.
  if (!signed.has('host') && !signed.has(':authority')) {
    return failure('mismatch', "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.");
  }
  if ((headers.get('host')?.length ?? 0) > 1) return failure('mismatch', 'The Host header occurs more than once.');
  for (const name of headers.keys()) {
    // A presigned request may repeat in a header what its signed query says.
    if (!name.startsWith('x-amz-') || signed.has(name)) continue;
    if (parsed.presigned && repeatsQuery(name, headers, query)) continue;
    return failure('mismatch', `There were headers present in the request which were not signed: ${name.slice(0, 256)}`);
  }
  return undefined;
}

function repeatsQuery(name: string, headers: ReadonlyMap<string, readonly string[]>, query: Query): boolean {
  const pair = query.find(([candidate]) => candidate.toLowerCase() === name);
  return pair !== undefined && headers.get(name)?.join(',') === decodeURIComponent(pair[1]);
}

/** The hash that stands in the canonical request; undefined when the request names another than its body has. */
function payloadHash(
  request: SignedRequest,
  scope: SignatureScope,
  parsed: ParsedSignature,
  headers: ReadonlyMap<string, readonly string[]>,
  query: Query,
): string | undefined {
  const named = headers.get('x-amz-content-sha256')?.join(',') ?? single(query, 'X-Amz-Content-Sha256');
  if (named === undefined) {
    return scope.service === 's3' && parsed.presigned ? UNSIGNED_PAYLOAD : request.bodyHash;
  }
  return named === UNSIGNED_PAYLOAD || named === request.bodyHash ? named : undefined;
}
