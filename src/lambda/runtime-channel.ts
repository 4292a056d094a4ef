// How an execution environment and its function's process speak with each other. There are two ways: frames over a pipe
// (framed-channel.ts, for runtimes whose bootstrap is ours) and Lambda's HTTP Runtime API (runtime-api/, for any program).

import type { Socket } from 'node:net';
import type { FunctionStreamSink } from '../data-plane/ports.ts';
import type { Invocation } from './invocation.ts';

/** The environment, told what its process says. Peak memory is in KiB; 0 means that the channel does not know. */
export interface RuntimeListener {
  /** The handler is loaded and waits for events; it may be given events ahead, or one at a time. */
  runtimeReady(peakMemoryKib: number, takesAhead: boolean): void;
  /** It cannot be loaded; `payload` is the error object as JSON text. */
  runtimeInitFailed(payload: string): void;
  /** `handlerUs`: how long the handler took, in microseconds; 0 when the process does not say. */
  runtimeReturned(peakMemoryKib: number, handlerUs: number, payload: string): void;
  runtimeFailed(peakMemoryKib: number, handlerUs: number, payload: string): void;
  /** The error is the answer and the process ends. */
  runtimeFatal(payload: string): void;
  /** An answer begins that comes in pieces; it ends when the sink is ended. Undefined: nobody is to answer now. */
  runtimeStreams(contentType: string): FunctionStreamSink | undefined;
  /** What the event at hand prints. The memory of `bytes` is used again after the call. */
  runtimePrinted(stream: 'stdout' | 'stderr', bytes: Buffer): void;
  /** So many of the events given ahead, the last ones, were not begun and never will be. */
  runtimeGaveBack(count: number): void;
  /** What was said makes no sense: there is nobody to talk to any more. */
  runtimeBroken(): void;
  /** The other end is closed; the process may be about to end. */
  runtimeClosed(): void;
}

/** One environment's line to its process. */
export interface RuntimeChannel {
  /** The process gets a two-way pipe as descriptor 3. */
  readonly usesPipe: boolean;
  /** The process has started. */
  open(listener: RuntimeListener, pipe: Socket | undefined): void;
  /** Something may still be said, even when the process has ended. */
  readonly isOpen: boolean;
  invoke(invocation: Invocation, deadlineEpochMs: number): void;
  /**
   * Gives events ahead, each to be begun when those before it are answered, after the event that is to be begun now, if there is one. Only
   * to a process that takes them.
   */
  invokeAhead(now: Invocation | undefined, ahead: readonly Invocation[], deadlineEpochMs: number): void;
  /** Asks for the events given ahead that have not been begun. */
  withdraw(): void;
  /** Everything said to the process is in its pipe, and should it have ended, saying more loses nothing of what it has said. */
  readonly isClear: boolean;
  /** True when the event given last was never taken: another environment can have it. */
  readonly holdsEvent: boolean;
  /** Nobody listens any more. */
  close(): void;
}
