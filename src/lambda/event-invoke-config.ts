// What is to become of asynchronous invocations: as the store keeps it, and what holds when nothing is said.

import type { Scope } from '../model/scope.ts';
import type { DocumentKey } from '../store/store.ts';

/** Hangs under its function's name; its id is the qualifier, `$LATEST` for the function itself. */
export const EVENT_INVOKE_CONFIG_KIND = 'lambda/event-invoke-config';

export interface EventInvokeConfigDocument {
  readonly qualifier: string;
  /** 0 to 2 more attempts when the function fails; 2 when absent. */
  readonly retriesMax?: number;
  /** 60 to 21,600; six hours when absent. */
  readonly ageSecondsMax?: number;
  /** ARNs of functions. */
  readonly onSuccess?: string;
  readonly onFailure?: string;
  /** Epoch milliseconds. */
  readonly lastModified: number;
}

/** AWS: two retries, six hours. Seen: Lambda guide, "Asynchronous invocation". */
export const RETRIES_DEFAULT = 2;
export const AGE_SECONDS_DEFAULT = 21_600;

export function eventInvokeConfigKey(scope: Scope, functionName: string, qualifier: string): DocumentKey {
  const { account, region } = scope;
  return { scope: { account, region }, kind: EVENT_INVOKE_CONFIG_KIND, parent: functionName, id: qualifier };
}
