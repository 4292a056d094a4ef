// A REQUEST authorizer: the function sees the request; its identity sources say which part of it tells callers apart.

import type { RequestAuthorizerPlan } from '../../../model/rest-api-plan.ts';
import type { AuthDecision } from '../auth-decision.ts';
import type { Exchange } from '../exchange.ts';
import type { ProxyEvent } from '../integrations/proxy-event.ts';
import { methodArn } from '../method-arn.ts';
import { compileRequestValue, type ParameterReader } from '../parameter-values.ts';
import { misconfigured, type Refusal } from '../refusal.ts';
import { LambdaAuthorizer, type SharedLambdaAuthorizer, withoutIdentity } from './lambda-authorizer.ts';

export class RequestAuthorizer extends LambdaAuthorizer {
  readonly #plan: RequestAuthorizerPlan;
  readonly #event: ProxyEvent;
  readonly #sources: readonly { readonly expression: string; readonly read: ParameterReader | undefined }[];

  constructor(plan: RequestAuthorizerPlan, shared: SharedLambdaAuthorizer, event: ProxyEvent) {
    super(shared);
    this.#plan = plan;
    this.#event = event;
    this.#sources = plan.identitySources.map((expression) => ({ expression, read: sourceReader(expression) }));
  }

  override decide(exchange: Exchange): AuthDecision | Refusal | undefined {
    const identity: string[] = [];
    for (const { expression, read } of this.#sources) {
      if (read === undefined) return misconfigured(`The identity source ${expression} is none.`);
      const value = read(exchange);
      // AWS: empty is missing. Seen: developer guide.
      if (typeof value !== 'string' || value === '') return withoutIdentity(this.#plan.name, expression);
      identity.push(value);
    }
    return this.shared.ask(identity, () => this.#event.buildForAuthorizer(exchange, methodArn(exchange)), exchange);
  }
}

/** All values of a header or parameter count: what the function sees is what its answer is kept under. */
function sourceReader(expression: string): ParameterReader | undefined {
  return compileRequestValue(
    expression
      .replace(/^method\.request\.header\./, 'method.request.multivalueheader.')
      .replace(/^method\.request\.querystring\./, 'method.request.multivaluequerystring.'),
  );
}
