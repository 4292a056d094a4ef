// Words of the usage counters for keys that come. Most keys of a large table never do, so words are given out with the first request
// of a key and not when a plan is compiled.

export class UsageSlots {
  readonly counters: Int32Array<SharedArrayBuffer>;
  readonly #free = new Map<number, number[]>();
  #next = 0;

  constructor(counters: Int32Array<SharedArrayBuffer>) {
    this.counters = counters;
  }

  /** The first of `words` words, all zero; undefined when the buffer is full. */
  take(words: number): number | undefined {
    const free = this.#free.get(words)?.pop();
    if (free !== undefined) return free;
    if (this.#next + words > this.counters.length) return undefined;
    const slot = this.#next;
    this.#next += words;
    return slot;
  }

  giveBack(slot: number, words: number): void {
    for (let i = 0; i < words; i++) Atomics.store(this.counters, slot + i, 0);
    const free = this.#free.get(words);
    if (free === undefined) this.#free.set(words, [slot]);
    else free.push(slot);
  }
}
