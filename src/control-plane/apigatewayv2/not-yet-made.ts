// The nouns that cannot be made here yet. Tools read them on every refresh, so their lists are answered as what they are, empty,
// and one that is asked for by name is not found. Whoever builds a noun deletes its entries.

import { pageOptions } from './paging.ts';
import { notFound } from './refusals.ts';
import type { Input, V2Operations } from './service.ts';

export function operationsOfWhatIsNotYetMade() {
  return {
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
