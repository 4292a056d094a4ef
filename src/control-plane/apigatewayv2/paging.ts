// maxResults and nextToken of the list operations.

import type { ListOptions, Page } from '../../store/store.ts';
import { badRequest } from './refusals.ts';

/** Items of a page when the caller names no number, and the most it may name. */
export const defaultPageSize = 100;
export const largestPageSize = 500;

interface PagingInput {
  readonly MaxResults?: string | undefined;
  readonly NextToken?: string | undefined;
}

/** `list` names what is listed (operation, account, region, API), so that a token of another list is refused. */
export function pageOptions(input: PagingInput, list: readonly string[]): ListOptions & { readonly limit: number } {
  return { limit: pageSize(input.MaxResults), after: fromToken(input.NextToken, list) };
}

export function nextToken(page: Page<unknown>, list: readonly string[]): string | undefined {
  return page.next === undefined ? undefined : Buffer.from(JSON.stringify([...list, page.next])).toString('base64url');
}

function pageSize(text: string | undefined): number {
  if (text === undefined || text === '') return defaultPageSize;
  const size = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (size < 1) throw badRequest(`Invalid maxResults: "${text}" is not a number from 1 to ${largestPageSize}`);
  return Math.min(size, largestPageSize);
}

function fromToken(token: string | undefined, list: readonly string[]): string | undefined {
  if (token === undefined || token === '') return undefined;
  const names = parse(token);
  const last = names?.at(-1);
  if (
    names === undefined ||
    names.length !== list.length + 1 ||
    last === undefined ||
    !list.every((name, i) => names[i] === name)
  ) {
    throw badRequest('Invalid nextToken specified');
  }
  return last;
}

function parse(token: string): readonly string[] | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(token, 'base64url').toString('utf8'));
    if (!Array.isArray(value)) return undefined;
    return value.every((name): name is string => typeof name === 'string') ? value : undefined;
  } catch {
    return undefined;
  }
}
