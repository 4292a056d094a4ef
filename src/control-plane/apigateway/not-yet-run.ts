// What a definition can ask for and this gateway keeps without running it. It is accepted because whole templates carry it and everything
// else in them works; it is said, once per feature, so that nobody believes in it. Whoever builds a feature deletes its row.

import type { DomainName } from '../../model/custom-domain.ts';
import type { RestApi } from '../../model/rest-api.ts';

interface NotYetRun<Noun> {
  /** Begins "…: kept and not run yet". */
  readonly feature: string;
  readonly asksForIt: (noun: Noun) => boolean;
}

export const notYetRunOnApis: readonly NotYetRun<RestApi>[] = [
  {
    feature: 'A TLS security policy',
    asksForIt: (api) => api.securityPolicy !== undefined || api.endpointAccessMode !== undefined,
  },
];

export const notYetRunOnDomains: readonly NotYetRun<DomainName>[] = [
  {
    feature: 'A TLS security policy of a domain name',
    asksForIt: ({ configuration, endpointAccessMode }) =>
      configuration.securityPolicy !== 'TLS_1_2' || endpointAccessMode !== undefined,
  },
];

/** Says each feature once. */
export class NotYetRunNotices {
  readonly #said = new Set<string>();
  readonly #onNotice: (notice: string) => void;

  constructor(onNotice: (notice: string) => void) {
    this.#onNotice = onNotice;
  }

  restApi(restApi: RestApi): void {
    this.#say(notYetRunOnApis, restApi, `REST API ${restApi.id}`);
  }

  domainName(domain: DomainName): void {
    this.#say(notYetRunOnDomains, domain, `domain name ${domain.domainName}`);
  }

  #say<Noun>(rows: readonly NotYetRun<Noun>[], noun: Noun, where: string): void {
    for (const { feature, asksForIt } of rows) {
      if (this.#said.has(feature) || !asksForIt(noun)) continue;
      this.#said.add(feature);
      this.#onNotice(`${feature}: kept and not run yet (first asked for by ${where}).`);
    }
  }
}
