// Integration: CreateIntegration, GetIntegration, GetIntegrations, UpdateIntegration, DeleteIntegration.
// https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-integrations.html

import type { Caller } from '../../aws/operations.ts';
import type { Integration } from '../../model/http-api.ts';
import type { Scope } from '../../model/scope.ts';
import type { IntegrationResponse, WebSocketIntegration } from '../../model/websocket-api.ts';
import type { Reader } from '../../store/store.ts';
import { checkCredentials } from '../apigateway/integration-rules.ts';
import { vpcLinkKey as restVpcLinkKey } from '../apigateway/vpc-links.ts';
import { deployAutomatically } from './auto-deploy.ts';
import {
  type AnyApi,
  type AnyIntegration,
  type AnyRoute,
  childId,
  integrationKind,
  integrationResponseKind,
  keyUnderApi,
  loadAll,
  loadApi,
  loadChildren,
  loadIntegration,
  routeKind,
  vpcLinkKey,
} from './documents.ts';
import { newIdentifier } from './identifiers.ts';
import { checkedFunctionUri, checkedHttpUri, checkedPrivateUri, checkedServerName } from './integration-uri.ts';
import { assertAbsent, assertLength, missingMethod, updatedText } from './member-rules.ts';
import { nextToken, pageOptions } from './paging.ts';
import { checkParameters, mergedByStatus, mergedParameters } from './parameter-rules.ts';
import { badRequest, conflict, quotaReached } from './refusals.ts';
import { type Input, present, type ServiceContext, scopeOf, type V2Operations } from './service.ts';
import { checkedServiceIntegration } from './service-integration.ts';
import { toWebSocketIntegration, toWebSocketIntegrationMembers } from './websocket-integration.ts';

export function integrationOperations(context: ServiceContext) {
  const { store } = context;
  return {
    async CreateIntegration(input: Input<'CreateIntegration'>, caller: Caller) {
      const scope = scopeOf(caller);
      return store.transact(async (transaction) => {
        const api = await loadApi(transaction, scope, input.ApiId);
        const { apiId } = api;
        const wanted = toIntegrationOf(api, input, undefined);
        await assertVpcLinkExists(transaction, scope, api, wanted);
        const { integrationsPerApi } = context.quotas;
        const others = await transaction.list(scope, integrationKind, apiId, { limit: integrationsPerApi });
        if (others.items.length >= integrationsPerApi) throw quotaReached('Integrations');
        const integrationId = await newIdentifier(transaction, 'integration', (id) =>
          keyUnderApi(scope, integrationKind, apiId, id),
        );
        const integration: AnyIntegration = { ...wanted, integrationId };
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
      const page = await store.list<AnyIntegration>(scope, integrationKind, apiId, pageOptions(input, list));
      return present({ Items: page.items.map(toIntegrationOutput), NextToken: nextToken(page, list) });
    },

    async UpdateIntegration(input: Input<'UpdateIntegration'>, caller: Caller) {
      const scope = scopeOf(caller);
      return store.transact(async (transaction) => {
        const api = await loadApi(transaction, scope, input.ApiId);
        const { apiId } = api;
        const former = await loadIntegration(transaction, scope, apiId, input.IntegrationId);
        const integration = toIntegrationOf(api, input, former);
        await assertVpcLinkExists(transaction, scope, api, integration);
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
        const routes = await loadAll<AnyRoute>(transaction, scope, routeKind, apiId);
        const users = routes.filter((route) => route.target === `integrations/${integration.integrationId}`);
        if (users.length > 0) {
          // AWS: these words. Seen: terraform-aws-next-js#247.
          const ids = users.map((route) => route.routeId).join(', ');
          throw conflict(`Cannot delete Integration because it is referenced by the following Routes with Ids: [${ids}]`);
        }
        const { integrationId } = integration;
        await transaction.delete(keyUnderApi(scope, integrationKind, apiId, integrationId));
        const kind = integrationResponseKind;
        for (const response of await loadChildren<IntegrationResponse>(transaction, scope, kind, apiId, integrationId)) {
          await transaction.delete(keyUnderApi(scope, kind, apiId, childId(integrationId, response.integrationResponseId)));
        }
        await deployAutomatically(transaction, context, scope, apiId);
        return {};
      });
    },
  } satisfies V2Operations;
}

const methods = new Set(['ANY', 'DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT']);

type IntegrationInput = Input<'CreateIntegration'> | Input<'UpdateIntegration'>;

function toIntegrationOf({ protocolType }: AnyApi, input: IntegrationInput, former: AnyIntegration | undefined): AnyIntegration {
  // What is kept of an integration has the shape of its API's kind.
  return protocolType === 'WEBSOCKET'
    ? toWebSocketIntegration(input, former as WebSocketIntegration | undefined)
    : toIntegration(input, former as Integration | undefined);
}

/** What the call asks for, over what there is. The id is the caller's to set when there is nothing yet. */
function toIntegration(input: IntegrationInput, former: Integration | undefined): Integration {
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
    credentialsArn: checkedCredentials(updatedText(input.CredentialsArn, former?.credentialsArn)),
    description: updatedText(input.Description, former?.description),
    timeoutInMillis,
    requestParameters: mergedParameters(former?.requestParameters, input.RequestParameters),
    responseParameters: mergedByStatus(former?.responseParameters, input.ResponseParameters),
    apiGatewayManaged: former?.apiGatewayManaged,
  });
  for (const entries of Object.values(shared.responseParameters ?? {})) checkParameters(entries, 'response');
  const type = input.IntegrationType ?? former?.integrationType;
  if (type === 'AWS_PROXY') {
    assertInternet(input);
    const subtype = updatedText(
      input.IntegrationSubtype,
      former?.integrationType === type ? former.integrationSubtype : undefined,
    );
    return subtype === undefined ? toLambdaProxy(input, former, shared) : toService(input, former, shared, subtype);
  }
  if (type === 'HTTP_PROXY') {
    if (input.IntegrationSubtype) throw badRequest('IntegrationSubtype is supported for integration of type AWS_PROXY only');
    return toHttpProxy(input, former, shared);
  }
  // AWS: these words. Seen: aws/aws-cli#6363.
  throw badRequest(
    'Currently, an API with a protocol type of HTTP may only be associated with proxy integrations (AWS_PROXY, HTTP_PROXY)',
  );
}

type SharedMembers = Pick<
  Integration,
  | 'integrationId'
  | 'connectionType'
  | 'credentialsArn'
  | 'description'
  | 'timeoutInMillis'
  | 'requestParameters'
  | 'responseParameters'
  | 'apiGatewayManaged'
>;

function toLambdaProxy(input: IntegrationInput, former: Integration | undefined, shared: SharedMembers): Integration {
  const version = awsProxyVersion(input, former);
  // AWS: these words. Seen: cdk-preflight's deployed cases.
  if (version !== '1.0' && version !== '2.0') throw badRequest(`Unsupported PayloadFormatVersion: ${version}`);
  checkParameters(shared.requestParameters, 'request');
  const integrationUri = checkedFunctionUri(input.IntegrationUri ?? uriOf(former));
  return { ...shared, integrationType: 'AWS_PROXY', integrationMethod: 'POST', integrationUri, payloadFormatVersion: version };
}

function toService(
  input: IntegrationInput,
  former: Integration | undefined,
  shared: SharedMembers,
  subtype: string,
): Integration {
  if (input.IntegrationUri) throw badRequest(`Operation: ${subtype} takes no IntegrationUri`);
  const checked = checkedServiceIntegration({
    subtype,
    credentialsArn: shared.credentialsArn,
    payloadFormatVersion: awsProxyVersion(input, former),
    parameters: shared.requestParameters,
  });
  return { ...shared, ...checked, integrationType: 'AWS_PROXY', payloadFormatVersion: '1.0' };
}

/** AWS: stated by the caller, never assumed. Seen: localstack#9184, measured there. */
function awsProxyVersion(input: IntegrationInput, former: Integration | undefined): string {
  const method = input.IntegrationMethod === '' ? undefined : input.IntegrationMethod;
  if (method !== undefined && method !== 'POST') {
    // AWS: these words. Seen: hashicorp/terraform-provider-aws#42391.
    throw badRequest('HttpMethod must be POST for AWS_PROXY IntegrationType');
  }
  const isSameType = former?.integrationType === 'AWS_PROXY';
  const version = input.PayloadFormatVersion ?? (isSameType ? former.payloadFormatVersion : undefined);
  if (version === undefined) throw badRequest('PayloadFormatVersion is a required parameter for integration');
  return version;
}

function toHttpProxy(input: IntegrationInput, former: Integration | undefined, shared: SharedMembers): Integration {
  const version = input.PayloadFormatVersion ?? '1.0';
  if (version !== '1.0') {
    // AWS: these words. Seen: cdk-preflight's deployed cases.
    throw badRequest(`PayloadFormatVersion ${version} is not supported for integration of type HTTP_PROXY`);
  }
  const web = former?.integrationType === 'HTTP_PROXY' ? former : undefined;
  const method = input.IntegrationMethod || web?.integrationMethod;
  if (method === undefined) throw missingMethod('HTTP_PROXY');
  if (!methods.has(method)) throw badRequest(`Invalid IntegrationMethod: it must be one of ${[...methods].join(', ')}`);
  checkParameters(shared.requestParameters, 'request');
  const uri = input.IntegrationUri ?? uriOf(former);
  const rest = { integrationType: 'HTTP_PROXY', integrationMethod: method, payloadFormatVersion: '1.0' } as const;
  if ((input.ConnectionType ?? web?.connectionType) !== 'VPC_LINK') {
    assertInternet(input);
    return { ...shared, ...rest, integrationUri: checkedHttpUri(uri) };
  }
  const connectionId = updatedText(input.ConnectionId, web?.connectionId);
  // AWS: these words. Seen: cdk-preflight's deployed cases.
  if (connectionId === undefined) throw badRequest('ConnectionId must be set to vpcLinkId for ConnectionType VPC_LINK');
  // Settings without members are none: Terraform sends them so when the block goes.
  const sentName = input.TlsConfig === undefined ? undefined : (input.TlsConfig.ServerNameToVerify ?? '');
  const serverName = updatedText(sentName, web?.tlsConfig?.serverNameToVerify);
  return present({
    ...shared,
    ...rest,
    connectionType: 'VPC_LINK',
    connectionId,
    integrationUri: checkedPrivateUri(uri),
    tlsConfig: serverName === undefined ? undefined : { serverNameToVerify: checkedServerName(serverName) },
  });
}

/** Members of private integrations, on one that is none. The words are ours. */
function assertInternet({ ConnectionType, ConnectionId, TlsConfig }: IntegrationInput): void {
  if (ConnectionType === 'VPC_LINK')
    throw badRequest('ConnectionType VPC_LINK is supported for integration of type HTTP_PROXY only');
  if (ConnectionId) throw badRequest('ConnectionId is supported for ConnectionType VPC_LINK only');
  if (TlsConfig?.ServerNameToVerify) throw badRequest('TlsConfig is supported for ConnectionType VPC_LINK only');
}

/** AWS: HTTP backends have no use for credentials, which are kept all the same. Seen: API reference, CreateApi. */
export function checkedCredentials(credentialsArn: string | undefined): string | undefined {
  if (credentialsArn !== undefined) checkCredentials(credentialsArn);
  return credentialsArn;
}

function uriOf(integration: Integration | undefined): string | undefined {
  return integration === undefined || !('integrationUri' in integration) ? undefined : integration.integrationUri;
}

/** AWS checks the link when an integration names it; which words it uses is not recorded. A stage variable says it per stage. */
async function assertVpcLinkExists(
  reader: Reader,
  scope: Scope,
  { protocolType }: AnyApi,
  { connectionId }: AnyIntegration,
): Promise<void> {
  if (connectionId === undefined || (protocolType === 'WEBSOCKET' && connectionId.includes('${stageVariables.'))) return;
  if ((await reader.get(vpcLinkKey(scope, connectionId))) !== undefined) {
    if (protocolType === 'HTTP') return;
    // AWS: a link of v2 is no link of a WebSocket API. Seen: terraform-aws-apigateway-v2#151; the words are ours.
    throw badRequest(
      `VpcLink ${connectionId} is a VPC link V2, which is not supported on protocolType WEBSOCKET: use one of REST APIs`,
    );
  }
  const restLink = protocolType === 'WEBSOCKET' ? await reader.get(restVpcLinkKey(scope, connectionId)) : undefined;
  if (restLink === undefined) throw badRequest(`Invalid VpcLink identifier specified ${connectionId}`);
}

function toIntegrationOutput(integration: AnyIntegration) {
  // `passthroughBehavior` is there on WebSocket APIs, and on no other.
  const isWebSocket = 'passthroughBehavior' in integration;
  return present({
    ...(isWebSocket ? toWebSocketIntegrationMembers(integration) : toHttpIntegrationMembers(integration)),
    ConnectionId: integration.connectionId,
    ConnectionType: integration.connectionType,
    CredentialsArn: integration.credentialsArn,
    Description: integration.description,
    IntegrationId: integration.integrationId,
    IntegrationMethod: 'integrationMethod' in integration ? integration.integrationMethod : undefined,
    IntegrationType: integration.integrationType,
    IntegrationUri: 'integrationUri' in integration ? integration.integrationUri : undefined,
    PayloadFormatVersion: integration.payloadFormatVersion,
    RequestParameters: integration.requestParameters && { ...integration.requestParameters },
    TimeoutInMillis: integration.timeoutInMillis,
  });
}

function toHttpIntegrationMembers(integration: Integration) {
  return {
    ApiGatewayManaged: integration.apiGatewayManaged,
    IntegrationSubtype: integration.integrationType === 'AWS_PROXY' ? integration.integrationSubtype : undefined,
    ResponseParameters: integration.responseParameters && { ...integration.responseParameters },
    TlsConfig: integration.tlsConfig && { ServerNameToVerify: integration.tlsConfig.serverNameToVerify },
  };
}
