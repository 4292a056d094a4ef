// An asynchronous event as the store keeps it, from its acceptance until it is done with.

import type { Scope } from '../model/scope.ts';
import type { DocumentKey } from '../store/store.ts';

/** Hangs under ''; its id is the request id. */
export const EVENT_KIND = 'lambda/event';

export interface EventDocument {
  readonly functionName: string;
  /** As it was invoked; absent for the function itself. */
  readonly qualifier?: string;
  readonly requestId: string;
  /** JSON text. */
  readonly event: string;
  readonly clientContext: string;
  /** Epoch milliseconds. */
  readonly acceptedAt: number;
  /** Attempts that failed, and how often there was no room to run it. */
  readonly failures: number;
  readonly throttles: number;
  /** Results that were sent on to bring it here: functions that are each other's destination come to an end. */
  readonly hops: number;
}

export function eventKey(scope: Scope, requestId: string): DocumentKey {
  return { scope: { account: scope.account, region: scope.region }, kind: EVENT_KIND, parent: '', id: requestId };
}
