// The stream side of the event store: names, times and sizes. A stream's own row is kept up to date with every batch.

import type { DatabaseSync, StatementSync } from 'node:sqlite';

export interface StreamSummary {
  readonly streamName: string;
  readonly creationTime: number;
  readonly firstEventTimestamp: number | undefined;
  readonly lastEventTimestamp: number | undefined;
  readonly lastIngestionTime: number | undefined;
}

export interface StreamListRequest {
  readonly prefix?: string;
  readonly orderBy: 'LogStreamName' | 'LastEventTime';
  readonly descending: boolean;
  readonly limit: number;
  /** The last stream of the page before. */
  readonly after?: { readonly streamName: string; readonly lastEventTimestamp: number };
}

export interface StreamList {
  readonly streams: readonly StreamSummary[];
  readonly more: boolean;
}

/** What a batch adds to its stream's row. */
export interface StreamGrowth {
  readonly first: number;
  readonly last: number;
  readonly ingestionTime: number;
  readonly bytes: number;
}

interface StreamRow {
  readonly number: number;
  readonly name: string;
  readonly creation_time: number;
  readonly first_timestamp: number | null;
  readonly last_timestamp: number | null;
  readonly last_ingestion_time: number | null;
}

/** Numbers remembered; looking one up again is cheap. */
const NUMBERS_MAX = 10_000;
/** Before the names of what is being deleted. No stream's name and no group's id begins so. */
const HIDDEN = '*';
/** Sorts behind every name that has the prefix. */
const LAST_CHARACTER = '\u{10FFFF}';

export class StreamRows {
  readonly #database: DatabaseSync;
  readonly #groups = new Map<string, number>();
  readonly #numbers = new Map<string, number>();
  readonly #names = new Map<number, string>();
  readonly #findGroup: StatementSync;
  readonly #addGroup: StatementSync;
  readonly #findStream: StatementSync;
  readonly #nameOf: StatementSync;
  readonly #addStream: StatementSync;
  readonly #grow: StatementSync;
  readonly #shrink: StatementSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#findGroup = database.prepare('SELECT number FROM log_groups WHERE id = ?');
    this.#addGroup = database.prepare('INSERT INTO log_groups (id) VALUES (?) RETURNING number');
    this.#findStream = database.prepare('SELECT * FROM log_streams WHERE log_group = ? AND name = ?');
    this.#nameOf = database.prepare('SELECT name FROM log_streams WHERE number = ?');
    this.#addStream = database.prepare(
      'INSERT INTO log_streams (log_group, name, creation_time) VALUES (?, ?, ?) RETURNING number',
    );
    this.#grow = database.prepare(
      `UPDATE log_streams SET bytes = bytes + ?, last_ingestion_time = ?,
       first_timestamp = min(coalesce(first_timestamp, ?), ?), last_timestamp = max(coalesce(last_timestamp, ?), ?) WHERE number = ?`,
    );
    this.#shrink = database.prepare('UPDATE log_streams SET bytes = max(0, bytes - ?) WHERE number = ?');
  }

  groupIds(): string[] {
    const rows = this.#database.prepare('SELECT id FROM log_groups').all() as unknown as { id: string }[];
    return rows.map(({ id }) => id).filter((id) => !id.startsWith(HIDDEN));
  }

  groupNumber(groupId: string): number | undefined {
    const known = this.#groups.get(groupId);
    if (known !== undefined) return known;
    const row = this.#findGroup.get(groupId) as { number: number } | undefined;
    if (row !== undefined) this.#groups.set(groupId, row.number);
    return row?.number;
  }

  groupNumberOrNew(groupId: string): number {
    const known = this.groupNumber(groupId);
    if (known !== undefined) return known;
    const { number } = this.#addGroup.get(groupId) as { number: number };
    this.#groups.set(groupId, number);
    return number;
  }

  numberOf(groupId: string, streamName: string): number | undefined {
    const key = `${groupId}\0${streamName}`;
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const group = this.groupNumber(groupId);
    const row = group === undefined ? undefined : (this.#findStream.get(group, streamName) as StreamRow | undefined);
    if (row !== undefined) this.#remember(key, row.number, streamName);
    return row?.number;
  }

  numberOrNew(groupId: string, streamName: string, creationTime: number): number {
    const known = this.numberOf(groupId, streamName);
    if (known !== undefined) return known;
    const row = this.#addStream.get(this.groupNumberOrNew(groupId), streamName, creationTime) as { number: number };
    this.#remember(`${groupId}\0${streamName}`, row.number, streamName);
    return row.number;
  }

  nameOf(number: number): string {
    const known = this.#names.get(number);
    if (known !== undefined) return known;
    const name = (this.#nameOf.get(number) as { name: string } | undefined)?.name ?? '';
    if (this.#names.size >= NUMBERS_MAX) this.#names.clear();
    this.#names.set(number, name);
    return name;
  }

  create(groupId: string, streamName: string, creationTime: number): boolean {
    if (this.groupNumber(groupId) === undefined || this.numberOf(groupId, streamName) !== undefined) return false;
    this.numberOrNew(groupId, streamName, creationTime);
    return true;
  }

  /** The row stays until the events are gone, so that no new stream gets its number. */
  hide(groupId: string, streamName: string): boolean {
    const number = this.numberOf(groupId, streamName);
    if (number === undefined) return false;
    this.#database.prepare('UPDATE log_streams SET log_group = 0, name = ? WHERE number = ?').run(`${HIDDEN}${number}`, number);
    this.forgetNumbers();
    return true;
  }

  hideGroup(groupId: string): void {
    this.#database.prepare('UPDATE log_groups SET id = ? WHERE id = ?').run(`${HIDDEN}${groupId}`, groupId);
    this.forgetNumbers();
  }

  /** Something that was hidden, by its number. */
  hidden(): { readonly column: 'log_group' | 'log_stream'; readonly number: number } | undefined {
    const stream = this.#database.prepare('SELECT number FROM log_streams WHERE log_group = 0 LIMIT 1').get();
    if (stream !== undefined) return { column: 'log_stream', number: (stream as { number: number }).number };
    const group = this.#database.prepare('SELECT number FROM log_groups WHERE id >= ? AND id < ? LIMIT 1');
    const found = group.get(HIDDEN, `${HIDDEN}${LAST_CHARACTER}`) as { number: number } | undefined;
    return found && { column: 'log_group', number: found.number };
  }

  /** Forgets a stream or a group that has no events any more. */
  remove(column: 'log_group' | 'log_stream', number: number): void {
    if (column === 'log_stream') {
      this.#database.prepare('DELETE FROM log_streams WHERE number = ?').run(number);
    } else {
      this.#database.prepare('DELETE FROM log_streams WHERE log_group = ?').run(number);
      this.#database.prepare('DELETE FROM log_groups WHERE number = ?').run(number);
    }
    this.forgetNumbers();
  }

  grow(number: number, { first, last, ingestionTime, bytes }: StreamGrowth): void {
    this.#grow.run(bytes, ingestionTime, first, first, last, last, number);
  }

  shrink(number: number, bytes: number): void {
    this.#shrink.run(bytes, number);
  }

  find(groupId: string, streamName: string): StreamSummary | undefined {
    const group = this.groupNumber(groupId);
    if (group === undefined) return undefined;
    const row = this.#findStream.get(group, streamName) as StreamRow | undefined;
    return row && toSummary(row);
  }

  storedBytes(groupId: string): number {
    const group = this.groupNumber(groupId);
    if (group === undefined) return 0;
    const row = this.#database.prepare('SELECT sum(bytes) AS bytes FROM log_streams WHERE log_group = ?').get(group);
    return (row as { bytes: number | null }).bytes ?? 0;
  }

  list(groupId: string, { prefix = '', orderBy, descending, limit, after }: StreamListRequest): StreamList {
    const group = this.groupNumber(groupId);
    if (group === undefined) return { streams: [], more: false };
    const direction = descending ? 'DESC' : 'ASC';
    const beyond = descending ? '<' : '>';
    const time = 'coalesce(last_timestamp, 0)';
    const byTime = orderBy === 'LastEventTime';
    const start = after === undefined ? '' : byTime ? `AND (${time}, name) ${beyond} (?, ?)` : `AND name ${beyond} ?`;
    const order = byTime ? `${time} ${direction}, name ${direction}` : `name ${direction}`;
    const values = after === undefined ? [] : byTime ? [after.lastEventTimestamp, after.streamName] : [after.streamName];
    const rows = this.#database
      .prepare(`SELECT * FROM log_streams WHERE log_group = ? AND name >= ? AND name < ? ${start} ORDER BY ${order} LIMIT ?`)
      .all(group, prefix, `${prefix}${LAST_CHARACTER}`, ...values, limit + 1) as unknown as StreamRow[];
    return { streams: rows.slice(0, limit).map(toSummary), more: rows.length > limit };
  }

  /** After a transaction that was undone, and after deletions: numbers may be used again. */
  forgetNumbers(): void {
    this.#groups.clear();
    this.#numbers.clear();
    this.#names.clear();
  }

  #remember(key: string, number: number, name: string): void {
    if (this.#numbers.size >= NUMBERS_MAX) this.#numbers.clear();
    this.#numbers.set(key, number);
    if (this.#names.size >= NUMBERS_MAX) this.#names.clear();
    this.#names.set(number, name);
  }
}

function toSummary(row: StreamRow): StreamSummary {
  return {
    streamName: row.name,
    creationTime: row.creation_time,
    firstEventTimestamp: row.first_timestamp ?? undefined,
    lastEventTimestamp: row.last_timestamp ?? undefined,
    lastIngestionTime: row.last_ingestion_time ?? undefined,
  };
}
