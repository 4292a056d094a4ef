// The write side of the SQLite store: groups of transactions as savepoints of one BEGIN IMMEDIATE … COMMIT.
// When SQLite fails, the group is abandoned, the connection is opened anew and verified, and only then used again.

import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Scope } from '../model/scope.ts';
import type { Commit, Ledger, LedgerTransaction } from './commit-queue.ts';
import { assertDocumentKey, assertPartition } from './document-key.ts';
import { toDocumentText } from './frozen-document.ts';
import { migrate } from './migrate.ts';
import { PendingChanges } from './pending-changes.ts';
import { openSqliteConnection, toStoreError } from './sqlite-connection.ts';
import { SqliteReader } from './sqlite-reader.ts';
import type { DocumentKey, ListOptions, Page } from './store.ts';
import { StoreError } from './store-error.ts';

interface Statements {
  readonly put: StatementSync;
  readonly delete: StatementSync;
  readonly deleteAll: StatementSync;
  readonly log: StatementSync;
  readonly setCounter: StatementSync;
  readonly pruneBefore: StatementSync;
  readonly prune: StatementSync;
}

interface Connection {
  readonly database: DatabaseSync;
  readonly reader: SqliteReader;
  readonly statements: Statements;
}

/** How many rows the change log may grow before it is cut back to its bound. */
const pruneEvery = 512;

export class SqliteLedger implements Ledger {
  readonly #file: string;
  readonly #changeLogRows: number;
  #connection: Connection | undefined;
  /** The first failure inside the current group; every later call of the group meets it again. */
  #failure: unknown;
  #suspect = false;
  #revision = 0;
  #groupRevision = 0;
  #rowsSincePrune = pruneEvery;

  constructor(file: string, changeLogRows: number) {
    this.#file = file;
    this.#changeLogRows = changeLogRows;
    this.#connect();
    this.#revision = this.#open().reader.counter('revision');
  }

  /** The last committed revision. */
  get revision(): number {
    return this.#revision;
  }

  recover(): readonly Commit[] {
    if (!this.#suspect) return [];
    this.#guard('opening', () => {
      this.#connect();
      this.#verify();
    });
    this.#suspect = false;
    // A commit that failed may have reached the disk all the same. What is there is true: tell those who follow.
    const revision = this.#open().reader.counter('revision');
    const changes = revision > this.#revision ? (this.#open().reader.changesSince(this.#revision, revision) ?? []) : [];
    this.#revision = revision;
    return Map.groupBy(changes, (change) => change.revision)
      .entries()
      .map(([at, made]) => ({ revision: at, changes: made }))
      .toArray();
  }

  begin(): void {
    this.#failure = undefined;
    this.#groupRevision = this.#revision;
    this.#guard('writing', () => this.#open().database.exec('BEGIN IMMEDIATE'));
  }

  open(): SqliteTransaction {
    return new SqliteTransaction(this);
  }

  commit(): void {
    if (this.#failure !== undefined) throw this.#failure;
    this.#guard('writing', () => {
      if (this.#groupRevision > this.#revision) {
        this.#open().statements.setCounter.run(this.#groupRevision, 'revision');
        if (this.#rowsSincePrune >= pruneEvery) this.#prune();
      }
      this.commitDurably(this.#open().database);
    });
    this.#revision = this.#groupRevision;
  }

  abandon(error: unknown): void {
    this.#failure = undefined;
    const database = this.#connection?.database;
    try {
      if (database?.isTransaction === true) database.exec('ROLLBACK');
    } catch {
      this.#suspect = true;
    }
    // After anything but a full disk the handle is not trusted again: after a failed fsync the
    // operating system may call dirty pages clean, and only reopening shows what the disk really has.
    if (!(error instanceof StoreError) || error.code !== 'full') this.#suspect = true;
  }

  /** Returns when SQLite has synced the log. Its own method so that a test can make it fail on either side of the sync. */
  protected commitDurably(database: DatabaseSync): void {
    database.exec('COMMIT');
  }

  /** Empties the database as part of the group; the change log starts anew. */
  forgetEverything(): void {
    const { database, statements } = this.#open();
    database.exec('DELETE FROM documents');
    database.exec('DELETE FROM changes');
    statements.setCounter.run(this.#groupRevision, 'changes_reach_back_to');
  }

  close(): void {
    this.#connection?.database.close();
    this.#connection = undefined;
  }

  /** Runs one step on the connection; a failure of SQLite fails the group. */
  step<T>(doing: string, work: (reader: SqliteReader, statements: Statements, database: DatabaseSync) => T): T {
    if (this.#failure !== undefined) throw this.#failure;
    return this.#guard(doing, () => {
      const { reader, statements, database } = this.#open();
      return work(reader, statements, database);
    });
  }

  nextRevision(rows: number): number {
    this.#rowsSincePrune += rows;
    this.#groupRevision += 1;
    return this.#groupRevision;
  }

  #guard<T>(doing: string, work: () => T): T {
    try {
      return work();
    } catch (error) {
      const known = toStoreError(error, doing, this.#file);
      if (known !== error) this.#failure ??= known;
      throw known;
    }
  }

  #open(): Connection {
    if (this.#connection === undefined) throw new StoreError('io', `The database ${this.#file} is not open.`);
    return this.#connection;
  }

  #connect(): void {
    const former = this.#connection;
    this.#connection = undefined;
    try {
      former?.database.close();
    } catch {
      // A handle that failed may fail to close, too; it is not used again.
    }
    const database = openSqliteConnection(this.#file, 'writer');
    try {
      migrate(database, this.#file);
      this.#connection = { database, reader: new SqliteReader(database), statements: prepare(database) };
    } catch (error) {
      database.close();
      throw error;
    }
  }

  #verify(): void {
    const { database } = this.#open();
    const found = Object.values(database.prepare('PRAGMA quick_check(1)').get() ?? {})[0];
    if (found !== 'ok') throw new StoreError('corrupt', `The database ${this.#file} is damaged: ${String(found)}`);
    // Writes what the log holds into the database file and syncs it, so that what is read from now on is on disk.
    database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  }

  #prune(): void {
    const { statements } = this.#open();
    const row = statements.pruneBefore.get(this.#changeLogRows) as { revision: number } | undefined;
    this.#rowsSincePrune = 0;
    if (row === undefined) return;
    statements.prune.run(row.revision);
    statements.setCounter.run(row.revision, 'changes_reach_back_to');
  }
}

/** One transaction of a group, as a savepoint. */
export class SqliteTransaction implements LedgerTransaction {
  readonly #ledger: SqliteLedger;
  readonly #changes = new PendingChanges();
  #open = true;
  #everything = false;

  constructor(ledger: SqliteLedger) {
    this.#ledger = ledger;
    ledger.step('writing', (_reader, _statements, database) => database.exec('SAVEPOINT work'));
  }

  async get<T>(key: DocumentKey): Promise<T | undefined> {
    assertDocumentKey(key);
    return this.#step('reading', (reader) => reader.get<T>(key));
  }

  async list<T>(scope: Scope, kind: string, parent: string, options: ListOptions = {}): Promise<Page<T>> {
    assertPartition(scope, kind, parent);
    return this.#step('reading', (reader) => reader.list<T>(scope, kind, parent, options));
  }

  async scan<T>(kind: string): Promise<readonly { readonly key: DocumentKey; readonly document: T }[]> {
    return this.#step('reading', (reader) => reader.scan<T>(kind));
  }

  async put(key: DocumentKey, document: unknown): Promise<void> {
    assertDocumentKey(key);
    const text = toDocumentText(document);
    this.#step('writing', (_reader, statements) => {
      statements.put.run(key.kind, key.scope.account, key.scope.region, key.parent, key.id, text);
    });
    this.#changes.note(key, 'put');
  }

  async delete(key: DocumentKey): Promise<boolean> {
    assertDocumentKey(key);
    const deleted = this.#step('writing', (_reader, statements) =>
      Number(statements.delete.run(key.kind, key.scope.account, key.scope.region, key.parent, key.id).changes),
    );
    if (deleted > 0) this.#changes.note(key, 'delete');
    return deleted > 0;
  }

  async deleteAll(scope: Scope, kind: string, parent: string): Promise<number> {
    assertPartition(scope, kind, parent);
    const rows = this.#step(
      'writing',
      (_reader, statements) => statements.deleteAll.all(kind, scope.account, scope.region, parent) as unknown as { id: string }[],
    );
    for (const { id } of rows) this.#changes.note({ scope, kind, parent, id }, 'delete');
    return rows.length;
  }

  /** Deletes every document there is; for `reset`. */
  forgetEverything(): void {
    const keys = this.#step('reading', (reader) => reader.keys());
    for (const key of keys) this.#changes.note(key, 'delete');
    this.#everything = true;
  }

  keep(): Commit | undefined {
    this.#open = false;
    if (this.#changes.size === 0) {
      this.#ledger.step('writing', (_reader, _statements, database) => database.exec('RELEASE work'));
      return undefined;
    }
    const revision = this.#ledger.nextRevision(this.#changes.size);
    const changes = this.#changes.at(revision);
    this.#ledger.step('writing', (_reader, statements, database) => {
      if (this.#everything) this.#ledger.forgetEverything();
      else {
        for (const [ordinal, { key, operation }] of changes.entries()) {
          statements.log.run(revision, ordinal, operation, key.kind, key.scope.account, key.scope.region, key.parent, key.id);
        }
      }
      database.exec('RELEASE work');
    });
    return { revision, changes };
  }

  undo(): void {
    this.#open = false;
    try {
      this.#ledger.step('writing', (_reader, _statements, database) => database.exec('ROLLBACK TO work; RELEASE work'));
    } catch {
      // The ledger remembers the failure and fails the commit.
    }
  }

  #step<T>(doing: string, work: (reader: SqliteReader, statements: Statements) => T): T {
    if (!this.#open) throw new Error('This transaction is over; its handle must not be used any more.');
    return this.#ledger.step(doing, work);
  }
}

function prepare(database: DatabaseSync): Statements {
  return {
    put: database.prepare(
      'INSERT INTO documents (kind, account, region, parent, id, document) VALUES (?, ?, ?, ?, ?, ?) ' +
        'ON CONFLICT (kind, account, region, parent, id) DO UPDATE SET document = excluded.document',
    ),
    delete: database.prepare('DELETE FROM documents WHERE kind = ? AND account = ? AND region = ? AND parent = ? AND id = ?'),
    deleteAll: database.prepare(
      'DELETE FROM documents WHERE kind = ? AND account = ? AND region = ? AND parent = ? RETURNING id',
    ),
    log: database.prepare(
      'INSERT INTO changes (revision, ordinal, operation, kind, account, region, parent, id) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    ),
    setCounter: database.prepare('UPDATE counters SET value = ? WHERE name = ?'),
    pruneBefore: database.prepare('SELECT revision FROM changes ORDER BY revision DESC, ordinal DESC LIMIT 1 OFFSET ?'),
    prune: database.prepare('DELETE FROM changes WHERE revision <= ?'),
  };
}
