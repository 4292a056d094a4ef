// Where domain names and API mappings lie in the store, and how they are read.

import type { ApiMapping, DomainName, MappedDomain, RoutingRule } from '../../model/custom-domain.ts';
import type { Scope } from '../../model/scope.ts';
import type { DocumentKey, Reader } from '../../store/store.ts';
import { findApi } from './documents.ts';
import { badRequest, notFound } from './refusals.ts';

/** Not `apigatewayv2/`: v1 has the same domain names, and nothing under that prefix hangs under anything but an API. */
export const domainNameKind = 'apigateway/domain-name';
/** Parent: the domain's identity. */
export const apiMappingKind = 'apigateway/api-mapping';
/** Parent: the domain's identity. */
export const routingRuleKind = 'apigateway/routing-rule';

/** What stands under a domain name, by the domain's identity. */
export const kindsUnderDomain = [apiMappingKind, routingRuleKind] as const;

/**
 * What tells a domain name from all others of its account and region: the name, and for private ones `{name}+{id}`, as ARNs have it. No
 * name has a plus.
 */
export function domainIdentity({ domainName, domainNameId }: Pick<DomainName, 'domainName' | 'domainNameId'>): string {
  return domainNameId === undefined ? domainName : `${domainName}+${domainNameId}`;
}

export function domainNameKey(scope: Scope, identity: string): DocumentKey {
  return { scope, kind: domainNameKind, parent: '', id: identity };
}

export function apiMappingKey(scope: Scope, identity: string, apiMappingId: string): DocumentKey {
  return { scope, kind: apiMappingKind, parent: identity, id: apiMappingId };
}

export function routingRuleKey(scope: Scope, identity: string, routingRuleId: string): DocumentKey {
  return { scope, kind: routingRuleKind, parent: identity, id: routingRuleId };
}

/** Domain names are told apart without regard to case. A private one is found together with its id alone. */
export async function findDomainName(
  reader: Reader,
  scope: Scope,
  sent: string | undefined,
  domainNameId?: string,
): Promise<DomainName | undefined> {
  const domainName = (sent ?? '').toLowerCase();
  // An identity is no name.
  if (domainName === '' || domainName.includes('+')) return undefined;
  const identity = domainIdentity(domainNameId ? { domainName, domainNameId } : { domainName });
  return isId(identity) ? reader.get<DomainName>(domainNameKey(scope, identity)) : undefined;
}

export async function loadDomainName(
  reader: Reader,
  scope: Scope,
  sent: string | undefined,
  domainNameId?: string,
): Promise<DomainName> {
  const domain = await findDomainName(reader, scope, sent, domainNameId);
  // AWS: these words, also for a private name without its id. Seen: hashicorp/terraform-provider-aws#41659.
  if (domain === undefined) throw notFound('DomainName', 'Invalid domain name identifier specified');
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
export async function loadApiMappings(reader: Reader, scope: Scope, identity: string): Promise<readonly ApiMapping[]> {
  return (await reader.list<ApiMapping>(scope, apiMappingKind, identity)).items;
}

/** The rules of one domain, by id. */
export async function loadRoutingRules(reader: Reader, scope: Scope, identity: string): Promise<readonly RoutingRule[]> {
  return (await reader.list<RoutingRule>(scope, routingRuleKind, identity)).items;
}

/** The domains, by identity, from which a mapping or a rule leads to the API, or to this stage of it. */
export async function domainsThatLeadTo(reader: Reader, scope: Scope, apiId: string, stage?: string): Promise<readonly string[]> {
  const mappings = await reader.scan<ApiMapping>(apiMappingKind);
  const rules = await reader.scan<RoutingRule>(routingRuleKind);
  const targets = [...mappings, ...rules.map(({ key, document }) => ({ key, document: document.target }))];
  const found = targets.filter(
    ({ key, document }) =>
      key.scope.account === scope.account &&
      key.scope.region === scope.region &&
      document.apiId === apiId &&
      (stage === undefined || document.stage === stage),
  );
  return [...new Set(found.map(({ key }) => key.parent))];
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
    const { domainName, routingMode } = document;
    const mappings = await loadApiMappings(reader, key.scope, key.id);
    const rules = await loadRoutingRules(reader, key.scope, key.id);
    mapped.push({ scope: key.scope, domainName, routingMode, mappings, rules });
  }
  return mapped;
}

/** True for a change that the front door must hear of. */
export function isOfDomains(key: DocumentKey): boolean {
  return key.kind === domainNameKind || key.kind === apiMappingKind || key.kind === routingRuleKind;
}

/** Ids come from outside: what could not be a document id names nothing. */
export function isId(id: string): boolean {
  return id !== '' && id.isWellFormed() && !id.includes('\0');
}
