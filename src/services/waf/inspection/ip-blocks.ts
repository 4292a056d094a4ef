// Whether an address is in one of many CIDR blocks: blocks become ranges in order when they are compiled, and a look at them is a
// search among those.

import { parseIpRange } from '../../../iam-policy/ip-range.ts';

/** An address of version 4 or 6. An IPv4 address in IPv6's clothes (`::ffff:192.0.2.1`) is an IPv4 address. */
export interface IpAddress {
  readonly family: 4 | 6;
  readonly bits: bigint;
}

/** Undefined for what is no address. */
export function parseIpAddress(text: string): IpAddress | undefined {
  return text.includes('/') ? undefined : parseIpRange(text);
}

export class IpBlocks {
  readonly #ranges: Readonly<Record<4 | 6, Ranges>>;

  /** Throws for a block that is none. */
  constructor(blocks: readonly string[]) {
    const ranges: Record<4 | 6, Range[]> = { 4: [], 6: [] };
    for (const block of blocks) {
      const range = parseIpRange(block);
      if (range === undefined) throw new Error(`no CIDR block: ${block}`);
      const { family, bits, prefixLength } = range;
      const room = (1n << BigInt((family === 4 ? 32 : 128) - prefixLength)) - 1n;
      const first = (bits | room) ^ room;
      ranges[family].push({ first, last: first | room });
    }
    this.#ranges = { 4: merged(ranges[4]), 6: merged(ranges[6]) };
  }

  has({ family, bits }: IpAddress): boolean {
    const { firsts, lasts } = this.#ranges[family];
    // The last range that begins at the address or before it.
    let [low, high] = [0, firsts.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((firsts[middle] as bigint) <= bits) low = middle + 1;
      else high = middle;
    }
    return low > 0 && bits <= (lasts[low - 1] as bigint);
  }
}

interface Range {
  readonly first: bigint;
  readonly last: bigint;
}

/** Apart from each other, in order. */
interface Ranges {
  readonly firsts: readonly bigint[];
  readonly lasts: readonly bigint[];
}

function merged(ranges: readonly Range[]): Ranges {
  const firsts: bigint[] = [];
  const lasts: bigint[] = [];
  for (const { first, last } of ranges.toSorted((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : 0))) {
    const before = lasts.at(-1);
    if (before === undefined || first > before) {
      firsts.push(first);
      lasts.push(last);
    } else if (last > before) lasts[lasts.length - 1] = last;
  }
  return { firsts, lasts };
}
