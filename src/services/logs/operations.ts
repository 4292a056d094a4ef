// Every operation of CloudWatch Logs that is there, in one table.

import { AwsError } from '../../aws/aws-error.ts';
import type { OperationTable } from '../../aws/operations.ts';
import { StoreError } from '../../store/store-error.ts';
import { filterLogEventsOperations } from './filter-log-events.ts';
import { getLogEventsOperations } from './get-log-events.ts';
import { logGroupOperations } from './log-groups.ts';
import { logStreamOperations } from './log-streams.ts';
import type { LogsContext, LogsOperations } from './logs-context.ts';
import { operationsOfWhatIsNotYetMade } from './not-yet-made.ts';
import { putLogEventsOperations } from './put-log-events.ts';
import { resourcePolicyOperations } from './resource-policies.ts';
import { tagOperations } from './tags.ts';

type Run = NonNullable<OperationTable[string]>;

/** The table the dispatcher asks. */
export function logsOperations(context: LogsContext): LogsOperations {
  const operations: LogsOperations = {
    ...logGroupOperations(context),
    ...logStreamOperations(context),
    ...putLogEventsOperations(context),
    ...getLogEventsOperations(context),
    ...filterLogEventsOperations(context),
    ...tagOperations(context),
    ...resourcePolicyOperations(context),
    ...operationsOfWhatIsNotYetMade(context),
  };
  const guarded = Object.entries(operations as OperationTable).map(([name, run]) => [
    name,
    run && orServiceUnavailable(afterQueue(run)),
  ]);
  // Each entry keeps the type of the operation it wraps; the loop cannot say so.
  return Object.fromEntries(guarded) as LogsOperations;

  /** Lines of functions and APIs that are still queued are kept first: whoever asks for them, or deletes them, finds them. */
  function afterQueue(run: Run): Run {
    return async (input, caller) => {
      await context.flush();
      return run(input, caller);
    };
  }
}

/** A disk that is full or broken is no bug of an operation: the caller is told, and nothing was acknowledged. */
function orServiceUnavailable(run: Run): Run {
  return async (input, caller) => {
    try {
      return await run(input, caller);
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      throw new AwsError(
        'ServiceUnavailableException',
        'The request could not be kept. Nothing was acknowledged; try again when the data directory can be written.',
        { cause: error },
      );
    }
  };
}
