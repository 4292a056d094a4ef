// Opens a connection whose durability settings are set and then read back: a setting that did not take is a refusal, not a surprise.

import { DatabaseSync } from 'node:sqlite';
import { StoreError } from './store-error.ts';

/** Every setting, how it is written and what reading it back must give. */
const settings: readonly (readonly [name: string, value: string, reads: string | number])[] = [
  ['synchronous', 'FULL', 2],
  ['foreign_keys', 'ON', 1],
  ['busy_timeout', '5000', 5000],
  ['trusted_schema', 'OFF', 0],
  ['cell_size_check', 'ON', 1],
  ['temp_store', 'MEMORY', 2],
  ['wal_autocheckpoint', '1000', 1000],
];

/** The writer creates the file and puts it in WAL mode; a reader sees only what was committed and cannot write. */
export function openSqliteConnection(file: string, role: 'writer' | 'reader'): DatabaseSync {
  const database = new DatabaseSync(file, {
    readOnly: role === 'reader',
    enableForeignKeyConstraints: true,
    enableDoubleQuotedStringLiterals: false,
    allowExtension: false,
    timeout: 5000,
  });
  try {
    if (role === 'writer') database.exec('PRAGMA journal_mode = WAL');
    for (const [name, value] of settings) database.exec(`PRAGMA ${name} = ${value}`);
    for (const [name, , reads] of [['journal_mode', 'WAL', 'wal'] as const, ...settings]) {
      const found = Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {})[0];
      if (found !== reads) {
        throw new StoreError('unsuitable', `${file}: the database setting ${name} is ${String(found)} and must be ${reads}.`);
      }
    }
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** SQLite's primary result code of an error thrown by node:sqlite, or undefined for any other error. */
export function sqliteResultCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('code' in error) || error.code !== 'ERR_SQLITE_ERROR') return undefined;
  return 'errcode' in error && typeof error.errcode === 'number' ? error.errcode & 0xff : 1;
}

const busy = 5;
const corrupt = 11;
const full = 13;
const notADatabase = 26;

/** What a failure of SQLite means to the caller of the store; any other error is a bug and passes through. */
export function toStoreError(error: unknown, doing: string, file: string): unknown {
  const code = sqliteResultCode(error);
  if (code === undefined) return error;
  const detail = `${doing} ${file}: ${(error as Error).message} (SQLite ${code})`;
  if (code === full) return new StoreError('full', `No space left: ${detail}. Nothing was written.`, error);
  if (code === busy) return new StoreError('locked', `Another process holds the database: ${detail}.`, error);
  if (code === corrupt || code === notADatabase) return new StoreError('corrupt', `The database is damaged: ${detail}.`, error);
  return new StoreError('io', `The database could not be used: ${detail}.`, error);
}
