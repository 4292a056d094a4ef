// The execution log of a stage, in its log group: what the gateway did for each event of a route that has one. Events that find no route
// leave nothing.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-logging.html
// AWS: these lines. Seen: logs as an emulator that compares itself with the service writes them; what they share with REST APIs in logs
// that users quote. Which lines the level ERROR has is not documented.

import { endpointRequestId } from '../context-variables/endpoint-request-id.ts';
import type { LineSink } from '../ports.ts';
import { bodyText, endpointLines, mapText, masked, withoutSecret } from '../rest-api/execution-log.ts';
import { logEvent } from '../rest-api/stage-execution-log.ts';
import { boundedText } from '../telemetry/exchange-report.ts';
import type { RoutePipeline } from './pipeline.ts';
import type { Refusal } from './refusal.ts';
import type { WebSocketEvent } from './websocket-event.ts';

export class WebSocketExecutionLog {
  readonly #sink: LineSink;

  constructor(sink: LineSink) {
    this.#sink = sink;
  }

  /** Must be called once for each event, when it is over. */
  write(event: WebSocketEvent): void {
    const { route, requestId, at, totalUs } = event;
    const settings = route?.plan.executionLog;
    if (route === undefined || settings === undefined) return;
    const end = at + Math.round(totalUs / 1000);
    const first = settings.level === 'INFO' ? firstLines(event, route, settings.dataTrace) : [];
    const last = settings.level === 'INFO' ? lastLines(event, route, settings.dataTrace) : errorLines(event);
    for (const text of first) this.#sink.write(logEvent(`(${requestId}) ${text}`), at);
    for (const text of last) this.#sink.write(logEvent(`(${requestId}) ${text}`), end);
  }
}

/** As far as the event came before its integration. */
function firstLines(event: WebSocketEvent, route: RoutePipeline, dataTrace: boolean): string[] {
  const { requestId, refusedAt } = event;
  const lines = [`Extended Request Id: ${requestId}`, ...authorizerLines(event, route)];
  if (refusedAt === 'authorize') return lines;
  lines.push(...usagePlanLines(event, route));
  if (refusedAt === 'meter') return lines;
  return [
    ...lines,
    `Starting execution for request: ${requestId}`,
    `WebSocket Request Route: [${route.routeKey}]`,
    ...arrivalLines(event),
    ...(dataTrace ? requestLines(event) : []),
  ];
}

function lastLines(event: WebSocketEvent, route: RoutePipeline, dataTrace: boolean): string[] {
  const { refusal } = event;
  return [
    ...(dataTrace ? endpointLines(event, route.plan.integration) : []),
    ...(refusal === undefined ? [] : [failureLine(refusal)]),
    ...endLines(event),
    ...endpointIdLines(event),
  ];
}

function errorLines(event: WebSocketEvent): string[] {
  return event.refusal === undefined ? [] : [failureLine(event.refusal), ...endpointIdLines(event)];
}

function endpointIdLines(event: WebSocketEvent): string[] {
  const id = endpointRequestId(event);
  return id === undefined ? [] : [`AWS Integration Endpoint RequestId : ${id}`];
}

function authorizerLines(
  { requestId, refusal, refusedAt }: WebSocketEvent,
  { plan: { authorization } }: RoutePipeline,
): string[] {
  if (!('authorizerId' in authorization)) return [];
  const start = `Starting authorizer: ${authorization.authorizerId} for request: ${requestId}`;
  const isDone = refusedAt !== 'authorize' || refusal?.refused === 'FORBIDDEN';
  return isDone ? [start, 'Successfully completed authorizer execution'] : [start];
}

/** AWS: of REST APIs, which say "method". */
function usagePlanLines({ requestId, pipeline, facts, refusedAt }: WebSocketEvent, { meter, routeKey }: RoutePipeline): string[] {
  if (meter === undefined) return [];
  const stage = `${pipeline.plan.apiId}/${pipeline.plan.stageName}`;
  const key = masked(facts.apiKey?.value ?? '');
  const verifying = `Verifying Usage Plan for request: ${requestId}. API Key: ${key} API Stage: ${stage}`;
  if (refusedAt === 'meter') return [verifying];
  return [
    verifying,
    `API Key ${key} authorized because route '${routeKey}' requires API Key and API Key is associated with a Usage Plan for API Stage ${stage}`,
    `Usage Plan check succeeded for API Key ${key} and API Stage ${stage}`,
  ];
}

function arrivalLines({ eventType, facts, pipeline: { plan } }: WebSocketEvent): string[] {
  switch (eventType) {
    case 'CONNECT':
      return [`Client [${whoOf(facts)}] is connecting to WebSocket API [${plan.apiId}].`];
    case 'MESSAGE':
      return [`WebSocket API [${plan.apiId}] received message from client [Connection Id: ${facts.connectionId}].`];
    case 'DISCONNECT':
      return [];
  }
}

/** AWS: "null" for a client that names itself nothing. From memory of the service. */
function whoOf({ userAgent, sourceIp }: WebSocketEvent['facts']): string {
  return `UserAgent: ${userAgent ?? 'null'}, SourceIp: ${sourceIp}`;
}

/** What a data trace shows of the event. The words are those of REST APIs. */
function requestLines({ fields, capture, eventType }: WebSocketEvent): string[] {
  if (fields !== undefined) {
    const headers = [...fields.headers].map(([name, values]) => withoutSecret([name, values.join(',')]));
    return [`Method request query string: ${mapText(fields.query)}`, `Method request headers: ${mapText(headers)}`];
  }
  return eventType === 'MESSAGE' ? [`Method request body before transformations: ${bodyText(capture?.requestMessage)}`] : [];
}

function endLines(event: WebSocketEvent): string[] {
  const { eventType, facts, pipeline, status, integrationStatus, refusedAt, farewell } = event;
  const { apiId } = pipeline.plan;
  const client = `[Connection Id: ${facts.connectionId}]`;
  switch (eventType) {
    case 'CONNECT':
      return status === 101
        ? [`Client ${client} connected to API [${apiId}] successfully.`]
        : [`Client [${whoOf(facts)}] failed to connect to API [${apiId}] with status code [${status}].`];
    case 'MESSAGE':
      if (refusedAt === 'throttle' || refusedAt === 'methodRequest') return [];
      return [`Message from client ${client} sent to API [${apiId}] with response status code [${integrationStatus || status}].`];
    case 'DISCONNECT':
      return [
        `Client ${client} disconnected from API [${apiId}] with integration response status code [${integrationStatus || status}]. Close reason: [${farewell?.code}: ${farewell?.reason}]`,
      ];
  }
}

const failures: Partial<Record<Refusal['refused'], string>> = {
  INTEGRATION_TIMEOUT: 'Execution failed due to a timeout error',
  INTEGRATION_FAILURE: 'Execution failed due to a network error communicating with endpoint',
};

function failureLine({ refused, reason, logged, validationError }: Refusal): string {
  if (logged !== undefined) return boundedText(logged);
  if (refused === 'BAD_REQUEST_BODY' && validationError !== undefined) {
    return `Request body does not match model schema for content type application/json: ${boundedText(validationError)}`;
  }
  if (refused === 'API_CONFIGURATION_ERROR') return `Execution failed due to configuration error: ${boundedText(reason)}`;
  return failures[refused] ?? boundedText(reason);
}
