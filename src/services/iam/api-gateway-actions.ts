// The actions and resources of API Gateway's control plane: the HTTP methods on the paths, and what has names of its own.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonapigatewaymanagementv2.html

import { partitionOf } from '../../aws/arn.ts';
import type { AuthenticatedCall } from '../../aws/authentication.ts';
import { pathSegments } from '../../aws/rest-routes.ts';
import type { CalledAction } from './called-actions.ts';

/** Operations whose action is not the HTTP method. Seen: service authorization reference. */
const ROUTING_RULE_ACTIONS: Readonly<Record<string, string>> = {
  CreateRoutingRule: 'apigateway:CreateRoutingRule',
  GetRoutingRule: 'apigateway:GetRoutingRule',
  ListRoutingRules: 'apigateway:ListRoutingRules',
  PutRoutingRule: 'apigateway:UpdateRoutingRule',
  DeleteRoutingRule: 'apigateway:DeleteRoutingRule',
};

/** The questions to the policies that the call itself asks. */
export function apiGatewayActions(call: AuthenticatedCall): readonly CalledAction[] {
  const { service, operation, request, account, region, input } = call;
  const prefix = `arn:${partitionOf(region)}:apigateway:${region}:`;
  const segments = resourceSegments(call);
  const rules = service === 'apigatewayv2' ? ROUTING_RULE_ACTIONS[operation] : undefined;
  if (rules !== undefined) {
    // AWS: the rules of a domain name have the account in their ARNs, and those that have no id yet are `routingrules/*`. Seen: developer
    // guide, "Troubleshooting issues with routing rules".
    const path = segments.length === 3 ? [...segments, '*'] : segments;
    return [{ action: rules, resource: `${prefix}${account}:/${path.join('/')}` }];
  }
  if (operation === 'RejectDomainNameAccessAssociation') {
    return [{ action: 'apigateway:RejectAccessAssociation', resource: String(input['domainNameArn']) }];
  }
  const action = `apigateway:${request.method}`;
  if (operation === 'DeleteDomainNameAccessAssociation') {
    return [{ action, resource: String(input['domainNameAccessAssociationArn']) }];
  }
  // AWS: so do private domain names and associations. Seen: "ARN format reference for API Gateway"; developer guide, considerations for private
  // custom domain names.
  const isOfAccount = segments[0] === 'domainnameaccessassociations' || segments[1]?.includes('+') === true;
  const own = { action, resource: `${prefix}${isOfAccount ? account : ''}:/${segments.join('/')}` };
  const more = operation === 'CreateDomainNameAccessAssociation' ? [associated(input)] : changedPolicies(call);
  return [own, ...more.map((each) => ({ action: each.action, resource: each.resource ?? own.resource }))];
}

interface FurtherAction {
  readonly action: string;
  /** The call's own when left out. */
  readonly resource?: string;
}

function associated(input: AuthenticatedCall['input']): FurtherAction {
  return { action: 'apigateway:CreateAccessAssociation', resource: String(input['domainNameArn']) };
}

/** AWS: who sets a policy of a domain name needs an action for that, too. Seen: service authorization reference. */
function changedPolicies({ operation, input }: AuthenticatedCall): readonly FurtherAction[] {
  if (operation === 'CreateDomainName') return input['policy'] ? (POLICY_ACTIONS.get('/policy') ?? []) : [];
  const patch = operation === 'UpdateDomainName' ? input['patchOperations'] : undefined;
  if (!Array.isArray(patch)) return [];
  const paths = new Set(patch.map(({ path }: { readonly path?: unknown }) => String(path)));
  return [...paths].flatMap((path) => POLICY_ACTIONS.get(path) ?? []);
}

/** By the path of the patch. */
const POLICY_ACTIONS: ReadonlyMap<string, readonly FurtherAction[]> = new Map([
  ['/policy', [{ action: 'apigateway:UpdateDomainNamePolicy' }]],
  ['/managementPolicy', [{ action: 'apigateway:UpdateDomainNameManagementPolicy' }]],
]);

/**
 * Decoded, so that one resource has one name however the client encodes its path, and without the version. A private domain name is
 * `{name}+{id}`.
 */
function resourceSegments({ service, request, input }: AuthenticatedCall): readonly string[] {
  const all = pathSegments(request.path).map(decodedSegment);
  const [noun, name, ...rest] = service === 'apigatewayv2' && all[0] === 'v2' ? all.slice(1) : all;
  const id = input['domainNameId'] ?? input['DomainNameId'];
  const named = noun === 'domainnames' && name !== undefined && typeof id === 'string' && id !== '' ? `${name}+${id}` : name;
  return [noun, named, ...rest].filter((segment) => segment !== undefined);
}

/** AWS: an ARN in a path (`/tags/arn%3A…`) stays encoded in the resource. Seen: a recorded policy of the IAM tests. */
function decodedSegment(segment: string): string {
  try {
    return decodeURIComponent(segment).replace(/[/:]/g, encodeURIComponent);
  } catch {
    return segment;
  }
}
