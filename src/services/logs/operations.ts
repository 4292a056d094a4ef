// Every operation of CloudWatch Logs that is there, in one table.

import { guardedOperations } from '../../aws/guarded-operations.ts';
import { isStoreError } from '../../store/store-error.ts';
import { filterLogEventsOperations } from './filter-log-events.ts';
import { getLogEventsOperations } from './get-log-events.ts';
import { logGroupOperations } from './log-groups.ts';
import { logStreamOperations } from './log-streams.ts';
import type { LogsContext, LogsOperations } from './logs-context.ts';
import { operationsOfWhatIsNotYetMade } from './not-yet-made.ts';
import { putLogEventsOperations } from './put-log-events.ts';
import { resourcePolicyOperations } from './resource-policies.ts';
import { tagOperations } from './tags.ts';

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
  // Lines of functions and APIs that are still queued are kept first: whoever asks for them, or deletes them, finds them.
  const before = () => context.flush();
  return guardedOperations(operations, { isStorageFailure: isStoreError, code: 'ServiceUnavailableException', before });
}
