// The store that keeps nothing: same contract as the one on disk, for `--memory` and for tests.

import type { Scope } from '../model/scope.ts';
import { blobName } from './blob-files.ts';
import {
  type Commit,
  CommitQueue,
  type Ledger,
  type LedgerTransaction,
  type Subscriber,
  warnAboutSubscriber,
} from './commit-queue.ts';
import { assertDocumentKey, assertPartition, compareIds } from './document-key.ts';
import { fromDocumentText, toDocumentText } from './frozen-document.ts';
import { MemoryDocuments } from './memory-documents.ts';
import { PendingChanges } from './pending-changes.ts';
import type { Change, DocumentKey, ListOptions, Page, Store, Transaction } from './store.ts';
import { StoreError } from './store-error.ts';

export interface MemoryStoreOptions {
  /** How many changes `changesSince` can reach back; older ones are dropped. */
  readonly changeLogRows?: number;
  /** Told when a subscriber throws; a process warning by default. */
  readonly report?: (error: unknown) => void;
}

/** A store in this process's memory. `close` forgets it. */
export function createMemoryStore(options: MemoryStoreOptions = {}): Store {
  return new MemoryStore(options.changeLogRows ?? 20_000, options.report ?? warnAboutSubscriber);
}

class MemoryStore implements Store {
  readonly #ledger: MemoryLedger;
  readonly #queue: CommitQueue;
  readonly #blobs = new Map<string, Uint8Array>();
  #closed = false;

  constructor(changeLogRows: number, report: (error: unknown) => void) {
    this.#ledger = new MemoryLedger(changeLogRows);
    this.#queue = new CommitQueue(this.#ledger, 1, report);
  }

  async get<T>(key: DocumentKey): Promise<T | undefined> {
    assertDocumentKey(key);
    return this.#committed().get(key) as T | undefined;
  }

  async list<T>(scope: Scope, kind: string, parent: string, options: ListOptions = {}): Promise<Page<T>> {
    assertPartition(scope, kind, parent);
    return pageOf<T>(this.#committed().entries(scope, kind, parent), options);
  }

  async scan<T>(kind: string): Promise<readonly { readonly key: DocumentKey; readonly document: T }[]> {
    return this.#committed().scan(kind) as { readonly key: DocumentKey; readonly document: T }[];
  }

  transact<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.#queue.transact(work);
  }

  revision(): number {
    return this.#ledger.revision;
  }

  async changesSince(revision: number): Promise<readonly Change[] | undefined> {
    this.#committed();
    return this.#ledger.changesSince(revision);
  }

  subscribe(subscriber: Subscriber): () => void {
    return this.#queue.subscribe(subscriber);
  }

  async putBlob(bytes: Uint8Array): Promise<string> {
    this.#committed();
    const name = blobName(bytes);
    this.#blobs.set(name, Uint8Array.from(bytes));
    return name;
  }

  async getBlob(sha256: string): Promise<Uint8Array | undefined> {
    this.#committed();
    const bytes = this.#blobs.get(sha256);
    return bytes === undefined ? undefined : Uint8Array.from(bytes);
  }

  async reset(): Promise<void> {
    await this.#queue.transact(async (transaction: MemoryTransaction) => transaction.forgetEverything());
    this.#blobs.clear();
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#queue.close();
  }

  #committed(): MemoryDocuments {
    if (this.#closed) throw new StoreError('closed', 'The store is closed.');
    return this.#ledger.documents;
  }
}

/** Holds the committed documents and the change log. A group is one transaction, so `commit` applies what was kept. */
class MemoryLedger implements Ledger {
  documents = new MemoryDocuments();
  revision = 0;
  readonly #changeLogRows: number;
  #changes: Change[] = [];
  #reachesBackTo = 0;
  #kept: { readonly writes: MemoryDocuments; readonly commit: Commit; readonly everything: boolean } | undefined;

  constructor(changeLogRows: number) {
    this.#changeLogRows = changeLogRows;
  }

  recover(): readonly Commit[] {
    return [];
  }

  begin(): void {
    this.#kept = undefined;
  }

  open(): MemoryTransaction {
    return new MemoryTransaction(this);
  }

  keep(writes: MemoryDocuments, changes: PendingChanges, everything: boolean): Commit {
    const revision = this.revision + 1;
    const commit = { revision, changes: changes.at(revision) };
    this.#kept = { writes, commit, everything };
    return commit;
  }

  commit(): void {
    if (this.#kept === undefined) return;
    const { writes, commit, everything } = this.#kept;
    this.#kept = undefined;
    this.revision = commit.revision;
    if (everything) {
      this.documents = new MemoryDocuments();
      this.#changes = [];
      this.#reachesBackTo = commit.revision;
      return;
    }
    this.documents.apply(writes);
    this.#changes.push(...commit.changes);
    if (this.#changes.length > this.#changeLogRows + 512) this.#prune();
  }

  abandon(): void {
    this.#kept = undefined;
  }

  changesSince(revision: number): readonly Change[] | undefined {
    if (revision > this.revision || revision < this.#reachesBackTo) return undefined;
    return this.#changes.filter((change) => change.revision > revision);
  }

  #prune(): void {
    const last = this.#changes.at(-this.#changeLogRows - 1);
    if (last === undefined) return;
    this.#reachesBackTo = last.revision;
    this.#changes = this.#changes.filter((change) => change.revision > last.revision);
  }
}

/** Writes into an overlay, so that readers outside see committed documents only. */
class MemoryTransaction implements LedgerTransaction {
  readonly #ledger: MemoryLedger;
  readonly #writes = new MemoryDocuments();
  readonly #changes = new PendingChanges();
  #everything = false;
  #open = true;

  constructor(ledger: MemoryLedger) {
    this.#ledger = ledger;
  }

  async get<T>(key: DocumentKey): Promise<T | undefined> {
    assertDocumentKey(key);
    this.#assertOpen();
    return (this.#writes.has(key) ? this.#writes.get(key) : this.#ledger.documents.get(key)) as T | undefined;
  }

  async list<T>(scope: Scope, kind: string, parent: string, options: ListOptions = {}): Promise<Page<T>> {
    assertPartition(scope, kind, parent);
    this.#assertOpen();
    return pageOf<T>(this.#ledger.documents.entries(scope, kind, parent, this.#writes), options);
  }

  async scan<T>(kind: string): Promise<readonly { readonly key: DocumentKey; readonly document: T }[]> {
    this.#assertOpen();
    return this.#ledger.documents.scan(kind, this.#writes) as { readonly key: DocumentKey; readonly document: T }[];
  }

  async put(key: DocumentKey, document: unknown): Promise<void> {
    assertDocumentKey(key);
    this.#assertOpen();
    this.#writes.set(key, fromDocumentText(toDocumentText(document)));
    this.#changes.note(key, 'put');
  }

  async delete(key: DocumentKey): Promise<boolean> {
    assertDocumentKey(key);
    if ((await this.get(key)) === undefined) return false;
    this.#writes.set(key, undefined);
    this.#changes.note(key, 'delete');
    return true;
  }

  async deleteAll(scope: Scope, kind: string, parent: string): Promise<number> {
    assertPartition(scope, kind, parent);
    this.#assertOpen();
    const ids = this.#ledger.documents.entries(scope, kind, parent, this.#writes).map(([id]) => id);
    for (const id of ids) await this.delete({ scope, kind, parent, id });
    return ids.length;
  }

  forgetEverything(): void {
    for (const key of this.#ledger.documents.keys()) this.#changes.note(key, 'delete');
    this.#everything = true;
  }

  keep(): Commit | undefined {
    this.#open = false;
    return this.#changes.size === 0 ? undefined : this.#ledger.keep(this.#writes, this.#changes, this.#everything);
  }

  undo(): void {
    this.#open = false;
  }

  #assertOpen(): void {
    if (!this.#open) throw new Error('This transaction is over; its handle must not be used any more.');
  }
}

function pageOf<T>(entries: readonly (readonly [string, unknown])[], { after, limit }: ListOptions): Page<T> {
  const start = after === undefined ? 0 : entries.findLastIndex(([id]) => compareIds(id, after) <= 0) + 1;
  const rest = entries.slice(start);
  const shown = limit === undefined ? rest : rest.slice(0, limit);
  const items = shown.map(([, document]) => document as T);
  const last = shown.at(-1);
  return rest.length > shown.length && last !== undefined ? { items, next: last[0] } : { items };
}
