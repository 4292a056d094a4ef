// Headers that are the same for every request of a connection, with the one among them that is not: the trace.

/** Whose trace it is. */
export interface TraceSource {
  readonly traceId: string;
}

export const TRACE_HEADER = 'X-Amzn-Trace-Id';

/** Shows `shared`, which has a place for the trace; copied by nobody, and the trace is made when somebody looks at it. */
export class HeadersWithTrace<Value> implements ReadonlyMap<string, Value> {
  readonly #shared: ReadonlyMap<string, Value>;
  readonly #source: TraceSource;
  readonly #asValue: (trace: string) => Value;

  constructor(shared: ReadonlyMap<string, Value>, source: TraceSource, asValue: (trace: string) => Value) {
    this.#shared = shared;
    this.#source = source;
    this.#asValue = asValue;
  }

  get size(): number {
    return this.#shared.size;
  }

  get(name: string): Value | undefined {
    return name === TRACE_HEADER ? this.#asValue(this.#source.traceId) : this.#shared.get(name);
  }

  has(name: string): boolean {
    return this.#shared.has(name);
  }

  keys(): MapIterator<string> {
    return this.#shared.keys();
  }

  values(): MapIterator<Value> {
    return this.#values() as MapIterator<Value>;
  }

  entries(): MapIterator<[string, Value]> {
    return this.#entries() as MapIterator<[string, Value]>;
  }

  [Symbol.iterator](): MapIterator<[string, Value]> {
    return this.entries();
  }

  forEach(callback: (value: Value, name: string, map: ReadonlyMap<string, Value>) => void): void {
    for (const [name, value] of this.#entries()) callback(value, name, this);
  }

  *#values(): Generator<Value> {
    for (const [, value] of this.#entries()) yield value;
  }

  *#entries(): Generator<[string, Value]> {
    for (const entry of this.#shared) {
      yield entry[0] === TRACE_HEADER ? [TRACE_HEADER, this.#asValue(this.#source.traceId)] : entry;
    }
  }
}
