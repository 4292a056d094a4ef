// PutTraceSegments: segments that callers made themselves.
// https://docs.aws.amazon.com/xray/latest/api/API_PutTraceSegments.html

import type { Caller } from '../../aws/operations.ts';
import { readSegment } from './segment.ts';
import type { NewSegment } from './trace-store.ts';
import { type Input, scopeOf, type XRayContext, type XRayOperations } from './xray-context.ts';

export function putTraceSegmentsOperations({ traces }: XRayContext) {
  return {
    async PutTraceSegments(input: Input<'PutTraceSegments'>, caller: Caller) {
      const scope = scopeOf(caller);
      const segments: NewSegment[] = [];
      const unprocessed: { Id?: string; ErrorCode: string; Message: string }[] = [];
      for (const text of input.TraceSegmentDocuments ?? []) {
        const segment = readSegment(text);
        if ('problem' in segment) {
          const { problem, id } = segment;
          // AWS: these words, from memory of the service.
          unprocessed.push({
            ...(id === undefined ? {} : { Id: id }),
            ErrorCode: problem,
            Message: `Invalid segment. ErrorCode: ${problem}`,
          });
        } else segments.push({ scope, segment, text });
      }
      if (segments.length > 0) traces.add(segments);
      return { UnprocessedTraceSegments: unprocessed };
    },

    /** How a daemon does: nothing is made of it. */
    async PutTelemetryRecords() {
      return {};
    },
  } satisfies XRayOperations;
}
