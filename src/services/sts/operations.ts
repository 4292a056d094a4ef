// STS: GetCallerIdentity, which the AWS CLI, Terraform and CDK call before anything else.
// https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html

import { partitionOf } from '../../aws/arn.ts';
import type { Caller, PartialOperations } from '../../aws/operations.ts';

export type StsOperations = PartialOperations<typeof import('@aws-sdk/client-sts')>;

/** Who an access key belongs to; undefined for the account itself. */
export type CallerIdentityLookup = (
  accessKeyId: string,
) => { readonly account: string; readonly arn: string; readonly userId: string } | undefined;

/**
 * A key that is no user's is answered as the root of its account, as a root access key is on AWS: the ARN ends in `:root` and the
 * user id is the account id.
 */
export function stsOperations(identityOf: CallerIdentityLookup = () => undefined): StsOperations {
  return {
    async GetCallerIdentity(_input, caller: Caller) {
      const { account, region, accessKeyId } = caller;
      const identity = accessKeyId === undefined ? undefined : identityOf(accessKeyId);
      if (identity !== undefined) return { Account: identity.account, Arn: identity.arn, UserId: identity.userId };
      return { Account: account, Arn: `arn:${partitionOf(region)}:iam::${account}:root`, UserId: account };
    },
  };
}
