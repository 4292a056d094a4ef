// AWS with a Lambda function ("Lambda custom integration"): what the request template makes is the event, and what the function
// returns goes through the integration responses. Patterns are matched with the error message.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-custom-integrations.html

import { performance } from 'node:perf_hooks';
import type { HeaderView } from '../../../http1/message.ts';
import type { RestLambdaPlan } from '../../../model/rest-api-plan.ts';
import type { BoundFunction, Deadlines, FunctionReceiver, FunctionResult } from '../../ports.ts';
import type { Exchange } from '../exchange.ts';
import { answerCrash, answerRefusal } from '../gateway-response.ts';
import { answerWhole } from '../integration-answer.ts';
import { IntegrationRequestMapping, type MappedValues } from '../integration-request.ts';
import { IntegrationResponseMapping } from '../integration-response.ts';
import type { TemplateCompiler } from '../mapping-template.ts';
import { payloadOfText, textOf } from '../payload.ts';
import { isRefusal } from '../refusal.ts';
import { addTraceId } from '../response-headers.ts';
import { functionCaller } from './function-caller.ts';
import { Integration } from './integration.ts';
import { eventTooLarge, functionRefused, functionTooSlow, isTooLarge } from './lambda-proxy.ts';

const jsonHeaders: HeaderView = {
  raw: ['Content-Type', 'application/json'],
  get: (name) => (name === 'content-type' ? 'application/json' : undefined),
  forwardTo: () => 0,
};

export class LambdaIntegration extends Integration {
  readonly #plan: RestLambdaPlan;
  readonly #function: BoundFunction;
  readonly #deadlines: Deadlines;
  readonly #request: IntegrationRequestMapping;
  readonly #response: IntegrationResponseMapping;

  constructor(plan: RestLambdaPlan, boundFunction: BoundFunction, deadlines: Deadlines, compile: TemplateCompiler) {
    super();
    this.#plan = plan;
    this.#function = boundFunction;
    this.#deadlines = deadlines;
    this.#request = new IntegrationRequestMapping(plan, true, compile);
    this.#response = new IntegrationResponseMapping(plan.responses, compile);
  }

  override start(exchange: Exchange): void {
    const request = this.#request.map(exchange);
    if (isRefusal(request)) {
      answerRefusal(exchange, 'integrationRequest', request);
      return;
    }
    // AWS: an empty body is the event `{}`. Seen: recorded invocations.
    const event = request.body.length === 0 ? '{}' : textOf(request.body);
    exchange.capture?.integrationRequest(undefined, request.body);
    if (isTooLarge(event)) {
      answerRefusal(exchange, 'integrationRequest', eventTooLarge);
      return;
    }
    if (!isJson(event)) {
      // AWS: Lambda refuses it and its answer goes through the integration responses like any other.
      exchange.integrationEndedAt = performance.now();
      const message = 'Could not parse request body into json: Unrecognized token';
      this.#answer(exchange, JSON.stringify({ Type: 'User', message }), '', 400);
      return;
    }
    exchange.capture?.step('integrationRequest', 'passed', { functionArn: this.#plan.functionArn, eventBytes: event.length });
    const by = functionCaller(this.#plan.credentials, exchange);
    this.#deadlines.schedule(exchange, performance.now() + this.#plan.timeoutInMillis);
    if (invocationType(request.headers) === 'Event') this.#function.enqueue(event, new EventReceiver(exchange, this), by);
    else this.#function.invoke(event, exchange.traceId, exchange, by);
  }

  override onFunctionResult(exchange: Exchange, result: FunctionResult): void {
    if (result.kind === 'refused') {
      answerRefusal(exchange, 'integration', functionRefused(result));
      return;
    }
    // AWS: the message is '' for a function that did not fail; a result that has one is read like a failure.
    // Seen: public reports ("will try to match against successful responses as well").
    this.#answer(exchange, result.payload, errorMessageOf(result.payload), 200);
  }

  /** AWS: what Lambda answers to an asynchronous invocation, a 202 without a body, is mapped like any other answer. */
  eventAccepted(exchange: Exchange): void {
    exchange.integrationStatus = 202;
    this.#answer(exchange, '', '', 202);
  }

  override onDeadline(exchange: Exchange): void {
    answerRefusal(exchange, 'integration', functionTooSlow(this.#plan.timeoutInMillis));
  }

  #answer(exchange: Exchange, payload: string, errorMessage: string, status: number): void {
    const body = payloadOfText(payload);
    exchange.capture?.integrationResponse([], body);
    exchange.capture?.step('integration', 'passed', { payloadBytes: body.length });
    const response = this.#response.map(exchange, { headers: jsonHeaders, body }, errorMessage, status);
    if (isRefusal(response)) {
      answerRefusal(exchange, 'integrationResponse', response);
      return;
    }
    addTraceId(exchange, response.headers);
    exchange.capture?.step('integrationResponse', 'passed', { status: response.status });
    answerWhole(exchange, response.status, response.headers, response.body, response.encoded);
  }
}

/** Waits until an event is durable, not until the function has run. */
class EventReceiver implements FunctionReceiver {
  readonly #exchange: Exchange;
  readonly #integration: LambdaIntegration;

  constructor(exchange: Exchange, integration: LambdaIntegration) {
    this.#exchange = exchange;
    this.#integration = integration;
  }

  onFunctionRequest(requestId: string, trace: string): void {
    this.#exchange.onFunctionRequest(requestId, trace);
  }

  onFunctionResult(result: FunctionResult): void {
    const exchange = this.#exchange;
    if (result.kind !== 'returned') {
      exchange.onFunctionResult(result);
      return;
    }
    if (exchange.settled) return;
    exchange.integrationEndedAt = performance.now();
    exchange.pipeline.deadlines.cancel(exchange);
    try {
      this.#integration.eventAccepted(exchange);
    } catch (error) {
      answerCrash(exchange, error);
    }
  }
}

export function invocationType(headers: MappedValues): string | undefined {
  for (const [name, value] of headers) if (name.toLowerCase() === 'x-amz-invocation-type') return value;
  return undefined;
}

export function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

export function errorMessageOf(payload: string): string {
  if (!payload.includes('errorMessage')) return '';
  try {
    const value = JSON.parse(payload) as unknown;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return '';
    const message = (value as Readonly<Record<string, unknown>>)['errorMessage'];
    return typeof message === 'string' ? message : '';
  } catch {
    return '';
  }
}
