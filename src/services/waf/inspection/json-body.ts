// JSON bodies: the keys and values at the ends of the tree, as far as the text can be read.
// AWS: looked at are leaf keys and values under the included paths; a body that is no JSON is decided by the fallback. Seen: WAF
// developer guide, "JSON body".

import type * as Wire from '@aws-sdk/client-wafv2';
import type { Document } from '../rule-document.ts';
import type { PartText, PartTexts } from './request-parts.ts';

type JsonBody = Document<Wire.JsonBody>;

/** Deeper than any body that is meant to be read. */
const DEPTH_MAX = 256;

interface Leaf {
  /** From the root; numbers of array elements as text. */
  readonly path: readonly string[];
  /** Undefined: an element of an array. */
  readonly key: string | undefined;
  readonly value: string;
  /** A key whose value is an object or an array. */
  readonly isBranch: boolean;
}

export function jsonTexts(body: string, { MatchPattern, MatchScope = 'ALL', InvalidFallbackBehavior }: JsonBody): PartTexts {
  const reader = new LeafReader(body);
  const isValid = reader.read();
  if (!isValid) {
    if (InvalidFallbackBehavior === 'MATCH') return 'match';
    if (InvalidFallbackBehavior === 'NO_MATCH') return 'noMatch';
    if (InvalidFallbackBehavior === 'EVALUATE_AS_STRING') return [{ text: body }];
  }
  const included = MatchPattern?.IncludedPaths?.map(pointerParts);
  const texts: PartText[] = [];
  for (const { path, key, value, isBranch } of reader.leaves) {
    const within = included === undefined ? 0 : lengthOfPrefix(included, path);
    if (within < 0) continue;
    // The keys of the path itself are not looked at.
    if (MatchScope !== 'VALUE' && key !== undefined && path.length > within) texts.push({ text: key });
    if (MatchScope !== 'KEY' && !isBranch) texts.push({ text: value });
  }
  return texts;
}

/** `/a/b~1c` */
function pointerParts(pointer: string): readonly string[] {
  return pointer === '/' || pointer === ''
    ? []
    : pointer
        .slice(1)
        .split('/')
        .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function lengthOfPrefix(included: readonly (readonly string[])[], path: readonly string[]): number {
  for (const parts of included)
    if (parts.length <= path.length && parts.every((part, at) => path[at] === part)) return parts.length;
  return -1;
}

/** Reads as far as it can. AWS: missing commas, missing colons and colons too many are no reason to stop. */
class LeafReader {
  readonly leaves: Leaf[] = [];
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Whether the whole text could be read. */
  read(): boolean {
    this.#space();
    const first = this.#text[this.#at];
    if (first !== '{' && first !== '[') return false;
    if (!this.#container([], 0)) return false;
    this.#space();
    return this.#at === this.#text.length;
  }

  #container(path: readonly string[], depth: number): boolean {
    if (depth > DEPTH_MAX) return false;
    const isObject = this.#text[this.#at++] === '{';
    const end = isObject ? '}' : ']';
    const seen = new Set<string>();
    for (let element = 0; ; element++) {
      this.#space(',');
      const next = this.#text[this.#at];
      if (next === end) {
        this.#at++;
        return true;
      }
      if (next === undefined) return false;
      let key: string | undefined;
      if (isObject) {
        key = this.#string();
        // AWS: a key that is there twice ends it.
        if (key === undefined || seen.has(key)) return false;
        seen.add(key);
        this.#space(':');
      }
      if (!this.#value([...path, key ?? String(element)], key, depth)) return false;
    }
  }

  #value(path: readonly string[], key: string | undefined, depth: number): boolean {
    const next = this.#text[this.#at];
    if (next === '{' || next === '[') {
      if (key !== undefined) this.leaves.push({ path, key, value: '', isBranch: true });
      return this.#container(path, depth + 1);
    }
    const value = next === '"' ? this.#string() : this.#word();
    if (value === undefined) return false;
    this.leaves.push({ path, key, value, isBranch: false });
    return true;
  }

  /** Numbers and words are looked at as they are written. */
  #word(): string | undefined {
    const start = this.#at;
    while (/[-+.0-9A-Za-z]/.test(this.#text[this.#at] ?? '')) this.#at++;
    const word = this.#text.slice(start, this.#at);
    return /^(?:true|false|null|-?\d[\d.eE+-]*)$/.test(word) ? word : undefined;
  }

  /** Its content with escapes undone; bytes above ASCII stay bytes. */
  #string(): string | undefined {
    if (this.#text[this.#at] !== '"') return undefined;
    let end = this.#at + 1;
    while (end < this.#text.length && this.#text[end] !== '"') end += this.#text[end] === '\\' ? 2 : 1;
    if (end >= this.#text.length) return undefined;
    const raw = this.#text.slice(this.#at + 1, end);
    this.#at = end + 1;
    if (!raw.includes('\\')) return raw;
    return raw.replace(/\\(?:u([0-9a-fA-F]{4})|([\s\S]))/g, (_, hex: string | undefined, other = '') =>
      hex === undefined
        ? (escapes[other] ?? other)
        : Buffer.from(String.fromCharCode(Number.parseInt(hex, 16)), 'utf8').toString('latin1'),
    );
  }

  #space(and = ''): void {
    for (
      let next = this.#text[this.#at];
      next !== undefined && (' \t\r\n'.includes(next) || next === and);
      next = this.#text[this.#at]
    )
      this.#at++;
  }
}

const escapes: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };
