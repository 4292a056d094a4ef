// The text of an OpenAPI document, JSON or YAML, to plain values, with hard limits on what is taken; and from a place in it back to
// its line, for error messages.

import { type Alias, isAlias, isMap, isPair, isScalar, isSeq, LineCounter, type Node, parseDocument, type Scalar } from 'yaml';

/** AWS: a document has at most 6 MB. Seen: developer guide, quotas. */
const TEXT_LIMIT_BYTES = 6 * 1024 * 1024;
/** So much takes 3 to 7 s to be read, and up to 300 MB of memory. Ours, not AWS's. */
const YAML_LIMIT_BYTES = 1024 * 1024;
/** In a larger document an error has a pointer and no line: it would be read a second time for it. */
const PLACE_LIMIT_BYTES = 1024 * 1024;
/** Where V8 does not say where a JSON text is broken, it is looked for in shorter ones. */
const BROKEN_LIMIT_BYTES = 64 * 1024;
/** Values of one document after its aliases are followed: an alias bomb stops here. */
const VALUE_LIMIT = 200_000;
const DEPTH_LIMIT = 100;

/** Why a text is no document. `line` counts from 1. */
export class DocumentFault extends Error {
  readonly line: number | undefined;
  /** It is one, and more than is taken here. */
  readonly isLimit: boolean;

  constructor(message: string, line?: number, isLimit = false) {
    super(message);
    this.line = line;
    this.isLimit = isLimit;
  }
}

function limitFault(message: string): DocumentFault {
  return new DocumentFault(message, undefined, true);
}

export type DocumentValue =
  | string
  | number
  | boolean
  | null
  | readonly DocumentValue[]
  | { readonly [name: string]: DocumentValue };

/** Throws DocumentFault. In YAML a name that stands twice in one object is a fault. */
export function parseOpenApiText(text: string): DocumentValue {
  const bytes = Buffer.byteLength(text);
  if (bytes > TEXT_LIMIT_BYTES) throw limitFault('The document is larger than 6 MB.');
  if (isJson(text)) return checked(parseJson(text));
  if (bytes > YAML_LIMIT_BYTES) throw limitFault('A YAML document can have 1 MB. Write a larger one as JSON.');
  return parseYaml(text);
}

/** The lines of a document's values. It is read for them when somebody asks for the first time. */
export class DocumentLines {
  readonly #text: string;
  readonly #counter = new LineCounter();
  /** null: it was tried, or is too much. */
  #root: Node | null | undefined = undefined;

  constructor(text: string) {
    this.#text = text;
  }

  /** The line on which the value stands that `path` leads to, or the last value on the way that exists. */
  lineOf(path: readonly string[]): number | undefined {
    if (this.#root === undefined) this.#root = this.#read();
    let node = this.#root;
    let offset = node?.range?.[0];
    for (const name of path) {
      const next = step(node, name);
      if (next === undefined) break;
      [offset, node] = next;
    }
    return offset === undefined ? undefined : this.#counter.linePos(offset).line;
  }

  #read(): Node | null {
    if (Buffer.byteLength(this.#text) > PLACE_LIMIT_BYTES) return null;
    try {
      // JSON is YAML, too.
      return parseDocument(this.#text, { lineCounter: this.#counter, ...yamlOptions }).contents as Node | null;
    } catch {
      // The place is a courtesy; the message stands without it.
      return null;
    }
  }
}

const yamlOptions = { prettyErrors: false, logLevel: 'error', merge: false } as const;

/** True when the text is to be read as JSON: it begins with a brace. */
export function isJson(text: string): boolean {
  return /^\uFEFF?\s*\{/.test(text);
}

function parseJson(text: string): DocumentValue {
  try {
    const document = text.replace(/^\uFEFF/, '');
    return withVersionAsWritten(JSON.parse(document) as DocumentValue, document);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const position = /position (\d+)/.exec(message)?.[1];
    const line = position === undefined ? lineOfError(text) : text.slice(0, Number(position)).split('\n').length;
    // V8 repeats a part of the text behind a comma or in brackets; the place says enough.
    throw new DocumentFault(`The document is not JSON: ${message.split(/, "| \(line| in JSON/)[0]}.`, line);
  }
}

/** `1.0` is a version, not 1, as in YAML. Elsewhere a number is its value. */
function withVersionAsWritten(root: DocumentValue, text: string): DocumentValue {
  const info = isObject(root) ? root['info'] : undefined;
  if (!isObject(root) || !isObject(info) || typeof info['version'] !== 'number') return root;
  const sources = new WeakMap<object, string | undefined>();
  const again = JSON.parse(text, function (this: object, name: string, value: unknown, context?: { readonly source?: string }) {
    if (name === 'version') sources.set(this, context?.source);
    return value;
  }) as { readonly info: object };
  return { ...root, info: { ...info, version: sources.get(again.info) ?? info['version'] } };
}

/** V8 does not always say where. YAML's parser stumbles over most of the same mistakes. */
function lineOfError(text: string): number | undefined {
  if (Buffer.byteLength(text) > BROKEN_LIMIT_BYTES) return undefined;
  const lineCounter = new LineCounter();
  try {
    const error = parseDocument(text, { lineCounter, ...yamlOptions }).errors[0];
    return error && lineCounter.linePos(error.pos[0]).line;
  } catch {
    return undefined;
  }
}

/** JSON has no aliases, but depth and size. */
function checked(value: DocumentValue): DocumentValue {
  let values = 0;
  let level: DocumentValue[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > DEPTH_LIMIT) throw tooDeep();
    values += level.length;
    if (values > VALUE_LIMIT) throw tooMany();
    level = level.flatMap((each) => (typeof each === 'object' && each !== null ? Object.values(each) : []));
  }
  return value;
}

function tooDeep(): DocumentFault {
  return limitFault(`The document is nested deeper than ${DEPTH_LIMIT} levels.`);
}

function tooMany(): DocumentFault {
  return limitFault(`The document has more than ${VALUE_LIMIT} values, aliases included.`);
}

function parseYaml(text: string): DocumentValue {
  const lineCounter = new LineCounter();
  try {
    const document = parseDocument(text, { lineCounter, ...yamlOptions });
    const error = document.errors[0];
    if (error !== undefined) {
      const sentence = error.message.split('\n')[0]?.replace(/\.?$/, '.') ?? '';
      throw new DocumentFault(`The document is neither JSON nor YAML: ${sentence}`, lineCounter.linePos(error.pos[0]).line);
    }
    return new YamlValues((alias) => alias.resolve(document)).convert(document.contents as Node | null, 0);
  } catch (error) {
    // The parser recurses once per level of nesting.
    if (error instanceof RangeError) throw tooDeep();
    throw error;
  }
}

class YamlValues {
  readonly #resolve: (alias: Alias) => Node | undefined;
  #values = 0;

  constructor(resolve: (alias: Alias) => Node | undefined) {
    this.#resolve = resolve;
  }

  convert(node: Node | null | undefined, depth: number): DocumentValue {
    this.#values += 1;
    if (this.#values > VALUE_LIMIT) throw tooMany();
    if (depth > DEPTH_LIMIT) throw tooDeep();
    if (node === null || node === undefined) return null;
    if (isAlias(node)) return this.convert(this.#resolve(node), depth + 1);
    if (isScalar(node)) return scalarValue(node);
    if (isSeq(node)) return node.items.map((item) => this.convert(item as Node | null, depth + 1));
    if (!isMap(node)) return null;
    const own: [string, DocumentValue][] = [];
    const merged: [string, DocumentValue][] = [];
    for (const pair of node.items) {
      if (!isPair(pair)) continue;
      const name = keyText(pair.key);
      const value = this.convert(pair.value as Node | null, depth + 1);
      if (name !== '<<') own.push([name, value]);
      else for (const source of [value].flat()) if (isObject(source)) merged.push(...Object.entries(source));
    }
    // What stands there itself wins over what is merged in, and what is merged first over what comes later.
    return Object.fromEntries([...merged.reverse(), ...own]);
  }
}

/** A number that would be written in another way stays the text it was: `2.0` is a version, not 2. */
function scalarValue(node: Scalar): DocumentValue {
  const { value, source } = node;
  if (typeof value === 'number') return source === undefined || String(value) === source ? value : source;
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  return String(value);
}

function keyText(key: unknown): string {
  if (!isScalar(key)) return '';
  return String(scalarValue(key));
}

function isObject(value: DocumentValue | undefined): value is { readonly [name: string]: DocumentValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function step(node: Node | null, name: string): [number | undefined, Node | null] | undefined {
  if (isSeq(node)) {
    const item = node.items[Number(name)] as Node | undefined;
    return item && [item.range?.[0], item];
  }
  if (!isMap(node)) return undefined;
  const pair = node.items.find((each) => keyText(each.key) === name);
  return pair && [(pair.key as Node).range?.[0], pair.value as Node | null];
}
