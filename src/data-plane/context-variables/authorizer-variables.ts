// The variables that an authorizer lends: `$context.authorizer.*` and the identity of a signer. Routes have no authorizers so far, so
// none of them has a value; this is the one place that says so.

import type { Exchange } from '../http-api/exchange.ts';

/** `path` is what follows `authorizer.`, e.g. ['claims', 'sub']. */
export function authorizerVariable(_exchange: Exchange, _path: readonly string[]): string | undefined {
  return undefined;
}

/** Members of `$context.identity` that a signed request or a client certificate has. */
export function identityVariable(_exchange: Exchange, _name: string): string | undefined {
  return undefined;
}
