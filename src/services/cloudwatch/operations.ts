// Every operation of CloudWatch that is there, in one table.

import { guardedOperations } from '../../aws/guarded-operations.ts';
import { isStoreError } from '../../store/store-error.ts';
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
  return guardedOperations(operations, { isStorageFailure: isStoreError, code: 'InternalServiceFault', before: beforeEach });
}
