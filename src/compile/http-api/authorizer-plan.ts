// The authorizer of one route as a plan. Fail closed: a route that asks for authorization never runs as if it had asked for none.

import type { Route } from '../../model/http-api.ts';
import type { RoutePlan } from '../../model/http-api-plan.ts';

export function planAuthorizer(route: Route): Pick<RoutePlan, 'authorizer'> {
  if (route.authorizationType === 'NONE') return {};
  const reason = `Route "${route.routeKey}" has authorizationType ${route.authorizationType}, which is not served yet.`;
  return { authorizer: { type: 'UNSERVABLE', reason } };
}
