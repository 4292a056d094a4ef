// The keys and values of a JSON text, as far as it can be read. Not JSON.parse: rules look at what there is before the first fault,
// texts may be cut off, and some faults are none to AWS.
// https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-fields-list.html#waf-rule-statement-request-component-json-body

import { hexNumber } from './transformations/hex-digits.ts';

export interface JsonElement {
  readonly kind: 'KEY' | 'VALUE';
  /** Bytes of UTF-8, escapes decoded. Numbers, true, false and null as they stand. */
  readonly text: string;
}

export interface JsonElements {
  readonly elements: readonly JsonElement[];
  /** False: the text ends in the middle, or there is a fault in it. */
  readonly complete: boolean;
}

/** Which places of a document are looked at, step by step from its root. */
export interface PointerTree {
  /** All that is below. */
  readonly whole: boolean;
  readonly children: ReadonlyMap<string, PointerTree>;
}

export const WHOLE_DOCUMENT: PointerTree = { whole: true, children: new Map() };

interface Frame {
  readonly closing: '}' | ']';
  readonly tree: PointerTree | undefined;
  /** Of an object; AWS: a key that comes again is a fault. */
  readonly keys: Set<string>;
  members: number;
  afterComma: boolean;
}

const ESCAPES: Readonly<Record<string, string>> = {
  ...{ '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' },
};
const LITERAL = /[-+.\w]*/y;
const NUMBER_OR_NAME = /^(?:-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?|true|false|null)$/;

/** Places by JSON pointers (RFC 6901). */
export function pointerTree(pointers: readonly string[]): PointerTree {
  interface Growing extends PointerTree {
    whole: boolean;
    children: Map<string, Growing>;
  }
  const root: Growing = { whole: false, children: new Map() };
  for (const pointer of pointers) {
    let at = root;
    for (const escaped of pointer.split('/').slice(1)) {
      const token = Buffer.from(escaped.replaceAll('~1', '/').replaceAll('~0', '~')).toString('latin1');
      const next: Growing = at.children.get(token) ?? { whole: false, children: new Map() };
      at.children.set(token, next);
      at = next;
    }
    at.whole = true;
  }
  return root;
}

/** What `tree` says of a text, which is latin1. Depth costs nothing but room. */
export function readJsonElements(text: string, tree: PointerTree): JsonElements {
  return new JsonReader(text).read(tree);
}

class JsonReader {
  readonly #text: string;
  readonly #elements: JsonElement[] = [];
  readonly #frames: Frame[] = [];
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(tree: PointerTree): JsonElements {
    this.#skipSpace();
    // AWS: what is neither an object nor an array at its root is not read.
    const complete = this.#open(tree) && this.#members() && this.#atEnd();
    return { elements: this.#elements, complete };
  }

  #members(): boolean {
    for (let frame = this.#frames.at(-1); frame !== undefined; frame = this.#frames.at(-1)) {
      this.#skipSpace();
      const next = this.#text[this.#at];
      if (next === frame.closing && !frame.afterComma) {
        this.#at++;
        this.#frames.pop();
      } else if (next === ',' && frame.members > 0 && !frame.afterComma) {
        this.#at++;
        frame.afterComma = true;
      } else {
        // AWS: a comma may be missing.
        if (!(frame.closing === '}' ? this.#member(frame) : this.#value(child(frame.tree, `${frame.members}`)))) return false;
        frame.members++;
        frame.afterComma = false;
      }
    }
    return true;
  }

  #member(frame: Frame): boolean {
    if (this.#text[this.#at] !== '"') return false;
    const key = this.#string();
    if (frame.keys.has(key.text)) return false;
    frame.keys.add(key.text);
    if (frame.tree?.whole === true) this.#elements.push({ kind: 'KEY', text: key.text });
    if (!key.closed) return false;
    this.#skipSpace();
    // AWS: a colon may be missing, and there may be several.
    while (this.#text[this.#at] === ':') {
      this.#at++;
      this.#skipSpace();
    }
    return this.#value(child(frame.tree, key.text));
  }

  #value(tree: PointerTree | undefined): boolean {
    if (this.#open(tree)) return true;
    if (this.#text[this.#at] === '"') {
      const { text, closed } = this.#string();
      // What there is of a value that is cut off may be what somebody wants to hide.
      if (tree?.whole === true) this.#elements.push({ kind: 'VALUE', text });
      return closed;
    }
    LITERAL.lastIndex = this.#at;
    const literal = LITERAL.exec(this.#text)?.[0] ?? '';
    this.#at += literal.length;
    if (literal !== '' && tree?.whole === true) this.#elements.push({ kind: 'VALUE', text: literal });
    return NUMBER_OR_NAME.test(literal);
  }

  /** Goes into the object or array that begins here; false when there is none. */
  #open(tree: PointerTree | undefined): boolean {
    const next = this.#text[this.#at];
    if (next !== '{' && next !== '[') return false;
    this.#at++;
    this.#frames.push({ closing: next === '{' ? '}' : ']', tree, keys: new Set(), members: 0, afterComma: false });
    return true;
  }

  #string(): { readonly text: string; readonly closed: boolean } {
    const text = this.#text;
    let from = ++this.#at;
    let read = '';
    for (; this.#at < text.length; this.#at++) {
      const unit = text.charCodeAt(this.#at);
      if (unit === 34) return { text: read + text.slice(from, this.#at++), closed: true };
      // A control character is a fault.
      if (unit < 32) break;
      if (unit !== 92) continue;
      const escaped = this.#escape();
      read += text.slice(from, this.#at);
      from = this.#at;
      if (escaped === undefined) break;
      read += escaped.text;
      this.#at += escaped.length - 1;
      from = this.#at + 1;
    }
    return { text: read + text.slice(from, this.#at), closed: false };
  }

  /** What the escape here is, and how long; undefined for none. */
  #escape(): { readonly text: string; readonly length: number } | undefined {
    const letter = this.#text.charAt(this.#at + 1);
    const simple = Object.hasOwn(ESCAPES, letter) ? ESCAPES[letter] : undefined;
    if (simple !== undefined) return { text: simple, length: 2 };
    const high = letter === 'u' ? hexNumber(this.#text, this.#at + 2, 4) : -1;
    if (high === -1) return undefined;
    const isHigh = high >= 0xd800 && high <= 0xdbff && this.#text.startsWith('\\u', this.#at + 6);
    const low = isHigh ? hexNumber(this.#text, this.#at + 8, 4) : -1;
    const isPair = low >= 0xdc00 && low <= 0xdfff;
    const character = isPair ? String.fromCharCode(high, low) : String.fromCharCode(high);
    return { text: Buffer.from(character).toString('latin1'), length: isPair ? 12 : 6 };
  }

  #skipSpace(): void {
    while (' \t\n\r'.includes(this.#text[this.#at] ?? 'end')) this.#at++;
  }

  #atEnd(): boolean {
    this.#skipSpace();
    return this.#at === this.#text.length;
  }
}

function child(tree: PointerTree | undefined, token: string): PointerTree | undefined {
  return tree?.whole === true ? WHOLE_DOCUMENT : tree?.children.get(token);
}
