// AWS with a Lambda function: what the request template makes is the event, and what the function returns goes through the integration
// responses. Patterns are matched with the error message.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-integration-responses.html

import { performance } from 'node:perf_hooks';
import type { HeaderView } from '../../../http1/message.ts';
import type { WebSocketLambdaPlan } from '../../../model/websocket-api-plan.ts';
import type { BoundFunction, Deadlines, FunctionReceiver, FunctionResult } from '../../ports.ts';
import { errorMessageOf, isJson } from '../../rest-api/integrations/lambda.ts';
import { isTooLarge } from '../../rest-api/integrations/lambda-proxy.ts';
import { invocationType } from '../../rest-api/integrations/lambda-request.ts';
import { RequestBody, RequestParameters } from '../integration-request.ts';
import { IntegrationResponseMapping } from '../integration-response.ts';
import { textOf } from '../payload-conversion.ts';
import { isRefusal, misconfigured } from '../refusal.ts';
import type { WebSocketEvent } from '../websocket-event.ts';
import { functionCaller } from './function-caller.ts';
import { Integration } from './integration.ts';
import { functionFailed, functionRefused } from './lambda-proxy.ts';

const jsonHeaders: HeaderView = {
  raw: ['Content-Type', 'application/json'],
  get: (name) => (name === 'content-type' ? 'application/json' : undefined),
  forwardTo: () => 0,
};
const tooLarge = misconfigured('The event is larger than the 6 MB that Lambda takes.');

export class LambdaIntegration extends Integration {
  readonly #plan: WebSocketLambdaPlan;
  readonly #function: BoundFunction;
  readonly #deadlines: Deadlines;
  readonly #parameters: RequestParameters;
  readonly #body: RequestBody;
  readonly #response: IntegrationResponseMapping;

  constructor(plan: WebSocketLambdaPlan, boundFunction: BoundFunction, deadlines: Deadlines) {
    super();
    this.#plan = plan;
    this.#function = boundFunction;
    this.#deadlines = deadlines;
    this.#parameters = new RequestParameters(plan.requestParameters, true);
    this.#body = new RequestBody(plan);
    this.#response = new IntegrationResponseMapping(plan.responses);
  }

  override start(event: WebSocketEvent): void {
    const parameters = this.#parameters.read(event);
    if (isRefusal(parameters)) {
      event.refuse('integrationRequest', parameters);
      return;
    }
    const body = this.#body.map(event);
    if (isRefusal(body)) {
      event.refuse('integrationRequest', body);
      return;
    }
    // AWS: an empty body is the event `{}`. By analogy with REST APIs.
    const json = body.length === 0 ? '{}' : textOf(body);
    event.capture?.integrationRequest(undefined, Buffer.from(json, 'utf8'));
    if (isTooLarge(json)) {
      event.refuse('integrationRequest', tooLarge);
      return;
    }
    if (!isJson(json)) {
      // AWS: Lambda refuses it and its answer goes through the integration responses like any other. By analogy with REST APIs.
      const message = 'Could not parse request body into json: Unrecognized token';
      this.#answer(event, JSON.stringify({ Type: 'User', message }), '', 400);
      return;
    }
    event.capture?.step('integrationRequest', 'passed', { functionArn: this.#plan.functionArn, eventBytes: json.length });
    this.#deadlines.schedule(event, performance.now() + this.#plan.timeoutInMillis);
    const by = functionCaller(this.#plan.credentials, event);
    // AWS: mapped, this header asks for an asynchronous invocation. Seen: developer guide of REST APIs.
    if (invocationType(parameters.headers) === 'Event') this.#function.enqueue(json, new EventReceiver(event, this), by);
    else this.#function.invoke(json, event.traceId, event, by);
  }

  override onFunctionResult(event: WebSocketEvent, result: FunctionResult): void {
    if (result.kind === 'refused') {
      event.refuse('integration', functionRefused(result));
      return;
    }
    const { kind, payload } = result;
    if (kind === 'functionError' && event.eventType === 'CONNECT') {
      // An integration response has no status to say that nobody is let in: whoever fails has not let anybody in.
      event.capture?.integrationResponse([], Buffer.from(payload, 'utf8'));
      event.refuse('integration', functionFailed(event, payload));
      return;
    }
    this.#answer(event, payload, errorMessageOf(payload), 200);
  }

  /** AWS: what Lambda answers to an asynchronous invocation, a 202 without a body, is mapped like any other answer. */
  eventAccepted(event: WebSocketEvent): void {
    event.integrationStatus = 202;
    this.#answer(event, '', '', 202);
  }

  #answer(event: WebSocketEvent, payload: string, errorMessage: string, status: number): void {
    event.capture?.integrationResponse([], Buffer.from(payload, 'utf8'));
    const outcome = this.#response.map(event, { status, headers: jsonHeaders, body: payload }, errorMessage);
    if (isRefusal(outcome)) event.refuse('integrationResponse', outcome);
    else event.answer(outcome);
  }
}

/** Waits until an event is durable, not until the function has run. */
class EventReceiver implements FunctionReceiver {
  readonly #event: WebSocketEvent;
  readonly #integration: LambdaIntegration;

  constructor(event: WebSocketEvent, integration: LambdaIntegration) {
    this.#event = event;
    this.#integration = integration;
  }

  onFunctionRequest(requestId: string): void {
    this.#event.onFunctionRequest(requestId);
  }

  onFunctionResult(result: FunctionResult): void {
    const event = this.#event;
    if (event.settled) return;
    if (result.kind !== 'returned') {
      event.onFunctionResult(result);
      return;
    }
    event.integrationEndedAt = performance.now();
    try {
      this.#integration.eventAccepted(event);
    } catch (error) {
      event.crash(error);
    }
  }
}
