// Reads of what cannot be made yet: consoles and tools ask for it, and there is none.

import type { CloudWatchOperations } from './cloudwatch-context.ts';

export function operationsOfWhatIsNotYetMade() {
  return {
    async DescribeAnomalyDetectors() {
      return { AnomalyDetectors: [] };
    },
    async DescribeInsightRules() {
      return { InsightRules: [] };
    },
    async ListMetricStreams() {
      return { Entries: [] };
    },
    async ListManagedInsightRules() {
      return { ManagedRules: [] };
    },
  } satisfies CloudWatchOperations;
}
