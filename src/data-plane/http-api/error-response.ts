// Answers that the gateway makes by itself: a refusal becomes AWS's status and body, and the reason stays with us.

import type { StageName } from '../../model/exchange-record.ts';
import { reportExchange } from '../telemetry/exchange-report.ts';
import type { Exchange } from './exchange.ts';
import { gatewayAnswers, type Refusal } from './refusal.ts';
import { beginResponseHeaders, completeResponseHeaders } from './response-headers.ts';

/** Ends the exchange with the gateway's own answer. `stage` is the one that refused. */
export function answerRefusal(exchange: Exchange, stage: StageName, refusal: Refusal): void {
  if (exchange.settled) return;
  exchange.settled = true;
  exchange.pipeline.deadlines.cancel(exchange);
  exchange.refusal = refusal;
  exchange.refusedAt = stage;
  const { status, body } = gatewayAnswers[refusal.refused];
  exchange.status = status;
  const headers = beginResponseHeaders();
  headers.addTrusted('Content-Type: application/json\r\n');
  if (refusal.challenge !== undefined) headers.add('Www-Authenticate', refusal.challenge);
  completeResponseHeaders(exchange, headers);
  if (exchange.pipeline.developerHeaders) headers.addTrusted(`x-stagegate-request: ${exchange.requestId}\r\n`);
  if (!exchange.bodyTaken) {
    exchange.bodyTaken = true;
    exchange.request.body.discard();
  }
  exchange.capture?.response(headers, body);
  exchange.request.respond(status, headers, body);
  reportExchange(exchange);
}

/** The client that would be answered is gone. The number is nginx's; AWS does not document what it logs. */
const CLIENT_GONE_STATUS = 499;

/** Ends an exchange whose client went away: the backend's call is given up, and what a function still says is ignored. */
export function abandonExchange(exchange: Exchange): void {
  if (exchange.settled) return;
  exchange.settled = true;
  exchange.pipeline.deadlines.cancel(exchange);
  exchange.upstream?.cancel();
  exchange.status = CLIENT_GONE_STATUS;
  exchange.refusal = { refused: 'UNAVAILABLE', reason: 'The client went away before it was answered.' };
  exchange.refusedAt = exchange.decision === undefined ? 'authorize' : 'integration';
  exchange.capture?.step(exchange.refusedAt, 'refused', exchange.refusal);
  reportExchange(exchange);
}

/** A bug of ours met this request: it gets a 500 and the record says what was thrown; the process goes on. */
export function answerCrash(exchange: Exchange, error: unknown): void {
  const reason = `Internal fault: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
  answerRefusal(exchange, stageOf(exchange), { refused: 'INTERNAL_ERROR', reason });
}

function stageOf(exchange: Exchange): StageName {
  if (exchange.route === undefined) return 'route';
  if (exchange.decision === undefined) return 'authorize';
  if (exchange.integrationStartedAt === 0) return 'throttle';
  return exchange.integrationEndedAt === 0 ? 'integration' : 'integrationResponse';
}
