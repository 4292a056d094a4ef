// Which code points a program cannot tell apart: they are one letter of its alphabet, and an automaton has one column for each
// letter instead of one for each of 1,114,112 code points.

import type { CharacterProperty, CharacterSet } from './character-set.ts';
import type { Program } from './program.ts';
import { kindOf, LINE_EDGES } from './surroundings.ts';

const PAGE_BITS = 8;
const PAGE_SIZE = 1 << PAGE_BITS;
const UNKNOWN = 0xffff;
/** Above it, code points are looked up each time. */
const PAGED_MAX = 0xffff;

export class Alphabet {
  readonly #sets: readonly CharacterSet[];
  readonly #properties: readonly CharacterProperty[];
  readonly #edges: Uint32Array;
  readonly #dialect: Program['dialect'];
  readonly #asserts: boolean;
  readonly #letters = new Map<string, number>();
  readonly #pages: (Uint16Array | undefined)[] = [];
  /** For each letter, for each set: whether it is in it. */
  readonly members: Uint8Array[] = [];
  /** For each letter what it is to assertions. */
  readonly kinds: number[] = [];
  /** The letters of U+0000 to U+00FF. */
  readonly latin1: Uint16Array;

  constructor(program: Program) {
    this.#sets = program.sets;
    this.#dialect = program.dialect;
    this.#asserts = program.hasAssertions;
    this.#properties = [...new Set(program.sets.flatMap((set) => set.properties))];
    const edges = new Set(program.sets.flatMap((set) => set.edges));
    if (program.hasAssertions) for (const edge of LINE_EDGES) edges.add(edge);
    this.#edges = Uint32Array.from(edges).sort();
    this.latin1 = this.#page(0);
    for (let unit = 0; unit < PAGE_SIZE; unit++) this.latin1[unit] = this.#find(unit);
  }

  get size(): number {
    return this.members.length;
  }

  letterOf(codePoint: number): number {
    if (codePoint > PAGED_MAX) return this.#find(codePoint);
    const page = this.#page(codePoint >> PAGE_BITS);
    const known = page[codePoint & (PAGE_SIZE - 1)] as number;
    if (known !== UNKNOWN) return known;
    const letter = this.#find(codePoint);
    page[codePoint & (PAGE_SIZE - 1)] = letter;
    return letter;
  }

  #page(index: number): Uint16Array {
    let page = this.#pages[index];
    if (page === undefined) {
      page = new Uint16Array(PAGE_SIZE).fill(UNKNOWN);
      this.#pages[index] = page;
    }
    return page;
  }

  #find(codePoint: number): number {
    let place = String(edgesUpTo(this.#edges, codePoint));
    for (const property of this.#properties) place += property.test(codePoint) ? '+' : '-';
    const known = this.#letters.get(place);
    if (known !== undefined) return known;
    const kind = this.#asserts ? kindOf(codePoint, this.#dialect) : 0;
    const members = Uint8Array.from(this.#sets, (set) => (set.test(codePoint) ? 1 : 0));
    // Places that no set and no assertion tells apart are the same letter.
    let letter = this.members.findIndex((other, i) => this.kinds[i] === kind && sameBytes(other, members));
    if (letter === -1) {
      letter = this.members.push(members) - 1;
      this.kinds.push(kind);
    }
    this.#letters.set(place, letter);
    return letter;
  }
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** How many of the sorted edges are at or before the code point. */
function edgesUpTo(edges: Uint32Array, codePoint: number): number {
  let low = 0;
  let high = edges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((edges[middle] as number) <= codePoint) low = middle + 1;
    else high = middle;
  }
  return low;
}
