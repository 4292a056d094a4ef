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

/** What the call itself asks for. */
export function apiGatewayAction(call: AuthenticatedCall): CalledAction {
  const { service, operation, request, account, region } = call;
  const prefix = `arn:${partitionOf(region)}:apigateway:${region}:`;
  const segments = resourceSegments(call);
  const rules = service === 'apigatewayv2' ? ROUTING_RULE_ACTIONS[operation] : undefined;
  if (rules !== undefined) {
    // AWS: the rules of a domain name have the account in their ARNs, and those that have no id yet are `routingrules/*`. Seen: developer
    // guide, "Troubleshooting issues with routing rules".
    const path = segments.length === 3 ? [...segments, '*'] : segments;
    return { action: rules, resource: `${prefix}${account}:/${path.join('/')}` };
  }
  return { action: `apigateway:${request.method}`, resource: `${prefix}:/${segments.join('/')}` };
}

/** Decoded, so that one resource has one name however the client encodes its path, and without the version. */
function resourceSegments({ service, request }: AuthenticatedCall): readonly string[] {
  const segments = pathSegments(request.path).map(decodedSegment);
  return service === 'apigatewayv2' && segments[0] === 'v2' ? segments.slice(1) : segments;
}

/** AWS: an ARN in a path (`/tags/arn%3A…`) stays encoded in the resource. Seen: a recorded policy of the IAM tests. */
function decodedSegment(segment: string): string {
  try {
    return decodeURIComponent(segment).replace(/[/:]/g, encodeURIComponent);
  } catch {
    return segment;
  }
}
