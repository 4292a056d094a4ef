// Log events on disk: a SQLite file of their own, because they come by the thousand and a power loss may take the last moment of
// them. Without a file the same database lives in memory. Every call is synchronous and bounded.

import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { CHECKPOINT_PAGES, openSideDatabase } from '../../store/side-database.ts';
import { toStoreError } from '../../store/sqlite-connection.ts';
import { StoreError } from '../../store/store-error.ts';
import { EventRows, type ReadRequest } from './event-store-rows.ts';
import { eventStoreMigrations } from './event-store-schema.ts';
import { type StreamList, type StreamListRequest, StreamRows, type StreamSummary } from './event-store-streams.ts';
import type { Batch, StoredEvent } from './log-event.ts';

/** Rows deleted in one step, with dozens of events each at most: a millisecond or two of work. */
const DELETE_STEP_ROWS = 500;
/** Pages given back in one step. */
const GIVE_BACK_PAGES = 2_000;

const USED_BYTES = `SELECT (page_count - freelist_count) * page_size AS used
  FROM pragma_page_count, pragma_freelist_count, pragma_page_size`;

/** Where the events of every log group are. A group is named by an id that is never used again. */
export class EventStore {
  readonly #file: string;
  readonly #database: DatabaseSync;
  readonly #rows: EventRows;
  readonly #streams: StreamRows;
  readonly #usedBytes: StatementSync;
  #bytesWritten = 0;
  #closed = false;

  /** Opens or creates the file; undefined keeps the events in memory. Throws StoreError. */
  constructor(file: string | undefined) {
    this.#file = file ?? ':memory:';
    try {
      this.#database = openSideDatabase(file, eventStoreMigrations);
      this.#streams = new StreamRows(this.#database);
      this.#rows = new EventRows(this.#database, this.#streams);
      this.#usedBytes = this.#database.prepare(USED_BYTES);
    } catch (error) {
      throw toStoreError(error, 'opening', this.#file);
    }
  }

  /** Makes a group known: only then are events kept for it. */
  addGroup(groupId: string): void {
    if (!this.hasGroup(groupId)) this.#write(() => this.#streams.groupNumberOrNew(groupId));
  }

  hasGroup(groupId: string): boolean {
    return this.#read(() => this.#streams.groupNumber(groupId) !== undefined);
  }

  /** False when the stream is there already, or its group is not. */
  createStream(groupId: string, streamName: string, creationTime: number): boolean {
    return this.#write(() => this.#streams.create(groupId, streamName, creationTime));
  }

  /** Hides a stream with its events at once; `removeHidden` removes them. False when there is no such stream. */
  hideStream(groupId: string, streamName: string): boolean {
    return this.#write(() => this.#streams.hide(groupId, streamName));
  }

  /** Hides a group with all its streams and events at once; `removeHidden` removes them. */
  hideGroup(groupId: string): void {
    this.#write(() => this.#streams.hideGroup(groupId));
  }

  /** Removes a bounded number of events of what was hidden; false when nothing is left of it. Survives a restart in between. */
  removeHidden(): boolean {
    const more = this.#write(() => this.#rows.removeHidden(DELETE_STEP_ROWS));
    this.#giveBack();
    return more;
  }

  /** Hides every group that is not named: what a crash between two deletions left behind. */
  keepOnly(groupIds: ReadonlySet<string>): void {
    for (const id of this.#read(() => this.#streams.groupIds())) if (!groupIds.has(id)) this.hideGroup(id);
  }

  stream(groupId: string, streamName: string): StreamSummary | undefined {
    return this.#read(() => this.#streams.find(groupId, streamName));
  }

  streams(groupId: string, request: StreamListRequest): StreamList {
    return this.#read(() => this.#streams.list(groupId, request));
  }

  /** Bytes of a group's events, counted as AWS counts them. */
  storedBytes(groupId: string): number {
    return this.#read(() => this.#streams.storedBytes(groupId));
  }

  /** Keeps all events of all batches, or none of them. */
  append(batches: readonly Batch[]): void {
    this.#write(() => {
      for (const batch of batches) this.#bytesWritten += this.#rows.append(batch);
    });
  }

  /** Bytes of the events that were appended since the store was opened. */
  get bytesWritten(): number {
    return this.#bytesWritten;
  }

  /** Whether commits of this connection also move the write-ahead log into the file, which waits for the disk. */
  checkpointsItself(itself: boolean): void {
    this.#read(() => this.#database.exec(`PRAGMA wal_autocheckpoint = ${itself ? CHECKPOINT_PAGES : 0}`));
  }

  /** Events of one stream or of a whole group, by time and then by arrival. Bounded by `rows` and `bytes`. */
  read(request: ReadRequest): StoredEvent[] {
    return this.#read(() => this.#rows.read(request));
  }

  /** Forgets a bounded number of events of a group that are older than `timestamp`; true when there may be more. */
  deleteBefore(groupId: string, timestamp: number): boolean {
    const deleted = this.#write(() => {
      const group = this.#streams.groupNumber(groupId);
      return group === undefined ? 0 : this.#rows.deleteBefore(group, timestamp, DELETE_STEP_ROWS).rows;
    });
    if (deleted > 0) this.#giveBack();
    return deleted === DELETE_STEP_ROWS;
  }

  /** Forgets the events that came first, a bounded number of them, while more than `bytesMax` are in use. How many went. */
  trim(bytesMax: number): number {
    if (this.usedBytes <= bytesMax) return 0;
    const deleted = this.#write(() => this.#rows.deleteFirst(DELETE_STEP_ROWS).events);
    this.#giveBack();
    return deleted;
  }

  /** Bytes of the database that hold something. */
  get usedBytes(): number {
    return this.#read(() => {
      const { used } = this.#usedBytes.get() as { used: number };
      return used;
    });
  }

  /** Hides everything. */
  clear(): void {
    this.keepOnly(new Set());
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#database.close();
  }

  #write<T>(work: () => T): T {
    this.#assertOpen();
    try {
      this.#database.exec('BEGIN IMMEDIATE');
      const result = work();
      this.#database.exec('COMMIT');
      return result;
    } catch (error) {
      this.#streams.forgetNumbers();
      try {
        if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      } catch {
        // The first failure is the one to tell.
      }
      throw toStoreError(error, 'writing', this.#file);
    }
  }

  #read<T>(work: () => T): T {
    this.#assertOpen();
    try {
      return work();
    } catch (error) {
      throw toStoreError(error, 'reading', this.#file);
    }
  }

  /** Free pages go back to the file system: what was deleted does not stay on the disk. */
  #giveBack(): void {
    this.#read(() => this.#database.exec(`PRAGMA incremental_vacuum(${GIVE_BACK_PAGES})`));
  }

  #assertOpen(): void {
    if (this.#closed) throw new StoreError('closed', 'The log store is closed.');
  }
}
