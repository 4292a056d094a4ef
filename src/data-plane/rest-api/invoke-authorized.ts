// The rest of the flow (see invoke.ts): what follows a web ACL's verdict, an authorizer's answer, and the body. Each may be waited for,
// so each part is called by itself.

import { performance } from 'node:perf_hooks';
import type { BodyFailure } from '../../http1/message.ts';
import type { CachedResponse } from '../method-cache/cached-response.ts';
import { type AuthDecision, openDecision } from './auth-decision.ts';
import { decompressRequest } from './content-encoding.ts';
import type { Exchange } from './exchange.ts';
import { answerRefusal } from './gateway-response.ts';
import { answerWhole } from './integration-answer.ts';
import { BODY_LIMIT_BYTES } from './integrations/whole-answer.ts';
import { bytesOf, type Payload, payloadOfBytes } from './payload.ts';
import type { MethodPipeline } from './pipeline.ts';
import { bodyRefusal, isRefusal, type Refusal } from './refusal.ts';
import { field } from './request-fields.ts';
import { denied } from './resource-policy.ts';
import { readCached } from './response-cache.ts';

/** No web ACL has anything against the request. */
export function invokePassed(exchange: Exchange): void {
  const { pipeline, unrouted } = exchange;
  if (unrouted !== undefined) {
    answerRefusal(exchange, 'route', unrouted);
    return;
  }
  const method = exchange.method as MethodPipeline;
  const barred = pipeline.closed ?? pipeline.resourcePolicy?.refuseBefore(exchange);
  if (barred !== undefined) {
    exchange.isBarred = true;
    answerRefusal(exchange, 'resourcePolicy', barred);
    return;
  }
  const decision = method.authorizer === undefined ? openDecision(method.plan) : method.authorizer.decide(exchange);
  if (decision !== undefined) invokeAuthorized(exchange, decision);
}

export function invokeAuthorized(exchange: Exchange, found: AuthDecision | Refusal): void {
  if (isRefusal(found)) {
    answerRefusal(exchange, 'authorize', found);
    return;
  }
  const { resourcePolicy } = exchange.pipeline;
  const refused = resourcePolicy === undefined ? withoutPolicy(exchange, found) : resourcePolicy.refuseAfter(exchange, found);
  if (refused !== undefined) {
    answerRefusal(exchange, 'resourcePolicy', { ...refused, caller: found });
    return;
  }
  exchange.decision = found;
  exchange.capture?.step('authorize', 'passed', found.finding);

  const method = exchange.method as MethodPipeline;
  const unmetered = meter(exchange, method, found) ?? throttle(exchange, method);
  if (unmetered !== undefined) {
    answerRefusal(exchange, 'meter', unmetered);
    return;
  }
  exchange.capture?.step('meter', method.meter === undefined ? 'off' : 'passed', { apiKeyId: exchange.apiKey?.id });

  if (exchange.bodyHeld) {
    invokeWithPayload(exchange, exchange.body);
    return;
  }
  exchange.bodyTaken = true;
  const { body } = exchange.request;
  const text = body.takeText();
  if (text === undefined) body.readAll(BODY_LIMIT_BYTES, exchange);
  else invokeWithPayload(exchange, payloadOfBytes(text));
}

/** The body is there whole, or will never be. */
export function invokeWithBody(exchange: Exchange, received: Buffer | BodyFailure): void {
  if (typeof received === 'string') answerRefusal(exchange, 'methodRequest', bodyRefusal(received));
  else invokeWithPayload(exchange, received);
}

function invokeWithPayload(exchange: Exchange, received: Payload): void {
  exchange.bodyBytes = received.length;
  exchange.capture?.requestBody(received);
  const method = exchange.method as MethodPipeline;
  const body = received.length > BODY_LIMIT_BYTES ? bodyRefusal('tooLarge') : unpacked(exchange, received);
  if (isRefusal(body)) {
    answerRefusal(exchange, 'methodRequest', body);
    return;
  }
  exchange.body = body;
  const invalid = method.validator?.validate(exchange);
  if (invalid !== undefined) {
    answerRefusal(exchange, 'methodRequest', invalid);
    return;
  }
  exchange.capture?.step('methodRequest', method.validator === undefined ? 'off' : 'passed', { bodyBytes: body.length });

  if (method.cache === undefined) {
    startIntegration(exchange, method);
    return;
  }
  const found = method.cache.lookUp(exchange, exchange.decision as AuthDecision);
  if (found === 'waiting') return;
  if (isRefusal(found)) answerRefusal(exchange, 'methodCache', found);
  else if (found === 'missing') startIntegration(exchange, method);
  else answerCached(exchange, found, 'hit');
}

/** What another request fetched, for one that waited for it; undefined when there is nothing to share. */
export function invokeShared(exchange: Exchange, response: CachedResponse | undefined): void {
  if (response !== undefined) {
    answerCached(exchange, response, 'shared');
    return;
  }
  exchange.cacheLookup = 'miss';
  exchange.capture?.step('methodCache', 'passed', { found: 'miss' });
  startIntegration(exchange, exchange.method as MethodPipeline);
}

function startIntegration(exchange: Exchange, method: MethodPipeline): void {
  exchange.integrationStartedAt = performance.now();
  method.integration.start(exchange, exchange.decision as AuthDecision);
}

function answerCached(exchange: Exchange, response: CachedResponse, found: 'hit' | 'shared'): void {
  exchange.cacheLookup = 'hit';
  exchange.capture?.step('methodCache', 'passed', { found });
  const { headers, encoded } = readCached(response);
  answerWhole(exchange, response.status, headers, response.body, encoded);
}

/** AWS: a signer of another account needs a policy that lets it in. Seen: developer guide, table B. */
function withoutPolicy(exchange: Exchange, decision: AuthDecision): Refusal | undefined {
  if (decision.unlessAllowed !== undefined) return decision.unlessAllowed;
  const { identity } = decision;
  if (identity === undefined || identity.accountId === exchange.pipeline.plan.scope.account) return undefined;
  return denied(exchange, identity.userArn, false);
}

function meter(exchange: Exchange, method: MethodPipeline, decision: AuthDecision): Refusal | undefined {
  if (method.meter === undefined) return undefined;
  const value =
    exchange.pipeline.plan.apiKeySource === 'AUTHORIZER'
      ? decision.usageIdentifierKey
      : exchange.request.headers.get('x-api-key');
  const verdict = method.meter.take(value, exchange.at);
  if (verdict.kind === 'refused') return { refused: verdict.refused, reason: verdict.reason, byUsagePlan: true };
  exchange.apiKey = { id: verdict.apiKeyId, value: value as string };
  return undefined;
}

/** The method's bucket, then the account's. AWS: in this order, after the usage plan. Seen: developer guide, throttling. */
function throttle({ pipeline, at }: Exchange, method: MethodPipeline): Refusal | undefined {
  const byMethod = method.throttle?.take(at);
  if (byMethod !== undefined) return { refused: 'THROTTLED', reason: byMethod.reason };
  const byAccount = pipeline.accountThrottle?.take(at);
  if (byAccount === undefined) return undefined;
  method.throttle?.giveBack();
  return { refused: 'THROTTLED', reason: byAccount.reason };
}

function unpacked({ fields }: Exchange, received: Payload): Payload | Refusal {
  const encoding = fields.one(field.contentEncoding);
  return encoding === undefined ? received : decompressRequest(bytesOf(received), encoding, BODY_LIMIT_BYTES);
}
