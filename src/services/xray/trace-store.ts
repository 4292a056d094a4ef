// Traces on disk: a SQLite file of their own, as log events and metrics have one. Without a file the same database lives in memory.
// Every call is synchronous and bounded.

import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Scope } from '../../model/scope.ts';
import { openSideDatabase } from '../../store/side-database.ts';
import { toStoreError } from '../../store/sqlite-connection.ts';
import { StoreError } from '../../store/store-error.ts';
import { readSegment, type Segment, type Trace } from './segment.ts';
import { traceStoreMigrations } from './trace-store-schema.ts';

export interface NewSegment {
  readonly scope: Scope;
  readonly segment: Segment;
  /** The document as it came. */
  readonly text: string;
}

export interface StoredTrace extends Trace {
  /** Counts up: where the next page begins. */
  readonly number: number;
  readonly startedAt: number;
  /** Texts of the documents, by the ids of their segments. */
  readonly documents: ReadonlyMap<string, string>;
  /** There was more than a trace may have. */
  readonly isCut: boolean;
}

export interface WindowRequest {
  /** Milliseconds; inclusive. */
  readonly from: number;
  /** Milliseconds; exclusive. */
  readonly to: number;
  /** Where the last page ended: the start and number of its last trace. */
  readonly after?: { readonly startedAt: number; readonly number: number } | undefined;
  readonly limit: number;
}

/** AWS: Seen: X-Ray quotas (30 days; a trace of 500 KB). */
const KEPT_MS = 30 * 86_400_000;
const TRACE_BYTES_MAX = 500 * 1024;
/** Ours. */
const BYTES_MAX = 256 * 2 ** 20;
const STEP_TRACES = 100;

interface TraceRow {
  readonly number: number;
  readonly trace_id: string;
  readonly started_at: number;
  readonly bytes: number;
}

export class TraceStore {
  readonly #file: string;
  readonly #database: DatabaseSync;
  readonly #statements: Readonly<Record<'trace' | 'newTrace' | 'grow' | 'ended' | 'put' | 'segments', StatementSync>>;
  readonly #bytesMax: number;
  #closed = false;

  /** Opens or creates the file; undefined keeps the traces in memory. `bytesMax`: what all together may take. Throws StoreError. */
  constructor(file: string | undefined, bytesMax = BYTES_MAX) {
    this.#file = file ?? ':memory:';
    this.#bytesMax = bytesMax;
    try {
      this.#database = openSideDatabase(file, traceStoreMigrations);
      this.#statements = statements(this.#database);
    } catch (error) {
      throw toStoreError(error, 'opening', this.#file);
    }
  }

  /** Keeps all segments, or none of them. A complete document takes the place of one in progress, never the other way round. */
  add(segments: readonly NewSegment[]): void {
    this.#do('writing', () => {
      this.#database.exec('BEGIN IMMEDIATE');
      try {
        for (const segment of segments) this.#addOne(segment);
        this.#database.exec('COMMIT');
      } catch (error) {
        if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
        throw error;
      }
    });
  }

  #addOne({ scope: { account, region }, segment, text }: NewSegment): void {
    const { trace, newTrace, grow, ended, put } = this.#statements;
    const startedAt = Math.round(segment.startTime * 1000);
    const bytes = Buffer.byteLength(text);
    let row = trace.get(account, region, segment.traceId) as TraceRow | undefined;
    if (row === undefined) {
      const { lastInsertRowid } = newTrace.run(account, region, segment.traceId, startedAt);
      row = { number: Number(lastInsertRowid), trace_id: segment.traceId, started_at: startedAt, bytes: 0 };
    }
    if (row.bytes + bytes > TRACE_BYTES_MAX) {
      // What is over is not kept; that there was more is.
      grow.run(TRACE_BYTES_MAX + 1, row.started_at, row.number);
      return;
    }
    const known = ended.get(row.number, segment.id) as { ended: number } | undefined;
    const isComplete = segment.endTime !== undefined;
    if (known?.ended === 1 && !isComplete) return;
    put.run(row.number, segment.id, isComplete ? 1 : 0, text);
    grow.run(row.bytes + bytes, Math.min(row.started_at, startedAt), row.number);
  }

  /** Traces that began within a time, oldest first. */
  within({ account, region }: Scope, { from, to, after, limit }: WindowRequest): readonly StoredTrace[] {
    const begin = after ?? { startedAt: from, number: -1 };
    return this.#do('reading', () => {
      const rows = this.#database
        .prepare(
          `SELECT number, trace_id, started_at, bytes FROM traces WHERE account = ? AND region = ?
            AND (started_at > ? OR (started_at = ? AND number > ?)) AND started_at < ? ORDER BY started_at, number LIMIT ?`,
        )
        .all(account, region, begin.startedAt, begin.startedAt, begin.number, to, limit);
      return (rows as unknown as TraceRow[]).map((row) => this.#whole(row));
    });
  }

  find({ account, region }: Scope, traceId: string): StoredTrace | undefined {
    return this.#do('reading', () => {
      const row = this.#statements.trace.get(account, region, traceId) as TraceRow | undefined;
      return row === undefined ? undefined : this.#whole(row);
    });
  }

  #whole({ number, trace_id: id, started_at: startedAt, bytes }: TraceRow): StoredTrace {
    const rows = this.#statements.segments.all(number) as unknown as { id: string; document: string }[];
    const segments = rows.flatMap(({ document }) => {
      const segment = readSegment(document);
      return 'problem' in segment ? [] : [segment];
    });
    return {
      ...{ id, number, startedAt, isCut: bytes > TRACE_BYTES_MAX },
      segments: segments.toSorted((a, b) => a.startTime - b.startTime),
      documents: new Map(rows.map((row) => [row.id, row.document])),
    };
  }

  /** Forgets a bounded number of old traces, and the oldest when there is too much; true when there may be more. */
  sweep(now: number): boolean {
    return this.#do('writing', () => {
      const old = this.#oldest('WHERE started_at < ?', now - KEPT_MS);
      const { used } = this.#database.prepare(USED_BYTES).get() as { used: number };
      const going = old.length > 0 || used <= this.#bytesMax ? old : this.#oldest('');
      if (going.length === 0) return false;
      const numbers = going.map(({ number }) => number).join();
      this.#database.exec(
        `BEGIN IMMEDIATE; DELETE FROM segments WHERE trace IN (${numbers}); DELETE FROM traces WHERE number IN (${numbers}); COMMIT`,
      );
      return going.length === STEP_TRACES;
    });
  }

  #oldest(where: string, ...values: number[]): readonly { number: number }[] {
    const sql = `SELECT number FROM traces ${where} ORDER BY started_at LIMIT ${STEP_TRACES}`;
    return this.#database.prepare(sql).all(...values) as unknown as { number: number }[];
  }

  /** Forgets everything. */
  clear(): void {
    this.#do('writing', () => this.#database.exec('DELETE FROM segments; DELETE FROM traces'));
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#database.close();
  }

  #do<T>(what: 'reading' | 'writing', work: () => T): T {
    if (this.#closed) throw new StoreError('closed', 'The trace store is closed.');
    try {
      return work();
    } catch (error) {
      throw toStoreError(error, what, this.#file);
    }
  }
}

const USED_BYTES = `SELECT (page_count - freelist_count) * page_size AS used
  FROM pragma_page_count, pragma_freelist_count, pragma_page_size`;

function statements(database: DatabaseSync) {
  return {
    trace: database.prepare(
      'SELECT number, trace_id, started_at, bytes FROM traces WHERE account = ? AND region = ? AND trace_id = ?',
    ),
    newTrace: database.prepare('INSERT INTO traces (account, region, trace_id, started_at, bytes) VALUES (?, ?, ?, ?, 0)'),
    grow: database.prepare('UPDATE traces SET bytes = ?, started_at = ? WHERE number = ?'),
    ended: database.prepare('SELECT ended FROM segments WHERE trace = ? AND id = ?'),
    put: database.prepare('INSERT OR REPLACE INTO segments (trace, id, ended, document) VALUES (?, ?, ?, ?)'),
    segments: database.prepare('SELECT id, document FROM segments WHERE trace = ? ORDER BY id'),
  };
}
