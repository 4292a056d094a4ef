// Page tokens: opaque to callers, bound to what was listed, so that a token of another list is refused.

import { invalidToken } from './refusals.ts';

/** The place a page ended at, for the list named by `list`. */
export function toPageToken(list: readonly string[], place: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify([list.join('\n'), ...place])).toString('base64url');
}

/** The place in a token, or undefined without a token. Throws InvalidParameterException. */
export function fromPageToken(token: string | undefined, list: readonly string[]): readonly (string | number)[] | undefined {
  if (token === undefined) return undefined;
  try {
    const [name, ...place] = JSON.parse(Buffer.from(token, 'base64url').toString('utf8')) as unknown[];
    if (name === list.join('\n') && place.every((part) => typeof part === 'string' || typeof part === 'number')) {
      return place as (string | number)[];
    }
  } catch {
    // Not one of ours.
  }
  throw invalidToken();
}
