// The body of a signed request: a signature covers it, so it is read before anybody decides who may call. Shared by the IAM authorizers
// of HTTP and REST APIs, which say in their own words what comes of it.

import type { BodyFailure, BodyReceiver, ServerRequest } from '../../http1/message.ts';
import { BODY_LIMIT_BYTES } from '../integrations/body-limit.ts';

/** A request that waits for its authorizer. */
export interface SignedExchange<Found> {
  readonly request: ServerRequest;
  readonly settled: boolean;
  bodyTaken: boolean;
  /** The body, when somebody read it before. */
  readonly heldBody?: Buffer | undefined;
  onAuthDecision(found: Found): void;
}

/** Who decides once the body is there. */
export interface SignatureJudge<E, Found> {
  judge(exchange: E, body: Buffer): Found;
  /** What a body that did not arrive whole is answered with. */
  bodyRefusal(failure: BodyFailure): Found;
  /** `judge` threw. */
  crashed(exchange: E, error: unknown): void;
}

/** Whether a request claims to be signed; whoever does not is not read to. */
export function claimsSignature({ headers, query }: Pick<ServerRequest, 'headers' | 'query'>): boolean {
  return headers.get('authorization') !== undefined || query.includes('X-Amz-Signature=');
}

/** What is found, or undefined while the body is on its way: the exchange hears of it later. */
export function judgeWithBody<Found, E extends SignedExchange<Found>>(
  exchange: E,
  judge: SignatureJudge<E, Found>,
): Found | undefined {
  const { heldBody } = exchange;
  if (heldBody !== undefined) return judge.judge(exchange, heldBody);
  exchange.bodyTaken = true;
  const { body } = exchange.request;
  const text = body.takeText();
  if (text !== undefined) return judge.judge(exchange, Buffer.from(text, 'latin1'));
  body.readAll(BODY_LIMIT_BYTES, new SignedBody(exchange, judge));
  return undefined;
}

class SignedBody<Found, E extends SignedExchange<Found>> implements BodyReceiver {
  readonly #exchange: E;
  readonly #judge: SignatureJudge<E, Found>;

  constructor(exchange: E, judge: SignatureJudge<E, Found>) {
    this.#exchange = exchange;
    this.#judge = judge;
  }

  onBody(body: Buffer): void {
    if (this.#exchange.settled) return;
    try {
      this.#exchange.onAuthDecision(this.#judge.judge(this.#exchange, body));
    } catch (error) {
      this.#judge.crashed(this.#exchange, error);
    }
  }

  onBodyFailure(failure: BodyFailure): void {
    this.#exchange.onAuthDecision(this.#judge.bodyRefusal(failure));
  }
}
