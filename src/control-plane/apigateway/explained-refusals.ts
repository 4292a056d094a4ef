// Operations whose refusals say in AWS's words less than is known: the client gets AWS's sentence, and whoever looks after the server the
// rest of it.

import { AwsError } from '../../aws/aws-error.ts';
import type { Caller, OperationTable } from '../../aws/operations.ts';

/** A document can be as long as 6 MB, and everything in it can be wrong. */
const LENGTH_MAX = 2_000;

type Run = (input: unknown, caller: Caller) => Promise<unknown>;

/** The same operations; a refusal whose cause is a text is told to `onNotice`, too. */
export function explainedRefusals<T extends object>(operations: T, onNotice: (notice: string) => void): T {
  const table = Object.entries(operations as OperationTable);
  // Each entry keeps the type of the operation it wraps; the loop cannot say so.
  return Object.fromEntries(table.map(([name, run]) => [name, run && explained(name, run as unknown as Run, onNotice)])) as T;
}

function explained(name: string, run: Run, onNotice: (notice: string) => void): Run {
  return async (input, caller) => {
    try {
      return await run(input, caller);
    } catch (error) {
      if (error instanceof AwsError && typeof error.cause === 'string' && error.cause !== '') {
        const why = error.cause.length <= LENGTH_MAX ? error.cause : `${error.cause.slice(0, LENGTH_MAX)}…`;
        onNotice(`${name} was refused. ${why}`);
      }
      throw error;
    }
  };
}
