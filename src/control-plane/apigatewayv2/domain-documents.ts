// Where domain names and API mappings lie in the store, and how they are read.

import type { ApiMapping, DomainName, MappedDomain } from '../../model/custom-domain.ts';
import type { Scope } from '../../model/scope.ts';
import type { DocumentKey, Reader } from '../../store/store.ts';
import { findApi } from './documents.ts';
import { badRequest, notFound } from './refusals.ts';

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
export async function findDomainName(reader: Reader, scope: Scope, sent: string | undefined): Promise<DomainName | undefined> {
  const name = (sent ?? '').toLowerCase();
  return isId(name) ? reader.get<DomainName>(domainNameKey(scope, name)) : undefined;
}

export async function loadDomainName(reader: Reader, scope: Scope, sent: string | undefined): Promise<DomainName> {
  const domain = await findDomainName(reader, scope, sent);
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

/** The mappings of one domain, by id. */
export async function loadApiMappings(reader: Reader, scope: Scope, domainName: string): Promise<readonly ApiMapping[]> {
  return (await reader.list<ApiMapping>(scope, apiMappingKind, domainName)).items;
}

/** The domains from which a mapping leads to the API, or to this stage of it. */
export async function domainsThatLeadTo(reader: Reader, scope: Scope, apiId: string, stage?: string): Promise<readonly string[]> {
  const mappings = (await reader.scan<ApiMapping>(apiMappingKind)).filter(
    ({ key, document }) =>
      key.scope.account === scope.account &&
      key.scope.region === scope.region &&
      document.apiId === apiId &&
      (stage === undefined || document.stage === stage),
  );
  return [...new Set(mappings.map(({ key }) => key.parent))];
}

/** True when the API behind a mapping is a WebSocket API. */
export async function leadsToWebSocketApi(reader: Reader, scope: Scope, apiId: string): Promise<boolean> {
  return (await findApi(reader, scope, apiId))?.protocolType === 'WEBSOCKET';
}

/** A Host field names a domain by its name alone, so a name exists once, whatever the account and the region. */
export async function assertDomainNameIsUnused(reader: Reader, domainName: string): Promise<void> {
  for (const { key } of await reader.scan(domainNameKind)) {
    // AWS: status 400 and these words, in v1 and v2. Seen: zappa/Zappa#1410.
    if (key.id === domainName) throw badRequest('The domain name you provided already exists.');
  }
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
