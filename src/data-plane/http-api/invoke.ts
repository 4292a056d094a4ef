// THE FLOW of a request through an HTTP API. Read this first.
//
//   front-door finds the API and the stage
//        │
//        ▼
//   ┌─────────┐  OPTIONS preflight of an API with CORS ────────────►  204 and the CORS headers        cors.ts, preflight.ts
//   │  cors   │  (when a route takes it that has an authorizer: after that one let it pass)
//   ├─────────┤  no route, or a path with two readings ────────────►  404, 400                        route-selection.ts
//   │  route  │
//   ├─────────┤  no valid credentials, not allowed, cannot tell ───►  401, 403, 500                   authorizers/
//   │authorize│  (may wait: the exchange then goes on in invoke-authorized.ts when the decision is there)
//   ├─────────┤  the route's or the account's bucket is empty ─────►  429                             throttle.ts
//   │ throttle│
//   ├─────────┤  body over 10 MB, event over 6 MB ─────────────────►  413                             integrations/
//   │ integ-  │  cannot be called, function failed, bad output ────►  500
//   │ ration  │  unreachable, or no answer in time ────────────────►  503
//   └────┬────┘
//        ▼
//   integration-answer.ts: the integration's answer    error-response.ts: the gateway's own answer (every exit to the right)
//        └──────────────┬──────────────┘
//                       ▼
//   telemetry/: counts and the exchange's record, after the client has its answer
//
// A stage returns its finding or a Refusal. Only this file, invoke-authorized.ts and the integrations decide what comes next; nothing
// here waits: an authorizer or an integration that has to wait is called back through its Exchange.

import type { ServerRequest } from '../../http1/message.ts';
import type { StageName } from '../../model/exchange-record.ts';
import { openDecision } from '../authorizers/auth-decision.ts';
import { newCapture } from '../telemetry/capture.ts';
import { answerCrash, answerRefusal } from './error-response.ts';
import { Exchange, type InvocationAddress } from './exchange.ts';
import { invokeAuthorized } from './invoke-authorized.ts';
import type { HttpApiPipeline } from './pipeline.ts';
import { answerPreflight } from './preflight.ts';
import { isRefusal, type Refusal } from './refusal.ts';

/** Serves one request. It is answered here or later by its integration; whatever happens it is answered once. */
export function invoke(pipeline: HttpApiPipeline, request: ServerRequest, address: InvocationAddress): void {
  const exchange = new Exchange(pipeline, request, address, newCapture(pipeline, request));
  try {
    const match = pipeline.routes.select(request.method, address.path);
    if (pipeline.cors?.isPreflight(request.method, request.headers) === true) {
      // AWS: answered without a route and on open ones; a route that takes OPTIONS and asks who calls asks preflights, too (ANY, $default).
      // Seen: developer guide, "Configuring CORS for an HTTP API with a $default route and an authorizer"; anomalyco/sst#5493.
      if (isRefusal(match) || match.route.authorizer === undefined) {
        answerPreflight(exchange);
        return;
      }
      exchange.isPreflight = true;
    }
    if (isRefusal(match)) {
      refuse(exchange, 'route', match);
      return;
    }
    const { route } = match;
    exchange.route = route;
    exchange.pathParameters = match.pathParameters;
    note(exchange, 'route', match.pathParameters);

    const found = route.authorizer === undefined ? openDecision(route.plan) : route.authorizer.decide(exchange);
    if (found !== undefined) invokeAuthorized(exchange, route, found);
  } catch (error) {
    answerCrash(exchange, error);
  }
}

function refuse(exchange: Exchange, stage: StageName, refusal: Refusal): void {
  exchange.capture?.step(stage, 'refused', refusal);
  answerRefusal(exchange, stage, refusal);
}

function note(exchange: Exchange, stage: StageName, finding: unknown): void {
  exchange.capture?.step(stage, 'passed', finding);
}
