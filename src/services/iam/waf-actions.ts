// What calls of WAF need: sets, rule groups and web ACLs by their ARNs, the stages that web ACLs are put in front of, too.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awswafv2.html

import { partitionOf } from '../../aws/arn.ts';
import type { AuthenticatedCall } from '../../aws/authentication.ts';
import type { CalledAction } from './called-actions.ts';

/** Operations on one of them: what kind it is of. */
const ON_ENTITIES = /^(?:Create|Get|Update|Delete)(IPSet|RegexPatternSet|RuleGroup|WebACL)$/;

/** AWS: the stage is asked about as well, for API Gateway's own action. Seen: service authorization reference, API Gateway. */
const ON_STAGES: ReadonlySet<string> = new Set(['AssociateWebACL', 'DisassociateWebACL']);

export function wafActions({ operation, input, account, region }: AuthenticatedCall): readonly CalledAction[] {
  const action = `wafv2:${operation}`;
  const { ResourceArn: resource, ResourceARN: tagged, WebACLArn: webAcl, WebAclArn: sampled, ARN: named } = input;
  const arns = [webAcl, sampled, resource, tagged, named, loggingOf(input)].filter((arn) => typeof arn === 'string');
  if (ON_STAGES.has(operation)) {
    const stage = typeof resource === 'string' ? [{ action: 'apigateway:SetWebACL', resource }] : [];
    return [...arns.map((arn) => ({ action, resource: arn })), ...stage];
  }
  if (arns.length > 0) return arns.map((arn) => ({ action, resource: arn }));
  const kind = ON_ENTITIES.exec(operation)?.[1] ?? (operation === 'GetRateBasedStatementManagedKeys' ? 'WebACL' : undefined);
  const name = input['Name'] ?? input['WebACLName'];
  const id = input['Id'] ?? input['WebACLId'];
  if (kind === undefined || typeof name !== 'string') return [{ action, resource: '*' }];
  const place = input['Scope'] === 'CLOUDFRONT' ? 'global' : 'regional';
  // What is created has no id yet.
  const entity = `${kind.toLowerCase()}/${name}/${typeof id === 'string' ? id : '*'}`;
  return [{ action, resource: `arn:${partitionOf(region)}:wafv2:${region}:${account}:${place}/${entity}` }];
}

function loggingOf({ LoggingConfiguration: logging }: AuthenticatedCall['input']): unknown {
  return typeof logging === 'object' && logging !== null
    ? (logging as { readonly ResourceArn?: unknown }).ResourceArn
    : undefined;
}
