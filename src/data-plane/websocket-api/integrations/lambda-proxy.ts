// AWS_PROXY: a function gets the whole event. Of $connect the answer's status decides and its subprotocol counts; of two-way routes its
// body goes to the client.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-integrations.html

import { performance } from 'node:perf_hooks';
import type { WebSocketLambdaProxyPlan } from '../../../model/websocket-api-plan.ts';
import type { BoundFunction, Deadlines, FunctionResult } from '../../ports.ts';
import { customerFunctionError, NO_PERMISSION } from '../../rest-api/integrations/lambda-proxy.ts';
import { MALFORMED_OUTPUT } from '../../rest-api/refusal.ts';
import { CHANNELS_MEMBER, type ChannelRequest, parseChannelRequest } from '../channels/channel-request.ts';
import { lambdaEvent } from '../lambda-event.ts';
import { isRefusal, type Refusal } from '../refusal.ts';
import type { IntegrationOutcome, WebSocketEvent } from '../websocket-event.ts';
import { functionCaller } from './function-caller.ts';
import { Integration } from './integration.ts';

const CHANNELS_HEADER = CHANNELS_MEMBER.toLowerCase();

export class LambdaProxyIntegration extends Integration {
  readonly #plan: WebSocketLambdaProxyPlan;
  readonly #function: BoundFunction;
  readonly #deadlines: Deadlines;

  constructor(plan: WebSocketLambdaProxyPlan, boundFunction: BoundFunction, deadlines: Deadlines) {
    super();
    this.#plan = plan;
    this.#function = boundFunction;
    this.#deadlines = deadlines;
  }

  override start(event: WebSocketEvent): void {
    const json = lambdaEvent(event);
    event.capture?.integrationRequest(undefined, Buffer.from(json, 'utf8'));
    event.capture?.step('integrationRequest', 'passed', { functionArn: this.#plan.functionArn, eventBytes: json.length });
    this.#deadlines.schedule(event, performance.now() + this.#plan.timeoutInMillis);
    this.#function.invoke(json, event.traceId, event, functionCaller(this.#plan.credentials, event));
  }

  override onFunctionResult(event: WebSocketEvent, result: FunctionResult): void {
    if (result.kind === 'refused') {
      event.refuse('integration', functionRefused(result));
      return;
    }
    event.capture?.integrationResponse([], Buffer.from(result.payload, 'utf8'));
    if (result.kind === 'functionError') {
      event.refuse('integration', functionFailed(event, result.payload));
      return;
    }
    const outcome = readAnswer(result.payload);
    if (isRefusal(outcome)) event.refuse('integrationResponse', outcome);
    else event.answer(outcome);
  }
}

/** AWS: a $connect whose function fails is a 502. Seen: public reports. */
export function functionFailed({ functionRequestId }: WebSocketEvent, payload: string): Refusal {
  const logged = customerFunctionError(payload, functionRequestId);
  return { refused: 'INTEGRATION_FAILURE', reason: `The function failed: ${payload.slice(0, 1_000)}`, logged };
}

/** AWS: 500, as a missing permission on a message's route is an "Internal server error" frame. Seen: aws-cdk#18208. */
export function functionRefused({ refusal, message }: FunctionResult & { readonly kind: 'refused' }): Refusal {
  const reason = `Lambda did not run the function (${refusal}): ${message}`;
  return { refused: 'API_CONFIGURATION_ERROR', reason, ...(refusal === 'AccessDenied' ? { logged: NO_PERMISSION } : {}) };
}

type JsonObject = Readonly<Record<string, unknown>>;

/** The members that functions behind a proxy return. What is missing is 200, as on REST APIs. */
function readAnswer(payload: string): IntegrationOutcome | Refusal {
  const output = parseObject(payload);
  if (output === undefined) return malformed('it must be a JSON object');
  const status = readStatus(output['statusCode']);
  if (status === undefined) return malformed('"statusCode" is no status code');
  const { body, headers, isBase64Encoded } = output;
  if (body !== undefined && body !== null && typeof body !== 'string') return malformed('"body" must be a string');
  const text = body ?? '';
  const channels = channelsOf(headers);
  if (typeof channels === 'string') return malformed(`its header ${CHANNELS_MEMBER}: ${channels}`);
  const outcome = { status, protocol: headerOf(headers, 'sec-websocket-protocol'), channels };
  if (isBase64Encoded !== true) return { ...outcome, body: text, isText: true };
  return { ...outcome, body: Buffer.from(text, 'base64'), isText: false };
}

function parseObject(payload: string): JsonObject | undefined {
  try {
    const output = JSON.parse(payload) as unknown;
    return typeof output === 'object' && output !== null && !Array.isArray(output) ? (output as JsonObject) : undefined;
  } catch {
    return undefined;
  }
}

function readStatus(value: unknown): number | undefined {
  if (value === undefined) return 200;
  const status = typeof value === 'string' && /^\d{3}$/.test(value) ? Number(value) : value;
  return typeof status === 'number' && Number.isInteger(status) && status >= 100 && status <= 599 ? status : undefined;
}

/** What the answer asks of channels; a string says what is wrong with it. */
function channelsOf(headers: unknown): ChannelRequest | string | undefined {
  const text = headerOf(headers, CHANNELS_HEADER);
  return text === undefined ? undefined : parseChannelRequest(text);
}

/** AWS: of the headers of a $connect answer the subprotocol alone reaches the client, of others none. Seen: chalice#1768. */
function headerOf(headers: unknown, lowerCaseName: string): string | undefined {
  if (typeof headers !== 'object' || headers === null) return undefined;
  for (const [name, value] of Object.entries(headers)) {
    if (name.toLowerCase() === lowerCaseName && typeof value === 'string') return value;
  }
  return undefined;
}

function malformed(what: string): Refusal {
  const reason = `The function's answer cannot be used: ${what}.`;
  return { refused: 'INTEGRATION_FAILURE', reason, logged: MALFORMED_OUTPUT };
}
