// Lambda's limits, AWS's figures unless this machine asks for less.

import { availableParallelism, totalmem } from 'node:os';

/** Each can be set by an option; `defaultLambdaLimits` says what holds otherwise. */
export interface LambdaLimits {
  /** Invocations at work or waiting at one time, over all functions. */
  readonly concurrentExecutions: number;
  /** Processes at one time; beyond it invocations wait. AWS has no such limit, a machine's memory does. */
  readonly environmentsMax: number;
  /** Processes starting at one time: a burst must not take all the processor time from requests. */
  readonly environmentsStartingMax: number;
  /**
   * How long invocations of a function with warm environments may wait for one of them before more are started. AWS starts another at
   * once; on one machine that takes longer than most functions run, and the memory of one more process.
   */
  readonly warmPatienceMs: number;
  /** An environment that had nothing to do for so long is ended. */
  readonly idleTimeoutMs: number;
  /** Time to load a handler. */
  readonly initTimeoutMs: number;
  /** Bytes of events waiting for an environment. */
  readonly waitingBytesMax: number;
  /** Bytes of log kept for one invocation; what a function prints beyond it is counted and dropped. */
  readonly invocationLogBytesMax: number;
  /** Bytes of log kept in memory over all functions; the oldest go. */
  readonly logBytesMax: number;
  /** Wait before the first and the second retry of an asynchronous invocation. */
  readonly retryDelaysMs: readonly [number, number];
  /** Asynchronous events waiting for their turn, over all functions. */
  readonly queuedEventsMax: number;
  /** Bytes of their payloads. */
  readonly queuedEventBytesMax: number;
  /** Wait before an event that found no capacity is tried again; it doubles each time. */
  readonly throttledDelayMs: number;
  /** How long a created or updated function stays Pending or InProgress. */
  readonly settleMs: number;
}

/** AWS: so much must stay for functions that keep nothing for themselves. Seen: Lambda guide, "Reserved concurrency". */
export const UNRESERVED_MIN = 100;
/** AWS: 6 MB. Seen: Lambda quotas. */
export const REQUEST_BYTES_MAX = 6_291_456;
/** AWS: 6 MB and 100 bytes. Seen: test/parity, test_lambda_too_large_response. */
export const RESPONSE_BYTES_MAX = 6_291_556;
/** AWS: 200 MB. Seen: Lambda quotas, "Maximum response payload size for streamed responses". */
export const STREAMED_RESPONSE_BYTES_MAX = 209_715_200;
/** AWS: 1 MB for asynchronous invocations. Seen: Lambda quotas. */
export const ASYNC_REQUEST_BYTES_MAX = 1_048_576;

/** What holds when an option says nothing. */
export function defaultLambdaLimits(): LambdaLimits {
  return {
    concurrentExecutions: 1000,
    // Half the memory, at what a small Node process really takes.
    environmentsMax: Math.min(1000, Math.max(16, Math.floor(totalmem() / 2 / 67_108_864))),
    environmentsStartingMax: Math.max(4, availableParallelism() * 2),
    warmPatienceMs: 10,
    idleTimeoutMs: 600_000,
    initTimeoutMs: 10_000,
    waitingBytesMax: 67_108_864,
    invocationLogBytesMax: 4_194_304,
    logBytesMax: 16_777_216,
    // AWS: one minute before the first retry, two before the second. Seen: Lambda guide, "Asynchronous invocation".
    retryDelaysMs: [60_000, 120_000],
    queuedEventsMax: 10_000,
    queuedEventBytesMax: 268_435_456,
    throttledDelayMs: 1000,
    settleMs: 0,
  };
}
