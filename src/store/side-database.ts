// Databases beside the store, for what comes by the thousand and may lose its last moment in a power loss (synchronous=NORMAL): log
// events, metrics. Without a file the same database lives in memory.

import { closeSync, existsSync, openSync, renameSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { type Migration, migrate } from './migrate.ts';
import { StoreError } from './store-error.ts';

/** Pages of the write-ahead log after which a commit moves them into the file. */
export const CHECKPOINT_PAGES = 1_000;

/** Every setting, how it is written and what reading it back must give. */
const settings: readonly (readonly [name: string, value: string, reads: number])[] = [
  ['synchronous', 'NORMAL', 1],
  ['busy_timeout', '5000', 5000],
  ['trusted_schema', 'OFF', 0],
  ['cell_size_check', 'ON', 1],
  ['temp_store', 'MEMORY', 2],
  ['wal_autocheckpoint', `${CHECKPOINT_PAGES}`, CHECKPOINT_PAGES],
];

/** Opens or creates it; undefined keeps everything in memory. Throws StoreError, or what SQLite throws. */
export function openSideDatabase(file: string | undefined, migrations: readonly Migration[]): DatabaseSync {
  // It holds what users said: nobody else may read it. The write-ahead log takes over the mode.
  if (file !== undefined && !existsSync(file)) closeSync(openSync(file, 'wx', 0o600));
  const database = new DatabaseSync(file ?? ':memory:', { enableDoubleQuotedStringLiterals: false, allowExtension: false });
  try {
    // Holds for a new file only, and must come before its first page.
    database.exec('PRAGMA auto_vacuum = INCREMENTAL');
    if (file !== undefined) database.exec('PRAGMA journal_mode = WAL');
    for (const [name, value, reads] of settings) {
      database.exec(`PRAGMA ${name} = ${value}`);
      const found = Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {})[0];
      if (found !== reads) throw new StoreError('unsuitable', `${file}: the setting ${name} is ${found} and must be ${reads}.`);
    }
    migrate(database, file ?? 'memory', migrations);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/**
 * What is kept beside the store keeps nobody from starting when it cannot be read any more: the file is put aside and begun anew.
 * `what` names what was in it, for the operator. Throws StoreError for everything else.
 */
export function openOrPutAside<T>(
  open: (file: string | undefined) => T,
  { file, what, onNotice }: { file: string | undefined; what: string; onNotice: (text: string) => void },
): T {
  try {
    return open(file);
  } catch (error) {
    if (file === undefined || !(error instanceof StoreError) || error.code !== 'corrupt') throw error;
    const aside = `${file}.damaged-${Date.now()}`;
    renameSync(file, aside);
    for (const part of ['-wal', '-shm']) rmSync(`${file}${part}`, { force: true });
    onNotice(`The ${what} in ${file} are damaged (${error.message}). The file is ${aside} now; ${what} begin anew.`);
    return open(file);
  }
}
