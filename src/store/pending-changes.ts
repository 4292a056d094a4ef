// The changes of one transaction: the last word per document, in the order of those last words.

import type { Change, DocumentKey } from './store.ts';

export class PendingChanges {
  readonly #byKey = new Map<string, { readonly key: DocumentKey; readonly operation: 'put' | 'delete' }>();

  note(key: DocumentKey, operation: 'put' | 'delete'): void {
    const { scope, kind, parent, id } = key;
    const name = `${scope.account}\0${scope.region}\0${kind}\0${parent}\0${id}`;
    this.#byKey.delete(name);
    this.#byKey.set(name, { key: { scope: { account: scope.account, region: scope.region }, kind, parent, id }, operation });
  }

  get size(): number {
    return this.#byKey.size;
  }

  /** As subscribers and the change log see them. */
  at(revision: number): readonly Change[] {
    return [...this.#byKey.values()].map(({ key, operation }) => ({ revision, key, operation }));
  }
}
