// The second half of THE FLOW (invoke.ts): what a request goes through that its authorizer let pass. It begins at once on open
// routes and when an authorizer decided at once, otherwise when the authorizer calls back.

import { performance } from 'node:perf_hooks';
import type { AuthDecision } from '../authorizers/auth-decision.ts';
import { answerRefusal } from './error-response.ts';
import type { Exchange } from './exchange.ts';
import type { HttpApiPipeline, RoutePipeline } from './pipeline.ts';
import { answerPreflight } from './preflight.ts';
import { isRefusal, type Refusal } from './refusal.ts';

/** Goes on with what the authorizer of `route` found. */
export function invokeAuthorized(exchange: Exchange, route: RoutePipeline, found: AuthDecision | Refusal): void {
  if (isRefusal(found)) {
    exchange.capture?.step('authorize', 'refused', found);
    answerRefusal(exchange, 'authorize', found);
    return;
  }
  exchange.decision = found;
  exchange.capture?.step('authorize', 'passed', found.finding);
  if (exchange.isPreflight) {
    answerPreflight(exchange);
    return;
  }

  const { pipeline } = exchange;
  const throttled = throttle(pipeline, route, exchange.at);
  if (throttled !== undefined) {
    exchange.capture?.step('throttle', 'refused', throttled);
    answerRefusal(exchange, 'throttle', throttled);
    return;
  }
  exchange.capture?.step('throttle', 'passed', route.plan.throttle ?? pipeline.plan.accountThrottle);

  exchange.integrationStartedAt = performance.now();
  route.integration.start(exchange, found);
}

/** The route's bucket, then the account's. AWS: in this order. Seen: developer guide, throttling. */
function throttle(pipeline: HttpApiPipeline, route: RoutePipeline, nowMs: number): Refusal | undefined {
  const byRoute = route.throttle?.take(nowMs);
  if (byRoute !== undefined) return byRoute;
  const byAccount = pipeline.accountThrottle?.take(nowMs);
  if (byAccount !== undefined) route.throttle?.giveBack();
  return byAccount;
}
