// Reads of what cannot be made yet: tools ask for it after every change of a log group, and there is none.

import type { Caller } from '../../aws/operations.ts';
import { loadLogGroup } from './log-group-document.ts';
import { type Input, type LogsContext, type LogsOperations, scopeOf } from './logs-context.ts';

export function operationsOfWhatIsNotYetMade({ store }: LogsContext) {
  return {
    async DescribeMetricFilters(input: Input<'DescribeMetricFilters'>, caller: Caller) {
      if (input.logGroupName !== undefined) await loadLogGroup(store, scopeOf(caller), input.logGroupName);
      return { metricFilters: [] };
    },
    async DescribeSubscriptionFilters(input: Input<'DescribeSubscriptionFilters'>, caller: Caller) {
      await loadLogGroup(store, scopeOf(caller), input.logGroupName);
      return { subscriptionFilters: [] };
    },
    async DescribeDestinations() {
      return { destinations: [] };
    },
    async DescribeQueryDefinitions() {
      return { queryDefinitions: [] };
    },
  } satisfies LogsOperations;
}
