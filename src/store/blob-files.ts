// Bytes kept as one file per content, named by its SHA-256. A blob is whole or not there: it is written aside, synced, renamed.

import { createHash, randomUUID } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { open, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { syncDirectory } from './data-directory.ts';
import { StoreError } from './store-error.ts';

/** The name of a blob: SHA-256 in base64, as Lambda's CodeSha256. */
export function blobName(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('base64');
}

const blobNamePattern = /^[A-Za-z0-9+/]{43}=$/;

export class BlobFiles {
  readonly #directory: string;

  /** Creates the directory and removes what a crash left half written. The caller holds the lock of the data directory. */
  constructor(directory: string) {
    this.#directory = directory;
    if (!existsSync(directory)) {
      mkdirSync(directory, { mode: 0o700 });
      chmodSync(directory, 0o700);
      syncDirectory(path.dirname(directory));
    }
    for (const name of readdirSync(directory)) {
      if (name.endsWith('.partial')) rmSync(path.join(directory, name), { force: true });
    }
  }

  /** Resolves with the blob's name when the bytes are durable. */
  async put(bytes: Uint8Array): Promise<string> {
    const name = blobName(bytes);
    const file = this.#file(name);
    // A blob that is there is trusted only when it still is what it was; otherwise it is written anew.
    if ((await this.#read(file))?.equals(bytes) === true) return name;
    const partial = path.join(this.#directory, `${randomUUID()}.partial`);
    try {
      const handle = await open(partial, 'wx', 0o600);
      try {
        await handle.writeFile(bytes);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(partial, file);
      syncDirectory(this.#directory);
    } catch (error) {
      await rm(partial, { force: true });
      throw ioError(error, 'writing');
    }
    return name;
  }

  /** The bytes, or undefined. Throws StoreError `corrupt` when the file is not what was written. */
  async get(name: string): Promise<Uint8Array | undefined> {
    if (!blobNamePattern.test(name)) return undefined;
    const file = this.#file(name);
    const bytes = await this.#read(file);
    if (bytes === undefined) return undefined;
    if (blobName(bytes) !== name) throw new StoreError('corrupt', `The blob file ${file} is damaged. Upload its content again.`);
    return bytes;
  }

  clear(): void {
    for (const name of readdirSync(this.#directory)) rmSync(path.join(this.#directory, name), { force: true });
  }

  #file(name: string): string {
    return path.join(this.#directory, Buffer.from(name, 'base64').toString('hex'));
  }

  async #read(file: string): Promise<Buffer | undefined> {
    try {
      return await readFile(file);
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
      throw ioError(error, 'reading');
    }
  }
}

function ioError(error: unknown, doing: string): StoreError {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const message = `A blob could not be kept, ${doing} it failed: ${error instanceof Error ? error.message : String(error)}`;
  return new StoreError(code === 'ENOSPC' || code === 'EDQUOT' ? 'full' : 'io', message, error);
}
