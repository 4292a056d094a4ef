// The answer of an HTTP backend whose status code has responseParameters: its header section and status are changed, its body passes
// as it is, held whole only when a mapping reads it.

import type { HeaderBlock } from '../../http1/header-block.ts';
import type { BodyFailure, BodyReceiver, UpstreamResponse } from '../../http1/message.ts';
import { answerCrash, answerRefusal } from '../http-api/error-response.ts';
import type { Exchange } from '../http-api/exchange.ts';
import { answerStreaming, answerWhole } from '../http-api/integration-answer.ts';
import type { ResponseMapping } from '../http-api/parameter-mapping.ts';
import { MappingInput } from '../http-api/parameter-sources.ts';
import type { Refusal } from '../http-api/refusal.ts';
import { BODY_LIMIT_BYTES } from './body-limit.ts';

/** `headers` holds what is passed on without the mapping. */
export function answerMapped(
  exchange: Exchange,
  response: UpstreamResponse,
  headers: HeaderBlock,
  mapping: ResponseMapping,
): void {
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
