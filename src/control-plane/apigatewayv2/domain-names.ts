// Domain name: CreateDomainName, GetDomainName, GetDomainNames, UpdateDomainName, DeleteDomainName. Private names are v1's alone.
// https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/domainnames.html

import type { Caller } from '../../aws/operations.ts';
import type { DomainName, DomainNameConfiguration } from '../../model/custom-domain.ts';
import type { Scope } from '../../model/scope.ts';
import {
  assertDomainNameIsUnused,
  countDomainNames,
  domainArn,
  domainNameKey,
  domainNameKind,
  kindsUnderDomain,
  loadDomainName,
} from './domain-documents.ts';
import { checkedCertificateArn, checkedDomainName } from './domain-name-rules.ts';
import { edgeHostedZone, hostedZoneOf } from './hosted-zones.ts';
import { randomIdentifier } from './identifiers.ts';
import { nextToken, pageOptions } from './paging.ts';
import { badRequest, quotaReached } from './refusals.ts';
import { assertTakesRules, checkedRoutingMode } from './routing-mode.ts';
import { domainOf, type Input, present, type ServiceContext, scopeOf, type V2Operations } from './service.ts';
import { newTags } from './tag-rules.ts';

export function domainNameOperations(context: ServiceContext) {
  const { store } = context;
  return {
    async CreateDomainName(input: Input<'CreateDomainName'>, caller: Caller) {
      const scope = scopeOf(caller);
      const domainName = checkedDomainName(input.DomainName);
      const host = `d-${randomIdentifier('domain')}.execute-api.${scope.region}.${domainOf(scope.region)}`;
      const configuration = newConfiguration(input.DomainNameConfigurations, scope.region, host);
      const routingMode = checkedRoutingMode(input.RoutingMode);
      const tags = newTags(input.Tags, context.quotas);
      return store.transact(async (transaction) => {
        await assertDomainNameIsUnused(transaction, domainName);
        const { domainNamesPerRegion } = context.quotas;
        if ((await countDomainNames(transaction, scope, 'public')) >= domainNamesPerRegion) throw quotaReached('DomainNames');
        const domain: DomainName = { domainName, configuration, routingMode, tags };
        await transaction.put(domainNameKey(scope, domainName), domain);
        return toDomainNameOutput(scope, domain);
      });
    },

    async GetDomainName(input: Input<'GetDomainName'>, caller: Caller) {
      const scope = scopeOf(caller);
      return toDomainNameOutput(scope, await loadDomainName(store, scope, input.DomainName));
    },

    async GetDomainNames(input: Input<'GetDomainNames'>, caller: Caller) {
      const scope = scopeOf(caller);
      const list = ['GetDomainNames', scope.account, scope.region];
      const page = await store.list<DomainName>(scope, domainNameKind, '', pageOptions(input, list));
      // A private name has no place in v2's model of an endpoint.
      const items = page.items.filter(({ domainNameId }) => domainNameId === undefined);
      return present({ Items: items.map((domain) => toDomainNameOutput(scope, domain)), NextToken: nextToken(page, list) });
    },

    /** AWS: the status is UPDATING for a while. Here an update is over when it is acknowledged. */
    async UpdateDomainName(input: Input<'UpdateDomainName'>, caller: Caller) {
      const scope = scopeOf(caller);
      return store.transact(async (transaction) => {
        const former = await loadDomainName(transaction, scope, input.DomainName);
        const sent = input.DomainNameConfigurations;
        if (isOfV1Alone(former)) throw badRequest(regionalOnly);
        const configuration =
          sent === undefined || sent.length === 0
            ? former.configuration
            : newConfiguration(sent, scope.region, former.configuration.apiGatewayDomainName, former.configuration);
        const routingMode = input.RoutingMode ? checkedRoutingMode(input.RoutingMode) : former.routingMode;
        const domain: DomainName = { ...former, configuration, routingMode };
        await assertTakesRules(transaction, scope, domain);
        await transaction.put(domainNameKey(scope, domain.domainName), domain);
        return toDomainNameOutput(scope, domain);
      });
    },

    async DeleteDomainName(input: Input<'DeleteDomainName'>, caller: Caller) {
      const scope = scopeOf(caller);
      return store.transact(async (transaction) => {
        const { domainName } = await loadDomainName(transaction, scope, input.DomainName);
        for (const kind of kindsUnderDomain) await transaction.deleteAll(scope, kind, domainName);
        await transaction.delete(domainNameKey(scope, domainName));
        return {};
      });
    },
  } satisfies V2Operations;
}

/**
 * What v1 made and v2 cannot change.
 * AWS: these words. Seen: amplify-education/serverless-domain-manager#381.
 */
export const regionalOnly =
  'Only REGIONAL domain names with a security policy of TLS 1.2 can be managed through the API Gateway V2 API. For TLS 1.0 domain names, please use the API Gateway V1 API to upgrade your security policy to TLS 1.2. Currently, only REST APIs can be attached to a domain name with a security policy of TLS 1.0.';

export function isOfV1Alone({ configuration, secondConfiguration }: DomainName): boolean {
  return (
    secondConfiguration !== undefined || configuration.endpointType !== 'REGIONAL' || configuration.securityPolicy === 'TLS_1_0'
  );
}

/** The one configuration that a call brings, over the former one. */
function newConfiguration(
  sent: Input<'CreateDomainName'>['DomainNameConfigurations'],
  region: string,
  apiGatewayDomainName: string | undefined,
  former?: DomainNameConfiguration,
): DomainNameConfiguration {
  const [wanted, ...more] = sent ?? [];
  // Second-hand: another emulator's test that was measured on AWS.
  if (wanted === undefined || more.length > 0) throw badRequest('Invalid input. Expected one domain name configuration');
  // AWS: these words. Seen: cdk-preflight's deployed cases, pf-apigwv2-domain-endpoint-type-regional.
  if (wanted.EndpointType === 'EDGE') throw badRequest('EDGE endpoint type is not supported for APIGatewayV2 domainName');
  if ((wanted.EndpointType ?? 'REGIONAL') !== 'REGIONAL' || (wanted.SecurityPolicy ?? 'TLS_1_2') !== 'TLS_1_2') {
    throw badRequest(regionalOnly);
  }
  const ipAddressType = wanted.IpAddressType ?? former?.ipAddressType ?? 'ipv4';
  if (ipAddressType !== 'ipv4' && ipAddressType !== 'dualstack') {
    throw badRequest('Invalid ipAddressType: it must be one of ipv4, dualstack');
  }
  const arn = wanted.CertificateArn ?? former?.certificateArn;
  // AWS's words for edge-optimized names in v1; for regional ones they are an analogy.
  if (arn === undefined) throw badRequest('A certificate was not provided for the endpoint type REGIONAL.');
  const ownership = wanted.OwnershipVerificationCertificateArn ?? former?.ownershipVerificationCertificateArn;
  if (ownership !== undefined) checkedCertificateArn(ownership);
  if (arn !== former?.certificateArn) checkedCertificateArn(arn, region);
  return present({
    apiGatewayDomainName,
    certificateArn: arn,
    certificateName: wanted.CertificateName ?? former?.certificateName,
    endpointType: 'REGIONAL' as const,
    ipAddressType,
    ownershipVerificationCertificateArn: ownership,
    securityPolicy: wanted.SecurityPolicy ?? former?.securityPolicy ?? 'TLS_1_2',
  });
}

function toDomainNameOutput(scope: Scope, domain: DomainName) {
  const { configuration, secondConfiguration } = domain;
  const configurations = secondConfiguration === undefined ? [configuration] : [configuration, secondConfiguration];
  return {
    ApiMappingSelectionExpression: '$request.basepath',
    DomainName: domain.domainName,
    DomainNameArn: domainArn(scope, domain),
    DomainNameConfigurations: configurations.map((each) => toConfigurationOutput(scope, each)),
    RoutingMode: domain.routingMode,
    Tags: { ...domain.tags },
  };
}

function toConfigurationOutput(scope: Scope, configuration: DomainNameConfiguration) {
  const { certificateUploadDate, endpointType } = configuration;
  return present({
    ApiGatewayDomainName: configuration.apiGatewayDomainName,
    CertificateArn: configuration.certificateArn,
    CertificateName: configuration.certificateName,
    CertificateUploadDate: certificateUploadDate === undefined ? undefined : new Date(certificateUploadDate),
    DomainNameStatus: 'AVAILABLE' as const,
    // Private names are not shown here.
    EndpointType: endpointType as 'REGIONAL' | 'EDGE',
    HostedZoneId: endpointType === 'EDGE' ? edgeHostedZone : hostedZoneOf(scope.region),
    IpAddressType: configuration.ipAddressType,
    OwnershipVerificationCertificateArn: configuration.ownershipVerificationCertificateArn,
    // v2's model has two of the policies; v1's others are shown as they are.
    SecurityPolicy: configuration.securityPolicy as 'TLS_1_2',
  });
}
