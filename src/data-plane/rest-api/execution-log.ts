// The execution log of one request through a REST API, from where its method starts: what came in, what went to the integration, what
// came back, in AWS's words. The lines carry neither request id nor date: each log has its own way to write those. Made of an exchange
// that is over and, for a data trace, was captured with bodies (level 2).
// AWS: these lines. Seen: recorded TestInvokeMethod (mocks and a failure); those about endpoints in the developer guide and public logs.

import type { CapturedMessage } from '../../model/exchange-record.ts';
import type { GatewayResponseType } from '../../model/rest-api-plan.ts';
import type { Capture } from '../telemetry/capture.ts';
import { boundedText } from '../telemetry/exchange-report.ts';
import type { Exchange } from './exchange.ts';
import { lambdaCallHeaders } from './lambda-call-log.ts';
import type { Refusal } from './refusal.ts';

export interface ExecutionLogLine {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly text: string;
}

/** `dataTrace`: with headers and bodies, which the exchange must have captured. */
export function executionLog(exchange: Exchange, dataTrace: boolean): readonly ExecutionLogLine[] {
  const { requestId, httpMethod, address, at, refusal } = exchange;
  const first = [
    `Starting execution for request: ${requestId}`,
    `HTTP Method: ${httpMethod}, Resource Path: ${address.path}`,
    ...(dataTrace ? methodRequestLines(exchange) : []),
  ];
  const { method } = exchange;
  const last = dataTrace && method !== undefined ? endpointLines(exchange, method.plan.integration, callHeaders(exchange)) : [];
  if (refusal !== undefined) last.push(failureLine(refusal));
  else last.push(...(dataTrace ? methodResponseLines(exchange) : []), 'Successfully completed execution');
  last.push(completedLine(exchange));
  const end = endOf(exchange);
  return [...first.map((text) => ({ at, text })), ...last.map((text) => ({ at: end, text }))];
}

export function completedLine({ status }: Exchange): string {
  return `Method completed with status: ${status}`;
}

/** Milliseconds since the epoch. */
export function endOf({ at, totalUs }: Exchange): number {
  return at + Math.round(totalUs / 1000);
}

function methodRequestLines({ pathParameters, fields, capture }: Exchange): string[] {
  const path = pathParameters.map(({ name, value }) => [name, value] as const);
  const headers = [...fields.headers].map(([name, value]) => [name, isSecret(name) ? masked(String(value)) : value] as const);
  return [
    `Method request path: ${mapText(path)}`,
    `Method request query string: ${mapText(fields.query)}`,
    `Method request headers: ${mapText(headers)}`,
    `Method request body before transformations: ${bodyText(capture?.requestMessage)}`,
  ];
}

/** What a client of AWS sees of the answer's headers in a test: without those of the front of the service. */
export function answeredHeaders(exchange: Exchange): readonly (readonly [name: string, value: string])[] {
  const { capture, refusal, pipeline } = exchange;
  const headers = (capture?.responseMessage.headers ?? []).filter(([name]) => !ofTheFront.has(name.toLowerCase()));
  if (refusal !== undefined && pipeline.gatewayResponses.find(refusal.refused) === undefined) {
    // AWS: an error that is not customised shows its name only. Seen: recorded TestInvokeMethod, test_failed_invoke_test_method.
    return headers.filter(([name]) => name.toLowerCase() === 'x-amzn-errortype');
  }
  const trace = headers.filter(([name]) => name.toLowerCase() === 'x-amzn-trace-id');
  return [...trace, ...headers.filter((header) => !trace.includes(header))];
}

const ofTheFront: ReadonlySet<string> = new Set(['date', 'x-amzn-requestid', 'x-amz-apigw-id', 'x-stagegate-request']);

function methodResponseLines(exchange: Exchange): string[] {
  return [
    `Method response body after transformations: ${bodyText(exchange.capture?.responseMessage)}`,
    `Method response headers: ${mapText(answeredHeaders(exchange))}`,
  ];
}

/** A call of an integration, as far as it was captured. */
interface TracedCall {
  readonly capture: Capture | undefined;
  readonly integrationStartedAt: number;
  readonly integrationEndedAt: number;
}

function callHeaders(exchange: Exchange): readonly (readonly [string, string])[] {
  const integration = exchange.method?.plan.integration;
  return integration !== undefined && 'functionArn' in integration ? lambdaCallHeaders(exchange, integration) : [];
}

/** What went to an integration and came back; bodies only if they were captured. `more` are headers of the request that were not. AWS: a mock has none of it. Seen: recorded TestInvokeMethod. */
export function endpointLines(
  { capture, integrationStartedAt, integrationEndedAt }: TracedCall,
  integration: { readonly type: string; readonly functionArn?: string },
  more: readonly (readonly [string, string])[] = [],
): string[] {
  const sent = capture?.integrationRequestMessage;
  if (sent === undefined || integration.type === 'MOCK') return [];
  const uri = endpointUri(integration, capture?.steps.find(({ stage }) => stage === 'integrationRequest')?.finding);
  const lines = [
    `Endpoint request URI: ${uri}`,
    `Endpoint request headers: ${mapText([...more, ...sent.headers].map(withoutSecret))}`,
    `Endpoint request body after transformations: ${bodyText(sent)}`,
    `Sending request to ${uri}`,
  ];
  const received = capture?.integrationResponseMessage;
  if (received === undefined) return lines;
  const status = capture?.steps.find(({ stage }) => stage === 'integration')?.finding as { status?: number } | undefined;
  const latency = Math.max(0, Math.round(integrationEndedAt - integrationStartedAt));
  lines.push(
    `Received response. Status: ${status?.status ?? 200}, Integration latency: ${latency} ms`,
    `Endpoint response headers: ${mapText(received.headers)}`,
    `Endpoint response body before transformations: ${bodyText(received)}`,
  );
  return lines;
}

function endpointUri({ functionArn }: { readonly functionArn?: string }, finding: unknown): string {
  if (functionArn !== undefined) {
    const region = functionArn.split(':')[3] ?? '';
    return `https://lambda.${region}.amazonaws.com/2015-03-31/functions/${functionArn}/invocations`;
  }
  const { url, endpoint, path } = (finding ?? {}) as { url?: string; endpoint?: string; path?: string };
  return url ?? (endpoint === undefined ? '' : `https://${endpoint}${path ?? ''}`);
}

/** A header as logs show it. */
export function withoutSecret([name, value]: readonly [string, string]): readonly [string, string] {
  return [name, isSecret(name) ? masked(value) : value];
}

function isSecret(name: string): boolean {
  return /^(?:authorization|proxy-authorization|x-amz-security-token|x-api-key)$/i.test(name);
}

/** Shorter values would show too much of themselves. */
const MASKED_WHOLE = 24;
const SHOWN = 6;

/**
 * AWS: asterisks, but for the last six characters. Seen: execution logs that users quote (Authorization of Lambda calls, API keys).
 * Short ones are masked whole here.
 */
export function masked(value: string): string {
  if (value.length < MASKED_WHOLE) return '*'.repeat(value.length);
  return '*'.repeat(value.length - SHOWN) + value.slice(-SHOWN);
}

const failures: Partial<Record<GatewayResponseType, string>> = {
  INTEGRATION_TIMEOUT: 'Execution failed due to a timeout error',
  INTEGRATION_FAILURE: 'Execution failed due to a network error communicating with endpoint',
};

export function failureLine({ refused, reason, logged, message, validationError }: Refusal): string {
  if (logged !== undefined) return boundedText(logged);
  // AWS: these two. From memory of the service.
  if (refused === 'BAD_REQUEST_PARAMETERS' && message) return boundedText(message);
  if (refused === 'BAD_REQUEST_BODY' && validationError !== undefined) {
    return `Request body does not match model schema for content type application/json: ${boundedText(validationError)}`;
  }
  if (refused === 'API_CONFIGURATION_ERROR') {
    // AWS: these words for any address that is none. Seen: as above, with a stage variable that has no value; ours say more.
    const text = /^(?:Invalid endpoint address|The URI is no http|The backend failed \(lookup\))/.test(reason)
      ? 'Invalid endpoint address'
      : reason;
    return `Execution failed due to configuration error: ${boundedText(text)}`;
  }
  return failures[refused] ?? boundedText(reason);
}

/** `{a=b, c=d}`; several values of one name are joined with commas. */
export function mapText(entries: Iterable<readonly [string, string | readonly string[]]>): string {
  const texts = [...entries].map(([name, value]) => `${name}=${typeof value === 'string' ? value : value.join(',')}`);
  return `{${texts.join(', ')}}`;
}

/** What was captured of a body. */
export function bodyText(message: CapturedMessage | undefined): string {
  // AWS: this in place of bytes that are no text. From memory of the service.
  if (message?.bodyEncoding === 'base64') return '[Binary Data]';
  return `${message?.body ?? ''}${message?.truncated === true ? ' [TRUNCATED]' : ''}`;
}
