// The throttle of a route or of the account: one token bucket and the refusal that it makes.

import type { ThrottlePlan } from '../../model/http-api-plan.ts';
import { BucketLimits } from './bucket-limits.ts';
import type { Refusal } from './refusal.ts';

export class TokenBucket {
  readonly #counters: Int32Array<SharedArrayBuffer>;
  readonly #slot: number;
  readonly #limits: BucketLimits;
  readonly #refusal: Refusal;

  /** `what` names the limit in the reason of a refusal: `route "GET /pets"`, `the account`. */
  constructor(counters: Int32Array<SharedArrayBuffer>, plan: ThrottlePlan, what: string, nowMs: number = Date.now()) {
    this.#counters = counters;
    this.#slot = plan.slot;
    this.#limits = limitsOf(plan);
    this.#refusal = {
      refused: 'THROTTLED',
      reason: `Throttled: ${what} allows ${plan.rateLimit} requests a second with a burst of ${plan.burstLimit}.`,
    };
    this.#limits.adopt(counters, this.#slot, nowMs);
  }

  /** Takes one token. `nowMs` is wall-clock time, the same in all threads. */
  take(nowMs: number): Refusal | undefined {
    return this.#limits.take(this.#counters, this.#slot, nowMs) ? undefined : this.#refusal;
  }

  /** Puts a token back that was taken for a request which another limit then refused. */
  giveBack(): void {
    this.#limits.giveBack(this.#counters, this.#slot);
  }

  /** Whole tokens left, for `explain` and tests. */
  tokensLeft(): number {
    return this.#limits.tokensLeft(this.#counters, this.#slot);
  }
}

let lastLimits: { readonly rateLimit: number; readonly burstLimit: number; readonly limits: BucketLimits } | undefined;

/** A stage's routes mostly have the same limits: one object for all of them stays in the processor's cache. */
function limitsOf({ rateLimit, burstLimit }: ThrottlePlan): BucketLimits {
  if (lastLimits === undefined || lastLimits.rateLimit !== rateLimit || lastLimits.burstLimit !== burstLimit) {
    lastLimits = { rateLimit, burstLimit, limits: new BucketLimits(rateLimit, burstLimit) };
  }
  return lastLimits.limits;
}
