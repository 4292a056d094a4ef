// THE FLOW of a request through an HTTP API. Read this first.
//
//   front-door finds the API and the stage
//        │
//        ▼
//   ┌─────────┐  OPTIONS preflight of an API with CORS ────────────►  204 and the CORS headers        cors.ts
//   │  cors   │
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
import { reportExchange } from '../telemetry/exchange-report.ts';
import { PREFLIGHT_STATUS } from './cors.ts';
import { answerCrash, answerRefusal } from './error-response.ts';
import { Exchange, type InvocationAddress } from './exchange.ts';
import { invokeAuthorized } from './invoke-authorized.ts';
import type { HttpApiPipeline } from './pipeline.ts';
import { isRefusal, type Refusal } from './refusal.ts';
import { addRequestId, beginResponseHeaders } from './response-headers.ts';

/** Serves one request. It is answered here or later by its integration; whatever happens it is answered once. */
export function invoke(pipeline: HttpApiPipeline, request: ServerRequest, address: InvocationAddress): void {
  const exchange = new Exchange(pipeline, request, address, newCapture(pipeline, request));
  try {
    if (pipeline.cors?.isPreflight(request.method, request.headers) === true) {
      answerPreflight(exchange);
      return;
    }

    const match = pipeline.routes.select(request.method, address.path);
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

function answerPreflight(exchange: Exchange): void {
  const { pipeline, request } = exchange;
  const headers = beginResponseHeaders();
  pipeline.cors?.addToPreflight(headers, request.headers.get('origin'));
  addRequestId(exchange, headers);
  exchange.settled = true;
  exchange.status = PREFLIGHT_STATUS;
  request.body.discard();
  exchange.capture?.response(headers, '');
  request.respond(PREFLIGHT_STATUS, headers, '');
  note(exchange, 'cors', pipeline.plan.corsConfiguration);
  reportExchange(exchange);
}

function refuse(exchange: Exchange, stage: StageName, refusal: Refusal): void {
  exchange.capture?.step(stage, 'refused', refusal);
  answerRefusal(exchange, stage, refusal);
}

function note(exchange: Exchange, stage: StageName, finding: unknown): void {
  exchange.capture?.step(stage, 'passed', finding);
}
