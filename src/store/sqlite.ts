// The store on disk: SQLite in WAL mode with a full sync per commit, blobs as files beside it, one process per directory.

import { closeSync, existsSync, openSync } from 'node:fs';
import path from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type { Scope } from '../model/scope.ts';
import { BlobFiles } from './blob-files.ts';
import { CommitQueue, type Subscriber, warnAboutSubscriber } from './commit-queue.ts';
import { prepareDataDirectory } from './data-directory.ts';
import { type DirectoryLock, lockDirectory } from './directory-lock.ts';
import { assertDocumentKey, assertPartition } from './document-key.ts';
import { openSqliteConnection, toStoreError } from './sqlite-connection.ts';
import { SqliteLedger, type SqliteTransaction } from './sqlite-ledger.ts';
import { SqliteReader } from './sqlite-reader.ts';
import type { Change, DocumentKey, ListOptions, Page, Store, Transaction } from './store.ts';
import { StoreError } from './store-error.ts';

export interface SqliteStoreOptions {
  /** Created when it is not there. One process at a time. */
  readonly directory: string;
  /** How many changes `changesSince` can reach back; older ones are dropped. */
  readonly changeLogRows?: number;
  /** Told when a subscriber throws; a process warning by default. */
  readonly report?: (error: unknown) => void;
}

/** At most this many transactions share one commit, so that the first of a burst is not kept waiting by the last. */
const groupLimit = 64;

/** Opens or creates the store. Throws StoreError `locked`, `newer`, `corrupt` or `unsuitable` with what to do about it. */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  const directory = path.resolve(options.directory);
  prepareDataDirectory(directory);
  const file = path.join(directory, 'stagegate.sqlite');
  let lock: DirectoryLock | undefined;
  try {
    lock = lockDirectory(directory);
    const blobs = new BlobFiles(path.join(directory, 'blobs'));
    // The database holds secrets: nobody else may read it, whatever the directory allows. Its log takes over the mode.
    if (!existsSync(file)) closeSync(openSync(file, 'wx', 0o600));
    const ledger = new SqliteLedger(file, options.changeLogRows ?? 20_000);
    return new SqliteStore(file, ledger, blobs, lock, options.report ?? warnAboutSubscriber);
  } catch (error) {
    lock?.release();
    throw toStoreError(error, 'opening', existsSync(file) ? file : directory);
  }
}

class SqliteStore implements Store {
  readonly #file: string;
  readonly #ledger: SqliteLedger;
  readonly #queue: CommitQueue;
  readonly #blobs: BlobFiles;
  readonly #lock: DirectoryLock;
  #reading: { readonly database: DatabaseSync; readonly reader: SqliteReader } | undefined;
  #closed = false;

  constructor(file: string, ledger: SqliteLedger, blobs: BlobFiles, lock: DirectoryLock, report: (error: unknown) => void) {
    this.#file = file;
    this.#ledger = ledger;
    this.#blobs = blobs;
    this.#lock = lock;
    this.#queue = new CommitQueue(ledger, groupLimit, report);
    this.#read((reader) => reader.counter('revision'));
  }

  async get<T>(key: DocumentKey): Promise<T | undefined> {
    assertDocumentKey(key);
    return this.#read((reader) => reader.get<T>(key));
  }

  async list<T>(scope: Scope, kind: string, parent: string, options: ListOptions = {}): Promise<Page<T>> {
    assertPartition(scope, kind, parent);
    return this.#read((reader) => reader.list<T>(scope, kind, parent, options));
  }

  async scan<T>(kind: string): Promise<readonly { readonly key: DocumentKey; readonly document: T }[]> {
    return this.#read((reader) => reader.scan<T>(kind));
  }

  transact<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.#queue.transact(work);
  }

  revision(): number {
    return this.#ledger.revision;
  }

  async changesSince(revision: number): Promise<readonly Change[] | undefined> {
    return this.#read((reader) => reader.changesSince(revision, this.#ledger.revision));
  }

  subscribe(subscriber: Subscriber): () => void {
    return this.#queue.subscribe(subscriber);
  }

  putBlob(bytes: Uint8Array): Promise<string> {
    this.#assertOpen();
    return this.#blobs.put(bytes);
  }

  async getBlob(sha256: string): Promise<Uint8Array | undefined> {
    this.#assertOpen();
    return this.#blobs.get(sha256);
  }

  async reset(): Promise<void> {
    await this.#queue.transact(async (transaction: SqliteTransaction) => transaction.forgetEverything());
    this.#blobs.clear();
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#queue.close();
    this.#reading?.database.close();
    this.#reading = undefined;
    this.#ledger.close();
    this.#lock.release();
  }

  /** Reads what is committed. A connection that failed is opened anew for the next read. */
  #read<T>(work: (reader: SqliteReader) => T): T {
    this.#assertOpen();
    try {
      this.#reading ??= this.#openReader();
      return work(this.#reading.reader);
    } catch (error) {
      const known = toStoreError(error, 'reading', this.#file);
      if (known !== error) {
        const former = this.#reading?.database;
        this.#reading = undefined;
        try {
          former?.close();
        } catch {
          // A handle that failed may fail to close, too; it is not used again.
        }
      }
      throw known;
    }
  }

  #openReader(): { readonly database: DatabaseSync; readonly reader: SqliteReader } {
    const database = openSqliteConnection(this.#file, 'reader');
    return { database, reader: new SqliteReader(database) };
  }

  #assertOpen(): void {
    if (this.#closed) throw new StoreError('closed', 'The store is closed.');
  }
}
