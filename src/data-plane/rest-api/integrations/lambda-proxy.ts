// AWS_PROXY to a Lambda function: the whole request becomes an event, the function's answer becomes the response.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html

import { performance } from 'node:perf_hooks';
import type { RestLambdaProxyPlan } from '../../../model/rest-api-plan.ts';
import { functionErrorMessage } from '../../context-variables/error-variables.ts';
import type { BoundFunction, Deadlines, FunctionReceiver, FunctionResult } from '../../ports.ts';
import type { Exchange } from '../exchange.ts';
import { answerRefusal } from '../gateway-response.ts';
import { answerWhole } from '../integration-answer.ts';
import { badProxyOutput, isRefusal, type Refusal } from '../refusal.ts';
import { addTraceId, beginResponseHeaders } from '../response-headers.ts';
import { functionCaller } from './function-caller.ts';
import { Integration } from './integration.ts';
import { InvokeHeaders } from './invoke-headers.ts';
import type { ProxyEvent } from './proxy-event.ts';
import { readProxyResponse } from './proxy-response.ts';

/** AWS: Lambda takes events of up to 6 MB. Seen: Lambda quotas. */
export const EVENT_LIMIT_BYTES = 6 * 2 ** 20;

export class LambdaProxyIntegration extends Integration {
  readonly #plan: RestLambdaProxyPlan;
  readonly #function: BoundFunction;
  readonly #event: ProxyEvent;
  readonly #deadlines: Deadlines;
  /** For the answer, or for its beginning when it is streamed. */
  readonly #waitMs: number;

  constructor(plan: RestLambdaProxyPlan, boundFunction: BoundFunction, event: ProxyEvent, deadlines: Deadlines) {
    super();
    this.#plan = plan;
    this.#function = boundFunction;
    this.#event = event;
    this.#deadlines = deadlines;
    this.#waitMs = Math.min(plan.timeoutInMillis, plan.stream?.idleTimeoutInMillis ?? Number.POSITIVE_INFINITY);
  }

  override start(exchange: Exchange): void {
    const event = this.#event.build(exchange);
    if (exchange.capture !== undefined) exchange.capture.integrationRequest(undefined, Buffer.from(event, 'utf8'));
    if (isTooLarge(event)) {
      answerRefusal(exchange, 'integrationRequest', eventTooLarge);
      return;
    }
    exchange.capture?.step('integrationRequest', 'passed', { functionArn: this.#plan.functionArn, eventBytes: event.length });
    this.#deadlines.schedule(exchange, performance.now() + this.#waitMs);
    const by = functionCaller(this.#plan.credentials, exchange);
    this.#function.invoke(event, exchange.traceId, this.receiver(exchange), by);
  }

  /** Who takes the function's answer. */
  protected receiver(exchange: Exchange): FunctionReceiver {
    return exchange;
  }

  override onFunctionResult(exchange: Exchange, result: FunctionResult): void {
    if (result.kind === 'refused') {
      answerRefusal(exchange, 'integration', functionRefused(result));
      return;
    }
    if (exchange.capture !== undefined) {
      const bytes = Buffer.from(result.payload, 'utf8');
      const answer = { status: 200, bodyBytes: bytes.length, failed: result.kind === 'functionError' };
      exchange.capture.integrationResponse(new InvokeHeaders(exchange, answer).raw, bytes);
    }
    // AWS: 502. Seen: LocalStack's account of the service; whether its body has the space of malformed output is not known.
    if (result.kind === 'functionError') {
      const logged = customerFunctionError(result.payload, exchange.functionRequestId);
      answerRefusal(exchange, 'integration', badProxyOutput(`The function failed: ${result.payload.slice(0, 1_000)}`, logged));
      return;
    }
    this.answerReturned(exchange, result.payload);
  }

  /** What the function returned becomes the response. */
  protected answerReturned(exchange: Exchange, payload: string): void {
    exchange.capture?.step('integration', 'passed', { payloadBytes: payload.length });
    const headers = beginResponseHeaders();
    const response = readProxyResponse(payload, exchange, headers);
    if (isRefusal(response)) {
      answerRefusal(exchange, 'integrationResponse', response);
      return;
    }
    addTraceId(exchange, headers);
    exchange.capture?.step('integrationResponse', 'passed', { status: response.status });
    answerWhole(exchange, response.status, headers, response.body, response.encoded);
  }

  /** AWS: the function runs on; nobody waits for it any longer. */
  override onDeadline(exchange: Exchange): void {
    answerRefusal(exchange, 'integration', functionTooSlow(this.#waitMs));
  }
}

export function isTooLarge(event: string): boolean {
  // A string of n characters is at most 3n bytes: most events need no count.
  return event.length > EVENT_LIMIT_BYTES / 3 && Buffer.byteLength(event) > EVENT_LIMIT_BYTES;
}

export const eventTooLarge: Refusal = {
  refused: 'REQUEST_TOO_LARGE',
  reason: 'The event is larger than the 6 MB that Lambda takes.',
};

export function functionTooSlow(timeoutInMillis: number): Refusal {
  return {
    refused: 'INTEGRATION_TIMEOUT',
    reason: `The function did not answer within the integration's ${timeoutInMillis} ms.`,
  };
}

/** Seen: AWS's support pages on this error. */
export const NO_PERMISSION = 'Execution failed due to configuration error: Invalid permissions on Lambda function';

/** AWS: whatever keeps Lambda from running the function is a 500. Seen: LocalStack's account of the service. */
export function functionRefused({ refusal, message }: FunctionResult & { readonly kind: 'refused' }): Refusal {
  const reason = `Lambda did not run the function (${refusal}): ${message}`;
  if (refusal === 'RequestTooLarge') return { refused: 'REQUEST_TOO_LARGE', reason };
  if (refusal !== 'AccessDenied') return { refused: 'API_CONFIGURATION_ERROR', reason };
  return { refused: 'API_CONFIGURATION_ERROR', reason, logged: NO_PERMISSION };
}

/** Seen: execution logs that users quote. */
export function customerFunctionError(payload: string, requestId: string | undefined): string {
  const message = functionErrorMessage(payload) ?? '';
  return `Lambda execution failed with status 200 due to customer function error: ${message}. Lambda request id: ${requestId ?? ''}`;
}
