// Signs outgoing requests with Signature Version 4.

import { createHmac } from 'node:crypto';
import {
  ALGORITHM,
  canonicalRequest,
  headerValues,
  type SignatureScope,
  type SignedRequest,
  signingKey,
  splitQuery,
  stringToSign,
  TERMINATOR,
  toBasicTimestamp,
} from './sigv4-canonical-request.ts';

/** Whom an outgoing request is signed for. */
export interface SigningCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/**
 * Signs an outgoing request: returns the header fields to add (`x-amz-date`, `x-amz-security-token`, `authorization`).
 * `rawHeaders` must hold `host`; every header in it is signed.
 */
export function signRequest(
  request: SignedRequest,
  credentials: SigningCredentials,
  target: { readonly region: string; readonly service: string; readonly now: number },
): [string, string][] {
  const timestamp = toBasicTimestamp(target.now);
  const added: [string, string][] = [['x-amz-date', timestamp]];
  if (credentials.sessionToken !== undefined) added.push(['x-amz-security-token', credentials.sessionToken]);
  if (target.service === 's3') added.push(['x-amz-content-sha256', request.bodyHash]);
  const headers = headerValues([...request.rawHeaders, ...added.flat()]);
  const signedHeaders = [...headers.keys()].sort();
  const scope: SignatureScope = {
    accessKeyId: credentials.accessKeyId,
    date: timestamp.slice(0, 8),
    region: target.region,
    service: target.service,
  };
  const query = splitQuery(request.query);
  const canonical = canonicalRequest(
    request.method,
    request.path,
    query,
    headers,
    signedHeaders,
    request.bodyHash,
    target.service,
  );
  const signature = createHmac('sha256', signingKey(credentials.secretAccessKey, scope))
    .update(stringToSign(timestamp, scope, canonical))
    .digest('hex');
  const credential = `${scope.accessKeyId}/${scope.date}/${scope.region}/${scope.service}/${TERMINATOR}`;
  added.push([
    'authorization',
    `${ALGORITHM} Credential=${credential}, SignedHeaders=${signedHeaders.join(';')}, Signature=${signature}`,
  ]);
  return added;
}
