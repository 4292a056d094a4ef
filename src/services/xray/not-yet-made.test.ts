import assert from 'node:assert/strict';
import { test } from 'node:test';
import { operationsOfWhatIsNotYetMade } from './not-yet-made.ts';

test('what is not there answers as if there were none', async () => {
  const operations = operationsOfWhatIsNotYetMade();
  const retrieved = await operations.ListRetrievedTraces({ RetrievalToken: 'x', TraceFormat: 'OTEL' });
  assert.deepEqual(retrieved, { RetrievalStatus: 'COMPLETE', TraceFormat: 'OTEL', Traces: [] });
  assert.deepEqual(await operations.GetTraceSegmentDestination(), { Destination: 'XRay', Status: 'ACTIVE' });
  assert.deepEqual(await operations.GetInsightSummaries(), { InsightSummaries: [] });
});
