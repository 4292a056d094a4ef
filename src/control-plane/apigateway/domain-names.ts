// DomainName: CreateDomainName, GetDomainName, GetDomainNames, UpdateDomainName, DeleteDomainName. The public ones are those of API
// Gateway v2, seen through v1; the private ones are v1's alone.
// https://docs.aws.amazon.com/apigateway/latest/api/API_DomainName.html

import type { Caller } from '../../aws/operations.ts';
import type { DomainName } from '../../model/custom-domain.ts';
import type { Scope } from '../../model/scope.ts';
import type { Reader } from '../../store/store.ts';
import {
  assertDomainNameIsUnused,
  associationsWith,
  countDomainNames,
  domainArn,
  domainIdentity,
  domainNameKey,
  domainNameKind,
  findDomainName,
  kindsUnderDomain,
  loadApiMappings,
} from '../apigatewayv2/domain-documents.ts';
import { checkedDomainName } from '../apigatewayv2/domain-name-rules.ts';
import { isOfV1Alone } from '../apigatewayv2/domain-names.ts';
import { edgeHostedZone, hostedZoneOf } from '../apigatewayv2/hosted-zones.ts';
import { randomIdentifier } from '../apigatewayv2/identifiers.ts';
import { assertTakesRules, routingModeFromV1, routingModeOfV1 } from '../apigatewayv2/routing-mode.ts';
import { newTags } from '../apigatewayv2/tag-rules.ts';
import { applyPatch } from '../patch/patch-table.ts';
import { findRestApi } from './documents.ts';
import { checkedDomainPolicy, mayAssociate, wholeDomainPolicy } from './domain-name-policies.ts';
import {
  checkedConfigurations,
  configurationOf,
  type DomainNameSettings,
  domainNamePatch,
  notRun,
  toSettings,
} from './domain-name-settings.ts';
import { pageOf } from './paging.ts';
import { badRequest, notFound, quotaReached } from './refusals.ts';
import { type Input, present, type ServiceContext, scopeOf, type V1Operations } from './service.ts';

export function domainNameOperations(context: ServiceContext) {
  const { store } = context;
  return {
    async CreateDomainName(input: Input<'CreateDomainName'>, caller: Caller) {
      const scope = scopeOf(caller);
      const domainName = checkedDomainName(input.domainName);
      refuseWhatIsNotRun(input);
      const tags = newTags(input.tags, context.quotas);
      const surroundings = { region: scope.region, timestamp: context.timestamp() };
      const settled = checkedConfigurations(newSettings(input), surroundings);
      const isPrivate = settled.configuration.endpointType === 'PRIVATE';
      // AWS: no wildcards among private names. Seen: developer guide.
      if (isPrivate && domainName.startsWith('*')) throw badRequest('Wildcard private domain names are not supported.');
      const id = isPrivate ? { domainNameId: randomIdentifier('domain') } : {};
      const domain: DomainName = { domainName, ...id, ...settled, tags };
      return store.transact(async (transaction) => {
        // AWS: private names need not be unique. Seen: the same.
        if (!isPrivate) await assertDomainNameIsUnused(transaction, domainName);
        const { domainNamesPerRegion, privateDomainNamesPerRegion } = context.quotas;
        const most = isPrivate ? privateDomainNamesPerRegion : domainNamesPerRegion;
        const others = await countDomainNames(transaction, scope, isPrivate ? 'private' : 'public');
        if (others >= most) throw quotaReached('Domain names');
        await transaction.put(domainNameKey(scope, domainIdentity(domain)), domain);
        context.notices.domainName(domain);
        return toDomainNameOutput(scope, domain);
      });
    },

    async GetDomainName(input: Input<'GetDomainName'>, caller: Caller) {
      const scope = scopeOf(caller);
      return toDomainNameOutput(scope, await loadDomainName(store, scope, input));
    },

    async GetDomainNames(input: Input<'GetDomainNames'>, caller: Caller) {
      const scope = scopeOf(caller);
      if (input.resourceOwner === 'OTHER_ACCOUNTS') {
        const list = ['GetDomainNames', scope.account, scope.region, 'OTHER_ACCOUNTS'];
        const page = pageOf(await sharedDomainNames(store, scope), ({ domainNameArn }) => domainNameArn, input, list);
        return present({ items: [...page.items], position: page.position });
      }
      const { items } = await store.list<DomainName>(scope, domainNameKind, '');
      const list = ['GetDomainNames', scope.account, scope.region];
      const page = pageOf(items, domainIdentity, input, list);
      return present({ items: page.items.map((domain) => toDomainNameOutput(scope, domain)), position: page.position });
    },

    /** AWS: the status is UPDATING for a while. Here an update is over when it is acknowledged. */
    async UpdateDomainName(input: Input<'UpdateDomainName'>, caller: Caller) {
      const scope = scopeOf(caller);
      return store.transact(async (transaction) => {
        const former = await loadDomainName(transaction, scope, input);
        const settings = applyPatch(domainNamePatch, toSettings(former), input.patchOperations);
        const { domainName, domainNameId, tags = {} } = former;
        const changed = checkedConfigurations(settings, { region: scope.region, timestamp: context.timestamp(), former });
        const domain: DomainName = { domainName, ...(domainNameId === undefined ? {} : { domainNameId }), ...changed, tags };
        if (isOfV1Alone(domain)) await assertLeadsToRestApis(transaction, scope, domain);
        await assertTakesRules(transaction, scope, domain);
        await transaction.put(domainNameKey(scope, domainIdentity(domain)), domain);
        context.notices.domainName(domain);
        return toDomainNameOutput(scope, domain);
      });
    },

    /** Its mappings and rules go with it, and the associations of VPC endpoints, whatever account made them. */
    async DeleteDomainName(input: Input<'DeleteDomainName'>, caller: Caller) {
      const scope = scopeOf(caller);
      return store.transact(async (transaction) => {
        const domain = await loadDomainName(transaction, scope, input);
        const identity = domainIdentity(domain);
        for (const kind of kindsUnderDomain) await transaction.deleteAll(scope, kind, identity);
        for (const { key } of await associationsWith(transaction, scope, domain)) await transaction.delete(key);
        await transaction.delete(domainNameKey(scope, identity));
        return {};
      });
    },
  } satisfies V1Operations;
}

export interface NamedDomain {
  readonly domainName: string | undefined;
  /** Private domain names are named together with it. */
  readonly domainNameId?: string | undefined;
}

export async function loadDomainName(reader: Reader, scope: Scope, named: NamedDomain): Promise<DomainName> {
  const domain = await findDomainName(reader, scope, named.domainName, named.domainNameId);
  // AWS: these words. Seen: public reports.
  if (domain === undefined) throw notFound('Invalid domain name identifier specified');
  return domain;
}

/** HTTP APIs stand under regional names with TLS 1.2 alone: one that has them does not become another. The words are ours. */
async function assertLeadsToRestApis(reader: Reader, scope: Scope, domain: DomainName): Promise<void> {
  for (const { apiId } of await loadApiMappings(reader, scope, domainIdentity(domain))) {
    if ((await findRestApi(reader, scope, apiId)) !== undefined) continue;
    throw badRequest(
      `The domain name has a mapping to HTTP API ${apiId}. Only REST APIs can be attached to a domain name that is not REGIONAL with a security policy of TLS 1.2.`,
    );
  }
}

function refuseWhatIsNotRun(input: Input<'CreateDomainName'>): void {
  const { truststoreUri, truststoreVersion } = input.mutualTlsAuthentication ?? {};
  if (truststoreUri || truststoreVersion) throw notRun('mutual TLS', 'Leave mutualTlsAuthentication out.');
}

/**
 * Private names of other accounts with which the caller's VPC endpoints may be associated.
 * AWS: these three members. Seen: aws-cli examples, get-domain-names.
 */
async function sharedDomainNames(reader: Reader, { account, region }: Scope) {
  const all = await reader.scan<DomainName>(domainNameKind);
  return all.flatMap(({ key: { scope }, document }) => {
    const { domainName, domainNameId } = document;
    if (domainNameId === undefined || scope.region !== region || scope.account === account) return [];
    const domainNameArn = domainArn(scope, document);
    return mayAssociate(document, domainNameArn, account) ? [{ domainName, domainNameId, domainNameArn }] : [];
  });
}

/** AWS: EDGE where no type is said. Source: API reference; the security policy is today's default of new domains. */
function newSettings(input: Input<'CreateDomainName'>): DomainNameSettings {
  const types = input.endpointConfiguration?.types ?? ['EDGE'];
  // AWS: the words of CreateRestApi. Seen: Terraform's aws_api_gateway_domain_name, which takes one type for that reason.
  if (types.length > 1) throw badRequest('Cannot create an api with multiple Endpoint Types.');
  return present<DomainNameSettings>({
    types,
    ipAddressType: input.endpointConfiguration?.ipAddressType ?? (types.includes('PRIVATE') ? 'dualstack' : 'ipv4'),
    securityPolicy: input.securityPolicy ?? 'TLS_1_2',
    endpointAccessMode: input.endpointAccessMode,
    routingMode: routingModeFromV1(input.routingMode),
    policy: input.policy ? checkedDomainPolicy(input.policy) : undefined,
    ownershipVerificationCertificateArn: input.ownershipVerificationCertificateArn,
    certificateArn: input.certificateArn,
    certificateName: checkedUpload(input),
    regionalCertificateArn: input.regionalCertificateArn,
    regionalCertificateName: input.regionalCertificateName,
  });
}

/**
 * The name of an edge-optimized name's certificate. Of an uploaded one the name is all that is kept: AWS shows no more of it, either, and a
 * private key that nobody uses should not lie in a data directory.
 */
function checkedUpload(input: Input<'CreateDomainName'>): string | undefined {
  const { certificateName, certificateBody, certificatePrivateKey, certificateChain } = input;
  const parts = [certificateBody, certificatePrivateKey, certificateChain];
  if (parts.every((part) => !part)) return certificateName;
  if (input.certificateArn !== undefined) throw badRequest('A certificate is either given by its ARN or uploaded, not both.');
  if (!certificateName || !certificateBody || !certificatePrivateKey) {
    throw badRequest('An uploaded certificate needs certificateName, certificateBody and certificatePrivateKey.');
  }
  return certificateName;
}

function toDomainNameOutput(scope: Scope, domain: DomainName) {
  const { configuration, secondConfiguration, tags = {} } = domain;
  const edge = configurationOf(domain, 'EDGE');
  const unregional = edge ?? configurationOf(domain, 'PRIVATE');
  const uploaded = unregional?.certificateUploadDate;
  const regional = configurationOf(domain, 'REGIONAL');
  const configurations = secondConfiguration === undefined ? [configuration] : [configuration, secondConfiguration];
  return present({
    domainName: domain.domainName,
    domainNameId: domain.domainNameId,
    domainNameArn: domainArn(scope, domain),
    certificateName: unregional?.certificateName,
    certificateArn: unregional?.certificateArn,
    certificateUploadDate: uploaded === undefined ? undefined : new Date(uploaded),
    distributionDomainName: edge?.apiGatewayDomainName,
    distributionHostedZoneId: edge && edgeHostedZone,
    regionalDomainName: regional?.apiGatewayDomainName,
    regionalHostedZoneId: regional && hostedZoneOf(scope.region),
    regionalCertificateName: regional?.certificateName,
    regionalCertificateArn: regional?.certificateArn,
    ownershipVerificationCertificateArn: configuration.ownershipVerificationCertificateArn,
    endpointConfiguration: {
      types: configurations.map(({ endpointType }) => endpointType),
      ipAddressType: configuration.ipAddressType,
    },
    domainNameStatus: 'AVAILABLE' as const,
    // One of the model's; checked when it was written.
    securityPolicy: configuration.securityPolicy as 'TLS_1_2',
    endpointAccessMode: domain.endpointAccessMode,
    policy: wholeDomainPolicy(scope, domain),
    managementPolicy: domain.managementPolicy,
    routingMode: routingModeOfV1(domain.routingMode),
    tags: Object.keys(tags).length === 0 ? undefined : { ...tags },
  });
}
