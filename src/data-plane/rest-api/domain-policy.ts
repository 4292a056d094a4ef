// Who may call a private domain name, before anybody asks which API is meant. AWS: this policy, the API's own and the method's
// authorization must all let the caller in. Seen: developer guide, considerations for private custom domain names.

import { conditionContext, evaluatePolicies } from '../../iam-policy/evaluate.ts';
import type { Policy } from '../../iam-policy/policy-document.ts';
import type { Refusal } from './refusal.ts';
import { type ConditionedRequest, requestConditions } from './request-conditions.ts';
import { denialOf } from './resource-policy.ts';

export class DomainPolicy {
  readonly domainArn: string;
  readonly #policies: readonly Policy[];

  /** Without a policy nobody is let in. */
  constructor(domainArn: string, policy: Policy | undefined) {
    this.domainArn = domainArn;
    this.#policies = policy === undefined ? [] : [policy];
  }

  /** AWS: it holds "regardless of the caller": nobody was authenticated yet. Seen: API reference, CreateDomainName. */
  refuse(request: ConditionedRequest): Refusal | undefined {
    const { effect } = evaluatePolicies(this.#policies, {
      principal: { kind: 'anonymous' },
      action: 'execute-api:Invoke',
      resource: this.domainArn,
      context: conditionContext(requestConditions(request)),
    });
    if (effect === 'allow') return undefined;
    const isExplicit = effect === 'explicitDeny';
    return {
      refused: 'ACCESS_DENIED',
      // By analogy with the policy of an API.
      message: denialOf('anonymous', this.domainArn, isExplicit),
      reason: `The policy of the domain name ${isExplicit ? 'denies it' : 'does not allow it'}.`,
    };
  }
}
