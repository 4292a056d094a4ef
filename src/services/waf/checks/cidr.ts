// CIDR blocks of IP sets: which texts are one.

import { isIPv4 } from 'node:net';
import type { IPAddressVersion } from '@aws-sdk/client-wafv2';
import { parseIpRange } from '../../../iam-policy/ip-range.ts';

/**
 * Whether a text is a block of that version.
 * AWS: no /0, no bits set beyond the prefix, no address without a prefix.
 * Seen: API reference, IPSet.Addresses; aws-samples/dcv-web-portal#10; aws/aws-cdk#20003.
 */
export function isCidr(text: string, version: IPAddressVersion): boolean {
  const [address = '', prefix = ''] = text.split('/');
  if (!/^[1-9]\d{0,2}$/.test(prefix) || isIPv4(address) !== (version === 'IPV4')) return false;
  const range = parseIpRange(text);
  if (range === undefined) return false;
  const hostBits = BigInt((range.family === 4 ? 32 : 128) - range.prefixLength);
  return (range.bits & ((1n << hostBits) - 1n)) === 0n;
}
