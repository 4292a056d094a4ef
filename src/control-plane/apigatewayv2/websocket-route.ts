// What CreateRoute and UpdateRoute may ask for of a route of a WebSocket API.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-develop-routes.html

import type { Scope } from '../../model/scope.ts';
import type { ParameterConstraints, WebSocketAuthorizationType, WebSocketRoute } from '../../model/websocket-api.ts';
import { requestSelection } from '../../selection-expression/selection-scopes.ts';
import type { Reader } from '../../store/store.ts';
import { findAuthorizer } from './documents.ts';
import { isEmpty, oneOf, updatedText } from './member-rules.ts';
import { assertModelsExist } from './model-references.ts';
import { badRequest } from './refusals.ts';
import { assertTypeIsNamed, invalidAuthorizer, refuseScopes } from './route-authorization.ts';
import { updatedSelection } from './selection-rules.ts';
import { type Input, present } from './service.ts';
import { checkRouteParameter } from './websocket-mapping-expressions.ts';

type Sent = Input<'CreateRoute'> | Input<'UpdateRoute'>;

const predefinedKeys = ['$connect', '$disconnect', '$default'];
/** Ours: a message that selects a longer key would be refused for its size by most backends. */
const KEY_LENGTH_MAX = 1_024;

/** AWS: `$` begins the three predefined keys and no other, and these words. Seen: developer guide; serverless/serverless#9530. */
export function checkedWebSocketRouteKey(routeKey: string | undefined): string {
  // AWS: these words, on HTTP APIs. Seen: goldstack#42.
  if (routeKey === undefined || routeKey === '') throw badRequest('Route key is required');
  if (
    routeKey.length > KEY_LENGTH_MAX ||
    !routeKey.isWellFormed() ||
    (routeKey.startsWith('$') && !predefinedKeys.includes(routeKey))
  ) {
    throw badRequest('The provided route key is not formatted properly');
  }
  return routeKey;
}

/** What the call asks for, over what there is. The id is the caller's to set when there is nothing yet, and so is the target. */
export async function toWebSocketRoute(
  reader: Reader,
  scope: Scope,
  apiId: string,
  input: Sent,
  routeKey: string,
  former: WebSocketRoute | undefined,
): Promise<WebSocketRoute> {
  const requestModels = input.RequestModels === undefined ? former?.requestModels : { ...input.RequestModels };
  if (input.RequestModels !== undefined) await assertModelsExist(reader, scope, apiId, input.RequestModels);
  const route: WebSocketRoute = present({
    routeId: former?.routeId ?? '',
    routeKey,
    ...(await checkedAuthorization(reader, scope, apiId, input, former)),
    apiKeyRequired: input.ApiKeyRequired ?? former?.apiKeyRequired ?? false,
    operationName: updatedText(input.OperationName, former?.operationName),
    modelSelectionExpression: updatedSelection(
      'ModelSelectionExpression',
      input.ModelSelectionExpression,
      former?.modelSelectionExpression,
      requestSelection,
    ),
    requestModels: isEmpty(requestModels) ? undefined : requestModels,
    requestParameters: mergedConstraints(former?.requestParameters, input.RequestParameters),
    routeResponseSelectionExpression: checkedResponseSelection(
      updatedText(input.RouteResponseSelectionExpression, former?.routeResponseSelectionExpression),
    ),
    target: former?.target,
  });
  if (routeKey !== '$connect') assertConnectsNobody(route);
  return route;
}

/**
 * AWS takes request parameters on every route and looks at them on `$connect` alone (hashicorp/terraform-provider-aws#40833). Here they
 * are refused elsewhere: whoever names one believes that the route is guarded by it. An API key may be asked for on every route: on those
 * of messages it is the key that the connection came with.
 */
function assertConnectsNobody({ authorizationType, requestParameters }: WebSocketRoute): void {
  // AWS: these words. Seen: cdk-preflight's deployed cases, pf-apigwv2-websocket-authorization-connect-only.
  if (authorizationType !== 'NONE') throw badRequest('Currently, authorization is restricted to the $connect route only');
  if (requestParameters === undefined) return;
  throw badRequest('RequestParameters is supported on the $connect route only: no other one has a request of its own');
}

type Authorization = Pick<WebSocketRoute, 'authorizationType'> & { readonly authorizerId: string | undefined };

async function checkedAuthorization(
  reader: Reader,
  scope: Scope,
  apiId: string,
  input: Sent,
  former: WebSocketRoute | undefined,
): Promise<Authorization> {
  // AWS: JWT is for HTTP APIs. Seen: API reference, AuthorizationType; the words are ours.
  if (input.AuthorizationType === 'JWT') throw badRequest('AuthorizationType JWT is not supported on protocolType WEBSOCKET');
  refuseScopes(input.AuthorizationScopes);
  const known: readonly WebSocketAuthorizationType[] = ['NONE', 'AWS_IAM', 'CUSTOM'];
  const authorizationType = oneOf('AuthorizationType', input.AuthorizationType, known) ?? former?.authorizationType ?? 'NONE';
  if (authorizationType !== 'CUSTOM') {
    if (!isEmpty(input.AuthorizerId)) {
      throw badRequest(`AuthorizerId needs the authorization type CUSTOM; the route's is ${authorizationType}.`);
    }
    return { authorizationType, authorizerId: undefined };
  }
  assertTypeIsNamed(input, former);
  const authorizer = await findAuthorizer(reader, scope, apiId, input.AuthorizerId || former?.authorizerId);
  if (authorizer === undefined) throw invalidAuthorizer('CUSTOM');
  return { authorizationType, authorizerId: authorizer.authorizerId };
}

/** Ours: each of them is looked for in every handshake. */
const PARAMETERS_MAX = 100;

/** AWS: a parameter goes with DeleteRouteRequestParameter, so an update adds and changes. */
function mergedConstraints(
  former: WebSocketRoute['requestParameters'],
  sent: Sent['RequestParameters'],
): Readonly<Record<string, ParameterConstraints>> | undefined {
  const merged = new Map(Object.entries(former ?? {}));
  for (const [parameter, constraints] of Object.entries(sent ?? {})) {
    checkRouteParameter(parameter);
    merged.set(parameter, constraints?.Required === undefined ? {} : { required: constraints.Required });
  }
  if (merged.size > PARAMETERS_MAX) throw badRequest(`A route can have at most ${PARAMETERS_MAX} RequestParameters`);
  return merged.size === 0 ? undefined : Object.fromEntries(merged);
}

/** AWS: restricted to `$default`. Seen: developer guide, "WebSocket selection expression summary"; the words are ours. */
function checkedResponseSelection(expression: string | undefined): string | undefined {
  if (expression === undefined || expression === '$default') return expression;
  throw badRequest('Invalid RouteResponseSelectionExpression: only $default is supported');
}

/** The members that an answer has besides those of every route. */
export function toWebSocketRouteMembers(route: WebSocketRoute) {
  return {
    ModelSelectionExpression: route.modelSelectionExpression,
    RequestModels: route.requestModels && { ...route.requestModels },
    RequestParameters: route.requestParameters && toConstraintsOutput(route.requestParameters),
    RouteResponseSelectionExpression: route.routeResponseSelectionExpression,
  };
}

export function toConstraintsOutput(constraints: Readonly<Record<string, ParameterConstraints>>) {
  return Object.fromEntries(
    Object.entries(constraints).map(([parameter, { required }]) => [parameter, present({ Required: required })]),
  );
}
