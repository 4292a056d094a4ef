// The authorizer of a route whose authorization cannot be enforced: everybody is refused, and the reason tells the developer why.

import type { UnservableAuthorizerPlan } from '../../model/http-api-plan.ts';
import type { Refusal } from '../http-api/refusal.ts';
import { Authorizer } from './authorizer.ts';

export class UnservableAuthorizer extends Authorizer {
  readonly #refusal: Refusal;

  constructor(plan: UnservableAuthorizerPlan) {
    super();
    this.#refusal = { refused: 'INTERNAL_ERROR', reason: plan.reason };
  }

  override decide(): Refusal {
    return this.#refusal;
  }
}
