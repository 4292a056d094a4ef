// The errors of API Gateway v1 in AWS's words.

import { AwsError } from '../../aws/aws-error.ts';
import type { Scope } from '../../model/scope.ts';

/** `why`: what AWS's sentence does not say; explained-refusals.ts. */
export function badRequest(message: string, why?: string): AwsError {
  return new AwsError('BadRequestException', message, { cause: why });
}

export function conflict(message: string): AwsError {
  return new AwsError('ConflictException', message);
}

export function notFound(message: string): AwsError {
  return new AwsError('NotFoundException', message);
}

/** AWS: the account stands before the id. Seen: recorded answers. */
export function unknownApi(scope: Scope, restApiId: string | undefined): AwsError {
  return notFound(`Invalid API identifier specified ${scope.account}:${restApiId}`);
}

/** A quota is used up. AWS: status 429 and this sentence. Seen: anomalyco/ion#557, there of an HTTP API. */
export function quotaReached(
  noun:
    | 'Authorizers'
    | 'Client certificates'
    | 'Documentation parts'
    | 'Domain name access associations'
    | 'Domain names'
    | 'Resources'
    | 'Rest APIs'
    | 'Stages'
    | 'VPC links',
): AwsError {
  const ofAccounts = ['Client certificates', 'Domain name access associations', 'Domain names', 'Rest APIs', 'VPC links'];
  const where = ofAccounts.includes(noun) ? 'account' : 'API';
  return new AwsError(
    'LimitExceededException',
    `Maximum number of ${noun} for this ${where} has been reached. Please contact AWS if you need additional ${noun}.`,
  );
}

/** AWS: this frame around whatever a definition says wrong. Seen: recorded answers, cdk-preflight's deployed cases. */
export function invalidMapping(problem: string): AwsError {
  return badRequest(`Invalid mapping expression specified: Validation Result: warnings : [], errors : [${problem}]`);
}
