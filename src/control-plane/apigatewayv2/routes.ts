// Route: CreateRoute, GetRoute, GetRoutes, UpdateRoute, DeleteRoute, DeleteRouteRequestParameter.
// https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-routes.html

import type { Caller } from '../../aws/operations.ts';
import type { Route } from '../../model/http-api.ts';
import type { Scope } from '../../model/scope.ts';
import type { Transaction } from '../../store/store.ts';
import { deployAutomatically } from './auto-deploy.ts';
import { keyUnderApi, loadAll, loadApi, loadIntegration, loadRoute, routeKind } from './documents.ts';
import { newIdentifier } from './identifiers.ts';
import { assertAbsent, assertLength, updatedText } from './member-rules.ts';
import { nextToken, pageOptions } from './paging.ts';
import { badRequest, conflict, notFound, quotaReached } from './refusals.ts';
import { checkedAuthorization } from './route-authorization.ts';
import { checkedRouteKey } from './route-key.ts';
import { type Input, present, type ServiceContext, scopeOf, type V2Operations } from './service.ts';

export function routeOperations(context: ServiceContext) {
  const { store } = context;
  return {
    async CreateRoute(input: Input<'CreateRoute'>, caller: Caller) {
      const scope = scopeOf(caller);
      const routeKey = checkedRouteKey(input.RouteKey);
      checkRoute(input);
      return store.transact(async (transaction) => {
        const { apiId } = await loadApi(transaction, scope, input.ApiId);
        const routes = await loadAll<Route>(transaction, scope, routeKind, apiId);
        assertKeyIsFree(routes, routeKey, undefined);
        if (routes.length >= context.quotas.routesPerApi) throw quotaReached('Routes');
        const route: Route = present({
          routeId: await newIdentifier(transaction, 'route', (id) => keyUnderApi(scope, routeKind, apiId, id)),
          routeKey,
          ...(await checkedAuthorization(transaction, context, scope, apiId, input, undefined)),
          apiKeyRequired: false,
          operationName: updatedText(input.OperationName, undefined),
          target: await checkedTarget(transaction, scope, apiId, input.Target),
        });
        await transaction.put(keyUnderApi(scope, routeKind, apiId, route.routeId), route);
        await deployAutomatically(transaction, context, scope, apiId);
        return toRouteOutput(route);
      });
    },

    async GetRoute(input: Input<'GetRoute'>, caller: Caller) {
      const scope = scopeOf(caller);
      const { apiId } = await loadApi(store, scope, input.ApiId);
      return toRouteOutput(await loadRoute(store, scope, apiId, input.RouteId));
    },

    async GetRoutes(input: Input<'GetRoutes'>, caller: Caller) {
      const scope = scopeOf(caller);
      const { apiId } = await loadApi(store, scope, input.ApiId);
      const list = ['GetRoutes', scope.account, scope.region, apiId];
      const page = await store.list<Route>(scope, routeKind, apiId, pageOptions(input, list));
      return present({ Items: page.items.map(toRouteOutput), NextToken: nextToken(page, list) });
    },

    async UpdateRoute(input: Input<'UpdateRoute'>, caller: Caller) {
      const scope = scopeOf(caller);
      const routeKey = input.RouteKey === undefined ? undefined : checkedRouteKey(input.RouteKey);
      checkRoute(input);
      return store.transact(async (transaction) => {
        const { apiId } = await loadApi(transaction, scope, input.ApiId);
        const former = await loadRoute(transaction, scope, apiId, input.RouteId);
        if (routeKey !== undefined && routeKey !== former.routeKey) {
          // AWS: "You can't modify the $default route key." Seen: API reference, Route.apiGatewayManaged.
          if (former.apiGatewayManaged === true)
            throw badRequest('The key of a route made by quick create is changed with UpdateApi');
          assertKeyIsFree(await loadAll<Route>(transaction, scope, routeKind, apiId), routeKey, former.routeId);
        }
        const route: Route = present({
          ...former,
          routeKey: routeKey ?? former.routeKey,
          ...(await checkedAuthorization(transaction, context, scope, apiId, input, former)),
          operationName: updatedText(input.OperationName, former.operationName),
          target: (await checkedTarget(transaction, scope, apiId, input.Target)) ?? former.target,
        });
        await transaction.put(keyUnderApi(scope, routeKind, apiId, route.routeId), route);
        await deployAutomatically(transaction, context, scope, apiId);
        return toRouteOutput(route);
      });
    },

    async DeleteRoute(input: Input<'DeleteRoute'>, caller: Caller) {
      const scope = scopeOf(caller);
      return store.transact(async (transaction) => {
        const { apiId } = await loadApi(transaction, scope, input.ApiId);
        const { routeId } = await loadRoute(transaction, scope, apiId, input.RouteId);
        await transaction.delete(keyUnderApi(scope, routeKind, apiId, routeId));
        await deployAutomatically(transaction, context, scope, apiId);
        return {};
      });
    },

    /** Routes of HTTP APIs have no request parameters, so there is never one to delete. */
    async DeleteRouteRequestParameter(
      input: Input<'DeleteRouteRequestParameter'>,
      caller: Caller,
    ): Promise<Record<string, never>> {
      const scope = scopeOf(caller);
      const { apiId } = await loadApi(store, scope, input.ApiId);
      await loadRoute(store, scope, apiId, input.RouteId);
      throw notFound('Route', `Unable to find request parameter ${input.RequestParameterKey} of route ${input.RouteId}`);
    },
  } satisfies V2Operations;
}

function checkRoute(input: Input<'CreateRoute'> | Input<'UpdateRoute'>): void {
  assertLength('OperationName', input.OperationName, 0, 64);
  const { ApiKeyRequired, ModelSelectionExpression, RequestModels, RequestParameters, RouteResponseSelectionExpression } = input;
  assertAbsent({ ApiKeyRequired, ModelSelectionExpression, RequestModels, RequestParameters, RouteResponseSelectionExpression });
}

function assertKeyIsFree(routes: readonly Route[], routeKey: string, except: string | undefined): void {
  if (routes.some((route) => route.routeKey === routeKey && route.routeId !== except)) {
    // AWS: these words. Seen: sst#5031.
    throw conflict(`Route with key ${routeKey} already exists for this API`);
  }
}

async function checkedTarget(
  transaction: Transaction,
  scope: Scope,
  apiId: string,
  target: string | undefined,
): Promise<string | undefined> {
  if (target === undefined || target === '') return undefined;
  const match = /^integrations\/([A-Za-z0-9]+)$/.exec(target);
  if (match === null) throw badRequest(`Invalid target "${target}": it must be integrations/{integrationId}`);
  await loadIntegration(transaction, scope, apiId, match[1]);
  return target;
}

function toRouteOutput(route: Route) {
  return present({
    ApiGatewayManaged: route.apiGatewayManaged,
    ApiKeyRequired: route.apiKeyRequired,
    AuthorizationScopes: route.authorizationScopes && [...route.authorizationScopes],
    AuthorizationType: route.authorizationType,
    AuthorizerId: route.authorizerId,
    OperationName: route.operationName,
    RouteId: route.routeId,
    RouteKey: route.routeKey,
    Target: route.target,
  });
}
