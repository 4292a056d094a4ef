// Sets of code points: what one position of a pattern accepts.
//
// A set says at which code points its answer may change (`edges`) and which Unicode properties it asks for. Two code points
// between the same edges and equal in those properties are the same to the set, and so to every pattern made of such sets.

/** One yes-or-no fact about a code point that is no list of ranges: a Unicode category, a script. */
export interface CharacterProperty {
  readonly name: string;
  readonly test: (codePoint: number) => boolean;
}

/** What one position accepts. Sets with equal keys are equal. */
export interface CharacterSet {
  readonly key: string;
  readonly test: (codePoint: number) => boolean;
  readonly edges: readonly number[];
  readonly properties: readonly CharacterProperty[];
  /** Sorted, apart, first and last included: `[97, 122]`. Undefined when the set asks for properties. */
  readonly ranges: readonly number[] | undefined;
}

export const CODE_POINT_MAX = 0x10ffff;

/** A set of ranges: `rangeSet([48, 57])`. Any order, overlaps allowed. */
export function rangeSet(pairs: readonly number[]): CharacterSet {
  const ranges = mergeRanges(pairs);
  const edges: number[] = [];
  for (let i = 0; i < ranges.length; i += 2) edges.push(ranges[i] as number, (ranges[i + 1] as number) + 1);
  return { key: `[${ranges.join(' ')}]`, test: rangeTest(ranges), edges, properties: [], ranges };
}

export function singleSet(codePoint: number): CharacterSet {
  return rangeSet([codePoint, codePoint]);
}

export function propertySet(property: CharacterProperty): CharacterSet {
  return { key: `{${property.name}}`, test: property.test, edges: [], properties: [property], ranges: undefined };
}

export function unionSet(sets: readonly CharacterSet[]): CharacterSet {
  if (sets.length === 1) return sets[0] as CharacterSet;
  const plain = rangeSet(sets.flatMap((set) => set.ranges ?? []));
  const asking = sets.filter((set) => set.ranges === undefined);
  if (asking.length === 0) return plain;
  const parts = [plain, ...asking];
  const test = (codePoint: number): boolean => parts.some((part) => part.test(codePoint));
  return combined(`(${parts.map((part) => part.key).join('|')})`, test, parts);
}

export function intersectionSet(sets: readonly CharacterSet[]): CharacterSet {
  if (sets.length === 1) return sets[0] as CharacterSet;
  const test = (codePoint: number): boolean => sets.every((set) => set.test(codePoint));
  return combined(`(${sets.map((set) => set.key).join('&')})`, test, sets);
}

export function negatedSet(set: CharacterSet): CharacterSet {
  if (set.ranges === undefined) return combined(`!${set.key}`, (codePoint) => !set.test(codePoint), [set]);
  const pairs: number[] = [];
  let from = 0;
  for (let i = 0; i < set.ranges.length; i += 2) {
    const low = set.ranges[i] as number;
    if (low > from) pairs.push(from, low - 1);
    from = (set.ranges[i + 1] as number) + 1;
  }
  if (from <= CODE_POINT_MAX) pairs.push(from, CODE_POINT_MAX);
  return rangeSet(pairs);
}

/** The code point of a set of exactly one. */
export function onlyMember(set: CharacterSet): number | undefined {
  return set.ranges?.length === 2 && set.ranges[0] === set.ranges[1] ? set.ranges[0] : undefined;
}

function combined(key: string, test: CharacterSet['test'], parts: readonly CharacterSet[]): CharacterSet {
  return {
    key,
    test,
    edges: parts.flatMap((part) => part.edges),
    properties: parts.flatMap((part) => part.properties),
    ranges: undefined,
  };
}

function mergeRanges(pairs: readonly number[]): number[] {
  if (pairs.length <= 2) return [...pairs];
  const order: [number, number][] = [];
  for (let i = 0; i < pairs.length; i += 2) order.push([pairs[i] as number, pairs[i + 1] as number]);
  order.sort((a, b) => a[0] - b[0]);
  const merged: number[] = [];
  for (const [low, high] of order) {
    const last = merged.length - 1;
    if (last > 0 && low <= (merged[last] as number) + 1) merged[last] = Math.max(merged[last] as number, high);
    else merged.push(low, high);
  }
  return merged;
}

function rangeTest(ranges: readonly number[]): CharacterSet['test'] {
  if (ranges.length === 2) {
    const [low, high] = ranges as [number, number];
    return (codePoint) => codePoint >= low && codePoint <= high;
  }
  return (codePoint) => {
    // The number of bounds at or below decides; a range's last member counts as inside.
    let low = 0;
    let high = ranges.length / 2;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((ranges[2 * middle + 1] as number) < codePoint) low = middle + 1;
      else high = middle;
    }
    return 2 * low < ranges.length && (ranges[2 * low] as number) <= codePoint;
  };
}
