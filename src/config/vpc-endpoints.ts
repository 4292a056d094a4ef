// `--vpc-endpoint`: by which VPC endpoint clients of which networks come.

import net from 'node:net';
import { UserError } from './user-error.ts';

export interface VpcEndpointOption {
  readonly vpceId: string;
  readonly vpcId?: string;
  readonly networks: readonly { readonly address: string; readonly prefix: number }[];
}

/** `vpce-0a1b` -> `vpc-0c2d,10.0.0.0/16,fd00::/8`; the VPC may be left out. Throws UserError for what is none. */
export function vpcEndpoints(pairs: ReadonlyMap<string, string>): readonly VpcEndpointOption[] {
  return [...pairs].map(([vpceId, text]) => {
    if (!/^vpce-[0-9a-z]{1,40}$/.test(vpceId)) throw wrong(`names ${vpceId}, which is no id of a VPC endpoint`);
    const parts = text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '');
    const vpcIds = parts.filter((part) => /^vpc-[0-9a-z]{1,40}$/.test(part));
    const networks = parts.filter((part) => !vpcIds.includes(part)).map((part) => toNetwork(vpceId, part));
    if (vpcIds.length > 1) throw wrong(`${vpceId} names ${vpcIds.length} VPCs; an endpoint is in one`);
    if (networks.length === 0) throw wrong(`${vpceId} names no network, so nobody would come through it`);
    const [vpcId] = vpcIds;
    return vpcId === undefined ? { vpceId, networks } : { vpceId, vpcId, networks };
  });
}

function toNetwork(vpceId: string, text: string): { readonly address: string; readonly prefix: number } {
  const [address = '', prefixText] = text.split('/', 2);
  const family = net.isIP(address);
  const widest = family === 6 ? 128 : 32;
  const prefix = prefixText === undefined ? widest : /^\d{1,3}$/.test(prefixText) ? Number(prefixText) : Number.NaN;
  if (family !== 0 && prefix >= 0 && prefix <= widest) return { address, prefix };
  throw wrong(`${vpceId} is ${text}, but it must be networks like 10.0.0.0/16`);
}

function wrong(what: string): UserError {
  return new UserError('SG_BAD_OPTION', `--vpc-endpoint ${what}.`, {
    fix: 'For example: --vpc-endpoint vpce-0a1b2c3d=vpc-0e4f,10.0.0.0/16',
  });
}
