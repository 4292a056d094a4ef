// Every operation of X-Ray that is there, in one table.

import { AwsError } from '../../aws/aws-error.ts';
import type { OperationTable } from '../../aws/operations.ts';
import { StoreError } from '../../store/store-error.ts';
import { encryptionConfigOperations } from './encryption-config.ts';
import { groupOperations } from './groups.ts';
import { operationsOfWhatIsNotYetMade } from './not-yet-made.ts';
import { putTraceSegmentsOperations } from './put-trace-segments.ts';
import { readTracesOperations } from './read-traces.ts';
import { samplingRuleOperations } from './sampling-rules.ts';
import { samplingStatisticsOperations } from './sampling-statistics.ts';
import { tagOperations } from './tags.ts';
import type { XRayContext, XRayOperations } from './xray-context.ts';

type Run = NonNullable<OperationTable[string]>;

/** The table the dispatcher asks. `beforeEach` keeps the segments that still wait. */
export function xrayOperations(context: XRayContext, beforeEach: () => void): XRayOperations {
  const operations: XRayOperations = {
    ...putTraceSegmentsOperations(context),
    ...readTracesOperations(context),
    ...samplingRuleOperations(context),
    ...samplingStatisticsOperations(context),
    ...groupOperations(context),
    ...encryptionConfigOperations(context),
    ...tagOperations(context),
    ...operationsOfWhatIsNotYetMade(),
  };
  const guarded = Object.entries(operations as OperationTable).map(([name, run]) => [name, run && guard(run)]);
  // Each entry keeps the type of the operation it wraps; the loop cannot say so.
  return Object.fromEntries(guarded) as XRayOperations;

  function guard(run: Run): Run {
    return async (input, caller) => {
      try {
        beforeEach();
        return await run(input, caller);
      } catch (error) {
        // A disk that is full or broken is no bug of an operation: the caller is told, and nothing was acknowledged.
        if (!(error instanceof StoreError)) throw error;
        throw new AwsError(
          'ThrottledException',
          'The request could not be kept. Nothing was acknowledged; try again when the data directory can be written.',
          { cause: error },
        );
      }
    };
  }
}
