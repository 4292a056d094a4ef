// Every operation of X-Ray that is there, in one table.

import { guardedOperations } from '../../aws/guarded-operations.ts';
import { isStoreError } from '../../store/store-error.ts';
import { encryptionConfigOperations } from './encryption-config.ts';
import { groupOperations } from './groups.ts';
import { operationsOfWhatIsNotYetMade } from './not-yet-made.ts';
import { putTraceSegmentsOperations } from './put-trace-segments.ts';
import { readTracesOperations } from './read-traces.ts';
import { samplingRuleOperations } from './sampling-rules.ts';
import { samplingStatisticsOperations } from './sampling-statistics.ts';
import { tagOperations } from './tags.ts';
import type { XRayContext, XRayOperations } from './xray-context.ts';

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
  return guardedOperations(operations, { isStorageFailure: isStoreError, code: 'ThrottledException', before: beforeEach });
}
