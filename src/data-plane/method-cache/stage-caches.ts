// The response caches of all stages: how large each is, and how it is emptied.

import type { Scope } from '../../model/scope.ts';
import { MethodCache } from './method-cache.ts';

/** AWS: gigabytes of a cache cluster. Source: API reference, `cacheClusterSize`. */
const sizes = ['0.5', '1.6', '6.1', '13.5', '28.4', '58.2', '118', '237'];
const GB = 1_000_000_000;

export class StageCaches {
  readonly #caches = new Map<string, MethodCache>();
  readonly #bytesPerStageMax: number;

  /** No stage gets more than `bytesPerStageMax`, however large a cluster it asks for: the memory is the gateway's own. */
  constructor(bytesPerStageMax: number) {
    this.#bytesPerStageMax = bytesPerStageMax;
  }

  /** The cache of a stage, the same one for all its deployments. `clusterSize`: `0.5` and so on; the smallest when left out. */
  open(scope: Scope, apiId: string, stageName: string, clusterSize = '0.5'): MethodCache {
    if (!sizes.includes(clusterSize)) throw new Error(`There is no cache cluster of size ${clusterSize}`);
    const bytesMax = Math.min(Number(clusterSize) * GB, this.#bytesPerStageMax);
    const name = cacheName(scope, apiId, stageName);
    const known = this.#caches.get(name);
    if (known !== undefined) {
      known.resize(bytesMax);
      return known;
    }
    const cache = new MethodCache(bytesMax);
    this.#caches.set(name, cache);
    return cache;
  }

  /** FlushStageCache. */
  flush(scope: Scope, apiId: string, stageName: string): void {
    this.#caches.get(cacheName(scope, apiId, stageName))?.flush();
  }

  /** The stage has no cache any more. */
  close(scope: Scope, apiId: string, stageName: string): void {
    this.flush(scope, apiId, stageName);
    this.#caches.delete(cacheName(scope, apiId, stageName));
  }

  /** Only these stages of the API are left. */
  retain(scope: Scope, apiId: string, stageNames: ReadonlySet<string>): void {
    const prefix = cacheName(scope, apiId, '');
    for (const [name, cache] of this.#caches) {
      if (!name.startsWith(prefix) || stageNames.has(name.slice(prefix.length))) continue;
      cache.flush();
      this.#caches.delete(name);
    }
  }

  clear(): void {
    for (const cache of this.#caches.values()) cache.flush();
  }

  /** Bytes of all caches. */
  get bytes(): number {
    let bytes = 0;
    for (const cache of this.#caches.values()) bytes += cache.bytes;
    return bytes;
  }
}

function cacheName(scope: Scope, apiId: string, stageName: string): string {
  return `${scope.account}/${scope.region}/${apiId}/${stageName}`;
}
