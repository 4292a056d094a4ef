// One request on its way through a REST API: what came in and what each stage found. Every field is there from birth and written
// once, by the conductor or by the integration it started. It receives the callbacks of bodies, backends, functions and deadlines, so
// that no request needs a closure or a promise.

import { performance } from 'node:perf_hooks';
import type {
  AbortListener,
  BodyFailure,
  BodyReceiver,
  HeaderView,
  ServerRequest,
  UpstreamFailure,
  UpstreamReceiver,
  UpstreamResponse,
  UpstreamTicket,
} from '../../http1/message.ts';
import { TimerNode } from '../../http1/timer-wheel.ts';
import type { StageName } from '../../model/exchange-record.ts';
import type { RequestContext } from '../../vtl/request-context.ts';
import { functionErrorText, lambdaStatus } from '../context-variables/error-variables.ts';
import { wallClock } from '../http-api/clock.ts';
import { RestRequestIds, restIdLines, traceIdFor } from '../http-api/request-id.ts';
import type { CachedResponse } from '../method-cache/cached-response.ts';
import type { CacheFlight, CacheWaiter } from '../method-cache/method-cache.ts';
import type { FunctionReceiver, FunctionResult } from '../ports.ts';
import type { Capture } from '../telemetry/capture.ts';
import type { TraceDecision } from '../telemetry/trace-header.ts';
import type { AuthDecision } from './auth-decision.ts';
import { abandonExchange, answerCrash } from './gateway-response.ts';
import { type ForwardedFields, forwardedFields } from './integrations/forwarded-for.ts';
import { invokeAuthorized, invokeShared, invokeWithBody } from './invoke-authorized.ts';
import { bytesOf, type Payload } from './payload.ts';
import type { MethodPipeline, RestApiPipeline } from './pipeline.ts';
import type { Refusal } from './refusal.ts';
import { field, RequestFields } from './request-fields.ts';
import type { PathParameter } from './resource-selection.ts';
import type { RestInvocationAddress } from './rest-invocation-address.ts';
import type { ResponseOverride } from './template-overrides.ts';
import type { WebAclFinding } from './web-acl.ts';

const noParameters: readonly PathParameter[] = [];
const ids = new RestRequestIds();

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

export class Exchange extends TimerNode implements UpstreamReceiver, BodyReceiver, FunctionReceiver, CacheWaiter, AbortListener {
  readonly apiKind = 'rest-api';
  readonly pipeline: RestApiPipeline;
  readonly request: ServerRequest;
  readonly address: RestInvocationAddress;
  readonly requestId: string;
  readonly extendedRequestId: string;
  /** The header lines that tell both. */
  readonly idLines: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /**
   * What the method is routed as and shown as. AWS: `X-HTTP-Method-Override` says another than the request line, and is not passed on.
   * Seen: developer guide, "Important notes".
   */
  readonly httpMethod: string;
  /** Headers and query as mappings, templates and events see them; made anew when a web ACL adds headers. */
  fields: RequestFields;

  method: MethodPipeline | undefined = undefined;
  pathParameters: readonly PathParameter[] = noParameters;
  /** Undefined where no web ACL looked. */
  webAcl: WebAclFinding | undefined = undefined;
  decision: AuthDecision | undefined = undefined;
  /** The API key that let the request pass. */
  apiKey: { readonly id: string; readonly value: string } | undefined = undefined;
  /** The body, decompressed; empty before it was read. */
  body: Payload = '';
  /** What templates see as `$context`; undefined before the first. */
  templateContext: RequestContext | undefined = undefined;
  /** What the request's template said about the response. */
  responseOverride: ResponseOverride | undefined = undefined;

  /** The response that others may wait for in the stage's cache; it is settled with the exchange. */
  flight: CacheFlight | undefined = undefined;
  /** What the stage's cache had; undefined when it was not asked. */
  cacheLookup: 'hit' | 'miss' | undefined = undefined;
  /** Value of the answer's header `Warning`: the client asked the cache for something that it may not. */
  warning: string | undefined = undefined;

  /** performance.now() when the integration was started and when it had answered or failed; 0 before. */
  integrationStartedAt = 0;
  integrationEndedAt = 0;

  /** What the backend, or Lambda itself, answered; 0 before or without an answer. */
  integrationStatus = 0;
  integrationHeaders: HeaderView | undefined = undefined;
  /** Lambda's id of the invocation. */
  functionRequestId: string | undefined = undefined;
  /** The version of the function that ran. */
  executedVersion: string | undefined = undefined;
  /** Why a backend or function gave no answer of its own, for the access log. */
  integrationError: string | undefined = undefined;

  /** The call to an HTTP backend; undefined before there is one. */
  upstream: UpstreamTicket | undefined = undefined;

  /** True as soon as somebody consumed the request's body. */
  bodyTaken = false;
  /** A web ACL or an authorizer read the body: it need not be read again. */
  bodyHeld = false;
  /** Bytes of request body read; undefined while nobody counted. */
  bodyBytes: number | undefined = undefined;
  /** True once an answer was begun: late callbacks are ignored then. */
  settled = false;
  reported = false;
  totalUs = 0;
  integrationUs: number | undefined = undefined;
  status = 0;
  refusal: Refusal | undefined = undefined;
  refusedAt: StageName | undefined = undefined;
  /** Why there is no method; the web ACL looks at the request all the same. */
  unrouted: Refusal | undefined = undefined;
  /** Refused before anybody was asked who it is: by a closed API, or a resource policy that denies everybody. */
  isBarred = false;

  /** Undefined at level 0. */
  readonly capture: Capture | undefined;
  /** Of a stage that is traced, once it was decided. */
  trace: TraceDecision | undefined = undefined;
  #traceId: string | undefined = undefined;
  #functionTrace = '';

  constructor(pipeline: RestApiPipeline, request: ServerRequest, address: RestInvocationAddress, capture: Capture | undefined) {
    super();
    this.pipeline = pipeline;
    this.request = request;
    this.at = wallClock(request.startedAt);
    this.address = address;
    this.capture = capture;
    this.fields = new RequestFields(request, this);
    this.httpMethod = this.fields.one(field.methodOverride)?.trim().toUpperCase() || request.method;
    // AWS: a client may choose the id, when it is a UUID. Seen: developer guide, $context.requestId.
    const chosen = this.fields.one(field.requestId);
    ids.next();
    this.extendedRequestId = ids.extendedRequestId;
    if (chosen !== undefined && UUID.test(chosen)) {
      this.requestId = Buffer.from(chosen, 'latin1').toString('latin1');
      this.idLines = restIdLines(this.requestId, this.extendedRequestId);
    } else {
      this.requestId = ids.requestId;
      this.idLines = ids.lines;
    }
    request.onAbort = this;
  }

  /** The matched method, for telemetry. */
  get route(): MethodPipeline | undefined {
    return this.method;
  }

  /** Of the X-Ray header that backends and functions see. */
  get traceId(): string {
    if (this.#traceId !== undefined) return this.#traceId;
    const received = this.fields.one(field.traceId);
    this.trace = this.pipeline.tracer?.decide(this, received);
    this.#traceId = this.trace?.header ?? traceIdFor(received, this.at);
    return this.#traceId;
  }

  /** AWS: a test has its own headers alone. From memory of the service (tests in the console). */
  get forwarded(): ForwardedFields | undefined {
    return this.address.isTest === true ? undefined : forwardedFields(this);
  }

  /** The trace header of the answer. AWS: Lambda's own when a function made it. Seen: recorded answers. */
  get answeredTrace(): string {
    return this.#functionTrace === '' ? this.traceId : this.#functionTrace;
  }

  writeLogs(): void {
    const { tracer } = this.pipeline;
    if (tracer !== undefined) {
      // Decided here when nobody asked for the header.
      if (this.trace === undefined) void this.traceId;
      tracer.record(this);
    }
    this.pipeline.accessLog?.write(this);
    this.pipeline.executionLog?.write(this);
  }

  onClientGone(): void {
    if (!this.settled) abandonExchange(this);
  }

  /** The body, for whoever asks for it when it was read before. */
  get heldBody(): Buffer | undefined {
    return this.bodyHeld ? bytesOf(this.body) : undefined;
  }

  get bytesIn(): number {
    return this.request.headBytes + (this.bodyBytes ?? this.request.body.length ?? 0);
  }

  /** An authorizer that waited has found. */
  onAuthDecision(found: AuthDecision | Refusal): void {
    if (this.settled || this.decision !== undefined) return;
    try {
      invokeAuthorized(this, found);
    } catch (error) {
      answerCrash(this, error);
    }
  }

  onBody(body: Buffer): void {
    if (this.settled) return;
    try {
      invokeWithBody(this, body);
    } catch (error) {
      answerCrash(this, error);
    }
  }

  onBodyFailure(failure: BodyFailure): void {
    if (this.settled) return;
    try {
      invokeWithBody(this, failure);
    } catch (error) {
      answerCrash(this, error);
    }
  }

  onShared(response: CachedResponse | undefined): void {
    if (this.settled) return;
    try {
      invokeShared(this, response);
    } catch (error) {
      answerCrash(this, error);
    }
  }

  onResponse(response: UpstreamResponse): void {
    if (this.settled) {
      response.body.discard();
      return;
    }
    this.integrationStatus = response.status;
    this.integrationHeaders = response.headers;
    try {
      this.#method().integration.onUpstreamResponse(this, response);
    } catch (error) {
      answerCrash(this, error);
    }
  }

  onFailure(failure: UpstreamFailure): void {
    if (this.settled) return;
    this.integrationEndedAt = performance.now();
    this.integrationError = failure.message;
    try {
      this.#method().integration.onUpstreamFailure(this, failure);
    } catch (error) {
      answerCrash(this, error);
    }
  }

  onFunctionRequest(requestId: string, trace: string, version?: string): void {
    this.functionRequestId = requestId;
    this.executedVersion = version;
    this.#functionTrace = trace;
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
      this.#method().integration.onFunctionResult(this, result);
    } catch (error) {
      answerCrash(this, error);
    }
  }

  override onDeadline(): void {
    if (this.settled) return;
    this.integrationEndedAt = performance.now();
    try {
      this.#method().integration.onDeadline(this);
    } catch (error) {
      answerCrash(this, error);
    }
  }

  #method(): MethodPipeline {
    return this.method as MethodPipeline;
  }
}
