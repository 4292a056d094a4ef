// The integration of a route that cannot be served: a 500 whose reason tells the developer what is missing.

import type { UnservablePlan } from '../../model/http-api-plan.ts';
import type { AuthDecision } from '../authorizers/auth-decision.ts';
import { answerRefusal } from '../http-api/error-response.ts';
import type { Exchange } from '../http-api/exchange.ts';
import type { Refusal } from '../http-api/refusal.ts';
import { Integration } from './integration.ts';

export class UnservableIntegration extends Integration {
  readonly #refusal: Refusal;

  constructor(plan: UnservablePlan) {
    super();
    this.#refusal = { refused: 'INTERNAL_ERROR', reason: plan.reason };
  }

  override start(exchange: Exchange, _decision: AuthDecision): void {
    exchange.capture?.step('integration', 'refused', this.#refusal);
    answerRefusal(exchange, 'integration', this.#refusal);
  }
}
