// Things by the digests of secrets, for a million of them: the digests lie side by side in one piece of memory, and a look-up mostly reads
// one line of it. In a Map it reads a bucket, an entry and a text, each somewhere else, and waits for each.

/** Characters of base64url that are kept of a digest: 210 of the 256 bits. Nobody finds two secrets that have these in common. */
const CHARACTERS = 35;
const DIGEST_LENGTH = 43;
/** Characters of six bits in a word. */
const PER_WORD = 5;
const DIGEST_WORDS = CHARACTERS / PER_WORD;
/** The digest, and which value it is for: 32 bytes, half a line of a processor's cache. */
const ENTRY_WORDS = DIGEST_WORDS + 1;
const FREE = 0;
const DELETED = -1;
const CAPACITY_MIN = 64;
/** Fuller tables are made larger, so that an entry is found at or near its place. */
const LOAD_MAX = 0.7;

const bitsOf = new Uint8Array(128);
for (const [bits, character] of [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'].entries()) {
  bitsOf[character.charCodeAt(0)] = bits;
}

/** Digests are texts of 43 characters, as SecretDigest makes them; no other text is in a table. */
export class DigestTable<V> {
  #capacity = CAPACITY_MIN;
  #entries = new Int32Array(CAPACITY_MIN * ENTRY_WORDS);
  /** By the number in an entry. The first number is 1. */
  readonly #values: (V | undefined)[] = [undefined];
  readonly #freeNumbers: number[] = [];
  #size = 0;
  /** Entries that are not free: those in use, and those that were deleted. */
  #taken = 0;
  /** The digest that is looked for. */
  readonly #sought = new Int32Array(DIGEST_WORDS);

  get size(): number {
    return this.#size;
  }

  get(digest: string): V | undefined {
    const at = this.#find(digest);
    return at < 0 ? undefined : this.#values[this.#entries[at + DIGEST_WORDS] as number];
  }

  set(digest: string, value: V): void {
    if (digest.length !== DIGEST_LENGTH) throw new Error(`A digest has ${DIGEST_LENGTH} characters, not ${digest.length}.`);
    const known = this.#find(digest);
    if (known >= 0) {
      this.#values[this.#entries[known + DIGEST_WORDS] as number] = value;
      return;
    }
    if (this.#taken + 1 > this.#capacity * LOAD_MAX) this.#rebuild();
    const number = this.#freeNumbers.pop() ?? this.#values.push(undefined) - 1;
    this.#values[number] = value;
    this.#size++;
    this.#insert(this.#sought, 0, number);
  }

  delete(digest: string): void {
    const at = this.#find(digest);
    if (at < 0) return;
    const number = this.#entries[at + DIGEST_WORDS] as number;
    this.#values[number] = undefined;
    this.#freeNumbers.push(number);
    this.#entries[at + DIGEST_WORDS] = DELETED;
    this.#size--;
  }

  /** Where the digest's entry begins, or -1. Leaves the digest in `#sought`. */
  #find(digest: string): number {
    if (digest.length !== DIGEST_LENGTH) return -1;
    const sought = this.#sought;
    for (let word = 0, at = 0; word < DIGEST_WORDS; word++) {
      let bits = 0;
      for (const stop = at + PER_WORD; at < stop; at++) bits = (bits << 6) | (bitsOf[digest.charCodeAt(at)] as number);
      sought[word] = bits;
    }
    const entries = this.#entries;
    const mask = this.#capacity - 1;
    for (let place = (sought[0] as number) & mask; ; place = (place + 1) & mask) {
      const at = place * ENTRY_WORDS;
      const number = entries[at + DIGEST_WORDS] as number;
      if (number === FREE) return -1;
      let word = number === DELETED ? -1 : 0;
      while (word >= 0 && word < DIGEST_WORDS && entries[at + word] === sought[word]) word++;
      if (word === DIGEST_WORDS) return at;
    }
  }

  /** Only for a digest that is not there, and when there is room. */
  #insert(words: Int32Array, from: number, number: number): void {
    const entries = this.#entries;
    const mask = this.#capacity - 1;
    let place = (words[from] as number) & mask;
    while ((entries[place * ENTRY_WORDS + DIGEST_WORDS] as number) > 0) place = (place + 1) & mask;
    const at = place * ENTRY_WORDS;
    if (entries[at + DIGEST_WORDS] === FREE) this.#taken++;
    for (let word = 0; word < DIGEST_WORDS; word++) entries[at + word] = words[from + word] as number;
    entries[at + DIGEST_WORDS] = number;
  }

  /** Without the deleted entries, and larger when those in use need it. */
  #rebuild(): void {
    const former = this.#entries;
    while (this.#size + 1 > (this.#capacity * LOAD_MAX) / 2) this.#capacity *= 2;
    this.#entries = new Int32Array(this.#capacity * ENTRY_WORDS);
    this.#taken = 0;
    for (let at = 0; at < former.length; at += ENTRY_WORDS) {
      const number = former[at + DIGEST_WORDS] as number;
      if (number > 0) this.#insert(former, at, number);
    }
  }
}
