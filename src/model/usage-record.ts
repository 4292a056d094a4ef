// What a key used of a usage plan on one day, as it is kept.

import type { Scope } from './scope.ts';

export interface UsageRecord {
  readonly scope: Scope;
  readonly planId: string;
  readonly keyId: string;
  /** Days since 1970-01-01, UTC. */
  readonly day: number;
  /** Requests of the day. */
  readonly used: number;
  /** First day of the quota's period. */
  readonly periodStart: number;
  /** Requests that the quota of the period is charged with; below 0 after more was granted than the quota holds. */
  readonly charged: number;
  /** What the quota left at the end of the day; undefined without a quota. */
  readonly remaining: number | undefined;
}
