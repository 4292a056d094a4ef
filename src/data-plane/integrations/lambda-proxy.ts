// AWS_PROXY to a Lambda function: the whole request becomes an event, the function's answer becomes the response.

import { performance } from 'node:perf_hooks';
import type { HeaderBlock } from '../../http1/header-block.ts';
import type { BodyFailure } from '../../http1/message.ts';
import type { LambdaProxyPlan } from '../../model/http-api-plan.ts';
import type { AuthDecision } from '../authorizers/auth-decision.ts';
import { wallClock } from '../http-api/clock.ts';
import { answerRefusal } from '../http-api/error-response.ts';
import type { Exchange } from '../http-api/exchange.ts';
import { answerWhole } from '../http-api/integration-answer.ts';
import type { LambdaResponse, LambdaResponseReader } from '../http-api/lambda-response.ts';
import { RequestMapping, type ResponseMapping, responseMappings } from '../http-api/parameter-mapping.ts';
import { MappingInput } from '../http-api/parameter-sources.ts';
import type { PayloadFormat } from '../http-api/payload-format.ts';
import { isRefusal, type Refusal } from '../http-api/refusal.ts';
import { beginResponseHeaders, gatewayHeaderNames, gatewayHeaderNamesWithCors } from '../http-api/response-headers.ts';
import type { BoundFunction, Deadlines, FunctionRefusal, FunctionResult } from '../ports.ts';
import { BODY_LIMIT_BYTES, refuseRequestBody } from './body-limit.ts';
import { functionCaller } from './function-caller.ts';
import { Integration } from './integration.ts';
import { BlockHeaders, mappedForEvent } from './mapped-event.ts';

/** AWS: Lambda takes events of up to 6 MB. Seen: Lambda quotas. */
export const EVENT_LIMIT_BYTES = 6 * 2 ** 20;

const emptyBody = Buffer.alloc(0);

export class LambdaProxyIntegration extends Integration {
  readonly #plan: LambdaProxyPlan;
  readonly #function: BoundFunction;
  readonly #payloadFormat: PayloadFormat;
  readonly #readResponse: LambdaResponseReader;
  readonly #deadlines: Deadlines;
  /** Undefined without requestParameters, responseParameters. */
  readonly #mapping: RequestMapping | undefined;
  readonly #responseMappings: ReadonlyMap<number, ResponseMapping> | undefined;

  constructor(
    plan: LambdaProxyPlan,
    boundFunction: BoundFunction,
    payloadFormat: PayloadFormat,
    readResponse: LambdaResponseReader,
    deadlines: Deadlines,
  ) {
    super();
    this.#plan = plan;
    this.#function = boundFunction;
    this.#payloadFormat = payloadFormat;
    this.#readResponse = readResponse;
    this.#deadlines = deadlines;
    this.#mapping = plan.requestParameters && new RequestMapping(plan.requestParameters);
    this.#responseMappings = responseMappings(plan.responseParameters);
  }

  override start(exchange: Exchange, _decision: AuthDecision): void {
    exchange.bodyTaken = true;
    const { body } = exchange;
    const text = body.takeText();
    if (text === undefined) body.readAll(BODY_LIMIT_BYTES, exchange);
    else this.onRequestBody(exchange, text === '' ? emptyBody : Buffer.from(text, 'latin1'));
  }

  override onRequestBody(exchange: Exchange, body: Buffer): void {
    exchange.bodyBytes = body.length;
    exchange.capture?.requestBody(body);
    const { traceId } = exchange;
    const source = this.#mapping === undefined ? exchange : mappedForEvent(this.#mapping, exchange, body);
    if (isRefusal(source)) {
      exchange.capture?.step('integrationRequest', 'refused', source);
      answerRefusal(exchange, 'integrationRequest', source);
      return;
    }
    const event = this.#payloadFormat.build(source, body, traceId);
    if (exchange.capture !== undefined) exchange.capture.integrationRequest(undefined, toWire(event));
    // A string of n characters is at most 3n bytes: most events need no count.
    if (event.length > EVENT_LIMIT_BYTES / 3 && Buffer.byteLength(event) > EVENT_LIMIT_BYTES) {
      this.#refuse(exchange, {
        refused: 'REQUEST_TOO_LARGE',
        reason: 'The event is larger than the 6 MB that Lambda takes.',
      });
      return;
    }
    exchange.capture?.step('integrationRequest', 'passed', {
      functionArn: this.#plan.functionArn,
      eventBytes: event.length,
    });
    this.#deadlines.schedule(exchange, performance.now() + this.#plan.timeoutInMillis);
    this.#function.invoke(event, traceId, exchange, functionCaller(this.#plan.credentials, exchange));
  }

  override onRequestBodyFailure(exchange: Exchange, failure: BodyFailure): void {
    refuseRequestBody(exchange, failure);
  }

  override onFunctionResult(exchange: Exchange, result: FunctionResult): void {
    if (result.kind === 'refused') {
      this.#refuse(exchange, lambdaRefused(result.refusal, result.message));
      return;
    }
    if (exchange.capture !== undefined) exchange.capture.integrationResponse([], toWire(result.payload));
    if (result.kind === 'functionError') {
      this.#refuse(exchange, {
        refused: 'INTERNAL_ERROR',
        reason: `The function failed: ${result.payload.slice(0, 1_000)}`,
      });
      return;
    }
    exchange.capture?.step('integration', 'passed', { payloadBytes: result.payload.length });
    const headers = beginResponseHeaders(wallClock(exchange.integrationEndedAt));
    const drop = exchange.pipeline.cors === undefined ? gatewayHeaderNames : gatewayHeaderNamesWithCors;
    const response = this.#readResponse(result.payload, headers, drop);
    if (isRefusal(response)) {
      exchange.capture?.step('integrationResponse', 'refused', response);
      answerRefusal(exchange, 'integrationResponse', response);
      return;
    }
    const status = this.#mappedStatus(exchange, response, headers);
    if (typeof status !== 'number') {
      exchange.capture?.step('integrationResponse', 'refused', status);
      answerRefusal(exchange, 'integrationResponse', status);
      return;
    }
    exchange.capture?.step('integrationResponse', 'passed', { status });
    answerWhole(exchange, status, headers, response.body);
  }

  /** Applies the responseParameters of the function's status code. */
  #mappedStatus(exchange: Exchange, { status, body }: LambdaResponse, headers: HeaderBlock): number | Refusal {
    const mapping = this.#responseMappings?.get(status);
    if (mapping === undefined) return status;
    const bytes = typeof body === 'string' ? Buffer.from(body, 'latin1') : body;
    return mapping.apply(headers, new MappingInput(exchange, bytes, { status, headers: new BlockHeaders(headers) }));
  }

  /** AWS: the function runs on; nobody waits for it any longer. */
  override onDeadline(exchange: Exchange): void {
    const reason = `The function did not answer within the integration's ${this.#plan.timeoutInMillis} ms.`;
    this.#refuse(exchange, { refused: 'UNAVAILABLE', reason });
  }

  #refuse(exchange: Exchange, refusal: Refusal): void {
    exchange.capture?.step('integration', 'refused', refusal);
    answerRefusal(exchange, 'integration', refusal);
  }
}

/** AWS: whatever keeps Lambda from running the function is a 500, except an event that is too large. Seen: developer guide. */
function lambdaRefused(refusal: FunctionRefusal, message: string): Refusal {
  const reason = `Lambda did not run the function (${refusal}): ${message}`;
  return { refused: refusal === 'RequestTooLarge' ? 'REQUEST_TOO_LARGE' : 'INTERNAL_ERROR', reason };
}

/** JSON text as bytes for the capture, which counts latin1 text. */
function toWire(text: string): string | Buffer {
  return Buffer.byteLength(text) === text.length ? text : Buffer.from(text, 'utf8');
}
