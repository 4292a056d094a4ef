// A TOKEN authorizer: the function sees one header of the request and the ARN of the method.

import type { TokenAuthorizerPlan } from '../../../model/rest-api-plan.ts';
import type { AuthDecision } from '../auth-decision.ts';
import type { Exchange } from '../exchange.ts';
import { validationOf } from '../java-pattern.ts';
import { methodArn } from '../method-arn.ts';
import type { Refusal } from '../refusal.ts';
import { LambdaAuthorizer, type SharedLambdaAuthorizer, withoutIdentity } from './lambda-authorizer.ts';

export class TokenAuthorizer extends LambdaAuthorizer {
  readonly #plan: TokenAuthorizerPlan;
  readonly #isValid: ((token: string) => boolean) | undefined;

  constructor(plan: TokenAuthorizerPlan, shared: SharedLambdaAuthorizer) {
    super(shared);
    this.#plan = plan;
    this.#isValid = plan.identityValidationExpression === undefined ? undefined : validationOf(plan.identityValidationExpression);
  }

  override decide(exchange: Exchange): AuthDecision | Refusal | undefined {
    const { header, name } = this.#plan;
    const token = exchange.request.headers.get(header.toLowerCase());
    if (token === undefined || token === '') return withoutIdentity(name, `header ${header}`);
    if (this.#isValid?.(token) === false) {
      // AWS: 401 without calling the function. Seen: developer guide.
      return {
        refused: 'UNAUTHORIZED',
        reason: `The token does not match the validation expression of the authorizer "${name}".`,
      };
    }
    const event = (): string =>
      `{"type":"TOKEN","methodArn":${JSON.stringify(methodArn(exchange))},"authorizationToken":${JSON.stringify(token)}}`;
    return this.shared.ask([token], event, exchange);
  }
}
