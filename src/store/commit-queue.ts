// One writer at a time, many transactions per commit: transactions that wait while others run share one durable commit
// (group commit), and nobody is answered before it and before every subscriber has seen the change.

import { AsyncLocalStorage } from 'node:async_hooks';
import type { Change, Transaction } from './store.ts';
import { StoreError } from './store-error.ts';

/** What one transaction changed, as subscribers see it. */
export interface Commit {
  readonly revision: number;
  readonly changes: readonly Change[];
}

/** One transaction inside a group. After `keep` or `undo` it refuses every further call. */
export interface LedgerTransaction extends Transaction {
  /** Keeps its writes for the group's commit; undefined when it wrote nothing. */
  keep(): Commit | undefined;
  /** Takes its writes back; the others of the group stay. Never throws: a ledger that could not undo fails the commit. */
  undo(): void;
}

/** Where transactions are written. Methods throw StoreError when the medium fails; then the whole group is abandoned. */
export interface Ledger {
  /** Makes the ledger usable again after a failure; the commits that came to light by doing so. */
  recover(): readonly Commit[];
  begin(): void;
  open(): LedgerTransaction;
  /** Returns only when every kept transaction is durable. */
  commit(): void;
  /** Forgets the group. Never throws. */
  abandon(error: unknown): void;
}

/** Told of every commit, in order. */
export type Subscriber = (changes: readonly Change[], revision: number) => void | Promise<void>;

interface Job {
  readonly run: (transaction: LedgerTransaction) => Promise<unknown>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

type Outcome =
  | { readonly job: Job; readonly value: unknown; readonly commit: Commit | undefined }
  | { readonly job: Job; readonly error: unknown };

/** Serialises transactions over a ledger and calls subscribers. */
export class CommitQueue {
  readonly #ledger: Ledger;
  readonly #groupLimit: number;
  readonly #report: (error: unknown) => void;
  readonly #jobs: Job[] = [];
  readonly #subscribers = new Set<Subscriber>();
  // Who is inside a transaction (or a subscriber) must not wait for another one: it would wait for itself.
  readonly #inside = new AsyncLocalStorage<{ open: boolean }>();
  #running: Promise<void> | undefined;
  #closed = false;

  constructor(ledger: Ledger, groupLimit: number, report: (error: unknown) => void) {
    this.#ledger = ledger;
    this.#groupLimit = groupLimit;
    this.#report = report;
  }

  /** Runs `work` in its turn. Resolves after the durable commit and after every subscriber was called. */
  async transact<T, X extends LedgerTransaction = LedgerTransaction>(work: (transaction: X) => Promise<T>): Promise<T> {
    if (this.#closed) throw new StoreError('closed', 'The store is closed.');
    if (this.#inside.getStore()?.open === true) {
      throw new Error('A transaction or a subscriber must not wait for another transaction of the same store.');
    }
    const result = new Promise<unknown>((resolve, reject) => {
      this.#jobs.push({ run: (transaction) => work(transaction as X), resolve, reject });
    });
    this.#running ??= this.#drain();
    // The ledger of this store makes X; the queue only passes it through.
    return (await result) as T;
  }

  subscribe(subscriber: Subscriber): () => void {
    // Wrapped so that subscribing the same function twice counts as two subscriptions.
    const entry: Subscriber = (changes, revision) => subscriber(changes, revision);
    this.#subscribers.add(entry);
    return () => {
      this.#subscribers.delete(entry);
    };
  }

  /** Refuses new work and resolves when the work that was accepted is done. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#running;
  }

  async #drain(): Promise<void> {
    // Transactions asked for in the same turn share the first commit, too.
    await Promise.resolve();
    while (this.#jobs.length > 0) await this.#group();
    this.#running = undefined;
  }

  async #group(): Promise<void> {
    const taken: Job[] = [];
    const outcomes: Outcome[] = [];
    try {
      for (const commit of this.#ledger.recover()) await this.#publish(commit);
      this.#ledger.begin();
      while (this.#jobs.length > 0 && taken.length < this.#groupLimit) {
        const job = this.#jobs.shift() as Job;
        taken.push(job);
        outcomes.push(await this.#run(job));
      }
      this.#ledger.commit();
    } catch (error) {
      this.#ledger.abandon(error);
      await this.#recover();
      // Everybody in the group saw, or might have seen, writes that are gone now.
      if (taken.length === 0) taken.push(...this.#jobs.splice(0, this.#groupLimit));
      for (const job of taken) job.reject(error);
      return;
    }
    for (const outcome of outcomes) {
      if ('error' in outcome) {
        outcome.job.reject(outcome.error);
        continue;
      }
      if (outcome.commit !== undefined) await this.#publish(outcome.commit);
      outcome.job.resolve(outcome.value);
    }
  }

  /** At once, so that subscribers do not wait for the next writer to learn what is true; the next group tries again. */
  async #recover(): Promise<void> {
    try {
      for (const commit of this.#ledger.recover()) await this.#publish(commit);
    } catch {
      // The medium is still gone; the caller is being told by the first failure.
    }
  }

  async #run(job: Job): Promise<Outcome> {
    const transaction = this.#ledger.open();
    const mark = { open: true };
    try {
      const value = await this.#inside.run(mark, () => job.run(transaction));
      mark.open = false;
      return { job, value, commit: transaction.keep() };
    } catch (error) {
      mark.open = false;
      transaction.undo();
      return { job, error };
    }
  }

  async #publish(commit: Commit): Promise<void> {
    const mark = { open: true };
    const calls = [...this.#subscribers].map(async (subscriber) => {
      try {
        await this.#inside.run(mark, () => subscriber(commit.changes, commit.revision));
      } catch (error) {
        this.#report(error);
      }
    });
    await Promise.all(calls);
    mark.open = false;
  }
}

/** Where a subscriber's failure goes when the store's owner named no other place: a process warning, never silence. */
export function warnAboutSubscriber(error: unknown): void {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.emitWarning(`A subscriber of the store failed; the change itself is committed. ${text}`, 'StoreWarning');
}
