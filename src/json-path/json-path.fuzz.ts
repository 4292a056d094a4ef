// Random paths, mutated ones and garbage on random documents: a path never throws, never runs long, and keeps its budgets.

import { compileJsonPath } from './json-path.ts';
import type { JsonValue } from './json-value.ts';
import { parseJson } from './parse-json.ts';
import { printJson } from './print-json.ts';

export interface PathFuzzReport {
  readonly cases: number;
  /** Paths that were valid. */
  readonly compiled: number;
  /** Reads that found something. */
  readonly found: number;
  readonly failures: readonly { readonly case: number; readonly path: string; readonly what: string }[];
}

const limits = { stepsMax: 20_000, resultsMax: 2000 };

/** The same numbers make the same cases. */
export function fuzzJsonPath(cases: number, seed: number, seeds: readonly string[]): PathFuzzReport {
  const random = mulberry32(seed);
  const failures: { case: number; path: string; what: string }[] = [];
  let compiled = 0;
  let found = 0;
  let document: JsonValue = null;
  for (let number = 0; number < cases && failures.length < 20; number++) {
    if (number % 20 === 0) document = randomDocument(random, 5);
    const path = randomPath(random, seeds);
    try {
      const result = compileJsonPath(path);
      if (result.path === undefined) {
        const { position } = result.fault;
        if (!(position >= 0 && position <= path.length + 2)) failures.push({ case: number, path, what: `fault at ${position}` });
        continue;
      }
      compiled++;
      const before = printJson(document);
      const read = result.path.read(document, limits);
      if (read.found) {
        found++;
        if (!result.path.definite && !Array.isArray(read.value)) failures.push({ case: number, path, what: 'not a list' });
        if (Array.isArray(read.value) && !result.path.definite && read.value.length > limits.resultsMax) {
          failures.push({ case: number, path, what: `${read.value.length} results` });
        }
      }
      if (printJson(document) !== before) failures.push({ case: number, path, what: 'the document was changed' });
    } catch (error) {
      failures.push({ case: number, path, what: `threw ${error instanceof Error ? (error.stack ?? error.message) : error}` });
    }
  }
  return { cases, compiled, found, failures };
}

function randomPath(random: () => number, seeds: readonly string[]): string {
  const kind = random();
  if (kind < 0.45) return grammarPath(random, 2);
  let path = kind < 0.9 ? pick(seeds, random) : '';
  for (let count = 1 + Math.floor(random() * 5); count > 0; count--) {
    const at = Math.floor(random() * (path.length + 1));
    const end = at + Math.floor(random() * 4);
    path = random() < 0.3 ? path.slice(0, at) + path.slice(end) : path.slice(0, at) + pick(pieces, random) + path.slice(end);
  }
  return path;
}

function grammarPath(random: () => number, depth: number): string {
  let path = depth === 2 ? '$' : pick(['@', '$', '@'], random);
  for (let count = Math.floor(random() * 4); count > 0; count--) path += grammarSegment(random, depth);
  if (random() < 0.15)
    path += pick(['.length()', '.sum()', '.max()', '.keys()', '.first()', '.concat("x",@.a)', '.append(1)'], random);
  return path;
}

function grammarSegment(random: () => number, depth: number): string {
  const name = pick(['a', 'b', 'c', 'a-b', '__proto__', '1'], random);
  switch (Math.floor(random() * 9)) {
    case 0:
      return `..${name}`;
    case 1:
      return pick(['[*]', '.*', '..*', '[ * ]'], random);
    case 2:
      return `['${name}','b']`;
    case 3:
      return pick(['[0]', '[-1]', '[0,1]', '[1:]', '[:2]', '[-2:]', '[-2:5]', '[99]'], random);
    case 4:
      return depth > 0 ? `[?(${grammarFilter(random, depth - 1)})]` : '[0]';
    default:
      return `.${name}`;
  }
}

function grammarFilter(random: () => number, depth: number): string {
  const kind = random();
  if (kind < 0.2) return `!${grammarFilter(random, depth)}`;
  if (kind < 0.4 && depth >= 0) {
    return `(${grammarFilter(random, depth - 1)} ${pick(['&&', '||'], random)} ${grammarFilter(random, depth - 1)})`;
  }
  const left = grammarPath(random, Math.min(depth, 1));
  if (kind < 0.6) return left;
  const operator = pick(['==', '!=', '<', '>=', '=~', 'in', 'nin', 'contains', 'size', 'empty', 'anyof', '==='], random);
  return `${left} ${operator} ${pick(["'x'", '1', '2.5', 'true', 'null', '[1,2]', '/a.*(b|c)*/i', '{"a":1}', '@.a', '$.b'], random)}`;
}

const pieces: readonly string[] = [
  ...['$', '@', '.', '..', '[', ']', '(', ')', '?', '*', ',', ':', '-', "'", '"', '\\', '/', ' ', '!', '&&', '||', '=~'],
  ...['==', '<', 'a', 'b', '0', '-1', '99999999999', '[?(', ')]', 'length()', '.sum()', '/(a*)*b/', '{', '}', 'in', 'null'],
  ...['__proto__', 'constructor', '\u0000', 'é', '\ud800', '[*]', "['", "']", '((((', '!!!!'],
];

function randomDocument(random: () => number, depth: number): JsonValue {
  const kind = random();
  const scalars = ['1', '-2', '2.5', '12345678901', '"x"', '"abc"', 'true', 'false', 'null', '""', '99999999999999999999'];
  if (depth === 0 || (depth < 5 && kind < 0.3)) {
    const parsed = parseJson(pick(scalars, random));
    return parsed.fault === undefined ? parsed.value : null;
  }
  const size = Math.floor(random() * 5);
  if (kind < 0.6) return Array.from({ length: size }, () => randomDocument(random, depth - 1));
  const names = ['a', 'b', 'c', 'a-b', '__proto__', '1'];
  return new Map(Array.from({ length: size }, () => [pick(names, random), randomDocument(random, depth - 1)] as const));
}

function pick(list: readonly string[], random: () => number): string {
  return list[Math.floor(random() * list.length)] as string;
}

/** A small seeded generator; its numbers are the same everywhere. */
export function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
