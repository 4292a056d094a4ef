// Answers that the gateway makes by itself: a refusal becomes AWS's status, headers and body, customised or not; the reason stays
// with us.

import { performance } from 'node:perf_hooks';
import type { HeaderBlock } from '../../http1/header-block.ts';
import type { StageName } from '../../model/exchange-record.ts';
import { reportExchange } from '../telemetry/exchange-report.ts';
import type { WebAclAnswer } from '../web-acls.ts';
import type { Exchange } from './exchange.ts';
import { addCustomHeaders, type CustomResponse } from './gateway-responses.ts';
import { mediaTypeOf } from './media-type.ts';
import { gatewayResponseDefaults, type Refusal, spacedMessages } from './refusal.ts';
import { beginResponseHeaders } from './response-headers.ts';

/** Ends the exchange with the gateway's own answer. `stage` is the one that refused. */
export function answerRefusal(exchange: Exchange, stage: StageName, refusal: Refusal): void {
  if (exchange.settled) return;
  exchange.settled = true;
  exchange.flight?.settle(undefined, performance.now());
  exchange.pipeline.deadlines.cancel(exchange);
  exchange.upstream?.cancel();
  if (exchange.integrationStartedAt !== 0 && exchange.integrationEndedAt === 0) exchange.integrationEndedAt = performance.now();
  exchange.refusal = refusal;
  exchange.refusedAt = stage;
  exchange.capture?.step(stage, 'refused', { refused: refusal.refused, reason: refusal.reason });
  const defaults = gatewayResponseDefaults[refusal.refused];
  const { answer } = refusal;
  const custom = answer === undefined ? exchange.pipeline.gatewayResponses.find(refusal.refused) : undefined;
  const template = custom && chooseTemplate(custom, exchange);
  const status = answer?.status ?? custom?.status ?? refusal.status ?? defaults.status;
  const text = answer?.body ?? template?.render(exchange) ?? builtInBody(refusal);
  const body = Buffer.byteLength(text) === text.length ? text : Buffer.from(text, 'utf8');
  exchange.status = status;
  const headers = beginResponseHeaders(exchange.at);
  const typed = custom !== undefined && addCustomHeaders(headers, custom, exchange);
  if (answer !== undefined) addAnswerHeaders(headers, answer);
  else if (!typed) headers.add('Content-Type', template?.contentType ?? 'application/json');
  headers.addTrusted(`x-amzn-RequestId: ${exchange.requestId}\r\n`);
  headers.addTrusted(`x-amzn-ErrorType: ${refusal.errorType ?? defaults.errorType}\r\n`);
  headers.addTrusted(`x-amz-apigw-id: ${exchange.extendedRequestId}\r\n`);
  if (exchange.pipeline.developerHeaders) headers.addTrusted(`x-stagegate-request: ${exchange.requestId}\r\n`);
  if (!exchange.bodyTaken) {
    exchange.bodyTaken = true;
    exchange.request.body.discard();
  }
  exchange.capture?.response(headers, body);
  exchange.request.respond(status, headers, body);
  reportExchange(exchange);
}

function addAnswerHeaders(block: HeaderBlock, { contentType, headers }: WebAclAnswer): void {
  if (contentType !== undefined) block.add('Content-Type', contentType);
  for (let i = 0; i + 1 < headers.length; i += 2) block.add(headers[i] as string, headers[i + 1] as string);
}

/** AWS: the member of ACCESS_DENIED is `Message`. Seen: recorded responses and public reports. */
export function builtInBody(refusal: Refusal): string {
  if (refusal.body !== undefined) return refusal.body;
  const message = refusal.message === undefined ? gatewayResponseDefaults[refusal.refused].message : refusal.message;
  if (spacedMessages.has(message)) return `{"message": ${JSON.stringify(message)}}`;
  return `{"${refusal.refused === 'ACCESS_DENIED' ? 'Message' : 'message'}":${JSON.stringify(message)}}`;
}

/** By what the client accepts; else JSON; else the first. */
function chooseTemplate(custom: CustomResponse, exchange: Exchange): CustomResponse['templates'][number] | undefined {
  const accepted = mediaTypeOf(exchange.request.headers.get('accept')) ?? 'application/json';
  return (
    custom.templates.find(({ contentType }) => contentType === accepted) ??
    custom.templates.find(({ contentType }) => contentType === 'application/json') ??
    custom.templates[0]
  );
}

/** The client that would be answered is gone. The number is nginx's; AWS does not document what it logs. */
const CLIENT_GONE_STATUS = 499;

/** Ends an exchange whose client went away: the backend's call is given up, and what a function still says is ignored. */
export function abandonExchange(exchange: Exchange): void {
  if (exchange.settled) return;
  exchange.settled = true;
  exchange.flight?.settle(undefined, performance.now());
  exchange.pipeline.deadlines.cancel(exchange);
  exchange.upstream?.cancel();
  exchange.status = CLIENT_GONE_STATUS;
  exchange.refusal = { refused: 'INTEGRATION_FAILURE', reason: 'The client went away before it was answered.' };
  exchange.refusedAt = 'integration';
  exchange.capture?.step('integration', 'refused', exchange.refusal);
  reportExchange(exchange);
}

/** A bug of ours met this request: it gets a 500 and the record says what was thrown; the process goes on. */
export function answerCrash(exchange: Exchange, error: unknown): void {
  const reason = `Internal fault: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
  const stage =
    exchange.integrationStartedAt === 0 ? 'route' : exchange.integrationEndedAt === 0 ? 'integration' : 'integrationResponse';
  answerRefusal(exchange, stage, { refused: 'DEFAULT_5XX', reason });
}
