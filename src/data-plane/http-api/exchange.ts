// One request on its way through the gateway: what came in and what each stage found. Every field is there from birth and written
// once, by the conductor or by the integration it started. It receives the callbacks of authorizers, bodies, backends, functions and
// deadlines and passes them on, so that no request needs a closure or a promise.

import { performance } from 'node:perf_hooks';
import type {
  AbortListener,
  BodyFailure,
  BodyReceiver,
  HeaderView,
  MessageBody,
  ServerRequest,
  UpstreamFailure,
  UpstreamReceiver,
  UpstreamResponse,
  UpstreamTicket,
} from '../../http1/message.ts';
import { TimerNode } from '../../http1/timer-wheel.ts';
import type { StageName } from '../../model/exchange-record.ts';
import type { AuthDecision } from '../authorizers/auth-decision.ts';
import { functionErrorText, lambdaStatus } from '../context-variables/error-variables.ts';
import type { Integration } from '../integrations/integration.ts';
import type { FunctionReceiver, FunctionResult } from '../ports.ts';
import type { Capture } from '../telemetry/capture.ts';
import { wallClock } from './clock.ts';
import { abandonExchange, answerCrash } from './error-response.ts';
import { invokeAuthorized } from './invoke-authorized.ts';
import type { HttpApiPipeline, RoutePipeline } from './pipeline.ts';
import type { Refusal } from './refusal.ts';
import { newRequestId, traceIdFor } from './request-id.ts';
import type { PathParameter } from './route-selection.ts';

/** How the client addressed the API: the front door's finding. */
export interface InvocationAddress {
  /** The path below the stage, undecoded, beginning with `/`: what routes are matched with. */
  readonly path: string;
  /** The path as events show it: `/{stage}` in front for a named stage. Undecoded. */
  readonly pathWithStage: string;
  /** The path as events of payload format 1.0 show it: like `pathWithStage`, but as received on a custom domain, mapping key included. */
  readonly pathWithMapping: string;
  /** `{apiId}.execute-api.…` or a custom domain name, without a port. */
  readonly domainName: string;
  /** The domain name's first label. */
  readonly domainPrefix: string;
  /** How the client reached this listener. */
  readonly protocol: 'http' | 'https';
}

const noParameters: readonly PathParameter[] = [];

export class Exchange extends TimerNode implements UpstreamReceiver, BodyReceiver, FunctionReceiver, AbortListener {
  readonly apiKind = 'http-api';
  readonly pipeline: HttpApiPipeline;
  readonly request: ServerRequest;
  readonly address: InvocationAddress;
  readonly requestId: string = newRequestId();
  /** Milliseconds since the epoch. */
  readonly at: number;

  route: RoutePipeline | undefined = undefined;
  pathParameters: readonly PathParameter[] = noParameters;
  /** The gateway answers by itself once the route's authorizer has let it pass. */
  isPreflight = false;
  /** Why this request may reach its integration; undefined until then. */
  decision: AuthDecision | undefined = undefined;

  #traceId: string | undefined = undefined;

  /** performance.now() when the integration was started and when it had answered or failed; 0 before. */
  integrationStartedAt = 0;
  integrationEndedAt = 0;

  /** The status that the backend or Lambda answered with (not the function); 0 before. For access logs, as the two below. */
  integrationStatus = 0;
  integrationHeaders: HeaderView | undefined = undefined;
  /** Lambda's id of the invocation. */
  functionRequestId: string | undefined = undefined;
  integrationError: string | undefined = undefined;

  /** The call to an HTTP backend; undefined before there is one. */
  upstream: UpstreamTicket | undefined = undefined;

  /** The body for the integration: the request's own, or what an authorizer read of it before. Integrations use no other. */
  body: MessageBody;
  /** True as soon as somebody consumed the request's body. */
  bodyTaken = false;
  /** Bytes of request body read; undefined while nobody counted. */
  bodyBytes: number | undefined = undefined;
  /** True once an answer was begun: late callbacks are ignored then. */
  settled = false;
  /** True once it was counted and recorded; then the times are known. */
  reported = false;
  /** Microseconds from the request's head to the end of the answer, and of these until the integration had answered. */
  totalUs = 0;
  integrationUs: number | undefined = undefined;
  status = 0;
  refusal: Refusal | undefined = undefined;
  refusedAt: StageName | undefined = undefined;

  /** Undefined at level 0. */
  readonly capture: Capture | undefined;

  constructor(pipeline: HttpApiPipeline, request: ServerRequest, address: InvocationAddress, capture: Capture | undefined) {
    super();
    this.pipeline = pipeline;
    this.request = request;
    this.body = request.body;
    this.at = wallClock(request.startedAt);
    this.address = address;
    this.capture = capture;
    request.onAbort = this;
  }

  /** Called once the exchange is reported. */
  writeLogs(): void {
    this.pipeline.accessLog?.write(this);
  }

  /** The client went away. An answer that has begun is the business of whoever writes it. */
  onClientGone(): void {
    if (this.settled) return;
    abandonExchange(this);
  }

  /** The X-Ray trace header of this request: the authorizer's and the integration's function get the same. */
  get traceId(): string {
    this.#traceId ??= traceIdFor(this.request.headers.get('x-amzn-trace-id'), this.at);
    return this.#traceId;
  }

  /** Bytes of head and body received. */
  get bytesIn(): number {
    return this.request.headBytes + (this.bodyBytes ?? this.request.body.length ?? 0);
  }

  /** The authorizer that said it would decide later has decided. */
  onAuthDecision(found: AuthDecision | Refusal): void {
    if (this.settled) return;
    try {
      // Twice would start the integration twice.
      if (this.decision !== undefined) throw new Error('An authorizer decided twice about one request.');
      invokeAuthorized(this, this.route as RoutePipeline, found);
    } catch (error) {
      answerCrash(this, error);
    }
  }

  onBody(body: Buffer): void {
    if (this.settled) return;
    this.bodyBytes = body.length;
    try {
      this.#integration().onRequestBody(this, body);
    } catch (error) {
      answerCrash(this, error);
    }
  }

  onBodyFailure(failure: BodyFailure): void {
    if (this.settled) return;
    try {
      this.#integration().onRequestBodyFailure(this, failure);
    } catch (error) {
      answerCrash(this, error);
    }
  }

  onResponse(response: UpstreamResponse): void {
    if (this.settled) {
      response.body.discard();
      return;
    }
    this.integrationEndedAt = performance.now();
    this.integrationStatus = response.status;
    this.integrationHeaders = response.headers;
    try {
      this.#integration().onUpstreamResponse(this, response);
    } catch (error) {
      answerCrash(this, error);
    }
  }

  onFailure(failure: UpstreamFailure): void {
    if (this.settled) return;
    this.integrationEndedAt = performance.now();
    this.integrationError = failure.message;
    try {
      this.#integration().onUpstreamFailure(this, failure);
    } catch (error) {
      answerCrash(this, error);
    }
  }

  onFunctionRequest(requestId: string): void {
    this.functionRequestId = requestId;
  }

  onFunctionResult(result: FunctionResult): void {
    if (this.settled) return;
    this.integrationEndedAt = performance.now();
    this.pipeline.deadlines.cancel(this);
    this.integrationStatus = lambdaStatus(result);
    if (result.kind === 'functionError' && this.pipeline.accessLog !== undefined) {
      this.integrationError = functionErrorText(result.payload);
    }
    try {
      this.#integration().onFunctionResult(this, result);
    } catch (error) {
      answerCrash(this, error);
    }
  }

  override onDeadline(): void {
    if (this.settled) return;
    this.integrationEndedAt = performance.now();
    try {
      this.#integration().onDeadline(this);
    } catch (error) {
      answerCrash(this, error);
    }
  }

  #integration(): Integration {
    return (this.route as RoutePipeline).integration;
  }
}
