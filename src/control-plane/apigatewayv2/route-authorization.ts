// Who may call a route: its authorizationType, and the authorizer and scopes that go with it.

import type { AuthorizationType, Route } from '../../model/http-api.ts';
import type { Scope } from '../../model/scope.ts';
import type { Reader } from '../../store/store.ts';
import { findAuthorizer } from './documents.ts';
import { assertLength, isEmpty } from './member-rules.ts';
import { badRequest } from './refusals.ts';
import type { Input, ServiceContext } from './service.ts';

type Authorization = Required<Pick<Route, 'authorizationType'>> & {
  // Explicitly undefined, so that what the route had before goes away.
  readonly authorizerId: string | undefined;
  readonly authorizationScopes: readonly string[] | undefined;
};

/** What the call asks for, over what there is. */
export async function checkedAuthorization(
  reader: Reader,
  context: ServiceContext,
  scope: Scope,
  apiId: string,
  input: Input<'CreateRoute'> | Input<'UpdateRoute'>,
  former: Route | undefined,
): Promise<Authorization> {
  const authorizationType: AuthorizationType = input.AuthorizationType || (former?.authorizationType ?? 'NONE');
  if (authorizationType === 'NONE' || authorizationType === 'AWS_IAM') {
    // AWS: such a route has no authorizer; a former one is dropped without being named. Seen: Terraform reads it back so. One that
    // is named is refused here: whoever names it believes that the route is guarded by it.
    if (!isEmpty(input.AuthorizerId)) {
      throw badRequest(`AuthorizerId needs the authorization type CUSTOM or JWT; the route's is ${authorizationType}.`);
    }
    refuseScopes(input.AuthorizationScopes);
    return { authorizationType, authorizerId: undefined, authorizationScopes: undefined };
  }
  assertTypeIsNamed(input, former);
  const authorizerId = input.AuthorizerId || former?.authorizerId;
  const authorizer = await findAuthorizer(reader, scope, apiId, authorizerId);
  if (authorizer === undefined || authorizer.authorizerType !== (authorizationType === 'JWT' ? 'JWT' : 'REQUEST')) {
    throw invalidAuthorizer(authorizationType);
  }
  if (authorizationType === 'CUSTOM') {
    refuseScopes(input.AuthorizationScopes);
    return { authorizationType, authorizerId: authorizer.authorizerId, authorizationScopes: undefined };
  }
  const sent = input.AuthorizationScopes;
  const kept = former?.authorizationType === 'JWT' ? former.authorizationScopes : undefined;
  const authorizationScopes = sent === undefined ? kept : checkedScopes(sent, context.quotas.scopesPerRoute);
  return { authorizationType, authorizerId: authorizer.authorizerId, authorizationScopes };
}

/** AWS: these words. Seen: sst#4097 for JWT, hashicorp/terraform-provider-aws#17497 for CUSTOM. */
export function invalidAuthorizer(authorizationType: 'CUSTOM' | 'JWT'): Error {
  const wanted =
    authorizationType === 'JWT'
      ? 'JWT requires a valid JWT authorizer'
      : 'CUSTOM or COGNITO_USER_POOLS requires a valid authorizer';
  return badRequest(`Invalid authorizer ID specified. Setting the authorization type to ${wanted}.`);
}

/** AWS: an update that names an authorizer names the type, too, and these words. Seen: hashicorp/terraform-provider-aws#35821. */
export function assertTypeIsNamed(
  { AuthorizationType, AuthorizerId }: Input<'CreateRoute'> | Input<'UpdateRoute'>,
  former: object | undefined,
): void {
  if (former !== undefined && !isEmpty(AuthorizerId) && isEmpty(AuthorizationType)) {
    throw badRequest('Unable to update route. Authorizer type is invalid or null.');
  }
}

/** AWS: these words. Seen: cdk-preflight's deployed cases, pf-apigwv2-route-authorization-scopes-jwt. */
export function refuseScopes(scopes: readonly string[] | undefined): void {
  if (isEmpty(scopes)) return;
  throw badRequest(
    'Invalid Route authorization type specified. Authorization Scopes are only valid for COGNITO_USER_POOLS and JWT authorization types',
  );
}

/** An empty list takes the scopes away. */
function checkedScopes(scopes: readonly string[], most: number): readonly string[] | undefined {
  if (scopes.length > most) throw badRequest(`A route can have at most ${most} AuthorizationScopes.`);
  for (const scope of scopes) {
    assertLength('AuthorizationScopes', scope, 1, 64);
    // A token's scopes are parted by spaces, and the list goes into a response header.
    if (!/^[\x21-\x7e]+$/.test(scope) || /["\\]/.test(scope))
      throw badRequest(`Invalid authorization scope: ${JSON.stringify(scope)}`);
  }
  return scopes.length === 0 ? undefined : [...scopes];
}
