// The errors of WAF, in AWS's words.
// https://docs.aws.amazon.com/waf/latest/APIReference/API_CreateWebACL.html#API_CreateWebACL_Errors

import type { ParameterExceptionField } from '@aws-sdk/client-wafv2';
import { AwsError } from '../../aws/aws-error.ts';

/**
 * AWS: the message is made of the three members. Seen: hashicorp/terraform-provider-aws#34320.
 * `parameter` is the value, or the name of the member, that is wrong.
 */
export function invalidParameter(reason: string, field: ParameterExceptionField, parameter: string): AwsError {
  return new AwsError('WAFInvalidParameterException', `Error reason: ${reason}, field: ${field}, parameter: ${parameter}`, {
    fields: { Field: field, Parameter: parameter, Reason: reason },
  });
}

/** Reasons that AWS gives. */
export const REASONS = {
  // AWS: Seen: hashicorp/terraform-provider-aws#29321 (a rule with an action and an override action).
  exactlyOne: 'You have used none or multiple values for a field that requires exactly one value.',
  // AWS: Seen: hashicorp/terraform-provider-aws#14120 (an override action beside a statement that is no group).
  reference: 'A reference in your rule statement is not valid.',
  // AWS: Seen: hashicorp/terraform-provider-aws#34320 (an AND of one statement).
  minimum:
    "You haven't met a minimum requirement for a threshold setting. Examples include a rule group capacity setting that's too low and an OR statement with only one nested statement.",
  // AWS: Seen: aws-samples/dcv-web-portal#10 (`0.0.0.0/0`), aws/aws-cdk#20003 (host bits).
  formatting: 'The parameter contains formatting that is not valid.',
  // AWS: also of log groups whose name does not begin as it must. Seen: aws/aws-cdk#35311.
  arn: "The ARN isn't valid. A valid ARN begins with arn: and includes other information separated by colons or slashes.",
  // AWS: the parameter is how much it would be. Seen: trussworks/terraform-aws-wafv2#87.
  capacity: 'You exceeded the capacity limit for a rule group or web ACL.',
  // AWS: Seen: public reports of `--scope CLOUDFRONT` outside us-east-1.
  scope: 'The scope is not valid.',
} as const;

/** AWS: Seen: reports of CreateWebACL and GetWebACL with boto3. `what` says which resource, where the caller cannot know. */
export function nonexistentItem(what?: string): AwsError {
  const sentence = 'AWS WAF couldn’t perform the operation because your resource doesn’t exist.';
  return new AwsError('WAFNonexistentItemException', what === undefined ? sentence : `${sentence} ${what}`);
}

export function duplicateItem(): AwsError {
  return new AwsError(
    'WAFDuplicateItemException',
    'AWS WAF couldn’t perform the operation because some resource in your request is a duplicate of an existing one.',
  );
}

/** AWS: Seen: hashicorp/terraform-provider-aws#21136. */
export function optimisticLock(): AwsError {
  return new AwsError(
    'WAFOptimisticLockException',
    'AWS WAF couldn’t save your changes because someone changed the resource after you started to edit it. Reapply your changes.',
  );
}

export function associatedItem(): AwsError {
  return new AwsError(
    'WAFAssociatedItemException',
    'AWS WAF couldn’t perform the operation because your resource is being used by another resource or it’s associated with another resource.',
  );
}

/** `what` says which limit: AWS's own words do not. */
export function limitsExceeded(what: string): AwsError {
  return new AwsError(
    'WAFLimitsExceededException',
    `AWS WAF couldn’t perform the operation because you exceeded your resource limit. ${what}`,
  );
}
