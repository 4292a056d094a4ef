// What CreateApi and UpdateApi may ask for of a WebSocket API.

import type { WebSocketApi } from '../../model/websocket-api.ts';
import { requestSelection } from '../../selection-expression/selection-scopes.ts';
import { assertAbsent, assertLength, isEmpty, updatedText } from './member-rules.ts';
import { badRequest } from './refusals.ts';
import { checkedSelection } from './selection-rules.ts';
import { type Input, present } from './service.ts';

type Sent = Input<'CreateApi'> | Input<'UpdateApi'>;
type NewMembers = Pick<WebSocketApi, 'apiId' | 'createdDate' | 'tags'>;

// AWS: only these two. Seen: developer guide, "API key selection expressions".
export const apiKeySelectionExpressions = ['$request.header.x-api-key', '$context.authorizer.usageIdentifierKey'];

/** Throws BadRequestException for what no WebSocket API can be asked for. */
export function checkWebSocketApi(input: Sent, former: WebSocketApi | undefined): void {
  const { CredentialsArn, RouteKey, Target } = input;
  // AWS: these words. Seen: cdk-preflight's deployed cases, pf-apigwv2-websocket-no-cors.
  if (!isEmpty(input.CorsConfiguration)) throw badRequest('Cors is not supported for WEBSOCKET protocolType');
  assertAbsent({ CredentialsArn, RouteKey, Target }, 'WEBSOCKET');
  assertLength('Description', input.Description, 0, 1024);
  assertLength('Version', input.Version, 0, 64);
  const expression = input.RouteSelectionExpression ?? former?.routeSelectionExpression;
  // AWS: it must be given, and these words. Seen: cdk-preflight's deployed cases, pf-apigwv2-websocket-route-selection.
  if (expression === undefined) throw badRequest('Invalid routeSelectionExpression');
  checkedSelection('RouteSelectionExpression', expression, requestSelection);
  if (input.ApiKeySelectionExpression !== undefined && !apiKeySelectionExpressions.includes(input.ApiKeySelectionExpression)) {
    throw badRequest(`Invalid apiKeySelectionExpression: it must be one of ${apiKeySelectionExpressions.join(', ')}`);
  }
  if (input.IpAddressType !== undefined && input.IpAddressType !== 'ipv4' && input.IpAddressType !== 'dualstack') {
    throw badRequest('Invalid ipAddressType: it must be one of ipv4, dualstack');
  }
}

export function newWebSocketApi(input: Input<'CreateApi'>, members: NewMembers): WebSocketApi {
  return present({
    ...members,
    name: input.Name ?? '',
    protocolType: 'WEBSOCKET',
    apiKeySelectionExpression: input.ApiKeySelectionExpression ?? '$request.header.x-api-key',
    routeSelectionExpression: input.RouteSelectionExpression ?? '',
    disableExecuteApiEndpoint: input.DisableExecuteApiEndpoint ?? false,
    disableSchemaValidation: input.DisableSchemaValidation,
    ipAddressType: input.IpAddressType ?? 'ipv4',
    description: updatedText(input.Description, undefined),
    version: updatedText(input.Version, undefined),
  });
}

export function updatedWebSocketApi(input: Input<'UpdateApi'>, former: WebSocketApi): WebSocketApi {
  checkWebSocketApi(input, former);
  return present({
    ...former,
    name: input.Name ?? former.name,
    apiKeySelectionExpression: input.ApiKeySelectionExpression ?? former.apiKeySelectionExpression,
    routeSelectionExpression: input.RouteSelectionExpression ?? former.routeSelectionExpression,
    disableExecuteApiEndpoint: input.DisableExecuteApiEndpoint ?? former.disableExecuteApiEndpoint,
    disableSchemaValidation: input.DisableSchemaValidation ?? former.disableSchemaValidation,
    ipAddressType: input.IpAddressType ?? former.ipAddressType,
    description: updatedText(input.Description, former.description),
    version: updatedText(input.Version, former.version),
  });
}
