// Where domain names and API mappings lie in the store, and how they are read.

import { partitionOf } from '../../aws/arn.ts';
import type { ApiMapping, DomainName, DomainNameAccessAssociation, RoutingRule } from '../../model/custom-domain.ts';
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

/** In the scope of the VPC endpoint. */
export const accessAssociationKind = 'apigateway/domain-name-access-association';

/** What stands under a domain name, by the domain's identity. */
export const kindsUnderDomain = [apiMappingKind, routingRuleKind] as const;

/**
 * What tells a domain name from all others of its account and region: the name, and for private ones `{name}+{id}`, as ARNs have it. No
 * name has a plus.
 */
export function domainIdentity({ domainName, domainNameId }: Pick<DomainName, 'domainName' | 'domainNameId'>): string {
  return domainNameId === undefined ? domainName : `${domainName}+${domainNameId}`;
}

/**
 * AWS: the account is in the ARNs of private names alone. Seen: aws-cli examples; developer guide, private custom domain names.
 */
export function domainArn(scope: Scope, domain: Pick<DomainName, 'domainName' | 'domainNameId'>): string {
  const account = domain.domainNameId === undefined ? '' : scope.account;
  return `arn:${partitionOf(scope.region)}:apigateway:${scope.region}:${account}:/domainnames/${domainIdentity(domain)}`;
}

export function domainNameKey(scope: Scope, identity: string): DocumentKey {
  return { scope, kind: domainNameKind, parent: '', id: identity };
}

export function apiMappingKey(scope: Scope, identity: string, apiMappingId: string): DocumentKey {
  return { scope, kind: apiMappingKind, parent: identity, id: apiMappingId };
}

/** What tells an association from all others of its account and region. */
export function accessAssociationKey(
  scope: Scope,
  association: Pick<DomainNameAccessAssociation, 'domainName' | 'domainNameId' | 'accessAssociationSource'>,
): DocumentKey {
  const id = `${domainIdentity(association)}/${association.accessAssociationSource}`;
  return { scope, kind: accessAssociationKind, parent: '', id };
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

/** Every association with the domain name, whatever account made it. */
export async function associationsWith(
  reader: Reader,
  scope: Scope,
  domain: DomainName,
): Promise<readonly { readonly key: DocumentKey; readonly document: DomainNameAccessAssociation }[]> {
  if (domain.domainNameId === undefined) return [];
  return (await reader.scan<DomainNameAccessAssociation>(accessAssociationKind)).filter(
    ({ key, document }) =>
      key.scope.region === scope.region &&
      document.domainNameAccount === scope.account &&
      document.domainNameId === domain.domainNameId &&
      document.domainName === domain.domainName,
  );
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

/** Public and private names have quotas of their own. */
export async function countDomainNames(reader: Reader, scope: Scope, which: 'public' | 'private'): Promise<number> {
  const { items } = await reader.list<DomainName>(scope, domainNameKind, '');
  return items.filter(({ domainNameId }) => (domainNameId !== undefined) === (which === 'private')).length;
}

/** A Host field names a public domain by its name alone, so a name exists once, whatever the account and the region. */
export async function assertDomainNameIsUnused(reader: Reader, domainName: string): Promise<void> {
  for (const { key } of await reader.scan(domainNameKind)) {
    // AWS: status 400 and these words, in v1 and v2. Seen: zappa/Zappa#1410.
    if (key.id === domainName) throw badRequest('The domain name you provided already exists.');
  }
}

/** Ids come from outside: what could not be a document id names nothing. */
export function isId(id: string): boolean {
  return id !== '' && id.isWellFormed() && !id.includes('\0');
}
