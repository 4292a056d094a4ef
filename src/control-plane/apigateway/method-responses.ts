// MethodResponse: PutMethodResponse, GetMethodResponse, UpdateMethodResponse, DeleteMethodResponse.
// https://docs.aws.amazon.com/apigateway/latest/api/API_MethodResponse.html

import type { Caller } from '../../aws/operations.ts';
import type { RestMethod, RestMethodResponse } from '../../model/rest-api.ts';
import { entryRow, isTrue } from '../patch/patch-rows.ts';
import { applyPatch, type PatchTable } from '../patch/patch-table.ts';
import { keyUnderApi, loadMethod, methodId, methodKind } from './documents.ts';
import { checkResponseParameterName } from './mapping-expressions.ts';
import { toMethodResponseOutput } from './method-output.ts';
import { assertModelsExist } from './model-references.ts';
import { conflict, notFound } from './refusals.ts';
import { type Input, present, type ServiceContext, scopeOf, type V1Operations } from './service.ts';

export function methodResponseOperations(context: ServiceContext) {
  const { store } = context;
  return {
    async PutMethodResponse(input: Input<'PutMethodResponse'>, caller: Caller) {
      const scope = scopeOf(caller);
      return store.transact(async (transaction) => {
        const method = await loadMethod(transaction, scope, input);
        const response: RestMethodResponse = present({
          statusCode: input.statusCode ?? '',
          responseParameters: input.responseParameters,
          responseModels: input.responseModels,
        });
        for (const parameter of Object.keys(response.responseParameters ?? {})) checkResponseParameterName(parameter);
        await assertModelsExist(transaction, scope, input.restApiId ?? '', response.responseModels);
        if (Object.hasOwn(method.methodResponses, response.statusCode)) {
          // From memory of the service; no recording is known.
          throw conflict('Response already exists for this resource');
        }
        await transaction.put(keyOf(scope, input.restApiId, method), withResponse(method, response));
        return toMethodResponseOutput(response);
      });
    },

    async GetMethodResponse(input: Input<'GetMethodResponse'>, caller: Caller) {
      const method = await loadMethod(store, scopeOf(caller), input);
      return toMethodResponseOutput(responseOf(method, input.statusCode));
    },

    async UpdateMethodResponse(input: Input<'UpdateMethodResponse'>, caller: Caller) {
      const scope = scopeOf(caller);
      return store.transact(async (transaction) => {
        const method = await loadMethod(transaction, scope, input);
        const response = applyPatch(methodResponsePatch, responseOf(method, input.statusCode), input.patchOperations);
        await assertModelsExist(transaction, scope, input.restApiId ?? '', response.responseModels);
        await transaction.put(keyOf(scope, input.restApiId, method), withResponse(method, response));
        return toMethodResponseOutput(response);
      });
    },

    async DeleteMethodResponse(input: Input<'DeleteMethodResponse'>, caller: Caller) {
      const scope = scopeOf(caller);
      return store.transact(async (transaction) => {
        const method = await loadMethod(transaction, scope, input);
        const { statusCode } = responseOf(method, input.statusCode);
        const { [statusCode]: _, ...methodResponses } = method.methodResponses;
        await transaction.put(keyOf(scope, input.restApiId, method), { ...method, methodResponses });
        return {};
      });
    },
  } satisfies V1Operations;
}

const methodResponsePatch: PatchTable<RestMethodResponse> = {
  manner: 'plain',
  rows: [
    entryRow('responseParameters', { read: isTrue, checkName: checkResponseParameterName }),
    entryRow('responseModels', { missing: 'Content-Type specified was not found' }),
  ],
};

function keyOf(scope: ReturnType<typeof scopeOf>, restApiId: string | undefined, { resourceId, httpMethod }: RestMethod) {
  return keyUnderApi(scope, methodKind, restApiId ?? '', methodId(resourceId, httpMethod));
}

function responseOf({ methodResponses }: RestMethod, statusCode = ''): RestMethodResponse {
  const response = Object.hasOwn(methodResponses, statusCode) ? methodResponses[statusCode] : undefined;
  if (response === undefined) throw notFound('Invalid Response status code specified');
  return response;
}

function withResponse(method: RestMethod, response: RestMethodResponse): RestMethod {
  return { ...method, methodResponses: { ...method.methodResponses, [response.statusCode]: response } };
}
