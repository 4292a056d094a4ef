// An answer that waits for the last line of its invocation's log, whose end goes with it.

import type { FunctionReceiver, FunctionResult } from '../data-plane/ports.ts';

export class LoggedAnswer implements FunctionReceiver {
  readonly #receiver: FunctionReceiver;
  #result: FunctionResult | undefined;

  constructor(receiver: FunctionReceiver) {
    this.#receiver = receiver;
  }

  /** What Lambda did not run has no log. */
  onFunctionResult(result: FunctionResult): void {
    if (result.kind === 'refused') this.#receiver.onFunctionResult(result);
    else this.#result = result;
  }

  /** `log` is base64. */
  reported(log: string): void {
    const result = this.#result;
    this.#result = undefined;
    if (result !== undefined && result.kind !== 'refused') this.#receiver.onFunctionResult({ ...result, log });
  }
}
