// Pages of lists: MaxItems and Marker.

import { invalidParameter } from './function-arn.ts';

/** AWS: at most 50 in a page, whatever is asked for. Seen: ListFunctions. */
const PAGE_LENGTH_MAX = 50;

export function pageLimit(maxItems: number | undefined): number {
  return Math.min(maxItems ?? PAGE_LENGTH_MAX, PAGE_LENGTH_MAX);
}

/** The page of a list (sorted by its ids) that follows a marker; its own marker when there is more. */
export function toPage<T>(
  operation: string,
  all: readonly T[],
  idOf: (item: T) => string,
  limit: number,
  marker: string | undefined,
): { readonly items: readonly T[]; readonly next: string | undefined } {
  const after = marker ? fromMarker(operation, marker) : undefined;
  // The item of the marker may be gone since: what would follow it follows.
  const found = after === undefined ? 0 : all.findIndex((item) => idOf(item) > after);
  const begin = found === -1 ? all.length : found;
  const items = all.slice(begin, begin + limit);
  const last = items.at(-1);
  return { items, next: last !== undefined && begin + limit < all.length ? toMarker(idOf(last)) : undefined };
}

export function toMarker(id: string): string {
  return Buffer.from(id).toString('base64url');
}

/** The place a marker of ours stands for. Anything else is refused: a page from somewhere would look like an answer. */
export function fromMarker(operation: string, marker: string): string {
  const id = Buffer.from(marker, 'base64url').toString();
  if (toMarker(id) !== marker) throw invalidParameter(`The Marker is not one that ${operation} gave.`);
  return id;
}
