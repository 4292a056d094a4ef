// Operations that do not depend on each other, side by side: the system they go to makes them durable in one piece.

/** Runs `work` for every item and waits for all, whatever fails; then throws the first failure in the order of the items. */
export async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  for (const result of await Promise.allSettled(items.map(work))) {
    if (result.status === 'rejected') throw result.reason;
  }
}
