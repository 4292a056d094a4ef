// Rate-based rules: how many requests of one key came in a sliding window.
// AWS estimates every 10 to 30 seconds and acts a while later; here a request is judged at once. Seen: WAF developer guide,
// "Rate-based rule caveats".

import { createHash } from 'node:crypto';
import type { Inspection, Matcher } from './matcher.ts';

/** What a request is counted under; undefined: not at all. ALWAYS_LIMITED: the rule's fallback says that it matches, uncounted. */
export type RateKey = (inspection: Inspection) => string | undefined;

export interface RateLimiterOptions {
  /** Requests that pass in one window. */
  readonly limit: number;
  readonly windowSeconds: number;
  readonly keyOf: RateKey;
  /** Only requests that match are counted. */
  readonly scope: Matcher | undefined;
  /** Whose counts go on. */
  readonly before?: RateLimiter | undefined;
}

/** The window moves by this step. */
const STEP_MS = 10_000;
/** AWS: as many keys can be limited at a time. Seen: WAF developer guide. */
const LIMITED_MAX = 10_000;
/** So many are counted; behind it one that is not limited is forgotten. */
const KEYS_MAX = 20_000;
/** So many of the oldest keys are asked whether they are limited before one goes all the same. */
const FORGET_TRIES = 8;
/** Longer keys are held by their digest: callers write them, 20,000 of a whole header each would be hundreds of megabytes. */
const KEY_CHARACTERS_MAX = 128;
/** Told apart from every key, which are latin1 text. */
export const ALWAYS_LIMITED = '\uffff';

class Window {
  readonly counts: Uint32Array;
  /** The step that `counts[step % length]` was counted in last. */
  step: number;
  sum = 0;

  constructor(steps: number, step: number) {
    this.counts = new Uint32Array(steps);
    this.step = step;
  }

  moveTo(step: number): void {
    const { counts } = this;
    if (step - this.step >= counts.length) {
      counts.fill(0);
      this.sum = 0;
      this.step = step;
      return;
    }
    while (this.step < step) {
      const place = ++this.step % counts.length;
      this.sum -= counts[place] as number;
      counts[place] = 0;
    }
  }

  add(): void {
    const place = this.step % this.counts.length;
    this.counts[place] = (this.counts[place] as number) + 1;
    this.sum++;
  }
}

export class RateLimiter {
  readonly limit: number;
  readonly windowSeconds: number;
  readonly #keyOf: RateKey;
  readonly #scope: Matcher | undefined;
  /** The one that was held longest comes first. */
  readonly #windows: Map<string, Window>;
  /** The step in which the keys that were not seen for a window were forgotten. */
  #sweptAt = 0;

  constructor({ limit, windowSeconds, keyOf, scope, before }: RateLimiterOptions) {
    this.limit = limit;
    this.windowSeconds = windowSeconds;
    this.#keyOf = keyOf;
    this.#scope = scope;
    this.#windows = before?.windowSeconds === windowSeconds ? before.#windows : new Map();
  }

  /** Counts the request. The key whose rate is over the limit; undefined when it is not, or the request is not counted. */
  take(inspection: Inspection): string | undefined {
    if (this.#scope !== undefined && !this.#scope(inspection)) return undefined;
    const key = this.#keyOf(inspection);
    if (key === undefined || key === ALWAYS_LIMITED) return key;
    const window = this.#windowOf(key, Math.floor(inspection.now / STEP_MS));
    // AWS: requests that are refused count, too.
    window.add();
    return window.sum > this.limit ? key : undefined;
  }

  /** The keys that are over the limit. */
  limited(now: number): string[] {
    const step = Math.floor(now / STEP_MS);
    const keys: string[] = [];
    for (const [key, window] of this.#windows) {
      window.moveTo(Math.max(step, window.step));
      if (window.sum > this.limit) keys.push(key);
      if (keys.length === LIMITED_MAX) break;
    }
    return keys;
  }

  #windowOf(key: string, step: number): Window {
    const held = key.length > KEY_CHARACTERS_MAX ? digestOf(key) : key;
    const known = this.#windows.get(held);
    if (known !== undefined) {
      // A clock that was put back counts into the newest step.
      known.moveTo(Math.max(step, known.step));
      return known;
    }
    if (this.#windows.size >= KEYS_MAX) this.#forget(step);
    const window = new Window((this.windowSeconds * 1000) / STEP_MS, step);
    this.#windows.set(copyOf(held), window);
    return window;
  }

  /**
   * Those that were not seen for a window, looked for once per step: new keys are as cheap to send as requests. Else the oldest that is
   * not limited: a client that names ever new addresses cannot have its own limit forgotten.
   */
  #forget(step: number): void {
    if (step > this.#sweptAt) {
      this.#sweptAt = step;
      for (const [key, window] of this.#windows) {
        if (step - window.step >= window.counts.length) this.#windows.delete(key);
      }
      if (this.#windows.size < KEYS_MAX) return;
    }
    let tries = 0;
    for (const [key, window] of this.#windows) {
      this.#windows.delete(key);
      window.moveTo(Math.max(step, window.step));
      if (window.sum <= this.limit || ++tries === FORGET_TRIES) return;
      this.#windows.set(key, window);
    }
  }
}

function digestOf(key: string): string {
  return createHash('sha256').update(key, 'latin1').digest('base64url');
}

/** A piece of a header that is kept would keep the whole header. */
function copyOf(key: string): string {
  return Buffer.from(key, 'latin1').toString('latin1');
}
