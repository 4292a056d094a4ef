// What a backend answered becomes the answer of the gateway. A status code that has responseParameters changes header section and
// status; the body passes as it is, held whole only when a mapping reads it.

import type { HeaderBlock } from '../../http1/header-block.ts';
import type { BodyFailure, BodyReceiver, UpstreamFailure, UpstreamResponse } from '../../http1/message.ts';
import { wallClock } from '../http-api/clock.ts';
import { answerCrash, answerRefusal } from '../http-api/error-response.ts';
import type { Exchange } from '../http-api/exchange.ts';
import { answerStreaming, answerWhole } from '../http-api/integration-answer.ts';
import type { ResponseMapping } from '../http-api/parameter-mapping.ts';
import { MappingInput } from '../http-api/parameter-sources.ts';
import type { Refusal } from '../http-api/refusal.ts';
import { beginResponseHeaders, gatewayHeaderNames, gatewayHeaderNamesWithCors } from '../http-api/response-headers.ts';
import { BODY_LIMIT_BYTES } from './body-limit.ts';

/** Answers with a backend's response. `mappings` by the status code that the backend answered. */
export function answerUpstream(
  exchange: Exchange,
  response: UpstreamResponse,
  mappings: ReadonlyMap<number, ResponseMapping> | undefined,
): void {
  const headers = beginResponseHeaders(wallClock(exchange.integrationEndedAt));
  response.headers.forwardTo(
    headers,
    exchange.pipeline.cors === undefined ? gatewayHeaderNames : gatewayHeaderNamesWithCors,
    true,
  );
  const { capture } = exchange;
  capture?.step('integration', 'passed', { status: response.status });
  const mapping = mappings?.get(response.status);
  if (mapping !== undefined) {
    answerMapped(exchange, response, headers, mapping);
    return;
  }
  // An answer to HEAD has no body but says how long it would be.
  if (exchange.request.method === 'HEAD' && response.declaredLength !== undefined) {
    capture?.integrationResponse(response.headers.raw, '');
    answerStreaming(exchange, response.status, headers, response.body, response.declaredLength);
    return;
  }
  const text = response.body.takeText();
  if (capture !== undefined) capture.integrationResponse(response.headers.raw, text ?? '');
  if (text === undefined) answerStreaming(exchange, response.status, headers, response.body, response.body.length);
  else answerWhole(exchange, response.status, headers, text);
}

/** AWS: a timeout is a 503. Seen: serverless#11222. The other kinds are from memory of the service. */
export function refusalOf(failure: UpstreamFailure, what: string): Refusal {
  const broken = failure.kind === 'malformed' || failure.kind === 'tooLarge';
  return { refused: broken ? 'INTERNAL_ERROR' : 'UNAVAILABLE', reason: `${what} failed (${failure.kind}): ${failure.message}` };
}

/** `headers` holds what is passed on without the mapping. */
function answerMapped(exchange: Exchange, response: UpstreamResponse, headers: HeaderBlock, mapping: ResponseMapping): void {
  const isHead = exchange.request.method === 'HEAD';
  const text = isHead ? undefined : response.body.takeText();
  if (text !== undefined) {
    exchange.capture?.integrationResponse(response.headers.raw, text);
    const status = map(exchange, response, headers, mapping, mapping.readsBody ? Buffer.from(text, 'latin1') : undefined);
    if (status !== undefined) answerWhole(exchange, status, headers, text);
    return;
  }
  exchange.capture?.integrationResponse(response.headers.raw, '');
  if (mapping.readsBody && !isHead) {
    response.body.readAll(BODY_LIMIT_BYTES, new WholeResponse(exchange, response, headers, mapping));
    return;
  }
  const status = map(exchange, response, headers, mapping, undefined);
  if (status === undefined) response.body.discard();
  else {
    const length = isHead ? response.declaredLength : response.body.length;
    answerStreaming(exchange, status, headers, response.body, length);
  }
}

/** The status to answer with, or undefined when the exchange was refused. */
function map(
  exchange: Exchange,
  response: UpstreamResponse,
  headers: HeaderBlock,
  mapping: ResponseMapping,
  body: Buffer | undefined,
): number | undefined {
  const found = mapping.apply(headers, new MappingInput(exchange, body, response));
  if (typeof found === 'number') {
    exchange.capture?.step('integrationResponse', 'passed', { status: found });
    return found;
  }
  refuse(exchange, found);
  return undefined;
}

function refuse(exchange: Exchange, refusal: Refusal): void {
  exchange.capture?.step('integrationResponse', 'refused', refusal);
  answerRefusal(exchange, 'integrationResponse', refusal);
}

/** Waits for a body that a mapping reads. */
class WholeResponse implements BodyReceiver {
  readonly #exchange: Exchange;
  readonly #response: UpstreamResponse;
  readonly #headers: HeaderBlock;
  readonly #mapping: ResponseMapping;

  constructor(exchange: Exchange, response: UpstreamResponse, headers: HeaderBlock, mapping: ResponseMapping) {
    this.#exchange = exchange;
    this.#response = response;
    this.#headers = headers;
    this.#mapping = mapping;
  }

  onBody(body: Buffer): void {
    if (this.#exchange.settled) return;
    try {
      const status = map(this.#exchange, this.#response, this.#headers, this.#mapping, body);
      if (status !== undefined) answerWhole(this.#exchange, status, this.#headers, body);
    } catch (error) {
      answerCrash(this.#exchange, error);
    }
  }

  onBodyFailure(failure: BodyFailure): void {
    if (this.#exchange.settled) return;
    const refused = failure === 'timeout' ? 'UNAVAILABLE' : 'INTERNAL_ERROR';
    refuse(this.#exchange, { refused, reason: `The backend's response body did not arrive whole (${failure}).` });
  }
}
