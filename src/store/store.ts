// The store: JSON documents per account and region, a revision counter, a change feed, and content-addressed blobs.
// Two implementations keep this contract (sqlite, memory) and one contract test suite runs against both.

import type { Scope } from '../model/scope.ts';

/**
 * Names one document. `kind` is a service and a noun (`apigatewayv2/route`), `parent` the id the noun hangs under
 * ('' for top-level nouns; an apiId for a route). Keys sort by `id` in code-point order
 * (the order of UTF-8 bytes). No part holds NUL or a lone surrogate; kind and id are not empty.
 */
export interface DocumentKey {
  readonly scope: Scope;
  readonly kind: string;
  readonly parent: string;
  readonly id: string;
}

export interface Change {
  /** The revision of the transaction that made this change. */
  readonly revision: number;
  readonly key: DocumentKey;
  readonly operation: 'put' | 'delete';
}

export interface Page<T> {
  readonly items: readonly T[];
  /** The id to continue after; absent on the last page. */
  readonly next?: string;
}

export interface ListOptions {
  /** Ids after this one. */
  readonly after?: string;
  readonly limit?: number;
}

export interface Reader {
  /** The document, deeply frozen or a private copy, or undefined. */
  get<T>(key: DocumentKey): Promise<T | undefined>;
  /** Documents of one kind under one parent, sorted by id. Without a limit: all of them. */
  list<T>(scope: Scope, kind: string, parent: string, options?: ListOptions): Promise<Page<T>>;
  /** Every document of a kind in every scope and under every parent: for start-up and rebuilds. */
  scan<T>(kind: string): Promise<readonly { readonly key: DocumentKey; readonly document: T }[]>;
}

export interface Transaction extends Reader {
  put(key: DocumentKey, document: unknown): Promise<void>;
  /** True when the document was there. */
  delete(key: DocumentKey): Promise<boolean>;
  /** Deletes every document of `kind` under `parent`; the number deleted. */
  deleteAll(scope: Scope, kind: string, parent: string): Promise<number>;
}

export interface Store extends Reader {
  /**
   * Runs `work` alone (one writer at a time) and commits it. Resolves only after the commit is durable AND every
   * subscriber has been called, so that an acknowledged change is a live change. When `work` throws, nothing is
   * written and the same error is thrown on. Throws StoreError when the store itself fails. Neither `work` nor a subscriber may
   * call `transact` again: it would wait for itself, and is refused.
   */
  transact<T>(work: (transaction: Transaction) => Promise<T>): Promise<T>;
  /** The last committed revision; 0 for an empty store. A counter, never a time. */
  revision(): number;
  /** Changes after `revision`, oldest first; undefined when the feed no longer reaches back that far. */
  changesSince(revision: number): Promise<readonly Change[] | undefined>;
  /** Called once per commit, in commit order. A subscriber that throws is reported and never undoes the commit. */
  subscribe(subscriber: (changes: readonly Change[], revision: number) => void | Promise<void>): () => void;
  /** Stores bytes durably and returns their SHA-256 (base64, as Lambda's CodeSha256). Call before the transaction that refers to them. */
  putBlob(bytes: Uint8Array): Promise<string>;
  getBlob(sha256: string): Promise<Uint8Array | undefined>;
  /** Forgets everything, for test suites in dev. Milliseconds, not seconds. Subscribers get a delete for every document. */
  reset(): Promise<void>;
  close(): Promise<void>;
}
