// What a destination is told about an asynchronous invocation.
// https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html

import type { FunctionResult } from '../data-plane/ports.ts';
import type { EventDocument } from './event-document.ts';

/** Why it came to this. */
export type InvocationCondition = 'Success' | 'RetriesExhausted' | 'EventAgeExceeded' | 'ZeroReservedConcurrency';

/** The record as JSON text. `functionArn` is qualified; `executedVersion` is the version that ran last. */
export function invocationRecord(
  event: EventDocument,
  functionArn: string,
  condition: InvocationCondition,
  attempts: number,
  executedVersion: string,
  result: FunctionResult,
): string {
  const head = {
    version: '1.0',
    timestamp: new Date().toISOString(),
    requestContext: { requestId: event.requestId, functionArn, condition, approximateInvokeCount: attempts },
  };
  // The payloads are JSON already: they are put in as they are.
  let text = `${JSON.stringify(head).slice(0, -1)},"requestPayload":${event.event}`;
  // AWS: nothing about an answer when there was none. Seen: test/parity, test_reserved_concurrency.
  if (result.kind !== 'refused') {
    const context = {
      statusCode: 200,
      executedVersion,
      ...(result.kind === 'functionError' && { functionError: 'Unhandled' }),
    };
    text += `,"responseContext":${JSON.stringify(context)},"responsePayload":${result.payload || 'null'}`;
  }
  return `${text}}`;
}
