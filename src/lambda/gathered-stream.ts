// An answer in pieces for somebody who takes only whole ones.

import type { FunctionResult, FunctionStreamError, FunctionStreamSink } from '../data-plane/ports.ts';
import { RESPONSE_BYTES_MAX } from './limits.ts';

export class GatheredStream implements FunctionStreamSink {
  onDrain: (() => void) | null = null;
  readonly #give: (result: FunctionResult) => void;
  #chunks: Buffer[] = [];
  #bytes = 0;

  constructor(give: (result: FunctionResult) => void) {
    this.#give = give;
  }

  write(chunk: Buffer): boolean {
    this.#bytes += chunk.length;
    // What is too much is counted and forgotten.
    if (this.#bytes <= RESPONSE_BYTES_MAX) this.#chunks.push(Buffer.from(chunk));
    else this.#chunks = [];
    return true;
  }

  end(error: FunctionStreamError | undefined): void {
    if (error !== undefined) this.#give({ kind: 'functionError', payload: error.payload });
    else if (this.#bytes > RESPONSE_BYTES_MAX) this.#give({ kind: 'functionError', payload: JSON.stringify(tooLargeError()) });
    else this.#give({ kind: 'returned', payload: Buffer.concat(this.#chunks).toString() });
  }
}

/** AWS: Seen: test/parity, test_lambda_too_large_response. */
export function tooLargeError(): { errorType: string; errorMessage: string } {
  return {
    errorType: 'Function.ResponseSizeTooLarge',
    errorMessage: `Response payload size exceeded maximum allowed payload size (${RESPONSE_BYTES_MAX} bytes).`,
  };
}
