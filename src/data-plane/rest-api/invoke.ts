// THE FLOW of a request through a REST API. Read this first.
//
//   front-door finds the API and the stage
//        │
//        ▼
//   ┌─────────┐  a rule of the stage's web ACL ──────────────►  403 WAF_FILTERED, or its own      web-acl.ts
//   │ web ACL │
//   ├─────────┤  no such resource or method ─────────────────►  403 MISSING_AUTHENTICATION_TOKEN  resource-selection.ts
//   │  route  │
//   ├─────────┤  an explicit deny ───────────────────────────►  403 ACCESS_DENIED                 resource-policy.ts
//   │ policy  │
//   ├─────────┤  who are you? may you? ──────────────────────►  401 UNAUTHORIZED, 403, 500        authorizers/
//   │authorize│  then the policy once more, with the answer
//   ├─────────┤  API key, usage plan, method, account ───────►  403 INVALID_API_KEY, 429          ports.ts (MeterPort)
//   │  meter  │
//   ├─────────┤  body over 10 MB, bad content coding ────────►  413, 415                          content-encoding.ts
//   │ method  │  required parameters, body model ────────────►  400 BAD_REQUEST_…                 method-request.ts
//   │ request │
//   ├─────────┤  kept: answered at once; a refresh refused ──►  403 ACCESS_DENIED                 response-cache.ts
//   │  cache  │
//   ├─────────┤  no template for this type ──────────────────►  415 UNSUPPORTED_MEDIA_TYPE        integration-request.ts
//   │ integ-  │  unreachable, slow, failed ──────────────────►  500, 502, 504                     integrations/
//   │ ration  │  no response is configured for the answer ───►  500 API_CONFIGURATION_ERROR       integration-response.ts
//   └────┬────┘
//        ▼
//   integration-answer.ts: the integration's answer    gateway-response.ts: the gateway's own answer (every exit to the right)
//        └──────────────┬──────────────┘
//                       ▼
//   telemetry/: counts and the exchange's record, after the client has its answer
//
// A stage returns its finding or a Refusal. Only this file, invoke-authorized.ts and the integrations decide what comes next; nothing
// here waits: what has to wait is called back through its Exchange.

import type { ServerRequest } from '../../http1/message.ts';
import { newCapture } from '../telemetry/capture.ts';
import { Exchange } from './exchange.ts';
import { answerCrash } from './gateway-response.ts';
import { invokePassed } from './invoke-authorized.ts';
import type { RestApiPipeline } from './pipeline.ts';
import { isRefusal } from './refusal.ts';
import type { RestInvocationAddress } from './rest-invocation-address.ts';
import { unsignedRefusal } from './signature-refusal.ts';
import { inspectRequest } from './web-acl.ts';

/** Serves one request. It is answered here or later by its integration; whatever happens it is answered once. */
export function invoke(pipeline: RestApiPipeline, request: ServerRequest, address: RestInvocationAddress): void {
  const exchange = new Exchange(pipeline, request, address, newCapture(pipeline, request));
  try {
    // Looked up first: logs and metrics name the method of a request that the web ACL stops, too.
    const match = pipeline.resources.select(exchange.httpMethod, address.path);
    if (isRefusal(match)) {
      // AWS: what is not there is asked for like a signed method, and an Authorization that is no signature is told so. Seen: public
      // reports (HumanCellAtlas/data-store#328, awslabs/time-addressable-media-store#8).
      const unsigned = match.refused === 'MISSING_AUTHENTICATION_TOKEN' ? unsignedRefusal(request) : undefined;
      exchange.unrouted = unsigned ?? match;
    } else {
      const { method } = match;
      exchange.method = method;
      exchange.pathParameters = match.pathParameters;
      exchange.capture?.step('route', 'passed', { resourcePath: method.plan.resourcePath, pathParameters: match.pathParameters });
    }

    const webAcl = pipeline.webAcl?.current;
    if (webAcl === undefined || address.isTest === true) invokePassed(exchange);
    else inspectRequest(exchange, webAcl);
  } catch (error) {
    answerCrash(exchange, error);
  }
}
