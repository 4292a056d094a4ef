// The nouns of a custom domain as the control plane keeps them. Domain names of v1 and v2 are the same objects on AWS; member names
// are those of the API Gateway v2 model.

import type { Tags } from './http-api.ts';
import type { Scope } from './scope.ts';

export interface DomainNameConfiguration {
  readonly apiGatewayDomainName: string;
  /** Kept as given; nobody looks at the certificate while traffic is plain HTTP. */
  readonly certificateArn: string;
  readonly certificateName?: string;
  readonly endpointType: 'REGIONAL';
  readonly ipAddressType: 'ipv4' | 'dualstack';
  readonly ownershipVerificationCertificateArn?: string;
  readonly securityPolicy: 'TLS_1_2';
}

export interface DomainName {
  /** In lower case; `*.example.com` stands for every name with one label in place of the star. */
  readonly domainName: string;
  readonly configuration: DomainNameConfiguration;
  readonly routingMode: 'API_MAPPING_ONLY';
  readonly tags: Tags;
}

export interface ApiMapping {
  readonly apiMappingId: string;
  readonly apiId: string;
  readonly stage: string;
  /** Segments without a slash at either end; '' is the mapping of everything that no other mapping wants. */
  readonly apiMappingKey: string;
}

/** A domain name with its mappings: what the front door needs to know of it. */
export interface MappedDomain {
  readonly scope: Scope;
  readonly domainName: string;
  readonly mappings: readonly ApiMapping[];
}
