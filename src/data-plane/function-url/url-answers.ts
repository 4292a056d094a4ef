// The answers that a function URL makes itself.

import { randomUUID } from 'node:crypto';
import type { HeaderBlock } from '../../http1/header-block.ts';
import type { ServerRequest } from '../../http1/message.ts';
import { beginResponseHeaders } from '../http-api/response-headers.ts';

/** AWS: what nobody may, and what is not there. Seen: test/parity, test_lambda_permission_url_invocation and url_persists_after_alias_delete. */
export const FORBIDDEN =
  'Forbidden. For troubleshooting Function URL authorization issues, see: https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html';

/** Begins the header section of any answer. */
export function beginUrlHeaders(requestId: string): HeaderBlock {
  const headers = beginResponseHeaders();
  headers.addTrusted(`x-amzn-RequestId: ${requestId}\r\n`);
  return headers;
}

/** Completes the headers of an error and makes its body. */
export function urlErrorBody(headers: HeaderBlock, type: string, message: string): string {
  headers.addTrusted(`Content-Type: application/json\r\nx-amzn-ErrorType: ${type}\r\n`);
  return JSON.stringify({ Message: message });
}

/** There is no such URL. */
export function refuseUrl(request: ServerRequest): void {
  request.body.discard();
  const headers = beginUrlHeaders(randomUUID());
  request.respond(403, headers, urlErrorBody(headers, 'AccessDeniedException', FORBIDDEN));
}
