// Waiting for the verdict about a token. Shared by the JWT authorizers of HTTP APIs and the user pools of REST APIs, which say in their
// own words what comes of it.

import { performance } from 'node:perf_hooks';
import { TimerNode } from '../../http1/timer-wheel.ts';
import type { Deadlines, RefusedToken, VerifiedToken } from '../ports.ts';

/** How long an issuer's keys are waited for; the verifier's own limits are shorter. */
export const VERDICT_WITHIN_MS = 10_000;

/** A request that waits for its authorizer. */
export interface BearerExchange<Found> {
  onAuthDecision(found: Found): void;
}

/** Who decides once the verdict is there. */
export interface TokenJudge<E, Found> {
  judge(verdict: VerifiedToken | RefusedToken): Found;
  /** Nobody could tell anything about the token in time. */
  late(): Found;
  /** `judge` threw. */
  crashed(exchange: E, error: unknown): void;
}

/** The exchange hears once: of the verdict, or that there was none in time. */
export function awaitVerdict<Found, E extends BearerExchange<Found>>(
  exchange: E,
  verdict: Promise<VerifiedToken | RefusedToken>,
  judge: TokenJudge<E, Found>,
  deadlines: Deadlines,
): void {
  const wait = new VerdictWait(exchange, judge);
  deadlines.schedule(wait, performance.now() + VERDICT_WITHIN_MS);
  verdict
    .then((later) => {
      deadlines.cancel(wait);
      if (!wait.over) exchange.onAuthDecision(judge.judge(later));
    })
    .catch((error: unknown) => {
      deadlines.cancel(wait);
      judge.crashed(exchange, error);
    });
}

/** AWS: the token stands alone or behind `Bearer `. Seen: developer guide. The scheme's case does not matter, as in HTTP. */
export function bareToken(value: string): string {
  return /^bearer /i.test(value) ? value.slice('bearer '.length).trim() : value;
}

class VerdictWait<Found, E extends BearerExchange<Found>> extends TimerNode {
  over = false;
  readonly #exchange: E;
  readonly #judge: TokenJudge<E, Found>;

  constructor(exchange: E, judge: TokenJudge<E, Found>) {
    super();
    this.#exchange = exchange;
    this.#judge = judge;
  }

  override onDeadline(): void {
    this.over = true;
    this.#exchange.onAuthDecision(this.#judge.late());
  }
}
