// The headers that every answer of an HTTP API carries, whoever made it.
// AWS: over HTTP/1.1 names are Title-Case: Date, Content-Type, Content-Length, Connection, Apigw-Requestid. Seen: responses recorded
// by the AWS .NET Lambda test tool. The core adds Content-Length and Connection behind the last field of the block.

import { HeaderBlock } from '../../http1/header-block.ts';
import { httpDateLine } from './clock.ts';
import { corsHeaderNames } from './cors.ts';
import type { Exchange } from './exchange.ts';

/** Names an integration cannot set: the gateway's own. */
export const gatewayHeaderNames: ReadonlySet<string> = new Set(['date', 'apigw-requestid']);
/** The same when the API has CORS configured. */
export const gatewayHeaderNamesWithCors: ReadonlySet<string> = new Set([...gatewayHeaderNames, ...corsHeaderNames]);

/** Begins the header section of a response that is sent now, `nowMs` after the epoch; integrations add theirs to it. */
export function beginResponseHeaders(nowMs: number = Date.now()): HeaderBlock {
  const block = new HeaderBlock();
  block.addTrusted(httpDateLine(nowMs));
  return block;
}

/** Adds what comes last: CORS and the request id. */
export function completeResponseHeaders(exchange: Exchange, block: HeaderBlock): void {
  const cors = exchange.pipeline.cors;
  if (cors !== undefined) cors.addToResponse(block, exchange.request.headers.get('origin'));
  addRequestId(exchange, block);
}

export function addRequestId(exchange: Exchange, block: HeaderBlock): void {
  block.addTrusted(`Apigw-Requestid: ${exchange.requestId}\r\n`);
}
