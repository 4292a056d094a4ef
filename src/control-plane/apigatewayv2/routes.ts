// Route: CreateRoute, GetRoute, GetRoutes, UpdateRoute, DeleteRoute, DeleteRouteRequestParameter.
// https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-routes.html

import type { Caller } from '../../aws/operations.ts';
import type { Route } from '../../model/http-api.ts';
import type { Scope } from '../../model/scope.ts';
import type { RouteResponse, WebSocketRoute } from '../../model/websocket-api.ts';
import type { Reader, Transaction } from '../../store/store.ts';
import { deployAutomatically } from './auto-deploy.ts';
import {
  type AnyApi,
  type AnyRoute,
  childId,
  keyUnderApi,
  loadAll,
  loadApi,
  loadChildren,
  loadIntegration,
  loadRoute,
  routeKind,
  routeResponseKind,
} from './documents.ts';
import { newIdentifier } from './identifiers.ts';
import { assertAbsent, assertLength, updatedText } from './member-rules.ts';
import { nextToken, pageOptions } from './paging.ts';
import { badRequest, conflict, notFound, quotaReached } from './refusals.ts';
import { checkedAuthorization } from './route-authorization.ts';
import { checkedRouteKey } from './route-key.ts';
import { type Input, present, type ServiceContext, scopeOf, type V2Operations } from './service.ts';
import { checkedWebSocketRouteKey, toWebSocketRoute, toWebSocketRouteMembers } from './websocket-route.ts';

export function routeOperations(context: ServiceContext) {
  const { store } = context;
  return {
    async CreateRoute(input: Input<'CreateRoute'>, caller: Caller) {
      const scope = scopeOf(caller);
      assertLength('OperationName', input.OperationName, 0, 64);
      return store.transact(async (transaction) => {
        const api = await loadApi(transaction, scope, input.ApiId);
        const { apiId } = api;
        const routeKey = checkedKey(api, input.RouteKey);
        const routes = await loadAll<AnyRoute>(transaction, scope, routeKind, apiId);
        assertKeyIsFree(routes, routeKey, undefined);
        if (routes.length >= context.quotas.routesPerApi) throw quotaReached('Routes');
        const routeId = await newIdentifier(transaction, 'route', (id) => keyUnderApi(scope, routeKind, apiId, id));
        const target = await checkedTarget(transaction, scope, apiId, null, input.Target);
        const wanted =
          api.protocolType === 'WEBSOCKET'
            ? await toWebSocketRoute(transaction, scope, apiId, input, routeKey, undefined)
            : await toHttpRoute(transaction, context, scope, apiId, input, routeKey, undefined);
        const route: AnyRoute = present({ ...wanted, routeId, target });
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
      const page = await store.list<AnyRoute>(scope, routeKind, apiId, pageOptions(input, list));
      return present({ Items: page.items.map(toRouteOutput), NextToken: nextToken(page, list) });
    },

    async UpdateRoute(input: Input<'UpdateRoute'>, caller: Caller) {
      const scope = scopeOf(caller);
      assertLength('OperationName', input.OperationName, 0, 64);
      return store.transact(async (transaction) => {
        const api = await loadApi(transaction, scope, input.ApiId);
        const { apiId } = api;
        const former = await loadRoute(transaction, scope, apiId, input.RouteId);
        const routeKey = input.RouteKey === undefined ? former.routeKey : checkedKey(api, input.RouteKey);
        if (routeKey !== former.routeKey) {
          // AWS: "You can't modify the $default route key." Seen: API reference, Route.apiGatewayManaged.
          if ('apiGatewayManaged' in former && former.apiGatewayManaged === true)
            throw badRequest('The key of a route made by quick create is changed with UpdateApi');
          assertKeyIsFree(await loadAll<AnyRoute>(transaction, scope, routeKind, apiId), routeKey, former.routeId);
        }
        const target = (await checkedTarget(transaction, scope, apiId, former.routeId, input.Target)) ?? former.target;
        // What is kept of a route has the shape of its API's kind.
        const wanted =
          api.protocolType === 'WEBSOCKET'
            ? await toWebSocketRoute(transaction, scope, apiId, input, routeKey, former as WebSocketRoute)
            : await toHttpRoute(transaction, context, scope, apiId, input, routeKey, former as Route);
        const route: AnyRoute = present({ ...wanted, target });
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
        for (const response of await loadChildren<RouteResponse>(transaction, scope, routeResponseKind, apiId, routeId)) {
          await transaction.delete(keyUnderApi(scope, routeResponseKind, apiId, childId(routeId, response.routeResponseId)));
        }
        await deployAutomatically(transaction, context, scope, apiId);
        return {};
      });
    },

    /** PATCH cannot take one away. Routes of HTTP APIs have none. */
    async DeleteRouteRequestParameter(input: Input<'DeleteRouteRequestParameter'>, caller: Caller) {
      const scope = scopeOf(caller);
      return store.transact(async (transaction) => {
        const { apiId } = await loadApi(transaction, scope, input.ApiId);
        const former = await loadRoute(transaction, scope, apiId, input.RouteId);
        const parameters = new Map(Object.entries(('requestParameters' in former && former.requestParameters) || {}));
        if (!parameters.delete(input.RequestParameterKey ?? '')) {
          throw notFound('Route', `Unable to find request parameter ${input.RequestParameterKey} of route ${input.RouteId}`);
        }
        const requestParameters = parameters.size === 0 ? undefined : Object.fromEntries(parameters);
        await transaction.put(keyUnderApi(scope, routeKind, apiId, former.routeId), present({ ...former, requestParameters }));
        await deployAutomatically(transaction, context, scope, apiId);
        return {};
      });
    },
  } satisfies V2Operations;
}

function checkedKey({ protocolType }: AnyApi, routeKey: string | undefined): string {
  return protocolType === 'WEBSOCKET' ? checkedWebSocketRouteKey(routeKey) : checkedRouteKey(routeKey);
}

/** What the call asks for, over what there is. The id is the caller's to set when there is nothing yet, and so is the target. */
async function toHttpRoute(
  reader: Reader,
  context: ServiceContext,
  scope: Scope,
  apiId: string,
  input: Input<'CreateRoute'> | Input<'UpdateRoute'>,
  routeKey: string,
  former: Route | undefined,
): Promise<Route> {
  if (input.ApiKeyRequired) {
    // AWS: these words, with null for a route that is made. Seen: cdk-preflight's deployed cases, pf-apigwv2-http-route-no-api-key.
    throw badRequest(
      `ApiKeyRequired is not currently supported for HTTP APIs. Please set ApiKeyRequired to false for route ${former?.routeId ?? null}`,
    );
  }
  const { ModelSelectionExpression, RequestModels, RequestParameters, RouteResponseSelectionExpression } = input;
  assertAbsent({ ModelSelectionExpression, RequestModels, RequestParameters, RouteResponseSelectionExpression });
  return present({
    ...former,
    routeId: former?.routeId ?? '',
    routeKey,
    ...(await checkedAuthorization(reader, context, scope, apiId, input, former)),
    apiKeyRequired: former?.apiKeyRequired ?? false,
    operationName: updatedText(input.OperationName, former?.operationName),
  });
}

function assertKeyIsFree(routes: readonly AnyRoute[], routeKey: string, except: string | undefined): void {
  if (routes.some((route) => route.routeKey === routeKey && route.routeId !== except)) {
    // AWS: these words. Seen: sst#5031.
    throw conflict(`Route with key ${routeKey} already exists for this API`);
  }
}

async function checkedTarget(
  transaction: Transaction,
  scope: Scope,
  apiId: string,
  routeId: string | null,
  target: string | undefined,
): Promise<string | undefined> {
  if (target === undefined || target === '') return undefined;
  const match = /^integrations\/([A-Za-z0-9]+)$/.exec(target);
  if (match === null) {
    // AWS: these words, with null for a route that is made. Seen: cdk-preflight's deployed cases, pf-apigwv2-route-target-format.
    throw badRequest(
      `Unexpected or malformed target in route ${routeId}. Correct format should be integrations/<integration_id>.`,
    );
  }
  await loadIntegration(transaction, scope, apiId, match[1]);
  return target;
}

function toRouteOutput(route: AnyRoute) {
  return present({
    ...toHttpRouteMembers(route as Route),
    ...toWebSocketRouteMembers(route as WebSocketRoute),
    ApiKeyRequired: route.apiKeyRequired,
    AuthorizationType: route.authorizationType,
    AuthorizerId: route.authorizerId,
    OperationName: route.operationName,
    RouteId: route.routeId,
    RouteKey: route.routeKey,
    Target: route.target,
  });
}

function toHttpRouteMembers(route: Route) {
  return {
    ApiGatewayManaged: route.apiGatewayManaged,
    AuthorizationScopes: route.authorizationScopes && [...route.authorizationScopes],
  };
}
