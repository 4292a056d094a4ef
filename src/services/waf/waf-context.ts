// What the operations of WAF are made from.

import type { Caller, OperationInput, PartialOperations } from '../../aws/operations.ts';
import type { Scope } from '../../model/scope.ts';
import type { Store } from '../../store/store.ts';

type Waf = typeof import('@aws-sdk/client-wafv2');
export type Input<Op extends string> = OperationInput<Waf, Op>;
export type WafOperations = PartialOperations<Waf>;

/** What rules may know of a managed rule group. */
export interface ManagedGroupFacts {
  /** In web ACL capacity units. */
  readonly capacity: number;
  readonly ruleNames: readonly string[];
  /** That a rule may name; none when there is the one only that has no name. */
  readonly versions?: readonly string[];
  /** Why a group of AWS's cannot run here, in one sentence. */
  readonly unavailable?: string;
}

/** The catalogue of managed rule groups. */
export interface ManagedGroups {
  find(vendorName: string, name: string): ManagedGroupFacts | undefined;
}

export interface WafContext {
  readonly store: Store;
  readonly managedGroups: ManagedGroups;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Says, once per feature, that a setting is kept and does nothing. */
  keptOnly(feature: string): void;
  /** Whether a REST API has a stage of that name. */
  stageExists(scope: Scope, restApiId: string, stageName: string): Promise<boolean>;
  logGroupExists(scope: Scope, logGroupName: string): Promise<boolean>;
}

export function scopeOf({ account, region }: Caller): Scope {
  return { account, region };
}
