// Page tokens: opaque to callers, bound to what was asked, so that a token of another question is refused.

import { createHash } from 'node:crypto';
import { invalidNextToken } from './refusals.ts';

const DIGEST_CHARACTERS = 16;

/** The place a page ended at. */
export function toPageToken(question: readonly string[], place: number): string {
  return Buffer.from(`${digestOf(question)}${place}`).toString('base64url');
}

/** The place in a token, or undefined without a token. Throws InvalidNextToken. */
export function fromPageToken(token: string | undefined, question: readonly string[]): number | undefined {
  if (token === undefined) return undefined;
  const text = Buffer.from(token, 'base64url').toString('latin1');
  const place = Number(text.slice(DIGEST_CHARACTERS));
  if (text.startsWith(digestOf(question)) && Number.isSafeInteger(place) && place >= 0) return place;
  throw invalidNextToken();
}

function digestOf(question: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(question)).digest('base64url').slice(0, DIGEST_CHARACTERS);
}
