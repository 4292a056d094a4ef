// Integration: CreateIntegration, GetIntegration, GetIntegrations, UpdateIntegration, DeleteIntegration.
// https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-integrations.html

import type { Caller } from '../../aws/operations.ts';
import type { Integration, Route } from '../../model/http-api.ts';
import { deployAutomatically } from './auto-deploy.ts';
import { integrationKind, keyUnderApi, loadAll, loadApi, loadIntegration, routeKind } from './documents.ts';
import { newIdentifier } from './identifiers.ts';
import { checkedFunctionUri, checkedHttpUri } from './integration-uri.ts';
import { assertAbsent, assertLength, updatedText } from './member-rules.ts';
import { nextToken, pageOptions } from './paging.ts';
import { checkParameters, mergedByStatus, mergedParameters } from './parameter-rules.ts';
import { badRequest, conflict, quotaReached } from './refusals.ts';
import { type Input, present, type ServiceContext, scopeOf, type V2Operations } from './service.ts';

export function integrationOperations(context: ServiceContext) {
  const { store } = context;
  return {
    async CreateIntegration(input: Input<'CreateIntegration'>, caller: Caller) {
      const scope = scopeOf(caller);
      const wanted = toIntegration(input, undefined);
      return store.transact(async (transaction) => {
        const { apiId } = await loadApi(transaction, scope, input.ApiId);
        const { integrationsPerApi } = context.quotas;
        const others = await transaction.list(scope, integrationKind, apiId, { limit: integrationsPerApi });
        if (others.items.length >= integrationsPerApi) throw quotaReached('Integrations');
        const integrationId = await newIdentifier(transaction, 'integration', (id) =>
          keyUnderApi(scope, integrationKind, apiId, id),
        );
        const integration: Integration = { ...wanted, integrationId };
        await transaction.put(keyUnderApi(scope, integrationKind, apiId, integrationId), integration);
        await deployAutomatically(transaction, context, scope, apiId);
        return toIntegrationOutput(integration);
      });
    },

    async GetIntegration(input: Input<'GetIntegration'>, caller: Caller) {
      const scope = scopeOf(caller);
      const { apiId } = await loadApi(store, scope, input.ApiId);
      return toIntegrationOutput(await loadIntegration(store, scope, apiId, input.IntegrationId));
    },

    async GetIntegrations(input: Input<'GetIntegrations'>, caller: Caller) {
      const scope = scopeOf(caller);
      const { apiId } = await loadApi(store, scope, input.ApiId);
      const list = ['GetIntegrations', scope.account, scope.region, apiId];
      const page = await store.list<Integration>(scope, integrationKind, apiId, pageOptions(input, list));
      return present({ Items: page.items.map(toIntegrationOutput), NextToken: nextToken(page, list) });
    },

    async UpdateIntegration(input: Input<'UpdateIntegration'>, caller: Caller) {
      const scope = scopeOf(caller);
      return store.transact(async (transaction) => {
        const { apiId } = await loadApi(transaction, scope, input.ApiId);
        const former = await loadIntegration(transaction, scope, apiId, input.IntegrationId);
        const integration = toIntegration(input, former);
        await transaction.put(keyUnderApi(scope, integrationKind, apiId, former.integrationId), integration);
        await deployAutomatically(transaction, context, scope, apiId);
        return toIntegrationOutput(integration);
      });
    },

    async DeleteIntegration(input: Input<'DeleteIntegration'>, caller: Caller) {
      const scope = scopeOf(caller);
      return store.transact(async (transaction) => {
        const { apiId } = await loadApi(transaction, scope, input.ApiId);
        const integration = await loadIntegration(transaction, scope, apiId, input.IntegrationId);
        const routes = await loadAll<Route>(transaction, scope, routeKind, apiId);
        const users = routes.filter((route) => route.target === `integrations/${integration.integrationId}`);
        if (users.length > 0) {
          // AWS: these words. Seen: terraform-aws-next-js#247.
          const ids = users.map((route) => route.routeId).join(', ');
          throw conflict(`Cannot delete Integration because it is referenced by the following Routes with Ids: [${ids}]`);
        }
        await transaction.delete(keyUnderApi(scope, integrationKind, apiId, integration.integrationId));
        await deployAutomatically(transaction, context, scope, apiId);
        return {};
      });
    },
  } satisfies V2Operations;
}

const methods = new Set(['ANY', 'DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT']);

/** What the call asks for, over what there is. The id is the caller's to set when there is nothing yet. */
function toIntegration(
  input: Input<'CreateIntegration'> | Input<'UpdateIntegration'>,
  former: Integration | undefined,
): Integration {
  const { ContentHandlingStrategy, RequestTemplates, TemplateSelectionExpression } = input;
  assertAbsent({ ContentHandlingStrategy, RequestTemplates, TemplateSelectionExpression });
  // AWS: WHEN_NO_MATCH is taken and not kept on HTTP APIs. Seen: Terraform sends it always and expects not to read it back.
  if (input.PassthroughBehavior !== 'WHEN_NO_MATCH') assertAbsent({ PassthroughBehavior: input.PassthroughBehavior });
  assertLength('Description', input.Description, 0, 1024);
  const timeoutInMillis = input.TimeoutInMillis ?? former?.timeoutInMillis ?? 30_000;
  if (!Number.isInteger(timeoutInMillis) || timeoutInMillis < 50 || timeoutInMillis > 30_000) {
    throw badRequest('Timeout should be between 50 ms and 30000 ms');
  }
  const shared = present({
    integrationId: former?.integrationId ?? '',
    connectionType: 'INTERNET' as const,
    description: updatedText(input.Description, former?.description),
    timeoutInMillis,
    requestParameters: mergedParameters(former?.requestParameters, input.RequestParameters),
    responseParameters: mergedByStatus(former?.responseParameters, input.ResponseParameters),
    apiGatewayManaged: former?.apiGatewayManaged,
  });
  checkParameters(shared.requestParameters, 'request');
  for (const entries of Object.values(shared.responseParameters ?? {})) checkParameters(entries, 'response');
  const type = input.IntegrationType ?? former?.integrationType;
  const uri = input.IntegrationUri ?? former?.integrationUri;
  if (type === 'AWS_PROXY') {
    const method = input.IntegrationMethod === '' ? undefined : input.IntegrationMethod;
    if (method !== undefined && method !== 'POST') {
      // AWS: these words. Seen: hashicorp/terraform-provider-aws#42391.
      throw badRequest('HttpMethod must be POST for AWS_PROXY IntegrationType');
    }
    const version = input.PayloadFormatVersion ?? (former?.integrationType === type ? former.payloadFormatVersion : undefined);
    // AWS: these words. Seen: localstack#9184, measured there.
    if (version === undefined) throw badRequest('PayloadFormatVersion is a required parameter for integration');
    // AWS: these words. Seen: cdk-preflight's deployed cases.
    if (version !== '1.0' && version !== '2.0') throw badRequest(`Unsupported PayloadFormatVersion: ${version}`);
    const integrationUri = checkedFunctionUri(uri);
    return { ...shared, integrationType: type, integrationMethod: 'POST', integrationUri, payloadFormatVersion: version };
  }
  if (type === 'HTTP_PROXY') {
    const version = input.PayloadFormatVersion ?? '1.0';
    if (version !== '1.0') {
      // AWS: these words. Seen: cdk-preflight's deployed cases.
      throw badRequest(`PayloadFormatVersion ${version} is not supported for integration of type HTTP_PROXY`);
    }
    const method = input.IntegrationMethod || (former?.integrationType === type ? former.integrationMethod : 'ANY');
    if (!methods.has(method)) throw badRequest(`Invalid IntegrationMethod: it must be one of ${[...methods].join(', ')}`);
    const integrationUri = checkedHttpUri(uri);
    return { ...shared, integrationType: type, integrationMethod: method, integrationUri, payloadFormatVersion: '1.0' };
  }
  // AWS: these words. Seen: aws/aws-cli#6363.
  throw badRequest(
    'Currently, an API with a protocol type of HTTP may only be associated with proxy integrations (AWS_PROXY, HTTP_PROXY)',
  );
}

function toIntegrationOutput(integration: Integration) {
  return present({
    ApiGatewayManaged: integration.apiGatewayManaged,
    ConnectionType: integration.connectionType,
    Description: integration.description,
    IntegrationId: integration.integrationId,
    IntegrationMethod: integration.integrationMethod,
    IntegrationType: integration.integrationType,
    IntegrationUri: integration.integrationUri,
    PayloadFormatVersion: integration.payloadFormatVersion,
    RequestParameters: integration.requestParameters && { ...integration.requestParameters },
    ResponseParameters: integration.responseParameters && { ...integration.responseParameters },
    TimeoutInMillis: integration.timeoutInMillis,
  });
}
