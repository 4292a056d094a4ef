// The integration of a method that cannot be served: a 500 whose reason tells the developer what is missing.

import type { RestUnservablePlan } from '../../../model/rest-api-plan.ts';
import type { Exchange } from '../exchange.ts';
import { answerRefusal } from '../gateway-response.ts';
import { misconfigured, type Refusal } from '../refusal.ts';
import { Integration } from './integration.ts';

export class UnservableIntegration extends Integration {
  readonly #refusal: Refusal;

  constructor(plan: RestUnservablePlan) {
    super();
    this.#refusal = misconfigured(plan.reason);
  }

  override start(exchange: Exchange): void {
    answerRefusal(exchange, 'integration', this.#refusal);
  }
}
