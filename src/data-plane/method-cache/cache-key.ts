// What makes two requests the same to a stage's cache. Every part is written with its length before it, so that no value can end one
// part and begin the next, and the whole is hashed: a key takes 43 characters whatever a client sends.

import { hash } from 'node:crypto';
import type { Scope } from '../../model/scope.ts';

/** The method whose responses are cached. */
export interface CachedMethod {
  readonly scope: Scope;
  readonly apiId: string;
  readonly stageName: string;
  /** Of a canary whose responses are none of its stage's; '' otherwise. AWS: what is cached outlives a new deployment. */
  readonly deploymentId: string;
  /** The method's own unless its integration shares the cache of another: `cacheNamespace`. */
  readonly namespace: string;
  readonly resourcePath: string;
  readonly httpMethod: string;
}

/** The part of all keys of a method, made when it is assembled. */
export function cacheKeyPrefix(method: CachedMethod): string {
  const { scope, apiId, stageName, deploymentId, namespace, resourcePath, httpMethod } = method;
  return tuple([scope.account, scope.region, apiId, stageName, deploymentId, namespace, resourcePath, httpMethod]);
}

/**
 * The key of a request.
 * `principal` names who was let in by an authorizer, a signature or a pool; undefined where the method asks nobody. AWS leaves it out,
 * so that the response made for one caller may be answered to another. Here it never is.
 * `parameters` are the values of the method's cache key parameters in the order of their names; undefined for one that was not sent.
 */
export function cacheKey(prefix: string, principal: string | undefined, parameters: readonly (string | undefined)[]): string {
  return hash('sha256', prefix + tuple([principal, ...parameters]), 'base64url');
}

/** `3:abc-2:de`; `-` stands for a part that is not there, which is not an empty one. */
function tuple(parts: readonly (string | undefined)[]): string {
  let text = `${parts.length}!`;
  for (const part of parts) text += part === undefined ? '-' : `${part.length}:${part}`;
  return text;
}
