// A backend's answer with its body held whole: REST APIs convert, map or pack it before the client sees it.
// AWS: 10 MB at most. Seen: API Gateway quotas.

import { performance } from 'node:perf_hooks';
import type { BodyFailure, BodyReceiver, UpstreamFailure, UpstreamResponse } from '../../../http1/message.ts';
import type { Exchange } from '../exchange.ts';
import { answerCrash, answerRefusal } from '../gateway-response.ts';
import { type Payload, payloadOfBytes } from '../payload.ts';
import { NETWORK_ERROR, type Refusal } from '../refusal.ts';

/** Bytes of a request body, and of a backend's response body. */
export const BODY_LIMIT_BYTES = 10 * 2 ** 20;

/** Hears of the answer when its last byte is there. */
export interface WholeAnswerReceiver {
  onWholeAnswer(exchange: Exchange, response: UpstreamResponse, body: Payload): void;
}

export function readWholeAnswer(exchange: Exchange, response: UpstreamResponse, receiver: WholeAnswerReceiver): void {
  const text = response.body.takeText();
  if (text === undefined) {
    response.body.readAll(BODY_LIMIT_BYTES, new WholeBody(exchange, response, receiver));
    return;
  }
  exchange.integrationEndedAt = performance.now();
  exchange.capture?.integrationResponse(response.headers.raw, text);
  receiver.onWholeAnswer(exchange, response, payloadOfBytes(text));
}

class WholeBody implements BodyReceiver {
  readonly #exchange: Exchange;
  readonly #response: UpstreamResponse;
  readonly #receiver: WholeAnswerReceiver;

  constructor(exchange: Exchange, response: UpstreamResponse, receiver: WholeAnswerReceiver) {
    this.#exchange = exchange;
    this.#response = response;
    this.#receiver = receiver;
  }

  onBody(body: Buffer): void {
    const exchange = this.#exchange;
    if (exchange.settled) return;
    exchange.integrationEndedAt = performance.now();
    try {
      exchange.capture?.integrationResponse(this.#response.headers.raw, body);
      this.#receiver.onWholeAnswer(exchange, this.#response, body);
    } catch (error) {
      answerCrash(exchange, error);
    }
  }

  onBodyFailure(failure: BodyFailure): void {
    if (this.#exchange.settled) return;
    const refused = failure === 'timeout' ? 'INTEGRATION_TIMEOUT' : 'INTEGRATION_FAILURE';
    answerRefusal(this.#exchange, 'integration', {
      refused,
      reason: `The backend's response body did not arrive whole (${failure}).`,
    });
  }
}

/**
 * AWS: no answer in time is a 504; a network error, too, with a sentence of its own, an address where nobody listens among them (from
 * memory of the service); a name that nobody knows is a 500. Seen: LocalStack's account of the service.
 */
export function refusalOfFailure(failure: UpstreamFailure, what: string): Refusal {
  const reason = `${what} failed (${failure.kind}): ${failure.message}`;
  switch (failure.kind) {
    case 'timeout':
      return { refused: 'INTEGRATION_TIMEOUT', reason };
    case 'lookup':
    case 'refused':
      return { refused: 'API_CONFIGURATION_ERROR', reason };
    default:
      return { refused: 'INTEGRATION_FAILURE', message: NETWORK_ERROR, reason };
  }
}
