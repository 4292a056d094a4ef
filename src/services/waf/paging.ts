// Pages of lists: the marker is opaque to callers and bound to the list, so that a marker of another list is refused.

import { createHash } from 'node:crypto';
import { invalidParameter, REASONS } from './refusals.ts';

/** AWS: the most that a call may ask for. Seen: API reference, Limit. */
const PAGE = 100;
const DIGEST_CHARACTERS = 16;

interface Paging {
  readonly NextMarker?: string | undefined;
  readonly Limit?: number | undefined;
}

export interface ListPage<T> {
  readonly items: T[];
  readonly next: { readonly NextMarker?: string };
}

/** The page of `all` that the marker of `list` names; the first without one. Throws WAFInvalidParameterException. */
export function pageOf<T>(all: readonly T[], { NextMarker, Limit }: Paging, list: readonly string[]): ListPage<T> {
  const digest = createHash('sha256').update(JSON.stringify(list)).digest('base64url').slice(0, DIGEST_CHARACTERS);
  const from = NextMarker === undefined ? 0 : placeIn(NextMarker, digest);
  const end = from + (Limit ?? PAGE);
  const next = end < all.length ? { NextMarker: Buffer.from(`${digest}${end}`).toString('base64url') } : {};
  return { items: all.slice(from, end), next };
}

function placeIn(marker: string, digest: string): number {
  const text = Buffer.from(marker, 'base64url').toString('latin1');
  const place = text.slice(DIGEST_CHARACTERS);
  if (text.startsWith(digest) && /^\d{1,9}$/.test(place)) return Number(place);
  throw invalidParameter(REASONS.formatting, 'ENTITY_LIMIT', 'NextMarker');
}
