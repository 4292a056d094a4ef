// The nouns that cannot be made here yet. Tools read them on every refresh, so their lists are answered as what they are, empty,
// and one that is asked for by name is not found. Whoever builds a noun deletes its entries.

import type { Caller } from '../../aws/operations.ts';
import { loadApi, loadIntegration, loadRoute } from './documents.ts';
import { pageOptions } from './paging.ts';
import { notFound } from './refusals.ts';
import { type Input, type ServiceContext, scopeOf, type V2Operations } from './service.ts';

export function operationsOfWhatIsNotYetMade({ store }: ServiceContext) {
  const inApi = async (input: { readonly ApiId?: string | undefined }, caller: Caller): Promise<string> =>
    (await loadApi(store, scopeOf(caller), input.ApiId)).apiId;
  const inIntegration = async (input: Input<'GetIntegrationResponses'>, caller: Caller): Promise<void> => {
    await loadIntegration(store, scopeOf(caller), await inApi(input, caller), input.IntegrationId);
  };
  const inRoute = async (input: Input<'GetRouteResponses'>, caller: Caller): Promise<void> => {
    await loadRoute(store, scopeOf(caller), await inApi(input, caller), input.RouteId);
  };

  const model = async (input: Input<'GetModel'>, caller: Caller): Promise<never> => {
    await inApi(input, caller);
    throw notFound('Model', `Invalid Model identifier specified ${input.ModelId}`);
  };
  const integrationResponse = async (input: Input<'GetIntegrationResponse'>, caller: Caller): Promise<never> => {
    await inIntegration(input, caller);
    throw notFound('IntegrationResponse', `Invalid IntegrationResponse identifier specified ${input.IntegrationResponseId}`);
  };
  const routeResponse = async (input: Input<'GetRouteResponse'>, caller: Caller): Promise<never> => {
    await inRoute(input, caller);
    throw notFound('RouteResponse', `Invalid RouteResponse identifier specified ${input.RouteResponseId}`);
  };

  return {
    async GetModels(input: Input<'GetModels'>, caller: Caller) {
      pageOptions(input, ['GetModels']);
      await inApi(input, caller);
      return { Items: [] };
    },
    GetModel: model,
    GetModelTemplate: model,
    UpdateModel: model,
    DeleteModel: model,

    async GetIntegrationResponses(input: Input<'GetIntegrationResponses'>, caller: Caller) {
      pageOptions(input, ['GetIntegrationResponses']);
      await inIntegration(input, caller);
      return { Items: [] };
    },
    GetIntegrationResponse: integrationResponse,
    UpdateIntegrationResponse: integrationResponse,
    DeleteIntegrationResponse: integrationResponse,

    async GetRouteResponses(input: Input<'GetRouteResponses'>, caller: Caller) {
      pageOptions(input, ['GetRouteResponses']);
      await inRoute(input, caller);
      return { Items: [] };
    },
    GetRouteResponse: routeResponse,
    UpdateRouteResponse: routeResponse,
    DeleteRouteResponse: routeResponse,

    async ListPortals(input: Input<'ListPortals'>) {
      pageOptions(input, ['ListPortals']);
      return { Items: [] };
    },
    async GetPortal(input: Input<'GetPortal'>): Promise<never> {
      throw notFound('Portal', `Invalid Portal identifier specified ${input.PortalId}`);
    },
    async ListPortalProducts(input: Input<'ListPortalProducts'>) {
      pageOptions(input, ['ListPortalProducts']);
      return { Items: [] };
    },
    async GetPortalProduct(input: Input<'GetPortalProduct'>): Promise<never> {
      throw notFound('PortalProduct', `Invalid PortalProduct identifier specified ${input.PortalProductId}`);
    },
  } satisfies V2Operations;
}
