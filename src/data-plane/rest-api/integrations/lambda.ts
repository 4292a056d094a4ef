// AWS with a Lambda function ("Lambda custom integration"): what the request template makes is the event, and what the function
// returns goes through the integration responses. Patterns are matched with the error message.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-custom-integrations.html

import { performance } from 'node:perf_hooks';
import { HeaderBlock } from '../../../http1/header-block.ts';
import type { RestLambdaPlan } from '../../../model/rest-api-plan.ts';
import type { BoundFunction, Deadlines, FunctionReceiver, FunctionResult } from '../../ports.ts';
import type { Exchange } from '../exchange.ts';
import { answerCrash, answerRefusal } from '../gateway-response.ts';
import { answerWhole } from '../integration-answer.ts';
import { IntegrationRequestMapping, type MappedRequest } from '../integration-request.ts';
import { IntegrationResponseMapping } from '../integration-response.ts';
import type { TemplateCompiler } from '../mapping-template.ts';
import { payloadOfText, textOf } from '../payload.ts';
import { isRefusal } from '../refusal.ts';
import { addTraceId } from '../response-headers.ts';
import { functionCaller } from './function-caller.ts';
import { Integration } from './integration.ts';
import { type InvokeAnswer, InvokeHeaders } from './invoke-headers.ts';
import { eventTooLarge, functionRefused, functionTooSlow, isTooLarge } from './lambda-proxy.ts';
import { functionCallOptions, invocationType } from './lambda-request.ts';

/** AWS: Invoke is a POST; Lambda knows no other call of that path. Seen: public guides that quote its answer. */
const NO_OPERATION =
  '<AccessDeniedException>\n  <Message>Unable to determine service/operation name to be authorized</Message>\n</AccessDeniedException>\n';

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
    exchange.capture?.integrationRequest(headerLines(request), request.body);
    if (isTooLarge(event)) {
      answerRefusal(exchange, 'integrationRequest', eventTooLarge);
      return;
    }
    const { httpMethod } = this.#plan;
    if (httpMethod !== undefined && (httpMethod === 'ANY' ? exchange.httpMethod : httpMethod) !== 'POST') {
      this.#answerUnasked(exchange, NO_OPERATION, 403);
      return;
    }
    if (!isJson(event)) {
      this.#answerUnasked(exchange, userError('Could not parse request body into json: Unrecognized token'), 400);
      return;
    }
    exchange.capture?.step('integrationRequest', 'passed', { functionArn: this.#plan.functionArn, eventBytes: event.length });
    const by = functionCaller(this.#plan.credentials, exchange);
    this.#deadlines.schedule(exchange, performance.now() + this.#plan.timeoutInMillis);
    const options = functionCallOptions(request);
    if (invocationType(request.headers) === 'Event') {
      this.#function.enqueue(event, new AcceptedReceiver(exchange, this, 202), by, options);
      return;
    }
    const receiver = options?.isDryRun === true ? new AcceptedReceiver(exchange, this, 204) : exchange;
    this.#function.invoke(event, exchange.traceId, receiver, by, options);
  }

  override onFunctionResult(exchange: Exchange, result: FunctionResult): void {
    if (result.kind === 'refused') {
      if (result.refusal === 'InvalidRequest') {
        this.#answerUnasked(exchange, userError(result.message), 400);
        return;
      }
      answerRefusal(exchange, 'integration', functionRefused(result));
      return;
    }
    // AWS: the message is '' for a function that did not fail; a result that has one is read like a failure.
    // Seen: public reports ("will try to match against successful responses as well").
    const answer = { status: 200, failed: result.kind === 'functionError', log: result.log };
    this.#answer(exchange, result.payload, errorMessageOf(result.payload), answer);
  }

  /**
   * AWS: what Lambda answers to an asynchronous invocation (202) or a dry run (204), without a body, is mapped like any other answer.
   */
  accepted(exchange: Exchange, status: 202 | 204): void {
    exchange.integrationStatus = status;
    this.#answer(exchange, '', '', { status });
  }

  override onDeadline(exchange: Exchange): void {
    answerRefusal(exchange, 'integration', functionTooSlow(this.#plan.timeoutInMillis));
  }

  /** AWS: when Lambda itself refuses, its answer goes through the integration responses like any other. */
  #answerUnasked(exchange: Exchange, body: string, status: number): void {
    exchange.integrationEndedAt = performance.now();
    exchange.integrationStatus = status;
    this.#answer(exchange, body, '', { status });
  }

  #answer(exchange: Exchange, payload: string, errorMessage: string, answer: Omit<InvokeAnswer, 'bodyBytes'>): void {
    const body = payloadOfText(payload);
    const { status } = answer;
    const headers = new InvokeHeaders(exchange, { ...answer, bodyBytes: body.length });
    exchange.capture?.integrationResponse(headers.raw, body);
    exchange.capture?.step('integration', 'passed', { status, payloadBytes: body.length });
    const response = this.#response.map(exchange, { headers, body }, errorMessage, status);
    if (isRefusal(response)) {
      answerRefusal(exchange, 'integrationResponse', response);
      return;
    }
    addTraceId(exchange, response.headers);
    exchange.capture?.step('integrationResponse', 'passed', { status: response.status });
    answerWhole(exchange, response.status, response.headers, response.body, response.encoded);
  }
}

/** As far as mappings set them; the others are Lambda's matter. */
function headerLines({ headers }: MappedRequest): HeaderBlock | undefined {
  if (headers.size === 0) return undefined;
  const block = new HeaderBlock();
  for (const [name, value] of headers) block.add(name, value);
  return block;
}

function userError(message: string): string {
  return JSON.stringify({ Type: 'User', message });
}

/** Waits until an event is durable, or whether a function may run, not until it has run. */
class AcceptedReceiver implements FunctionReceiver {
  readonly #exchange: Exchange;
  readonly #integration: LambdaIntegration;
  readonly #status: 202 | 204;

  constructor(exchange: Exchange, integration: LambdaIntegration, status: 202 | 204) {
    this.#exchange = exchange;
    this.#integration = integration;
    this.#status = status;
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
      this.#integration.accepted(exchange, this.#status);
    } catch (error) {
      answerCrash(exchange, error);
    }
  }
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
