// An integration of a REST API as x-amazon-apigateway-integration. What is said anyway (defaults) is left out, as AWS does.

import type { RestIntegration } from '../../model/rest-api.ts';
import { present } from '../apigateway/service.ts';

/** Milliseconds; what an integration has that says nothing. */
const TIMEOUT_DEFAULT = 29_000;

export function writeRestIntegration(integration: RestIntegration, resourceId: string): object {
  const { connectionType, timeoutInMillis, cacheNamespace, cacheKeyParameters } = integration;
  const responses = Object.values(integration.integrationResponses ?? {}).map((response) => [
    response.selectionPattern || 'default',
    present({
      statusCode: response.statusCode,
      responseParameters: response.responseParameters,
      responseTemplates: response.responseTemplates && texts(response.responseTemplates),
      contentHandling: response.contentHandling,
    }),
  ]);
  return present({
    type: integration.type.toLowerCase(),
    credentials: integration.credentials,
    connectionType: connectionType === 'VPC_LINK' ? connectionType : undefined,
    connectionId: integration.connectionId,
    httpMethod: integration.httpMethod,
    uri: integration.uri,
    responses: responses.length === 0 ? undefined : Object.fromEntries(responses),
    requestParameters: integration.requestParameters,
    requestTemplates: integration.requestTemplates && texts(integration.requestTemplates),
    passthroughBehavior: integration.passthroughBehavior.toLowerCase(),
    contentHandling: integration.contentHandling,
    timeoutInMillis: timeoutInMillis === TIMEOUT_DEFAULT ? undefined : timeoutInMillis,
    cacheNamespace: cacheNamespace === resourceId ? undefined : cacheNamespace,
    cacheKeyParameters: cacheKeyParameters.length === 0 ? undefined : cacheKeyParameters,
    tlsConfig: integration.tlsConfig,
    responseTransferMode: integration.responseTransferMode,
    integrationTarget: integration.integrationTarget,
  });
}

/** An empty template is kept as null. */
function texts(templates: Readonly<Record<string, string | null>>): Record<string, string> {
  return Object.fromEntries(Object.entries(templates).map(([type, template]) => [type, template ?? '']));
}
