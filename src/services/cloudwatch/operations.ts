// Every operation of CloudWatch that is there, in one table.

import { AwsError } from '../../aws/aws-error.ts';
import type { OperationTable } from '../../aws/operations.ts';
import { StoreError } from '../../store/store-error.ts';
import { alarmHistoryOperations } from './alarm-history.ts';
import { alarmStateOperations } from './alarm-states.ts';
import type { CloudWatchContext, CloudWatchOperations } from './cloudwatch-context.ts';
import { dashboardOperations } from './dashboards.ts';
import { describeAlarmsOperations } from './describe-alarms.ts';
import { getMetricDataOperations } from './get-metric-data.ts';
import { getMetricStatisticsOperations } from './get-metric-statistics.ts';
import { listMetricsOperations } from './list-metrics.ts';
import { operationsOfWhatIsNotYetMade } from './not-yet-made.ts';
import { putCompositeAlarmOperations } from './put-composite-alarm.ts';
import { putMetricAlarmOperations } from './put-metric-alarm.ts';
import { putMetricDataOperations } from './put-metric-data.ts';
import { tagOperations } from './tags.ts';

type Run = NonNullable<OperationTable[string]>;

/** The table the dispatcher asks. `beforeEach` brings what was counted and is not yet kept. */
export function cloudWatchOperations(context: CloudWatchContext, beforeEach: () => Promise<void>): CloudWatchOperations {
  const operations: CloudWatchOperations = {
    ...putMetricDataOperations(context),
    ...listMetricsOperations(context),
    ...getMetricStatisticsOperations(context),
    ...getMetricDataOperations(context),
    ...putMetricAlarmOperations(context),
    ...putCompositeAlarmOperations(context),
    ...describeAlarmsOperations(context),
    ...alarmStateOperations(context),
    ...alarmHistoryOperations(context),
    ...dashboardOperations(context),
    ...tagOperations(context),
    ...operationsOfWhatIsNotYetMade(),
  };
  const guarded = Object.entries(operations as OperationTable).map(([name, run]) => [name, run && guard(run)]);
  // Each entry keeps the type of the operation it wraps; the loop cannot say so.
  return Object.fromEntries(guarded) as CloudWatchOperations;

  function guard(run: Run): Run {
    return async (input, caller) => {
      try {
        await beforeEach();
        return await run(input, caller);
      } catch (error) {
        // A disk that is full or broken is no bug of an operation: the caller is told, and nothing was acknowledged.
        if (!(error instanceof StoreError)) throw error;
        throw new AwsError(
          'InternalServiceFault',
          'The request could not be kept. Nothing was acknowledged; try again when the data directory can be written.',
          { cause: error },
        );
      }
    };
  }
}
