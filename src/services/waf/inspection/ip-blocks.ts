// Addresses in CIDR blocks: thousands of blocks, a look at a handful for each address.

import { isIP } from 'node:net';

/** First and last address of each block, by their beginnings, none of them touching another. */
type Ranges = readonly (readonly [first: bigint, last: bigint])[];

export class IpBlocks {
  readonly #v4: Ranges;
  readonly #v6: Ranges;

  constructor(blocks: readonly string[]) {
    const v4: (readonly [bigint, bigint])[] = [];
    const v6: (readonly [bigint, bigint])[] = [];
    for (const block of blocks) {
      const [address = '', prefix] = block.split('/');
      const parsed = parseIp(address);
      if (parsed === undefined) continue;
      const bits = parsed.version === 4 ? 32 : 128;
      const host = BigInt(bits - Number(prefix ?? bits));
      const first = (parsed.value >> host) << host;
      (parsed.version === 4 ? v4 : v6).push([first, first + (1n << host) - 1n]);
    }
    this.#v4 = merged(v4);
    this.#v6 = merged(v6);
  }

  /** False for what is no address. */
  has(address: string): boolean {
    const parsed = parseIp(address);
    return parsed !== undefined && isWithin(parsed.version === 4 ? this.#v4 : this.#v6, parsed.value);
  }
}

interface ParsedIp {
  readonly version: 4 | 6;
  readonly value: bigint;
}

/** An IPv4 address that IPv6 carries (`::ffff:192.0.2.1`) is the IPv4 address. */
export function parseIp(text: string): ParsedIp | undefined {
  const version = isIP(text);
  if (version === 4) return { version, value: v4Bits(text) };
  if (version !== 6 || text.includes('%')) return undefined;
  const value = v6Bits(text);
  return value >> 32n === 0xffffn ? { version: 4, value: value & 0xffffffffn } : { version, value };
}

function v4Bits(text: string): bigint {
  return BigInt(text.split('.').reduce((bits, part) => bits * 256 + Number(part), 0));
}

function v6Bits(text: string): bigint {
  const dots = text.lastIndexOf(':') + 1;
  const tail = text.slice(dots);
  const plain = tail.includes('.') ? `${text.slice(0, dots)}${hexPair(v4Bits(tail))}` : text;
  const [left = '', right] = plain.split('::');
  const groups = (part: string): string[] => (part === '' ? [] : part.split(':'));
  const front = groups(left);
  const back = groups(right ?? '');
  const zeros = Array<string>(right === undefined ? 0 : 8 - front.length - back.length).fill('0');
  return [...front, ...zeros, ...back].reduce((bits, group) => (bits << 16n) | BigInt(`0x${group}`), 0n);
}

function hexPair(bits: bigint): string {
  return `${(bits >> 16n).toString(16)}:${(bits & 0xffffn).toString(16)}`;
}

function merged(ranges: readonly (readonly [bigint, bigint])[]): Ranges {
  const sorted = ranges.toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  const out: [bigint, bigint][] = [];
  for (const [first, last] of sorted) {
    const before = out.at(-1);
    if (before !== undefined && first <= before[1] + 1n) before[1] = last > before[1] ? last : before[1];
    else out.push([first, last]);
  }
  return out;
}

function isWithin(ranges: Ranges, value: bigint): boolean {
  let low = 0;
  let high = ranges.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const [first, last] = ranges[middle] as readonly [bigint, bigint];
    if (value < first) high = middle - 1;
    else if (value > last) low = middle + 1;
    else return true;
  }
  return false;
}
