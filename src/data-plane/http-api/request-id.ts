// Identifiers that each request gets: unguessable, cheap, in AWS's forms.

import { randomFillSync } from 'node:crypto';

const pool = Buffer.allocUnsafeSlow(12_288);
let used = pool.length;

/**
 * A request id of an HTTP API, e.g. `JCInPj6JPHcEJow=`.
 * AWS: 15 characters of url-safe base64 and `=`. Seen: recorded Apigw-Requestid headers and events.
 */
export function newRequestId(): string {
  const at = take(12);
  return `${pool.toString('base64url', at, at + 12).slice(0, 15)}=`;
}

/** An X-Ray trace header for a request that brought none: `Root=1-{8 hex of epoch seconds}-{24 hex}`. */
export function newTraceId(nowMs: number): string {
  const at = take(12);
  return `Root=1-${Math.floor(nowMs / 1000)
    .toString(16)
    .padStart(8, '0')}-${pool.toString('hex', at, at + 12)}`;
}

/** The client's trace header when it is one, otherwise a new one. */
export function traceIdFor(received: string | undefined, nowMs: number): string {
  if (received !== undefined && received.length <= 256 && /(?:^|;)\s*Root=1-[0-9a-f]{8}-[0-9a-f]{24}(?:;|$)/i.test(received)) {
    return received;
  }
  return newTraceId(nowMs);
}

function take(bytes: number): number {
  if (used + bytes > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const at = used;
  used += bytes;
  return at;
}
