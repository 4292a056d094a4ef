// What a document key may look like. Both stores refuse the same keys, so that a key that works in a test works on disk.

import type { Scope } from '../model/scope.ts';
import type { DocumentKey } from './store.ts';

/** Throws a TypeError for a key no store can keep: an empty id or kind, a NUL character or a lone surrogate. */
export function assertDocumentKey(key: DocumentKey): void {
  assertPartition(key.scope, key.kind, key.parent);
  assertPart('id', key.id);
  if (key.id === '') throw new TypeError('A document key needs an id.');
}

/** The same for what stands before the id. */
export function assertPartition(scope: Scope, kind: string, parent: string): void {
  assertPart('account', scope.account);
  assertPart('region', scope.region);
  assertPart('kind', kind);
  assertPart('parent', parent);
  if (kind === '') throw new TypeError('A document key needs a kind.');
}

/**
 * Sorts like UTF-8 bytes, i.e. by code point: SQLite's BINARY collation. It differs from JavaScript's own order only where
 * surrogate pairs meet U+E000..U+FFFF.
 */
export function compareIds(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  for (let index = 0; index < length; index++) {
    const a = left.charCodeAt(index);
    const b = right.charCodeAt(index);
    if (a === b) continue;
    const aHigh = a >= 0xd800 && a <= 0xdfff;
    const bHigh = b >= 0xd800 && b <= 0xdfff;
    if (aHigh !== bHigh && a >= 0xd800 && b >= 0xd800) return aHigh ? 1 : -1;
    return a - b;
  }
  return left.length - right.length;
}

function assertPart(name: string, value: unknown): void {
  if (typeof value !== 'string') throw new TypeError(`The ${name} of a document key must be a string.`);
  // SQLite keeps text as UTF-8: a lone surrogate would silently become another character, and so another key.
  if (!value.isWellFormed()) throw new TypeError(`The ${name} of a document key must be well-formed text.`);
  if (value.includes('\0')) throw new TypeError(`The ${name} of a document key must not contain NUL.`);
}
