// A domain name as the front door hears of it, with what a test does not care about filled in.

import type { MappedDomain } from '../../model/custom-domain.ts';

export function mappedDomain(more: Partial<MappedDomain> & { readonly domainName: string }): MappedDomain {
  return {
    scope: { account: '000000000000', region: 'us-east-1' },
    routingMode: 'API_MAPPING_ONLY',
    mappings: [],
    rules: [],
    ...more,
  };
}
