// The gateway's own answer to a CORS preflight.

import { reportExchange } from '../telemetry/exchange-report.ts';
import { PREFLIGHT_STATUS } from './cors.ts';
import type { Exchange } from './exchange.ts';
import { addRequestId, beginResponseHeaders } from './response-headers.ts';

export function answerPreflight(exchange: Exchange): void {
  const { pipeline, request } = exchange;
  const headers = beginResponseHeaders();
  pipeline.cors?.addToPreflight(headers, request.headers.get('origin'));
  addRequestId(exchange, headers);
  exchange.settled = true;
  exchange.status = PREFLIGHT_STATUS;
  if (!exchange.bodyTaken) request.body.discard();
  exchange.capture?.response(headers, '');
  request.respond(PREFLIGHT_STATUS, headers, '');
  exchange.capture?.step('cors', 'passed', pipeline.plan.corsConfiguration);
  reportExchange(exchange);
}
