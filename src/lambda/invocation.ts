// One event on its way through an execution environment.

import type { FunctionReceiver, FunctionResult, FunctionStreamError, FunctionStreamSink } from '../data-plane/ports.ts';
import { GatheredStream } from './gathered-stream.ts';
import { readStreamError } from './stream-error.ts';

/** How an invocation ended, as the REPORT line says it. */
export type InvocationStatus = 'success' | 'error' | 'timeout';

export interface InvocationOptions {
  readonly requestId: string;
  /** JSON text. */
  readonly event: string;
  /** What the function sees. */
  readonly traceId: string;
  /** What the caller brought; '' for nothing. */
  readonly callerTrace?: string;
  readonly receiver: FunctionReceiver;
  /** The ARN that was invoked, when it was a qualified one; else ''. */
  readonly invokedArn?: string;
  /** JSON text or ''. */
  readonly clientContext?: string;
  /** Keeps the invocation's log lines and calls `onReported` when the last one is in. */
  readonly keepsLog?: boolean;
  readonly onReported?: () => void;
}

/** Mutable on purpose: one object per invocation, no closures. Only its execution environment writes to it. */
export class Invocation {
  readonly requestId: string;
  readonly event: string;
  readonly traceId: string;
  readonly callerTrace: string;
  readonly invokedArn: string;
  readonly clientContext: string;
  /** This invocation's log lines, when they are wanted. */
  readonly log: string[] | undefined;
  /** `performance.now()` */
  startedAt = 0;
  deadlineAt = 0;
  durationMs = 0;
  /** Set for the first invocation of an environment. */
  initDurationMs: number | undefined;
  status: InvocationStatus = 'success';
  errorType: string | undefined;
  logBytes = 0;
  logBytesDropped = 0;
  /** Starts of an environment that this invocation waited for. */
  initAttempts = 0;
  /** Told when the answer goes out: the pool counts invocations at work. */
  onAnswered: (() => void) | undefined;
  readonly #receiver: FunctionReceiver;
  readonly #onReported: (() => void) | undefined;
  #answered = false;
  #stream: FunctionStreamSink | undefined;

  constructor(options: InvocationOptions) {
    this.requestId = options.requestId;
    this.event = options.event;
    this.traceId = options.traceId;
    this.callerTrace = options.callerTrace ?? '';
    this.invokedArn = options.invokedArn ?? '';
    this.clientContext = options.clientContext ?? '';
    this.log = options.keepsLog === true ? [] : undefined;
    this.#receiver = options.receiver;
    this.#onReported = options.onReported;
  }

  /** Its caller or the function wants it to be traced. */
  get isSampled(): boolean {
    return this.traceId.includes(';Sampled=1');
  }

  get answered(): boolean {
    return this.#answered;
  }

  /** Gives the answer to whoever waits for it; only the first counts. An answer that has begun in pieces breaks off with it. */
  answer(result: FunctionResult): void {
    if (this.#answered) return;
    this.#answered = true;
    this.onAnswered?.();
    if (this.#stream === undefined) this.#receiver.onFunctionResult(result);
    else this.#stream.end(brokenOff(result));
  }

  /** The answer begins and comes in pieces; whoever takes only whole answers gets it gathered. Undefined: it has been answered. */
  startStream(contentType: string): FunctionStreamSink | undefined {
    if (this.#answered || this.#stream !== undefined) return undefined;
    this.#stream =
      this.#receiver.onFunctionStream?.(contentType) ?? new GatheredStream((result) => this.#receiver.onFunctionResult(result));
    return this.#stream;
  }

  /** The pieces have all been given. */
  endStream(error: FunctionStreamError | undefined): void {
    if (this.#answered) return;
    this.#answered = true;
    this.onAnswered?.();
    this.#stream?.end(error);
  }

  /** The REPORT line is written: nothing more will be heard of this invocation. */
  reported(): void {
    this.#onReported?.();
  }
}

function brokenOff(result: FunctionResult): FunctionStreamError | undefined {
  if (result.kind === 'functionError') return readStreamError(result.payload);
  if (result.kind === 'returned') return undefined;
  return { errorType: result.refusal, payload: JSON.stringify({ errorType: result.refusal, errorMessage: result.message }) };
}
