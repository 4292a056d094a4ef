// What CreateAuthorizer and UpdateAuthorizer may ask for of an authorizer of a WebSocket API: a function that is asked at `$connect`.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-lambda-auth.html

import { handshakeContextVariables, type WebSocketAuthorizer } from '../../model/websocket-api.ts';
import { checkedAuthorizerRole, IDENTITY_SOURCES_MAX } from './authorizer-settings.ts';
import { checkedAuthorizerUri } from './integration-uri.ts';
import { assertAbsent, assertLength, updatedText } from './member-rules.ts';
import { badRequest } from './refusals.ts';
import { type Input, present } from './service.ts';

/** What the call asks for, over what there is. The id is the caller's to set when there is nothing yet. */
export function toWebSocketAuthorizer(
  input: Input<'CreateAuthorizer'> | Input<'UpdateAuthorizer'>,
  former: WebSocketAuthorizer | undefined,
): WebSocketAuthorizer {
  const authorizerType = input.AuthorizerType ?? former?.authorizerType;
  // AWS: REQUEST only, and these words. Seen: cdk-preflight's deployed cases, pf-apigwv2-websocket-authorizer-type.
  if (authorizerType !== 'REQUEST') {
    throw badRequest('Invalid authorizer type. Only REQUEST authorizer type is supported on WEBSOCKET protocol Apis.');
  }
  const { AuthorizerPayloadFormatVersion, EnableSimpleResponses, IdentityValidationExpression, JwtConfiguration } = input;
  // Clients in typed languages send 0 for no time.
  const AuthorizerResultTtlInSeconds = input.AuthorizerResultTtlInSeconds || undefined;
  assertAbsent(
    {
      AuthorizerPayloadFormatVersion,
      AuthorizerResultTtlInSeconds,
      EnableSimpleResponses,
      IdentityValidationExpression,
      JwtConfiguration,
    },
    'WEBSOCKET',
  );
  const name = input.Name ?? former?.name ?? '';
  assertLength('Name', name, 1, 128);
  const identitySource = input.IdentitySource ?? former?.identitySource ?? [];
  if (identitySource.length > IDENTITY_SOURCES_MAX)
    throw badRequest(`At most ${IDENTITY_SOURCES_MAX} identity sources are taken.`);
  for (const source of identitySource) assertIdentitySource(source);
  return present({
    authorizerId: former?.authorizerId ?? '',
    name,
    authorizerType,
    authorizerUri: checkedAuthorizerUri(input.AuthorizerUri ?? former?.authorizerUri),
    authorizerCredentialsArn: checkedAuthorizerRole(
      updatedText(input.AuthorizerCredentialsArn, former?.authorizerCredentialsArn),
    ),
    identitySource: [...identitySource],
  });
}

const contextNames: readonly string[] = handshakeContextVariables;

/** AWS: `route.request.header.X`, `route.request.querystring.X`, `context.X`, `stageVariables.X`. Seen: API reference, IdentitySource. */
function assertIdentitySource(source: string): void {
  assertLength('IdentitySource', source, 1, 512);
  if (/^route\.request\.header\.[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(source)) return;
  if (/^route\.request\.querystring\.[\x21-\x7e]+$/.test(source)) return;
  if (/^stageVariables\.[A-Za-z0-9_]+$/.test(source)) return;
  if (source.startsWith('context.')) {
    if (contextNames.includes(source.slice('context.'.length))) return;
    throw badRequest(`Invalid identity source: ${source}. Stagegate knows of context: ${contextNames.join(', ')}.`);
  }
  // AWS: these words. Seen: cdk-preflight's deployed cases, pf-apigwv2-websocket-identity-source-expression, cut off behind
  // "or a stage v"; the rest is that of REST APIs.
  throw badRequest(
    `Invalid request identity source expression: ${source}. The sources must be separated by comma, and each source must be either a request parameter, matching 'route.request.querystring|header.[a-zA-Z0-9._-]+', or a stage variable, matching 'stageVariables.[a-zA-Z0-9._-]+', or a context parameter, matching 'context.[a-zA-Z0-9._-]+'`,
  );
}
