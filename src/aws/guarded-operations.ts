// Operations that tell their caller when a store cannot keep or read their work: a disk that is full, read-only or broken is no bug of
// an operation.

import { AwsError } from './aws-error.ts';
import type { Caller, OperationTable } from './operations.ts';

export interface StorageRefusal {
  /** Whether an error says so. */
  readonly isStorageFailure: (error: unknown) => boolean;
  /** The error by which the service tells it; its own bugs have another name. */
  readonly code: string;
  /** Where the service's model does not know the error. */
  readonly status?: number;
  readonly fields?: Readonly<Record<string, string>>;
  /** Runs before each operation, as a part of it. */
  readonly before?: (operation: string, input: Readonly<Record<string, unknown>>) => void | Promise<void>;
}

type Run = (input: Readonly<Record<string, unknown>>, caller: Caller) => Promise<unknown>;

/** The same operations; what fails for storage was not acknowledged, and is answered with `refusal.code`. */
export function guardedOperations<T extends object>(operations: T, refusal: StorageRefusal): T {
  const table = Object.entries(operations as OperationTable);
  const guarded = table.map(([name, run]) => [name, run && guard(name, run as unknown as Run, refusal)]);
  // Each entry keeps the type of the operation it wraps; the loop cannot say so.
  return Object.fromEntries(guarded) as T;
}

function guard(name: string, run: Run, { isStorageFailure, code, status, fields, before }: StorageRefusal): Run {
  return async (input, caller) => {
    try {
      await before?.(name, input);
      return await run(input, caller);
    } catch (error) {
      if (!isStorageFailure(error)) throw error;
      const message =
        'The request could not be kept. Nothing was acknowledged; try again when the data directory can be written.';
      throw new AwsError(code, message, { ...(status && { status }), ...(fields && { fields }), cause: error });
    }
  };
}
