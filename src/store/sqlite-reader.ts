// Reads documents and the change log from one SQLite connection.

import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Scope } from '../model/scope.ts';
import { fromDocumentText } from './frozen-document.ts';
import type { Change, DocumentKey, ListOptions, Page } from './store.ts';

interface KeyRow {
  readonly kind: string;
  readonly account: string;
  readonly region: string;
  readonly parent: string;
  readonly id: string;
}

/** Synchronous: SQLite answers from its page cache. Errors are SQLite's own; the caller translates them. */
export class SqliteReader {
  readonly #get: StatementSync;
  readonly #list: StatementSync;
  readonly #scan: StatementSync;
  readonly #keys: StatementSync;
  readonly #counter: StatementSync;
  readonly #changes: StatementSync;

  constructor(database: DatabaseSync) {
    const key = 'kind = ? AND account = ? AND region = ? AND parent = ?';
    this.#get = database.prepare(`SELECT document FROM documents WHERE ${key} AND id = ?`);
    this.#list = database.prepare(`SELECT id, document FROM documents WHERE ${key} AND id > ? ORDER BY id LIMIT ?`);
    this.#scan = database.prepare(
      'SELECT kind, account, region, parent, id, document FROM documents WHERE kind = ? ORDER BY account, region, parent, id',
    );
    this.#keys = database.prepare(
      'SELECT kind, account, region, parent, id FROM documents ORDER BY kind, account, region, parent, id',
    );
    this.#counter = database.prepare('SELECT value FROM counters WHERE name = ?');
    this.#changes = database.prepare(
      'SELECT revision, operation, kind, account, region, parent, id FROM changes WHERE revision > ? ORDER BY revision, ordinal',
    );
  }

  get<T>(key: DocumentKey): T | undefined {
    const row = this.#get.get(key.kind, key.scope.account, key.scope.region, key.parent, key.id) as
      | { document: string }
      | undefined;
    return row === undefined ? undefined : (fromDocumentText(row.document) as T);
  }

  list<T>(scope: Scope, kind: string, parent: string, options: ListOptions): Page<T> {
    const { after = '', limit } = options;
    const wanted = limit === undefined ? -1 : limit + 1;
    const rows = this.#list.all(kind, scope.account, scope.region, parent, after, wanted) as unknown as {
      id: string;
      document: string;
    }[];
    const shown = limit === undefined ? rows : rows.slice(0, limit);
    const items = shown.map((row) => fromDocumentText(row.document) as T);
    const last = shown.at(-1);
    return rows.length > shown.length && last !== undefined ? { items, next: last.id } : { items };
  }

  scan<T>(kind: string): { readonly key: DocumentKey; readonly document: T }[] {
    const rows = this.#scan.all(kind) as unknown as (KeyRow & { readonly document: string })[];
    return rows.map((row) => ({ key: toKey(row), document: fromDocumentText(row.document) as T }));
  }

  keys(): DocumentKey[] {
    return (this.#keys.all() as unknown as KeyRow[]).map(toKey);
  }

  counter(name: 'revision' | 'changes_reach_back_to'): number {
    return (this.#counter.get(name) as { value: number }).value;
  }

  /** Undefined when the log does not reach back to `revision`, or `revision` is not of this store's history. */
  changesSince(revision: number, current: number): Change[] | undefined {
    if (revision > current || revision < this.counter('changes_reach_back_to')) return undefined;
    const rows = this.#changes.all(revision) as unknown as (KeyRow & { revision: number; operation: 'put' | 'delete' })[];
    return rows.map((row) => ({ revision: row.revision, key: toKey(row), operation: row.operation }));
  }
}

function toKey(row: KeyRow): DocumentKey {
  return { scope: { account: row.account, region: row.region }, kind: row.kind, parent: row.parent, id: row.id };
}
