// IntegrationResponse: PutIntegrationResponse, GetIntegrationResponse, UpdateIntegrationResponse, DeleteIntegrationResponse.
// https://docs.aws.amazon.com/apigateway/latest/api/API_IntegrationResponse.html

import type { Caller } from '../../aws/operations.ts';
import type { RestIntegration, RestIntegrationResponse } from '../../model/rest-api.ts';
import type { Scope } from '../../model/scope.ts';
import type { Transaction } from '../../store/store.ts';
import { entryRow, textRow } from '../patch/patch-rows.ts';
import { applyPatch, type PatchTable } from '../patch/patch-table.ts';
import { checkedTemplates, checkPattern } from './definition-checks.ts';
import {
  assertIntegrated,
  findMethod,
  type IntegratedMethod,
  keyUnderApi,
  loadIntegratedMethod,
  methodId,
  methodKind,
} from './documents.ts';
import { checkedTemplate, oneOf } from './integrations.ts';
import { checkResponseMapping } from './mapping-expressions.ts';
import { toIntegrationResponseOutput } from './method-output.ts';
import { conflict, notFound } from './refusals.ts';
import { type Input, present, type ServiceContext, scopeOf, type V1Operations } from './service.ts';

export function integrationResponseOperations(context: ServiceContext) {
  const { store } = context;
  return {
    /** One that was there goes. */
    async PutIntegrationResponse(input: Input<'PutIntegrationResponse'>, caller: Caller) {
      const scope = scopeOf(caller);
      return store.transact(async (transaction) => {
        const method = await loadIntegratedMethod(transaction, scope, input);
        const response: RestIntegrationResponse = present({
          statusCode: input.statusCode ?? '',
          selectionPattern: input.selectionPattern,
          responseParameters: input.responseParameters,
          responseTemplates: checkedTemplates(input.responseTemplates),
          contentHandling: input.contentHandling,
        });
        return keep(transaction, scope, input.restApiId, method, response);
      });
    },

    async GetIntegrationResponse(input: Input<'GetIntegrationResponse'>, caller: Caller) {
      const { methodIntegration } = await loadIntegratedMethod(store, scopeOf(caller), input);
      return toIntegrationResponseOutput(responseOf(methodIntegration, input.statusCode));
    },

    async UpdateIntegrationResponse(input: Input<'UpdateIntegrationResponse'>, caller: Caller) {
      const scope = scopeOf(caller);
      return store.transact(async (transaction) => {
        const method = await loadIntegratedMethod(transaction, scope, input);
        const former = responseOf(method.methodIntegration, input.statusCode);
        const response = applyPatch(integrationResponsePatch, former, input.patchOperations);
        return keep(transaction, scope, input.restApiId, method, response);
      });
    },

    async DeleteIntegrationResponse(input: Input<'DeleteIntegrationResponse'>, caller: Caller) {
      const scope = scopeOf(caller);
      return store.transact(async (transaction) => {
        // AWS: here an unknown method is an unknown integration. Seen: recorded answer, test_delete_integration_response_errors.
        const method = assertIntegrated(await findMethod(transaction, scope, input));
        const { statusCode } = responseOf(method.methodIntegration, input.statusCode);
        const { [statusCode]: _, ...others } = method.methodIntegration.integrationResponses ?? {};
        await put(transaction, scope, input.restApiId, method, others);
        return {};
      });
    },
  } satisfies V1Operations;
}

const integrationResponsePatch: PatchTable<RestIntegrationResponse> = {
  manner: 'plain',
  rows: [
    // AWS: an empty pattern is kept as one. Seen: recorded PutIntegrationResponse.
    { path: '/selectionPattern', ops: ['replace'], apply: (state, { value = '' }) => ({ ...state, selectionPattern: value }) },
    textRow('contentHandling', { check: (value) => oneOf('contentHandling', value, ['CONVERT_TO_BINARY', 'CONVERT_TO_TEXT']) }),
    entryRow('responseParameters'),
    entryRow('responseTemplates', {
      missing: 'Content-Type specified was not found',
      read: (value, contentType) => checkedTemplate(contentType, value),
    }),
  ],
};

async function keep(
  transaction: Transaction,
  scope: Scope,
  restApiId: string | undefined,
  method: IntegratedMethod,
  response: RestIntegrationResponse,
) {
  const { statusCode } = response;
  checkPattern(response.selectionPattern ?? '');
  const declared = Object.hasOwn(method.methodResponses, statusCode) ? method.methodResponses[statusCode] : undefined;
  checkResponseMapping(response.responseParameters, declared);
  const former = method.methodIntegration.integrationResponses ?? {};
  const isDefault = (each: RestIntegrationResponse) => (each.selectionPattern ?? '') === '';
  if (isDefault(response) && Object.values(former).some((each) => each.statusCode !== statusCode && isDefault(each))) {
    throw conflict('Integration response with selection pattern default already exists');
  }
  await put(transaction, scope, restApiId, method, { ...former, [statusCode]: response });
  return toIntegrationResponseOutput(response);
}

async function put(
  transaction: Transaction,
  scope: Scope,
  restApiId: string | undefined,
  method: IntegratedMethod,
  integrationResponses: NonNullable<RestIntegration['integrationResponses']>,
): Promise<void> {
  const key = keyUnderApi(scope, methodKind, restApiId ?? '', methodId(method.resourceId, method.httpMethod));
  await transaction.put(key, { ...method, methodIntegration: { ...method.methodIntegration, integrationResponses } });
}

function responseOf({ integrationResponses = {} }: RestIntegration, statusCode = ''): RestIntegrationResponse {
  const response = Object.hasOwn(integrationResponses, statusCode) ? integrationResponses[statusCode] : undefined;
  if (response === undefined) throw notFound('Invalid Response status code specified');
  return response;
}
