// A JWT authorizer: the bearer of a valid token of the issuer may call, when the token grants one of the route's scopes.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html

import type { JwtAuthorizerPlan } from '../../model/http-api-plan.ts';
import { answerCrash } from '../http-api/error-response.ts';
import type { Exchange } from '../http-api/exchange.ts';
import type { Refusal } from '../http-api/refusal.ts';
import type { Deadlines, RefusedToken, TokenVerifier, VerifiedToken } from '../ports.ts';
import { type JwtDecision, jwtDecision } from './auth-decision.ts';
import { Authorizer } from './authorizer.ts';
import { claimTexts } from './claim-text.ts';
import { readIdentity } from './identity-source.ts';
import { awaitVerdict, bareToken, type TokenJudge, VERDICT_WITHIN_MS } from './token-verdict.ts';

export class JwtAuthorizer extends Authorizer implements TokenJudge<Exchange, JwtDecision | Refusal> {
  readonly #plan: JwtAuthorizerPlan;
  readonly #verifier: TokenVerifier;
  readonly #deadlines: Deadlines;
  readonly #wanted: string;
  /** A token that comes again is the same object: its decision on this route is made once. */
  readonly #found = new WeakMap<VerifiedToken, JwtDecision | Refusal>();

  constructor(plan: JwtAuthorizerPlan, verifier: TokenVerifier, deadlines: Deadlines) {
    super();
    this.#plan = plan;
    this.#verifier = verifier;
    this.#deadlines = deadlines;
    this.#wanted = plan.scopes.join(' ');
  }

  override decide(exchange: Exchange): JwtDecision | Refusal | undefined {
    const { identitySource, name } = this.#plan;
    const identity = readIdentity([identitySource], exchange);
    if ('missing' in identity) {
      const reason = `The request has no ${identitySource.expression}, where the JWT authorizer "${name}" looks for the token.`;
      // The header of a missing token is from memory of the service.
      return { refused: 'UNAUTHORIZED', reason, challenge: 'Bearer' };
    }
    const verdict = this.#verifier.verify(bareToken(identity[0] as string));
    if (!(verdict instanceof Promise)) return this.#found.get(verdict as VerifiedToken) ?? this.judge(verdict);
    awaitVerdict(exchange, verdict, this, this.#deadlines);
    return undefined;
  }

  late(): Refusal {
    const reason = `The JWT authorizer "${this.#plan.name}" could not verify the token within ${VERDICT_WITHIN_MS} ms.`;
    return { refused: 'INTERNAL_ERROR', reason };
  }

  crashed(exchange: Exchange, error: unknown): void {
    answerCrash(exchange, error);
  }

  judge(verdict: VerifiedToken | RefusedToken): JwtDecision | Refusal {
    if ('fault' in verdict) {
      // AWS: 401 with this header. Seen: developer guide, "Troubleshooting issues with HTTP API JWT authorizers".
      const challenge = `Bearer scope="${this.#wanted}" error="invalid_token" error_description="${verdict.description}"`;
      return { refused: 'UNAUTHORIZED', reason: `JWT authorizer "${this.#plan.name}": ${verdict.fault}`, challenge };
    }
    const found = this.#grant(verdict);
    this.#found.set(verdict, found);
    return found;
  }

  #grant({ claims, scopes: granted }: VerifiedToken): JwtDecision | Refusal {
    const { authorizerId, name, scopes } = this.#plan;
    if (scopes.length > 0 && !granted.some((scope) => scopes.includes(scope))) {
      // The header of a missing scope is from memory of the service.
      const challenge = `Bearer scope="${this.#wanted}" error="insufficient_scope"`;
      const reason = `JWT authorizer "${name}": the token grants none of the route's scopes (${this.#wanted}).`;
      return { refused: 'FORBIDDEN', reason, challenge };
    }
    // AWS: all scopes of the token, not those that matched; null when the route wants none. Seen: second-hand measurements.
    return jwtDecision({ authorizerId, claims: claimTexts(claims), scopes: scopes.length === 0 ? null : granted });
  }
}
