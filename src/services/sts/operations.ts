// STS: GetCallerIdentity, which the AWS CLI, Terraform and CDK call before anything else.
// https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html

import type { Caller, PartialOperations } from '../../aws/operations.ts';

export type StsOperations = PartialOperations<typeof import('@aws-sdk/client-sts')>;

/**
 * There are no IAM users behind access keys yet, so every caller is the root of its account, as a root access key is on AWS:
 * the ARN ends in `:root` and the user id is the account id.
 */
export function stsOperations(): StsOperations {
  return {
    async GetCallerIdentity(_input, caller: Caller) {
      const { account, region } = caller;
      return { Account: account, Arn: `arn:${partitionOf(region)}:iam::${account}:root`, UserId: account };
    },
  };
}

/** Source: AWS General Reference, ARN partitions. */
function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}
