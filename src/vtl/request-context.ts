// `$context` of a request: its variables are read when a template asks for them, of which there are many and mostly few are asked for.

import type { JsonValue } from '../json-path/json-value.ts';
import { ContextMap, OverrideMap } from './vtl-value.ts';

/** Where the variables come from. They do not change while templates are rendered. */
export interface ContextVariables {
  /** A text, or the map of `$context.identity` and the like, made for the caller; undefined when it has no value. */
  read(name: string): JsonValue | undefined;
  /** All that have a value, in the order in which a loop sees them. */
  names(): Iterable<string>;
}

const noOverrides: readonly OverrideMap[] = [];

/** One for the request and the response template: what the first overrides, the second reads. */
export class RequestContext extends ContextMap {
  /** Undefined once all of them were read: the entries are its own then. */
  #variables: ContextVariables | undefined;
  #overrides: readonly OverrideMap[] = noOverrides;

  constructor(variables: ContextVariables) {
    super();
    this.#variables = variables;
  }

  /** The maps that templates override requests and responses through; none before a template asked for one. */
  get overrides(): readonly OverrideMap[] {
    return this.#overrides;
  }

  /** What a template may have overridden, without making the maps for it. */
  overridden(name: 'requestOverride' | 'responseOverride'): JsonValue | undefined {
    return super.get(name);
  }

  override get(key: unknown): JsonValue | undefined {
    const own = super.get(key);
    if (own !== undefined || this.#variables === undefined || typeof key !== 'string') return own;
    if (key === 'requestOverride' || key === 'responseOverride') {
      this.#makeOverrides();
      return super.get(key);
    }
    const value = this.#variables.read(key);
    // A map is the same one whenever it is asked for: a template may change it.
    if (value instanceof Map) super.set(key, value);
    return value;
  }

  override has(key: unknown): boolean {
    return this.get(key) !== undefined;
  }

  override get size(): number {
    this.#readAll();
    return super.size;
  }

  override keys(): MapIterator<unknown> {
    this.#readAll();
    return super.keys();
  }

  override values(): MapIterator<JsonValue> {
    this.#readAll();
    return super.values();
  }

  override entries(): MapIterator<[unknown, JsonValue]> {
    this.#readAll();
    return super.entries();
  }

  override [Symbol.iterator](): MapIterator<[unknown, JsonValue]> {
    return this.entries();
  }

  override forEach(callback: (value: JsonValue, key: unknown, map: Map<unknown, JsonValue>) => void): void {
    for (const [key, value] of this.entries()) callback(value, key, this);
  }

  override set(key: unknown, value: JsonValue): this {
    this.#readAll();
    return super.set(key, value);
  }

  override delete(key: unknown): boolean {
    this.#readAll();
    return super.delete(key);
  }

  override clear(): void {
    this.#readAll();
    super.clear();
  }

  #readAll(): void {
    const variables = this.#variables;
    if (variables === undefined) return;
    this.#variables = undefined;
    // In their own order, whatever was asked for before.
    const known = new Map(super.entries());
    super.clear();
    for (const name of variables.names()) {
      const value = known.get(name) ?? variables.read(name);
      if (value !== undefined) super.set(name, value);
    }
    if (this.#overrides === noOverrides) this.#makeOverrides();
    else for (const name of ['requestOverride', 'responseOverride']) super.set(name, known.get(name) as JsonValue);
  }

  #makeOverrides(): void {
    const path = new OverrideMap();
    const header = new OverrideMap();
    const querystring = new OverrideMap();
    const responseHeader = new OverrideMap();
    const response = new OverrideMap();
    response.set('header', responseHeader);
    const request = new ContextMap();
    request.set('path', path).set('header', header).set('querystring', querystring);
    this.#overrides = [path, header, querystring, response, responseHeader];
    super.set('requestOverride', request).set('responseOverride', response);
    for (const override of this.#overrides) override.beginTemplate();
  }
}
