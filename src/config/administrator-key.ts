// The administrator's key of a data folder: made at the first start, kept in a file only its owner can read.

import { randomBytes, randomInt } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import path from 'node:path';

export interface AdministratorKey {
  /** 20 characters, `AKIA…`, as AWS's look. */
  readonly accessKeyId: string;
  /** 40 characters. */
  readonly secretAccessKey: string;
  /** For the endpoints under `/_stagegate/`: `Authorization: Bearer …`. */
  readonly adminToken: string;
}

const KEY_ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** Where a data folder keeps the key. */
export function administratorKeyFile(dataDirectory: string): string {
  return path.join(dataDirectory, 'credentials.json');
}

/** The folder's key, or undefined when it has none yet. Throws when the file is there and is no key. */
export function readAdministratorKey(dataDirectory: string): AdministratorKey | undefined {
  const file = administratorKeyFile(dataDirectory);
  if (!existsSync(file)) return undefined;
  const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
  if (isAdministratorKey(value)) return value;
  throw new Error(
    `${file} does not hold accessKeyId, secretAccessKey and adminToken; move it away and start again to get a new key.`,
  );
}

/** The folder's key, made and stored (mode 0600, durable) when there is none. */
export function ensureAdministratorKey(dataDirectory: string): AdministratorKey {
  const known = readAdministratorKey(dataDirectory);
  if (known !== undefined) return known;
  const key = createAdministratorKey();
  const file = administratorKeyFile(dataDirectory);
  const descriptor = openSync(`${file}.new`, 'w', 0o600);
  writeSync(descriptor, `${JSON.stringify(key, undefined, 2)}\n`);
  fsyncSync(descriptor);
  closeSync(descriptor);
  renameSync(`${file}.new`, file);
  return key;
}

/** A fresh random key, for a system that keeps nothing on disk. */
export function createAdministratorKey(): AdministratorKey {
  let suffix = '';
  for (let i = 0; i < 16; i++) suffix += KEY_ALPHABET[randomInt(KEY_ALPHABET.length)];
  return {
    accessKeyId: `AKIA${suffix}`,
    secretAccessKey: randomBytes(30).toString('base64'),
    adminToken: randomBytes(24).toString('base64url'),
  };
}

function isAdministratorKey(value: unknown): value is AdministratorKey {
  if (typeof value !== 'object' || value === null) return false;
  const key = value as Record<string, unknown>;
  return typeof key.accessKeyId === 'string' && typeof key.secretAccessKey === 'string' && typeof key.adminToken === 'string';
}
