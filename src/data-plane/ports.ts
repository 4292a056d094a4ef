// What the data plane needs from its neighbours, in its own words. Neighbours implement these; the data plane imports nobody.

import type { SigningCredentials } from '../aws/sigv4-sign.ts';
import type { ClientCertificate, UpstreamCall, UpstreamTicket } from '../http1/message.ts';
import type { TimerNode } from '../http1/timer-wheel.ts';
import type { RequestFacts } from '../iam-policy/caller-context.ts';
import type { ConnectionFacts } from '../model/connection-facts.ts';
import type { CorsConfiguration } from '../model/http-api.ts';
import type { AccessLogDestination, AccessLogFormat } from '../model/http-api-plan.ts';
import type { CredentialsPlan } from '../model/integration-credentials.ts';
import type { Scope } from '../model/scope.ts';
import type { AuthorizerResults } from './authorizers/authorizer-results.ts';
import type { FunctionCallOptions } from './function-call-options.ts';
import type { CallerCredentials, CallerLookup } from './iam/caller-credentials.ts';
import type { RoleLookup } from './iam/role-lookup.ts';
import type { StageCaches } from './method-cache/stage-caches.ts';
import type { RestLambdaAnswer } from './rest-api/authorizers/lambda-answer.ts';
import type { FinishedExchange } from './telemetry/finished-exchange.ts';
import type { MetricsCollector } from './telemetry/metrics-collector.ts';
import type { SamplingVerdict } from './telemetry/trace-header.ts';
import type { WebAcls } from './web-acls.ts';
import type { Channels } from './websocket-api/channels/channels.ts';
import type { Connections } from './websocket-api/connections.ts';
import type { Departures } from './websocket-api/departures.ts';

/** A function as an API means it, asked for once when a deployment is assembled. */
export interface FunctionTarget {
  readonly scope: Scope;
  /** Plain or qualified function ARN. */
  readonly functionArn: string;
  /** `arn:aws:execute-api:{region}:{account}:{apiId}/{stage}/{METHOD}/{path}`: the function's resource policy is asked about it. */
  readonly sourceArn: string;
  /** As whom the function is invoked; API Gateway itself when left out. */
  readonly credentials?: CredentialsPlan | undefined;
}

/** The caller in whose name a function is invoked, and the request as policies see it. */
export interface FunctionCaller {
  readonly credentials: CallerCredentials;
  readonly request: RequestFacts;
}

export type FunctionRefusal =
  | 'ResourceNotFound'
  | 'AccessDenied'
  | 'TooManyRequests'
  | 'RequestTooLarge'
  | 'ResourceNotReady'
  /** The options are none that Lambda takes. */
  | 'InvalidRequest'
  | 'ServiceError';

export type FunctionResult =
  /** What the function returned, as JSON text. `log` is in base64, and only there when it was asked for. */
  | { readonly kind: 'returned'; readonly payload: string; readonly log?: string }
  /** The function threw, timed out, crashed or could not start: AWS's error object as JSON text. */
  | { readonly kind: 'functionError'; readonly payload: string; readonly log?: string }
  /** Lambda did not run it. `message` is for the log and the developer. */
  | { readonly kind: 'refused'; readonly refusal: FunctionRefusal; readonly message: string };

/** How an answer in pieces broke off. */
export interface FunctionStreamError {
  readonly errorType: string;
  /** AWS's error object as JSON text. */
  readonly payload: string;
}

/** Takes an answer piece by piece. */
export interface FunctionStreamSink {
  /** Takes the bytes at once (their memory is used again). False: the function is held back until `onDrain` is called. */
  write(chunk: Buffer): boolean;
  /** Called once, and last; with an error when the function failed after it had begun. */
  end(error: FunctionStreamError | undefined): void;
  /** Set by the source. */
  onDrain: (() => void) | null;
}

export interface FunctionReceiver {
  onFunctionResult(result: FunctionResult): void;
  /**
   * Called before anything else when Lambda takes the invocation: its request id, as the function and its log see it, and the trace
   * header that the function sees ('' for one that runs later, or not at all). `version` is the one that runs.
   */
  onFunctionRequest?(requestId: string, trace: string, version?: string): void;
  /**
   * Only for who takes answers in pieces: called instead of `onFunctionResult` when the function streams. `contentType` is
   * `application/vnd.awslambda.http-integration-response` when the bytes begin with a JSON prelude and eight NUL bytes.
   * Without it a streamed answer is gathered and comes as a whole.
   */
  onFunctionStream?(contentType: string): FunctionStreamSink;
}

/** A function bound to one route. The permission check is made when it is bound and again when the function's policy changes. */
export interface BoundFunction {
  /**
   * `event` is JSON text. The receiver is called once; the caller keeps its own deadline (Lambda runs on, as on AWS). `by` is there for
   * targets with the credentials of callers; without it nobody invokes those.
   */
  invoke(event: string, traceId: string, receiver: FunctionReceiver, by?: FunctionCaller, options?: FunctionCallOptions): void;
  /**
   * Asynchronously: the receiver hears `returned` with an empty payload as soon as the event is durable, or why it was not accepted.
   * What the function makes of it is Lambda's business (retries, destinations).
   */
  enqueue(event: string, receiver: FunctionReceiver, by?: FunctionCaller, options?: FunctionCallOptions): void;
}

export interface FunctionPort {
  bind(target: FunctionTarget): BoundFunction;
}

/** What a genuine token says. Shared by all requests that bring it: never changed. */
export interface VerifiedToken {
  readonly claims: Readonly<Record<string, unknown>>;
  /** Everything the token grants. */
  readonly scopes: readonly string[];
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** Why a token is refused. Neither text holds the token. */
export interface RefusedToken {
  /** For the developer. */
  readonly fault: string;
  /** For the client: `error_description` of the `www-authenticate` header. */
  readonly description: string;
}

export interface TokenVerifier {
  /**
   * The verdict about a bare token (no `Bearer `), at once when nobody has to be asked. The same token gets the same object as long
   * as it is remembered. Never throws, never rejects.
   */
  verify(token: string): VerifiedToken | RefusedToken | Promise<VerifiedToken | RefusedToken>;
}

/** Verifies the tokens of issuers; jwt's JwtVerifier is one. */
export interface TokenVerifierPort {
  /** The verifier of these rules, kept for as long as one of them is in use: it remembers keys and tokens. */
  verifier(rules: { readonly issuer: string; readonly audiences: readonly string[] | 'any' }): TokenVerifier;
}

/** HTTP backends; http1's UpstreamPool is one. Failures are told to the call's receiver, never thrown. */
export interface Upstreams {
  send(call: UpstreamCall): UpstreamTicket;
}

/** Coarse timers for many waiting requests; http1's TimerWheel is one. */
export interface Deadlines {
  /** Calls `node.onDeadline()` at `dueMs` (performance.now() milliseconds) or a little later. */
  schedule(node: TimerNode, dueMs: number): void;
  cancel(node: TimerNode): void;
}

/** Takes finished exchanges; must not block and must not throw. */
export interface ExchangeSink {
  /** True when nobody wants any record. */
  readonly off?: boolean;
  /** What to gather for a request of this API stage: 0 facts, 1 header patches, 2 bodies. */
  level(apiId: string, stageName: string): 0 | 1 | 2;
  /** Called once for each exchange; what is kept of it is copied. `toRecord` of telemetry/exchange-report.ts makes its record. */
  record(exchange: FinishedExchange): void;
}

/** A method of a stage of a REST API, as usage plans know it. */
export interface MeteredMethod {
  readonly scope: Scope;
  readonly apiId: string;
  readonly stageName: string;
  /** `/pets/{id}` */
  readonly resourcePath: string;
  /** A verb or `ANY`. */
  readonly httpMethod: string;
}

export type MeterVerdict =
  | { readonly kind: 'passed'; readonly apiKeyId: string }
  /** `reason` is one line for the developer. */
  | {
      readonly kind: 'refused';
      readonly refused: 'INVALID_API_KEY' | 'THROTTLED' | 'QUOTA_EXCEEDED';
      readonly reason: string;
    };

/** API keys and usage plans, bound to one method that requires a key. */
export interface BoundMeter {
  /**
   * Checks the key, the plan's throttles and its quota, and counts the request. `apiKey` is what the client sent (or its authorizer
   * named), undefined for none. Answers at once: counting is done in memory.
   */
  take(apiKey: string | undefined, nowMs: number): MeterVerdict;
}

/** Usage plans; a method that requires a key is refused where there is no such port. */
export interface MeterPort {
  bind(method: MeteredMethod): BoundMeter;
}

/** Takes finished log lines, without their line ends; must not block and must not throw. */
export interface LineSink {
  /** `at`: when the request came in, milliseconds since the epoch. */
  write(line: string, at: number): void;
}

/** Where the logs of stages go: access logs and execution logs. */
export interface StageLogs {
  /** A log group, asked for once when the stage is assembled. */
  open(destination: AccessLogDestination): LineSink;
  /** The operator's own log of every stage. */
  readonly ofEveryStage?: { readonly format: AccessLogFormat; readonly sink: LineSink };
}

/** A request that X-Ray's sampling rules are asked about. */
export interface SampledRequest {
  readonly scope: Scope;
  readonly serviceName: string;
  /** The origin of its segment: `AWS::ApiGateway::Stage`. */
  readonly serviceType: string;
  readonly host: string;
  readonly httpMethod: string;
  readonly urlPath: string;
  readonly resourceArn: string;
}

/** X-Ray, for stages that are traced. */
export interface Tracing {
  /** Whether a request is sampled that nobody has decided about. `at`: milliseconds since the epoch. */
  sample(request: SampledRequest, at: number): SamplingVerdict;
  /** Takes a segment document. Never waits and never throws. */
  record(scope: Scope, document: Readonly<Record<string, unknown>>): void;
}

/** Everything a pipeline is assembled with. */
export interface DataPlanePorts {
  readonly functions: FunctionPort;
  readonly exchanges: ExchangeSink;
  /** One buffer for every counter; slots are assigned at compile time. */
  readonly counters: Int32Array<SharedArrayBuffer>;
  readonly deadlines: Deadlines;
  /** Keys that sign the calls of AWS service integrations; without them no such integration is assembled. */
  readonly awsCredentials?: SigningCredentials | undefined;
  /** What Lambda authorizers said, shared by all APIs. */
  readonly authorizerResults: AuthorizerResults;
  /** Absent: routes with JWT authorizers refuse everybody. */
  readonly tokens?: TokenVerifierPort;
  /** Who owns an access key. Absent: AWS_IAM routes refuse everybody. */
  readonly callers?: CallerLookup;
  /** Roles that are known here. Absent: no role of an AWS service integration is asked about. */
  readonly roles?: RoleLookup;
  readonly stageLogs?: StageLogs;
  /** Who counts for CloudWatch. Absent: nobody does. */
  readonly metrics?: MetricsCollector | undefined;
  /** Answers that the gateway makes itself carry `x-stagegate-request: {requestId}`, so that a developer can look the request up. */
  readonly developerHeaders?: boolean;
}

/** A function URL, the same object until it is changed. */
export interface FunctionUrl {
  readonly urlId: string;
  readonly region: string;
  readonly functionName: string;
  readonly authType: 'NONE' | 'AWS_IAM';
  /** InvokeMode RESPONSE_STREAM. */
  readonly streams: boolean;
  readonly cors: CorsConfiguration | undefined;
  /**
   * The function's resource policy and the caller's own policies, asked about `lambda:InvokeFunctionUrl`; an undefined caller is
   * anybody. Undefined: they may. Otherwise why not, for the developer.
   */
  refusalOf(caller: CallerCredentials | undefined, request: RequestFacts): string | undefined;
  invoke(event: string, traceId: string, requestId: string, receiver: FunctionReceiver): void;
}

export interface FunctionUrlPort {
  find(urlId: string): FunctionUrl | undefined;
}

/** What a REST API's pipeline is assembled with. */
export interface RestApiPorts extends DataPlanePorts {
  /** Absent: no request of a traced stage is sampled but those whose client says so, and none is told. */
  readonly tracing?: Tracing | undefined;
  /** Absent: no stage has a web ACL. */
  readonly webAcls?: WebAcls;
  /** What Lambda authorizers of REST APIs said, shared by all of them. */
  readonly restAuthorizerResults: AuthorizerResults<RestLambdaAnswer>;
  /** The response caches of stages. Absent: nothing is cached. */
  readonly responseCaches?: StageCaches;
  /** API keys and usage plans. Absent: methods that require a key refuse everybody. */
  readonly meter?: MeterPort;
  /** Of the stage: what https backends are shown that ask for a certificate. */
  readonly clientCertificate?: ClientCertificate | undefined;
}

/** Keeps the connections that are open, so that each gets its $disconnect also when this process dies. */
export interface ConnectionJournal {
  /** `done` is called, in a later turn, when the connection would survive the end of this process; with an error if it would not. */
  opened(facts: ConnectionFacts, done: (error: Error | undefined) => void): void;
  /** Nothing is kept of the connection any more; one that was never opened is no error. */
  closed(connectionId: string): void;
}

/** What a WebSocket API's pipeline is assembled with. */
export interface WebSocketPorts extends DataPlanePorts {
  readonly connections: Connections;
  readonly channels: Channels;
  readonly journal: ConnectionJournal;
  readonly departures: Departures;
  /** API keys and usage plans. Absent: a $connect that requires a key refuses everybody. */
  readonly meter?: MeterPort;
  /** Of the stage: what https backends are shown that ask for a certificate. */
  readonly clientCertificate?: ClientCertificate | undefined;
}
