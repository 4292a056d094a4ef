// Api: CreateApi, GetApi, GetApis, UpdateApi, DeleteApi, DeleteCorsConfiguration.
// https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis.html

import type { Caller } from '../../aws/operations.ts';
import type { Api } from '../../model/http-api.ts';
import type { Scope } from '../../model/scope.ts';
import type { WebSocketApi } from '../../model/websocket-api.ts';
import type { Reader, Transaction } from '../../store/store.ts';
import { restApiKind } from '../apigateway/documents.ts';
import { assertNotMapped } from './api-mappings.ts';
import { deployAutomatically } from './auto-deploy.ts';
import { newCorsConfiguration, toCorsOutput } from './cors-configuration.ts';
import { type AnyApi, apiKey, apiKind, kindsUnderApi, loadApi, loadHttpApi } from './documents.ts';
import { chosenIdentifier, newIdentifier } from './identifiers.ts';
import { assertLength, updatedText } from './member-rules.ts';
import { nextToken, pageOptions } from './paging.ts';
import { changeQuickCreated, quickCreate } from './quick-create.ts';
import { badRequest, conflict, quotaReached } from './refusals.ts';
import { type Input, present, type ServiceContext, scopeOf, type V2Operations } from './service.ts';
import { newTags } from './tag-rules.ts';
import { apiKeySelectionExpressions, checkWebSocketApi, newWebSocketApi, updatedWebSocketApi } from './websocket-api.ts';

export function apiOperations(context: ServiceContext) {
  const { store } = context;
  return {
    async CreateApi(input: Input<'CreateApi'>, caller: Caller) {
      const scope = scopeOf(caller);
      const cors = newCorsConfiguration(input.CorsConfiguration);
      const tags = newTags(input.Tags, context.quotas);
      if (input.ProtocolType === 'HTTP') checkApi(input);
      else if (input.ProtocolType === 'WEBSOCKET') checkWebSocketApi(input, undefined);
      else throw badRequest('Invalid protocol specified. Must be one of [HTTP, WEBSOCKET]');
      const name = input.Name ?? '';
      checkName(name);
      return store.transact(async (transaction) => {
        const apis = await transaction.list(scope, apiKind, '', { limit: context.quotas.apisPerRegion });
        if (apis.items.length >= context.quotas.apisPerRegion) throw quotaReached('Apis');
        const members = { apiId: await identifierFor(transaction, scope, tags), createdDate: context.timestamp(), tags };
        if (input.ProtocolType === 'WEBSOCKET') {
          const webSocketApi = newWebSocketApi(input, members);
          await transaction.put(apiKey(scope, webSocketApi.apiId), webSocketApi);
          return toApiOutput(context, scope, webSocketApi);
        }
        const api: Api = present({
          ...members,
          name,
          protocolType: 'HTTP',
          apiKeySelectionExpression: input.ApiKeySelectionExpression ?? '$request.header.x-api-key',
          routeSelectionExpression: input.RouteSelectionExpression ?? '$request.method $request.path',
          disableExecuteApiEndpoint: input.DisableExecuteApiEndpoint ?? false,
          ipAddressType: input.IpAddressType ?? 'ipv4',
          corsConfiguration: cors,
          description: updatedText(input.Description, undefined),
          version: updatedText(input.Version, undefined),
        });
        await transaction.put(apiKey(scope, api.apiId), api);
        await quickCreate(transaction, context, scope, api, input);
        return toApiOutput(context, scope, api);
      });
    },

    async GetApi(input: Input<'GetApi'>, caller: Caller) {
      const scope = scopeOf(caller);
      return toApiOutput(context, scope, await loadApi(store, scope, input.ApiId));
    },

    async GetApis(input: Input<'GetApis'>, caller: Caller) {
      const scope = scopeOf(caller);
      const list = ['GetApis', scope.account, scope.region];
      const page = await store.list<AnyApi>(scope, apiKind, '', pageOptions(input, list));
      return present({ Items: page.items.map((api) => toApiOutput(context, scope, api)), NextToken: nextToken(page, list) });
    },

    async UpdateApi(input: Input<'UpdateApi'>, caller: Caller) {
      const scope = scopeOf(caller);
      const cors = newCorsConfiguration(input.CorsConfiguration);
      checkName(input.Name);
      return store.transact(async (transaction) => {
        const former = await loadApi(transaction, scope, input.ApiId);
        if (former.protocolType === 'WEBSOCKET') {
          const webSocketApi = updatedWebSocketApi(input, former);
          await transaction.put(apiKey(scope, former.apiId), webSocketApi);
          await deployAutomatically(transaction, context, scope, former.apiId);
          return toApiOutput(context, scope, webSocketApi);
        }
        checkApi(input);
        const api: Api = present({
          ...former,
          name: input.Name ?? former.name,
          apiKeySelectionExpression: input.ApiKeySelectionExpression ?? former.apiKeySelectionExpression,
          routeSelectionExpression: input.RouteSelectionExpression ?? former.routeSelectionExpression,
          disableExecuteApiEndpoint: input.DisableExecuteApiEndpoint ?? former.disableExecuteApiEndpoint,
          ipAddressType: input.IpAddressType ?? former.ipAddressType,
          corsConfiguration: cors ?? former.corsConfiguration,
          description: updatedText(input.Description, former.description),
          version: updatedText(input.Version, former.version),
        });
        await transaction.put(apiKey(scope, api.apiId), api);
        await changeQuickCreated(transaction, scope, api.apiId, input);
        await deployAutomatically(transaction, context, scope, api.apiId);
        return toApiOutput(context, scope, api);
      });
    },

    async DeleteApi(input: Input<'DeleteApi'>, caller: Caller) {
      const scope = scopeOf(caller);
      return store.transact(async (transaction) => {
        const { apiId } = await loadApi(transaction, scope, input.ApiId);
        await assertNotMapped(transaction, scope, apiId);
        for (const kind of kindsUnderApi) await transaction.deleteAll(scope, kind, apiId);
        await transaction.delete(apiKey(scope, apiId));
        return {};
      });
    },

    /** PATCH cannot say "none", so CORS has a delete operation of its own. */
    async DeleteCorsConfiguration(input: Input<'DeleteCorsConfiguration'>, caller: Caller) {
      const scope = scopeOf(caller);
      return store.transact(async (transaction) => {
        const { corsConfiguration: _, ...api } = await loadHttpApi(transaction, scope, input.ApiId, 'CorsConfiguration');
        await transaction.put(apiKey(scope, api.apiId), api);
        await deployAutomatically(transaction, context, scope, api.apiId);
        return {};
      });
    },
  } satisfies V2Operations;
}

/** AWS: these words for no name. Seen: cdk-preflight's deployed cases, pf-apigwv2-api-name-required. */
function checkName(name: string | undefined): void {
  if (name === '') throw badRequest('Invalid API name specified');
  assertLength('Name', name, 1, 128);
}

// AWS: an HTTP API has one way to select routes, written in two ways.
// biome-ignore lint/suspicious/noTemplateCurlyInString: AWS's notation, not a template
const routeSelectionExpressions = ['$request.method $request.path', '${request.method} ${request.path}'];

function checkApi(input: Input<'CreateApi'> | Input<'UpdateApi'>): void {
  assertLength('Description', input.Description, 0, 1024);
  assertLength('Version', input.Version, 0, 64);
  if (input.RouteSelectionExpression !== undefined && !routeSelectionExpressions.includes(input.RouteSelectionExpression)) {
    // AWS: these words. Seen: cdk-preflight's deployed cases, pf-apigwv2-http-route-selection.
    throw badRequest(`Route selection expression is currently limited to "${routeSelectionExpressions[1]}"`);
  }
  if (input.ApiKeySelectionExpression !== undefined && !apiKeySelectionExpressions.includes(input.ApiKeySelectionExpression)) {
    throw badRequest(`Invalid apiKeySelectionExpression: it must be one of ${apiKeySelectionExpressions.join(', ')}`);
  }
  if (input.IpAddressType !== undefined && input.IpAddressType !== 'ipv4' && input.IpAddressType !== 'dualstack') {
    throw badRequest('Invalid ipAddressType: it must be one of ipv4, dualstack');
  }
  if (input.DisableSchemaValidation === true) throw badRequest('DisableSchemaValidation is not supported on protocolType HTTP');
}

async function identifierFor(transaction: Transaction, scope: Scope, tags: Api['tags']): Promise<string> {
  const chosen = chosenIdentifier(tags);
  if (chosen === undefined) return newIdentifier(transaction, 'api', (id) => apiKey(scope, id));
  await assertUnused(transaction, chosen);
  return chosen;
}

/** Invoke URLs name an API by its id alone, so a chosen id may exist once, whatever the account and the region. */
async function assertUnused(reader: Reader, apiId: string): Promise<void> {
  for (const { key } of [...(await reader.scan(apiKind)), ...(await reader.scan(restApiKind))]) {
    if (key.id === apiId) {
      throw conflict(
        `An API with the id ${apiId} exists in account ${key.scope.account}, region ${key.scope.region}. Choose another id.`,
      );
    }
  }
}

function toApiOutput(context: ServiceContext, scope: Scope, api: AnyApi) {
  const endpoint = context.apiEndpoint(scope, api.apiId);
  return present({
    ...(api.protocolType === 'HTTP' ? toHttpApiMembers(api, endpoint) : toWebSocketApiMembers(api, endpoint)),
    ApiId: api.apiId,
    ApiKeySelectionExpression: api.apiKeySelectionExpression,
    CreatedDate: new Date(api.createdDate),
    Description: api.description,
    DisableExecuteApiEndpoint: api.disableExecuteApiEndpoint,
    IpAddressType: api.ipAddressType,
    Name: api.name,
    ProtocolType: api.protocolType,
    RouteSelectionExpression: api.routeSelectionExpression,
    Tags: { ...api.tags },
    Version: api.version,
  });
}

function toHttpApiMembers(api: Api, endpoint: string) {
  return {
    ApiEndpoint: endpoint,
    ApiGatewayManaged: api.apiGatewayManaged,
    CorsConfiguration: toCorsOutput(api.corsConfiguration),
    ImportInfo: api.importInfo && [...api.importInfo],
    Warnings: api.warnings && [...api.warnings],
  };
}

function toWebSocketApiMembers(api: WebSocketApi, endpoint: string) {
  return { ApiEndpoint: endpoint.replace(/^http/, 'ws'), DisableSchemaValidation: api.disableSchemaValidation };
}
