// The response cache of one stage: bounded, with a time to live for each entry, and one request to the backend for many that ask for the
// same at once. It knows nothing of HTTP APIs or plans; times are those of a clock that never steps back.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-caching.html

import { type CachedResponse, fromStored, isCacheable, type StoredResponse, toStored } from './cached-response.ts';

export interface CacheRequest {
  /** Of `cacheKey`. */
  readonly key: string;
  /** 0 keeps nothing, and does not look either. */
  readonly ttlMs: number;
  readonly encrypted: boolean;
  /** The client asks for a fresh response, and may: what is there is not answered, and replaced. */
  readonly refresh: boolean;
}

/** Somebody who waits for the response that another request is fetching. */
export interface CacheWaiter {
  /** Undefined: there is none that could be shared; whoever waited asks the backend itself. Called once. */
  onShared(response: CachedResponse | undefined): void;
}

export type CacheLookup =
  | { readonly kind: 'hit'; readonly response: CachedResponse }
  /** Ask the backend, and say what came of it: `settle` must be called once, whatever happens. */
  | { readonly kind: 'fetch'; readonly flight: CacheFlight }
  /** The waiter is told. */
  | { readonly kind: 'wait' };

export interface CacheFlight {
  /** The response, or undefined when there is none to share: an error, a client that left, a body that was too large to collect. */
  settle(response: CachedResponse | undefined, nowMs: number): void;
}

interface Entry {
  readonly stored: StoredResponse;
  readonly expiresMs: number;
}

/** More that wait for one response go to the backend themselves: a stuck backend must not collect everybody. */
const WAITERS_MAX = 1_000;

export class MethodCache {
  /** The least recently used first. */
  readonly #entries = new Map<string, Entry>();
  readonly #flights = new Map<string, Flight>();
  #bytesMax: number;
  #bytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  get bytes(): number {
    return this.#bytes;
  }

  lookUp(request: CacheRequest, waiter: CacheWaiter, nowMs: number): CacheLookup {
    const { key, ttlMs, refresh } = request;
    if (ttlMs <= 0) return { kind: 'fetch', flight: nothingKept };
    if (!refresh) {
      const entry = this.#entries.get(key);
      if (entry !== undefined) {
        this.#entries.delete(key);
        if (entry.expiresMs > nowMs) {
          this.#entries.set(key, entry);
          return { kind: 'hit', response: fromStored(entry.stored, key) };
        }
        this.#bytes -= entry.stored.bytes;
      }
      const running = this.#flights.get(key);
      if (running !== undefined) {
        if (running.waiters.length >= WAITERS_MAX) return { kind: 'fetch', flight: nothingKept };
        running.waiters.push(waiter);
        return { kind: 'wait' };
      }
    } else this.#remove(key);
    // A refresh does not share what was asked for before it came, and what that brings is not kept.
    const flight = new Flight(request, (settled, response, at) => this.#settle(settled, response, at));
    this.#flights.set(key, flight);
    return { kind: 'fetch', flight };
  }

  /** Forgets everything. What is being fetched is answered to those who wait for it, and not kept. */
  flush(): void {
    this.#entries.clear();
    this.#flights.clear();
    this.#bytes = 0;
  }

  resize(bytesMax: number): void {
    this.#bytesMax = bytesMax;
    this.#makeRoom(0);
  }

  #settle(flight: Flight, response: CachedResponse | undefined, nowMs: number): void {
    const { key, ttlMs, encrypted } = flight.request;
    const isCurrent = this.#flights.get(key) === flight;
    if (isCurrent) this.#flights.delete(key);
    const shared = response !== undefined && isCacheable(response) ? response : undefined;
    if (shared !== undefined && isCurrent) {
      const stored = toStored(shared, key, encrypted);
      this.#remove(key);
      this.#dropExpired(nowMs);
      if (this.#makeRoom(stored.bytes)) {
        this.#entries.set(key, { stored, expiresMs: nowMs + ttlMs });
        this.#bytes += stored.bytes;
      }
    }
    for (const waiter of flight.waiters) waiter.onShared(shared);
  }

  #remove(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    this.#bytes -= entry.stored.bytes;
  }

  /** False for an entry that is larger than the cache. */
  #makeRoom(bytes: number): boolean {
    if (bytes > this.#bytesMax) return false;
    for (const [key, entry] of this.#entries) {
      if (this.#bytes + bytes <= this.#bytesMax) break;
      this.#entries.delete(key);
      this.#bytes -= entry.stored.bytes;
    }
    return true;
  }

  /** A few of the oldest with every new entry: what nobody asks for any more goes without a timer. */
  #dropExpired(nowMs: number): void {
    let looks = 0;
    for (const [key, entry] of this.#entries) {
      if (looks++ === 4) return;
      if (entry.expiresMs > nowMs) continue;
      this.#entries.delete(key);
      this.#bytes -= entry.stored.bytes;
    }
  }
}

type Settle = (flight: Flight, response: CachedResponse | undefined, nowMs: number) => void;

class Flight implements CacheFlight {
  readonly request: CacheRequest;
  readonly waiters: CacheWaiter[] = [];
  #settle: Settle | undefined;

  constructor(request: CacheRequest, settle: Settle) {
    this.request = request;
    this.#settle = settle;
  }

  settle(response: CachedResponse | undefined, nowMs: number): void {
    const settle = this.#settle;
    this.#settle = undefined;
    settle?.(this, response, nowMs);
  }
}

const nothingKept: CacheFlight = { settle: () => {} };
