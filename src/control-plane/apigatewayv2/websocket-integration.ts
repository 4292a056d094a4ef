// What CreateIntegration and UpdateIntegration may ask for of an integration of a WebSocket API.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-integrations.html

import type { WebSocketIntegration, WebSocketIntegrationType } from '../../model/websocket-api.ts';
import { requestSelection } from '../../selection-expression/selection-scopes.ts';
import { checkTemplate } from '../apigateway/definition-checks.ts';
import { checkCredentials, checkServiceUri } from '../apigateway/integration-rules.ts';
import { checkedFunctionUri, checkedHttpUri, isInvocationUri } from './integration-uri.ts';
import { assertAbsent, assertLength, isEmpty, missingMethod, oneOf, updatedText } from './member-rules.ts';
import { mergedParameters } from './parameter-rules.ts';
import { badRequest } from './refusals.ts';
import { updatedSelection } from './selection-rules.ts';
import { type Input, present } from './service.ts';
import { checkRequestMapping } from './websocket-mapping-expressions.ts';

type Sent = Input<'CreateIntegration'> | Input<'UpdateIntegration'>;

const types: readonly WebSocketIntegrationType[] = ['AWS', 'AWS_PROXY', 'HTTP', 'HTTP_PROXY', 'MOCK'];
const methods = ['ANY', 'DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'] as const;

/** What the call asks for, over what there is. The id is the caller's to set when there is nothing yet. */
export function toWebSocketIntegration(input: Sent, former: WebSocketIntegration | undefined): WebSocketIntegration {
  const { IntegrationSubtype, ResponseParameters, TlsConfig } = input;
  assertAbsent({ IntegrationSubtype, ResponseParameters, TlsConfig }, 'WEBSOCKET');
  // AWS: 2.0 is refused on WebSocket APIs. Seen: hashicorp/terraform-provider-aws#25280; the words are those of HTTP APIs.
  if ((input.PayloadFormatVersion || '1.0') !== '1.0')
    throw badRequest(`Unsupported PayloadFormatVersion: ${input.PayloadFormatVersion}`);
  assertLength('Description', input.Description, 0, 1024);
  const integrationType = oneOf('IntegrationType', input.IntegrationType, types) ?? former?.integrationType;
  if (integrationType === undefined) throw badRequest(`Invalid IntegrationType: it must be one of ${types.join(', ')}`);
  const integrationUri = updatedText(input.IntegrationUri, former?.integrationUri);
  const integration: WebSocketIntegration = present({
    integrationId: former?.integrationId ?? '',
    integrationType,
    ...checkedConnection(input, former, integrationType),
    contentHandlingStrategy: oneOf(
      'ContentHandlingStrategy',
      updatedText(input.ContentHandlingStrategy, former?.contentHandlingStrategy),
      ['CONVERT_TO_BINARY', 'CONVERT_TO_TEXT'],
    ),
    credentialsArn: updatedText(input.CredentialsArn, former?.credentialsArn),
    description: updatedText(input.Description, former?.description),
    integrationMethod: methodOf(input, former, integrationType, integrationUri),
    integrationUri,
    passthroughBehavior:
      oneOf('PassthroughBehavior', input.PassthroughBehavior, ['WHEN_NO_MATCH', 'WHEN_NO_TEMPLATES', 'NEVER']) ??
      former?.passthroughBehavior ??
      'WHEN_NO_MATCH',
    payloadFormatVersion: '1.0',
    requestParameters: mergedParameters(former?.requestParameters, input.RequestParameters),
    requestTemplates: updatedTemplates(input.RequestTemplates, former?.requestTemplates),
    templateSelectionExpression: updatedSelection(
      'TemplateSelectionExpression',
      input.TemplateSelectionExpression,
      former?.templateSelectionExpression,
      requestSelection,
    ),
    timeoutInMillis: input.TimeoutInMillis ?? former?.timeoutInMillis ?? 29_000,
  });
  checkIntegration(integration);
  return integration;
}

/** AWS: the words about timeouts, URIs and methods, on REST APIs. The others are ours. */
function checkIntegration(integration: WebSocketIntegration): void {
  const { integrationType: type, integrationUri, timeoutInMillis, credentialsArn, requestParameters } = integration;
  if (!Number.isInteger(timeoutInMillis) || timeoutInMillis < 50 || timeoutInMillis > 29_000) {
    throw badRequest('Timeout should be between 50 ms and 29000 ms');
  }
  switch (type) {
    case 'MOCK':
      if (integrationUri !== undefined) throw badRequest('IntegrationUri is not supported for integration of type MOCK');
      break;
    case 'HTTP':
    case 'HTTP_PROXY':
      checkedHttpUri(integrationUri);
      break;
    case 'AWS':
    case 'AWS_PROXY':
      checkServiceUri(type, integrationUri);
      if (type === 'AWS_PROXY' || isInvocationUri(integrationUri)) checkedFunctionUri(integrationUri);
      break;
  }
  // HTTP backends and mocks have no use for credentials, which are kept all the same. By analogy with HTTP APIs.
  if (credentialsArn !== undefined) checkCredentials(credentialsArn);
  // AWS: mappings and templates of proxies are checked, kept and not used. Seen: recorded answers of REST APIs.
  checkRequestMapping(requestParameters);
}

function methodOf(
  input: Sent,
  former: WebSocketIntegration | undefined,
  type: WebSocketIntegrationType,
  uri: string | undefined,
): string | undefined {
  const sent = oneOf('IntegrationMethod', input.IntegrationMethod, methods);
  const method = sent ?? former?.integrationMethod;
  if (type === 'AWS_PROXY') {
    // AWS: these words, and POST when nothing is said. Seen: hashicorp/terraform-provider-aws#42391.
    if (sent !== undefined && sent !== 'POST') throw badRequest('HttpMethod must be POST for AWS_PROXY IntegrationType');
    return 'POST';
  }
  // AWS: POST for a function behind templates, too. Seen: Terraform's provider expects it back.
  if (method === undefined && type === 'AWS' && isInvocationUri(uri)) return 'POST';
  if (method === undefined && type !== 'MOCK') throw missingMethod(type);
  return method;
}

type Connection = Pick<WebSocketIntegration, 'connectionType'> & { readonly connectionId: string | undefined };

function checkedConnection(input: Sent, former: WebSocketIntegration | undefined, type: WebSocketIntegrationType): Connection {
  const connectionType =
    oneOf('ConnectionType', input.ConnectionType, ['INTERNET', 'VPC_LINK']) ?? former?.connectionType ?? 'INTERNET';
  const connectionId = updatedText(input.ConnectionId, former?.connectionId);
  if (connectionType === 'INTERNET') {
    if (!isEmpty(input.ConnectionId)) throw badRequest('ConnectionId is supported for ConnectionType VPC_LINK only');
    return { connectionType, connectionId: undefined };
  }
  if (type !== 'HTTP' && type !== 'HTTP_PROXY') {
    throw badRequest('ConnectionType VPC_LINK is supported for integrations of type HTTP and HTTP_PROXY only');
  }
  // AWS: these words, on HTTP APIs. Seen: cdk-preflight's deployed cases.
  if (connectionId === undefined) throw badRequest('ConnectionId must be set to vpcLinkId for ConnectionType VPC_LINK');
  return { connectionType, connectionId };
}

/** AWS: 300 KB each; the number is ours. */
const TEMPLATES_MAX = 100;

/** Templates take the place of those there were, and are compiled: what is wrong is told here, with its line. */
export function updatedTemplates(
  sent: Readonly<Record<string, string>> | undefined,
  former: Readonly<Record<string, string>> | undefined,
): Readonly<Record<string, string>> | undefined {
  if (sent === undefined) return former;
  const entries = Object.entries(sent);
  if (entries.length > TEMPLATES_MAX) throw badRequest(`There can be at most ${TEMPLATES_MAX} templates`);
  for (const [key, template] of entries) checkTemplate(key, template);
  return entries.length === 0 ? undefined : { ...sent };
}

/** The members that an answer has besides those of every integration. */
export function toWebSocketIntegrationMembers(integration: WebSocketIntegration) {
  return {
    ContentHandlingStrategy: integration.contentHandlingStrategy,
    IntegrationResponseSelectionExpression: responseSelectionOf(integration),
    PassthroughBehavior: integration.passthroughBehavior,
    RequestTemplates: integration.requestTemplates && { ...integration.requestTemplates },
    TemplateSelectionExpression: integration.templateSelectionExpression,
  };
}

/** AWS: fixed by the type. Seen: developer guide, and Terraform's read-backs. */
function responseSelectionOf({ integrationType, integrationUri }: WebSocketIntegration): string {
  const isFunction = integrationType === 'AWS_PROXY' || (integrationType === 'AWS' && isInvocationUri(integrationUri));
  // biome-ignore lint/suspicious/noTemplateCurlyInString: AWS's notation, not a template
  return isFunction ? '${integration.response.body.errorMessage}' : '${integration.response.statuscode}';
}
