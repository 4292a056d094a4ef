// AWS_IAM: whoever signed the request may call when the signer's policies, or the API's resource policy, say so. A signature covers the
// body, so the body is read before the decision and kept for the integration.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/permissions.html

import { hash } from 'node:crypto';
import { verifySignature } from '../../../aws/sigv4.ts';
import type { BodyFailure } from '../../../http1/message.ts';
import { callerContext, principalOf } from '../../../iam-policy/caller-context.ts';
import { decideForCaller } from '../../../iam-policy/evaluate.ts';
import type { CallerCredentials, CallerLookup } from '../../iam/caller-credentials.ts';
import { claimsSignature, judgeWithBody, type SignatureJudge } from '../../iam/signed-body.ts';
import { type AuthDecision, iamDecision, identityOf } from '../auth-decision.ts';
import { Authorizer } from '../authorizer.ts';
import type { Exchange } from '../exchange.ts';
import { answerCrash } from '../gateway-response.ts';
import { methodArn } from '../method-arn.ts';
import { bodyRefusal, type Refusal } from '../refusal.ts';
import { sourceIp, vpcConditions } from '../request-conditions.ts';
import { denialOf } from '../resource-policy.ts';
import { signatureRefusal, unsignedRefusal } from '../signature-refusal.ts';

/** AWS: a signature is good for five minutes at API Gateway's data plane. */
const CLOCK_SKEW_MS = 5 * 60_000;
const ACTION = 'execute-api:Invoke';

const notSigned: Refusal = { refused: 'MISSING_AUTHENTICATION_TOKEN', reason: 'The method asks for a signed request.' };

export class IamAuthorizer extends Authorizer implements SignatureJudge<Exchange, AuthDecision | Refusal> {
  readonly #callers: CallerLookup;

  constructor(callers: CallerLookup) {
    super();
    this.#callers = callers;
  }

  override decide(exchange: Exchange): AuthDecision | Refusal | undefined {
    const { request } = exchange;
    if (!claimsSignature(request)) return notSigned;
    return unsignedRefusal(request) ?? judgeWithBody(exchange, this);
  }

  judge(exchange: Exchange, body: Buffer): AuthDecision | Refusal {
    exchange.bodyBytes = body.length;
    exchange.body = body;
    exchange.bodyHeld = true;
    const { request, pipeline, address, at } = exchange;
    const { region } = pipeline.plan.scope;
    const { method, path, query } = request;
    // The look-up's own object: found once, and the one that the signature was checked against.
    let caller: CallerCredentials | undefined;
    const verdict = verifySignature(
      { method, path, query, rawHeaders: request.headers.raw, bodyHash: hash('sha256', body, 'hex') },
      {
        now: at,
        clockSkewMs: CLOCK_SKEW_MS,
        service: 'execute-api',
        region,
        credentials: (accessKeyId, sessionToken) => {
          caller = this.#callers(accessKeyId, sessionToken);
          return caller;
        },
      },
    );
    if (!verdict.verified) return signatureRefusal(verdict);
    if (caller === undefined || verdict.key !== caller) throw new Error('A signature was verified with a key that nobody has.');
    const resource = methodArn(exchange);
    const decision = decideForCaller(caller, {
      principal: principalOf(caller),
      action: ACTION,
      resource,
      context: callerContext(
        caller,
        {
          nowMs: at,
          region,
          sourceIp: sourceIp(exchange),
          userAgent: request.headers.get('user-agent'),
          referer: request.headers.get('referer'),
          secureTransport: address.protocol === 'https',
        },
        vpcConditions(exchange),
      ),
    });
    const identity = identityOf(caller);
    if (decision.effect === 'allow') return iamDecision(identity, caller);
    const refusal = notAllowed(caller.arn, resource, decision.effect === 'explicitDeny');
    return decision.effect === 'explicitDeny' ? { ...refusal, caller: { identity } } : iamDecision(identity, caller, refusal);
  }

  bodyRefusal(failure: BodyFailure): Refusal {
    return bodyRefusal(failure);
  }

  crashed(exchange: Exchange, error: unknown): void {
    answerCrash(exchange, error);
  }
}

function notAllowed(arn: string, resource: string, explicit: boolean): Refusal {
  const message = denialOf(arn, resource, explicit, 'identity');
  return { refused: 'ACCESS_DENIED', message, reason: message };
}
