// CIDR blocks of IP sets: which texts are one.

import { isIPv4, isIPv6 } from 'node:net';
import type { IPAddressVersion } from '@aws-sdk/client-wafv2';

/**
 * Whether a text is a block of that version.
 * AWS: no /0, no bits set beyond the prefix, no address without a prefix.
 * Seen: API reference, IPSet.Addresses; aws-samples/dcv-web-portal#10; aws/aws-cdk#20003.
 */
export function isCidr(text: string, version: IPAddressVersion): boolean {
  const [address = '', prefix = '', ...rest] = text.split('/');
  const bits = version === 'IPV4' ? 32 : 128;
  if (rest.length > 0 || !/^[1-9]\d{0,2}$/.test(prefix) || Number(prefix) > bits) return false;
  if (version === 'IPV4' ? !isIPv4(address) : !isIPv6(address) || address.includes('%')) return false;
  const host = BigInt(bits - Number(prefix));
  return (addressBits(address, version) & ((1n << host) - 1n)) === 0n;
}

function addressBits(address: string, version: IPAddressVersion): bigint {
  if (version === 'IPV4') return address.split('.').reduce((bits, part) => (bits << 8n) | BigInt(part), 0n);
  const [head = '', tail] = withoutDots(address).split('::');
  const left = groupsOf(head);
  const right = groupsOf(tail ?? '');
  const zeros = Array<bigint>(tail === undefined ? 0 : 8 - left.length - right.length).fill(0n);
  return [...left, ...zeros, ...right].reduce((bits, group) => (bits << 16n) | group, 0n);
}

function groupsOf(text: string): bigint[] {
  return text === '' ? [] : text.split(':').map((group) => BigInt(`0x${group}`));
}

/** `::ffff:192.0.2.1` with its last part as two groups. */
function withoutDots(address: string): string {
  const at = address.lastIndexOf(':') + 1;
  const last = address.slice(at);
  if (!last.includes('.')) return address;
  const bits = addressBits(last, 'IPV4');
  return `${address.slice(0, at)}${(bits >> 16n).toString(16)}:${(bits & 0xffffn).toString(16)}`;
}
