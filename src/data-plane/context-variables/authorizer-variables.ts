// The variables that an authorizer lends: `$context.authorizer.*` and the identity of a signer.

import * as decisions from '../authorizers/auth-decision.ts';
import type { Exchange } from '../http-api/exchange.ts';

/** `path` is what follows `authorizer.`, e.g. ['claims', 'sub']. */
export function authorizerVariable({ decision }: Exchange, path: readonly string[]): string | undefined {
  return decision && decisions.authorizerVariable(decision, path);
}

/** Members of `$context.identity` that a signed request or a client certificate has. */
export function identityVariable({ decision }: Exchange, name: string): string | undefined {
  if (decision?.authorizationType !== 'AWS_IAM') return undefined;
  const { accountId, callerId, userArn, userId, principalOrgId } = decision.identity;
  switch (name) {
    case 'accountId':
      return accountId;
    case 'caller':
      return callerId;
    case 'user':
      return userId;
    case 'userArn':
      return userArn;
    case 'principalOrgId':
      return principalOrgId;
    default:
      return undefined;
  }
}
