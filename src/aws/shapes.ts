// The words of the wire contract: what an operation, a shape, a member and a constraint are, once loaded from generated/.

import type { ServiceFacts, ServiceName } from './services.ts';

/** A constrained shape of the model. */
export interface Constraint {
  /** Name of the constrained shape in AWS's model. */
  readonly name: string;
  /** Allowed values in the model's order. */
  readonly values?: ReadonlySet<string>;
  /** Least and greatest length: characters of a string, bytes of a blob, entries of a list or map. */
  readonly length?: readonly [number | null, number | null];
  readonly range?: readonly [number | null, number | null];
  /** Java regular expression, to be found anywhere or matched whole as its anchors say. */
  readonly pattern?: string;
}

/** The constraints on a member: on its value, and on the parts of a list or map. */
export interface Limits {
  readonly self?: Constraint;
  readonly element?: Constraint;
  readonly key?: Constraint;
  readonly value?: Constraint;
}

/** How a timestamp is spelled; most leave it to the protocol. */
export type TimestampFormat = 'protocolDefault' | 'date-time' | 'http-date' | 'epoch-seconds';

/** Text, also of enums. */
export interface StringShape {
  readonly type: 'string';
}
/** Any number; the schemas do not tell integers apart. */
export interface NumberShape {
  readonly type: 'number';
}
/** true or false. */
export interface BooleanShape {
  readonly type: 'boolean';
}
/** Any JSON value. */
export interface DocumentShape {
  readonly type: 'document';
}
/** A Date. */
export interface TimestampShape {
  readonly type: 'timestamp';
  readonly format: TimestampFormat;
}
/** Bytes. */
export interface BlobShape {
  readonly type: 'blob';
}
/** An array without null entries. */
export interface ListShape {
  readonly type: 'list';
  readonly element: Shape;
}
/** A dictionary with text keys, without prototype. */
export interface MapShape {
  readonly type: 'map';
  readonly value: Shape;
}
/** `union`: exactly one member is set. */
export interface StructureShape {
  readonly type: 'structure' | 'union';
  readonly name: string;
  readonly members: readonly Member[];
  /** An event stream: a union whose members are the kinds of event. */
  readonly eventStream: boolean;
}

/** Any value on the wire. */
export type Shape =
  | StringShape
  | NumberShape
  | BooleanShape
  | DocumentShape
  | TimestampShape
  | BlobShape
  | ListShape
  | MapShape
  | StructureShape;

/** Where a member travels in HTTP-bound protocols. */
export type MemberLocation = 'body' | 'label' | 'query' | 'queryParams' | 'header' | 'payload' | 'status';

/** A member of a structure and where it travels. */
export interface Member {
  /** The SDK's spelling. */
  readonly name: string;
  /** Key in JSON. */
  readonly jsonName: string;
  readonly location: MemberLocation;
  /** Label, query parameter or header name (lower case). */
  readonly locationName: string;
  readonly shape: Shape;
  readonly required: boolean;
  /** Filled with a UUID when the client left it out. */
  readonly idempotencyToken: boolean;
  /** Never repeated in a message. */
  readonly sensitive: boolean;
  readonly eventPayload: boolean;
  readonly limits: Limits | undefined;
}

/** A modelled error. */
export interface ErrorShape {
  /** Name in the model: `NotFoundException`. */
  readonly name: string;
  readonly status: number;
  readonly fault: 'client' | 'server';
  /** The code awsQuery answers carry. */
  readonly queryCode: string;
  /** Whether the model states the query code, so that JSON and CBOR answers repeat it in a header. */
  readonly hasQueryCode: boolean;
  readonly structure: StructureShape;
}

/** An operation with its shapes built. */
export interface OperationShape {
  readonly name: string;
  /** [method, uri, success status] for restJson1 services. */
  readonly http: readonly [string, string, number] | undefined;
  /** Undefined: the operation takes nothing. */
  readonly input: StructureShape | undefined;
  /** Undefined: the operation answers nothing. */
  readonly output: StructureShape | undefined;
}

/** One service's wire contract. Shapes are built when an operation is first used. */
export interface ServiceContract {
  readonly service: ServiceName;
  readonly facts: ServiceFacts;
  readonly namespace: string;
  readonly version: string;
  readonly target: string;
  readonly xmlNamespace: string;
  readonly operationNames: readonly string[];
  /** Operations that clients send unsigned. */
  readonly unsignedOperations: ReadonlySet<string>;
  /** HTTP binding without building the operation's shapes. */
  httpOf(operation: string): readonly [string, string, number] | undefined;
  operation(name: string): OperationShape | undefined;
  readonly errorNames: readonly string[];
  /** By model name or by query code. */
  error(code: string): ErrorShape | undefined;
}
