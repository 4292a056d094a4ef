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
}

/** The least recently used goes first. Tokens are known by their SHA-256: neither they nor the requests they came in are kept. */
export class VerifiedTokens<V> {
  readonly #limits: VerifiedTokenLimits;
  readonly #entries = new Map<string, Entry<V>>();
  #characters = 0;

  constructor(limits: VerifiedTokenLimits = LIMITS) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(digest: string): V | undefined {
    const entry = this.#entries.get(digest);
    if (entry === undefined) return undefined;
    this.#entries.delete(digest);
    this.#entries.set(digest, entry);
    return entry.value;
  }

  set(digest: string, value: V, length: number): void {
    this.delete(digest);
    this.#entries.set(digest, { value, length });
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
