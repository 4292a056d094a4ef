// A runtime's answer in pieces: the request body, and the trailer fields that say how it went.

import type { FunctionStreamError, FunctionStreamSink } from '../../data-plane/ports.ts';
import type { BodyFailure, BodySink, MessageBody } from '../../http1/message.ts';
import { errorTypeOf } from '../stream-error.ts';

export class StreamedBody implements BodySink {
  onDrain: (() => void) | null = null;
  onSinkClosed: (() => void) | null = null;
  readonly #sink: FunctionStreamSink;
  readonly #body: MessageBody;
  readonly #onEnd: (brokeOff: boolean) => void;

  constructor(sink: FunctionStreamSink, body: MessageBody, onEnd: (brokeOff: boolean) => void) {
    this.#sink = sink;
    this.#body = body;
    this.#onEnd = onEnd;
    sink.onDrain = () => this.onDrain?.();
  }

  write(chunk: Buffer): boolean {
    return this.#sink.write(chunk);
  }

  end(): void {
    this.#onEnd(false);
    this.#sink.end(this.#trailerError());
  }

  abort(failure: BodyFailure): void {
    this.#onEnd(true);
    const errorType = failure === 'tooLarge' ? 'Function.ResponseSizeTooLarge' : 'Runtime.TruncatedResponse';
    const errorMessage = failure === 'tooLarge' ? 'The streamed response is too large.' : 'Response payload is truncated.';
    this.#sink.end({ errorType, payload: JSON.stringify({ errorType, errorMessage }) });
  }

  // https://docs.aws.amazon.com/lambda/latest/dg/runtimes-custom.html, "Response streaming": the body is base64.
  #trailerError(): FunctionStreamError | undefined {
    const named = this.#body.trailer?.('lambda-runtime-function-error-type');
    if (named === undefined) return undefined;
    const encoded = this.#body.trailer?.('lambda-runtime-function-error-body') ?? '';
    const payload = Buffer.from(encoded, 'base64').toString() || JSON.stringify({ errorType: named, errorMessage: '' });
    return { errorType: errorTypeOf(payload) ?? named, payload };
  }
}
