// Documents in nested maps, sorted by id when they are listed. Also used as an overlay: there `undefined` means deleted.

import type { Scope } from '../model/scope.ts';
import { compareIds } from './document-key.ts';
import type { DocumentKey } from './store.ts';

interface Partition {
  readonly scope: Scope;
  readonly kind: string;
  readonly parent: string;
  readonly documents: Map<string, unknown>;
}

export class MemoryDocuments {
  readonly #partitions = new Map<string, Partition>();

  has(key: DocumentKey): boolean {
    return this.#partitions.get(nameOf(key.scope, key.kind, key.parent))?.documents.has(key.id) === true;
  }

  get(key: DocumentKey): unknown {
    return this.#partitions.get(nameOf(key.scope, key.kind, key.parent))?.documents.get(key.id);
  }

  set(key: DocumentKey, document: unknown): void {
    const { scope, kind, parent } = key;
    const name = nameOf(scope, kind, parent);
    let partition = this.#partitions.get(name);
    if (partition === undefined) {
      partition = { scope: { account: scope.account, region: scope.region }, kind, parent, documents: new Map() };
      this.#partitions.set(name, partition);
    }
    partition.documents.set(key.id, document);
  }

  /** Ids and documents of one partition in id order, with the writes of an overlay on top. */
  entries(scope: Scope, kind: string, parent: string, overlay?: MemoryDocuments): readonly (readonly [string, unknown])[] {
    const name = nameOf(scope, kind, parent);
    const base = this.#partitions.get(name)?.documents;
    const writes = overlay === undefined ? undefined : overlay.#partitions.get(name)?.documents;
    const merged = new Map([...(base ?? []), ...(writes ?? [])]);
    return [...merged].filter(([, document]) => document !== undefined).sort(([left], [right]) => compareIds(left, right));
  }

  scan(kind: string, overlay?: MemoryDocuments): { readonly key: DocumentKey; readonly document: unknown }[] {
    const partitions = new Map([...this.#partitions, ...(overlay === undefined ? [] : overlay.#partitions)]);
    return [...partitions.values()]
      .filter((partition) => partition.kind === kind)
      .sort(comparePartitions)
      .flatMap(({ scope, parent }) =>
        this.entries(scope, kind, parent, overlay).map(([id, document]) => ({ key: { scope, kind, parent, id }, document })),
      );
  }

  keys(): DocumentKey[] {
    return [...this.#partitions.values()].flatMap(({ scope, kind, parent, documents }) =>
      [...documents.keys()].map((id) => ({ scope, kind, parent, id })),
    );
  }

  /** Takes over the writes of an overlay. */
  apply(overlay: MemoryDocuments): void {
    for (const [name, { scope, kind, parent, documents }] of overlay.#partitions) {
      for (const [id, document] of documents) {
        if (document === undefined) this.#partitions.get(name)?.documents.delete(id);
        else this.set({ scope, kind, parent, id }, document);
      }
      if (this.#partitions.get(name)?.documents.size === 0) this.#partitions.delete(name);
    }
  }
}

function comparePartitions(left: Partition, right: Partition): number {
  return (
    compareIds(left.scope.account, right.scope.account) ||
    compareIds(left.scope.region, right.scope.region) ||
    compareIds(left.parent, right.parent)
  );
}

function nameOf(scope: Scope, kind: string, parent: string): string {
  return `${kind}\0${scope.account}\0${scope.region}\0${parent}`;
}
