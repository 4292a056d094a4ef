// Tokens that were verified before, so that a client that calls a hundred times pays for one verification.

import { hash } from 'node:crypto';

/** What bounds the memory that remembered tokens take. */
export interface VerifiedTokenLimits {
  readonly tokens: number;
  /** Of the tokens' own text; what they claim takes a few times as much. */
  readonly characters: number;
}

const LIMITS: VerifiedTokenLimits = { tokens: 10_000, characters: 16 * 1024 * 1024 };

interface Entry<V> {
  readonly value: V;
  readonly length: number;
  /** Which look-up it was that moved it to the end of the line last. */
  movedAt: number;
}

/** The least recently used goes first, to within a few per cent of the line: moving a token for every request costs more than finding it. Tokens are known by their SHA-256: neither they nor the requests they came in are kept. */
export class VerifiedTokens<V> {
  readonly #limits: VerifiedTokenLimits;
  readonly #entries = new Map<string, Entry<V>>();
  readonly #moveAfter: number;
  #lookUps = 0;
  #characters = 0;

  constructor(limits: VerifiedTokenLimits = LIMITS) {
    this.#limits = limits;
    this.#moveAfter = Math.floor(limits.tokens / 32);
  }

  get size(): number {
    return this.#entries.size;
  }

  get(digest: string): V | undefined {
    const entry = this.#entries.get(digest);
    if (entry === undefined) return undefined;
    const lookUp = ++this.#lookUps;
    if (lookUp - entry.movedAt > this.#moveAfter) {
      entry.movedAt = lookUp;
      this.#entries.delete(digest);
      this.#entries.set(digest, entry);
    }
    return entry.value;
  }

  set(digest: string, value: V, length: number): void {
    this.delete(digest);
    this.#entries.set(digest, { value, length, movedAt: this.#lookUps });
    this.#characters += length;
    while (this.#entries.size > this.#limits.tokens || this.#characters > this.#limits.characters) {
      this.delete(this.#entries.keys().next().value as string);
    }
  }

  delete(digest: string): void {
    const entry = this.#entries.get(digest);
    if (entry === undefined) return;
    this.#entries.delete(digest);
    this.#characters -= entry.length;
  }
}

/** The name under which a token is remembered. */
export function tokenDigest(token: string): string {
  return hash('sha256', token, 'base64');
}
