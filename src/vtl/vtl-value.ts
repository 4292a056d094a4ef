// What a template computes with: JSON values, Java's own lists, and the few objects that a template can reach.
//
// Everything a template may do with a value is in `methods/`; there is no other way to it, so a name such as `constructor`
// is a key of a map or nothing.

import type { JsonObject, JsonValue } from '../json-path/json-value.ts';

/** Undefined and null are both Java's null. */
export type Value = JsonValue | VtlObject | undefined;

/** An object with members of its own. */
export abstract class VtlObject {
  /** `$x.name` and `$x["name"]`; undefined for null or no such member. */
  abstract property(name: string): Value;
  /** Java's simple or full class name. */
  abstract readonly className: string;
}

/** A list made in the template, or by a Java method: it prints as `[a, b]`. One from a JSON document prints as JSON. */
export class JavaList extends Array<JsonValue> {
  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }
}

/** What `split` gives: a Java array, which takes no more items. */
export class JavaArray extends JavaList {}

/** What `keySet()`, `values()` and `entrySet()` of a map give: it can be gone over, but an item of it has no index. */
export class MapView extends JavaList {
  readonly owner: JsonObject;
  readonly className: string;

  constructor(owner: JsonObject, className: string, items: Iterable<Value>) {
    super();
    this.owner = owner;
    this.className = className;
    let size = 0;
    for (const item of items) this[size++] = toElement(item);
  }
}

/** `$context` and what is in it. AWS: as a whole they print as nothing. Seen: test_apigateway_sqs (recorded). */
export class ContextMap extends Map<unknown, JsonValue> {}

/** Headers, parameters or a status that templates override. */
export class OverrideMap extends ContextMap {
  /** AWS: the same override twice is an error. Seen: developer guide, "override API request and response parameters". */
  twice: string | undefined;
  #setHere: Set<unknown> | undefined;

  /** What an earlier template has set may be set again. */
  beginTemplate(): void {
    this.twice = undefined;
    this.#setHere = undefined;
  }

  override set(key: unknown, value: JsonValue): this {
    this.#setHere ??= new Set();
    if (this.#setHere.has(key)) this.twice ??= String(key);
    this.#setHere.add(key);
    return super.set(key, value);
  }
}

export class MapEntry extends VtlObject {
  readonly key: Value;
  readonly owner: JsonObject;
  readonly className = 'java.util.Map$Entry';

  constructor(owner: JsonObject, key: Value) {
    super();
    this.owner = owner;
    this.key = key;
  }

  get value(): Value {
    return this.owner.get(this.key ?? null);
  }

  property(name: string): Value {
    return name === 'key' ? this.key : name === 'value' ? this.value : undefined;
  }
}

/** What `iterator()` gives. */
export class JavaIterator extends VtlObject {
  readonly className = 'java.util.Iterator';
  readonly #items: readonly Value[];
  #next = 0;

  constructor(items: readonly Value[]) {
    super();
    this.#items = items;
  }

  get hasNext(): boolean {
    return this.#next < this.#items.length;
  }

  next(): Value {
    return this.#items[this.#next++];
  }

  /** What is left of it. */
  rest(): readonly Value[] {
    const rest = this.#items.slice(this.#next);
    this.#next = this.#items.length;
    return rest;
  }

  property(): Value {
    return undefined;
  }

  override toString(): string {
    return this.className;
  }
}

/** What `charAt` gives: it prints as a text of one character and has none of a text's methods. */
export class JavaCharacter extends VtlObject {
  readonly className = 'java.lang.Character';
  readonly text: string;

  constructor(text: string) {
    super();
    this.text = text;
  }

  property(): Value {
    return undefined;
  }

  override toString(): string {
    return this.text;
  }
}

/** `$x.class`: its name, and no way to anything else. */
export class JavaClass extends VtlObject {
  readonly name: string;
  readonly className = 'java.lang.Class';

  constructor(name: string) {
    super();
    this.name = name;
  }

  property(name: string): Value {
    if (name === 'name') return this.name;
    return name === 'simpleName' ? this.name.slice(this.name.lastIndexOf('.') + 1) : undefined;
  }
}

/** `$foreach`. */
export class ForeachScope extends VtlObject {
  index = -1;
  hasNext = false;
  readonly parent: ForeachScope | undefined;
  readonly className = 'org.apache.velocity.runtime.directive.ForeachScope';

  constructor(parent: ForeachScope | undefined) {
    super();
    this.parent = parent;
  }

  property(name: string): Value {
    switch (name) {
      case 'index':
        return this.index;
      case 'count':
        return this.index + 1;
      case 'hasNext':
        return this.hasNext;
      case 'first':
        return this.index === 0;
      case 'last':
        return !this.hasNext;
      case 'parent':
        return this.parent;
      case 'topmost': {
        let scope: ForeachScope = this;
        while (scope.parent !== undefined) scope = scope.parent;
        return scope;
      }
      default:
        return undefined;
    }
  }
}

export function listOf(items: readonly Value[]): JavaList {
  const list = new JavaList();
  // By index: `push` on a subclass is several times slower.
  for (let index = 0; index < items.length; index++) list[index] = toElement(items[index]);
  return list;
}

/** A list and a map may hold any value; their element type is that of JSON. */
export function toElement(value: Value): JsonValue {
  return (value ?? null) as JsonValue;
}
