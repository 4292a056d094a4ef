// The API's resource policy, and how it and the method's authorization decide together.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-authorization-flow.html

import { type AccessRequest, conditionContext, type Decision, evaluatePolicies } from '../../iam-policy/evaluate.ts';
import type { Policy } from '../../iam-policy/policy-document.ts';
import type { AuthDecision } from './auth-decision.ts';
import type { Exchange } from './exchange.ts';
import { methodArn } from './method-arn.ts';
import type { Refusal } from './refusal.ts';
import { requestConditions } from './request-conditions.ts';

export class ResourcePolicy {
  readonly #policies: readonly Policy[];

  constructor(policy: Policy) {
    this.#policies = [policy];
  }

  /**
   * What an explicit deny refuses before an authorizer is asked. AWS: a signer is authenticated first and judged as who he is: a deny
   * may be about everybody but him. Seen: developer guide, authorization flow.
   */
  refuseBefore(exchange: Exchange): Refusal | undefined {
    if (exchange.method?.plan.authorization.type === 'AWS_IAM') return undefined;
    const decision = this.#decide(exchange, { kind: 'anonymous' });
    return decision.effect === 'explicitDeny' ? denied(exchange, undefined, true) : undefined;
  }

  /**
   * AWS: without authorization, and with a user pool, the policy must allow; together with a Lambda authorizer or a signer of the
   * same account it must not deny; a signer of another account needs both. Seen: developer guide, tables A and B.
   */
  refuseAfter(exchange: Exchange, auth: AuthDecision): Refusal | undefined {
    const { identity } = auth;
    const principal: AccessRequest['principal'] =
      identity === undefined ? { kind: 'anonymous' } : { kind: 'aws', account: identity.accountId, arn: identity.userArn };
    const decision = this.#decide(exchange, principal);
    if (decision.effect === 'explicitDeny') return denied(exchange, identity?.userArn, true);
    const isForeign = identity !== undefined && identity.accountId !== exchange.pipeline.plan.scope.account;
    if (decision.effect === 'allow') return isForeign ? auth.unlessAllowed : undefined;
    if (auth.unlessAllowed !== undefined) return auth.unlessAllowed;
    const isEnough = auth.authorizationType === 'CUSTOM' || (identity !== undefined && !isForeign);
    return isEnough ? undefined : denied(exchange, identity?.userArn, false);
  }

  #decide(exchange: Exchange, principal: AccessRequest['principal']): Decision {
    return evaluatePolicies(this.#policies, {
      principal,
      action: 'execute-api:Invoke',
      resource: methodArn(exchange),
      context: conditionContext({
        ...requestConditions(exchange),
        ...(principal.kind === 'aws' ? { 'aws:PrincipalArn': principal.arn, 'aws:PrincipalAccount': principal.account } : {}),
      }),
    });
  }
}

/**
 * AWS: `User: anonymous is not authorized to perform: execute-api:Invoke on resource: arn:aws:execute-api:us-east-1:********1234:…`, the
 * account masked. Seen: public reports.
 */
export function denied(exchange: Exchange, arn: string | undefined, explicit: boolean): Refusal {
  const who = arn ?? 'anonymous';
  return {
    refused: 'ACCESS_DENIED',
    message: denialOf(who, methodArn(exchange), explicit),
    reason: `The API's resource policy ${explicit ? 'denies it' : 'does not allow it'} (${who}).`,
  };
}

/** The sentence for the client; `by` is which of the policies says no, or says nothing. */
export function denialOf(who: string, resource: string, explicit: boolean, by: 'resource' | 'identity' = 'resource'): string {
  const masked = resource.replace(/:\d{8}(\d{4}):/, ':********$1:');
  return `User: ${who} is not authorized to perform: execute-api:Invoke on resource: ${masked} ${denialEnd(explicit, by)}`;
}

/**
 * AWS: the newer of two wordings. Seen: measured in a public report of October 2026 (explicit, resource
 * policy); awslabs' visual-asset-management-system (none allows, resource policy); public reports (the others).
 */
export function denialEnd(explicit: boolean, by: 'resource' | 'identity'): string {
  return explicit
    ? `with an explicit deny in ${by === 'resource' ? 'a' : 'an'} ${by}-based policy`
    : `because no ${by}-based policy allows the execute-api:Invoke action`;
}
