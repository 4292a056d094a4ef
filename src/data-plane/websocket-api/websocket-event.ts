// One event of a WebSocket API on its way: a handshake (CONNECT), a message (MESSAGE) or the end of a connection (DISCONNECT). Every field
// is there from birth. It receives the callbacks of functions, backends and deadlines, so that no event needs a closure or a promise.

import { performance } from 'node:perf_hooks';
import type { HeaderView, UpstreamFailure, UpstreamReceiver, UpstreamResponse, UpstreamTicket } from '../../http1/message.ts';
import { TimerNode } from '../../http1/timer-wheel.ts';
import type { JsonValue } from '../../json-path/json-value.ts';
import { parseJson } from '../../json-path/parse-json.ts';
import { parsePlainObject } from '../../json-path/plain-json.ts';
import type { ConnectionFacts } from '../../model/connection-facts.ts';
import type { StageName } from '../../model/exchange-record.ts';
import type { SelectionView } from '../../selection-expression/selection-key.ts';
import type { RequestContext } from '../../vtl/request-context.ts';
import { functionErrorText, lambdaStatus } from '../context-variables/error-variables.ts';
import { wallClock } from '../http-api/clock.ts';
import { newRequestId, newTraceId } from '../http-api/request-id.ts';
import type { FunctionReceiver, FunctionResult } from '../ports.ts';
import type { RequestFields } from '../rest-api/request-fields.ts';
import type { Capture } from '../telemetry/capture.ts';
import { reportExchange } from '../telemetry/exchange-report.ts';
import type { FinishedExchange, ReportedRequest } from '../telemetry/finished-exchange.ts';
import type { ChannelRequest } from './channels/channel-request.ts';
import type { HandshakeSigning } from './connection.ts';
import { contextText } from './event-context.ts';
import type { RoutePipeline, WebSocketApiPipeline } from './pipeline.ts';
import { isRefusal, type Refusal, statusOf } from './refusal.ts';

export type EventType = 'CONNECT' | 'MESSAGE' | 'DISCONNECT';

/** How a connection ended: the code and reason of whoever closed first; 1005 without a code, 1006 without a Close frame. */
export interface Farewell {
  readonly code: number;
  readonly reason: string;
}

/** What an integration made of an event. */
export interface IntegrationOutcome {
  /** Of the integration's answer: a handshake is let in with 2xx alone. */
  readonly status: number;
  /** What a two-way route sends to the client; '' for nothing. A string is sent as it is. */
  readonly body: string | Buffer;
  /** The body is text (UTF-8). */
  readonly isText: boolean;
  /** The subprotocol that $connect chose. */
  readonly protocol?: string | undefined;
  /** Channels that the connection shall join and leave. */
  readonly channels?: ChannelRequest | undefined;
}

export abstract class WebSocketEvent
  extends TimerNode
  implements FunctionReceiver, UpstreamReceiver, FinishedExchange, SelectionView
{
  readonly apiKind = 'websocket-api';
  abstract readonly eventType: EventType;
  readonly pipeline: WebSocketApiPipeline;
  /** The message; '' for events that have none. */
  readonly body: string = '';
  /** Of the message, or the request of a handshake. */
  abstract readonly bytesIn: number;
  /** What is remembered of the handshake's signature; undefined when nobody signed. */
  abstract readonly signing: HandshakeSigning | undefined;
  /** Headers and query string of the handshake; undefined after it. */
  readonly fields: RequestFields | undefined = undefined;
  /** How the connection ended; undefined before. */
  readonly farewell: Farewell | undefined = undefined;
  /** A handshake replaces them as it learns more. */
  facts: ConnectionFacts;
  // AWS: one id in two places. Seen: recorded events.
  readonly requestId: string = newRequestId();
  /** Milliseconds since the epoch. */
  readonly at: number;
  route: RoutePipeline | undefined = undefined;
  readonly capture: Capture | undefined;

  /** performance.now() when the integration was started and when it had answered or failed; 0 before. */
  integrationStartedAt = 0;
  integrationEndedAt = 0;
  integrationStatus = 0;
  integrationHeaders: HeaderView | undefined = undefined;
  /** Why a backend or function gave no answer of its own, for the access log. */
  integrationError: string | undefined = undefined;
  functionRequestId: string | undefined = undefined;
  upstream: UpstreamTicket | undefined = undefined;
  /** `$context` of its templates, from the first one that reads it. */
  templateContext: RequestContext | undefined = undefined;

  /** True once the event's outcome is known: late callbacks are ignored then. */
  settled = false;
  reported = false;
  totalUs = 0;
  integrationUs: number | undefined = undefined;
  status = 0;
  refusal: Refusal | undefined = undefined;
  refusedAt: StageName | undefined = undefined;
  #traceId: string | undefined = undefined;
  #json: JsonValue | undefined = undefined;
  #isParsed = false;
  #object: Readonly<Record<string, unknown>> | undefined = undefined;

  /** `startedAt`: performance.now() when it began. */
  constructor(pipeline: WebSocketApiPipeline, facts: ConnectionFacts, startedAt: number, capture: Capture | undefined) {
    super();
    this.pipeline = pipeline;
    this.facts = facts;
    this.capture = capture;
    this.at = wallClock(startedAt);
  }

  /** What telemetry reads of it. */
  abstract get request(): ReportedRequest;

  get messageId(): string | undefined {
    return undefined;
  }

  /** What the gateway says about the handshake in its headers. */
  get gatewayHeaders(): readonly (readonly [name: string, value: string])[] {
    return [];
  }

  get connectionId(): string {
    return this.facts.connectionId;
  }

  get address(): { readonly pathWithStage: string } {
    return { pathWithStage: `/${this.facts.stageName}` };
  }

  get traceId(): string {
    this.#traceId ??= newTraceId(this.at);
    return this.#traceId;
  }

  /** What the integration made of it, or why it was not served. Called once. */
  protected abstract onOutcome(outcome: IntegrationOutcome | Refusal, stage: StageName): void;

  /** Starts the integration of the event's route. */
  integrate(route: RoutePipeline): void {
    if (route.integration.isTimed) this.integrationStartedAt = performance.now();
    route.integration.start(this);
  }

  /** For integrations: the event is answered. Only the first counts. */
  answer(outcome: IntegrationOutcome): void {
    if (this.settled) return;
    const template = this.route?.channels;
    const channels = template === undefined ? outcome.channels : template.read(this);
    if (isRefusal(channels)) {
      this.refuse('integrationResponse', channels);
      return;
    }
    this.#end();
    this.capture?.step('integration', 'passed', { status: outcome.status });
    this.onOutcome(channels === undefined ? outcome : { ...outcome, channels }, 'integration');
  }

  /** The event goes no further. Only the first refusal or answer counts. */
  refuse(stage: StageName, refusal: Refusal): void {
    if (this.settled) return;
    this.#end();
    this.refusal = refusal;
    this.refusedAt = stage;
    this.status = statusOf(refusal);
    this.capture?.step(stage, 'refused', { refused: refusal.refused, reason: refusal.reason });
    this.onOutcome(refusal, stage);
  }

  /** A bug of ours met this event. */
  crash(error: unknown): void {
    const reason = `Internal fault: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
    this.refuse('integration', { refused: 'API_CONFIGURATION_ERROR', reason });
  }

  /** Counts and logs the event. */
  report(): void {
    reportExchange(this);
  }

  writeLogs(): void {
    this.pipeline.accessLog?.write(this);
    this.pipeline.executionLog?.write(this);
  }

  #end(): void {
    this.settled = true;
    this.pipeline.deadlines.cancel(this);
    this.upstream?.cancel();
    if (this.integrationStartedAt !== 0 && this.integrationEndedAt === 0) this.integrationEndedAt = performance.now();
  }

  // --- what it receives ---

  onFunctionRequest(requestId: string): void {
    this.functionRequestId = requestId;
  }

  onFunctionResult(result: FunctionResult): void {
    if (this.settled) return;
    this.integrationEndedAt = performance.now();
    this.integrationStatus = lambdaStatus(result);
    if (result.kind === 'functionError' && this.pipeline.accessLog !== undefined) {
      this.integrationError = functionErrorText(result.payload);
    }
    try {
      this.route?.integration.onFunctionResult(this, result);
    } catch (error) {
      this.crash(error);
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
      this.route?.integration.onUpstreamResponse(this, response);
    } catch (error) {
      this.crash(error);
    }
  }

  onFailure(failure: UpstreamFailure): void {
    if (this.settled) return;
    this.integrationEndedAt = performance.now();
    this.integrationError = failure.message;
    try {
      this.route?.integration.onUpstreamFailure(this, failure);
    } catch (error) {
      this.crash(error);
    }
  }

  override onDeadline(): void {
    const ms = this.route?.plan.integration.type === 'UNSERVABLE' ? 0 : this.route?.plan.integration.timeoutInMillis;
    this.refuse('integration', {
      refused: 'INTEGRATION_TIMEOUT',
      reason: `The integration did not answer within its ${ms} ms.`,
    });
  }

  // --- what selection expressions read ---

  requestBody(): JsonValue | undefined {
    if (!this.#isParsed) {
      this.#isParsed = true;
      const parsed = this.body === '' ? undefined : parseJson(this.body);
      this.#json = parsed?.fault === undefined ? parsed?.value : undefined;
    }
    return this.#json;
  }

  requestObject(): Readonly<Record<string, unknown>> | undefined {
    if (this.#object === undefined && !this.#isParsed) {
      this.#object = parsePlainObject(this.body);
      // Asked again it is read exactly at once.
      if (this.#object === undefined) this.requestBody();
    }
    return this.#object;
  }

  requestHeader(name: string): string | undefined {
    return this.fields?.header(name)?.at(-1);
  }

  requestQuery(name: string): string | undefined {
    return this.fields?.query.get(name)?.at(-1);
  }

  context(name: string): string | undefined {
    return contextText(this, name);
  }

  stageVariable(name: string): string | undefined {
    const { stageVariables } = this.pipeline.plan;
    return Object.hasOwn(stageVariables, name) ? stageVariables[name] : undefined;
  }
}
