// Gives words of the one shared counters buffer to whoever counts: throttle buckets, metrics. A key keeps its words until it is
// released, so that a redeploy does not refill a bucket. Compile time only; threads see nothing but the numbers in the plans.

/** The buffer is full: the deployment is refused, nothing that runs is touched. */
export class CountersFull extends Error {
  constructor(key: string, capacityWords: number) {
    super(
      `No room for the counters of ${key}: all ${capacityWords} words of the shared counters buffer are taken. ` +
        'Delete APIs or stages that are not used, or start with a larger counters buffer.',
    );
    this.name = 'CountersFull';
  }
}

/** What a plan asks for its counters; tests may count upwards instead. */
export interface CounterSlots {
  /** The index of the first of `words` words that belong to `key`; the same key gets the same index again. */
  allocate(key: string, words: number): number;
}

interface Grant {
  readonly offset: number;
  readonly words: number;
}

export class SlotAllocator implements CounterSlots {
  readonly #counters: Int32Array<SharedArrayBuffer>;
  readonly #granted = new Map<string, Grant>();
  /** Released offsets by size: sizes are few (a bucket, a stage's metrics), so blocks are never split. */
  readonly #free = new Map<number, number[]>();
  #next = 0;

  constructor(counters: Int32Array<SharedArrayBuffer>) {
    this.#counters = counters;
  }

  allocate(key: string, words: number): number {
    const granted = this.#granted.get(key);
    if (granted !== undefined && granted.words === words) return granted.offset;
    const offset = this.#free.get(words)?.pop() ?? this.#grow(key, words);
    this.#granted.set(key, { offset, words });
    return offset;
  }

  /** Gives back every key that begins with `prefix`; the words are zeroed for their next owner. */
  release(prefix: string): void {
    for (const [key, grant] of this.#granted) {
      if (!key.startsWith(prefix)) continue;
      this.#granted.delete(key);
      for (let i = 0; i < grant.words; i++) Atomics.store(this.#counters, grant.offset + i, 0);
      const free = this.#free.get(grant.words);
      if (free === undefined) this.#free.set(grant.words, [grant.offset]);
      else free.push(grant.offset);
    }
  }

  #grow(key: string, words: number): number {
    if (this.#next + words > this.#counters.length) throw new CountersFull(key, this.#counters.length);
    const offset = this.#next;
    this.#next += words;
    return offset;
  }
}
