// The nouns of a custom domain as the control plane keeps them. Domain names of v1 and v2 are the same objects on AWS; member names
// are those of the API Gateway v2 model.

import type { Tags } from './http-api.ts';
import type { Scope } from './scope.ts';

export interface DomainNameConfiguration {
  /** Where DNS would have the name point. */
  readonly apiGatewayDomainName: string;
  /** Kept as given; nobody looks at the certificate while traffic is plain HTTP. Absent for one that was uploaded. */
  readonly certificateArn?: string;
  readonly certificateName?: string;
  /** ISO-8601. Edge-optimized names alone have it. */
  readonly certificateUploadDate?: string;
  readonly endpointType: 'REGIONAL' | 'EDGE';
  readonly ipAddressType: 'ipv4' | 'dualstack';
  readonly ownershipVerificationCertificateArn?: string;
  /** `TLS_1_2`, `TLS_1_0` or one of the longer names that v1 knows. */
  readonly securityPolicy: string;
}

export interface DomainName {
  /** In lower case; `*.example.com` stands for every name with one label in place of the star. */
  readonly domainName: string;
  readonly configuration: DomainNameConfiguration;
  /** While a name moves from one endpoint type to the other it has both. */
  readonly secondConfiguration?: DomainNameConfiguration;
  /** v1 calls it BASE_PATH_MAPPING_ONLY. */
  readonly routingMode: 'API_MAPPING_ONLY';
  /** v1 alone knows it. */
  readonly endpointAccessMode?: 'BASIC' | 'STRICT';
  readonly tags?: Tags;
}

/** v1 calls it a base path mapping, and the empty key `(none)`. */
export interface ApiMapping {
  readonly apiMappingId: string;
  /** An HTTP API's or a REST API's. */
  readonly apiId: string;
  /** '' for a mapping of v1 that names none: the path does, behind the key. */
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
