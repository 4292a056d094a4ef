// An alias as the store keeps it: a name for one version of a function, or for two with weights.

import type { Scope } from '../model/scope.ts';
import type { DocumentKey } from '../store/store.ts';

/** Hangs under its function's name. */
export const ALIAS_KIND = 'lambda/alias';

export interface AliasDocument {
  readonly name: string;
  /** `$LATEST` or a number. */
  readonly functionVersion: string;
  readonly description: string;
  /** The second version and the share of invocations it gets, 0 to 1. */
  readonly additional?: { readonly version: string; readonly weight: number };
  readonly revisionId: string;
}

export function aliasKey(scope: Scope, functionName: string, alias: string): DocumentKey {
  return { scope: { account: scope.account, region: scope.region }, kind: ALIAS_KIND, parent: functionName, id: alias };
}

/** Versions have numbers; everything else that qualifies a function is an alias, or `$LATEST`. */
export function isVersionNumber(qualifier: string): boolean {
  return /^\d+$/.test(qualifier);
}
