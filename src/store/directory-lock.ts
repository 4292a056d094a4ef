// One process per data directory. The lock is a lock of the operating system on a file, held through SQLite, so it ends with
// its process however that ends: there is no stale lock to clean up. A second file tells who holds it, for the message only.

import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { sqliteResultCode } from './sqlite-connection.ts';
import { StoreError } from './store-error.ts';

export interface DirectoryLock {
  release(): void;
}

/** Throws StoreError `locked`, naming the process that has the directory, when somebody else has it. */
export function lockDirectory(directory: string): DirectoryLock {
  const ownerFile = path.join(directory, 'lock.pid');
  // Nothing else may open this file in this process: closing any handle of it would drop the lock (POSIX).
  const database = new DatabaseSync(path.join(directory, 'lock'), { timeout: 0 });
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (sqliteResultCode(error) !== 5) throw error;
    const owner = ownerOf(ownerFile);
    throw new StoreError(
      'locked',
      `The data directory ${directory} is in use by ${owner === undefined ? 'another process' : `process ${owner}`}. ` +
        'Stop that process, or start with another data directory.',
      error,
    );
  }
  writeFileSync(ownerFile, `${process.pid}\n`, { mode: 0o600 });
  return {
    release() {
      rmSync(ownerFile, { force: true });
      database.close();
    },
  };
}

function ownerOf(ownerFile: string): number | undefined {
  try {
    const pid = Number.parseInt(readFileSync(ownerFile, 'utf8'), 10);
    return Number.isSafeInteger(pid) && pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}
