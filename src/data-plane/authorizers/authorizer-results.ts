// What Lambda authorizers said, kept for as long as their authorizer says, for all APIs together. Bounded in entries and in bytes: the
// results that were not used for longest go first. Keys are digests, so that no credentials of clients lie here.

import { hash } from 'node:crypto';
import type { LambdaAnswer } from './lambda-answer.ts';

export interface ResultLimits {
  readonly entriesMax: number;
  /** Bytes of memory, as an estimate. */
  readonly bytesMax: number;
}

const LIMITS: ResultLimits = { entriesMax: 50_000, bytesMax: 64 * 2 ** 20 };

interface Kept<A> {
  readonly answer: A;
  readonly bytes: number;
  readonly untilMs: number;
}

/** `A` is what an authorizer's answer is kept as. */
export class AuthorizerResults<A extends object = LambdaAnswer> {
  readonly #limits: ResultLimits;
  /** In the order of their last use. */
  readonly #kept = new Map<string, Kept<A>>();
  #bytes = 0;

  constructor(limits: ResultLimits = LIMITS) {
    this.#limits = limits;
  }

  /** Entries that are kept now, also those whose time is over. */
  get size(): number {
    return this.#kept.size;
  }

  /** `nowMs` is monotonic. */
  get(key: string, nowMs: number): A | undefined {
    const kept = this.#kept.get(key);
    if (kept === undefined) return undefined;
    this.#kept.delete(key);
    if (nowMs >= kept.untilMs) {
      this.#bytes -= kept.bytes;
      return undefined;
    }
    this.#kept.set(key, kept);
    return kept.answer;
  }

  keep(key: string, answer: A, bytes: number, untilMs: number): void {
    const before = this.#kept.get(key);
    if (before !== undefined) {
      this.#kept.delete(key);
      this.#bytes -= before.bytes;
    }
    this.#kept.set(key, { answer, bytes, untilMs });
    this.#bytes += bytes;
    for (const [oldest, { bytes: freed }] of this.#kept) {
      if (this.#kept.size <= this.#limits.entriesMax && this.#bytes <= this.#limits.bytesMax) break;
      this.#kept.delete(oldest);
      this.#bytes -= freed;
    }
  }

  clear(): void {
    this.#kept.clear();
    this.#bytes = 0;
  }
}

/**
 * The key of a result: a digest of parts that are told apart by their lengths. Two lists of parts never have the same key, whatever
 * separators clients put into their credentials.
 */
export function resultKey(prefix: string, parts: readonly string[]): string {
  let text = prefix;
  for (const part of parts) text += lengthPrefixed(part);
  return hash('sha256', text, 'base64');
}

export function lengthPrefixed(part: string): string {
  return `${part.length}:${part}`;
}
