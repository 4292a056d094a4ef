// Patterns of the policy language: `*`, `?` and policy variables `${key}`, `${key, 'default'}`, `${*}`.

/** Values of the request context that a variable stands for; keys are lower case. */
export type VariableLookup = (key: string) => string | undefined;

type Part =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'any' }
  | { readonly kind: 'one' }
  | { readonly kind: 'variable'; readonly key: string; readonly fallback: string | undefined };

/** `*` in a resolved pattern. Code units are never negative, so a literal `*` cannot be mistaken for it. */
const ANY = -1;
/** `?` in a resolved pattern. */
const ONE = -2;

/** A pattern whose variables have been replaced: code units, ANY and ONE. */
export type ResolvedPattern = readonly number[];

/** A parsed pattern. `resolved` is there from the start when it holds no variable. */
export interface TextPattern {
  readonly source: string;
  readonly parts: readonly Part[];
  readonly resolved: ResolvedPattern | undefined;
}

export interface TextPatternOptions {
  /** `*` and `?` stand for other text; otherwise they are themselves. */
  readonly wildcards: boolean;
  /** `${…}` is replaced; Version 2008-10-17 takes it literally. */
  readonly variables: boolean;
}

/** Parses a pattern. Never fails: an unclosed `${` is literal text. */
export function parseTextPattern(source: string, options: TextPatternOptions): TextPattern {
  const parts: Part[] = [];
  let literal = '';
  const push = (part: Part): void => {
    if (literal !== '') parts.push({ kind: 'literal', text: literal });
    literal = '';
    parts.push(part);
  };
  for (let index = 0; index < source.length; index++) {
    const char = source[index] as string;
    if (options.variables && char === '$' && source[index + 1] === '{') {
      const end = source.indexOf('}', index + 2);
      if (end !== -1) {
        const inner = source.slice(index + 2, end);
        if (inner === '*' || inner === '?' || inner === '$') literal += inner;
        else push(parseVariable(inner));
        index = end;
        continue;
      }
    }
    if (options.wildcards && char === '*') push({ kind: 'any' });
    else if (options.wildcards && char === '?') push({ kind: 'one' });
    else literal += char;
  }
  if (literal !== '') parts.push({ kind: 'literal', text: literal });
  const fixed = parts.every((part) => part.kind !== 'variable');
  return { source, parts, resolved: fixed ? resolveParts(parts, noVariables) : undefined };
}

/** Replaces the variables; undefined when one has neither a value nor a default. */
export function resolveTextPattern(pattern: TextPattern, lookup: VariableLookup): ResolvedPattern | undefined {
  return pattern.resolved ?? resolveParts(pattern.parts, lookup);
}

/**
 * Whether the whole text fits. Backs up only to the last `*`, which is quick for the patterns that people write; where that takes
 * long (`*aaab` over a long run of `a`), a simulation takes over whose work is bounded by text × pattern / 32.
 */
export function matchesPattern(pattern: ResolvedPattern, text: string, from = 0, to = text.length): boolean {
  let at = from;
  let next = 0;
  let starNext = -1;
  let starAt = 0;
  let backUps = 0;
  while (at < to) {
    const wanted = pattern[next];
    if (wanted === ANY) {
      starNext = ++next;
      starAt = at;
      if (starNext === pattern.length) return true;
    } else if (wanted === ONE || wanted === text.charCodeAt(at)) {
      next++;
      at++;
    } else if (starNext !== -1) {
      // What was matched since the star is what is lost by backing up.
      backUps += at - starAt;
      if (backUps > BACK_UPS_MAX) return simulatePattern(pattern, text, from, to);
      next = starNext;
      at = ++starAt;
    } else {
      return false;
    }
  }
  while (pattern[next] === ANY) next++;
  return next === pattern.length;
}

/** Characters that may be looked at again before the simulation is the cheaper way. */
const BACK_UPS_MAX = 4096;

/** Every state of the pattern at once, one bit each: bit n is set when the first n units fit the text so far. */
function simulatePattern(pattern: ResolvedPattern, text: string, from: number, to: number): boolean {
  const words = (pattern.length >>> 5) + 1;
  const stars = new Uint32Array(words);
  const ones = new Uint32Array(words);
  const literals = new Map<number, Uint32Array>();
  for (const [index, unit] of pattern.entries()) {
    const bits = unit === ANY ? stars : unit === ONE ? ones : literalBits(literals, unit, words);
    setBit(bits, index);
  }
  let states = new Uint32Array(words);
  let following = new Uint32Array(words);
  setBit(states, 0);
  skipStars(states, stars);
  for (let at = from; at < to; at++) {
    const literal = literals.get(text.charCodeAt(at));
    let carry = 0;
    for (let word = 0; word < words; word++) {
      const state = states[word] as number;
      const star = state & (stars[word] as number);
      const step = state & ((ones[word] as number) | (literal === undefined ? 0 : (literal[word] as number)));
      following[word] = (step << 1) | carry | star;
      carry = step >>> 31;
    }
    [states, following] = [following, states];
    skipStars(states, stars);
  }
  return ((states[pattern.length >>> 5] as number) & (1 << (pattern.length & 31))) !== 0;
}

function literalBits(literals: Map<number, Uint32Array>, unit: number, words: number): Uint32Array {
  let bits = literals.get(unit);
  if (bits === undefined) {
    bits = new Uint32Array(words);
    literals.set(unit, bits);
  }
  return bits;
}

function setBit(bits: Uint32Array, index: number): void {
  bits[index >>> 5] = (bits[index >>> 5] as number) | (1 << (index & 31));
}

/** A star fits no text, too. No two stars follow each other, so once is enough. */
function skipStars(states: Uint32Array, stars: Uint32Array): void {
  let carry = 0;
  for (let word = 0; word < states.length; word++) {
    const waiting = (states[word] as number) & (stars[word] as number);
    states[word] = (states[word] as number) | (waiting << 1) | carry;
    carry = waiting >>> 31;
  }
}

/** The pattern with its literal letters in lower case, for comparisons that ignore case (ASCII letters). */
export function lowerCasePattern(pattern: ResolvedPattern): ResolvedPattern {
  return pattern.map((unit) => (unit >= 65 && unit <= 90 ? unit + 32 : unit));
}

/** True for a pattern that is just `*`. */
export function isEverything(pattern: ResolvedPattern): boolean {
  return pattern.length > 0 && pattern.every((unit) => unit === ANY);
}

/** Splits a resolved pattern at colons, into at most `parts` pieces; the last keeps its colons. */
export function splitPatternAtColons(pattern: ResolvedPattern, parts: number): ResolvedPattern[] {
  const pieces: ResolvedPattern[] = [];
  let start = 0;
  while (pieces.length < parts - 1) {
    const colon = pattern.indexOf(58, start);
    if (colon === -1) break;
    pieces.push(pattern.slice(start, colon));
    start = colon + 1;
  }
  pieces.push(pattern.slice(start));
  return pieces;
}

function parseVariable(inner: string): Part {
  const comma = inner.indexOf(', ');
  const key = (comma === -1 ? inner : inner.slice(0, comma)).trim().toLowerCase();
  if (comma === -1) return { kind: 'variable', key, fallback: undefined };
  const quoted = inner.slice(comma + 2).trim();
  const isQuoted = quoted.length >= 2 && quoted.startsWith("'") && quoted.endsWith("'");
  return { kind: 'variable', key, fallback: isQuoted ? quoted.slice(1, -1) : quoted };
}

function resolveParts(parts: readonly Part[], lookup: VariableLookup): ResolvedPattern | undefined {
  const units: number[] = [];
  for (const part of parts) {
    if (part.kind === 'any') {
      if (units.at(-1) !== ANY) units.push(ANY);
    } else if (part.kind === 'one') {
      units.push(ONE);
    } else {
      // A variable's value is literal text: a user who may choose it must not be able to widen the pattern.
      const text = part.kind === 'literal' ? part.text : (lookup(part.key) ?? part.fallback);
      if (text === undefined) return undefined;
      for (let index = 0; index < text.length; index++) units.push(text.charCodeAt(index));
    }
  }
  return units;
}

function noVariables(): undefined {
  return undefined;
}
