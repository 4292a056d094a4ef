// What the operator says about the world around the gateway. Plans depend on it, so that `explain` shows where a request would go.

import type { ServiceId } from '../../data-plane/integrations/service-operations.ts';

export interface NetworkAddress {
  readonly host: string;
  readonly port: number;
}

export interface Surroundings {
  /** Where private integrations are reached, by the ARN of their listener or service. */
  readonly vpcTargets: ReadonlyMap<string, NetworkAddress>;
  /** Base URLs of AWS services, by service; `all` for those that have none of their own. AWS itself when there is neither. */
  readonly awsEndpoints: ReadonlyMap<ServiceId | 'sns' | 'all', string>;
  /** Where user pools are: an issuer URL with `{region}` and `{poolId}`. AWS itself when left out. */
  readonly cognitoIssuer?: string;
  /** There are keys that can sign calls to AWS services. */
  readonly hasAwsKeys: boolean;
}

export const nothingAround: Surroundings = { vpcTargets: new Map(), awsEndpoints: new Map(), hasAwsKeys: false };
