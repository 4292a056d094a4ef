// The authorizer of a method whose authorization cannot be enforced: everybody is refused, and the reason tells the developer why.

import { Authorizer } from '../authorizer.ts';
import type { Refusal } from '../refusal.ts';

export class UnservableAuthorizer extends Authorizer {
  readonly #refusal: Refusal;

  constructor(reason: string) {
    super();
    this.#refusal = { refused: 'AUTHORIZER_CONFIGURATION_ERROR', reason };
  }

  override decide(): Refusal {
    return this.#refusal;
  }
}
