// Where domain names and API mappings lie in the store, and how they are read.

import type { ApiMapping, DomainName, MappedDomain } from '../../model/custom-domain.ts';
import type { Scope } from '../../model/scope.ts';
import type { DocumentKey, Reader } from '../../store/store.ts';
import { notFound } from './refusals.ts';

/** Not `apigatewayv2/`: v1 has the same domain names, and nothing under that prefix hangs under anything but an API. */
export const domainNameKind = 'apigateway/domain-name';
/** Parent: the domain name. */
export const apiMappingKind = 'apigateway/api-mapping';

export function domainNameKey(scope: Scope, domainName: string): DocumentKey {
  return { scope, kind: domainNameKind, parent: '', id: domainName };
}

export function apiMappingKey(scope: Scope, domainName: string, apiMappingId: string): DocumentKey {
  return { scope, kind: apiMappingKind, parent: domainName, id: apiMappingId };
}

/** Domain names are told apart without regard to case. */
export async function loadDomainName(reader: Reader, scope: Scope, sent: string | undefined): Promise<DomainName> {
  const name = (sent ?? '').toLowerCase();
  const domain = isId(name) ? await reader.get<DomainName>(domainNameKey(scope, name)) : undefined;
  // The words other emulators carry for API Gateway v2; no recording of AWS's own is known.
  if (domain === undefined) throw notFound('DomainName', 'The domain name resource specified in the request was not found.');
  return domain;
}

export async function loadApiMapping(
  reader: Reader,
  scope: Scope,
  domainName: string,
  id: string | undefined,
): Promise<ApiMapping> {
  const key = id !== undefined && isId(id) ? apiMappingKey(scope, domainName, id) : undefined;
  const mapping = key === undefined ? undefined : await reader.get<ApiMapping>(key);
  if (mapping === undefined) throw notFound('ApiMapping', 'The api mapping resource specified in the request was not found.');
  return mapping;
}

/** Every domain name of every scope with its mappings: for the front door, at start and after a change. */
export async function loadMappedDomains(reader: Reader): Promise<readonly MappedDomain[]> {
  const mapped: MappedDomain[] = [];
  for (const { key, document } of await reader.scan<DomainName>(domainNameKind)) {
    const mappings = await reader.list<ApiMapping>(key.scope, apiMappingKind, document.domainName);
    mapped.push({ scope: key.scope, domainName: document.domainName, mappings: mappings.items });
  }
  return mapped;
}

/** True for a change that the front door must hear of. */
export function isOfDomains(key: DocumentKey): boolean {
  return key.kind === domainNameKind || key.kind === apiMappingKind;
}

/** Ids come from outside: what could not be a document id names nothing. */
function isId(id: string): boolean {
  return id !== '' && id.isWellFormed() && !id.includes('\0');
}
