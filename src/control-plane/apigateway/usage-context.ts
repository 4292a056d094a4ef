// What the operations of API keys and usage plans are made from.

import { AwsError } from '../../aws/aws-error.ts';
import type { Scope } from '../../model/scope.ts';
import type { SecretBox } from '../../secrets/secret-box.ts';
import type { SecretDigest } from '../../secrets/secret-digest.ts';
import type { ServiceContext } from './service.ts';
import type { StoredApiKey } from './usage-documents.ts';

/** AWS's figures but for the number of keys; each can be lifted. Source: "Amazon API Gateway quotas". */
export interface UsageQuotas {
  /** AWS has 10,000 and raises it on demand; this many are measured. */
  readonly apiKeysPerRegion: number;
  readonly usagePlansPerRegion: number;
  readonly usagePlansPerApiKey: number;
  readonly methodThrottlesPerStage: number;
  readonly tagsPerResource: number;
}

export const usageQuotas: UsageQuotas = {
  apiKeysPerRegion: 1_000_000,
  usagePlansPerRegion: 300,
  usagePlansPerApiKey: 10,
  methodThrottlesPerStage: 20,
  tagsPerResource: 50,
};

/** What the data plane counts, asked from here. */
export interface UsageCounts {
  /** Resolves when everything that was counted so far is in the store. */
  settle(): Promise<void>;
  /** From now on the key may make `remaining` more requests in the period; resolves when that is durable. False: not in the plan. */
  setRemaining(scope: Scope, planId: string, key: StoredApiKey, remaining: number): Promise<boolean>;
}

export interface UsageContext extends Pick<ServiceContext, 'store' | 'timestamp'> {
  readonly quotas: UsageQuotas;
  readonly keySecrets: { readonly box: SecretBox; readonly digest: SecretDigest };
  readonly counts: UsageCounts;
}

/** A quota is used up. AWS: status 429 and this sentence for other nouns. Seen: anomalyco/ion#557. */
export function usageQuotaReached(noun: 'API Keys' | 'Usage Plans' | 'Method throttles' | 'Usage Plans per API Key'): AwsError {
  return new AwsError(
    'LimitExceededException',
    `Maximum number of ${noun} for this account has been reached. Please contact AWS if you need additional ${noun}.`,
  );
}
