// The nouns of a custom domain as the control plane keeps them. Domain names of v1 and v2 are the same objects on AWS; member names
// are those of the API Gateway v2 model.

import type { Tags } from './http-api.ts';
import type { Scope } from './scope.ts';

export interface DomainNameConfiguration {
  /** Where DNS would have the name point. Private names have none: they point at VPC endpoints. */
  readonly apiGatewayDomainName?: string;
  /** Kept as given; nobody looks at the certificate while traffic is plain HTTP. Absent for one that was uploaded. */
  readonly certificateArn?: string;
  readonly certificateName?: string;
  /** ISO-8601. Edge-optimized and private names have it. */
  readonly certificateUploadDate?: string;
  readonly endpointType: 'REGIONAL' | 'EDGE' | 'PRIVATE';
  readonly ipAddressType: 'ipv4' | 'dualstack';
  readonly ownershipVerificationCertificateArn?: string;
  /** `TLS_1_2`, `TLS_1_0` or one of the longer names that v1 knows. */
  readonly securityPolicy: string;
}

/** By what a domain name sends requests on. v1 has BASE_PATH_MAPPING where this has API_MAPPING. */
export type RoutingMode = 'API_MAPPING_ONLY' | 'ROUTING_RULE_ONLY' | 'ROUTING_RULE_THEN_API_MAPPING';

export interface DomainName {
  /** In lower case; `*.example.com` stands for every name with one label in place of the star. */
  readonly domainName: string;
  /** Of a private name alone: there may be others that are called the same. */
  readonly domainNameId?: string;
  readonly configuration: DomainNameConfiguration;
  /** While a name moves from one endpoint type to the other it has both. */
  readonly secondConfiguration?: DomainNameConfiguration;
  readonly routingMode: RoutingMode;
  /** v1 alone knows it. */
  readonly endpointAccessMode?: 'BASIC' | 'STRICT';
  /** Of private names: who may call. The text that was given; short resources (`execute-api:/*`) stand for the name's ARN. */
  readonly policy?: string;
  /** Of private names: which other accounts may associate their VPC endpoints. */
  readonly managementPolicy?: string;
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

/** Where requests go that meet every condition. Without conditions it is met by all. */
export interface RoutingRule {
  readonly routingRuleId: string;
  /** 1 to 1,000,000. The lowest is asked first; no two rules of a domain name have the same. */
  readonly priority: number;
  /** As they were given: at most two of headers and one of base paths. */
  readonly conditions: readonly RoutingCondition[];
  readonly target: RoutingTarget;
}

/** Members that are there hold together. */
export interface RoutingCondition {
  readonly matchHeaders?: HeaderMatch;
  /** Segments without a slash at either end, compared with case. */
  readonly matchBasePath?: string;
}

export interface HeaderMatch {
  /** Compared without case; shown as it was given. */
  readonly header: string;
  /** The whole value, with case: `text`, `*text`, `text*`, `*text*` or `*`. */
  readonly valueGlob: string;
}

export interface RoutingTarget {
  /** A REST API's. */
  readonly apiId: string;
  readonly stage: string;
  /** The matched base path is taken off the path before the API sees it. */
  readonly stripBasePath: boolean;
}

/** That a private domain name can be called through a VPC endpoint. It belongs to the endpoint's account. */
export interface DomainNameAccessAssociation {
  /** The VPC endpoint's id. */
  readonly accessAssociationSource: string;
  readonly domainName: string;
  readonly domainNameId: string;
  /** The domain name's account; the region is the association's own. */
  readonly domainNameAccount: string;
  /** The domain name's account wants no calls through it any more. */
  readonly isRejected?: true;
  readonly tags?: Tags;
}

/** What the front door needs to know of a private domain name. */
export interface PrivateAccess {
  /** `arn:aws:execute-api:{region}:{account}:/domainnames/{name}+{id}`: what policies are asked about. */
  readonly domainArn: string;
  /** With whole ARNs. Without one nobody is let in. */
  readonly policy: string | undefined;
  /** Of the associations that hold. */
  readonly vpcEndpointIds: readonly string[];
}

/** A domain name with what leads on from it: what the front door needs to know of it. */
export interface MappedDomain {
  readonly scope: Scope;
  readonly domainName: string;
  /** Absent for public names. */
  readonly privateAccess?: PrivateAccess;
  readonly routingMode: RoutingMode;
  readonly mappings: readonly ApiMapping[];
  /** In no particular order. */
  readonly rules: readonly RoutingRule[];
}
