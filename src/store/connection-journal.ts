// The connections that are open, on disk: one that is still there when the process starts has not had its $disconnect. Many are written
// with one transaction; who opens one hears when it would survive the end of this process.

import { chmodSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { ConnectionFacts } from '../model/connection-facts.ts';

export interface OpenConnectionJournal {
  /** `done` is called in a later turn; with an error when the connection could not be kept. */
  opened(facts: ConnectionFacts, done: (error: Error | undefined) => void): void;
  closed(connectionId: string): void;
  /** What a former process left, in the order it was opened. Those that were closed since are not among them. */
  left(): ConnectionFacts[];
  /** Forgets everything, for test suites. */
  clear(): void;
  /** Writes what waits. */
  close(): void;
}

/** Nothing is kept. */
export function createMemoryJournal(): OpenConnectionJournal {
  return {
    opened: (_facts, done) => setImmediate(done, undefined),
    closed() {},
    left: () => [],
    clear() {},
    close() {},
  };
}

interface Opening {
  readonly facts: ConnectionFacts;
  readonly done: (error: Error | undefined) => void;
}

/** Throws the system's error when the file cannot be opened. */
export function openConnectionJournal(directory: string): OpenConnectionJournal {
  return new SqliteJournal(path.join(directory, 'connections.sqlite'));
}

class SqliteJournal implements OpenConnectionJournal {
  readonly #database: DatabaseSync;
  readonly #insert: StatementSync;
  readonly #remove: StatementSync;
  #openings: Opening[] = [];
  #closings: string[] = [];
  #isScheduled = false;

  constructor(file: string) {
    this.#database = new DatabaseSync(file);
    // A commit is in the system's hands: the end of this process does not undo it, a power loss may.
    this.#database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
    this.#database.exec(
      'CREATE TABLE IF NOT EXISTS connections (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, facts TEXT NOT NULL) STRICT',
    );
    chmodSync(file, 0o600);
    this.#insert = this.#database.prepare('INSERT INTO connections (id, facts) VALUES (?, ?)');
    this.#remove = this.#database.prepare('DELETE FROM connections WHERE id = ?');
  }

  opened(facts: ConnectionFacts, done: (error: Error | undefined) => void): void {
    this.#openings.push({ facts, done });
    this.#schedule();
  }

  closed(connectionId: string): void {
    this.#closings.push(connectionId);
    this.#schedule();
  }

  left(): ConnectionFacts[] {
    this.#flush();
    const rows = this.#database.prepare('SELECT facts FROM connections ORDER BY number').all();
    return rows.map((row) => JSON.parse(String(row['facts'])) as ConnectionFacts);
  }

  clear(): void {
    this.#flush();
    this.#database.exec('DELETE FROM connections');
  }

  close(): void {
    this.#flush();
    this.#database.close();
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(flush, this);
  }

  /** Called by the turn that was scheduled. */
  flush(): void {
    if (this.#isScheduled) this.#flush();
  }

  #flush(): void {
    this.#isScheduled = false;
    const openings = this.#openings;
    const closings = this.#closings;
    if (openings.length === 0 && closings.length === 0) return;
    this.#openings = [];
    this.#closings = [];
    let failure: Error | undefined;
    try {
      this.#database.exec('BEGIN');
      for (const { facts } of openings) this.#insert.run(facts.connectionId, JSON.stringify(kept(facts)));
      for (const id of closings) this.#remove.run(id);
      this.#database.exec('COMMIT');
    } catch (error) {
      failure = error as Error;
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      // They are still on disk, and would get a second $disconnect: tried again with the next ones.
      this.#closings.unshift(...closings);
    }
    for (const { done } of openings) done(failure);
  }
}

function flush(journal: SqliteJournal): void {
  journal.flush();
}

/** The value of an API key is nowhere on disk but encrypted; events of the end do without it. */
function kept(facts: ConnectionFacts): ConnectionFacts {
  return facts.apiKey === undefined ? facts : { ...facts, apiKey: { ...facts.apiKey, value: '' } };
}
