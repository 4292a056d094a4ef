// A backend's answer with its body held whole, as text when it is text: it is mapped before the client sees it.

import { isUtf8 } from 'node:buffer';
import { performance } from 'node:perf_hooks';
import type { BodyFailure, BodyReceiver, UpstreamFailure, UpstreamResponse } from '../../../http1/message.ts';
import { BODY_LIMIT_BYTES } from '../../rest-api/integrations/whole-answer.ts';
import type { Payload } from '../payload-conversion.ts';
import type { Refusal } from '../refusal.ts';
import type { WebSocketEvent } from '../websocket-event.ts';

/** Bytes of a backend's body that are held. AWS: 10 MB. By analogy with REST APIs. */
export const ANSWER_LIMIT_BYTES = BODY_LIMIT_BYTES;

/** Hears of the answer when its last byte is there. */
export interface AnswerReceiver {
  onAnswer(event: WebSocketEvent, response: UpstreamResponse, body: Payload): void;
}

export function readAnswer(event: WebSocketEvent, response: UpstreamResponse, receiver: AnswerReceiver): void {
  const text = response.body.takeText();
  if (text === undefined) response.body.readAll(ANSWER_LIMIT_BYTES, new WholeBody(event, response, receiver));
  else deliver(event, response, Buffer.from(text, 'latin1'), receiver);
}

function deliver(event: WebSocketEvent, response: UpstreamResponse, bytes: Buffer, receiver: AnswerReceiver): void {
  event.integrationEndedAt = performance.now();
  event.capture?.integrationResponse(response.headers.raw, bytes);
  receiver.onAnswer(event, response, isUtf8(bytes) ? bytes.toString('utf8') : bytes);
}

class WholeBody implements BodyReceiver {
  readonly #event: WebSocketEvent;
  readonly #response: UpstreamResponse;
  readonly #receiver: AnswerReceiver;

  constructor(event: WebSocketEvent, response: UpstreamResponse, receiver: AnswerReceiver) {
    this.#event = event;
    this.#response = response;
    this.#receiver = receiver;
  }

  onBody(body: Buffer): void {
    if (this.#event.settled) return;
    try {
      deliver(this.#event, this.#response, body, this.#receiver);
    } catch (error) {
      this.#event.crash(error);
    }
  }

  onBodyFailure(failure: BodyFailure): void {
    this.#event.refuse('integration', {
      refused: failure === 'timeout' ? 'INTEGRATION_TIMEOUT' : 'INTEGRATION_FAILURE',
      reason: `The backend's response body did not arrive whole (${failure}).`,
    });
  }
}

/** AWS: a name that nobody knows is a 500, an address where nobody listens a 504. By analogy with REST APIs. */
export function refusalOfFailure(failure: UpstreamFailure, what: string): Refusal {
  const reason = `${what} failed (${failure.kind}): ${failure.message}`;
  switch (failure.kind) {
    case 'timeout':
      return { refused: 'INTEGRATION_TIMEOUT', reason };
    case 'lookup':
    case 'refused':
      return { refused: 'API_CONFIGURATION_ERROR', reason };
    default:
      return { refused: 'INTEGRATION_FAILURE', reason };
  }
}
