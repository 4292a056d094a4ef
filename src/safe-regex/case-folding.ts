// Which code points are the same when case is ignored: ASCII only, or (with the flag u) by Unicode's simple mappings.

import { type CharacterSet, onlyMember, rangeSet } from './character-set.ts';

/** The set with both cases of its letters. Sets that ask for properties stay as they are. */
export function ignoringCase(set: CharacterSet, unicode: boolean): CharacterSet {
  if (set.ranges === undefined) return set;
  const pairs = [...set.ranges];
  addShifted(pairs, set.ranges, 65, 90, 32);
  addShifted(pairs, set.ranges, 97, 122, -32);
  if (unicode) {
    const variants = caseVariants();
    const single = onlyMember(set);
    if (single !== undefined) for (const same of variants.get(single) ?? []) pairs.push(same, same);
    else for (const [codePoint, others] of variants) if (set.test(codePoint)) for (const same of others) pairs.push(same, same);
  }
  return rangeSet(pairs);
}

function addShifted(pairs: number[], ranges: readonly number[], low: number, high: number, by: number): void {
  for (let i = 0; i < ranges.length; i += 2) {
    const from = Math.max(ranges[i] as number, low);
    const to = Math.min(ranges[i + 1] as number, high);
    if (from <= to) pairs.push(from + by, to + by);
  }
}

/** The blocks that have letters with case: a scan of all of Unicode would hold the process for tens of milliseconds. */
const CASED_BLOCKS = [
  0x41, 0x5a, 0x61, 0x7a, 0xb5, 0x587, 0x10a0, 0x10ff, 0x13a0, 0x13fd, 0x1c80, 0x1cbf, 0x1d79, 0x1d8e, 0x1e00, 0x1fff, 0x2126,
  0x2188, 0x24b6, 0x24e9, 0x2c00, 0x2d2d, 0xa640, 0xa7f6, 0xab53, 0xabbf, 0xff21, 0xff5a, 0x10400, 0x10595, 0x10597, 0x105bc,
  0x10c80, 0x10cf2, 0x118a0, 0x118df, 0x16e40, 0x16e7f, 0x1e900, 0x1e943,
];

let variants: Map<number, readonly number[]> | undefined;

/** For each letter with case the other code points that are the same letter. */
function caseVariants(): ReadonlyMap<number, readonly number[]> {
  if (variants !== undefined) return variants;
  /** Java compares by the lower case of the upper case, so letters with one upper case are all the same. */
  const families = new Map<number, number[]>();
  for (let i = 0; i < CASED_BLOCKS.length; i += 2) {
    for (let codePoint = CASED_BLOCKS[i] as number; codePoint <= (CASED_BLOCKS[i + 1] as number); codePoint++) {
      const folded = mapped(mapped(codePoint, 'toUpperCase'), 'toLowerCase');
      const family = families.get(folded);
      if (family === undefined) families.set(folded, [codePoint]);
      else family.push(codePoint);
    }
  }
  variants = new Map();
  for (const family of families.values()) {
    if (family.length === 1) continue;
    for (const letter of family)
      variants.set(
        letter,
        family.filter((other) => other !== letter),
      );
  }
  return variants;
}

/** A mapping to several letters (ß to SS) is none. */
function mapped(codePoint: number, how: 'toUpperCase' | 'toLowerCase'): number {
  const text = String.fromCodePoint(codePoint)[how]();
  const result = text.codePointAt(0) as number;
  return text.length === (result > 0xffff ? 2 : 1) ? result : codePoint;
}
