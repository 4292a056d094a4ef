// Which custom domain a Host field names and where its routing rules and mappings lead. Compiled from the stored domains when one of them changes, and
// swapped as a whole: a request looks things up in maps, and the store is not asked.

import type { HeaderView } from '../http1/message.ts';
import type { ApiMapping, MappedDomain } from '../model/custom-domain.ts';
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
  readonly #byKey: ReadonlyMap<string, ApiMapping>;
  /** Segments of the deepest key: no longer prefix of a path need be tried. */
  readonly #deepest: number;

  constructor(domain: MappedDomain) {
    this.scope = domain.scope;
    this.mappings = domain.routingMode === 'ROUTING_RULE_ONLY' ? [] : domain.mappings;
    this.rules = domain.routingMode === 'API_MAPPING_ONLY' ? undefined : new RoutingRules(domain.rules);
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

/** The domain that a request is for. */
export interface AddressedDomain {
  readonly domain: LiveDomain;
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
  #known = new Map<string, AddressedDomain | undefined>();

  /** From now on these domains answer, and no others. */
  replace(domains: readonly MappedDomain[]): void {
    this.#domains = new Map(domains.map((domain) => [domain.domainName, new LiveDomain(domain)]));
    this.#known = new Map();
  }

  /** `host` is the Host field as it came. An exact name comes before a wildcard. */
  find(host: string): AddressedDomain | undefined {
    if (this.#domains.size === 0) return undefined;
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
    return domain && { domain, hostName, prefix: hostName.slice(0, dot) };
  }
}

function segmentsOf(key: string): number {
  return key === '' ? 0 : key.split('/').length;
}
