// Addresses and CIDR ranges of IpAddress conditions, IPv4 and IPv6.

import { isIPv4, isIPv6 } from 'node:net';

/** A range of addresses: the family's bits and how many of them count. */
export interface IpRange {
  readonly family: 4 | 6;
  readonly bits: bigint;
  readonly prefixLength: number;
}

/**
 * Parses `203.0.113.0/24`, `2001:db8::/32` or a bare address; undefined when it is neither. The length counts the bits of the address as
 * it is written: `::ffff:192.0.2.0/120` is `192.0.2.0/24`.
 */
export function parseIpRange(text: string): IpRange | undefined {
  const slash = text.indexOf('/');
  const address = parseAddress(slash === -1 ? text : text.slice(0, slash));
  if (address === undefined) return undefined;
  const width = address.family === 4 ? 32 : 128;
  if (slash === -1) return unmapped({ ...address, prefixLength: width });
  const length = text.slice(slash + 1);
  if (!/^\d{1,3}$/.test(length) || Number(length) > width) return undefined;
  return unmapped({ ...address, prefixLength: Number(length) });
}

/** Whether the address text lies in the range; false for text that is no address. */
export function isInIpRange(range: IpRange, text: string): boolean {
  const address = text.includes('/') ? undefined : parseIpRange(text);
  if (address === undefined || address.family !== range.family) return false;
  const shift = BigInt((range.family === 4 ? 32 : 128) - range.prefixLength);
  return address.bits >> shift === range.bits >> shift;
}

/** An IPv4-mapped address is the IPv4 address, however the listener reported it; undefined: a range of those and of others. */
function unmapped(range: IpRange): IpRange | undefined {
  const { family, bits, prefixLength } = range;
  if (family === 4 || bits >> 32n !== 0xffffn) return range;
  if (prefixLength < 96) return undefined;
  return { family: 4, bits: bits & 0xffffffffn, prefixLength: prefixLength - 96 };
}

function parseAddress(text: string): { family: 4 | 6; bits: bigint } | undefined {
  if (isIPv4(text)) return { family: 4, bits: ipv4Bits(text) };
  if (!isIPv6(text) || text.includes('%')) return undefined;
  const embedded = text.lastIndexOf('.') === -1 ? undefined : text.slice(text.lastIndexOf(':') + 1);
  const plain =
    embedded === undefined
      ? text
      : `${text.slice(0, -embedded.length)}${(ipv4Bits(embedded) >> 16n).toString(16)}:${(ipv4Bits(embedded) & 0xffffn).toString(16)}`;
  const [head = '', tail] = plain.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const groups = tail === undefined ? left : [...left, ...Array<string>(8 - left.length - right.length).fill('0'), ...right];
  let bits = 0n;
  for (const group of groups) bits = (bits << 16n) | BigInt(`0x${group}`);
  return { family: 6, bits };
}

function ipv4Bits(text: string): bigint {
  let bits = 0n;
  for (const part of text.split('.')) bits = (bits << 8n) | BigInt(part);
  return bits;
}
