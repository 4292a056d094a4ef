// The typed tables of operations a service implements. The shapes are the AWS SDK's own, imported as types only.

import type { AccessKey } from './authentication.ts';

/** Who calls, as far as the wire tells. */
export interface Caller {
  /** Twelve digits. */
  readonly account: string;
  /** From the SigV4 scope, else the default region. */
  readonly region: string;
  readonly accessKeyId?: string;
  /** Of temporary credentials, as the request's header has it. */
  readonly sessionToken?: string;
  /** The key that the signature was checked with; undefined where none is asked for. Who it belongs to is not looked up again. */
  readonly key?: AccessKey;
  /** The address the request came from; undefined for calls in process. */
  readonly remoteAddress?: string;
  /** The request id that the answer carries. */
  readonly requestId: string;
  /** The Host field of the request, port kept; undefined for calls in process. */
  readonly host?: string;
  /** What stood before `/@connections/…` in the undecoded path: `` or `/{stage}` or a path form that names API and stage. */
  readonly connectionsPath?: string;
}

type CommandInstance<M, Op extends string> = `${Op}Command` extends keyof M
  ? M[`${Op}Command`] extends abstract new (
      ...args: never[]
    ) => infer C
    ? C
    : never
  : never;

/** The operation names of an SDK client module: `CreateApi`, `GetApis`, … */
export type OperationName<M> = keyof {
  [K in keyof M as K extends `${infer Op}Command` ? (Op extends '$' ? never : Op) : never]: 1;
} &
  string;

// Blobs arrive as bytes whatever the SDK's wider client-side union says; `$metadata` belongs to clients.
type Wire<T> = T extends Uint8Array
  ? Uint8Array
  : T extends Date
    ? Date
    : T extends (infer E)[]
      ? Wire<E>[]
      : T extends object
        ? { [K in keyof T as K extends '$metadata' ? never : K]: Wire<T[K]> }
        : T;

/** The input of an operation after validation; required members are there though the type says otherwise. */
export type OperationInput<M, Op extends string> = CommandInstance<M, Op> extends { input: infer I } ? Wire<I> : never;
/** What an operation may answer. */
export type OperationOutput<M, Op extends string> =
  CommandInstance<M, Op> extends { resolveMiddleware(...args: never[]): (...args: never[]) => Promise<{ output: infer O }> }
    ? Wire<O>
    : Record<string, unknown>;

/** One operation: a plain async function that throws AwsError. */
export type Operation<M, Op extends string> = (input: OperationInput<M, Op>, caller: Caller) => Promise<OperationOutput<M, Op>>;

/** For a service we call complete: a missing operation is a type error. */
export type CompleteOperations<M> = { readonly [Op in OperationName<M>]: Operation<M, Op> };
/** For a service we have begun: a missing operation answers a clear error that names it. */
export type PartialOperations<M> = { readonly [Op in OperationName<M>]?: Operation<M, Op> };

/** An operation table with its types erased, as the dispatcher holds it. Inputs were validated against the generated shapes. */
export type OperationTable = Readonly<Record<string, ((input: never, caller: Caller) => Promise<unknown>) | undefined>>;
