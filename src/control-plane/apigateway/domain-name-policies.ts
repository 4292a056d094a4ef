// The two policies of a private domain name: who may call it, and which accounts may associate their VPC endpoints with it.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-private-custom-domains-associations.html

import { partitionOf } from '../../aws/arn.ts';
import { conditionContext, evaluatePolicies } from '../../iam-policy/evaluate.ts';
import { parsePolicy } from '../../iam-policy/policy-document.ts';
import { isFault } from '../../iam-policy/policy-fault.ts';
import type { DomainName } from '../../model/custom-domain.ts';
import type { Scope } from '../../model/scope.ts';
import { domainIdentity } from '../apigatewayv2/domain-documents.ts';
import { badRequest } from './refusals.ts';
import { checkedPolicyText, withWholeArns } from './resource-policy.ts';

/** What the policy of `execute-api` is about. */
export function domainExecuteArn(scope: Scope, domain: DomainName): string {
  return `arn:${partitionOf(scope.region)}:execute-api:${scope.region}:${scope.account}:/domainnames/${domainIdentity(domain)}`;
}

/** The policy as it is kept. Throws BadRequestException. */
export function checkedDomainPolicy(text: string): string {
  return checkedPolicyText(text, (rest) => {
    if (rest === '*') return 'arn:aws:execute-api:us-east-1:000000000000:/domainnames/name+id';
    // A statement about a stage would hold for no request: what it denies would be let in.
    throw badRequest(
      `Invalid policy document. The policy of a domain name is about the name as a whole: use the resource execute-api:/* in place of execute-api:/${rest.slice(0, 200)}`,
    );
  });
}

/** AWS: `execute-api:/*` is shown as the name's ARN. Seen: aws-cli examples, create-domain-name. */
export function wholeDomainPolicy(scope: Scope, domain: DomainName): string | undefined {
  return domain.policy === undefined ? undefined : withWholeArns(domain.policy, () => domainExecuteArn(scope, domain));
}

/** Throws BadRequestException. */
export function checkedManagementPolicy(text: string): string {
  return checkedPolicyText(text, (rest) => `execute-api:/${rest}`);
}

/** Whether the management policy lets another account associate its VPC endpoints. */
export function mayAssociate(domain: DomainName, domainArn: string, account: string): boolean {
  const policy = domain.managementPolicy === undefined ? undefined : parsePolicy(domain.managementPolicy, 'resource');
  if (policy === undefined || isFault(policy)) return false;
  const decision = evaluatePolicies([policy], {
    principal: { kind: 'aws', account, arn: `arn:aws:iam::${account}:root` },
    action: 'apigateway:CreateAccessAssociation',
    resource: domainArn,
    context: conditionContext({ 'aws:PrincipalAccount': account }),
  });
  return decision.effect === 'allow';
}
