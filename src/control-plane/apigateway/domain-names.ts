// DomainName: CreateDomainName, GetDomainName, GetDomainNames, UpdateDomainName, DeleteDomainName; and what belongs to private domain
// names, which are not made here. The domains are those of API Gateway v2, seen through v1.
// https://docs.aws.amazon.com/apigateway/latest/api/API_DomainName.html

import { partitionOf } from '../../aws/arn.ts';
import type { Caller } from '../../aws/operations.ts';
import type { DomainName } from '../../model/custom-domain.ts';
import type { Scope } from '../../model/scope.ts';
import type { Reader } from '../../store/store.ts';
import {
  assertDomainNameIsUnused,
  domainNameKey,
  domainNameKind,
  findDomainName,
  kindsUnderDomain,
  loadApiMappings,
} from '../apigatewayv2/domain-documents.ts';
import { checkedDomainName } from '../apigatewayv2/domain-name-rules.ts';
import { isOfV1Alone } from '../apigatewayv2/domain-names.ts';
import { edgeHostedZone, hostedZoneOf } from '../apigatewayv2/hosted-zones.ts';
import { assertTakesRules, routingModeFromV1, routingModeOfV1 } from '../apigatewayv2/routing-mode.ts';
import { newTags } from '../apigatewayv2/tag-rules.ts';
import { applyPatch } from '../patch/patch-table.ts';
import { findRestApi } from './documents.ts';
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
      const domain: DomainName = {
        domainName,
        ...checkedConfigurations(newSettings(input), surroundings),
        tags,
      };
      return store.transact(async (transaction) => {
        await assertDomainNameIsUnused(transaction, domainName);
        const { domainNamesPerRegion } = context.quotas;
        const others = await transaction.list(scope, domainNameKind, '', { limit: domainNamesPerRegion });
        if (others.items.length >= domainNamesPerRegion) throw quotaReached('Domain names');
        await transaction.put(domainNameKey(scope, domainName), domain);
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
      // Domains of other accounts would be private ones.
      const { items } =
        input.resourceOwner === 'OTHER_ACCOUNTS' ? { items: [] } : await store.list<DomainName>(scope, domainNameKind, '');
      const list = ['GetDomainNames', scope.account, scope.region];
      const page = pageOf(items, (domain) => domain.domainName, input, list);
      return present({ items: page.items.map((domain) => toDomainNameOutput(scope, domain)), position: page.position });
    },

    /** AWS: the status is UPDATING for a while. Here an update is over when it is acknowledged. */
    async UpdateDomainName(input: Input<'UpdateDomainName'>, caller: Caller) {
      const scope = scopeOf(caller);
      return store.transact(async (transaction) => {
        const former = await loadDomainName(transaction, scope, input);
        const settings = applyPatch(domainNamePatch, toSettings(former), input.patchOperations);
        const { domainName, tags = {} } = former;
        const changed = checkedConfigurations(settings, { region: scope.region, timestamp: context.timestamp(), former });
        const domain: DomainName = { domainName, ...changed, tags };
        if (isOfV1Alone(domain)) await assertLeadsToRestApis(transaction, scope, domainName);
        await assertTakesRules(transaction, scope, domain);
        await transaction.put(domainNameKey(scope, domainName), domain);
        context.notices.domainName(domain);
        return toDomainNameOutput(scope, domain);
      });
    },

    /** Its mappings go with it. */
    async DeleteDomainName(input: Input<'DeleteDomainName'>, caller: Caller) {
      const scope = scopeOf(caller);
      return store.transact(async (transaction) => {
        const { domainName } = await loadDomainName(transaction, scope, input);
        for (const kind of kindsUnderDomain) await transaction.deleteAll(scope, kind, domainName);
        await transaction.delete(domainNameKey(scope, domainName));
        return {};
      });
    },

    async CreateDomainNameAccessAssociation(): Promise<never> {
      throw notRun('domain name access associations', 'They belong to private domain names.');
    },

    async RejectDomainNameAccessAssociation(): Promise<never> {
      throw notRun('domain name access associations', 'They belong to private domain names.');
    },

    async DeleteDomainNameAccessAssociation(): Promise<never> {
      throw notFound('Invalid domain name access association identifier specified');
    },

    async GetDomainNameAccessAssociations() {
      return { items: [] };
    },
  } satisfies V1Operations;
}

export interface NamedDomain {
  readonly domainName: string | undefined;
  /** Private domain names have ids, so none of ours has. */
  readonly domainNameId?: string | undefined;
}

export async function loadDomainName(reader: Reader, scope: Scope, named: NamedDomain): Promise<DomainName> {
  const domain = named.domainNameId ? undefined : await findDomainName(reader, scope, named.domainName);
  // AWS: these words. Seen: public reports.
  if (domain === undefined) throw notFound('Invalid domain name identifier specified');
  return domain;
}

/** HTTP APIs stand under regional names with TLS 1.2 alone: one that has them does not become another. The words are ours. */
async function assertLeadsToRestApis(reader: Reader, scope: Scope, domainName: string): Promise<void> {
  for (const { apiId } of await loadApiMappings(reader, scope, domainName)) {
    if ((await findRestApi(reader, scope, apiId)) !== undefined) continue;
    throw badRequest(
      `The domain name has a mapping to HTTP API ${apiId}. Only REST APIs can be attached to a domain name that is not REGIONAL with a security policy of TLS 1.2.`,
    );
  }
}

function refuseWhatIsNotRun(input: Input<'CreateDomainName'>): void {
  const { truststoreUri, truststoreVersion } = input.mutualTlsAuthentication ?? {};
  if (truststoreUri || truststoreVersion) throw notRun('mutual TLS', 'Leave mutualTlsAuthentication out.');
  if (input.policy) throw notRun('private domain names', 'Leave policy out.');
}

/** AWS: EDGE where no type is said. Source: API reference; the security policy is today's default of new domains. */
function newSettings(input: Input<'CreateDomainName'>): DomainNameSettings {
  const types = input.endpointConfiguration?.types ?? ['EDGE'];
  // By analogy with CreateRestApi.
  if (types.length > 1) throw badRequest('Cannot create a domain name with multiple Endpoint Types.');
  return present<DomainNameSettings>({
    types,
    ipAddressType: input.endpointConfiguration?.ipAddressType ?? 'ipv4',
    securityPolicy: input.securityPolicy ?? 'TLS_1_2',
    endpointAccessMode: input.endpointAccessMode,
    routingMode: routingModeFromV1(input.routingMode),
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
  const regional = configurationOf(domain, 'REGIONAL');
  const configurations = secondConfiguration === undefined ? [configuration] : [configuration, secondConfiguration];
  return present({
    domainName: domain.domainName,
    // AWS: the account is empty. Seen: aws-cli examples of v2.
    domainNameArn: `arn:${partitionOf(scope.region)}:apigateway:${scope.region}::/domainnames/${domain.domainName}`,
    certificateName: edge?.certificateName,
    certificateArn: edge?.certificateArn,
    certificateUploadDate: edge?.certificateUploadDate === undefined ? undefined : new Date(edge.certificateUploadDate),
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
    routingMode: routingModeOfV1(domain.routingMode),
    tags: Object.keys(tags).length === 0 ? undefined : { ...tags },
  });
}
