// COGNITO_USER_POOLS: the bearer of a valid token of one of the pools may call. A method with scopes wants an access token that grants
// one of them, a method without wants an identity token.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-integrate-with-cognito.html

import type { CognitoAuthorizerPlan } from '../../../model/rest-api-plan.ts';
import { awaitVerdict, bareToken, type TokenJudge, VERDICT_WITHIN_MS } from '../../authorizers/token-verdict.ts';
import type { Deadlines, RefusedToken, TokenVerifier, VerifiedToken } from '../../ports.ts';
import { type AuthDecision, cognitoDecision } from '../auth-decision.ts';
import { Authorizer } from '../authorizer.ts';
import type { Exchange } from '../exchange.ts';
import { answerCrash } from '../gateway-response.ts';
import { javaDate } from '../java-date.ts';
import { validationOf } from '../java-pattern.ts';
import type { Refusal } from '../refusal.ts';
import { withoutIdentity } from './lambda-authorizer.ts';

export class CognitoAuthorizer extends Authorizer implements TokenJudge<Exchange, AuthDecision | Refusal> {
  readonly #plan: CognitoAuthorizerPlan;
  /** By issuer. */
  readonly #verifiers: ReadonlyMap<string, TokenVerifier>;
  readonly #deadlines: Deadlines;
  readonly #takesAudience: ((audience: string) => boolean) | undefined;

  constructor(plan: CognitoAuthorizerPlan, verifiers: ReadonlyMap<string, TokenVerifier>, deadlines: Deadlines) {
    super();
    this.#plan = plan;
    this.#verifiers = verifiers;
    this.#deadlines = deadlines;
    this.#takesAudience =
      plan.identityValidationExpression === undefined ? undefined : validationOf(plan.identityValidationExpression);
  }

  override decide(exchange: Exchange): AuthDecision | Refusal | undefined {
    const { header, name } = this.#plan;
    const value = exchange.request.headers.get(header.toLowerCase());
    if (value === undefined || value === '') return withoutIdentity(name, `header ${header}`);
    const token = bareToken(value);
    const verifier = this.#verifierOf(token);
    if (verifier === undefined) return this.#unauthorized('the token is of none of its user pools');
    const verdict = verifier.verify(token);
    if (!(verdict instanceof Promise)) return this.judge(verdict);
    awaitVerdict(exchange, verdict, this, this.#deadlines);
    return undefined;
  }

  late(): Refusal {
    const reason = `The user pool authorizer "${this.#plan.name}" could not verify the token within ${VERDICT_WITHIN_MS} ms.`;
    return { refused: 'AUTHORIZER_FAILURE', errorType: 'AuthorizerConfigurationException', reason };
  }

  crashed(exchange: Exchange, error: unknown): void {
    answerCrash(exchange, error);
  }

  /** Who is asked is decided by the token's own word; only the one who is asked decides whether it is genuine. */
  #verifierOf(token: string): TokenVerifier | undefined {
    if (this.#verifiers.size === 1) for (const verifier of this.#verifiers.values()) return verifier;
    const issuer = issuerOf(token);
    return issuer === undefined ? undefined : this.#verifiers.get(issuer);
  }

  judge(verdict: VerifiedToken | RefusedToken): AuthDecision | Refusal {
    if ('fault' in verdict) {
      const refusal = this.#unauthorized(verdict.fault);
      // AWS: a sentence of its own. From memory of the service.
      return verdict.description.includes('expired') ? { ...refusal, message: 'The incoming token has expired' } : refusal;
    }
    const { claims } = verdict;
    const { scopes } = this.#plan;
    const use = claims['token_use'];
    if (scopes.length === 0) {
      if (use !== 'id') return this.#unauthorized('the method has no scopes, so the token must be an identity token');
    } else {
      if (use !== 'access') return this.#unauthorized('the method has scopes, so the token must be an access token');
      if (!verdict.scopes.some((scope) => scopes.includes(scope))) {
        return this.#unauthorized(`the token grants none of the method's scopes (${scopes.join(' ')})`);
      }
    }
    if (this.#takesAudience !== undefined) {
      const audience = claims['aud'] ?? claims['client_id'];
      const given = Array.isArray(audience) ? audience : [audience];
      if (!given.some((each) => typeof each === 'string' && this.#takesAudience?.(each) === true)) {
        return this.#unauthorized('the token is for an audience that the validation expression does not match');
      }
    }
    return cognitoDecision(this.#plan.authorizerId, claimTexts(claims));
  }

  #unauthorized(why: string): Refusal {
    return { refused: 'UNAUTHORIZED', reason: `User pool authorizer "${this.#plan.name}": ${why}.` };
  }
}

function issuerOf(token: string): string | undefined {
  const payload = token.split('.', 2)[1];
  if (payload === undefined || payload.length > 16_384) return undefined;
  try {
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as { readonly iss?: unknown } | null;
    return typeof claims?.iss === 'string' ? claims.iss : undefined;
  } catch {
    return undefined;
  }
}

/** AWS: claims are text, lists with commas, these two moments as dates. Seen: public logs and events. */
function claimTexts(claims: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  const texts: [string, string][] = [];
  for (const [name, value] of Object.entries(claims)) {
    if (value === null || value === undefined) continue;
    texts.push([name, claimText(name, value)]);
  }
  return Object.fromEntries(texts);
}

function claimText(name: string, value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.join(',');
  const isMoment = (name === 'exp' || name === 'iat') && typeof value === 'number' && Math.abs(value) < 8.64e12;
  return isMoment ? javaDate(value * 1000) : JSON.stringify(value);
}
