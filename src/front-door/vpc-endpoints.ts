// The VPC endpoints by which clients reach private APIs. There is no VPC here: the operator says which networks lie behind an endpoint,
// and a client of those networks comes through it. Nobody comes through an endpoint by saying so in a Host field alone.

import net from 'node:net';
import type { VpcEndpointAddress } from '../data-plane/rest-api/rest-invocation-address.ts';

/** An endpoint as the operator describes it. */
export interface VpcEndpoint extends VpcEndpointAddress {
  /** Networks (`10.0.0.0/16`) whose clients come through it. */
  readonly networks: readonly { readonly address: string; readonly prefix: number }[];
}

export interface VpcEndpointsOptions {
  readonly endpoints: readonly VpcEndpoint[];
  /** Clients on this machine come through any endpoint they name: for listeners that nobody else reaches. */
  readonly openToThisMachine: boolean;
  readonly onNotice: (notice: string) => void;
}

/** APIs and domain names that an outsider was told about. */
const TOLD_MAX = 100;

export class VpcEndpoints {
  readonly #endpoints: readonly { readonly endpoint: VpcEndpointAddress; readonly networks: net.BlockList }[];
  readonly #options: VpcEndpointsOptions;
  readonly #told = new Set<string>();

  constructor(options: VpcEndpointsOptions) {
    this.#options = options;
    this.#endpoints = options.endpoints.map(({ vpceId, vpcId, networks }) => {
      const list = new net.BlockList();
      for (const { address, prefix } of networks) list.addSubnet(address, prefix, net.isIPv6(address) ? 'ipv6' : 'ipv4');
      return { endpoint: vpcId === undefined ? { vpceId } : { vpceId, vpcId }, networks: list };
    });
  }

  /**
   * By which endpoint a client comes; undefined for none. `named` is what the Host field says. Without a name it is the first whose
   * networks have the client: private DNS of a VPC leads there.
   */
  endpointOf(named: string | undefined, clientAddress: string): VpcEndpointAddress | undefined {
    const found = this.#endpoints.find(
      ({ endpoint, networks }) => (named === undefined || endpoint.vpceId === named) && isIn(networks, clientAddress),
    );
    if (found !== undefined) return found.endpoint;
    const isKnown = this.#endpoints.some(({ endpoint }) => endpoint.vpceId === named);
    const isOpen = named !== undefined && !isKnown && this.#options.openToThisMachine && isIn(thisMachine, clientAddress);
    return isOpen ? { vpceId: named } : undefined;
  }

  /**
   * By which of some endpoints a client comes, where its Host field names none of them: the first that the operator gave the client's
   * network to. While they are open to this machine, its clients come through the first that the operator did not describe.
   */
  endpointAmong(candidates: ReadonlyMap<string, unknown>, clientAddress: string): VpcEndpointAddress | undefined {
    for (const { endpoint, networks } of this.#endpoints) {
      if (candidates.has(endpoint.vpceId) && isIn(networks, clientAddress)) return endpoint;
    }
    if (!this.#options.openToThisMachine || !isIn(thisMachine, clientAddress)) return undefined;
    for (const vpceId of candidates.keys()) {
      if (!this.#endpoints.some(({ endpoint }) => endpoint.vpceId === vpceId)) return { vpceId };
    }
    return undefined;
  }

  /** Somebody asked for a private API and came through no endpoint: said once for each API. */
  sayOutsider(apiId: string): void {
    this.#sayOnce(
      apiId,
      `A request for the private REST API ${apiId} came through no VPC endpoint and was refused. Call it as ` +
        `http://${apiId}-{vpce id}.execute-api.localhost:…/ with an endpoint of the API; --vpc-endpoint says who comes through which.`,
    );
  }

  /** The same of a private domain name. */
  sayOutsiderOfDomain(domainName: string): void {
    this.#sayOnce(
      domainName,
      `A request for the private domain name ${domainName} came through no VPC endpoint that is associated with it and was refused. ` +
        'CreateDomainNameAccessAssociation associates one; --vpc-endpoint says who comes through which.',
    );
  }

  #sayOnce(about: string, notice: string): void {
    if (this.#told.size === TOLD_MAX || this.#told.has(about)) return;
    this.#told.add(about);
    this.#options.onNotice(notice);
  }
}

const thisMachine = new net.BlockList();
thisMachine.addSubnet('127.0.0.0', 8);
thisMachine.addAddress('::1', 'ipv6');

function isIn(list: net.BlockList, address: string): boolean {
  const zone = address.indexOf('%');
  const bare = zone < 0 ? address : address.slice(0, zone);
  // BlockList knows IPv4 addresses in IPv6 clothes.
  return net.isIP(bare) !== 0 && list.check(bare, net.isIPv6(bare) ? 'ipv6' : 'ipv4');
}
