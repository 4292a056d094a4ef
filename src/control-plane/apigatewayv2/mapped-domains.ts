// The domain names as the front door hears of them, at start and after a change.

import type { ApiMapping, DomainName, MappedDomain, PrivateAccess } from '../../model/custom-domain.ts';
import type { Scope } from '../../model/scope.ts';
import type { DocumentKey, Reader } from '../../store/store.ts';
import { domainExecuteArn, wholeDomainPolicy } from '../apigateway/domain-name-policies.ts';
import {
  accessAssociationKind,
  apiMappingKind,
  associationsWith,
  domainNameKind,
  loadRoutingRules,
  routingRuleKind,
} from './domain-documents.ts';

/** Every domain name of every scope with what leads on from it. */
export async function loadMappedDomains(reader: Reader): Promise<readonly MappedDomain[]> {
  const mapped: MappedDomain[] = [];
  for (const { key, document } of await reader.scan<DomainName>(domainNameKind)) {
    const { domainName, domainNameId, routingMode } = document;
    const mappings = await reader.list<ApiMapping>(key.scope, apiMappingKind, key.id);
    mapped.push({
      scope: key.scope,
      domainName,
      routingMode,
      mappings: mappings.items,
      rules: await loadRoutingRules(reader, key.scope, key.id),
      ...(domainNameId === undefined ? {} : { privateAccess: await loadPrivateAccess(reader, key.scope, document) }),
    });
  }
  return mapped;
}

async function loadPrivateAccess(reader: Reader, scope: Scope, domain: DomainName): Promise<PrivateAccess> {
  const associations = await associationsWith(reader, scope, domain);
  return {
    domainArn: domainExecuteArn(scope, domain),
    policy: wholeDomainPolicy(scope, domain),
    vpcEndpointIds: associations.flatMap(({ document }) => (document.isRejected ? [] : [document.accessAssociationSource])),
  };
}

const kinds: readonly string[] = [domainNameKind, apiMappingKind, routingRuleKind, accessAssociationKind];

/** True for a change that the front door must hear of. */
export function isOfDomains(key: DocumentKey): boolean {
  return kinds.includes(key.kind);
}
