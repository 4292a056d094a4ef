// RouteResponse: CreateRouteResponse, GetRouteResponse, GetRouteResponses, UpdateRouteResponse, DeleteRouteResponse. Of WebSocket APIs: a
// route that has one answers its clients.
// https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-routes-routeid-routeresponses.html

import type { Caller } from '../../aws/operations.ts';
import type { Scope } from '../../model/scope.ts';
import type { ParameterConstraints, RouteResponse } from '../../model/websocket-api.ts';
import { responseSelection } from '../../selection-expression/selection-scopes.ts';
import type { Reader } from '../../store/store.ts';
import { deployAutomatically } from './auto-deploy.ts';
import { childPage } from './child-page.ts';
import {
  childId,
  keyUnderApi,
  loadApi,
  loadChildren,
  loadRoute,
  loadRouteResponse,
  loadWebSocketApi,
  routeResponseKind,
} from './documents.ts';
import { newIdentifier } from './identifiers.ts';
import { isEmpty } from './member-rules.ts';
import { assertModelsExist } from './model-references.ts';
import { badRequest, conflict } from './refusals.ts';
import { updatedSelection } from './selection-rules.ts';
import { type Input, present, type ServiceContext, scopeOf, type V2Operations } from './service.ts';
import { toConstraintsOutput } from './websocket-route.ts';

export function routeResponseOperations(context: ServiceContext) {
  const { store } = context;
  return {
    async CreateRouteResponse(input: Input<'CreateRouteResponse'>, caller: Caller) {
      const scope = scopeOf(caller);
      return store.transact(async (transaction) => {
        const { apiId } = await loadWebSocketApi(transaction, scope, input.ApiId, 'RouteResponses');
        const { routeId } = await loadRoute(transaction, scope, apiId, input.RouteId);
        const keyOf = (id: string) => keyUnderApi(scope, routeResponseKind, apiId, childId(routeId, id));
        const wanted = await toRouteResponse(transaction, scope, apiId, input, undefined);
        const others = await loadChildren<RouteResponse>(transaction, scope, routeResponseKind, apiId, routeId);
        // By analogy with route keys.
        if (others.length > 0) throw conflict(`RouteResponse with key ${wanted.routeResponseKey} already exists for this Route`);
        const routeResponseId = await newIdentifier(transaction, 'routeResponse', keyOf);
        const response: RouteResponse = { ...wanted, routeId, routeResponseId };
        await transaction.put(keyOf(routeResponseId), response);
        await deployAutomatically(transaction, context, scope, apiId);
        return toRouteResponseOutput(response);
      });
    },

    async GetRouteResponse(input: Input<'GetRouteResponse'>, caller: Caller) {
      const scope = scopeOf(caller);
      const { apiId } = await loadApi(store, scope, input.ApiId);
      const { routeId } = await loadRoute(store, scope, apiId, input.RouteId);
      return toRouteResponseOutput(await loadRouteResponse(store, scope, apiId, routeId, input.RouteResponseId));
    },

    async GetRouteResponses(input: Input<'GetRouteResponses'>, caller: Caller) {
      const scope = scopeOf(caller);
      const { apiId } = await loadApi(store, scope, input.ApiId);
      const { routeId } = await loadRoute(store, scope, apiId, input.RouteId);
      const list = ['GetRouteResponses', scope.account, scope.region, apiId, routeId];
      const page = await childPage<RouteResponse>(store, scope, routeResponseKind, apiId, routeId, input, list);
      return present({ Items: page.items.map(toRouteResponseOutput), NextToken: page.nextToken });
    },

    async UpdateRouteResponse(input: Input<'UpdateRouteResponse'>, caller: Caller) {
      const scope = scopeOf(caller);
      return store.transact(async (transaction) => {
        const { apiId } = await loadApi(transaction, scope, input.ApiId);
        const { routeId } = await loadRoute(transaction, scope, apiId, input.RouteId);
        const former = await loadRouteResponse(transaction, scope, apiId, routeId, input.RouteResponseId);
        const response = await toRouteResponse(transaction, scope, apiId, input, former);
        await transaction.put(keyUnderApi(scope, routeResponseKind, apiId, childId(routeId, former.routeResponseId)), response);
        await deployAutomatically(transaction, context, scope, apiId);
        return toRouteResponseOutput(response);
      });
    },

    async DeleteRouteResponse(input: Input<'DeleteRouteResponse'>, caller: Caller) {
      const scope = scopeOf(caller);
      return store.transact(async (transaction) => {
        const { apiId } = await loadApi(transaction, scope, input.ApiId);
        const { routeId } = await loadRoute(transaction, scope, apiId, input.RouteId);
        const { routeResponseId } = await loadRouteResponse(transaction, scope, apiId, routeId, input.RouteResponseId);
        await transaction.delete(keyUnderApi(scope, routeResponseKind, apiId, childId(routeId, routeResponseId)));
        await deployAutomatically(transaction, context, scope, apiId);
        return {};
      });
    },
  } satisfies V2Operations;
}

type Sent = Input<'CreateRouteResponse'> | Input<'UpdateRouteResponse'>;

/**
 * What the call asks for, over what there is. AWS keeps models and parameters of a route response and does nothing with them ("currently
 * unsupported"). Seen: developer guide, "WebSocket selection expression summary".
 */
async function toRouteResponse(
  reader: Reader,
  scope: Scope,
  apiId: string,
  input: Sent,
  former: RouteResponse | undefined,
): Promise<RouteResponse> {
  const routeResponseKey = input.RouteResponseKey ?? former?.routeResponseKey;
  // AWS: the only key there is, and these words. Seen: cdk-preflight's deployed cases, pf-apigwv2-route-response-key-default.
  if (routeResponseKey !== '$default') {
    throw badRequest(
      'Currently, only $default is supported as a RouteResponseKey. The creation of the RouteResponse with a key of $default will indicate to API Gateway that this Route is intended to handle two-way communication.',
    );
  }
  if (input.ResponseModels !== undefined) await assertModelsExist(reader, scope, apiId, input.ResponseModels);
  const responseModels = input.ResponseModels === undefined ? former?.responseModels : { ...input.ResponseModels };
  return present({
    routeId: former?.routeId ?? '',
    routeResponseId: former?.routeResponseId ?? '',
    routeResponseKey,
    modelSelectionExpression: updatedSelection(
      'ModelSelectionExpression',
      input.ModelSelectionExpression,
      former?.modelSelectionExpression,
      responseSelection,
    ),
    responseModels: isEmpty(responseModels) ? undefined : responseModels,
    responseParameters: mergedConstraints(former?.responseParameters, input.ResponseParameters),
  });
}

function mergedConstraints(
  former: RouteResponse['responseParameters'],
  sent: Sent['ResponseParameters'],
): Readonly<Record<string, ParameterConstraints>> | undefined {
  const merged = new Map(Object.entries(former ?? {}));
  for (const [parameter, constraints] of Object.entries(sent ?? {})) {
    if (!/^route\.response\.header\.[a-zA-Z0-9._$-]+$/.test(parameter)) {
      throw badRequest(`Invalid ResponseParameters: ${parameter} is not route.response.header.{name}`);
    }
    merged.set(parameter, constraints?.Required === undefined ? {} : { required: constraints.Required });
  }
  return merged.size === 0 ? undefined : Object.fromEntries(merged);
}

function toRouteResponseOutput(response: RouteResponse) {
  return present({
    ModelSelectionExpression: response.modelSelectionExpression,
    ResponseModels: response.responseModels && { ...response.responseModels },
    ResponseParameters: response.responseParameters && toConstraintsOutput(response.responseParameters),
    RouteResponseId: response.routeResponseId,
    RouteResponseKey: response.routeResponseKey,
  });
}
