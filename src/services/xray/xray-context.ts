// What the operations of X-Ray are made from.

import type { Caller, OperationInput, PartialOperations } from '../../aws/operations.ts';
import type { Scope } from '../../model/scope.ts';
import type { Store } from '../../store/store.ts';
import type { SamplingStatistics } from './sampling-statistics.ts';
import type { TraceStore } from './trace-store.ts';

type XRay = typeof import('@aws-sdk/client-xray');
export type Input<Op extends string> = OperationInput<XRay, Op>;
export type XRayOperations = PartialOperations<XRay>;

export interface XRayContext {
  /** Sampling rules, groups, the encryption setting and their tags. */
  readonly store: Store;
  readonly traces: TraceStore;
  /** What clients reported of their sampling. */
  readonly sampling: SamplingStatistics;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Says, once per feature, that a setting is kept and does nothing. */
  keptOnly(feature: string): void;
}

export function scopeOf({ account, region }: Caller): Scope {
  return { account, region };
}
