// A map that a template reads where it lies and may change for itself: most templates only read the headers, parameters and variables
// of a request, so these are copied when one of them is changed, not for each rendering.

import type { JsonObject, JsonValue } from '../json-path/json-value.ts';

/** Reads the lender's entries until it is changed; the lender never changes. */
export class BorrowedMap extends Map<unknown, JsonValue> {
  /** Undefined once the entries are its own. */
  #lender: ReadonlyMap<unknown, JsonValue> | undefined;

  constructor(lender: ReadonlyMap<unknown, JsonValue>) {
    super();
    this.#lender = lender;
  }

  override get size(): number {
    return this.#lender === undefined ? super.size : this.#lender.size;
  }

  override get(key: unknown): JsonValue | undefined {
    return this.#lender === undefined ? super.get(key) : this.#lender.get(key);
  }

  override has(key: unknown): boolean {
    return this.#lender === undefined ? super.has(key) : this.#lender.has(key);
  }

  override keys(): MapIterator<unknown> {
    return this.#lender === undefined ? super.keys() : this.#lender.keys();
  }

  override values(): MapIterator<JsonValue> {
    return this.#lender === undefined ? super.values() : this.#lender.values();
  }

  override entries(): MapIterator<[unknown, JsonValue]> {
    return this.#lender === undefined ? super.entries() : this.#lender.entries();
  }

  override [Symbol.iterator](): MapIterator<[unknown, JsonValue]> {
    return this.entries();
  }

  override forEach(callback: (value: JsonValue, key: unknown, map: JsonObject) => void): void {
    for (const [key, value] of this.entries()) callback(value, key, this);
  }

  override set(key: unknown, value: JsonValue): this {
    this.#own();
    return super.set(key, value);
  }

  override delete(key: unknown): boolean {
    this.#own();
    return super.delete(key);
  }

  override clear(): void {
    this.#lender = undefined;
    super.clear();
  }

  #own(): void {
    const lender = this.#lender;
    this.#lender = undefined;
    if (lender !== undefined) for (const [key, value] of lender) super.set(key, value);
  }
}
