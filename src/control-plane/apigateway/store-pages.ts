// Pages of lists that are too long to be read whole: they are read from the store in pieces until the page is full.

import { pageSize } from './paging.ts';
import { fromPosition, toPosition } from './position.ts';

/** Read at once where not every item is shown. */
const PIECE = 500;

export interface Piece<T> {
  readonly items: readonly T[];
  /** The place to continue after; undefined at the end. */
  readonly next: string | undefined;
}

interface PagingInput {
  readonly limit?: number | undefined;
  readonly position?: string | undefined;
}

/**
 * One page of the items that `shown` finds something to show for. `list` names what is listed, so that a position in another list is
 * refused; `placeOf` is the place of an item in the store's list.
 */
export async function storePage<T, S>(
  input: PagingInput,
  list: readonly string[],
  read: (options: { readonly after?: string; readonly limit: number }) => Promise<Piece<T>>,
  shown: (item: T) => Promise<{ readonly place: string; readonly item: S } | undefined>,
): Promise<{ readonly items: S[]; readonly position: string | undefined }> {
  const limit = pageSize(input.limit);
  let after = fromPosition(input.position, list);
  const items: S[] = [];
  for (;;) {
    const piece = await read(after === undefined ? { limit: PIECE } : { after, limit: PIECE });
    for (const [index, item] of piece.items.entries()) {
      const found = await shown(item);
      if (found === undefined) continue;
      items.push(found.item);
      if (items.length < limit) continue;
      const more = index + 1 < piece.items.length || piece.next !== undefined;
      return { items, position: more ? toPosition(list, found.place) : undefined };
    }
    if (piece.next === undefined) return { items, position: undefined };
    after = piece.next;
  }
}
