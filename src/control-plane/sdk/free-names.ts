// Names for what is generated: what would have the name of another gets a number.

/** Names of one place. `fold` says which are the same there: a file system, say, may not tell cases apart. */
export class FreeNames {
  readonly #fold: (name: string) => string;
  /** The number that was tried last, by name: names that differ in nothing but punctuation may be thousands. */
  readonly #taken = new Map<string, number>();

  constructor(fold: (name: string) => string = (name) => name) {
    this.#fold = fold;
  }

  get size(): number {
    return this.#taken.size;
  }

  /** The name, or `name2`, `name3`, ...; it is taken then. */
  take(name: string): string {
    let free = name;
    let number = this.#taken.get(this.#fold(name)) ?? 1;
    while (this.#taken.has(this.#fold(free))) free = `${name}${++number}`;
    this.#taken.set(this.#fold(name), number);
    if (free !== name) this.#taken.set(this.#fold(free), 1);
    return free;
  }
}
