// The stage's web ACL: looks at a request before anybody asks who sent it. Where its rules look at bodies, the body is read first and
// kept for the integration.
// AWS: before resource policies, IAM policies and authorizers. Seen: developer guide, "Use AWS WAF to protect your REST APIs".

import { performance } from 'node:perf_hooks';
import type { BodyFailure, BodyReceiver } from '../../http1/message.ts';
import type { WebAcl, WebAclVerdict } from '../web-acls.ts';
import type { Exchange } from './exchange.ts';
import { answerCrash, answerRefusal } from './gateway-response.ts';
import { HeadersWithMore } from './headers-with-more.ts';
import { BODY_LIMIT_BYTES } from './integrations/whole-answer.ts';
import { invokePassed } from './invoke-authorized.ts';
import { type Payload, payloadOfBytes } from './payload.ts';
import { bodyRefusal } from './refusal.ts';
import { RequestFields } from './request-fields.ts';

/** What a stage's web ACL made of a request. */
export interface WebAclFinding {
  readonly arn: string;
  readonly action: WebAclVerdict['action'];
  readonly latencyMs: number;
}

export function inspectRequest(exchange: Exchange, webAcl: WebAcl): void {
  if (webAcl.bodyBytes === 0) {
    decide(exchange, webAcl, '');
    return;
  }
  exchange.bodyTaken = true;
  const { body } = exchange.request;
  const text = body.takeText();
  if (text === undefined) body.readAll(BODY_LIMIT_BYTES, new InspectedBody(exchange, webAcl));
  else decideWithBody(exchange, webAcl, payloadOfBytes(text));
}

class InspectedBody implements BodyReceiver {
  readonly #exchange: Exchange;
  readonly #webAcl: WebAcl;

  constructor(exchange: Exchange, webAcl: WebAcl) {
    this.#exchange = exchange;
    this.#webAcl = webAcl;
  }

  onBody(body: Buffer): void {
    if (this.#exchange.settled) return;
    try {
      decideWithBody(this.#exchange, this.#webAcl, body);
    } catch (error) {
      answerCrash(this.#exchange, error);
    }
  }

  onBodyFailure(failure: BodyFailure): void {
    if (!this.#exchange.settled) answerRefusal(this.#exchange, 'methodRequest', bodyRefusal(failure));
  }
}

function decideWithBody(exchange: Exchange, webAcl: WebAcl, body: Payload): void {
  exchange.body = body;
  exchange.bodyHeld = true;
  exchange.bodyBytes = body.length;
  decide(
    exchange,
    webAcl,
    typeof body === 'string' ? body.slice(0, webAcl.bodyBytes) : body.toString('latin1', 0, webAcl.bodyBytes),
  );
}

function decide(exchange: Exchange, webAcl: WebAcl, body: string): void {
  const { request, address, at, extendedRequestId } = exchange;
  const began = performance.now();
  const verdict = webAcl.inspect({
    ...{ clientIp: request.remoteAddress, method: request.method, path: address.pathWithStage, query: request.query },
    ...{ headers: request.headers.raw, body, bodyLength: exchange.bodyBytes ?? request.body.length ?? 0 },
    ...{ httpVersion: `HTTP/1.${request.httpMinor}`, scheme: address.protocol, host: request.host },
    ...{ requestId: extendedRequestId, at },
  });
  exchange.webAcl = { arn: webAcl.arn, action: verdict.action, latencyMs: performance.now() - began };
  if (verdict.action !== 'ALLOW') {
    answerRefusal(exchange, 'webAcl', { refused: 'WAF_FILTERED', reason: verdict.reason, answer: verdict.answer });
    return;
  }
  exchange.capture?.step('webAcl', 'passed', { webAcl: webAcl.arn, reason: verdict.reason });
  if (verdict.insertedHeaders.length > 0) {
    request.headers = new HeadersWithMore(request.headers, verdict.insertedHeaders);
    exchange.fields = new RequestFields(request, exchange);
  }
  invokePassed(exchange);
}
