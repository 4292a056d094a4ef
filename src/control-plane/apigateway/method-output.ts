// How methods, their responses and their integrations are answered.

import type { RestIntegration, RestIntegrationResponse, RestMethod, RestMethodResponse } from '../../model/rest-api.ts';
import { present } from './service.ts';

export function toMethodOutput(method: RestMethod) {
  const responses = Object.entries(method.methodResponses);
  return present({
    httpMethod: method.httpMethod,
    authorizationType: method.authorizationType,
    authorizerId: method.authorizerId,
    authorizationScopes: method.authorizationScopes && [...method.authorizationScopes],
    apiKeyRequired: method.apiKeyRequired,
    requestValidatorId: method.requestValidatorId,
    operationName: method.operationName,
    requestParameters: method.requestParameters && { ...method.requestParameters },
    requestModels: method.requestModels && { ...method.requestModels },
    methodResponses:
      responses.length === 0
        ? undefined
        : Object.fromEntries(responses.map(([status, response]) => [status, toMethodResponseOutput(response)])),
    methodIntegration: method.methodIntegration && toIntegrationOutput(method.methodIntegration),
  });
}

export function toMethodResponseOutput(response: RestMethodResponse) {
  return present({
    statusCode: response.statusCode,
    responseParameters: response.responseParameters && { ...response.responseParameters },
    responseModels: response.responseModels && { ...response.responseModels },
  });
}

export function toIntegrationOutput(integration: RestIntegration) {
  const responses = Object.entries(integration.integrationResponses ?? {});
  return present({
    type: integration.type,
    httpMethod: integration.httpMethod,
    uri: integration.uri,
    connectionType: integration.connectionType,
    connectionId: integration.connectionId,
    credentials: integration.credentials,
    requestParameters: integration.requestParameters && { ...integration.requestParameters },
    requestTemplates: integration.requestTemplates && templatesOutput(integration.requestTemplates),
    passthroughBehavior: integration.passthroughBehavior,
    contentHandling: integration.contentHandling,
    timeoutInMillis: integration.timeoutInMillis,
    cacheNamespace: integration.cacheNamespace,
    cacheKeyParameters: [...integration.cacheKeyParameters],
    integrationResponses:
      responses.length === 0
        ? undefined
        : Object.fromEntries(responses.map(([status, response]) => [status, toIntegrationResponseOutput(response)])),
    tlsConfig: integration.tlsConfig && { ...integration.tlsConfig },
    responseTransferMode: integration.responseTransferMode,
    integrationTarget: integration.integrationTarget,
  });
}

export function toIntegrationResponseOutput(response: RestIntegrationResponse) {
  return present({
    statusCode: response.statusCode,
    selectionPattern: response.selectionPattern,
    responseParameters: response.responseParameters && { ...response.responseParameters },
    responseTemplates: response.responseTemplates && templatesOutput(response.responseTemplates),
    contentHandling: response.contentHandling,
  });
}

/** AWS: an empty template is null in the answer. The SDK's type knows texts only. */
function templatesOutput(templates: Readonly<Record<string, string | null>>): Record<string, string> {
  return { ...templates } as Record<string, string>;
}
