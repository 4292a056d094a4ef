// Pages of names in their order, without sorting all of them: the smallest behind the last page's end are picked in one walk.

export interface Page<T> {
  readonly items: readonly T[];
  /** What the next page begins behind; undefined when this is the last. */
  readonly next: string | undefined;
}

/** `after`: where the page before ended. */
export function pageOf(names: Iterable<string>, limit: number, after: string | undefined): Page<string> {
  // One more than asked for tells whether there is another page.
  const smallest: string[] = [];
  for (const name of names) {
    if (after !== undefined && name <= after) continue;
    if (smallest.length > limit) {
      if (name > (smallest[limit] as string)) continue;
      smallest.pop();
    }
    smallest.splice(placeOf(smallest, name), 0, name);
  }
  const items = smallest.slice(0, limit);
  return { items, next: smallest.length > limit ? items.at(-1) : undefined };
}

function placeOf(sorted: readonly string[], name: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as string) < name) low = middle + 1;
    else high = middle;
  }
  return low;
}
