// Reads of what cannot be made yet: consoles and tools ask for it, and there is none.

import { randomUUID } from 'node:crypto';
import type { Input, XRayOperations } from './xray-context.ts';

export function operationsOfWhatIsNotYetMade() {
  return {
    async GetInsight() {
      return {};
    },
    async GetInsightEvents() {
      return { InsightEvents: [] };
    },
    async GetInsightImpactGraph(input: Input<'GetInsightImpactGraph'>) {
      const { InsightId, StartTime, EndTime } = input;
      return { InsightId, StartTime, EndTime, Services: [] };
    },
    async GetInsightSummaries() {
      return { InsightSummaries: [] };
    },
    async ListResourcePolicies() {
      return { ResourcePolicies: [] };
    },
    async GetIndexingRules() {
      return { IndexingRules: [] };
    },
    async GetTraceSegmentDestination() {
      return { Destination: 'XRay' as const, Status: 'ACTIVE' as const };
    },
    /** Retrieval is of traces in CloudWatch Logs, and none are sent there: every one of them is over and found nothing. */
    async StartTraceRetrieval() {
      return { RetrievalToken: randomUUID() };
    },
    async ListRetrievedTraces({ TraceFormat = 'XRAY' }: Input<'ListRetrievedTraces'>) {
      return { RetrievalStatus: 'COMPLETE' as const, TraceFormat, Traces: [] };
    },
    async GetRetrievedTracesGraph() {
      return { RetrievalStatus: 'COMPLETE' as const, Services: [] };
    },
    async CancelTraceRetrieval() {
      return {};
    },
  } satisfies XRayOperations;
}
