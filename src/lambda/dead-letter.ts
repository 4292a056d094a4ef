// What a dead-letter queue gets of an asynchronous event that was given up: the event, and in attributes what went wrong.
// https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html#invocation-dlq

import type { FunctionResult } from '../data-plane/ports.ts';
import type { EventDocument } from './event-document.ts';
import type { ResultMessage } from './result-targets.ts';

/** AWS: the first kilobyte of the message. Seen: Lambda guide, "Dead-letter queue message attributes". */
const ERROR_MESSAGE_BYTES_MAX = 1024;

export function deadLetter(document: EventDocument, functionArn: string, result: FunctionResult): ResultMessage {
  const message = Buffer.from(errorMessageOf(result)).subarray(0, ERROR_MESSAGE_BYTES_MAX).toString('utf8');
  const code = result.kind === 'refused' ? (result.refusal === 'TooManyRequests' ? '429' : '500') : '200';
  return {
    body: document.event,
    attributes: [
      { name: 'RequestID', type: 'String', value: document.requestId },
      { name: 'ErrorCode', type: 'Number', value: code },
      // An attribute without a value is none.
      ...(message === '' ? [] : [{ name: 'ErrorMessage', type: 'String', value: message } as const]),
    ],
    detailType: '',
    functionArn,
  };
}

function errorMessageOf(result: FunctionResult): string {
  if (result.kind === 'refused') return result.message;
  try {
    const { errorMessage } = JSON.parse(result.payload) as { errorMessage?: unknown };
    return typeof errorMessage === 'string' ? errorMessage : '';
  } catch {
    return '';
  }
}
