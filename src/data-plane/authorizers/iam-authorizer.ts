// Routes with authorizationType AWS_IAM: whoever signed the request may call when the signer's policies say so. A signature covers the
// body, so the body is read before the decision and kept for the integration.

import { hash } from 'node:crypto';
import type { BodyFailure } from '../../http1/message.ts';
import { answerCrash } from '../http-api/error-response.ts';
import type { Exchange } from '../http-api/exchange.ts';
import { HeldBody } from '../http-api/held-body.ts';
import type { Refusal } from '../http-api/refusal.ts';
import { authorizeSignedRequest } from '../iam/authorize-signed-request.ts';
import type { CallerLookup } from '../iam/caller-credentials.ts';
import { claimsSignature, judgeWithBody, type SignatureJudge } from '../iam/signed-body.ts';
import { bodyRefusal } from '../integrations/body-limit.ts';
import { type IamDecision, iamDecision } from './auth-decision.ts';
import { Authorizer } from './authorizer.ts';
import { routeArn } from './route-arn.ts';

// AWS: every refusal of a signed request is the same 403 on HTTP APIs. Seen: developer guide and public reports.
const notSigned: Refusal = {
  refused: 'FORBIDDEN',
  reason: 'The route has authorizationType AWS_IAM and the request is not signed (Signature Version 4, service execute-api).',
};

export class IamAuthorizer extends Authorizer implements SignatureJudge<Exchange, IamDecision | Refusal> {
  readonly #callers: CallerLookup;

  constructor(callers: CallerLookup) {
    super();
    this.#callers = callers;
  }

  override decide(exchange: Exchange): IamDecision | Refusal | undefined {
    return claimsSignature(exchange.request) ? judgeWithBody(exchange, this) : notSigned;
  }

  judge(exchange: Exchange, body: Buffer): IamDecision | Refusal {
    exchange.bodyBytes = body.length;
    exchange.body = new HeldBody(body);
    const { request, pipeline, address } = exchange;
    const { scope } = pipeline.plan;
    const { method, path, query } = request;
    const signed = { method, path, query, rawHeaders: request.headers.raw, bodyHash: hash('sha256', body, 'hex') };
    const decision = authorizeSignedRequest(
      signed,
      {
        routeArn: routeArn(exchange),
        region: scope.region,
        account: scope.account,
        sourceIp: request.remoteAddress,
        secureTransport: address.protocol === 'https',
        nowMs: exchange.at,
      },
      this.#callers,
    );
    if (!decision.allowed) return { refused: 'FORBIDDEN', reason: decision.reason };
    const { accessKeyId, account, arn, userId } = decision.caller;
    const identity = { accessKey: accessKeyId, accountId: account, callerId: userId, userArn: arn, userId };
    return iamDecision(identity, decision.caller);
  }

  bodyRefusal(failure: BodyFailure): Refusal {
    return bodyRefusal(failure);
  }

  crashed(exchange: Exchange, error: unknown): void {
    answerCrash(exchange, error);
  }
}
