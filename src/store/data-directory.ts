// Makes sure that a directory can hold a store: it exists, only its owner may read it, and it lies on a disk of this machine.

import { chmodSync, closeSync, existsSync, fsyncSync, mkdirSync, openSync, statfsSync, statSync } from 'node:fs';
import path from 'node:path';
import { StoreError } from './store-error.ts';

/** Linux's numbers of the file systems whose locks and shared memory SQLite's WAL cannot trust. Source: statfs(2). */
const networkFileSystems: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xfe534d42, 'SMB2'],
  [0xff534d42, 'CIFS'],
  [0x5346414f, 'AFS'],
  [0x00c36400, 'Ceph'],
  [0x0bd00bd0, 'Lustre'],
]);

/** Creates the directory when it is not there. Throws StoreError `unsuitable` with the reason. */
export function prepareDataDirectory(directory: string): void {
  try {
    if (!existsSync(directory)) {
      makeFolders(directory);
      chmodSync(directory, 0o700);
      syncDirectory(path.dirname(directory));
    }
    if (!statSync(directory).isDirectory()) throw new Error('ENOTDIR: it is a file');
    const network = networkFileSystems.get(statfsSync(directory).type >>> 0);
    if (network !== undefined) {
      throw new StoreError(
        'unsuitable',
        `The data directory ${directory} lies on a network file system (${network}), which cannot keep a database safe. ` +
          'Choose a directory on a local disk.',
      );
    }
  } catch (error) {
    if (error instanceof StoreError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new StoreError(
      'unsuitable',
      `The data directory ${directory} cannot be used: ${reason.replace(/\.$/, '')}. Choose one that this user may write to.`,
      error,
    );
  }
}

/**
 * Makes the folder and those above it that are not there, for their owner alone. Throws the system's error. Not `recursive` of mkdirSync: in
 * file systems that take no folders, like /proc, that never returns (Node.js 26).
 */
export function makeFolders(folder: string): void {
  if (existsSync(folder)) return;
  const above = path.dirname(folder);
  if (above !== folder) makeFolders(above);
  mkdirSync(folder, { mode: 0o700 });
}

/** Makes the names in a directory durable: without it a renamed file may be gone after a power loss. */
export function syncDirectory(directory: string): void {
  // Windows cannot open a directory for this; NTFS journals names itself.
  if (process.platform === 'win32') return;
  const handle = openSync(directory, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
