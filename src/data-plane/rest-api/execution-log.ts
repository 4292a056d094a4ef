// The execution log of one request through a REST API: what came in, what went to the integration, what came back, in AWS's words.
// The lines carry neither request id nor date: each log has its own way to write those. Made of an exchange that is over and was
// captured with bodies (level 2).
// AWS: these lines. Seen: recorded TestInvokeMethod (mocks and a failure); those about endpoints in the developer guide and public logs.

import type { CapturedMessage } from '../../model/exchange-record.ts';
import type { GatewayResponseType, RestMethodPlan } from '../../model/rest-api-plan.ts';
import { boundedText } from '../telemetry/exchange-report.ts';
import type { Exchange } from './exchange.ts';
import type { Refusal } from './refusal.ts';

export interface ExecutionLogLine {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly text: string;
}

export function executionLog(exchange: Exchange): readonly ExecutionLogLine[] {
  const { requestId, request, address, pathParameters, fields, at, refusal } = exchange;
  const end = at + Math.round(exchange.totalUs / 1000);
  const path = pathParameters.map(({ name, value }) => [name, value] as const);
  const first = [
    `Starting execution for request: ${requestId}`,
    `HTTP Method: ${request.method}, Resource Path: ${address.path}`,
    `Method request path: ${mapText(path)}`,
    `Method request query string: ${mapText(fields.query)}`,
    `Method request headers: ${mapText(fields.headers)}`,
    `Method request body before transformations: ${bodyText(exchange.capture?.requestMessage)}`,
  ];
  const last = [...endpointLines(exchange), ...(refusal === undefined ? responseLines(exchange) : [failureLine(refusal)])];
  last.push(`Method completed with status: ${exchange.status}`);
  return [...first.map((text) => ({ at, text })), ...last.map((text) => ({ at: end, text }))];
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

function responseLines(exchange: Exchange): string[] {
  return [
    `Method response body after transformations: ${bodyText(exchange.capture?.responseMessage)}`,
    `Method response headers: ${mapText(answeredHeaders(exchange))}`,
    'Successfully completed execution',
  ];
}

/** AWS: a mock has none. Seen: recorded TestInvokeMethod. */
function endpointLines({ capture, method, integrationStartedAt, integrationEndedAt }: Exchange): string[] {
  const sent = capture?.integrationRequestMessage;
  if (sent === undefined || method === undefined || method.plan.integration.type === 'MOCK') return [];
  const uri = endpointUri(method.plan, capture?.steps.find(({ stage }) => stage === 'integrationRequest')?.finding);
  const lines = [
    `Endpoint request URI: ${uri}`,
    `Endpoint request headers: ${mapText(sent.headers.map(withoutSecret))}`,
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

function endpointUri({ integration }: RestMethodPlan, finding: unknown): string {
  if ('functionArn' in integration) {
    const region = integration.functionArn.split(':')[3] ?? '';
    return `https://lambda.${region}.amazonaws.com/2015-03-31/functions/${integration.functionArn}/invocations`;
  }
  const { url, endpoint, path } = (finding ?? {}) as { url?: string; endpoint?: string; path?: string };
  return url ?? (endpoint === undefined ? '' : `https://${endpoint}${path ?? ''}`);
}

/** AWS: what authorizes the gateway at an endpoint is not shown. Seen: developer guide, sample log. */
function withoutSecret([name, value]: readonly [string, string]): readonly [string, string] {
  const isSecret = /^(?:authorization|x-amz-security-token)$/i.test(name);
  return [name, isSecret ? '****' : value];
}

const failures: Partial<Record<GatewayResponseType, string>> = {
  INTEGRATION_TIMEOUT: 'Execution failed due to a timeout error',
  INTEGRATION_FAILURE: 'Execution failed due to a network error communicating with endpoint',
};

function failureLine({ refused, reason }: Refusal): string {
  if (refused === 'API_CONFIGURATION_ERROR') {
    // AWS: these words for any address that is none. Seen: as above, with a stage variable that has no value; ours say more.
    const text = /^(?:Invalid endpoint address|The URI is no http)/.test(reason) ? 'Invalid endpoint address' : reason;
    return `Execution failed due to configuration error: ${boundedText(text)}`;
  }
  return failures[refused] ?? boundedText(reason);
}

/** `{a=b, c=d}`; several values of one name are joined with commas. */
function mapText(entries: Iterable<readonly [string, string | readonly string[]]>): string {
  const texts = [...entries].map(([name, value]) => `${name}=${typeof value === 'string' ? value : value.join(',')}`);
  return `{${texts.join(', ')}}`;
}

function bodyText(message: CapturedMessage | undefined): string {
  // AWS: this in place of bytes that are no text. From memory of the service.
  if (message?.bodyEncoding === 'base64') return '[Binary Data]';
  return `${message?.body ?? ''}${message?.truncated === true ? ' [TRUNCATED]' : ''}`;
}
