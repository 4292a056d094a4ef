// What every operation of API Gateway v1 is made from: the store, a clock, the quotas, and the types of its inputs.

import type { Caller, OperationInput, OperationOutput, PartialOperations } from '../../aws/operations.ts';
import type { Scope } from '../../model/scope.ts';
import type { Store, Transaction } from '../../store/store.ts';
import type { NotYetRunNotices } from './not-yet-run.ts';

export type V1 = typeof import('@aws-sdk/client-api-gateway');
export type Input<Op extends string> = OperationInput<V1, Op>;
export type Output<Op extends string> = OperationOutput<V1, Op>;
export type V1Operations = PartialOperations<V1>;

/** AWS's figures; each can be lifted. Source: "Amazon API Gateway quotas", REST APIs. */
export interface Quotas {
  readonly apisPerRegion: number;
  readonly resourcesPerApi: number;
  readonly stagesPerApi: number;
  readonly authorizersPerApi: number;
  readonly domainNamesPerRegion: number;
  readonly privateDomainNamesPerRegion: number;
  readonly domainNameAccessAssociationsPerRegion: number;
  readonly documentationPartsPerApi: number;
  readonly stageVariablesPerStage: number;
  readonly tagsPerResource: number;
}

export const awsQuotas: Quotas = {
  apisPerRegion: 600,
  resourcesPerApi: 300,
  stagesPerApi: 10,
  authorizersPerApi: 10,
  domainNamesPerRegion: 120,
  privateDomainNamesPerRegion: 50,
  domainNameAccessAssociationsPerRegion: 100,
  documentationPartsPerApi: 2000,
  stageVariablesPerStage: 100,
  tagsPerResource: 50,
};

/** The response cache of a stage as the data plane keeps it. The operation resolves when what was cached is not answered any more. */
export interface StageCaches {
  flushResponses(scope: Scope, restApiId: string, stageName: string): Promise<void>;
}

/** The web ACLs that WAF associated with stages. */
export interface StageWebAcls {
  /** The ARN of a stage's web ACL. */
  ofStage(scope: Scope, restApiId: string, stageName: string): string | undefined;
  /** The stage, or every stage of the API, is being deleted: another of its name begins without a web ACL. */
  forgetStages(transaction: Transaction, scope: Scope, restApiId: string, stageName?: string): Promise<void>;
}

export interface ServiceContext {
  readonly store: Store;
  readonly quotas: Quotas;
  readonly caches: StageCaches;
  readonly webAcls: StageWebAcls;
  /** To be told of every stage and API that is kept. */
  readonly notices: NotYetRunNotices;
  /** Asked about every role that a document names: throws AwsError when the caller may not pass it. Absent: everybody may. */
  readonly assertMayPassRole?: ((caller: Caller, roleArn: string) => void) | undefined;
  /** The time as the model keeps it: ISO-8601 in whole seconds. */
  timestamp(): string;
}

export function scopeOf(caller: Caller): Scope {
  return { account: caller.account, region: caller.region };
}

/** Members without those that are undefined: AWS leaves a member out, it never answers null. */
export function present<T extends object>(members: T): T {
  // The filter only drops members whose type allows undefined.
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as T;
}
