// What can be set on a domain name through v1, as one flat noun: v1 speaks of both endpoint types at once, where the stored domain has a
// configuration for each. Here stand the checks that CreateDomainName and UpdateDomainName share, and what can be patched.

import { partitionOf } from '../../aws/arn.ts';
import type { DomainName, DomainNameConfiguration, RoutingMode } from '../../model/custom-domain.ts';
import { checkedCertificateArn } from '../apigatewayv2/domain-name-rules.ts';
import { randomIdentifier } from '../apigatewayv2/identifiers.ts';
import { routingModeFromV1 } from '../apigatewayv2/routing-mode.ts';
import { domainOf } from '../apigatewayv2/service.ts';
import { textRow } from '../patch/patch-rows.ts';
import type { PatchRow, PatchTable } from '../patch/patch-table.ts';
import { checkedDomainPolicy, checkedManagementPolicy } from './domain-name-policies.ts';
import { badRequest } from './refusals.ts';
import { checkSecurityPolicy, type Secured } from './security-policies.ts';
import { present } from './service.ts';

type EndpointType = DomainNameConfiguration['endpointType'];

export interface DomainNameSettings {
  readonly types: readonly string[];
  readonly ipAddressType: string;
  readonly securityPolicy: string;
  readonly endpointAccessMode?: string;
  readonly routingMode: RoutingMode;
  readonly ownershipVerificationCertificateArn?: string;
  readonly policy?: string;
  readonly managementPolicy?: string;
  /** Of the edge-optimized or private endpoint. */
  readonly certificateArn?: string;
  readonly certificateName?: string;
  readonly regionalCertificateArn?: string;
  readonly regionalCertificateName?: string;
}

export function configurationOf(domain: DomainName, type: EndpointType): DomainNameConfiguration | undefined {
  return [domain.configuration, domain.secondConfiguration].find((each) => each?.endpointType === type);
}

export function toSettings(domain: DomainName): DomainNameSettings {
  const { configuration, secondConfiguration } = domain;
  const edge = configurationOf(domain, 'EDGE') ?? configurationOf(domain, 'PRIVATE');
  const regional = configurationOf(domain, 'REGIONAL');
  return present<DomainNameSettings>({
    types: [configuration.endpointType, ...(secondConfiguration === undefined ? [] : [secondConfiguration.endpointType])],
    ipAddressType: configuration.ipAddressType,
    securityPolicy: configuration.securityPolicy,
    endpointAccessMode: domain.endpointAccessMode,
    routingMode: domain.routingMode,
    policy: domain.policy,
    managementPolicy: domain.managementPolicy,
    ownershipVerificationCertificateArn: configuration.ownershipVerificationCertificateArn,
    certificateArn: edge?.certificateArn,
    certificateName: edge?.certificateName,
    regionalCertificateArn: regional?.certificateArn,
    regionalCertificateName: regional?.certificateName,
  });
}

interface Surroundings {
  readonly region: string;
  readonly timestamp: string;
  /** The domain as it was; its hosts stay. */
  readonly former?: DomainName;
}

type Settled = Pick<
  DomainName,
  'configuration' | 'secondConfiguration' | 'endpointAccessMode' | 'routingMode' | 'policy' | 'managementPolicy'
>;

/** The members of a domain that follow from its settings. Throws BadRequestException for what cannot be. */
export function checkedConfigurations(settings: DomainNameSettings, { region, timestamp, former }: Surroundings): Settled {
  const { ipAddressType, securityPolicy, endpointAccessMode, routingMode, policy, managementPolicy } = settings;
  if (ipAddressType !== 'ipv4' && ipAddressType !== 'dualstack') {
    throw badRequest('ipAddressType must be either ipv4 or dualstack.');
  }
  checkSecurityPolicy(securedOf(settings), former && securedOf(toSettings(former)));
  assertFitsReach(settings, former);
  const types = checkedTypes(settings.types);
  assertCertificatesAreUsed(settings);
  const [configuration, secondConfiguration] = types.map((endpointType) => {
    const before = former && configurationOf(former, endpointType);
    const isRegional = endpointType === 'REGIONAL';
    const certificateArn = isRegional ? settings.regionalCertificateArn : settings.certificateArn;
    const certificateName = isRegional ? settings.regionalCertificateName : settings.certificateName;
    if (certificateArn === undefined && certificateName === undefined) {
      // AWS: these words for EDGE. Seen: public reports. For REGIONAL they are an analogy.
      throw badRequest(`A certificate was not provided for the endpoint type ${endpointType}.`);
    }
    const ownership = settings.ownershipVerificationCertificateArn;
    if (ownership !== undefined) checkedCertificateArn(ownership);
    if (certificateArn !== undefined && certificateArn !== before?.certificateArn) {
      // AWS: edge-optimized names have theirs in us-east-1, wherever they are made. Seen: developer guide, certificates of custom domains.
      checkedCertificateArn(certificateArn, endpointType === 'EDGE' && partitionOf(region) === 'aws' ? 'us-east-1' : region);
    }
    const sameCertificate = certificateArn === before?.certificateArn && certificateName === before?.certificateName;
    return present<DomainNameConfiguration>({
      apiGatewayDomainName: before?.apiGatewayDomainName ?? newHost(endpointType, region),
      certificateArn: certificateArn,
      certificateName: certificateName,
      certificateUploadDate: isRegional ? undefined : (sameCertificate && before?.certificateUploadDate) || timestamp,
      endpointType,
      ipAddressType,
      ownershipVerificationCertificateArn: ownership,
      securityPolicy,
    });
  });
  return present({
    configuration: configuration as DomainNameConfiguration,
    secondConfiguration,
    // One of the two; checked above.
    endpointAccessMode: endpointAccessMode as DomainName['endpointAccessMode'],
    routingMode,
    policy,
    managementPolicy,
  });
}

function securedOf({ types, securityPolicy, endpointAccessMode }: DomainNameSettings): Secured {
  return { types, securityPolicy, endpointAccessMode };
}

/**
 * No certificate of an endpoint type that the name does not have.
 * AWS: these words. Seen: cdk-preflight's deployed cases, edge-certificate-property and regional-certificate-property.
 */
function assertCertificatesAreUsed(settings: DomainNameSettings): void {
  const { types } = settings;
  const isActive = (type: string) => types.includes(type);
  const isOf = (arn: string | undefined, name: string | undefined) => arn !== undefined || name !== undefined;
  const unused = (type: string) => badRequest(`Cannot import certificates for ${type} while ${types.join()} is active.`);
  if (isOf(settings.certificateArn, settings.certificateName) && !isActive('EDGE') && !isActive('PRIVATE')) throw unused('EDGE');
  if (isOf(settings.regionalCertificateArn, settings.regionalCertificateName) && !isActive('REGIONAL')) throw unused('REGIONAL');
}

/** What private names have and others have not. AWS: no moves between the two. Seen: developer guide, private custom domain names. */
function assertFitsReach(settings: DomainNameSettings, former: DomainName | undefined): void {
  const { types, ipAddressType, securityPolicy, policy, managementPolicy } = settings;
  const isPrivate = types.includes('PRIVATE');
  if (former !== undefined && (former.domainNameId !== undefined) !== isPrivate) {
    throw badRequest('A domain name cannot be moved between the endpoint type PRIVATE and the others.');
  }
  if (isPrivate && types.length > 1) throw badRequest('A private domain name has no other endpoint types.');
  if (!isPrivate && (policy !== undefined || managementPolicy !== undefined)) {
    throw badRequest('policy and managementPolicy are supported for private domain names only.');
  }
  // AWS: the words are those of private APIs.
  if (isPrivate && ipAddressType !== 'dualstack') throw badRequest('Only dualstack ipAddressType is supported for Private APIs.');
  if (isPrivate && securityPolicy !== 'TLS_1_2') {
    throw badRequest('The security policy of a private domain name can only be TLS_1_2.');
  }
}

/** Private names have none. */
function newHost(endpointType: EndpointType, region: string): string | undefined {
  if (endpointType === 'PRIVATE') return undefined;
  return endpointType === 'EDGE'
    ? `d${randomIdentifier('distribution')}.cloudfront.net`
    : `d-${randomIdentifier('domain')}.execute-api.${region}.${domainOf(region)}`;
}

function checkedTypes(types: readonly string[]): readonly EndpointType[] {
  if (types.length === 0) throw badRequest('REGIONAL Configuration and EDGE Configuration cannot be both DISABLED.');
  return types.map((type) => {
    if (type !== 'REGIONAL' && type !== 'EDGE' && type !== 'PRIVATE') {
      throw badRequest('Invalid EndpointTypes specified. Valid options are REGIONAL,EDGE,PRIVATE');
    }
    return type;
  });
}

/** A setting whose feature is not there. */
export function notRun(feature: string, instead: string): Error {
  return badRequest(`Stagegate does not run ${feature} yet: the call was refused and changed nothing. ${instead}`);
}

/** AWS: a move to another endpoint type adds the new type and its certificate, and removes the old one. Seen: developer guide, migration. */
const certificateOps = ['add', 'replace'] as const;
const policyOps = ['add', 'replace', 'remove'] as const;

function withType(settings: DomainNameSettings, type: string): DomainNameSettings {
  return { ...settings, types: [...settings.types.filter((each) => each !== type), type] };
}

function withoutType(settings: DomainNameSettings, type: string): DomainNameSettings {
  if (!settings.types.includes(type)) throw badRequest(`The domain name has no endpoint type ${type.slice(0, 100)}`);
  const left = { ...settings, types: settings.types.filter((each) => each !== type) };
  const { certificateArn, certificateName, ...withoutEdge } = left;
  const { regionalCertificateArn, regionalCertificateName, ...withoutRegional } = left;
  return type === 'REGIONAL' ? withoutRegional : withoutEdge;
}

/** A member of features that are not there; `isOff` tells the values that ask for nothing. */
function refusedRow(
  path: string,
  feature: string,
  isOff: (value: string | undefined) => boolean = (value) => !value,
): PatchRow<DomainNameSettings> {
  return {
    path,
    ops: ['add', 'replace', 'remove'],
    apply(settings, { op, value }) {
      if (op === 'remove' || isOff(value)) return settings;
      throw notRun(feature, `Leave ${path} out.`);
    },
  };
}

export const domainNamePatch: PatchTable<DomainNameSettings> = {
  manner: 'listing',
  rows: [
    textRow('certificateName', { ops: certificateOps }),
    textRow('certificateArn', { ops: certificateOps }),
    textRow('regionalCertificateName', { ops: certificateOps }),
    textRow('regionalCertificateArn', { ops: certificateOps }),
    textRow('ownershipVerificationCertificateArn', { ops: ['add', 'replace', 'remove'] }),
    {
      path: '/securityPolicy',
      ops: ['replace'],
      apply: (settings, { value = '' }) => ({ ...settings, securityPolicy: value }),
    },
    textRow('endpointAccessMode'),
    {
      path: '/routingMode',
      ops: ['replace'],
      apply: (settings, { value }) => ({ ...settings, routingMode: routingModeFromV1(value) }),
    },
    {
      path: '/endpointConfiguration/ipAddressType',
      ops: ['replace'],
      apply: (settings, { value = '' }) => ({ ...settings, ipAddressType: value }),
    },
    {
      path: '/endpointConfiguration/types',
      ops: ['add', 'remove', 'replace'],
      apply(settings, { op, value = '' }) {
        if (op === 'remove') return withoutType(settings, value);
        return op === 'add' ? withType(settings, value) : { ...settings, types: [value] };
      },
    },
    {
      // The last segment is the type, or its place.
      path: '/endpointConfiguration/types/{type}',
      ops: ['add', 'remove', 'replace'],
      apply(settings, { op, value }, name) {
        const type = (/^\d{1,3}$/.test(name) ? settings.types[Number(name)] : name) ?? '';
        if (op === 'remove') return withoutType(settings, type);
        if (op === 'add') return withType(settings, value ?? name);
        const rest = withoutType(settings, type);
        return type === value ? settings : withType(rest, value ?? '');
      },
    },
    textRow('policy', { ops: policyOps, check: checkedDomainPolicy }),
    textRow('managementPolicy', { ops: policyOps, check: checkedManagementPolicy }),
    refusedRow('/mutualTlsAuthentication/truststoreUri', 'mutual TLS'),
    refusedRow('/mutualTlsAuthentication/truststoreVersion', 'mutual TLS'),
  ],
};
