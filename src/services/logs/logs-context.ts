// What the operations of CloudWatch Logs are made from.

import type { Caller, OperationInput, PartialOperations } from '../../aws/operations.ts';
import type { Scope } from '../../model/scope.ts';
import type { Store } from '../../store/store.ts';
import type { EventStore } from './event-store.ts';

type Logs = typeof import('@aws-sdk/client-cloudwatch-logs');
export type Input<Op extends string> = OperationInput<Logs, Op>;
export type LogsOperations = PartialOperations<Logs>;

export interface LogsContext {
  /** Groups and policies. */
  readonly store: Store;
  readonly events: EventStore;
  /** Brings what is still queued (function lines, access logs) into `events`, so that a reader sees it. */
  flush(): Promise<void>;
  /** Removes what was hidden; resolves when it is gone. */
  removeHidden(): Promise<void>;
  /** Called after events were kept: the store's size is looked after. */
  kept(): void;
  /** Milliseconds since the epoch. */
  now(): number;
}

export function scopeOf({ account, region }: Caller): Scope {
  return { account, region };
}

/** Output members without those that are undefined: AWS leaves a member out, it never answers null. */
export function present<T extends object>(members: T): T {
  // The filter only drops members whose type allows undefined.
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as T;
}
