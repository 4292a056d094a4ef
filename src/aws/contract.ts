// Loads the generated wire contract of a service, and builds its shapes only as operations need them: a start must not pay
// for a thousand operations.

import { readFileSync } from 'node:fs';
import { SERVICES, type ServiceName } from './services.ts';
import type {
  Constraint,
  ErrorShape,
  Limits,
  Member,
  MemberLocation,
  OperationShape,
  ServiceContract,
  Shape,
  StructureShape,
  TimestampFormat,
} from './shapes.ts';

type Reference = number | null;
type Traits = Readonly<Record<string, unknown>> | 0;
type RawMember = readonly [
  name: string,
  reference: Reference,
  traits?: Traits,
  limits?: string | Readonly<Record<string, string>>,
];
type RawShape = readonly [kind: number, name: string, traits: Traits, ...rest: unknown[]];

interface RawConstraint {
  readonly e?: readonly string[];
  readonly l?: readonly [number | null, number | null];
  readonly r?: readonly [number | null, number | null];
  readonly p?: string;
}

interface RawContract {
  readonly namespace: string;
  readonly version: string;
  readonly target?: string;
  readonly xmlNamespace?: string;
  readonly unsigned: readonly string[];
  readonly operations: Readonly<Record<string, readonly [Traits, Reference, Reference]>>;
  readonly errors: Readonly<Record<string, number>>;
  readonly constraints: Readonly<Record<string, RawConstraint>>;
  readonly shapes: readonly RawShape[];
}

const loaded = new Map<ServiceName, ServiceContract>();

/** The contract of a service; read from disk the first time. */
export function serviceContract(service: ServiceName): ServiceContract {
  let contract = loaded.get(service);
  if (contract === undefined) {
    contract = new GeneratedContract(service);
    loaded.set(service, contract);
  }
  return contract;
}

const TIMESTAMP_FORMATS: Readonly<Record<number, TimestampFormat>> = {
  4: 'protocolDefault',
  5: 'date-time',
  6: 'http-date',
  7: 'epoch-seconds',
};

const SIMPLE: ReadonlyMap<number, Shape> = new Map<number, Shape>([
  [0, { type: 'string' }],
  [1, { type: 'number' }],
  [2, { type: 'boolean' }],
  ...[4, 5, 6, 7].map((n): [number, Shape] => [n, { type: 'timestamp', format: TIMESTAMP_FORMATS[n] as TimestampFormat }]),
  [15, { type: 'document' }],
  [21, { type: 'blob' }],
  [42, { type: 'blob' }],
]);

class GeneratedContract implements ServiceContract {
  readonly service: ServiceName;
  readonly namespace: string;
  readonly version: string;
  readonly target: string;
  readonly xmlNamespace: string;
  readonly unsignedOperations: ReadonlySet<string>;
  readonly #raw: RawContract;
  readonly #shapes = new Map<number, Shape>();
  readonly #operations = new Map<string, OperationShape>();
  readonly #constraints = new Map<string, Constraint>();
  #errors: Map<string, ErrorShape> | undefined;

  constructor(service: ServiceName) {
    this.service = service;
    const file = new URL(`generated/${service}.json`, import.meta.url);
    this.#raw = JSON.parse(readFileSync(file, 'utf8')) as RawContract;
    this.namespace = this.#raw.namespace;
    this.version = this.#raw.version;
    this.target = this.#raw.target ?? '';
    this.xmlNamespace = this.#raw.xmlNamespace ?? '';
    this.unsignedOperations = new Set(this.#raw.unsigned);
  }

  get facts(): ServiceContract['facts'] {
    return SERVICES[this.service];
  }

  get operationNames(): readonly string[] {
    return Object.keys(this.#raw.operations);
  }

  get errorNames(): readonly string[] {
    return Object.keys(this.#raw.errors);
  }

  httpOf(operation: string): OperationShape['http'] {
    const traits = Object.hasOwn(this.#raw.operations, operation) ? this.#raw.operations[operation]?.[0] : undefined;
    return (traits || undefined)?.['http'] as OperationShape['http'];
  }

  operation(name: string): OperationShape | undefined {
    const known = this.#operations.get(name);
    if (known !== undefined) return known;
    if (!Object.hasOwn(this.#raw.operations, name)) return undefined;
    const [, input, output] = this.#raw.operations[name] as RawContract['operations'][string];
    const operation: OperationShape = {
      name,
      http: this.httpOf(name),
      input: input === null ? undefined : (this.#shape(input) as StructureShape),
      output: output === null ? undefined : (this.#shape(output) as StructureShape),
    };
    this.#operations.set(name, operation);
    return operation;
  }

  error(code: string): ErrorShape | undefined {
    if (this.#errors === undefined) {
      this.#errors = new Map();
      const byQueryCode: [string, ErrorShape][] = [];
      for (const [name, reference] of Object.entries(this.#raw.errors)) {
        const error = this.#error(name, reference);
        this.#errors.set(name, error);
        byQueryCode.push([error.queryCode, error]);
      }
      for (const [queryCode, error] of byQueryCode) if (!this.#errors.has(queryCode)) this.#errors.set(queryCode, error);
    }
    return this.#errors.get(code);
  }

  #error(name: string, reference: number): ErrorShape {
    const raw = this.#raw.shapes[-reference - 1] as RawShape;
    const traits = raw[2] || {};
    const fault = traits['error'] === 'server' ? 'server' : 'client';
    const query = traits['awsQueryError'] as readonly [string, number] | undefined;
    return {
      name,
      status: (traits['httpError'] as number | undefined) ?? query?.[1] ?? (fault === 'server' ? 500 : 400),
      fault,
      queryCode: query?.[0] ?? name,
      hasQueryCode: query !== undefined,
      structure: this.#shape(reference) as StructureShape,
    };
  }

  #shape(reference: Reference): Shape {
    if (reference === null) throw new Error(`${this.service}: a unit shape inside a structure`);
    if (reference >= 128) return { type: 'map', value: this.#shape(reference - 128) };
    if (reference >= 64) return { type: 'list', element: this.#shape(reference - 64) };
    if (reference >= 0) {
      const simple = SIMPLE.get(reference);
      if (simple === undefined) throw new Error(`${this.service}: unknown simple type ${reference}`);
      return simple;
    }
    const known = this.#shapes.get(reference);
    if (known !== undefined) return known;
    const [kind, name, traits, ...rest] = this.#raw.shapes[-reference - 1] as RawShape;
    switch (kind) {
      case 0: {
        const shape = this.#shape(rest[0] as Reference);
        this.#shapes.set(reference, shape);
        return shape;
      }
      case 1: {
        // Set before its parts are built: shapes refer to themselves.
        const list: { type: 'list'; element: Shape } = { type: 'list', element: { type: 'string' } };
        this.#shapes.set(reference, list);
        list.element = this.#shape((rest[0] as [Reference])[0]);
        return list;
      }
      case 2: {
        const map: { type: 'map'; value: Shape } = { type: 'map', value: { type: 'string' } };
        this.#shapes.set(reference, map);
        map.value = this.#shape((rest[1] as [Reference])[0]);
        return map;
      }
      default: {
        const members: Member[] = [];
        const eventStream = traits !== 0 && traits['streaming'] === 1;
        const structure: StructureShape = { type: kind === 4 ? 'union' : 'structure', name, members, eventStream };
        this.#shapes.set(reference, structure);
        const required = rest[0] as number;
        (rest[1] as RawMember[]).forEach((raw, i) => {
          members.push(this.#member(raw, i < required));
        });
        return structure;
      }
    }
  }

  #member([name, reference, rawTraits, limits]: RawMember, required: boolean): Member {
    const traits = rawTraits || {};
    const [location, locationName] = locationOf(name, traits);
    return {
      name,
      jsonName: (traits['jsonName'] as string | undefined) ?? name,
      location,
      locationName,
      shape: this.#shape(reference),
      required,
      idempotencyToken: traits['idempotencyToken'] === 1,
      sensitive: traits['sensitive'] === 1 || this.#isSensitive(reference),
      eventPayload: traits['eventPayload'] === 1,
      limits: limits === undefined || limits === (0 as unknown) ? undefined : this.#limits(limits),
    };
  }

  #isSensitive(reference: Reference): boolean {
    if (reference === null || reference >= 0) return false;
    const traits = (this.#raw.shapes[-reference - 1] as RawShape)[2];
    return traits !== 0 && traits['sensitive'] === 1;
  }

  #limits(limits: string | Readonly<Record<string, string>>): Limits {
    if (typeof limits === 'string') return { self: this.#constraint(limits) };
    const part = (name: string): Constraint | undefined => {
      const constraint = limits[name];
      return constraint === undefined ? undefined : this.#constraint(constraint);
    };
    return { self: part(''), element: part('member'), key: part('key'), value: part('value') };
  }

  #constraint(name: string): Constraint {
    let constraint = this.#constraints.get(name);
    if (constraint === undefined) {
      const raw = this.#raw.constraints[name] as RawConstraint;
      constraint = { name, values: raw.e && new Set(raw.e), length: raw.l, range: raw.r, pattern: raw.p };
      this.#constraints.set(name, constraint);
    }
    return constraint;
  }
}

function locationOf(name: string, traits: Readonly<Record<string, unknown>>): [MemberLocation, string] {
  if (traits['httpLabel'] === 1) return ['label', name];
  if (typeof traits['httpQuery'] === 'string') return ['query', traits['httpQuery']];
  if (traits['httpQueryParams'] === 1) return ['queryParams', ''];
  if (typeof traits['httpHeader'] === 'string') return ['header', traits['httpHeader'].toLowerCase()];
  if (traits['httpPayload'] === 1) return ['payload', ''];
  if (traits['httpResponseCode'] === 1) return ['status', ''];
  return ['body', ''];
}
