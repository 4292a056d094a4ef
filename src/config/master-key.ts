// The key that secrets in the store are encrypted with. It lies beside the store in a file of its own, readable by its owner only:
// a copy of the database alone gives no secrets away. Without the file, the secrets are lost.

import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import path from 'node:path';

const KEY_BYTES = 32;

/** Where a data folder keeps the key. */
export function masterKeyFile(dataDirectory: string): string {
  return path.join(dataDirectory, 'master.key');
}

/** The folder's key, made and stored (mode 0600, durable) when there is none. Throws when the file is there and is no key. */
export function ensureMasterKey(dataDirectory: string): Buffer {
  const file = masterKeyFile(dataDirectory);
  if (existsSync(file)) {
    const key = Buffer.from(readFileSync(file, 'utf8').trim(), 'base64');
    if (key.length === KEY_BYTES) return key;
    throw new Error(`${file} does not hold ${KEY_BYTES} bytes in base64. Bring the right file back; a new one opens no secret.`);
  }
  const key = createMasterKey();
  const descriptor = openSync(`${file}.new`, 'w', 0o600);
  writeSync(descriptor, `${key.toString('base64')}\n`);
  fsyncSync(descriptor);
  closeSync(descriptor);
  renameSync(`${file}.new`, file);
  return key;
}

/** A fresh random key, for a system that keeps nothing on disk. */
export function createMasterKey(): Buffer {
  return randomBytes(KEY_BYTES);
}
