// The answers that the HTTP core makes before any API is known (malformed, too large, too late), in the words of the gateway.

import { gatewayAnswers } from '../data-plane/http-api/refusal.ts';
import { newRequestId } from '../data-plane/http-api/request-id.ts';
import { beginResponseHeaders } from '../data-plane/http-api/response-headers.ts';
import type { CoreAnswer } from '../http1/message.ts';
import { bodyTooLargeAnswer } from './rest-api-door.ts';

const bodies = new Map<number, string>(Object.values(gatewayAnswers).map(({ status, body }) => [status, body]));

/**
 * For createHttp1Server's `refusal`. A status that no gateway answer has gets its name as the message.
 * AWS: what it says to malformed and oversized heads is not recorded; the form is that of its other answers.
 */
export function coreAnswer(status: number, isForRestApi = false): CoreAnswer {
  if (status === 413 && isForRestApi) return bodyTooLargeAnswer();
  const headers = beginResponseHeaders();
  headers.addTrusted(`Content-Type: application/json\r\nApigw-Requestid: ${newRequestId()}\r\n`);
  return { headers, body: bodies.get(status) ?? `{"message":"${names.get(status) ?? 'Bad Request'}"}` };
}

const names = new Map<number, string>([
  [408, 'Request Timeout'],
  [414, 'Request URI Too Long'],
  [417, 'Expectation Failed'],
  [501, 'Not Implemented'],
  [505, 'HTTP Version Not Supported'],
]);
