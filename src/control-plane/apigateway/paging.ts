// limit and position of the list operations.

import { fromPosition, toPosition } from './position.ts';

/** Items of a page when the caller names no number, and the most it gets. Source: API reference, `limit`. */
const defaultPageSize = 25;
const largestPageSize = 500;

interface PagingInput {
  readonly limit?: number | undefined;
  readonly position?: string | undefined;
}

/** One page of `items`, in the order of their keys. `list` names what is listed, so that a position in another list is refused. */
export function pageOf<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
  input: PagingInput,
  list: readonly string[],
): { readonly items: readonly T[]; readonly position: string | undefined } {
  const limit = pageSize(input.limit);
  const after = fromPosition(input.position, list);
  const sorted = items
    .map((item) => ({ key: keyOf(item), item }))
    .filter(({ key }) => after === undefined || key > after)
    .sort((left, right) => (left.key < right.key ? -1 : left.key > right.key ? 1 : 0));
  const page = sorted.slice(0, limit);
  const last = page.at(-1);
  const position = last === undefined || page.length === sorted.length ? undefined : toPosition(list, last.key);
  return { items: page.map(({ item }) => item), position };
}

/** AWS: a limit below 1 is no error. Seen: recorded answer of GetApiKeys, test_negative_get_usage_plan_api_keys. */
export function pageSize(limit: number | undefined): number {
  if (limit === undefined || limit < 1) return defaultPageSize;
  return Math.min(limit, largestPageSize);
}
