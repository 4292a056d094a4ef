// GatewayResponse: PutGatewayResponse, GetGatewayResponse, GetGatewayResponses, UpdateGatewayResponse, DeleteGatewayResponse.
// https://docs.aws.amazon.com/apigateway/latest/api/API_GatewayResponse.html

import type { Caller } from '../../aws/operations.ts';
import type { RestGatewayResponse } from '../../model/rest-api.ts';
import { entryRow, textRow } from '../patch/patch-rows.ts';
import { applyPatch, type PatchTable } from '../patch/patch-table.ts';
import { checkGatewayResponseTemplate } from './definition-checks.ts';
import { find, gatewayResponseKind, keyUnderApi, loadAll, loadRestApi } from './documents.ts';
import { defaultStatusCodes, defaultTemplates, groupOf } from './gateway-response-types.ts';
import { checkGatewayResponseParameter } from './mapping-expressions.ts';
import { badRequest, notFound } from './refusals.ts';
import { type Input, present, type ServiceContext, scopeOf, type V1Operations } from './service.ts';

type ResponseType = keyof typeof defaultStatusCodes;

export function gatewayResponseOperations(context: ServiceContext) {
  const { store } = context;
  return {
    async PutGatewayResponse(input: Input<'PutGatewayResponse'>, caller: Caller) {
      const scope = scopeOf(caller);
      return store.transact(async (transaction) => {
        const { id } = await loadRestApi(transaction, scope, input.restApiId);
        const templates = input.responseTemplates ?? {};
        const response: RestGatewayResponse = present({
          responseType: input.responseType ?? '',
          statusCode: input.statusCode,
          responseParameters: input.responseParameters ?? {},
          responseTemplates: Object.keys(templates).length === 0 ? defaultTemplates : templates,
        });
        checkGatewayResponse(response);
        await transaction.put(keyUnderApi(scope, gatewayResponseKind, id, response.responseType), response);
        return toOutput(response, false);
      });
    },

    async GetGatewayResponse(input: Input<'GetGatewayResponse'>, caller: Caller) {
      const scope = scopeOf(caller);
      const { id } = await loadRestApi(store, scope, input.restApiId);
      const customised = await loadAll<RestGatewayResponse>(store, scope, gatewayResponseKind, id);
      return effectiveOutput(input.responseType as ResponseType, customised);
    },

    /** AWS: all of them, never in pages. Seen: recorded answers. */
    async GetGatewayResponses(input: Input<'GetGatewayResponses'>, caller: Caller) {
      const scope = scopeOf(caller);
      const { id } = await loadRestApi(store, scope, input.restApiId);
      const customised = await loadAll<RestGatewayResponse>(store, scope, gatewayResponseKind, id);
      const types = Object.keys(defaultStatusCodes) as ResponseType[];
      return { items: types.sort().map((type) => effectiveOutput(type, customised)) };
    },

    /** Customises a response that was not. */
    async UpdateGatewayResponse(input: Input<'UpdateGatewayResponse'>, caller: Caller) {
      const scope = scopeOf(caller);
      return store.transact(async (transaction) => {
        const { id } = await loadRestApi(transaction, scope, input.restApiId);
        const responseType = input.responseType ?? '';
        const known = await find<RestGatewayResponse>(transaction, scope, gatewayResponseKind, id, responseType);
        const former = known ?? { responseType, responseParameters: {}, responseTemplates: defaultTemplates };
        const patched = applyPatch(gatewayResponsePatch, former, input.patchOperations);
        const response: RestGatewayResponse = {
          ...patched,
          responseParameters: patched.responseParameters ?? {},
          responseTemplates: patched.responseTemplates ?? {},
        };
        checkGatewayResponse(response);
        await transaction.put(keyUnderApi(scope, gatewayResponseKind, id, responseType), response);
        return toOutput(response, false);
      });
    },

    /** Back to the default. */
    async DeleteGatewayResponse(input: Input<'DeleteGatewayResponse'>, caller: Caller) {
      const scope = scopeOf(caller);
      return store.transact(async (transaction) => {
        const { id } = await loadRestApi(transaction, scope, input.restApiId);
        const deleted = await transaction.delete(keyUnderApi(scope, gatewayResponseKind, id, input.responseType ?? ''));
        if (!deleted) throw notFound('Gateway response type not defined on api');
        return {};
      });
    },
  } satisfies V1Operations;
}

type Patched = Omit<RestGatewayResponse, 'responseParameters' | 'responseTemplates'> & Partial<RestGatewayResponse>;

const gatewayResponsePatch: PatchTable<Patched> = {
  manner: 'paths',
  rows: [
    textRow('statusCode'),
    entryRow('responseParameters', { empty: 'Invalid null or empty value in responseParameters' }),
    entryRow('responseTemplates', { empty: 'Invalid null or empty value in responseTemplates' }),
  ],
};

function checkGatewayResponse(response: RestGatewayResponse): void {
  const { statusCode, responseParameters, responseTemplates } = response;
  if (statusCode !== undefined && !/^[1-5]\d\d$/.test(statusCode)) throw badRequest('Invalid status code specified');
  for (const [parameter, expression] of Object.entries(responseParameters)) checkGatewayResponseParameter(parameter, expression);
  for (const [contentType, template] of Object.entries(responseTemplates)) checkGatewayResponseTemplate(contentType, template);
}

/** A response as it is now. AWS: what is not customised shows what its DEFAULT_4XX or DEFAULT_5XX says. Seen: recorded answers. */
function effectiveOutput(type: ResponseType, customised: readonly RestGatewayResponse[]) {
  const own = customised.find(({ responseType }) => responseType === type);
  if (own !== undefined) return toOutput(own, false);
  const group = customised.find(({ responseType }) => responseType === groupOf(type));
  const shown = group ?? { responseParameters: {}, responseTemplates: defaultTemplates };
  return toOutput({ ...shown, responseType: type }, true);
}

function toOutput(response: RestGatewayResponse, defaultResponse: boolean) {
  const responseType = response.responseType as ResponseType;
  return present({
    responseType,
    statusCode: response.statusCode ?? defaultStatusCodes[responseType] ?? undefined,
    responseParameters: { ...response.responseParameters },
    responseTemplates: { ...response.responseTemplates },
    defaultResponse,
  });
}
