// Marker and MaxItems of IAM's list operations.

import { validationError } from './iam-refusals.ts';

const DEFAULT_ITEMS = 100;

interface PagingInput {
  readonly Marker?: string | undefined;
  readonly MaxItems?: number | undefined;
}

/** One page of items that are sorted by `idOf`. */
export function pageOf<T>(
  items: readonly T[],
  input: PagingInput,
  idOf: (item: T) => string,
): { readonly items: readonly T[]; readonly IsTruncated: boolean; readonly Marker?: string } {
  const after = input.Marker === undefined ? undefined : fromMarker(input.Marker);
  const from = after === undefined ? 0 : items.findIndex((item) => idOf(item) > after);
  const rest = from < 0 ? [] : items.slice(from);
  const size = input.MaxItems ?? DEFAULT_ITEMS;
  if (rest.length <= size) return { items: rest, IsTruncated: false };
  const page = rest.slice(0, size);
  return { items: page, IsTruncated: true, Marker: Buffer.from(idOf(page.at(-1) as T)).toString('base64url') };
}

function fromMarker(marker: string): string {
  const id = Buffer.from(marker, 'base64url').toString('utf8');
  if (Buffer.from(id).toString('base64url') !== marker) throw validationError('Invalid Marker.');
  return id;
}

/** In the order that `pageOf` wants. */
export function sortedBy<T>(items: readonly T[], idOf: (item: T) => string): T[] {
  return items.toSorted((a, b) => (idOf(a) < idOf(b) ? -1 : idOf(a) > idOf(b) ? 1 : 0));
}
