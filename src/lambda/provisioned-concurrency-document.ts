// Provisioned concurrency as the store keeps it: what was asked for. What there is of it is this process's own.

import type { Scope } from '../model/scope.ts';
import type { DocumentKey } from '../store/store.ts';

/** Hangs under its function's name; its id is a version's number or an alias. */
export const PROVISIONED_CONCURRENCY_KIND = 'lambda/provisioned-concurrency';

export interface ProvisionedConcurrencyDocument {
  readonly qualifier: string;
  readonly requested: number;
  /** Epoch milliseconds. */
  readonly modifiedAt: number;
}

export function provisionedConcurrencyKey({ account, region }: Scope, functionName: string, qualifier: string): DocumentKey {
  return { scope: { account, region }, kind: PROVISIONED_CONCURRENCY_KIND, parent: functionName, id: qualifier };
}
