// The cache stage of one method: what tells its requests apart, who may ask for a fresh response, and responses on their way into the
// stage's cache and out of it.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-caching.html

import { performance } from 'node:perf_hooks';
import type { HeaderBlock } from '../../http1/header-block.ts';
import { callerContext, principalOf } from '../../iam-policy/caller-context.ts';
import { decideForCaller } from '../../iam-policy/evaluate.ts';
import type { MethodCachePlan } from '../../model/rest-api-plan.ts';
import { invalidationOf } from '../method-cache/cache-invalidation.ts';
import { cacheKey } from '../method-cache/cache-key.ts';
import type { CachedResponse } from '../method-cache/cached-response.ts';
import type { CacheFlight, MethodCache } from '../method-cache/method-cache.ts';
import type { AuthDecision } from './auth-decision.ts';
import type { Exchange } from './exchange.ts';
import { methodArn } from './method-arn.ts';
import { compileRequestValue, type ParameterReader } from './parameter-values.ts';
import { isRefusal, misconfigured, type Refusal } from './refusal.ts';
import { beginResponseHeaders } from './response-headers.ts';

const ACTION = 'execute-api:InvalidateCache';

export class ResponseCache {
  readonly #plan: MethodCachePlan;
  readonly #cache: MethodCache;
  readonly #keyPrefix: string;
  readonly #parameters: readonly ParameterReader[];

  constructor(plan: MethodCachePlan, cache: MethodCache, keyPrefix: string) {
    this.#plan = plan;
    this.#cache = cache;
    this.#keyPrefix = keyPrefix;
    this.#parameters = plan.keyParameters.map((parameter) => compileRequestValue(parameter) ?? unreadable(parameter));
  }

  /** `missing`: the integration has to be asked. `waiting`: another request does that already, and `onShared` tells what came of it. */
  lookUp(exchange: Exchange, decision: AuthDecision): CachedResponse | 'missing' | 'waiting' | Refusal {
    const { request } = exchange;
    const invalidation = invalidationOf(request.headers.get('cache-control'), this.#plan, () =>
      mayInvalidate(exchange, decision),
    );
    if (invalidation.kind === 'refused') return notAllowed(exchange, decision);
    if (invalidation.kind === 'ignored') exchange.warning = invalidation.warning;
    // Of a method ANY each verb has responses of its own.
    const parameters: (string | undefined)[] = [exchange.httpMethod];
    for (const read of this.#parameters) {
      const value = read(exchange);
      if (isRefusal(value)) return value;
      parameters.push(value);
    }
    const found = this.#cache.lookUp(
      {
        key: cacheKey(this.#keyPrefix, principalText(decision), parameters),
        ttlMs: this.#plan.ttlSeconds * 1000,
        encrypted: this.#plan.encrypted,
        refresh: invalidation.kind === 'refresh',
      },
      exchange,
      performance.now(),
    );
    if (found.kind === 'wait') return 'waiting';
    if (found.kind === 'hit') return found.response;
    exchange.flight = found.flight;
    exchange.cacheLookup = 'miss';
    exchange.capture?.step('methodCache', 'passed', { found: invalidation.kind === 'refresh' ? 'refreshed' : 'miss' });
    return 'missing';
  }
}

/** Tells the cache and those who wait what the integration answered. `headers` are those of the answer before its ids. */
export function shareResponse(flight: CacheFlight, status: number, headers: HeaderBlock, body: Buffer): void {
  const fields: string[] = [];
  for (const line of headers.text.split('\r\n')) {
    const colon = line.indexOf(': ');
    if (colon < 0) continue;
    const name = line.slice(0, colon);
    if (!ownOfEachAnswer.has(name.toLowerCase())) fields.push(name, line.slice(colon + 2));
  }
  flight.settle({ status, headers: fields, body }, performance.now());
}

/** When this answer was made, and for which request. */
const ownOfEachAnswer: ReadonlySet<string> = new Set(['date', 'x-amzn-trace-id']);

/** The headers of an answer that is given again; `encoded`: its body is packed already. */
export function readCached({ headers }: CachedResponse): { readonly headers: HeaderBlock; readonly encoded: boolean } {
  const block = beginResponseHeaders();
  let encoded = false;
  for (let i = 0; i + 1 < headers.length; i += 2) {
    const name = headers[i] as string;
    block.add(name, headers[i + 1] as string);
    encoded ||= name.toLowerCase() === 'content-encoding';
  }
  return { headers: block, encoded };
}

/**
 * Whoever was let in, and with what: nobody is answered with a response that was made for somebody else. A user of a pool is known by
 * its token's subject, anybody else by all that was found about them.
 */
function principalText(decision: AuthDecision): string | undefined {
  const { authorizationType, identity, principalId, context, claims } = decision;
  switch (authorizationType) {
    case 'NONE':
      return undefined;
    case 'AWS_IAM':
      return `iam ${identity?.userArn}`;
    case 'CUSTOM':
      return `custom ${JSON.stringify([principalId, context])}`;
    case 'COGNITO_USER_POOLS':
      return `pool ${JSON.stringify(claims?.['sub'] === undefined ? claims : [claims['iss'], claims['sub']])}`;
  }
}

/** Only the policies of a signer can say so. */
function mayInvalidate(exchange: Exchange, { signer }: AuthDecision): boolean {
  if (signer === undefined) return false;
  const { request, address, at, pipeline } = exchange;
  const decision = decideForCaller(signer, {
    principal: principalOf(signer),
    action: ACTION,
    resource: methodArn(exchange),
    context: callerContext(signer, {
      nowMs: at,
      region: pipeline.plan.scope.region,
      sourceIp: request.remoteAddress,
      userAgent: request.headers.get('user-agent'),
      referer: request.headers.get('referer'),
      secureTransport: address.protocol === 'https',
    }),
  });
  return decision.effect === 'allow';
}

/** The words of a call that is not allowed, with this action. From memory of the service; no recording is known. */
function notAllowed(exchange: Exchange, { identity }: AuthDecision): Refusal {
  const masked = methodArn(exchange).replace(/:\d{8}(\d{4}):/, ':********$1:');
  const message = `User: ${identity?.userArn ?? 'anonymous'} is not authorized to perform: ${ACTION} on resource: ${masked}`;
  return { refused: 'ACCESS_DENIED', message, reason: `${message} (Cache-Control: max-age=0).` };
}

/** A key that leaves a parameter out would answer one request with another's response. */
function unreadable(parameter: string): ParameterReader {
  const refusal = misconfigured(`The cache key parameter ${parameter} is no parameter of a request.`);
  return () => refusal;
}
