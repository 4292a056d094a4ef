// Which custom domain a Host field names and where its routing rules and mappings lead. Compiled from the stored domains when one of them changes, and
// swapped as a whole: a request looks things up in maps, and the store is not asked.

import { DomainPolicy } from '../data-plane/rest-api/domain-policy.ts';
import type { HeaderView } from '../http1/message.ts';
import { parsePolicy } from '../iam-policy/policy-document.ts';
import { isFault } from '../iam-policy/policy-fault.ts';
import type { ApiMapping, MappedDomain, PrivateAccess } from '../model/custom-domain.ts';
import type { Scope } from '../model/scope.ts';
import { RoutingRules } from './routing-rules.ts';

/** Where a request to a custom domain leads. */
export interface MappedPath {
  readonly apiId: string;
  /** '' when a mapping of v1 names none: then the path does. */
  readonly stage: string;
  /** What is left of the path behind the mapping key, or behind a base path that a rule strips; '' when nothing is. */
  readonly rest: string;
  /** The rule that led there; undefined for a mapping. */
  readonly routingRuleId: string | undefined;
}

export class LiveDomain {
  readonly scope: Scope;
  /** Those that lead on; none in a mode without them. */
  readonly mappings: readonly ApiMapping[];
  /** Undefined in the mode that has none. */
  readonly rules: RoutingRules | undefined;
  /** Of private names: who may call. */
  readonly policy: DomainPolicy | undefined;
  readonly #byKey: ReadonlyMap<string, ApiMapping>;
  /** Segments of the deepest key: no longer prefix of a path need be tried. */
  readonly #deepest: number;

  constructor(domain: MappedDomain) {
    this.scope = domain.scope;
    this.mappings = domain.routingMode === 'ROUTING_RULE_ONLY' ? [] : domain.mappings;
    this.rules = domain.routingMode === 'API_MAPPING_ONLY' ? undefined : new RoutingRules(domain.rules);
    this.policy = domain.privateAccess && toPolicy(domain.privateAccess);
    this.#byKey = new Map(this.mappings.map((mapping) => [mapping.apiMappingKey, mapping]));
    this.#deepest = Math.max(0, ...this.mappings.map(({ apiMappingKey }) => segmentsOf(apiMappingKey)));
  }

  /**
   * AWS: rules come before mappings. Seen: developer guide, "Set the routing mode". `hostName` is the host without its port, in lower
   * case.
   */
  select(path: string, headers: HeaderView, hostName: string): MappedPath | undefined {
    const rule = this.rules?.select(path, headers, hostName);
    if (rule === undefined) return this.#mappingOf(path);
    const { target, routingRuleId, end } = rule;
    return {
      apiId: target.apiId,
      stage: target.stage,
      rest: target.stripBasePath ? path.slice(end) : path,
      routingRuleId,
    };
  }

  /**
   * AWS: the mapping with the longest key that begins the path, segment by segment; the empty key takes what is left. Routes are not
   * considered. Seen: developer guide, "Use API mappings to connect API stages to a custom domain name". Paths are compared as they
   * came: keys hold nothing that would have to be encoded.
   */
  #mappingOf(path: string): MappedPath | undefined {
    let end = 0;
    let best: ApiMapping | undefined;
    let bestEnd = 0;
    for (let depth = 0; depth < this.#deepest && end < path.length; depth++) {
      const slash = path.indexOf('/', end + 1);
      end = slash < 0 ? path.length : slash;
      const mapping = this.#byKey.get(path.slice(1, end));
      if (mapping === undefined || end === 1) continue;
      best = mapping;
      bestEnd = end;
    }
    best ??= this.#byKey.get('');
    if (best === undefined) return undefined;
    return { apiId: best.apiId, stage: best.stage, rest: path.slice(bestEnd), routingRuleId: undefined };
  }
}

function toPolicy({ domainArn, policy }: PrivateAccess): DomainPolicy {
  const parsed = policy === undefined ? undefined : parsePolicy(policy, 'resource');
  // It was checked when it was written. One that cannot be read all the same lets nobody in.
  return new DomainPolicy(domainArn, parsed === undefined || isFault(parsed) ? undefined : parsed);
}

/** Private domains that are called the same, by the id of the VPC endpoint that is associated with each. */
export type PrivateDomains = ReadonlyMap<string, LiveDomain>;

/** The domain that a request is for. */
export interface AddressedDomain {
  /** The public one, for everybody who is not led to a private one. */
  readonly domain: LiveDomain | undefined;
  readonly privateDomains: PrivateDomains | undefined;
  /** The host without its port, in lower case. */
  readonly hostName: string;
  /** Its first label, as `requestContext.domainPrefix` shows it. */
  readonly prefix: string;
}

/** Host fields that are remembered; forgotten as a whole when somebody sends too many, and when the domains change. */
const KNOWN_HOSTS_MAX = 1_000;

export class LiveDomains {
  /** By name; wildcard names with their star. */
  #domains: ReadonlyMap<string, LiveDomain> = new Map();
  #privateDomains: ReadonlyMap<string, PrivateDomains> = new Map();
  #known = new Map<string, AddressedDomain | undefined>();

  /** From now on these domains answer, and no others. */
  replace(domains: readonly MappedDomain[]): void {
    const publicOnes = domains.filter(({ privateAccess }) => privateAccess === undefined);
    this.#domains = new Map(publicOnes.map((domain) => [domain.domainName, new LiveDomain(domain)]));
    this.#privateDomains = byNameAndEndpoint(domains);
    this.#known = new Map();
  }

  /** `host` is the Host field as it came. An exact name comes before a wildcard. */
  find(host: string): AddressedDomain | undefined {
    if (this.#domains.size === 0 && this.#privateDomains.size === 0) return undefined;
    const known = this.#known.get(host);
    if (known !== undefined || this.#known.has(host)) return known;
    // Copied: the Host field is a slice of the request's head and would keep all of it in memory.
    const kept = Buffer.from(host, 'latin1').toString('latin1');
    const found = this.#resolve(kept);
    if (this.#known.size === KNOWN_HOSTS_MAX) this.#known.clear();
    this.#known.set(kept, found);
    return found;
  }

  #resolve(host: string): AddressedDomain | undefined {
    const hostName = /^[^:]*/.exec(host)?.[0].toLowerCase().replace(/\.$/, '') ?? '';
    const dot = hostName.indexOf('.');
    if (dot <= 0) return undefined;
    const domain = this.#domains.get(hostName) ?? this.#domains.get(`*${hostName.slice(dot)}`);
    const privateDomains = this.#privateDomains.get(hostName);
    if (domain === undefined && privateDomains === undefined) return undefined;
    return { domain, privateDomains, hostName, prefix: hostName.slice(0, dot) };
  }
}

/** A name without associations is there, too: its callers are outsiders, not callers of nothing. */
function byNameAndEndpoint(domains: readonly MappedDomain[]): ReadonlyMap<string, PrivateDomains> {
  const byName = new Map<string, Map<string, LiveDomain>>();
  for (const domain of domains) {
    if (domain.privateAccess === undefined) continue;
    const live = new LiveDomain(domain);
    const byEndpoint = byName.get(domain.domainName) ?? new Map<string, LiveDomain>();
    for (const vpceId of domain.privateAccess.vpcEndpointIds) byEndpoint.set(vpceId, live);
    byName.set(domain.domainName, byEndpoint);
  }
  return byName;
}

function segmentsOf(key: string): number {
  return key === '' ? 0 : key.split('/').length;
}
