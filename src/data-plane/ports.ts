// What the data plane needs from its neighbours, in its own words. Neighbours implement these; the data plane imports nobody.

import type { SigningCredentials } from '../aws/sigv4-sign.ts';
import type { UpstreamCall, UpstreamTicket } from '../http1/message.ts';
import type { TimerNode } from '../http1/timer-wheel.ts';
import type { CorsConfiguration } from '../model/http-api.ts';
import type { AccessLogDestination, AccessLogFormat } from '../model/http-api-plan.ts';
import type { Scope } from '../model/scope.ts';
import type { Exchange } from './http-api/exchange.ts';

/** A function as an API means it, asked for once when a deployment is assembled. */
export interface FunctionTarget {
  readonly scope: Scope;
  /** Plain or qualified function ARN. */
  readonly functionArn: string;
  /** `arn:aws:execute-api:{region}:{account}:{apiId}/{stage}/{METHOD}/{path}`: the function's resource policy is asked about it. */
  readonly sourceArn: string;
}

export type FunctionRefusal =
  | 'ResourceNotFound'
  | 'AccessDenied'
  | 'TooManyRequests'
  | 'RequestTooLarge'
  | 'ResourceNotReady'
  | 'ServiceError';

export type FunctionResult =
  /** What the function returned, as JSON text. */
  | { readonly kind: 'returned'; readonly payload: string }
  /** The function threw, timed out, crashed or could not start: AWS's error object as JSON text. */
  | { readonly kind: 'functionError'; readonly payload: string }
  /** Lambda did not run it. `message` is for the log and the developer. */
  | { readonly kind: 'refused'; readonly refusal: FunctionRefusal; readonly message: string };

export interface FunctionReceiver {
  onFunctionResult(result: FunctionResult): void;
}

/** A function bound to one route. The permission check is made when it is bound and again when the function's policy changes. */
export interface BoundFunction {
  /** `event` is JSON text. The receiver is called once; the caller keeps its own deadline (Lambda runs on, as on AWS). */
  invoke(event: string, traceId: string, receiver: FunctionReceiver): void;
}

export interface FunctionPort {
  bind(target: FunctionTarget): BoundFunction;
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
  record(exchange: Exchange): void;
}

/** Takes finished log lines, without their line ends; must not block and must not throw. */
export interface LineSink {
  /** `at`: when the request came in, milliseconds since the epoch. */
  write(line: string, at: number): void;
}

/** Where access logs go. */
export interface AccessLogs {
  /** The log group of a stage's settings, asked for once when the stage is assembled. */
  open(destination: AccessLogDestination): LineSink;
  /** The operator's own log of every stage. */
  readonly ofEveryStage?: { readonly format: AccessLogFormat; readonly sink: LineSink };
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
  readonly accessLogs?: AccessLogs;
  /** Answers that the gateway makes itself carry `x-stagegate-request: {requestId}`, so that a developer can look the request up. */
  readonly developerHeaders?: boolean;
}

/** Who signed a request to a function URL. */
export interface UrlCaller {
  /** Twelve digits. */
  readonly account: string;
  readonly arn: string;
  readonly accessKeyId: string;
}

/** A function URL, the same object until it is changed. */
export interface FunctionUrl {
  readonly urlId: string;
  readonly region: string;
  readonly authType: 'NONE' | 'AWS_IAM';
  readonly cors: CorsConfiguration | undefined;
  /** The function's resource policy, asked about `lambda:InvokeFunctionUrl`; an undefined caller is anybody. */
  mayInvoke(caller: UrlCaller | undefined): boolean;
  invoke(event: string, traceId: string, requestId: string, receiver: FunctionReceiver): void;
}

export interface FunctionUrlPort {
  find(urlId: string): FunctionUrl | undefined;
}
