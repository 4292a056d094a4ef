// A response as it lies in a cache: as it is, or sealed where the stage's setting asks for encrypted data.

import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

export interface CachedResponse {
  readonly status: number;
  /** Names and values in turn, as they were sent. */
  readonly headers: readonly string[];
  readonly body: Buffer;
}

/** AWS: a larger response is not cached. Seen: developer guide, API caching. */
export const ENTRY_BYTES_MAX = 1_048_576;
/** What an entry takes besides its bytes. */
const ENTRY_OVERHEAD_BYTES = 256;

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** Lives as long as the process and is written nowhere: what is sealed with it dies with it. */
const processKey = randomBytes(32);

/**
 * Whether a response may be answered again. Errors are not: whoever provokes one would give it to everybody. Neither is what sets a
 * cookie, which is meant for one client.
 */
export function isCacheable({ status, headers, body }: CachedResponse): boolean {
  if (status >= 400 || body.length > ENTRY_BYTES_MAX) return false;
  for (let i = 0; i < headers.length; i += 2) if (headers[i]?.toLowerCase() === 'set-cookie') return false;
  return true;
}

export type StoredResponse =
  | { readonly sealed: false; readonly response: CachedResponse; readonly bytes: number }
  | { readonly sealed: true; readonly sealedBytes: Buffer; readonly bytes: number };

/** A copy for the cache: the bytes of a response may be part of a larger buffer. `key` is bound to what is sealed. */
export function toStored(response: CachedResponse, key: string, encrypted: boolean): StoredResponse {
  const head = response.headers.reduce((sum, text) => sum + text.length, 0);
  const bytes = response.body.length + head + ENTRY_OVERHEAD_BYTES;
  if (!encrypted) {
    const copy = { status: response.status, headers: [...response.headers], body: Buffer.from(response.body) };
    return { sealed: false, response: copy, bytes };
  }
  const text = Buffer.from(JSON.stringify([response.status, response.headers]));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(text.length);
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, processKey, nonce, { authTagLength: TAG_BYTES }).setAAD(Buffer.from(key));
  const sealed = Buffer.concat([cipher.update(length), cipher.update(text), cipher.update(response.body), cipher.final()]);
  return { sealed: true, sealedBytes: Buffer.concat([nonce, cipher.getAuthTag(), sealed]), bytes };
}

export function fromStored(stored: StoredResponse, key: string): CachedResponse {
  if (!stored.sealed) return stored.response;
  const { sealedBytes } = stored;
  const decipher = createDecipheriv(ALGORITHM, processKey, sealedBytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES })
    .setAAD(Buffer.from(key))
    .setAuthTag(sealedBytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
  const opened = Buffer.concat([decipher.update(sealedBytes.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]);
  const bodyAt = 4 + opened.readUInt32BE(0);
  // Written by toStored, and authenticated since.
  const [status, headers] = JSON.parse(opened.toString('utf8', 4, bodyAt)) as [number, string[]];
  return { status, headers, body: opened.subarray(bodyAt) };
}
