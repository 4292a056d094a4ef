// One answer on its way out in pieces: counted, bounded, and ended once.

import type { FunctionStreamError, FunctionStreamSink } from '../data-plane/ports.ts';
import { STREAMED_RESPONSE_BYTES_MAX } from './limits.ts';

export class StreamedAnswer implements FunctionStreamSink {
  readonly #target: FunctionStreamSink;
  readonly #onEnd: (error: FunctionStreamError | undefined) => void;
  #bytes = 0;
  #over = false;

  constructor(target: FunctionStreamSink, onEnd: (error: FunctionStreamError | undefined) => void) {
    this.#target = target;
    this.#onEnd = onEnd;
  }

  get onDrain(): (() => void) | null {
    return this.#target.onDrain;
  }

  set onDrain(resume: (() => void) | null) {
    this.#target.onDrain = resume;
  }

  write(chunk: Buffer): boolean {
    if (this.#over) return true;
    this.#bytes += chunk.length;
    if (this.#bytes <= STREAMED_RESPONSE_BYTES_MAX) return this.#target.write(chunk);
    this.#over = true;
    this.#target.onDrain = null;
    const errorType = 'Function.ResponseSizeTooLarge';
    const errorMessage = `Response payload size exceeded maximum allowed payload size (${STREAMED_RESPONSE_BYTES_MAX} bytes).`;
    this.#tooLarge = { errorType, payload: JSON.stringify({ errorType, errorMessage }) };
    return true;
  }

  #tooLarge: FunctionStreamError | undefined;

  end(error: FunctionStreamError | undefined): void {
    this.#target.onDrain = null;
    this.#onEnd(this.#tooLarge ?? error);
  }
}
