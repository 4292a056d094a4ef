// Brings a database to the schema of this program, one transaction per step, and refuses databases it must not touch.

import { createHash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { documents } from './migrations/0001-documents.ts';
import { StoreError } from './store-error.ts';

export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly sql: string;
}

/** Every migration there ever was, in order, numbered from 1 without a gap. */
export const migrations: readonly Migration[] = [documents];

/** `SGAT`: marks a database file as ours. */
export const applicationId = 0x53474154;

/** Throws StoreError `newer` or `unsuitable`; otherwise the database has exactly the schema of `steps` afterwards. */
export function migrate(database: DatabaseSync, where: string, steps: readonly Migration[] = migrations): void {
  claim(database, where);
  database.exec(
    'CREATE TABLE IF NOT EXISTS migrations (number INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at TEXT NOT NULL) STRICT',
  );
  const applied = database.prepare('SELECT number, name, checksum FROM migrations ORDER BY number').all() as unknown as {
    number: number;
    name: string;
    checksum: string;
  }[];
  const newest = applied.at(-1)?.number ?? 0;
  if (newest > steps.length) {
    throw new StoreError(
      'newer',
      `The data in ${where} was written by a newer Stagegate (schema ${newest}; this program knows ${steps.length}). ` +
        'Run the newer version, or start with another data directory.',
    );
  }
  for (const [index, row] of applied.entries()) {
    const step = steps[index];
    if (step === undefined || row.number !== step.number || row.checksum !== checksumOf(step)) {
      throw new StoreError(
        'unsuitable',
        `Schema step ${row.number} (${row.name}) in ${where} is not the step of that number in this program. ` +
          'The data was written by another build; start with another data directory.',
      );
    }
  }
  for (const step of steps.slice(applied.length)) apply(database, step);
}

function claim(database: DatabaseSync, where: string): void {
  const found = (database.prepare('PRAGMA application_id').get() as { application_id: number }).application_id;
  const tables = (database.prepare('SELECT count(*) AS count FROM sqlite_schema').get() as { count: number }).count;
  if (found === applicationId) return;
  if (found !== 0 || tables > 0) {
    throw new StoreError('unsuitable', `${where} is a database of another program. Start with another data directory.`);
  }
  database.exec(`PRAGMA application_id = ${applicationId}`);
}

function apply(database: DatabaseSync, step: Migration): void {
  database.exec('BEGIN IMMEDIATE');
  try {
    database.exec(step.sql);
    database
      .prepare('INSERT INTO migrations (number, name, checksum, applied_at) VALUES (?, ?, ?, ?)')
      .run(step.number, step.name, checksumOf(step), new Date().toISOString());
    database.exec('COMMIT');
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

function checksumOf(step: Migration): string {
  return createHash('sha256').update(step.sql).digest('hex');
}
