// AWS_PROXY with responseTransferMode STREAM: the event is that of any Lambda proxy; the function answers with metadata, eight NUL
// bytes and a body that goes out as it comes.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode-lambda.html

import { performance } from 'node:perf_hooks';
import type { BodySink } from '../../../http1/message.ts';
import type { RestLambdaProxyPlan, RestStreamPlan } from '../../../model/rest-api-plan.ts';
import { PRELUDE_CONTENT_TYPE, StreamedAnswer, type StreamOwner } from '../../integrations/streamed-answer.ts';
import type { BoundFunction, Deadlines, FunctionReceiver, FunctionResult, FunctionStreamSink } from '../../ports.ts';
import type { Exchange } from '../exchange.ts';
import { answerCrash, answerRefusal } from '../gateway-response.ts';
import { badProxyOutput, isRefusal } from '../refusal.ts';
import { addTraceId, beginResponseHeaders } from '../response-headers.ts';
import { startStream } from '../response-stream.ts';
import { InvokeHeaders } from './invoke-headers.ts';
import { LambdaProxyIntegration } from './lambda-proxy.ts';
import type { ProxyEvent } from './proxy-event.ts';
import { readStreamPrelude } from './proxy-response.ts';

type StreamingPlan = RestLambdaProxyPlan & { readonly stream: RestStreamPlan };

export class LambdaStreamIntegration extends LambdaProxyIntegration {
  readonly #plan: StreamingPlan;

  constructor(plan: StreamingPlan, boundFunction: BoundFunction, event: ProxyEvent, deadlines: Deadlines) {
    super(plan, boundFunction, event, deadlines);
    this.#plan = plan;
  }

  protected override receiver(exchange: Exchange): FunctionReceiver {
    return new StreamedFunction(exchange, this.#plan);
  }

  /** A function that does not stream has no metadata to begin with. */
  protected override answerReturned(exchange: Exchange, payload: string): void {
    const reason = `The function did not stream its answer (${payload.length} characters at once): the method needs metadata and eight NUL bytes before the body.`;
    answerRefusal(exchange, 'integrationResponse', badProxyOutput(reason));
  }
}

/** One call: passes what the function says on to the client. */
class StreamedFunction implements FunctionReceiver, StreamOwner {
  readonly #exchange: Exchange;
  readonly #plan: StreamingPlan;

  constructor(exchange: Exchange, plan: StreamingPlan) {
    this.#exchange = exchange;
    this.#plan = plan;
  }

  onFunctionRequest(requestId: string, trace: string, version?: string): void {
    this.#exchange.onFunctionRequest(requestId, trace, version);
  }

  onFunctionResult(result: FunctionResult): void {
    this.#exchange.onFunctionResult(result);
  }

  // The metadata is expected whatever the stream calls itself: a function may write it by hand. Seen: developer guide's examples.
  onFunctionStream(): FunctionStreamSink {
    return new StreamedAnswer(this, PRELUDE_CONTENT_TYPE);
  }

  beginStream(_contentType: string, prelude: string | undefined): BodySink | undefined {
    const exchange = this.#exchange;
    if (exchange.settled) return undefined;
    this.#answered();
    try {
      if (exchange.capture !== undefined) {
        const bytes = Buffer.from(prelude ?? '', 'utf8');
        exchange.capture.integrationResponse(new InvokeHeaders(exchange, { status: 200, bodyBytes: bytes.length }).raw, bytes);
      }
      exchange.capture?.step('integration', 'passed', { streamed: true });
      const headers = beginResponseHeaders();
      const status = readStreamPrelude(prelude ?? '', headers);
      if (isRefusal(status)) {
        answerRefusal(exchange, 'integrationResponse', status);
        return undefined;
      }
      addTraceId(exchange, headers);
      exchange.capture?.step('integrationResponse', 'passed', { status });
      return startStream(exchange, status, headers, undefined, this.#plan.stream, this.#plan.timeoutInMillis);
    } catch (error) {
      answerCrash(exchange, error);
      return undefined;
    }
  }

  /** The stream's way out keeps the bytes. */
  streamed(): void {}

  failStream(why: string): void {
    if (this.#exchange.settled) return;
    this.#answered();
    answerRefusal(this.#exchange, 'integration', badProxyOutput(`The function failed: ${why.slice(0, 1_000)}`));
  }

  streamEnded(why: string | undefined): void {
    if (why === undefined || this.#exchange.reported) return;
    this.#exchange.refusal ??= { refused: 'INTEGRATION_FAILURE', reason: `The answer is not complete: ${why.slice(0, 1_000)}` };
  }

  #answered(): void {
    this.#exchange.integrationEndedAt = performance.now();
    this.#exchange.pipeline.deadlines.cancel(this.#exchange);
  }
}
