// Texts that are known (paths, path segments, hosts), each with what belongs to it.

import { randomInt } from 'node:crypto';

interface Entry<T> {
  readonly text: string;
  value: T;
  /** The next with the same place. */
  next: Entry<T> | undefined;
}

/** Where a longer text lies depends on this much of its end; it is compared whole in any case. */
const HASHED = 256;
/** Nobody outside knows which texts would lie at one place. */
const SECRET = randomInt(2 ** 31);

/**
 * What a Map does, without what a Map does with a text that it never saw: it enters it among the engine's own names, of which every
 * request has new ones (`/orders/8c1f…`). What is asked for is not kept.
 */
export class TextTable<T> {
  #places: (Entry<T> | undefined)[] = new Array(4).fill(undefined);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(text: string): T | undefined {
    return this.#entryOf(text)?.value;
  }

  set(text: string, value: T): void {
    const known = this.#entryOf(text);
    if (known !== undefined) {
      known.value = value;
      return;
    }
    this.#size++;
    if (this.#size > this.#places.length) this.#grow();
    this.#put({ text, value, next: undefined });
  }

  /** In no order. */
  entries(): [string, T][] {
    const all: [string, T][] = [];
    for (const first of this.#places) {
      for (let entry = first; entry !== undefined; entry = entry.next) all.push([entry.text, entry.value]);
    }
    return all;
  }

  #entryOf(text: string): Entry<T> | undefined {
    let entry = this.#places[hashOf(text) & (this.#places.length - 1)];
    while (entry !== undefined && entry.text !== text) entry = entry.next;
    return entry;
  }

  #put(entry: Entry<T>): void {
    const place = hashOf(entry.text) & (this.#places.length - 1);
    entry.next = this.#places[place];
    this.#places[place] = entry;
  }

  #grow(): void {
    const before = this.#places;
    this.#places = new Array(before.length * 2).fill(undefined);
    for (const first of before) {
      for (let entry = first; entry !== undefined; ) {
        const { next } = entry;
        this.#put(entry);
        entry = next;
      }
    }
  }
}

function hashOf(text: string): number {
  const { length } = text;
  let hash = SECRET ^ length;
  for (let at = length > HASHED ? length - HASHED : 0; at < length; at++)
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash ^ (hash >>> 15);
}
