// IntegrationResponse: CreateIntegrationResponse, GetIntegrationResponse, GetIntegrationResponses, UpdateIntegrationResponse,
// DeleteIntegrationResponse. Of WebSocket APIs: what is made of a backend's answer. Those of a proxy are kept and never used, as on AWS.
// https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-integrations-integrationid-integrationresponses.html

import type { Caller } from '../../aws/operations.ts';
import type { IntegrationResponse } from '../../model/websocket-api.ts';
import { responseSelection } from '../../selection-expression/selection-scopes.ts';
import { checkPattern } from '../apigateway/definition-checks.ts';
import { deployAutomatically } from './auto-deploy.ts';
import { childPage } from './child-page.ts';
import {
  childId,
  integrationResponseKind,
  keyUnderApi,
  loadApi,
  loadChildren,
  loadIntegration,
  loadIntegrationResponse,
  loadWebSocketApi,
} from './documents.ts';
import { newIdentifier } from './identifiers.ts';
import { oneOf, updatedText } from './member-rules.ts';
import { mergedParameters } from './parameter-rules.ts';
import { badRequest, conflict, quotaReached } from './refusals.ts';
import { updatedSelection } from './selection-rules.ts';
import { type Input, present, type ServiceContext, scopeOf, type V2Operations } from './service.ts';
import { updatedTemplates } from './websocket-integration.ts';
import { checkResponseMapping } from './websocket-mapping-expressions.ts';

/** Ours: the pattern of each may be tried for each answer. */
const RESPONSES_MAX = 100;

export function integrationResponseOperations(context: ServiceContext) {
  const { store } = context;
  return {
    async CreateIntegrationResponse(input: Input<'CreateIntegrationResponse'>, caller: Caller) {
      const scope = scopeOf(caller);
      return store.transact(async (transaction) => {
        const { apiId } = await loadWebSocketApi(transaction, scope, input.ApiId, 'IntegrationResponses');
        const { integrationId } = await loadIntegration(transaction, scope, apiId, input.IntegrationId);
        const keyOf = (id: string) => keyUnderApi(scope, integrationResponseKind, apiId, childId(integrationId, id));
        const wanted = toIntegrationResponse(input, undefined);
        const others = await loadChildren<IntegrationResponse>(transaction, scope, integrationResponseKind, apiId, integrationId);
        assertKeyIsFree(others, wanted.integrationResponseKey, undefined);
        if (others.length >= RESPONSES_MAX) throw quotaReached('IntegrationResponses');
        const integrationResponseId = await newIdentifier(transaction, 'integrationResponse', keyOf);
        const response: IntegrationResponse = { ...wanted, integrationId, integrationResponseId };
        await transaction.put(keyOf(integrationResponseId), response);
        await deployAutomatically(transaction, context, scope, apiId);
        return toIntegrationResponseOutput(response);
      });
    },

    async GetIntegrationResponse(input: Input<'GetIntegrationResponse'>, caller: Caller) {
      const scope = scopeOf(caller);
      const { apiId } = await loadApi(store, scope, input.ApiId);
      const { integrationId } = await loadIntegration(store, scope, apiId, input.IntegrationId);
      const response = await loadIntegrationResponse(store, scope, apiId, integrationId, input.IntegrationResponseId);
      return toIntegrationResponseOutput(response);
    },

    async GetIntegrationResponses(input: Input<'GetIntegrationResponses'>, caller: Caller) {
      const scope = scopeOf(caller);
      const { apiId } = await loadApi(store, scope, input.ApiId);
      const { integrationId } = await loadIntegration(store, scope, apiId, input.IntegrationId);
      const list = ['GetIntegrationResponses', scope.account, scope.region, apiId, integrationId];
      const page = await childPage<IntegrationResponse>(store, scope, integrationResponseKind, apiId, integrationId, input, list);
      return present({ Items: page.items.map(toIntegrationResponseOutput), NextToken: page.nextToken });
    },

    async UpdateIntegrationResponse(input: Input<'UpdateIntegrationResponse'>, caller: Caller) {
      const scope = scopeOf(caller);
      return store.transact(async (transaction) => {
        const { apiId } = await loadApi(transaction, scope, input.ApiId);
        const { integrationId } = await loadIntegration(transaction, scope, apiId, input.IntegrationId);
        const former = await loadIntegrationResponse(transaction, scope, apiId, integrationId, input.IntegrationResponseId);
        const { integrationResponseId } = former;
        const response = toIntegrationResponse(input, former);
        const all = await loadChildren<IntegrationResponse>(transaction, scope, integrationResponseKind, apiId, integrationId);
        assertKeyIsFree(all, response.integrationResponseKey, integrationResponseId);
        const key = keyUnderApi(scope, integrationResponseKind, apiId, childId(integrationId, integrationResponseId));
        await transaction.put(key, response);
        await deployAutomatically(transaction, context, scope, apiId);
        return toIntegrationResponseOutput(response);
      });
    },

    async DeleteIntegrationResponse(input: Input<'DeleteIntegrationResponse'>, caller: Caller) {
      const scope = scopeOf(caller);
      return store.transact(async (transaction) => {
        const { apiId } = await loadApi(transaction, scope, input.ApiId);
        const { integrationId } = await loadIntegration(transaction, scope, apiId, input.IntegrationId);
        const found = await loadIntegrationResponse(transaction, scope, apiId, integrationId, input.IntegrationResponseId);
        await transaction.delete(
          keyUnderApi(scope, integrationResponseKind, apiId, childId(integrationId, found.integrationResponseId)),
        );
        await deployAutomatically(transaction, context, scope, apiId);
        return {};
      });
    },
  } satisfies V2Operations;
}

/** What the call asks for, over what there is. The ids are the caller's to set when there is nothing yet. */
function toIntegrationResponse(
  input: Input<'CreateIntegrationResponse'> | Input<'UpdateIntegrationResponse'>,
  former: IntegrationResponse | undefined,
): IntegrationResponse {
  const responseParameters = mergedParameters(former?.responseParameters, input.ResponseParameters);
  checkResponseMapping(responseParameters);
  return present({
    integrationId: former?.integrationId ?? '',
    integrationResponseId: former?.integrationResponseId ?? '',
    integrationResponseKey: checkedKey(input.IntegrationResponseKey ?? former?.integrationResponseKey),
    contentHandlingStrategy: oneOf(
      'ContentHandlingStrategy',
      updatedText(input.ContentHandlingStrategy, former?.contentHandlingStrategy),
      ['CONVERT_TO_BINARY', 'CONVERT_TO_TEXT'],
    ),
    responseParameters,
    responseTemplates: updatedTemplates(input.ResponseTemplates, former?.responseTemplates),
    templateSelectionExpression: updatedSelection(
      'TemplateSelectionExpression',
      input.TemplateSelectionExpression,
      former?.templateSelectionExpression,
      responseSelection,
    ),
  });
}

/** AWS: `$default`, or a pattern between slashes. Seen: developer guide, "WebSocket API integration responses"; the words are ours. */
function checkedKey(key: string | undefined): string {
  if (key === '$default') return key;
  if (key === undefined || key.length < 3 || !key.startsWith('/') || !key.endsWith('/')) {
    throw badRequest(
      'Invalid IntegrationResponseKey: it must be $default, or a regular expression between slashes like /2\\d\\d/',
    );
  }
  checkPattern(key.slice(1, -1));
  return key;
}

function assertKeyIsFree(others: readonly IntegrationResponse[], key: string, except: string | undefined): void {
  if (others.some((other) => other.integrationResponseKey === key && other.integrationResponseId !== except)) {
    // By analogy with route keys.
    throw conflict(`IntegrationResponse with key ${key} already exists for this Integration`);
  }
}

function toIntegrationResponseOutput(response: IntegrationResponse) {
  return present({
    ContentHandlingStrategy: response.contentHandlingStrategy,
    IntegrationResponseId: response.integrationResponseId,
    IntegrationResponseKey: response.integrationResponseKey,
    ResponseParameters: response.responseParameters && { ...response.responseParameters },
    ResponseTemplates: response.responseTemplates && { ...response.responseTemplates },
    TemplateSelectionExpression: response.templateSelectionExpression,
  });
}
