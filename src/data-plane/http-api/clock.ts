// Wall-clock text that every request needs, made once a second instead of once a request.

import { performance } from 'node:perf_hooks';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

let comparedAt = Number.NEGATIVE_INFINITY;
let epochOffset = 0;

/**
 * The wall-clock time, in whole milliseconds since the epoch, of a reading of performance.now(). The clocks are compared once a
 * second: every reading of one costs 50 ns, and each request needs several.
 */
export function wallClock(monotonicMs: number): number {
  if (monotonicMs - comparedAt >= 1000) {
    comparedAt = performance.now();
    epochOffset = Date.now() - comparedAt;
  }
  return Math.floor(monotonicMs + epochOffset);
}

let second = -1;
let dateLine = '';
let logTime = '';

/** The `Date` header line of a response that is written now. */
export function httpDateLine(nowMs: number): string {
  if (Math.floor(nowMs / 1000) !== second) refresh(nowMs);
  return dateLine;
}

/** `22/Nov/2026:15:04:05 +0000`, as `$context.requestTime` and Lambda events have it. */
export function commonLogTime(nowMs: number): string {
  if (Math.floor(nowMs / 1000) !== second) refresh(nowMs);
  return logTime;
}

function refresh(nowMs: number): void {
  second = Math.floor(nowMs / 1000);
  const date = new Date(second * 1000);
  dateLine = `Date: ${date.toUTCString()}\r\n`;
  const day = two(date.getUTCDate());
  const time = `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`;
  logTime = `${day}/${MONTHS[date.getUTCMonth()]}/${date.getUTCFullYear()}:${time} +0000`;
}

function two(value: number): string {
  return value < 10 ? `0${value}` : `${value}`;
}
