// The way out for an integration's answer: packed when the API and the client want it, and sent in one write.

import type { HeaderBlock } from '../../http1/header-block.ts';
import { reportExchange } from '../telemetry/exchange-report.ts';
import { compress, responseCoding } from './content-encoding.ts';
import type { Exchange } from './exchange.ts';
import { bytesOf, type Payload } from './payload.ts';
import { shareResponse } from './response-cache.ts';
import { addRequestIds } from './response-headers.ts';

/** `headers` was begun with beginResponseHeaders(); `encoded`: the integration named a Content-Encoding itself. */
export function answerWhole(exchange: Exchange, status: number, headers: HeaderBlock, body: Payload, encoded: boolean): void {
  if (exchange.settled) return;
  exchange.settled = true;
  exchange.status = status;
  if (exchange.flight !== undefined) shareResponse(exchange.flight, status, headers, bytesOf(body));
  if (exchange.warning !== undefined) headers.add('Warning', exchange.warning);
  const { minimumCompressionSize } = exchange.pipeline.plan;
  const coding =
    encoded || minimumCompressionSize === undefined
      ? undefined
      : responseCoding(exchange.request.headers.get('accept-encoding'), body.length, minimumCompressionSize);
  let sent = body;
  if (coding !== undefined) {
    sent = compress(bytesOf(body), coding);
    headers.addTrusted(`Content-Encoding: ${coding}\r\n`);
  }
  addRequestIds(exchange, headers);
  exchange.capture?.step('response', 'passed', { status, coding });
  exchange.capture?.response(headers, sent);
  if (!exchange.request.respond(status, headers, sent)) {
    exchange.refusal = { refused: 'INTEGRATION_FAILURE', reason: 'The client went away before it was answered.' };
  }
  reportExchange(exchange);
}
