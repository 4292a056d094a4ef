// The ways a store can fail its caller. A store error never means that half of a transaction was kept.

/**
 * - `full`: no space left for a write; nothing was written, writes work again when there is space.
 * - `io`: the disk failed; the write may or may not have reached it, the database is reopened and verified before the next use.
 * - `corrupt`: the bytes on disk are not what was written.
 * - `locked`: another process has the directory open.
 * - `newer`: the data was written by a newer program.
 * - `unsuitable`: the directory or file cannot hold a store (foreign file, network file system, no permission).
 * - `closed`: the store was closed.
 */
export type StoreErrorCode = 'full' | 'io' | 'corrupt' | 'locked' | 'newer' | 'unsuitable' | 'closed';

/** Thrown by every store operation that the store itself, not the caller's work, could not do. */
export class StoreError extends Error {
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'StoreError';
    this.code = code;
  }
}

export function isStoreError(error: unknown): error is StoreError {
  return error instanceof StoreError;
}
