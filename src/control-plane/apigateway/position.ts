// The `position` of a list: where its next page begins, and in which list, so that a position of another list is refused.

import { badRequest } from './refusals.ts';

/** `list` names what is listed, `key` the last item of the page. */
export function toPosition(list: readonly string[], key: string): string {
  return Buffer.from(JSON.stringify([...list, key])).toString('base64url');
}

/** The key to go on after; undefined for the first page. Throws BadRequestException for a position of something else. */
export function fromPosition(position: string | undefined, list: readonly string[]): string | undefined {
  if (position === undefined || position === '') return undefined;
  const names = parsed(position);
  const last = names?.at(-1);
  if (last === undefined || names?.length !== list.length + 1 || !list.every((name, i) => names[i] === name)) {
    throw badRequest('Invalid position parameter specified');
  }
  return last;
}

function parsed(position: string): readonly string[] | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(position, 'base64url').toString('utf8'));
    return Array.isArray(value) && value.every((name): name is string => typeof name === 'string') ? value : undefined;
  } catch {
    return undefined;
  }
}
