// Tokens that were verified before, so that a client that calls a hundred times pays for one verification.

import { randomInt } from 'node:crypto';

/** What bounds the memory that remembered tokens take. */
export interface VerifiedTokenLimits {
  readonly tokens: number;
  /** Of the tokens' own text; what they claim takes a few times as much. */
  readonly characters: number;
}

const LIMITS: VerifiedTokenLimits = { tokens: 10_000, characters: 16 * 1024 * 1024 };

interface Entry<V> {
  readonly token: string;
  readonly value: V;
  /** Which look-up it was that moved it to the end of the line last. */
  movedAt: number;
}

/** Characters of a token's end that its place depends on. They are of its signature, in which no two tokens are alike. */
const TAIL = 16;

/**
 * The least recently used goes first, to within a few per cent of the line: moving a token for every request costs more than finding it.
 *
 * A token lies at a place that its end and a secret number decide, and is then compared whole; a digest of all of it took as long as the
 * rest of an authorizer's work. Only who has a genuine token gets to be compared with it, so the time that takes tells nobody anything.
 */
export class VerifiedTokens<V> {
  readonly #limits: VerifiedTokenLimits;
  /** By place. Of two tokens with one place the later one is known. */
  readonly #entries = new Map<number, Entry<V>>();
  readonly #moveAfter: number;
  readonly #secret = randomInt(2 ** 31);
  #lookUps = 0;
  #characters = 0;

  constructor(limits: VerifiedTokenLimits = LIMITS) {
    this.#limits = limits;
    this.#moveAfter = Math.floor(limits.tokens / 32);
  }

  get size(): number {
    return this.#entries.size;
  }

  get(token: string): V | undefined {
    const place = this.#placeOf(token);
    const entry = this.#entries.get(place);
    if (entry === undefined || entry.token !== token) return undefined;
    const lookUp = ++this.#lookUps;
    if (lookUp - entry.movedAt > this.#moveAfter) {
      entry.movedAt = lookUp;
      this.#entries.delete(place);
      this.#entries.set(place, entry);
    }
    return entry.value;
  }

  set(token: string, value: V): void {
    const place = this.#placeOf(token);
    this.#forget(place);
    this.#entries.set(place, { token: ownText(token), value, movedAt: this.#lookUps });
    this.#characters += token.length;
    while (this.#entries.size > this.#limits.tokens || this.#characters > this.#limits.characters) {
      this.#forget(this.#entries.keys().next().value as number);
    }
  }

  delete(token: string): void {
    const place = this.#placeOf(token);
    if (this.#entries.get(place)?.token === token) this.#forget(place);
  }

  #forget(place: number): void {
    const entry = this.#entries.get(place);
    if (entry === undefined) return;
    this.#entries.delete(place);
    this.#characters -= entry.token.length;
  }

  #placeOf(token: string): number {
    const { length } = token;
    let place = this.#secret ^ length;
    for (let at = length > TAIL ? length - TAIL : 0; at < length; at++)
      place = Math.imul(place ^ token.charCodeAt(at), 0x01000193);
    return (place ^ (place >>> 15)) & 0x3fffffff;
  }
}

/** Not a slice of the request that it came in, all of which it would keep. A token is ASCII. */
function ownText(token: string): string {
  return Buffer.from(token, 'latin1').toString('latin1');
}
