// Which custom domain a Host field names and where its mappings lead. Compiled from the stored domains when one of them changes, and
// swapped as a whole: a request looks things up in maps, and the store is not asked.

import type { ApiMapping, MappedDomain } from '../model/custom-domain.ts';
import type { Scope } from '../model/scope.ts';

/** Where a path of a custom domain leads. */
export interface MappedPath {
  readonly mapping: ApiMapping;
  /** What is left of the path behind the mapping key; '' when nothing is. */
  readonly rest: string;
}

export class LiveDomain {
  readonly scope: Scope;
  readonly mappings: readonly ApiMapping[];
  readonly #byKey: ReadonlyMap<string, ApiMapping>;
  /** Segments of the deepest key: no longer prefix of a path need be tried. */
  readonly #deepest: number;

  constructor(domain: MappedDomain) {
    this.scope = domain.scope;
    this.mappings = domain.mappings;
    this.#byKey = new Map(domain.mappings.map((mapping) => [mapping.apiMappingKey, mapping]));
    this.#deepest = Math.max(0, ...domain.mappings.map(({ apiMappingKey }) => segmentsOf(apiMappingKey)));
  }

  /**
   * AWS: the mapping with the longest key that begins the path, segment by segment; the empty key takes what is left. Routes are not
   * considered. Seen: developer guide, "Use API mappings to connect API stages to a custom domain name". Paths are compared as they
   * came: keys hold nothing that would have to be encoded.
   */
  select(path: string): MappedPath | undefined {
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
    return best === undefined ? undefined : { mapping: best, rest: path.slice(bestEnd) };
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
