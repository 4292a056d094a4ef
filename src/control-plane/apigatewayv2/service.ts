// What every operation of API Gateway v2 is made from: the store, a clock, the quotas, and the types of its inputs.

import { partitionOf } from '../../aws/arn.ts';
import type { Caller, OperationInput, OperationOutput, PartialOperations } from '../../aws/operations.ts';
import type { Scope } from '../../model/scope.ts';
import type { Store } from '../../store/store.ts';

export type V2 = typeof import('@aws-sdk/client-apigatewayv2');
export type Input<Op extends string> = OperationInput<V2, Op>;
export type Output<Op extends string> = OperationOutput<V2, Op>;
export type V2Operations = PartialOperations<V2>;

/** AWS's figures; each can be lifted. Source: "Quotas for configuring and running an HTTP API". */
export interface Quotas {
  readonly apisPerRegion: number;
  readonly routesPerApi: number;
  readonly integrationsPerApi: number;
  readonly authorizersPerApi: number;
  readonly audiencesPerAuthorizer: number;
  readonly scopesPerRoute: number;
  readonly stagesPerApi: number;
  readonly stageVariablesPerStage: number;
  readonly vpcLinksPerRegion: number;
  readonly tagsPerResource: number;
  readonly domainNamesPerRegion: number;
  readonly multiLevelMappingsPerDomain: number;
  readonly routingRulesPerDomain: number;
  /** Automatic deployments kept per API besides those that a stage points at. Ours, not AWS's. */
  readonly automaticDeploymentsKept: number;
}

export const awsQuotas: Quotas = {
  apisPerRegion: 600,
  routesPerApi: 300,
  integrationsPerApi: 300,
  authorizersPerApi: 10,
  audiencesPerAuthorizer: 50,
  scopesPerRoute: 10,
  stagesPerApi: 10,
  stageVariablesPerStage: 100,
  vpcLinksPerRegion: 10,
  tagsPerResource: 50,
  domainNamesPerRegion: 120,
  multiLevelMappingsPerDomain: 200,
  routingRulesPerDomain: 50,
  automaticDeploymentsKept: 50,
};

export interface ServiceContext {
  readonly store: Store;
  readonly quotas: Quotas;
  /** The time as AWS prints it: ISO-8601 in whole seconds. */
  timestamp(): string;
  /** The caller deploys when all its changes are made; operations do not. */
  readonly holdsDeployments?: boolean;
  /** Asked about every role that a document names: throws AwsError when the caller may not pass it. Absent: everybody may. */
  readonly assertMayPassRole?: ((caller: Caller, roleArn: string) => void) | undefined;
  /** The `apiEndpoint` member of an API. */
  apiEndpoint(scope: Scope, apiId: string): string;
}

export function scopeOf(caller: Caller): Scope {
  return { account: caller.account, region: caller.region };
}

/** AWS: the China partition has a domain of its own. Seen: general reference, API Gateway endpoints. */
export function domainOf(region: string): string {
  return partitionOf(region) === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
}

/** Output members without those that are undefined: AWS leaves a member out, it never answers null. */
export function present<T extends object>(members: T): T {
  // The filter only drops members whose type allows undefined.
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as T;
}
