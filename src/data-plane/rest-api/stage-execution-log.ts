// The execution log of a stage, in its log group: what the gateway did for each request of a method that has one. Requests that reach
// no method leave nothing.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
// AWS: the lines before the method starts and after it. Seen: developer guide, support pages, logs that users quote.

import type { RestAuthorizationPlan } from '../../model/rest-api-plan.ts';
import { endpointRequestId } from '../context-variables/endpoint-request-id.ts';
import type { LineSink } from '../ports.ts';
import type { Exchange } from './exchange.ts';
import { completedLine, type ExecutionLogLine, endOf, executionLog, failureLine, masked } from './execution-log.ts';
import type { MethodPipeline } from './pipeline.ts';
import type { Refusal } from './refusal.ts';

/** AWS: bytes of one event; what is longer is cut. Seen: developer guide and quoted logs. */
const EVENT_BYTES_MAX = 1_024;
const CUT = ' [TRUNCATED]';

export class StageExecutionLog {
  readonly #sink: LineSink;

  constructor(sink: LineSink) {
    this.#sink = sink;
  }

  /** Must be called once for each exchange, when it is over. */
  write(exchange: Exchange): void {
    const { method, requestId } = exchange;
    const settings = method?.plan.executionLog;
    if (method === undefined || settings === undefined) return;
    const lines = settings.level === 'INFO' ? everyLine(exchange, method, settings.dataTrace) : errorLines(exchange);
    for (const { text, at } of lines) this.#sink.write(logEvent(`(${requestId}) ${text}`), at);
  }
}

function everyLine(exchange: Exchange, method: MethodPipeline, dataTrace: boolean): ExecutionLogLine[] {
  const { at } = exchange;
  const lines = [`Extended Request Id: ${exchange.extendedRequestId}`, ...authorizerLines(exchange, method.plan.authorization)];
  const isLetIn = exchange.decision !== undefined;
  if (isLetIn) lines.push(...usagePlanLines(exchange, method));
  const before = lines.map((text) => ({ at, text }));
  const execution =
    isLetIn && exchange.refusedAt !== 'meter'
      ? executionLog(exchange, dataTrace)
      : [...barringLines(exchange), completedLine(exchange)].map((text) => ({ at: endOf(exchange), text }));
  return [...before, ...execution, ...lastLines(exchange)];
}

/** AWS: which lines the level ERROR has is not documented. */
function errorLines(exchange: Exchange): ExecutionLogLine[] {
  const { refusal } = exchange;
  if (refusal === undefined) return [];
  const at = endOf(exchange);
  return [{ at, text: failureLine(refusal) }, { at, text: completedLine(exchange) }, ...lastLines(exchange)];
}

function lastLines(exchange: Exchange): ExecutionLogLine[] {
  const at = endOf(exchange);
  const endpoint = endpointRequestId(exchange);
  const root = /Root=[^;]+/i.exec(exchange.traceId)?.[0];
  return [
    ...(endpoint === undefined ? [] : [{ at, text: `AWS Integration Endpoint RequestId : ${endpoint}` }]),
    ...(root === undefined ? [] : [{ at, text: `X-ray Tracing ID : ${root}` }]),
  ];
}

function authorizerLines(exchange: Exchange, authorization: RestAuthorizationPlan): string[] {
  const { requestId, decision, refusedAt, refusal, isBarred } = exchange;
  const isAsked = decision !== undefined || refusedAt === 'authorize' || (refusedAt === 'resourcePolicy' && !isBarred);
  if (!isAsked || !('authorizerId' in authorization)) return [];
  const start = `Starting authorizer: ${authorization.authorizerId} for request: ${requestId}`;
  if (refusedAt !== 'authorize') return [start, 'Successfully completed authorizer execution'];
  return refusal?.refused === 'ACCESS_DENIED' ? [start, 'Successfully completed authorizer execution'] : [start];
}

function usagePlanLines(exchange: Exchange, { meter, plan, routeKey }: MethodPipeline): string[] {
  const { requestId, pipeline, apiKey, refusedAt } = exchange;
  const stage = `${pipeline.plan.apiId}/${pipeline.plan.stageName}`;
  const sent = apiKey?.value ?? (plan.apiKeyRequired ? (exchange.request.headers.get('x-api-key') ?? '') : '');
  const key = masked(sent);
  const verifying = `Verifying Usage Plan for request: ${requestId}. API Key: ${key} API Stage: ${stage}`;
  if (refusedAt === 'meter') return [verifying];
  const authorized =
    meter === undefined
      ? `API Key ${key} authorized because method '${routeKey}' does not require API Key. Request will not contribute to throttle or quota limits`
      : `API Key ${key} authorized because method '${routeKey}' requires API Key and API Key is associated with a Usage Plan for API Stage ${stage}`;
  return [verifying, authorized, `Usage Plan check succeeded for API Key ${key} and API Stage ${stage}`];
}

/** Why the request did not get as far as its method. */
function barringLines(exchange: Exchange): string[] {
  const { refusal, refusedAt, requestId } = exchange;
  if (refusal === undefined) return [];
  if (refusedAt === 'meter') return [meterLine(exchange, refusal)];
  switch (refusal.refused) {
    case 'UNAUTHORIZED':
      return [`Unauthorized request: ${requestId}`];
    case 'AUTHORIZER_FAILURE':
      // AWS: these words. From memory of the service.
      return ['Execution failed due to configuration error: Authorizer error'];
    default:
      return [refusal.message ?? failureLine(refusal)];
  }
}

/** AWS: the throttle's line is quoted by users (with the limits behind it); the other two are from memory of the service. */
function meterLine({ method, pipeline }: Exchange, refusal: Refusal): string {
  const { apiId, stageName } = pipeline.plan;
  const { resourceId = '', httpMethod = '' } = method?.plan ?? {};
  const where = `RestApi ${apiId}, Stage ${stageName}, Resource ${resourceId}, HttpMethod ${httpMethod}`;
  switch (refusal.refused) {
    case 'INVALID_API_KEY':
      return `API Key  not authorized because method '${method?.routeKey}' requires API Key and API Key is not associated with a Usage Plan for API Stage ${apiId}/${stageName}: ${refusal.reason}`;
    case 'QUOTA_EXCEEDED':
      return `Key quota limit exceeded for ${where}`;
    default:
      return refusal.byUsagePlan === true ? `Key throttle limit exceeded for ${where}` : refusal.reason;
  }
}

/** One event, of one line: what clients and backends sent is in it. */
export function logEvent(text: string): string {
  const line = text.length > EVENT_BYTES_MAX ? text.slice(0, EVENT_BYTES_MAX) : text;
  if (Buffer.byteLength(text) <= EVENT_BYTES_MAX) return line;
  const bytes = Buffer.from(line, 'utf8').subarray(0, EVENT_BYTES_MAX);
  // A cut may have gone through a character.
  return bytes.toString('utf8').replace(/�$/, '') + CUT;
}
