// Pages of lists: the token is opaque to callers and bound to the list, so that a token of another list is refused.

import { createHash } from 'node:crypto';
import { invalidRequest } from './refusals.ts';

/** More than rules or groups there can be: the X-Ray SDKs ask for one page of rules only. */
const PAGE = 100;
const DIGEST_CHARACTERS = 16;

export interface ListPage<T> {
  readonly items: T[];
  readonly next: { readonly NextToken?: string };
}

/** The page of `all` that a token of `list` names; the first without one. Throws InvalidRequestException. */
export function pageOf<T>(all: readonly T[], token: string | undefined, list: readonly string[], size = PAGE): ListPage<T> {
  const digest = createHash('sha256').update(JSON.stringify(list)).digest('base64url').slice(0, DIGEST_CHARACTERS);
  const from = token === undefined ? 0 : placeIn(token, digest);
  const end = from + size;
  const next = end < all.length ? { NextToken: Buffer.from(`${digest}${end}`).toString('base64url') } : {};
  return { items: all.slice(from, end), next };
}

function placeIn(token: string, digest: string): number {
  const text = Buffer.from(token, 'base64url').toString('latin1');
  const place = text.slice(DIGEST_CHARACTERS);
  if (text.startsWith(digest) && /^\d{1,9}$/.test(place)) return Number(place);
  throw invalidRequest('Invalid NextToken.');
}
